
/*
 * Copyright (C) nginx-knn contributors
 */


/* Inference requests with binary tensors. */


#include <stdarg.h>

#include "datatypes.h"
#include "inferring.h"


#define N_ELEMENTS (sizeof(elements) / sizeof(elements[0]))

#define LARGE      1000


/* a body that grows */
typedef struct {
    char   data[80000];
    size_t header;
    size_t size;
} body_t;


/* Begins a body with its JSON. */
__attribute__((format(printf, 2, 3))) static void
body_begin(body_t *body, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    body->size = (size_t) vsnprintf(body->data, sizeof(body->data), fmt, args);
    va_end(args);
    body->header = body->size;
}


/* Adds bytes. */
static void
body_add(body_t *body, const void *data, size_t size)
{
    memcpy(body->data + body->size, data, size);
    body->size += size;
}


/* Adds an element of BYTES. */
static void
body_add_text(body_t *body, const char *text)
{
    char   length[4] = {0, 0, 0, 0};
    size_t size;

    size = strlen(text);
    length[0] = (char) size;
    body_add(body, length, 4);
    body_add(body, text, size);
}


static uint32_t
random_bits(void)
{
    static uint32_t state = 2463534242u;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;

    return state;
}


/* Reads a body in all cuts, which must be read; x are its values. */
static void
check_body(const knn_model_info_t *info, const body_t *body, size_t rows,
           const double *x)
{
    inferred_t            inferred;
    knn_request_options_t options;

    options = infer_options(info, body->header, body->size);
    infer_any_cut(&inferred, &options, body->data);

    ck_assert_msg(inferred.rows->error.status == KNN_OK, "%s: %s", body->data,
                  inferred.rows->error.message);
    ck_assert_uint_eq(inferred.rows->rows, rows);
    reading_equal(x, inferred.rows->x, rows * info->n_features, body->data);
    infer_free(&inferred);
}


/* The same for one that must be refused. */
static void
check_fault(const knn_model_info_t *info, const body_t *body,
            knn_status_e status, const char *pointer, const char *words)
{
    inferred_t            inferred;
    const knn_rows_t     *rows;
    knn_request_options_t options;

    options = infer_options(info, body->header, body->size);
    infer_any_cut(&inferred, &options, body->data);
    rows = inferred.rows;

    ck_assert_msg(strstr(rows->error.message, words) != NULL,
                  "%s: \"%s\" does not say \"%s\"", body->data,
                  rows->error.message, words);
    ck_assert_int_eq(rows->error.status, status);
    ck_assert_str_eq(rows->pointer, pointer);
    ck_assert_uint_eq(rows->rows, 0);
    infer_free(&inferred);
}


START_TEST(a_matrix_of_any_type)
{
    body_t           body;
    double           x[MOST];
    size_t           size, count;
    const element_t *e;

    e = &elements[_i];

    if (e->swap) {
        return;
    }

    count = e->count < 12 ? 4 : FINITE;
    size = count * knn_datatypes[e->type].size;

    body_begin(&body,
               "{\"inputs\":[{\"name\":\"X\",\"shape\":[%zu,4],"
               "\"datatype\":\"%s\",\"parameters\":{\"binary_data_size\":"
               "%zu}}]}",
               count / 4, knn_datatypes[e->type].name, size);
    body_add(&body, e->data, size);

    memcpy(x, e->bits, count * sizeof(double));
    check_body(&flowers, &body, count / 4, x);
}
END_TEST


START_TEST(columns_of_several_types)
{
    body_t body;

    body_begin(&body,
               "{\"inputs\":[{\"name\":\"petal width (cm)\",\"shape\":[3],"
               "\"datatype\":\"UINT8\","
               "\"parameters\":{\"binary_data_size\":3}},"
               "{\"name\":\"sepal length (cm)\",\"shape\":[3,1],"
               "\"datatype\":\"BYTES\","
               "\"parameters\":{\"binary_data_size\":17}},"
               "{\"name\":\"petal length (cm)\",\"shape\":[3],"
               "\"datatype\":\"FP32\",\"data\":[0.5,1.5,2.5]},"
               "{\"name\":\"sepal width (cm)\",\"shape\":[3],"
               "\"datatype\":\"INT16\","
               "\"parameters\":{\"binary_data_size\":6}}]}");
    body_add(&body, "\x01\x02\xff", 3);
    body_add_text(&body, "5.1");
    body_add_text(&body, "7");
    body_add_text(&body, "9");
    body_add(&body, "\x01\x00\xff\xff\x00\x01", 6);

    check_body(
        &flowers, &body, 3,
        (const double[]){5.1, 1, 0.5, 1, 7, -1, 1.5, 2, 9, 256, 2.5, 255});
}
END_TEST


