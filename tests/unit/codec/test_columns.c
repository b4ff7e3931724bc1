
/*
 * Copyright (C) nginx-knn contributors
 */


/* Columns of texts and missing values, in JSON and in CSV. */


#include "../../../codec/text/text.h"
#include "reading.h"


/* what stands for the texts of colors and of sizes */
#define BLUE   0
#define THREE  1
#define QUOTED 2
#define GREEN  3
#define RED    4

#define L      0
#define M      1
#define NA     2
#define OTHER  (-1)


typedef struct {
    const char *body;
    size_t      rows;
    bool        single;
    double      x[8];
} form_t;


typedef struct {
    const char  *body;
    knn_status_e status;
    const char  *pointer;
    const char  *words;
} fault_t;


static const form_t forms[] = {
    {"{\"X\":[\"red\",1.5,\"M\",2]}", 1, true, {RED, 1.5, M, 2}},
    {"[\" blue\",true,\"L\",false]", 1, true, {BLUE, 1, L, 0}},
    {"{\"X\":[[\"a \\\"b\\\", c\",1,\"\\u004d\",2],[\"3\",-1,\"NA\",null]]}",
     2,
     false,
     {QUOTED, 1, M, 2, THREE, -1, NA, NAN}},
    {"{\"dataframe_records\":[{\"weight\":null,\"size\":null,\"price\":1,"
     "\"color\":\"green\"}]}",
     1,
     false,
     {GREEN, 1, NAN, NAN}},
    {"{\"X\":{\"color\":\"red\",\"weight\":0,\"size\":\"XXL\",\"price\":1e3},"
     "\"outputs\":[\"kneighbors\"]}",
     1,
     true,
     {RED, 1e3, OTHER, 0}},

    /* CSV, without a header */
    {"red,1.5,M,2", 1, true, {RED, 1.5, M, 2}},
    {"\xEF\xBB\xBF\n  \n blue,1.5,M,2", 1, true, {BLUE, 1.5, M, 2}},
    {"   red,1.5,M,2\n", 1, false, {RED, 1.5, M, 2}},
    {"red,1.5,M,2\n blue,2,L,NA\n",
     2,
     false,
     {RED, 1.5, M, 2, BLUE, 2, L, NAN}},
    {"red,1,NA,\nred,1,,NaN\r\n",
     2,
     false,
     {RED, 1, NA, NAN, RED, 1, NAN, NAN}},
    {"red,1,null,null\n red ,1,\t,\"\"\n",
     2,
     false,
     {RED, 1, NAN, NAN, RED, 1, NAN, NAN}},
    {"\"a \"\"b\"\", c\",1,\"M\",2\n3,1,4,2\n",
     2,
     false,
     {QUOTED, 1, M, 2, THREE, 1, OTHER, 2}},
    {"red,1,5\" x 3\",2\ngreen,1,6\",2\n",
     2,
     false,
     {RED, 1, OTHER, 2, GREEN, 1, OTHER, 2}},
    {"red,1,two\nlines,2", 0, false, {0}},
    {"red,1,\"two\nlines\",2\n", 1, false, {RED, 1, OTHER, 2}},

    /* and with one */
    {"color,price,size,weight\nred,1.5,M,2\n", 1, false, {RED, 1.5, M, 2}},
    {"id,weight,size,price,color\n7,,S,1,green\nx,2,L,3,red\n",
     2,
     false,
     {GREEN, 1, 3, NAN, RED, 3, L, 2}},
    {"Farbe,Preis,Gr\xC3\xB6\xC3\x9F"
     "e,Gewicht\nred,1.5,M,2\n",
     1,
     false,
     {RED, 1.5, M, 2}},
};


