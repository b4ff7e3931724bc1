
/*
 * Copyright (C) nginx-knn contributors
 */


/* safetensors files of other programs, written by hand here. */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "../../../model/native/draft.h"
#include "../../../model/knn.h"
#include "../../../model/real.h"
#include "../../../model/native/yajl_value.h"


#define MAX_BYTES ((size_t) 1 << 20)
#define LIMIT     ((size_t) 1 << 20)


static knn_error_t err;
static char        file[8192];


/* Four rows of two features in classes 0, 0, 1, 1; metadata follow. */
#define HEADER(metadata)                                                       \
    "{\"__metadata__\":{" metadata "},"                                        \
    "\"X\":{\"dtype\":\"F64\",\"shape\":[4,2],\"data_offsets\":[0,64]},"       \
    "\"y\":{\"dtype\":\"I64\",\"shape\":[4],\"data_offsets\":[64,96]}}"

#define LEAST                                                                  \
    "\"estimator\":\"KNeighborsClassifier\",\"n_neighbors\":\"3\","            \
    "\"classes\":\"[\\\"a\\\",\\\"b\\\"]\""

#define ROWS 4


static const double  x[ROWS * 2] = {0, 0, 0, 1, 5, 5, 5, 6};
static const int64_t y[ROWS] = {0, 0, 1, 1};


/* Reads a header with X and y behind it, in as many bytes as are wanted. */
static knn_model_t *
read_sized(const char *header, size_t size)
{
    uint64_t length;

    memset(file, 0, sizeof(file));
    length = strlen(header);
    memcpy(file, &length, sizeof(length));
    memcpy(file + 8, header, length);
    memcpy(file + 8 + length, x, sizeof(x));
    memcpy(file + 8 + length + sizeof(x), y, sizeof(y));

    return knn_model_read(file, 8 + length + size, "file", MAX_BYTES, &err);
}


static knn_model_t *
read_header(const char *header)
{
    return read_sized(header, sizeof(x) + sizeof(y));
}


static void
refuse(const char *header, size_t size, const char *message)
{
    knn_model_t *model;

    model = read_sized(header, size);
    ck_assert_msg(model == NULL, "%s is taken for a model", header);
    ck_assert_msg(strstr(err.message, message) != NULL, "\"%s\" lacks \"%s\"",
                  err.message, message);
    ck_assert_msg(strncmp(err.message, "file: ", 6) == 0, "%s", err.message);
}


/* The label of a point's class. */
static const knn_label_t *
predict(const knn_model_t *model, const double *q)
{
    void *memory;
    uint32_t class;
    knn_query_t *query;

    memory = aligned_alloc(KNN_ALIGNMENT, knn_query_size(model, 1, 1));
    ck_assert_ptr_nonnull(memory);
    query = knn_query_init(memory, model, q, 1, KNN_PREDICT);
    ck_assert(knn_query_run(query, SIZE_MAX));
    class = query->classes[0];
    free(memory);

    return &knn_model_info(model)->outputs[0].classes[class];
}


/* The least that the contract asks for has scikit-learn's defaults. */
START_TEST(least)
{
    double                  q[2] = {4, 4};
    const char             *header;
    knn_model_t            *model;
    const knn_label_t      *label;
    const knn_model_info_t *info;

    /* blanks are how other programs align; without, X lies anywhere */
    header = _i == 0   ? HEADER(LEAST)
             : _i == 1 ? HEADER(LEAST) " "
                       : HEADER(LEAST ",\"algorithm\":\"kd_tree\",\"p\":\"2\"");

    model = read_header(header);
    ck_assert_msg(model != NULL, "%s", err.message);

    info = knn_model_info(model);
    ck_assert_str_eq(info->metric, "euclidean");
    ck_assert_str_eq(info->algorithm, "brute");
    ck_assert_str_eq(info->weights, "uniform");
    ck_assert_uint_eq(info->n_neighbors, 3);
    ck_assert_uint_eq(info->n_samples, ROWS);
    ck_assert_uint_eq(info->n_golden, 0);

    label = predict(model, q);
    ck_assert_int_eq(label->type, KNN_LABEL_STRING);
    ck_assert_str_eq(label->value.string.data, "b");

    knn_model_free(model);
}
END_TEST


