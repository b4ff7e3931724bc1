
/*
 * Copyright (C) nginx-knn contributors
 */


/* Inference requests in JSON to rows. */


#include "inferring.h"


#define ONE "{\"inputs\":[{\"name\":\"X\","

/* the same two rows in all ways */
#define FLAT   "[5.1,3.5,1.4,0.2,6.25,2.5,4,1.5]"
#define NESTED "[[5.1,3.5,1.4,0.2],[6.25,2.5,4,1.5]]"

#define A      "\"name\":\"sepal length (cm)\","
#define B      "\"name\":\"sepal width (cm)\","
#define C      "\"name\":\"petal length (cm)\","
#define D      "\"name\":\"petal width (cm)\","

#define TWO    "\"shape\":[2],\"datatype\":\"FP64\","

static const double two[] = {5.1, 3.5, 1.4, 0.2, 6.25, 2.5, 4, 1.5};


static const char *const alike[] = {
    ONE "\"shape\":[2,4],\"datatype\":\"FP64\",\"data\":" FLAT "}]}",
    ONE "\"shape\":[2,4],\"datatype\":\"FP64\",\"data\":" NESTED "}]}",
    ONE "\"shape\":[2,4],\"datatype\":\"FP64\",\"data\":[" FLAT "]}]}",
    ONE "\"shape\":[2,4],\"datatype\":\"FP64\",\"data\":[" NESTED "]}]}",
    ONE "\"shape\":[2,4],\"datatype\":\"FP64\",\"data\":"
        "[[5.1],[3.5],[1.4],[0.2],[6.25],[2.5],[4],[1.5]]}]}",

    /* "data" before what tells what it is */
    ONE "\"data\":" FLAT ",\"shape\":[2,4],\"datatype\":\"FP64\"}]}",
    ONE "\"shape\":[2,4],\"data\":" NESTED ",\"datatype\":\"FP64\"}]}",
    "{\"inputs\":[{\"data\":" NESTED ",\"datatype\":\"FP64\",\"name\":\"X\","
    "\"parameters\":{\"content_type\":\"np\"},\"shape\":[2,4]}]}",
    "{\"inputs\":[{\"data\":[\"5.1\",3.5,\"1.4\",\"0.2\",\"6.25\",\"2.5\","
    "\"4\",\"1.5\"],\"datatype\":\"BYTES\",\"name\":\"X\",\"shape\":[2,4]}]}",

    /* texts of numbers */
    ONE "\"shape\":[2,4],\"datatype\":\"BYTES\",\"data\":[\"5.1\",\"3.5\","
        "\" 1.4\",\"0.2\",\"6.25\",\"2.5\",\"4\",\"15e-1\"]}]}",

    /* columns, in any order */
    "{\"inputs\":[{" A TWO "\"data\":[5.1,6.25]},{" B TWO
    "\"data\":[3.5,2.5]},{" C TWO "\"data\":[1.4,4]},{" D TWO
    "\"data\":[0.2,1.5]}]}",
    "{\"parameters\":{\"content_type\":\"pd\"},\"inputs\":[{" D TWO
    "\"data\":[0.2,1.5]},{" A TWO "\"data\":[[5.1],[6.25]]},{" C
    "\"shape\":[2,1],\"datatype\":\"BYTES\",\"data\":[\"1.4\",\"4\"]},{" B TWO
    "\"data\":[3.5,2.5]}]}",
    "{\"inputs\":[{\"data\":[0.2,1.5]," D "\"shape\":[2,1],"
    "\"datatype\":\"FP64\"},{\"data\":[3.5,2.5]," TWO B
    "\"parameters\":{\"content_type\":\"pd\"}},{" C   TWO
    "\"data\":[1.4,4]},{" TWO "\"data\":[5.1,6.25]," A "\"a\":{\"b\":[{}]}}],"
    "\"parameters\":{\"content_type\":\"pd\"}}",

    /* null for what may be left out, and what is skipped */
    "{\"id\":null,\"outputs\":null,\"parameters\":null,\"model_name\":\"a\","
    "\"a\":[[{\"b\":[1,2]}],null],\"inputs\":[{\"name\":\"X\",\"data\":" FLAT
    ",\"parameters\":null,\"b\":1,\"shape\":[2,4],\"datatype\":\"FP64\"}]}",
    "{\"parameters\":{\"sequence_id\":7,\"priority\":1,\"timeout\":[1,{}],"
    "\"headers\":{\"a\":{\"triton_a\":1}},\"binary_data_output\":null},"
    "\"inputs\":[{\"name\":\"X\",\"parameters\":{\"a\":[[]]},\"data\":" FLAT
    ",\"shape\":[2,4],\"datatype\":\"FP64\"}],\"outputs\":[]}",
};

