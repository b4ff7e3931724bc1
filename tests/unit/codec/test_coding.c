
/*
 * Copyright (C) nginx-knn contributors
 */


/* Bodies in gzip and deflate: what they hold, limits, damage, cuts, steps. */


#include <stdio.h>

#include <zlib.h>

#include "reading.h"


#define GZIP (15 + 16)
#define ZLIB 15
#define RAW  (-15)

/* what one step may decode, and a piece of output more */
#define STEP (2 * 16384)

#define ROWS "[[5.1,3.5,1.4,0.2],[4.9,3,1.3,0.1]]"


static const char csv[] = "5.1,3.5,1.4,0.2\r\n4.9,3,1.3,0.1\r\n";


/* Appends what a text is in a coding; returns the end. */
static size_t
encode(char *out, size_t at, size_t room, const char *text, size_t size,
       int window)
{
    z_stream stream;

    memset(&stream, 0, sizeof(z_stream));
    ck_assert_int_eq(
        deflateInit2(&stream, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY),
        Z_OK);

    stream.next_in = (unsigned char *) (uintptr_t) text;
    stream.avail_in = (uInt) size;
    stream.next_out = (unsigned char *) out + at;
    stream.avail_out = (uInt) (room - at);

    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    at = room - stream.avail_out;
    (void) deflateEnd(&stream);

    return at;
}


static knn_request_options_t
options_of(knn_coding_e coding)
{
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.info = &iris;
    options.coding = coding;
    options.max_rows = 10000;
    options.max_size = 1 << 20;

    return options;
}


/* The same as the text itself, in every cut. */
static void
check_same(knn_coding_e coding, knn_format_e format, const char *text,
           const char *body, size_t size)
{
    reading_t             plain, coded;
    knn_request_options_t options;

    options = options_of(KNN_CODING_IDENTITY);
    options.format = format;
    plain = reading_with(&options, text, strlen(text), NULL, 0);
    ck_assert_msg(plain.rows.error.status == KNN_OK, "%s",
                  plain.rows.error.message);

    options.coding = coding;
    coded = reading_with(&options, body, size, NULL, 0);
    reading_same(&plain, &coded, &iris, text, 0);
    reading_same_cut(&options, body, size, text);

    reading_free(&plain);
    reading_free(&coded);
}


START_TEST(coded_body)
{
    char   body[1000];
    size_t i, size;

    static const struct {
        const char  *text;
        knn_format_e format;
    } cases[] = {
        {"{\"X\":" ROWS "}", KNN_FORMAT_AUTO},
        {csv, KNN_FORMAT_AUTO},
        {"[5.1,3.5,1.4,0.2]\n[1,2,3,4]\n", KNN_FORMAT_JSON_LINES},
        {"{\"inputs\":" ROWS "}", KNN_FORMAT_V1},
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size = encode(body, 0, sizeof(body), cases[i].text,
                      strlen(cases[i].text), GZIP);
        check_same(KNN_CODING_GZIP, cases[i].format, cases[i].text, body, size);

        size = encode(body, 0, sizeof(body), cases[i].text,
                      strlen(cases[i].text), ZLIB);
        check_same(KNN_CODING_DEFLATE, cases[i].format, cases[i].text, body,
                   size);
    }
}
END_TEST


/* Members follow each other in gzip, also without any content. */
START_TEST(several_members)
{
    char   body[1000];
    size_t at;

    at = encode(body, 0, sizeof(body), csv, 9, GZIP);
    at = encode(body, at, sizeof(body), "", 0, GZIP);
    at = encode(body, at, sizeof(body), csv + 9, strlen(csv) - 9, GZIP);
    at = encode(body, at, sizeof(body), "", 0, GZIP);

    check_same(KNN_CODING_GZIP, KNN_FORMAT_AUTO, csv, body, at);
}
END_TEST


/* Checks what is said to a body, in every cut. */
static void
check_refused(knn_coding_e coding, const char *body, size_t size,
              knn_status_e status, const char *words)
{
    reading_t             reading;
    knn_request_options_t options;

    options = options_of(coding);
    reading = reading_with(&options, body, size, NULL, 0);

    ck_assert_msg(reading.rows.error.status == status, "%s: %d %s", words,
                  reading.rows.error.status, reading.rows.error.message);
    ck_assert_msg(strstr(reading.rows.error.message, words) != NULL,
                  "\"%s\" does not say \"%s\"", reading.rows.error.message,
                  words);
    reading_same_cut(&options, body, size, words);
    reading_free(&reading);
}