START_TEST(texts_that_features_take)
{
    body_t body;

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[2,4],"
                      "\"datatype\":\"BYTES\","
                      "\"parameters\":{\"binary_data_size\":54}}]}");
    body_add_text(&body, "red");
    body_add_text(&body, "2.5");
    body_add_text(&body, "S");
    body_add_text(&body, "");
    body_add_text(&body, "green");
    body_add_text(&body, "1e0");
    body_add_text(&body, "XXL");
    body_add_text(&body, "7.00");

    check_body(&shop, &body, 2,
               (const double[]){4, 2.5, 3, NAN, 3, 1, KNN_TEXT_UNKNOWN, 7});
}
END_TEST


START_TEST(nan_is_a_missing_value)
{
    body_t       body;
    const double x[] = {NAN, 1, 2, -NAN};

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],"
                      "\"datatype\":\"FP64\","
                      "\"parameters\":{\"binary_data_size\":32}}]}");
    body_add(&body, x, sizeof(x));

    check_body(&gaps, &body, 1, x);
    check_fault(&flowers, &body, KNN_VALUE, "#/inputs/0",
                "input 0 \"X\": row 0, feature 0 is NaN, but features are");
}
END_TEST


START_TEST(what_is_not_finite_is_refused)
{
    body_t       body;
    const double x[] = {1, 2, 3, 4, 5, 6, NAN, 8};
    const float  y[] = {1, 2, 3, 4, 5, 6, 7, -INFINITY};

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[2,4],"
                      "\"datatype\":\"FP64\","
                      "\"parameters\":{\"binary_data_size\":64}}]}");
    body_add(&body, x, sizeof(x));
    check_fault(&gaps, &body, KNN_VALUE, "#/inputs/0",
                "row 1, feature 2 is NaN");

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[2,4],"
                      "\"datatype\":\"FP32\","
                      "\"parameters\":{\"binary_data_size\":32}}]}");
    body_add(&body, y, sizeof(y));
    check_fault(&gaps, &body, KNN_VALUE, "#/inputs/0",
                "row 1, feature 3 is infinite");
}
END_TEST


START_TEST(sizes_must_agree)
{
    body_t body;

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],"
                      "\"datatype\":\"FP32\","
                      "\"parameters\":{\"binary_data_size\":15}}]}");
    check_fault(&flowers, &body, KNN_MALFORMED,
                "#/inputs/0/parameters/binary_data_size",
                "\"binary_data_size\" is 15, but 4 elements of FP32 have 16 "
                "bytes");

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],"
                      "\"datatype\":\"BYTES\","
                      "\"parameters\":{\"binary_data_size\":15}}]}");
    check_fault(&flowers, &body, KNN_MALFORMED,
                "#/inputs/0/parameters/binary_data_size",
                "4 elements of BYTES have at least 16 bytes");

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],"
                      "\"datatype\":\"UINT8\","
                      "\"parameters\":{\"binary_data_size\":4}}]}");
    body_add(&body, "\x01\x02\x03", 3);
    check_fault(&flowers, &body, KNN_MALFORMED, "#/inputs/0",
                "input 0 \"X\": the body lacks 1 of its bytes");

    body_add(&body, "\x04\x05", 2);
    check_fault(&flowers, &body, KNN_MALFORMED, "",
                "the body has bytes behind its last tensor");
}
END_TEST