static const fault_t faults[] = {
    {"{\"X\":[1,1.5,\"M\",2]}", KNN_MALFORMED, "#/X/0",
     "row 0, feature 0 is a number, but column \"color\" takes texts, such as "
     "\" blue\""},
    {"[[true,1,\"M\",2]]", KNN_MALFORMED, "#/0/0",
     "feature 0 is true or false, but column \"color\" takes texts"},
    {"[[\"red\",\"1\",\"M\",2]]", KNN_MALFORMED, "#/0/1",
     "row 0, feature 1 is a string, but a row holds numbers, true and false "
     "there"},
    {"[[\"red\",null,\"M\",2]]", KNN_MALFORMED, "#/0/1",
     "row 0, feature 1 is null, but a row holds numbers, true and false there, "
     "the model has no imputer"},
    {"[[null,1,\"M\",2]]", KNN_MALFORMED, "#/0/0",
     "feature 0 is null, but column \"color\" takes texts"},
    {"[[\"red\",1,[],2]]", KNN_MALFORMED, "#/0/2",
     "feature 2 is an array, but column \"size\" takes texts"},
    {"[[\"red\",1,\"M\",NaN]]", KNN_VALUE, "#/0/3",
     "row 0, feature 3 is NaN, but JSON has null for missing values"},
    {"[[\"red\",NaN,\"M\",1]]", KNN_VALUE, "#/0/1",
     "row 0, feature 1 is NaN, but features are finite numbers"},
    {"[[\"red\",1,\"M\",1],[\"purple\",1,\"M\",1]]", KNN_VALUE, "#/1/0",
     "row 1, feature 0 is the unknown text \"purple\", column \"color\" takes "
     "\" blue\", \"3\", \"a \\\"b\\\", c\", \"green\", \"red\""},
    {"{\"X\":{\"color\":\"re\\nd\\u0000\\u007f\"}}", KNN_VALUE, "#/X/color",
     "the unknown text \"re\\nd\\u0000\\u007f\", column"},
    {"[\"0123456789012345678901234567890123456789012345678901234567890123456"
     "789\",1,2,3]",
     KNN_VALUE, "#/0", "...\", column \"color\" takes"},
    {"[[\"red\",1,\"M\",1,\"x\",null,2]]", KNN_SHAPE, "#/0",
     "row 0 has 7 features"},
    {"[[\"red\",1,\"M\"]]", KNN_SHAPE, "#/0", "row 0 has 3 features"},
    {"{\"outputs\":[\"predict_proba\"],\"X\":[]}", KNN_UNSUPPORTED, "#/outputs",
     "model \"iris\" is a KNeighborsRegressor, which does not serve "
     "\"predict_proba\", it serves \"predict\" and \"kneighbors\""},

    {"purple,1,M,2\n", KNN_VALUE, "",
     "row 0, feature 0 is the unknown text \"purple\""},
    {"red,1,M,2\nRed,1,M,2\n", KNN_VALUE, "",
     "row 1, feature 0 is the unknown text \"Red\""},
    {"color,price,size,weight\n,1,M,2\n", KNN_VALUE, "",
     "row 0, feature 0 is the unknown text \"\""},
    {"red,1,M,2\n\xff\xfe,1,M,2\n", KNN_VALUE, "",
     "row 1, feature 0 is the unknown text \"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {"red,,M,2\n", KNN_VALUE, "",
     "row 0, column 1 is empty, but the model has no imputer"},
    {"red,1,M,2\nred,1,M,x\n", KNN_MALFORMED, "",
     "row 1, column 3 is not a number"},
    {"red,1,M,inf\n", KNN_VALUE, "", "row 0, column 3 is infinite"},
    {"red,1,M\n", KNN_SHAPE, "", "row 0 has 3 features"},
    {"red,1,M,2,x\n", KNN_SHAPE, "", "row 0 has 5 features"},
    {"color,price,size\nred,1,M\n", KNN_SHAPE, "",
     "the header lacks feature \"weight\""},
    {"color,price,size,weight\n", KNN_SHAPE, "", "no row, only a header"},
};


/* Compares a body with what is expected of it; NULL: a fault. */
static void
check_form(const knn_model_info_t *info, const char *body, const form_t *form)
{
    reading_t reading;

    reading = reading_whole(info, body, strlen(body));

    if (form->rows == 0) {
        ck_assert(reading.rows.error.status != KNN_OK);
        reading_free(&reading);
        return;
    }

    ck_assert_msg(reading.rows.error.status == KNN_OK, "%s: %s", body,
                  reading.rows.error.message);
    ck_assert_msg(reading.rows.rows == form->rows, "%s: %zu rows", body,
                  reading.rows.rows);
    ck_assert_msg(reading.rows.single == form->single, "%s", body);
    reading_equal(form->x, reading.rows.x, form->rows * 4, body);
    reading_free(&reading);
}