START_TEST(damaged_body)
{
    char   body[1000];
    size_t i, n;

    n = encode(body, 0, sizeof(body), csv, strlen(csv), GZIP);

    for (i = 0; i < n; i++) {
        check_refused(KNN_CODING_GZIP, body, i, KNN_MALFORMED,
                      "the body is not gzip: it ends too early");
    }

    body[n - 5] ^= 1;
    check_refused(KNN_CODING_GZIP, body, n, KNN_MALFORMED,
                  "the body is not gzip: incorrect data check");
    body[n - 5] ^= 1;
    body[n - 1] ^= 1;
    check_refused(KNN_CODING_GZIP, body, n, KNN_MALFORMED,
                  "incorrect length check");
    body[n - 1] ^= 1;

    memcpy(body + n, "\n", 1);
    check_refused(KNN_CODING_GZIP, body, n + 1, KNN_MALFORMED,
                  "the body goes on behind the end of its gzip");
    memcpy(body + n, "\x1f\x8c", 2);
    check_refused(KNN_CODING_GZIP, body, n + 2, KNN_MALFORMED,
                  "the body is not gzip: incorrect header check");
    memcpy(body + n, "\x1f", 1);
    check_refused(KNN_CODING_GZIP, body, n + 1, KNN_MALFORMED,
                  "it ends too early");

    check_refused(KNN_CODING_DEFLATE, body, n, KNN_MALFORMED,
                  "the body is not deflate: incorrect header check");
    check_refused(KNN_CODING_GZIP, "{\"X\":[1,2,3,4]}", 15, KNN_MALFORMED,
                  "the body is not gzip: incorrect header check");

    n = encode(body, 0, sizeof(body), csv, strlen(csv), ZLIB);
    check_refused(KNN_CODING_GZIP, body, n, KNN_MALFORMED,
                  "the body is not gzip");
    check_refused(KNN_CODING_DEFLATE, body, n - 1, KNN_MALFORMED,
                  "the body is not deflate: it ends too early");

    n = encode(body, n, sizeof(body), csv, strlen(csv), ZLIB);
    check_refused(KNN_CODING_DEFLATE, body, n, KNN_MALFORMED,
                  "the body goes on behind the end of its deflate");

    memcpy(body, "\x78\xbb\x00\x00\x00\x00", 6);
    check_refused(KNN_CODING_DEFLATE, body, 6, KNN_MALFORMED,
                  "the body is not deflate: it needs a dictionary");

    n = encode(body, 0, sizeof(body), csv, strlen(csv), RAW);
    check_refused(KNN_CODING_DEFLATE, body, n, KNN_MALFORMED,
                  "the body is not deflate");

    n = encode(body, 0, sizeof(body), "1,2,3,4\n1,2,x,4\n", 16, GZIP);
    check_refused(KNN_CODING_GZIP, body, n, KNN_MALFORMED,
                  "row 1, column 2 is not a number");
    n = encode(body, 0, sizeof(body), "", 0, GZIP);
    check_refused(KNN_CODING_GZIP, body, n, KNN_MALFORMED, "the body is empty");
}
END_TEST


/* Every bit of a body may be wrong: it is read, or refused in one line. */
START_TEST(any_damage)
{
    char                  body[1000];
    size_t                i, n;
    reading_t             whole, bytes;
    size_t                cuts[1000];
    knn_request_options_t options;

    n = encode(body, 0, sizeof(body), csv, strlen(csv), GZIP);
    options = options_of(KNN_CODING_GZIP);

    for (i = 0; i < n; i++) {
        cuts[i] = i;
    }

    for (i = 0; i < 8 * n; i++) {
        body[i / 8] ^= (char) (1 << i % 8);

        whole = reading_with(&options, body, n, NULL, 0);
        bytes = reading_with(&options, body, n, cuts, n);
        reading_same(&whole, &bytes, &iris, "damaged", i);

        reading_free(&whole);
        reading_free(&bytes);
        body[i / 8] ^= (char) (1 << i % 8);
    }
}
END_TEST