START_TEST(texts_fill_their_bytes)
{
    body_t body;

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],"
                      "\"datatype\":\"BYTES\","
                      "\"parameters\":{\"binary_data_size\":22}}]}");
    body_add_text(&body, "1");
    body_add_text(&body, "2");
    body_add_text(&body, "3");
    body_add_text(&body, "4");
    body_add(&body, "55", 2);
    check_fault(&flowers, &body, KNN_MALFORMED, "#/inputs/0",
                "it has more bytes than its 4 elements");

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],"
                      "\"datatype\":\"BYTES\","
                      "\"parameters\":{\"binary_data_size\":22}}]}");
    body_add_text(&body, "1");
    body_add_text(&body, "2");
    body_add_text(&body, "1.23456");
    body_add(&body, "\x01", 1);
    check_fault(&flowers, &body, KNN_MALFORMED, "#/inputs/0",
                "its bytes end before its 4 elements");

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],"
                      "\"datatype\":\"BYTES\","
                      "\"parameters\":{\"binary_data_size\":16}}]}");
    body_add(&body, "\x00\x00\x00\x00\x01\x00\x01\x00xxxxxxxx", 16);
    check_fault(&gaps, &body, KNN_LIMIT, "#/inputs/0",
                "row 0, feature 1 is a text of 65537 bytes");

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[1,4],"
                      "\"datatype\":\"BYTES\","
                      "\"parameters\":{\"binary_data_size\":20}}]}");
    body_add_text(&body, "1");
    body_add_text(&body, "x");
    body_add_text(&body, "3");
    body_add_text(&body, "4");
    check_fault(&flowers, &body, KNN_VALUE, "#/inputs/0",
                "row 0, feature 1 is \"x\"");
}
END_TEST


START_TEST(no_rows_have_no_bytes)
{
    body_t body;

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[0,4],"
                      "\"datatype\":\"FP32\","
                      "\"parameters\":{\"binary_data_size\":0}}]}");
    check_body(&flowers, &body, 0, NULL);

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[0,4],"
                      "\"datatype\":\"BYTES\","
                      "\"parameters\":{\"binary_data_size\":4}}]}");
    body_add(&body, "\0\0\0\0", 4);
    check_fault(&flowers, &body, KNN_MALFORMED, "#/inputs/0",
                "it has more bytes than its 0 elements");
}
END_TEST


START_TEST(the_header_must_be_all_json)
{
    void                 *memory;
    body_t                body;
    knn_request_t        *request;
    knn_request_options_t options;

    body_begin(&body, "{\"inputs\":[{\"name\":\"X\",\"shape\":[4],"
                      "\"datatype\":\"UINT8\",\"data\":[1,2,3,4]}]}");

    body.header--;
    check_fault(&flowers, &body, KNN_MALFORMED, "", "ends too early");

    body.header = body.size + 1;
    check_fault(&flowers, &body, KNN_MALFORMED, "",
                "the header Inference-Header-Content-Length says 74 bytes");

    body.header = body.size;
    body_add(&body, "x", 1);
    body.header++;
    check_fault(&flowers, &body, KNN_MALFORMED, "", "trailing garbage");

    /* the client goes away before the header has ended */

    options = infer_options(&flowers, body.size + 5, body.size + 10);
    options.alloc_ctx = &memory;
    memory = NULL;
    request = knn_request_create(&options);
    (void) knn_request_feed(request, body.data, body.size - 1);
    (void) knn_request_finish(request);
    ck_assert_ptr_nonnull(strstr(knn_request_rows(request)->error.message,
                                 "the body ends before the 79 bytes of JSON"));
    knn_request_destroy(request);
    free(memory);
}
END_TEST


