
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every fault of a JSON body: its status, its place, its words. */


#include <stdio.h>
#include <time.h>

#include "../../../codec/text/text.h"
#include "faults.h"
#include "reading.h"


/* what one body may take; a build with sanitizers is slow */
#define SECONDS 2.0


/* Fails unless a message is one line of plain UTF-8. */
static void
check_message(const char *message)
{
    size_t size;

    size = strlen(message);

    ck_assert_uint_gt(size, 0);
    ck_assert_msg(knn_text_printable(message, size), "%s", message);
    ck_assert(message[size - 1] != '.');
}


START_TEST(fault_is_named)
{
    reading_t      reading;
    const fault_t *fault;

    fault = &faults[_i];
    reading = reading_cut(
        &iris, *fault->body == '\0' ? KNN_FORMAT_AUTO : KNN_FORMAT_JSON, 10000,
        fault->body, strlen(fault->body), NULL, 0);

    ck_assert_msg(reading.rows.error.status == fault->status, "%s: %d %s",
                  fault->body, reading.rows.error.status,
                  reading.rows.error.message);
    ck_assert_msg(strstr(reading.rows.error.message, fault->words) != NULL,
                  "%s: \"%s\" does not say \"%s\"", fault->body,
                  reading.rows.error.message, fault->words);
    ck_assert_str_eq(reading.rows.pointer, fault->pointer);
    check_message(reading.rows.error.message);

    reading_free(&reading);
}
END_TEST


/* A scalar alone can only be told to be wrong when it is JSON. */
START_TEST(scalar_is_no_body)
{
    size_t    i;
    reading_t reading;

    static const char *const bodies[] = {"5", "\"a\"", "null", "true", "-1.5"};

    for (i = 0; i < sizeof(bodies) / sizeof(char *); i++) {
        reading = reading_cut(&iris, KNN_FORMAT_JSON, 1, bodies[i],
                              strlen(bodies[i]), NULL, 0);
        ck_assert_msg(reading.rows.error.status == KNN_MALFORMED, "%s",
                      bodies[i]);
        ck_assert_ptr_nonnull(
            strstr(reading.rows.error.message, "must be an object"));
        reading_free(&reading);
    }
}
END_TEST


START_TEST(names_without_a_model_that_has_them)
{
    reading_t  reading;
    const char body[] = "{\"X\":[{\"a\":1}]}";

    reading = reading_whole(&nameless, body, strlen(body));
    ck_assert(reading.rows.error.status == KNN_SHAPE);
    ck_assert_ptr_nonnull(
        strstr(reading.rows.error.message, "has no feature names"));
    ck_assert_str_eq(reading.rows.pointer, "#/X/0");
    reading_free(&reading);
}
END_TEST


/* Names that a pointer has to escape, and one that it has no room for. */
START_TEST(pointer_escapes_names)
{
    char             longest[400], body[1000];
    size_t           i;
    reading_t        reading;
    const char      *name;
    knn_model_info_t info = {.n_features = 1, .feature_names = &name};

    static const struct {
        const char *name;
        const char *json;
        const char *pointer;
    } cases[] = {
        {"a/b~c", "a/b~c", "#/X/0/a~1b~0c"},
        {"\"\\\n", "\\\"\\\\\\n", "#/X/0/%22%5C%0A"},
        {"\xC3\xA9", "\xC3\xA9", "#/X/0/%C3%A9"},
        {"a%#[]", "a%#[]", "#/X/0/a%25%23%5B%5D"},
        {"", "", "#/X/0/"},
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        name = cases[i].name;
        (void) snprintf(body, sizeof(body), "{\"X\":[{\"%s\":null}]}",
                        cases[i].json);
        reading = reading_whole(&info, body, strlen(body));
        ck_assert_str_eq(reading.rows.pointer, cases[i].pointer);
        reading_free(&reading);
    }

    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    name = longest;

    (void) snprintf(body, sizeof(body), "{\"X\":[{\"%s\":null}]}", longest);
    reading = reading_whole(&info, body, strlen(body));
    ck_assert(reading.rows.error.status == KNN_MALFORMED);
    ck_assert_str_eq(reading.rows.pointer, "#/X/0");
    reading_free(&reading);
}
END_TEST


/* Longer than what was announced is refused, not written. */
START_TEST(longer_than_announced)
{
    void                 *memory;
    size_t                i;
    knn_request_t        *request;
    knn_request_options_t options = {.model = "iris",
                                     .info = &iris,
                                     .max_rows = 10000,
                                     .size = 8,
                                     .outputs = KNN_PREDICT,
                                     .alloc = reading_alloc,
                                     .alloc_ctx = &memory};

    memory = NULL;
    request = knn_request_create(&options);
    (void) knn_request_feed(request, "[[1,2,3,4]", 10);

    for (i = 0; i < 2000; i++) {
        (void) knn_request_feed(request, ",[1,2,3,4]", 10);
    }

    (void) knn_request_feed(request, "]", 1);
    ck_assert(knn_request_finish(request) == KNN_LIMIT);
    knn_request_destroy(request);
    free(memory);
}
END_TEST