START_TEST(form_is_read)
{
    const form_t *form;

    form = &forms[_i];
    check_form(&shop, form->body, form);
}
END_TEST


START_TEST(fault_is_named)
{
    reading_t      reading;
    const fault_t *fault;

    fault = &faults[_i];
    reading = reading_whole(&shop, fault->body, strlen(fault->body));

    ck_assert_msg(reading.rows.error.status == fault->status, "%s: %d %s",
                  fault->body, reading.rows.error.status,
                  reading.rows.error.message);
    ck_assert_msg(strstr(reading.rows.error.message, fault->words) != NULL,
                  "%s: \"%s\" does not say \"%s\"", fault->body,
                  reading.rows.error.message, fault->words);
    ck_assert_str_eq(reading.rows.pointer, fault->pointer);
    ck_assert(knn_text_printable(reading.rows.error.message,
                                 strlen(reading.rows.error.message)));

    reading_free(&reading);
}
END_TEST


/* What is read does not depend on where a body is cut. */
static void
compare_cuts(const char *body)
{
    size_t    cut, size;
    reading_t whole, reading;

    size = strlen(body);
    whole = reading_whole(&shop, body, size);

    for (cut = 0; cut <= size; cut++) {
        reading =
            reading_cut(&shop, KNN_FORMAT_AUTO, 10000, body, size, &cut, 1);
        reading_same(&whole, &reading, &shop, body, cut);
        reading_free(&reading);
    }

    reading_free(&whole);
}


START_TEST(form_in_pieces)
{
    compare_cuts(forms[_i].body);
}
END_TEST


START_TEST(fault_in_pieces)
{
    compare_cuts(faults[_i].body);
}
END_TEST


/* Without names, only a column of numbers tells a header from a row. */
START_TEST(without_names)
{
    reading_t    reading;
    const form_t row = {NULL, 1, false, {RED, 1, M, 2}};

    check_form(&nameless_shop, "red,1,M,2\n", &row);
    check_form(&nameless_shop, "a,b,c,d\nred,1,M,2\n", &row);
    check_form(&nameless_shop, "[[\"red\",1,\"M\",2]]", &row);

    reading = reading_whole(&nameless_shop, "[\"x\",1,\"M\",2]", 13);
    ck_assert_ptr_nonnull(strstr(reading.rows.error.message,
                                 "feature 0 is the unknown text \"x\", column "
                                 "0 takes \" blue\""));
    reading_free(&reading);

    reading = reading_whole(&nameless_shop, "[{\"a\":1}]", 9);
    ck_assert_ptr_nonnull(
        strstr(reading.rows.error.message, "send an array of 4 values"));
    reading_free(&reading);
}
END_TEST


/* A model of texts alone: names make a header, and nothing else does. */
START_TEST(texts_alone)
{
    size_t                   i;
    reading_t                reading;
    static const char *const names[] = {"red", "size"};
    const knn_feature_t      features[] = {{false, true, 5, colors},
                                           {false, true, 4, sizes}};
    const knn_model_info_t   info = {
          .n_features = 2, .feature_names = names, .features = features};

    static const struct {
        const char *body;
        size_t      rows;
        double      x[4];
    } cases[] = {{"red,M\ngreen,L\n", 2, {RED, M, GREEN, L}},
                 {"size,red\nM,green\n", 1, {GREEN, M}},
                 {"no,size,red\n1,M,green\n", 1, {GREEN, M}},
                 {"purple,XL\n", 1, {OTHER, OTHER}},
                 {"\nred,NA\n", 1, {RED, NA}},

                 /* which lacks a feature */
                 {"red\nred\n", 0, {0}}};

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        reading = reading_whole(&info, cases[i].body, strlen(cases[i].body));
        ck_assert_msg(reading.rows.rows == cases[i].rows, "%s: %zu rows, %s",
                      cases[i].body, reading.rows.rows,
                      reading.rows.error.message);

        if (cases[i].rows > 0) {
            reading_equal(cases[i].x, reading.rows.x, cases[i].rows * 2,
                          cases[i].body);
        }

        reading_free(&reading);
    }
}
END_TEST