#define N_ALIKE (sizeof(alike) / sizeof(alike[0]))


/* an input of a type, and its values */
typedef struct {
    const char *type;
    const char *data;
    double      x[4];
} typed_t;


static const typed_t typed[] = {
    {"FP64",
     "0.1,1e308,-5e-324,9007199254740993",
     {0.1, 1e308, -5e-324, 9007199254740992.0}},
    {"FP64", "true,false,-0,-0.0", {1, 0, -0.0, -0.0}},
    {"FP32",
     "0.1,16777217,3.4028235e38,1e-46",
     {0.1f, 16777216, 3.4028234663852886e38, 0}},
    {"BOOL", "true,false,1,0", {1, 0, 1, 0}},
    {"UINT8", "0,255,2.0,1e2", {0, 255, 2, 100}},
    {"UINT16", "0,65535,-0,true", {0, 65535, 0, 1}},
    {"UINT32", "0,4294967295,1,2", {0, 4294967295.0, 1, 2}},
    {"UINT64",
     "18446744073709551615,9007199254740993,1,2",
     {18446744073709551616.0, 9007199254740992.0, 1, 2}},
    {"INT8", "-128,127,0,-1", {-128, 127, 0, -1}},
    {"INT16", "-32768,32767,0,-1.0", {-32768, 32767, 0, -1}},
    {"INT32",
     "-2147483648,2147483647,0,-1",
     {-2147483648.0, 2147483647, 0, -1}},
    {"INT64",
     "-9223372036854775808,9223372036854775807,1,2",
     {-9223372036854775808.0, 9223372036854775808.0, 1, 2}},
    {"INT64",
     "9007199254740993,-9007199254740993,9007199254740992.0,-0.0",
     {9007199254740992.0, -9007199254740992.0, 9007199254740992.0, 0}},
    {"FP64",
     "1e15,-9007199254740993.5,18014398509481985,9007199254740991",
     {1e15, -9007199254740994.0, 18014398509481984.0, 9007199254740991.0}},
    {"BYTES", "\"5\",\"1e3\",\"true\",7", {5, 1000, 1, 7}},
};

#define N_TYPED (sizeof(typed) / sizeof(typed[0]))


START_TEST(all_forms_of_rows_are_alike)
{
    inferred_t            inferred;
    knn_request_options_t options;

    options = infer_options(&flowers, KNN_NO_HEADER, strlen(alike[_i]));
    infer_any_cut(&inferred, &options, alike[_i]);

    ck_assert_msg(inferred.rows->error.status == KNN_OK, "%s: %s", alike[_i],
                  inferred.rows->error.message);
    ck_assert_uint_eq(inferred.rows->rows, 2);
    reading_equal(two, inferred.rows->x, 8, alike[_i]);
    ck_assert_uint_eq(inferred.rows->outputs, KNN_PREDICT);
    ck_assert_uint_eq(inferred.rows->n_wanted, 1);
    ck_assert_ptr_null(inferred.rows->id);

    infer_free(&inferred);

    /* the header may as well be told */

    options.header = options.size;
    infer_any_cut(&inferred, &options, alike[_i]);
    ck_assert_msg(inferred.rows->error.status == KNN_OK, "%s: %s", alike[_i],
                  inferred.rows->error.message);
    infer_free(&inferred);
}
END_TEST


