
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every form that a JSON body may have. */


#include <stdio.h>

#include "reading.h"


#define R0 5.1, 3.5, 1.4, 0.2
#define R1 4.9, 3.0, -1.5e2, 1e-3


typedef struct {
    const char *body;
    size_t      rows;
    bool        single;
    unsigned    outputs;
    double      x[8];
} form_t;


static const form_t forms[] = {
    {"{\"X\":[5.1,3.5,1.4,0.2]}", 1, true, KNN_PREDICT, {R0}},
    {" \r\n\t{ \"X\" : [ 5.1 , 3.5,\n1.4 ,\t0.2 ] } \n",
     1,
     true,
     KNN_PREDICT,
     {R0}},
    {"\xEF\xBB\xBF{\"X\":[5.1,3.5,1.4,0.2]}", 1, true, KNN_PREDICT, {R0}},
    {"{\"X\":[[5.1,3.5,1.4,0.2]]}", 1, false, KNN_PREDICT, {R0}},
    {"{\"X\":[[5.1,3.5,1.4,0.2],[4.9,3,-150,0.001]]}",
     2,
     false,
     KNN_PREDICT,
     {R0, R1}},
    {"{\"instances\":[[5.1,3.5,1.4,0.2],[4.9,3,-1.5E+2,1e-3]]}",
     2,
     false,
     KNN_PREDICT,
     {R0, R1}},
    {"{\"inputs\":[[5.1,3.5,1.4,0.2]]}", 1, false, KNN_PREDICT, {R0}},
    {"{\"dataframe_records\":[{\"sepal length (cm)\":5.1,"
     "\"sepal width (cm)\":3.5,\"petal length (cm)\":1.4,"
     "\"petal width (cm)\":0.2}]}",
     1,
     false,
     KNN_PREDICT,
     {R0}},
    {"[5.1,3.5,1.4,0.2]", 1, true, KNN_PREDICT, {R0}},
    {"[[5.1,3.5,1.4,0.2],[4.9,3,-150,0.001]]", 2, false, KNN_PREDICT, {R0, R1}},
    {"[{\"petal width (cm)\":0.2,\"petal length (cm)\":1.4,"
     "\"sepal width (cm)\":3.5,\"sepal length (cm)\":5.1},"
     "[4.9,3,-150,0.001]]",
     2,
     false,
     KNN_PREDICT,
     {R0, R1}},
    {"{\"X\":{\"petal width (cm)\":0.2,\"petal length (cm)\":1.4,"
     "\"sepal length (cm)\":5.1,\"sepal width (cm)\":3.5}}",
     1,
     true,
     KNN_PREDICT,
     {R0}},
    {"{\"X\":{\"petal\\u0020width (cm)\":0.2,\"petal length (cm)\":1.4,"
     "\"sepal length (\\u0063m)\":5.1,\"sepal width (cm)\":3.5}}",
     1,
     true,
     KNN_PREDICT,
     {R0}},
    {"{\"X\":[true,false,1,0]}", 1, true, KNN_PREDICT, {1, 0, 1, 0}},
    {"{\"X\":[-0,0e999,1e-400,-1e-400]}",
     1,
     true,
     KNN_PREDICT,
     {-0.0, 0, 0, -0.0}},
    {"{\"X\":[1.7976931348623157e308,9007199254740993,5e-324,"
     "0.1000000000000000055511151231257827]}",
     1,
     true,
     KNN_PREDICT,
     {1.7976931348623157e308, 9007199254740992, 5e-324, 0.1}},
    {"{\"outputs\":[\"kneighbors\"],\"X\":[5.1,3.5,1.4,0.2]}",
     1,
     true,
     KNN_KNEIGHBORS,
     {R0}},
    {"{\"X\":[5.1,3.5,1.4,0.2],\"outputs\":[\"predict\",\"predict_proba\","
     "\"kneighbors\",\"predict\"]}",
     1,
     true,
     KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS,
     {R0}},
    {"{\"a\":null,\"b\":[1,\"x\",{\"X\":[]},[[]]],\"c\":{\"X\":{\"outputs\":"
     "0}},\"d\":\"X\",\"e\":true,\"a\":1e999,\"X\":[5.1,3.5,1.4,0.2],"
     "\"x\":[],\"X \":1,\"\":2,\"X\\u0000\":{}}",
     1,
     true,
     KNN_PREDICT,
     {R0}},
};


START_TEST(form_is_read)
{
    reading_t     reading;
    const form_t *form;

    form = &forms[_i];
    reading = reading_whole(&iris, form->body, strlen(form->body));

    ck_assert_msg(reading.rows.error.status == KNN_OK, "%s: %s", form->body,
                  reading.rows.error.message);
    ck_assert_uint_eq(reading.rows.rows, form->rows);
    ck_assert(reading.rows.single == form->single);
    ck_assert_uint_eq(reading.rows.outputs, form->outputs);
    ck_assert_mem_eq(reading.rows.x, form->x, form->rows * 4 * sizeof(double));
    ck_assert_str_eq(reading.rows.pointer, "");

    reading_free(&reading);
}
END_TEST


/* The memory that is asked for follows the body, not the limit of rows. */
START_TEST(memory_follows_the_body)
{
    char                  body[] = "{\"X\":[[1,2,3,4],[5,6,7,8]]}";
    void                 *memory;
    knn_request_t        *request;
    knn_request_options_t options = {.model = "iris",
                                     .info = &iris,
                                     .max_rows = SIZE_MAX,
                                     .size = strlen(body),
                                     .outputs = KNN_PREDICT,
                                     .alloc = reading_alloc,
                                     .alloc_ctx = &memory};

    memory = NULL;

    request = knn_request_create(&options);
    ck_assert(knn_request_feed(request, body, strlen(body)) == KNN_OK);
    ck_assert(knn_request_finish(request) == KNN_OK);
    ck_assert_uint_eq(knn_request_rows(request)->rows, 2);
    knn_request_destroy(request);
    free(memory);
}
END_TEST