typedef struct {
    const char *header;
    const char *message;
} fault_t;


#define X(member)                                                              \
    "{\"X\":{" member "},"                                                     \
    "\"y\":{\"dtype\":\"I64\",\"shape\":[4],\"data_offsets\":[64,96]}}"
#define Y(member)                                                              \
    "{\"X\":{\"dtype\":\"F64\",\"shape\":[4,2],\"data_offsets\":[0,64]},"      \
    "\"y\":{" member "}}"


static const fault_t faults[] = {
    {"{\"a\":1", "header: is no JSON"},
    {"{\"a\":\"\xff\"}", "header: is no JSON"},
    {"{\"a\":{},\"a\":{}}", "\"a\" twice"},
    {"{\"a\":[[[[[[[[1]]]]]]]]}", "nested too deep"},
    {"{\"a\":1.00000000000000000000000000000000000000000000000000000000000000}",
     "too many digits"},
    {"{\"a\":1}", "tensor \"a\" is no object"},
    {"{\"__metadata__\":[]}", "\"__metadata__\" is no object"},
    {"{\"__metadata__\":{\"n\":5}}", "metadata \"n\" is no string"},
    {X("\"shape\":[4,2],\"data_offsets\":[0,64]"),
     "\"X\" has an unknown dtype"},
    {X("\"dtype\":\"F63\",\"shape\":[4,2],\"data_offsets\":[0,64]"),
     "\"X\" has an unknown dtype"},
    {X("\"dtype\":\"F64\",\"shape\":4,\"data_offsets\":[0,64]"),
     "\"X\" has a shape that is no list"},
    {X("\"dtype\":\"F64\",\"shape\":[4,-2],\"data_offsets\":[0,64]"),
     "\"X\" has a shape that is no list"},
    {X("\"dtype\":\"F64\",\"shape\":[4,2.0],\"data_offsets\":[0,64]"),
     "\"X\" has a shape that is no list"},
    {X("\"dtype\":\"F64\",\"shape\":[4294967296,4294967296,2],"
       "\"data_offsets\":[0,64]"),
     "\"X\" has a shape beyond all memory"},
    {X("\"dtype\":\"F64\",\"shape\":[99999999999999999999],"
       "\"data_offsets\":[0,64]"),
     "\"X\" has a shape that is no list"},
    {X("\"dtype\":\"F64\",\"shape\":[4,2],\"data_offsets\":[0]"),
     "\"X\" has data_offsets that are no start and end"},
    {X("\"dtype\":\"F64\",\"shape\":[4,2],\"data_offsets\":[64,0]"),
     "\"X\" has data_offsets that are no start and end"},
    {X("\"dtype\":\"F32\",\"shape\":[4,2],\"data_offsets\":[0,64]"),
     "\"X\" has data_offsets that do not span"},
    {X("\"dtype\":\"F64\",\"shape\":[3,2],\"data_offsets\":[0,48]"),
     "\"y\" leaves bytes unused"},
    {X("\"dtype\":\"F64\",\"shape\":[5,2],\"data_offsets\":[0,80]"),
     "\"y\" overlaps"},
    {Y("\"dtype\":\"I64\",\"shape\":[5],\"data_offsets\":[64,104]"),
     "\"y\" ends behind the file"},
    {Y("\"dtype\":\"I64\",\"shape\":[3],\"data_offsets\":[64,88]"),
     "has 8 bytes behind the last tensor"},
    {"{}", "has 96 bytes behind the last tensor"},
    {HEADER(""), "metadata \"estimator\": is missing"},
    {HEADER("\"estimator\":\"SVC\""),
     "\"SVC\" is not known, use one of KNeighborsClassifier"},
    {HEADER("\"estimator\":\"KNeighborsClassifier\""),
     "metadata \"n_neighbors\": is missing"},
    {HEADER("\"estimator\":\"KNeighborsClassifier\",\"n_neighbors\":\"-1\""),
     "metadata \"n_neighbors\": is \"-1\", use digits"},
    {HEADER("\"estimator\":\"KNeighborsClassifier\",\"n_neighbors\":\"1\""),
     "metadata \"classes\": is missing"},
    {HEADER(LEAST ",\"weights\":\"near\""), "\"near\" is not known"},
    {HEADER(LEAST ",\"metric\":\"far\""), "metadata \"metric\""},
    {HEADER(LEAST ",\"metric\":\"seuclidean\""), "\"metric.w\""},
    {HEADER(LEAST ",\"metric\":\"mahalanobis\""), "\"metric.VI\""},
    {HEADER(LEAST ",\"p\":\"two\""), "metadata \"p\": is \"two\""},
    {HEADER(LEAST ",\"algorithm\":\"lsh\""), "\"lsh\" is not known"},
    {HEADER(LEAST ",\"sort\":\"bogo\""), "\"bogo\" is not known"},
    {HEADER(LEAST ",\"feature_names\":\"[\\\"a\\\"]\""),
     "metadata \"feature_names\": has 1 strings, it must have 2"},
    {HEADER(LEAST ",\"feature_names\":\"[1,2]\""),
     "metadata \"feature_names\": element 0 is no string"},
    {HEADER(LEAST ",\"feature_names\":\"{}\""),
     "metadata \"feature_names\": is no JSON array"},
    {HEADER(LEAST ",\"feature_names\":\"\""),
     "metadata \"feature_names\": is no JSON"},
    {HEADER(LEAST ",\"steps\":\"[]\""), "metadata \"inputs\": is missing"},
    {HEADER(LEAST ",\"inputs\":\"[1,null]\""),
     "metadata \"inputs\": an input is neither null"},
    {HEADER(LEAST ",\"inputs\":\"[[1],null]\""),
     "metadata \"inputs\": a text of an input is no string"},
    {HEADER(LEAST ",\"inputs\":\"[null,null]\",\"steps\":\"[1]\""),
     "metadata \"steps\": a step is no object"},
    {HEADER(LEAST ",\"inputs\":\"[null]\",\"steps\":\"[{}]\""),
     "metadata \"steps\": a step has a \"kind\" that is not known"},
    {HEADER(LEAST ",\"outlier_label\":\"[1,2]\""),
     "metadata \"outlier_label\": has 2 labels for 1 outputs"},
    {HEADER("\"estimator\":\"KNeighborsClassifier\",\"n_neighbors\":\"1\","
            "\"classes\":\"[null,1]\""),
     "metadata \"classes\": is None"},
    {HEADER("\"estimator\":\"KNeighborsClassifier\",\"n_neighbors\":\"1\","
            "\"classes\":\"[1]\""),
     "class of training row 2"},
    {HEADER("\"estimator\":\"KNeighborsClassifier\",\"n_neighbors\":\"1\","
            "\"classes\":\"[[0,1],[0,1]]\""),
     "tensor \"y\": must have the shape [4,2]"},
    {HEADER("\"estimator\":\"KNeighborsClassifier\",\"n_neighbors\":\"5\","
            "\"classes\":\"[0,1]\""),
     "n_neighbors is 5"},
};