/* A limit counts what is decoded, to the byte. */
START_TEST(decoded_size_is_limited)
{
    char                  body[1000];
    size_t                n;
    reading_t             reading;
    knn_request_options_t options;

    n = encode(body, 0, sizeof(body), csv, strlen(csv), GZIP);
    options = options_of(KNN_CODING_GZIP);

    options.max_size = strlen(csv);
    reading = reading_with(&options, body, n, NULL, 0);
    ck_assert(reading.rows.error.status == KNN_OK);
    reading_free(&reading);

    options.max_size = strlen(csv) - 1;
    reading = reading_with(&options, body, n, NULL, 0);
    ck_assert(reading.rows.error.status == KNN_LIMIT);
    ck_assert_str_eq(reading.rows.error.message,
                     "the body has more than 31 bytes when it is decoded, "
                     "the most of one request, send the other rows in further "
                     "requests");
    reading_free(&reading);

    options.max_size = 0;
    reading = reading_with(&options, body, n, NULL, 0);
    ck_assert(reading.rows.error.status == KNN_OK);
    reading_free(&reading);
}
END_TEST


/* Takes note of what is asked for. */
static void *
note(void *ctx, size_t size)
{
    size_t *most;

    most = ctx;
    *most = size;

    return NULL;
}


/* The memory for rows is bounded by what the body can be. */
START_TEST(memory_follows_the_bound)
{
    char                  body[1000];
    size_t                n, most;
    knn_request_t        *request;
    knn_request_options_t options;

    n = encode(body, 0, sizeof(body), csv, strlen(csv), GZIP);
    options = options_of(KNN_CODING_GZIP);
    options.model = "iris";
    options.size = n;
    options.max_rows = SIZE_MAX;
    options.max_size = 8000;
    options.alloc = note;
    options.alloc_ctx = &most;
    most = 0;

    request = knn_request_create(&options);
    ck_assert(knn_request_feed(request, body, n) == KNN_NO_MEMORY);
    knn_request_destroy(request);

    ck_assert_uint_eq(most, (8000 / 8 + 1) * 4 * sizeof(double));
}
END_TEST


/* A step reads a bounded number of rows, however dense they are. */
START_TEST(steps_are_bounded)
{
    char                 *text, *body, *p;
    size_t                i, n, rows, size, steps, taken, most;
    void                 *memory;
    knn_request_t        *request;
    knn_request_options_t options;

    rows = 200000;
    text = malloc(8 * rows);
    body = malloc(8 * rows);

    for (i = 0; i < rows; i++) {
        memcpy(text + 8 * i, "1,2,3,4\n", 8);
    }

    size = encode(body, 0, 8 * rows, text, 8 * rows, GZIP);
    ck_assert_uint_lt(size, 8 * rows / 100);

    memory = NULL;
    options = options_of(KNN_CODING_GZIP);
    options.model = "iris";
    options.size = size;
    options.outputs = KNN_PREDICT;
    options.max_rows = rows;
    options.max_size = 8 * rows;
    options.alloc = reading_alloc;
    options.alloc_ctx = &memory;

    request = knn_request_create(&options);
    most = 0;
    steps = 0;

    for (p = body; p < body + size; p += taken) {
        n = knn_request_rows(request)->rows;
        taken = knn_request_take(request, p, (size_t) (body + size - p));
        n = knn_request_rows(request)->rows - n;
        most = n > most ? n : most;
        steps++;
    }

    ck_assert(knn_request_finish(request) == KNN_OK);
    ck_assert_uint_eq(knn_request_rows(request)->rows, rows);
    ck_assert_uint_le(8 * most, STEP + 8);
    ck_assert_uint_ge(steps, 8 * rows / STEP);

    knn_request_destroy(request);
    free(memory);
    free(text);
    free(body);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("coding");
    tcase = tcase_create("coding");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, coded_body);
    tcase_add_test(tcase, several_members);
    tcase_add_test(tcase, damaged_body);
    tcase_add_test(tcase, any_damage);
    tcase_add_test(tcase, decoded_size_is_limited);
    tcase_add_test(tcase, memory_follows_the_bound);
    tcase_add_test(tcase, steps_are_bounded);
    suite_add_tcase(suite, tcase);

    return suite;
}
