
/*
 * Copyright (C) nginx-knn contributors
 */


/* NPY arrays: every type, order and shape, and what is refused. */


#include <math.h>

#include "npy_arrays.h"
#include "reading.h"


#define N_ARRAYS (sizeof(npy_arrays) / sizeof(npy_arrays[0]))


static const char *const one_name[] = {"a"};

static const knn_model_info_t one = {.estimator = "K",
                                     .serves = SERVED,
                                     .n_features = 1,
                                     .feature_names = one_name};


/* The options for a model. */
static knn_request_options_t
options_of(const knn_model_info_t *info)
{
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.info = info;
    options.max_rows = 10000;

    return options;
}


/* The arrays of the header were written by NumPy, and so were their values. */
START_TEST(array_is_read)
{
    reading_t             reading;
    const npy_array_t    *array;
    knn_request_options_t options;

    array = &npy_arrays[_i];
    options = options_of(array->columns == 1 ? &one : &iris);

    reading = reading_with(&options, array->data, array->size, NULL, 0);

    ck_assert_msg(reading.rows.error.status == KNN_OK, "%s: %s", array->name,
                  reading.rows.error.message);
    ck_assert_msg(reading.rows.rows == array->rows, "%s: %zu rows", array->name,
                  reading.rows.rows);
    ck_assert_msg(reading.rows.single == array->single, "%s", array->name);
    reading_equal(array->x, reading.rows.x, array->rows * array->columns,
                  array->name);
    reading_same_cut(&options, array->data, array->size, array->name);

    reading_free(&reading);
}
END_TEST


/* Writes an array of zeros with a header; returns its size. */
static size_t
write_array(char *out, unsigned version, const char *header, size_t zeros)
{
    size_t n, length;

    length = strlen(header);
    memcpy(out, "\x93NUMPY", 6);
    out[6] = (char) version;
    out[7] = 0;
    n = 8;
    out[n++] = (char) (length & 255);
    out[n++] = (char) (length >> 8);

    if (version > 1) {
        out[n++] = 0;
        out[n++] = 0;
    }

    memcpy(out + n, header, length);
    memset(out + n + length, 0, zeros);

    return n + length + zeros;
}


#define HEADER(descr, order, shape)                                            \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }\n"


static const struct {
    const char  *header;
    size_t       bytes;
    knn_status_e status;
    const char  *words;
} faults[] = {
    {HEADER("'|O'", "False", "(1, 4)"), 32, KNN_UNSUPPORTED,
     "the NPY array is of type \"|O\", send an array of float16"},
    {HEADER("'<U3'", "False", "(1, 4)"), 48, KNN_UNSUPPORTED, "type \"<U3\""},
    {HEADER("'<c16'", "False", "(1, 4)"), 64, KNN_UNSUPPORTED, "\"<c16\""},
    {HEADER("'<f16'", "False", "(1, 4)"), 64, KNN_UNSUPPORTED, "\"<f16\""},
    {HEADER("'<i3'", "False", "(1, 4)"), 12, KNN_UNSUPPORTED, "\"<i3\""},
    {HEADER("'<M8[ns]'", "False", "(1, 4)"), 32, KNN_UNSUPPORTED, "<M8[ns]"},
    {HEADER("[('a', '<f8')]", "False", "(4,)"), 32, KNN_UNSUPPORTED,
     "the NPY array holds records"},
    {HEADER("7", "False", "(1, 4)"), 32, KNN_MALFORMED, "no text as its descr"},
    {HEADER("'<f8'", "false", "(1, 4)"), 32, KNN_MALFORMED,
     "no truth value as its fortran_order, write it by numpy.save()"},
    {HEADER("'<f8'", "False", "[1, 4]"), 32, KNN_MALFORMED, "no tuple"},
    {HEADER("'<f8'", "False", "(-1, 4)"), 32, KNN_MALFORMED, "no sizes"},
    {HEADER("'<f8'", "False", "(1 4)"), 32, KNN_MALFORMED, "no tuple"},
    {HEADER("'<f8'", "False", "(99999999999999999999, 4)"), 32, KNN_MALFORMED,
     "no sizes"},
    {HEADER("'<f8'", "False", "()"), 8, KNN_SHAPE, "has 0 dimensions"},
    {HEADER("'<f8'", "False", "(1, 2, 2)"), 32, KNN_SHAPE, "3 dimensions, but"},
    {HEADER("'<f8'", "False", "(2, 3)"), 48, KNN_SHAPE,
     "row 0 has 3 features, but model \"iris\" expects 4"},
    {HEADER("'<f8'", "False", "(3,)"), 24, KNN_SHAPE, "row 0 has 3 features"},
    {HEADER("'<f8'", "False", "(0, 4)"), 0, KNN_SHAPE, "there is no row"},
    {HEADER("'<f8'", "False", "(2, 4)"), 63, KNN_MALFORMED,
     "ends too early, after 7 of its elements"},
    {HEADER("'<f8'", "False", "(1, 4)"), 33, KNN_MALFORMED,
     "more bytes than its 1 rows of 4 features"},
    {HEADER("'<f8'", "True", "(10001, 4)"), 10001 * 32, KNN_LIMIT,
     "more than 10000 rows"},
    {HEADER("'<f8'", "False", "(1000000000000, 4)"), 32, KNN_MALFORMED,
     "more than its bytes can hold"},
    {HEADER("'<f8'", "False", "(4611686018427387905, 4)"), 32, KNN_MALFORMED,
     "more than its bytes can hold"},
    {"{'descr': '<f8', 'shape': (1, 4), }", 32, KNN_MALFORMED, "lacks one of"},
    {"{'descr': '<f8', 'descr': '<f8'}", 32, KNN_MALFORMED, "other keys"},
    {"{'order': '<f8'}", 32, KNN_MALFORMED, "other keys than descr"},
    {"{'descr' '<f8'}", 32, KNN_MALFORMED, "is not a dictionary"},
    {"{'descr': '<f8' 'shape': (1, 4)}", 32, KNN_MALFORMED, "not a dictionary"},
    {"{'descr': '<f8", 32, KNN_MALFORMED, "no text as its descr"},
    {"[]", 32, KNN_MALFORMED, "is not a dictionary"},
    {"", 32, KNN_MALFORMED, "is not a dictionary"},
    {HEADER("'<f8'", "False", "(1, 4)") "x", 32, KNN_MALFORMED,
     "goes on behind its dictionary"},
};