START_TEST(types_have_their_values)
{
    char                  body[512];
    size_t                late;
    inferred_t            inferred;
    const typed_t        *t;
    knn_request_options_t options;

    t = &typed[_i];

    for (late = 0; late < 2; late++) {
        (void) snprintf(body, sizeof(body),
                        late ? "{\"inputs\":[{\"data\":[%s],\"name\":\"\","
                               "\"shape\":[1,4],\"datatype\":\"%s\"}]}"
                             : "{\"inputs\":[{\"datatype\":\"%2$s\",\"name\":"
                               "\"\",\"shape\":[4],\"data\":[%1$s]}]}",
                        t->data, t->type);

        options = infer_options(&flowers, KNN_NO_HEADER, strlen(body));
        infer_any_cut(&inferred, &options, body);

        ck_assert_msg(inferred.rows->error.status == KNN_OK, "%s: %s", body,
                      inferred.rows->error.message);
        ck_assert_uint_eq(inferred.rows->rows, 1);
        reading_equal(t->x, inferred.rows->x, 4, body);
        infer_free(&inferred);
    }
}
END_TEST


/* Reads a body of one model that must be read. */
static void
check_rows(const knn_model_info_t *info, const char *body, size_t rows,
           const double *x)
{
    inferred_t            inferred;
    knn_request_options_t options;

    options = infer_options(info, KNN_NO_HEADER, strlen(body));
    infer_any_cut(&inferred, &options, body);

    ck_assert_msg(inferred.rows->error.status == KNN_OK, "%s: %s", body,
                  inferred.rows->error.message);
    ck_assert_uint_eq(inferred.rows->rows, rows);
    ck_assert_ptr_nonnull(inferred.rows->x);
    reading_equal(x, inferred.rows->x, rows * info->n_features, body);
    infer_free(&inferred);
}


START_TEST(no_rows_are_rows)
{
    check_rows(&flowers,
               ONE "\"shape\":[0,4],\"datatype\":\"FP64\",\"data\":[]}]}", 0,
               two);
    check_rows(&flowers,
               ONE "\"shape\":[0,4],\"datatype\":\"FP64\",\"data\":[[]]}]}", 0,
               two);
    check_rows(&lone, ONE "\"shape\":[0],\"data\":[],\"datatype\":\"FP64\"}]}",
               0, two);
    check_rows(&flowers,
               "{\"inputs\":[{" A "\"shape\":[0],\"datatype\":\"FP64\","
               "\"data\":[]},{" B "\"shape\":[0],\"datatype\":\"FP64\","
               "\"data\":[]},{" C "\"shape\":[0,1],\"datatype\":\"FP64\","
               "\"data\":[]},{" D "\"shape\":[0],\"datatype\":\"FP64\","
               "\"data\":[]}]}",
               0, two);
}
END_TEST


START_TEST(one_feature_has_a_row_each)
{
    check_rows(&lone,
               ONE "\"shape\":[3],\"datatype\":\"FP64\",\"data\":"
                   "[5.1,3.5,1.4]}]}",
               3, two);
    check_rows(&lone,
               ONE "\"shape\":[3,1],\"datatype\":\"FP64\",\"data\":"
                   "[[5.1],[3.5],[1.4]]}]}",
               3, two);
}
END_TEST


START_TEST(columns_without_names_come_in_order)
{
    check_rows(&unnamed,
               "{\"inputs\":[{\"name\":\"a\"," TWO "\"data\":[5.1,6.25]},"
               "{\"name\":\"b\"," TWO "\"data\":[3.5,2.5]},"
               "{\"name\":\"c\"," TWO "\"data\":[1.4,4]},"
               "{\"name\":\"d\"," TWO "\"data\":[0.2,1.5]}]}",
               2, two);
    check_rows(&unnamed,
               "{\"parameters\":{\"content_type\":\"pd\"},\"inputs\":["
               "{\"name\":\"a\",\"shape\":[4],\"datatype\":\"INT8\","
               "\"data\":[1,2,3,4]},"
               "{\"name\":\"b\",\"shape\":[4],\"datatype\":\"INT8\","
               "\"data\":[5,6,7,8]},"
               "{\"name\":\"c\",\"shape\":[4],\"datatype\":\"INT8\","
               "\"data\":[9,10,11,12]},"
               "{\"name\":\"d\",\"shape\":[4],\"datatype\":\"INT8\","
               "\"data\":[13,14,15,16]}]}",
               4,
               (const double[]){1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 4, 8,
                                12, 16});
}
END_TEST