START_TEST(a_body_without_json_is_a_row)
{
    body_t                body;
    inferred_t            inferred;
    const double          x[] = {5.1, 3.5, 1.4, 0.2};
    knn_request_options_t options;

    body_begin(&body, "%s", "");
    body_add(&body, x, sizeof(x));
    check_body(&flowers, &body, 1, x);

    options = infer_options(&flowers, 0, body.size);
    options.outputs = KNN_PREDICT | KNN_KNEIGHBORS;
    infer_read(&inferred, &options, body.data, NULL, 0);
    ck_assert_uint_eq(inferred.rows->n_wanted, 4);
    ck_assert(inferred.rows->wanted[0].binary);
    ck_assert(inferred.rows->wanted[3].binary);
    infer_free(&inferred);

    body.size--;
    check_fault(&flowers, &body, KNN_MALFORMED, "#/inputs/0",
                "the body lacks 1 of its bytes");

    body.size++;
    body_add(&body, x, 1);
    check_fault(&flowers, &body, KNN_MALFORMED, "", "bytes behind its last");

    body.size--;
    check_fault(&shop, &body, KNN_UNSUPPORTED, "#/inputs/0/datatype",
                "it is FP64, but feature 0 takes texts");

    body.size = 0;
    check_fault(&flowers, &body, KNN_MALFORMED, "", "the body is empty");
}
END_TEST


/* Fails unless a large body is read in any pieces. */
static void
check_large(const body_t *body, const double *x)
{
    size_t                i, n, at, round;
    size_t                cuts[200];
    inferred_t            inferred;
    knn_request_options_t options;

    options = infer_options(&flowers, body->header, body->size);

    for (round = 0; round < 100; round++) {
        n = round == 0 ? 0 : 1 + random_bits() % 200;

        for (i = 0, at = 0; i < n; i++) {
            at += random_bits() % (2 * body->size / n);
            cuts[i] = at < body->size ? at : body->size;
        }

        infer_read(&inferred, &options, body->data, cuts, n);
        ck_assert_msg(inferred.rows->error.status == KNN_OK, "%s",
                      inferred.rows->error.message);
        ck_assert_uint_eq(inferred.rows->rows, LARGE);
        reading_equal(x, inferred.rows->x, (size_t) LARGE * 4, "large");
        infer_free(&inferred);
    }
}


START_TEST(a_large_body_in_random_pieces)
{
    char   text[16];
    body_t body;
    double x[4 * LARGE];
    float  y[4 * LARGE];
    size_t i, size;

    for (i = 0, size = 0; i < (size_t) 4 * LARGE; i++) {
        y[i] = (float) random_bits() / 65536;
        x[i] = (double) y[i];
    }

    body_begin(&body,
               "{\"inputs\":[{\"name\":\"X\",\"shape\":[%d,4],"
               "\"datatype\":\"FP32\","
               "\"parameters\":{\"binary_data_size\":%d}}]}",
               LARGE, 16 * LARGE);
    body_add(&body, y, sizeof(y));
    check_large(&body, x);

    for (i = 0; i < (size_t) 4 * LARGE; i++) {
        x[i] = random_bits() >> (random_bits() & 31);
        size += 4 + (size_t) snprintf(text, sizeof(text), "%.0f", x[i]);
    }

    body_begin(&body,
               "{\"inputs\":[{\"name\":\"X\",\"shape\":[%d,4],"
               "\"datatype\":\"BYTES\","
               "\"parameters\":{\"binary_data_size\":%zu}}]}",
               LARGE, size);

    for (i = 0; i < (size_t) 4 * LARGE; i++) {
        (void) snprintf(text, sizeof(text), "%.0f", x[i]);
        body_add_text(&body, text);
    }

    check_large(&body, x);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("infer binary");
    tcase = tcase_create("binary");

    tcase_add_loop_test(tcase, a_matrix_of_any_type, 0, (int) N_ELEMENTS);
    tcase_add_test(tcase, columns_of_several_types);
    tcase_add_test(tcase, texts_that_features_take);
    tcase_add_test(tcase, nan_is_a_missing_value);
    tcase_add_test(tcase, what_is_not_finite_is_refused);
    tcase_add_test(tcase, sizes_must_agree);
    tcase_add_test(tcase, texts_fill_their_bytes);
    tcase_add_test(tcase, no_rows_have_no_bytes);
    tcase_add_test(tcase, the_header_must_be_all_json);
    tcase_add_test(tcase, a_body_without_json_is_a_row);
    tcase_add_test(tcase, a_large_body_in_random_pieces);

    suite_add_tcase(suite, tcase);

    return suite;
}