typedef struct {
    const char  *head;
    const char  *repeated;
    size_t       times;
    const char  *tail;
    knn_status_e status;
} hostile_t;


static const hostile_t hostile[] = {
    {"", "[", 1 << 20, "", KNN_MALFORMED},
    {"{\"X\":", "[", 1 << 20, "", KNN_MALFORMED},
    {"", "{\"a\":", 200000, "", KNN_MALFORMED},
    {"{\"a\":", "[", 17, "", KNN_MALFORMED},
    {"", " ", 1 << 20, "", KNN_MALFORMED},
    {"[1,2,3,4", " ", 1 << 20, "]", KNN_MALFORMED},
    {"{\"X\":[", "1", 10000, ",2,3,4]}", KNN_VALUE},
    {"{\"X\":[", "1", 1 << 20, ",2,3,4]}", KNN_MALFORMED},
    {"{\"X\":[0.", "1", 10000, ",2,3,4]}", KNN_VALUE},
    {"{\"X\":[1e", "1", 10000, ",2,3,4]}", KNN_VALUE},
    {"{\"", "x", 1 << 20, "", KNN_MALFORMED},
    {"{\"", "x", 1 << 20, "\":1}", KNN_MALFORMED},
    {"{\"a\":\"", "\\u0000", 20000, "\",\"X\":[1,2,3,4]}", KNN_MALFORMED},
    {"[", "1,", 1 << 19, "", KNN_SHAPE},
    {"{\"X\":[1,2,3,4]", ",\"a\":[[{}]]", 50000, "}", KNN_OK},
    {"{\"a\":\"", "x", 65000, "\",\"X\":[1,2,3,4]}", KNN_OK},
    {"{\"a\":", "1", 65000, ",\"X\":[1,2,3,4]}", KNN_OK},
    {"[", "\xff", 1 << 20, "", KNN_MALFORMED},
    {"{\"a\":\"", "\xf8\x80", 1000, "", KNN_MALFORMED},
};


/* Each gets its error in time linear to its size, however it is cut. */
START_TEST(hostile_body)
{
    char            *body;
    double           took;
    size_t           i, j, n, size, step, *cuts;
    reading_t        whole, reading;
    const hostile_t *h;
    struct timespec  from, to;

    static const size_t steps[] = {1, 7, 4095, 4096, 4097, 16384, 100001};

    h = &hostile[_i];
    n = strlen(h->repeated);
    body = malloc(strlen(h->head) + n * h->times + strlen(h->tail) + 1);
    size = (size_t) sprintf(body, "%s", h->head);

    for (i = 0; i < h->times; i++, size += n) {
        memcpy(body + size, h->repeated, n);
    }

    size += (size_t) sprintf(body + size, "%s", h->tail);

    whole = reading_cut(&iris, KNN_FORMAT_JSON, 10000, body, size, NULL, 0);
    ck_assert_msg(whole.rows.error.status == h->status, "%d %s",
                  whole.rows.error.status, whole.rows.error.message);

    for (i = 0; i < sizeof(steps) / sizeof(size_t); i++) {
        step = steps[i];
        cuts = malloc((size / step + 1) * sizeof(size_t));

        for (j = 0, n = step; n < size; n += step) {
            cuts[j++] = n;
        }

        (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        reading =
            reading_cut(&iris, KNN_FORMAT_JSON, 10000, body, size, cuts, j);
        (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);

        reading_same(&whole, &reading, &iris, h->repeated, step);
        took = (double) (to.tv_sec - from.tv_sec)
               + (double) (to.tv_nsec - from.tv_nsec) / 1e9;
        ck_assert_msg(took < SECONDS, "%.3f s in pieces of %zu", took, step);

        reading_free(&reading);
        free(cuts);
    }

    reading_free(&whole);
    free(body);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("request faults");
    tcase = tcase_create("faults");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, fault_is_named, 0, N_FAULTS);
    tcase_add_test(tcase, scalar_is_no_body);
    tcase_add_test(tcase, names_without_a_model_that_has_them);
    tcase_add_test(tcase, pointer_escapes_names);
    tcase_add_test(tcase, longer_than_announced);
    tcase_add_loop_test(tcase, hostile_body, 0,
                        sizeof(hostile) / sizeof(hostile[0]));
    suite_add_tcase(suite, tcase);

    return suite;
}