/* A column that the model does not look at takes anything. */
START_TEST(column_without_use)
{
    size_t                 i;
    reading_t              reading;
    const knn_feature_t    features[] = {{false, false, 0, NULL},
                                         {true, true, 0, NULL}};
    const knn_model_info_t info = {.n_features = 2, .features = features};

    static const char *const bodies[] = {"[1,\"x\"]", "[1,2]",     "[1,true]",
                                         "[1,null]",  "1,x",       "1,2",
                                         "1,",        "1,\"\"\"\""};

    for (i = 0; i < sizeof(bodies) / sizeof(char *); i++) {
        reading = reading_whole(&info, bodies[i], strlen(bodies[i]));
        ck_assert_msg(reading.rows.error.status == KNN_OK, "%s: %s", bodies[i],
                      reading.rows.error.message);
        ck_assert(reading.rows.x[0] == 1);
        reading_free(&reading);
    }
}
END_TEST


/* Empty cells are the shortest rows: the memory holds all of them. */
START_TEST(memory_for_empty_cells)
{
    size_t                 i;
    char                   body[3000];
    reading_t              reading;
    const knn_feature_t    feature = {true, false, 0, NULL};
    const knn_feature_t    features[] = {feature, feature, feature};
    const knn_model_info_t info = {.n_features = 3, .features = features};

    for (i = 0; i < sizeof(body); i += 3) {
        memcpy(body + i, ",,\n", 3);
    }

    reading = reading_whole(&info, body, sizeof(body));
    ck_assert_msg(reading.rows.error.status == KNN_OK, "%s",
                  reading.rows.error.message);
    ck_assert_uint_eq(reading.rows.rows, 1000);
    ck_assert(isnan(reading.rows.x[2999]));
    reading_free(&reading);
}
END_TEST


/* Why a row has no answer is told with its place in the body. */
START_TEST(row_without_answer)
{
    void                 *memory;
    size_t                i;
    knn_request_t        *request;
    const knn_error_t     err = {KNN_VALUE, "has no neighbors"};
    knn_request_options_t options;

    static const struct {
        const char *body;
        size_t      row;
        const char *pointer;
    } cases[] = {{"{\"X\":[[1,2,3,4],[1,2,3,4]]}", 1, "#/X/1"},
                 {"{\"instances\":[1,2,3,4]}", 0, "#/instances"},
                 {"[[1,2,3,4],[1,2,3,4]]", 0, "#/0"},
                 {"[1,2,3,4]", 0, "#"},
                 {"1,2,3,4\n1,2,3,4\n", 1, ""}};

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memory = NULL;
        memset(&options, 0, sizeof(knn_request_options_t));
        options.model = "iris";
        options.info = &iris;
        options.max_rows = 10;
        options.size = strlen(cases[i].body);
        options.alloc = reading_alloc;
        options.alloc_ctx = &memory;

        request = knn_request_create(&options);
        (void) knn_request_feed(request, cases[i].body, strlen(cases[i].body));
        ck_assert(knn_request_finish(request) == KNN_OK);

        knn_request_fail(request, cases[i].row, &err);
        ck_assert(knn_request_rows(request)->error.status == KNN_VALUE);
        ck_assert_str_eq(knn_request_rows(request)->pointer, cases[i].pointer);
        ck_assert_str_eq(knn_request_rows(request)->error.message,
                         cases[i].row == 0 ? "row 0 has no neighbors"
                                           : "row 1 has no neighbors");

        knn_request_destroy(request);
        free(memory);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("columns");
    tcase = tcase_create("columns");

    tcase_add_loop_test(tcase, form_is_read, 0,
                        sizeof(forms) / sizeof(forms[0]));
    tcase_add_loop_test(tcase, fault_is_named, 0,
                        sizeof(faults) / sizeof(faults[0]));
    tcase_add_loop_test(tcase, form_in_pieces, 0,
                        sizeof(forms) / sizeof(forms[0]));
    tcase_add_loop_test(tcase, fault_in_pieces, 0,
                        sizeof(faults) / sizeof(faults[0]));
    tcase_add_test(tcase, without_names);
    tcase_add_test(tcase, texts_alone);
    tcase_add_test(tcase, column_without_use);
    tcase_add_test(tcase, memory_for_empty_cells);
    tcase_add_test(tcase, row_without_answer);
    suite_add_tcase(suite, tcase);

    return suite;
}