START_TEST(null_is_a_missing_value)
{
    check_rows(&gaps,
               ONE "\"shape\":[2,4],\"datatype\":\"FP64\",\"data\":"
                   "[null,1,2,null,3,null,4,5]}]}",
               2, (const double[]){NAN, 1, 2, NAN, 3, NAN, 4, 5});
    check_rows(&gaps,
               ONE "\"data\":[[null,1,2,null]],\"shape\":[1,4],"
                   "\"datatype\":\"FP32\"}]}",
               1, (const double[]){NAN, 1, 2, NAN});
    check_rows(&gaps,
               ONE "\"shape\":[4],\"datatype\":\"BYTES\",\"data\":"
                   "[null,\"NA\",\"2\",\"\"]}]}",
               1, (const double[]){NAN, NAN, 2, NAN});
}
END_TEST


START_TEST(texts_are_what_features_take)
{
    static const double x[] = {4, 2.5, 3, NAN, 3, 1, KNN_TEXT_UNKNOWN, 7};

    check_rows(&shop,
               ONE "\"shape\":[2,4],\"datatype\":\"BYTES\",\"data\":"
                   "[\"red\",\"2.5\",\"S\",null,\"green\",\"1\",\"XL\","
                   "\"7\"]}]}",
               2, x);
    check_rows(&nameless_shop,
               ONE "\"data\":[[\"red\",\"2.5\",\"S\",\"\"],[\"green\",1,"
                   "\"XL\",7]],\"shape\":[2,4],\"datatype\":\"BYTES\"}]}",
               2, x);
    check_rows(&shop,
               "{\"inputs\":[{\"name\":\"size\",\"shape\":[2],\"datatype\":"
               "\"BYTES\",\"data\":[\"S\",\"XL\"]},{\"name\":\"price\","
               "\"shape\":[2,1],\"datatype\":\"FP32\",\"data\":[2.5,1]},"
               "{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"FP64\","
               "\"data\":[null,7]},{\"data\":[\"red\",\"green\"],\"name\":"
               "\"color\",\"shape\":[2],\"datatype\":\"BYTES\"}]}",
               2, x);
}
END_TEST


START_TEST(an_id_is_kept)
{
    static const char body[] =
        "{\"id\":\"a\\u0000\\n\\u00e9\","
        "\"inputs\":[{\"name\":\"X\",\"shape\":[4],\"datatype\":\"INT8\","
        "\"data\":[1,2,3,4]}]}";

    inferred_t            inferred;
    knn_request_options_t options;

    options = infer_options(&flowers, KNN_NO_HEADER, sizeof(body) - 1);
    infer_any_cut(&inferred, &options, body);

    ck_assert_int_eq(inferred.rows->error.status, KNN_OK);
    ck_assert_uint_eq(inferred.rows->id_size, 5);
    ck_assert_mem_eq(inferred.rows->id, "a\0\n\xc3\xa9", 5);
    infer_free(&inferred);
}
END_TEST


START_TEST(a_row_without_answer_is_named)
{
    inferred_t            inferred;
    const char           *body;
    knn_error_t           err;
    knn_request_options_t options;

    body = alike[0];
    options = infer_options(&flowers, KNN_NO_HEADER, strlen(body));
    infer_read(&inferred, &options, body, NULL, 0);

    err.status = KNN_VALUE;
    (void) snprintf(err.message, sizeof(err.message), "has no neighbors");
    knn_request_fail(inferred.request, 1, &err);

    ck_assert_int_eq(inferred.rows->error.status, KNN_VALUE);
    ck_assert_str_eq(inferred.rows->error.message, "row 1 has no neighbors");
    ck_assert_str_eq(inferred.rows->pointer, "#/inputs");
    infer_free(&inferred);
}
END_TEST