static void *
no_memory(void *ctx, size_t size)
{
    size_t *asked;

    asked = ctx;
    *asked = size;

    return NULL;
}


START_TEST(refused_memory_is_an_error)
{
    char                  body[] = "{\"X\":[[1,2,3,4]]}";
    size_t                asked;
    knn_request_t        *request;
    knn_request_options_t options = {.model = "iris",
                                     .info = &iris,
                                     .max_rows = 3,
                                     .size = 1000,
                                     .outputs = KNN_PREDICT,
                                     .alloc = no_memory,
                                     .alloc_ctx = &asked};

    request = knn_request_create(&options);
    (void) knn_request_feed(request, body, strlen(body));
    ck_assert(knn_request_finish(request) == KNN_NO_MEMORY);
    ck_assert_uint_eq(asked, 3 * 4 * sizeof(double));
    knn_request_destroy(request);
}
END_TEST


/* Features beyond what is compared one by one, in an order of their own. */
START_TEST(many_features_by_name)
{
    char            *body, *p;
    char             names[300][16];
    size_t           i;
    reading_t        reading;
    const char      *list[300];
    knn_model_info_t info = {.n_features = 300, .feature_names = list};

    for (i = 0; i < 300; i++) {
        (void) snprintf(names[i], sizeof(names[i]), "f%zu", i);
        list[i] = names[i];
    }

    body = malloc(2 * 300 * 32);
    p = body + sprintf(body, "{\"X\":[{");

    for (i = 0; i < 300; i++) {
        p += sprintf(p, "%s\"f%zu\":%zu", i == 0 ? "" : ",", i * 7 % 300,
                     i * 7 % 300);
    }

    p += sprintf(p, "},{");

    for (i = 0; i < 300; i++) {
        p += sprintf(p, "%s\"f%zu\":%zu", i == 0 ? "" : ",", i, 1000 + i);
    }

    p += sprintf(p, "}]}");

    reading = reading_whole(&info, body, (size_t) (p - body));
    ck_assert_msg(reading.rows.error.status == KNN_OK, "%s",
                  reading.rows.error.message);

    for (i = 0; i < 300; i++) {
        ck_assert(reading.rows.x[i] == (double) i);
        ck_assert(reading.rows.x[300 + i] == (double) (1000 + i));
    }

    reading_free(&reading);
    free(body);
}
END_TEST


/* The body ends exactly where the limit of rows is reached. */
START_TEST(as_many_rows_as_allowed)
{
    size_t     cut;
    reading_t  reading;
    const char body[] = "[[1,2,3,4],[1,2,3,4],[1,2,3,4]]";

    for (cut = 3; cut < 6; cut++) {
        reading = reading_cut(&iris, KNN_FORMAT_JSON, cut, body, strlen(body),
                              NULL, 0);
        ck_assert_msg(reading.rows.error.status == KNN_OK, "%s",
                      reading.rows.error.message);
        reading_free(&reading);
    }

    reading =
        reading_cut(&iris, KNN_FORMAT_JSON, 2, body, strlen(body), NULL, 0);
    ck_assert(reading.rows.error.status == KNN_LIMIT);
    ck_assert_ptr_nonnull(strstr(reading.rows.error.message, "2 rows"));
    ck_assert_str_eq(reading.rows.pointer, "#/2");
    reading_free(&reading);
}
END_TEST


/* The names of outputs as a query has them. */
START_TEST(outputs_by_name)
{
    size_t      i;
    knn_error_t err;

    static const struct {
        const char *text;
        unsigned    outputs;
    } cases[] = {
        {"predict", KNN_PREDICT},
        {"predict_proba", KNN_PREDICT_PROBA},
        {"kneighbors", KNN_KNEIGHBORS},
        {"predict,kneighbors", KNN_PREDICT | KNN_KNEIGHBORS},
        {" predict  ,predict_proba, ", KNN_PREDICT | KNN_PREDICT_PROBA},
        {"", 0},
        {" ,", 0},
        {"Predict", 0},
        {"predict;kneighbors", 0},
        {"predict,x", 0},
        {"predic", 0},
        {"predict\"\n", 0},
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        err.status = KNN_OK;
        ck_assert_uint_eq(
            knn_outputs_parse(cases[i].text, strlen(cases[i].text), &err),
            cases[i].outputs);

        if (cases[i].outputs == 0) {
            ck_assert(err.status == KNN_MALFORMED);
            ck_assert_ptr_nonnull(strstr(err.message, "\"predict_proba\""));
            ck_assert_ptr_null(strchr(err.message, '\n'));
        }
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *forms_case;

    suite = suite_create("request");
    forms_case = tcase_create("forms");

    tcase_add_loop_test(forms_case, form_is_read, 0,
                        sizeof(forms) / sizeof(forms[0]));
    tcase_add_test(forms_case, memory_follows_the_body);
    tcase_add_test(forms_case, refused_memory_is_an_error);
    tcase_add_test(forms_case, many_features_by_name);
    tcase_add_test(forms_case, as_many_rows_as_allowed);
    tcase_add_test(forms_case, outputs_by_name);
    suite_add_tcase(suite, forms_case);

    return suite;
}