START_TEST(refused)
{
    refuse(faults[_i].header, sizeof(x) + sizeof(y), faults[_i].message);
}
END_TEST


START_TEST(lengths)
{
    refuse(HEADER(LEAST), sizeof(x), "\"y\" ends behind the file");

    memset(file, 0, 16);
    file[0] = 9;
    file[8] = '{';
    ck_assert_ptr_null(knn_model_read(file, 16, "file", MAX_BYTES, &err));
    ck_assert_msg(strstr(err.message, "a header of 9 bytes") != NULL, "%s",
                  err.message);
}
END_TEST


typedef struct {
    const char *text;
    double      real;
    const char *written;
} real_t;


static const real_t reals[] = {
    {"0", 0, "0.0"},
    {"1", 1, "1.0"},
    {"-2.5", -2.5, "-2.5"},
    {"0.1", 0.1, "0.1"},
    {"1e300", 1e300, "1e+300"},
    {"1E-5", 1e-5, "1e-05"},
    {"123456789012345678", 123456789012345678.0, "1.2345678901234568e+17"},
    {"0.30000000000000004", 0.1 + 0.2, "0.30000000000000004"},
    {"5e-324", 5e-324, "4.94065645841247e-324"},
};


START_TEST(numbers)
{
    size_t i;
    double real;
    char   text[KNN_REAL_SIZE];

    for (i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
        ck_assert(knn_real_read(reals[i].text, strlen(reals[i].text), &real));
        ck_assert_double_eq(real, reals[i].real);
        knn_real_write(text, real);
        ck_assert_str_eq(text, reals[i].written);
    }

    ck_assert(!knn_real_read("", 0, &real));
    ck_assert(!knn_real_read("1 ", 2, &real));
    ck_assert(!knn_real_read("1\0", 2, &real));
    ck_assert(!knn_real_read("1x", 2, &real));
}
END_TEST