START_TEST(the_most_rows_are_read)
{
    inferred_t            inferred;
    const char           *body;
    knn_request_options_t options;

    body = alike[0];
    options = infer_options(&flowers, KNN_NO_HEADER, strlen(body));
    options.max_rows = 2;
    infer_read(&inferred, &options, body, NULL, 0);
    ck_assert_int_eq(inferred.rows->error.status, KNN_OK);
    infer_free(&inferred);

    options.max_rows = 1;
    infer_any_cut(&inferred, &options, body);
    ck_assert_int_eq(inferred.rows->error.status, KNN_LIMIT);
    ck_assert_str_eq(inferred.rows->pointer, "#/inputs/0/shape");
    infer_free(&inferred);
}
END_TEST


/* more elements than a step places */
#define LATE_ROWS 1000


/* Writes two columns of texts, data first; the last element is this one. */
static char *
late_columns(char *p, const char *last)
{
    size_t i, column;

    p += sprintf(p, "{\"inputs\":[");

    for (column = 0; column < 2; column++) {
        p += sprintf(p, "%s{\"data\":[", column > 0 ? "," : "");

        for (i = 0; i < LATE_ROWS - 1; i++) {
            p += sprintf(p, "\"%zu\",", 2 * i + column);
        }

        p += sprintf(p,
                     "%s],\"name\":\"x\",\"datatype\":\"BYTES\","
                     "\"shape\":[%d,1]}",
                     column > 0 ? last : "\"1998\"", LATE_ROWS);
    }

    return p + sprintf(p, "]}");
}


/* Reads them; returns the steps that are due when the body has ended. */
static size_t
late_steps(inferred_t *inferred, const char *body)
{
    size_t                  steps;
    knn_request_options_t   options;
    static knn_model_info_t pair;

    pair = unnamed;
    pair.n_features = 2;

    options = infer_options(&pair, KNN_NO_HEADER, strlen(body));
    options.alloc_ctx = &inferred->memory;
    inferred->memory = NULL;
    inferred->request = knn_request_create(&options);
    inferred->rows = knn_request_rows(inferred->request);
    (void) knn_request_feed(inferred->request, body, strlen(body));

    for (steps = 1; !knn_request_end(inferred->request); steps++) {
        ck_assert_uint_eq(inferred->rows->rows, 0);
    }

    return steps;
}


START_TEST(late_data_is_placed_in_steps)
{
    char      *body;
    size_t     i;
    inferred_t inferred;

    body = malloc(LATE_ROWS * 32);

    (void) late_columns(body, "\"1999\"");
    ck_assert_msg(late_steps(&inferred, body) > 2,
                  "data before its shape was placed at once");
    ck_assert_str_eq(inferred.rows->error.message, "");
    ck_assert_uint_eq(inferred.rows->rows, LATE_ROWS);

    for (i = 0; i < 2 * LATE_ROWS; i++) {
        ck_assert_double_eq(inferred.rows->x[i], (double) i);
    }

    infer_free(&inferred);

    (void) late_columns(body, "\"none\"");
    (void) late_steps(&inferred, body);
    ck_assert_int_eq(inferred.rows->error.status, KNN_VALUE);
    ck_assert_str_eq(inferred.rows->pointer, "#/inputs/1/data/999");
    ck_assert_uint_eq(inferred.rows->rows, 0);
    infer_free(&inferred);

    free(body);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("infer");
    tcase = tcase_create("json");

    tcase_add_loop_test(tcase, all_forms_of_rows_are_alike, 0, (int) N_ALIKE);
    tcase_add_loop_test(tcase, types_have_their_values, 0, (int) N_TYPED);
    tcase_add_test(tcase, no_rows_are_rows);
    tcase_add_test(tcase, one_feature_has_a_row_each);
    tcase_add_test(tcase, columns_without_names_come_in_order);
    tcase_add_test(tcase, null_is_a_missing_value);
    tcase_add_test(tcase, texts_are_what_features_take);
    tcase_add_test(tcase, an_id_is_kept);
    tcase_add_test(tcase, a_row_without_answer_is_named);
    tcase_add_test(tcase, the_most_rows_are_read);
    tcase_add_test(tcase, late_data_is_placed_in_steps);

    suite_add_tcase(suite, tcase);

    return suite;
}