START_TEST(fault_is_named)
{
    char                 *body;
    size_t                size;
    reading_t             reading;
    knn_request_options_t options;

    body = malloc(1000 + faults[_i].bytes);
    size = write_array(body, 1, faults[_i].header, faults[_i].bytes);
    options = options_of(&iris);
    reading = reading_with(&options, body, size, NULL, 0);

    ck_assert_msg(reading.rows.error.status == faults[_i].status, "%s: %d %s",
                  faults[_i].header, reading.rows.error.status,
                  reading.rows.error.message);
    ck_assert_msg(strstr(reading.rows.error.message, faults[_i].words) != NULL,
                  "%s: \"%s\" does not say \"%s\"", faults[_i].header,
                  reading.rows.error.message, faults[_i].words);

    if (size < 1000) {
        reading_same_cut(&options, body, size, faults[_i].header);
    }

    reading_free(&reading);
    free(body);
}
END_TEST


/* Checks what is said to a body. */
static void
check(const knn_model_info_t *info, knn_format_e format, const char *body,
      size_t size, knn_status_e status, const char *words)
{
    reading_t             reading;
    knn_request_options_t options;

    options = options_of(info);
    options.format = format;
    reading = reading_with(&options, body, size, NULL, 0);

    ck_assert_msg(reading.rows.error.status == status, "%s: %d %s", words,
                  reading.rows.error.status, reading.rows.error.message);
    ck_assert_msg(strstr(reading.rows.error.message, words) != NULL,
                  "\"%s\" does not say \"%s\"", reading.rows.error.message,
                  words);
    reading_same_cut(&options, body, size, words);
    reading_free(&reading);
}


START_TEST(no_array)
{
    char   body[3000], header[2000];
    size_t n;

    check(&iris, KNN_FORMAT_NPY, "", 0, KNN_MALFORMED, "the body is empty");
    check(&iris, KNN_FORMAT_NPY, "{\"X\":[1,2,3,4]}", 15, KNN_MALFORMED,
          "the body is not NPY: it lacks the magic bytes");
    check(&iris, KNN_FORMAT_NPY, "\x93NUMPY\1", 7, KNN_MALFORMED,
          "ends too early, after 0 of its elements");
    check(&iris, KNN_FORMAT_AUTO, "\x93NumPy\1\0\0\0", 10, KNN_MALFORMED,
          "the body is not NPY: it lacks the magic bytes");
    check(&iris, KNN_FORMAT_AUTO, "\x93NUMPY\4\0\0\0", 10, KNN_MALFORMED,
          "the NPY array is of version 4, but 1, 2 and 3 are known");

    n = write_array(body, 3, HEADER("'<f8'", "False", "(1, 4)"), 33);
    check(&iris, KNN_FORMAT_AUTO, body, n, KNN_MALFORMED, "more bytes");

    memset(header, ' ', sizeof(header));
    header[sizeof(header) - 1] = '\0';
    n = write_array(body, 1, header, 0);
    check(&iris, KNN_FORMAT_AUTO, body, n, KNN_UNSUPPORTED,
          "a header of 1999 bytes, send an array of numbers");

    n = write_array(body, 1, HEADER("'<f8'", "False", "(1, 4)"), 32);
    check(&shop, KNN_FORMAT_AUTO, body, n, KNN_MALFORMED,
          "feature 0 is a number, but column \"color\" takes texts");
}
END_TEST


START_TEST(not_finite)
{
    char   body[1000];
    double values[8] = {1, 2, 3, 4, 5, 6, -INFINITY, NAN};
    size_t n;

    n = write_array(body, 1, HEADER("'<f8'", "False", "(2, 4)"), 64);
    memcpy(body + n - 64, values, 64);
    check(&iris, KNN_FORMAT_AUTO, body, n, KNN_VALUE,
          "row 1, feature 2 is -Infinity, but features are finite numbers");

    n = write_array(body, 1, HEADER("'<f8'", "True", "(2, 4)"), 64);
    memcpy(body + n - 64, values, 64);
    check(&iris, KNN_FORMAT_AUTO, body, n, KNN_VALUE,
          "row 0, feature 3 is -Infinity, but features are finite numbers");

    values[6] = 0;
    memcpy(body + n - 64, values, 64);
    check(&iris, KNN_FORMAT_AUTO, body, n, KNN_VALUE,
          "row 1, feature 3 is NaN");
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("npy");
    tcase = tcase_create("npy");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, array_is_read, 0, N_ARRAYS);
    tcase_add_loop_test(tcase, fault_is_named, 0,
                        sizeof(faults) / sizeof(faults[0]));
    tcase_add_test(tcase, no_array);
    tcase_add_test(tcase, not_finite);
    suite_add_tcase(suite, tcase);

    return suite;
}