/* Text survives: what is drafted is read as it was. */
START_TEST(texts)
{
    knn_arena_t *arena;
    knn_draft_t  draft;
    knn_value_t *value;

    static const char text[] = "\"quoted\"\\ \x01\n\t\0 \xc3\xa4 \x7f";

    arena = knn_arena_create(LIMIT);
    knn_draft_init(&draft);
    knn_draft_string(&draft, text, sizeof(text) - 1);
    ck_assert(!draft.failed);

    value = knn_yajl_value(arena, draft.data, draft.len, &err);
    ck_assert_msg(value != NULL, "%s", err.message);
    ck_assert_int_eq(value->type, KNN_VALUE_TEXT);
    ck_assert_uint_eq(value->u.text.len, sizeof(text) - 1);
    ck_assert_mem_eq(value->u.text.data, text, sizeof(text) - 1);

    knn_draft_free(&draft);
    knn_arena_destroy(arena);
}
END_TEST


START_TEST(values)
{
    knn_arena_t *arena;
    knn_value_t *value, **items;
    const char  *text = "[null,true,-9223372036854775808,9223372036854775808,"
                        "1.0,\"\\u00e4\",{\"a\":[]}]";

    arena = knn_arena_create(LIMIT);
    value = knn_yajl_value(arena, text, strlen(text), &err);
    ck_assert_msg(value != NULL, "%s", err.message);
    ck_assert_uint_eq(value->u.list.n, 7);

    items = value->u.list.items;
    ck_assert_int_eq(items[0]->type, KNN_VALUE_NONE);
    ck_assert(items[1]->type == KNN_VALUE_BOOL && items[1]->u.boolean);
    ck_assert(items[2]->type == KNN_VALUE_INT
              && items[2]->u.integer == INT64_MIN);
    ck_assert_int_eq(items[3]->type, KNN_VALUE_HUGE);
    ck_assert_int_eq(items[4]->type, KNN_VALUE_FLOAT);
    ck_assert(knn_value_is(items[5], "\xc3\xa4"));
    ck_assert_int_eq(knn_value_get(items[6], "a")->type, KNN_VALUE_LIST);

    knn_arena_destroy(arena);
}
END_TEST


/* A text whose values need more memory than is allowed. */
START_TEST(too_large)
{
    char        *text;
    size_t       i;
    knn_arena_t *arena;

    text = malloc(LIMIT);
    ck_assert_ptr_nonnull(text);

    for (i = 0; i < LIMIT; i++) {
        text[i] = i % 2 == 0 ? '1' : ',';
    }

    text[0] = '[';
    text[1] = ' ';
    text[LIMIT - 1] = ']';

    arena = knn_arena_create(LIMIT);
    ck_assert_ptr_null(knn_yajl_value(arena, text, LIMIT, &err));
    ck_assert_int_eq(err.status, KNN_LIMIT);

    knn_arena_destroy(arena);
    free(text);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("safetensors");
    tcase = tcase_create("safetensors");

    tcase_add_loop_test(tcase, least, 0, 3);
    tcase_add_loop_test(tcase, refused, 0, sizeof(faults) / sizeof(faults[0]));
    tcase_add_test(tcase, lengths);
    tcase_add_test(tcase, numbers);
    tcase_add_test(tcase, texts);
    tcase_add_test(tcase, values);
    tcase_add_test(tcase, too_large);

    suite_add_tcase(suite, tcase);

    return suite;
}
