
/*
 * Copyright (C) nginx-knn contributors
 */


/* Numbers that are read without yajl, against the C library and yajl. */


#include <inttypes.h>
#include <stdio.h>

#include "../../../codec/request/scan.h"
#include "reading.h"


#define MANY_NUMBERS (400000 / CHECKING_EVERY)

/* as many bytes behind a number as it needs */
#define ROOM "                                                                "


static uint64_t
random_bits(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;

    return state;
}


/* A double of any bits but no NaN and no infinity. */
static double
random_double(void)
{
    double   value;
    uint64_t bits;

    do {
        bits = random_bits();
        memcpy(&value, &bits, sizeof(double));
    } while (!isfinite(value));

    return value;
}


/* Scans a text behind which there is enough; returns how many numbers. */
static size_t
scan_text(const char *text, size_t size, double *values, size_t count)
{
    size_t     n;
    knn_scan_t scan;

    scan.p = scan.last = text;
    scan.end = text + size;
    scan.stride = 1;
    scan.single = false;

    n = knn_scan_numbers(&scan, values, count);
    ck_assert(scan.p <= scan.end);

    return n;
}


/* Fails unless a number is read as the C library reads it, to the last bit. */
static void
check_number(const char *number)
{
    int    size;
    char   text[256];
    double value, expected;

    size = snprintf(text, sizeof(text), "%s,0" ROOM, number);
    expected = strtod(number, NULL);

    /* an assertion costs more than what is asserted here */

    if (scan_text(text, (size_t) size, &value, 1) != 1
        || memcmp(&value, &expected, sizeof(double)) != 0)
    {
        ck_abort_msg("%s is scanned as %.17g instead of %.17g", number, value,
                     expected);
    }
}


START_TEST(random_numbers)
{
    int    i;
    char   text[64];
    double value;

    for (i = 0; i < MANY_NUMBERS; i++) {
        value = random_double();
        (void) snprintf(text, sizeof(text), "%.*g", 15 + i % 5, value);
        check_number(text);
    }
}
END_TEST


START_TEST(numbers_of_features)
{
    static const char *const formats[] = {"%.1f",  "%.3f",  "%.6g",  "%.9g",
                                          "%.15g", "%.16g", "%.17g", "%.16f",
                                          "%.8f",  "%.12f", "%.18f", "%.20f"};
    int                      i;
    char                     text[64];
    double                   value;

    for (i = 0; i < MANY_NUMBERS; i++) {
        value = (double) (int64_t) random_bits() * 0x1p-63;
        value *= i % 3 == 0 ? 1 : i % 3 == 1 ? 1000 : 0.01;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void) snprintf(text, sizeof(text), formats[i % 12], value);
#pragma GCC diagnostic pop

        check_number(text);
    }
}
END_TEST


/* Halfway between two doubles, and beside it. */
START_TEST(numbers_between_doubles)
{
    int         i, step;
    char        text[64], *last;
    double      value;
    long double middle;

    for (i = 0; i < MANY_NUMBERS / 4; i++) {
        value = ldexp(1 + (double) (random_bits() >> 12) * 0x1p-52,
                      (int) (random_bits() % 160) - 80);
        middle = ((long double) value + nextafter(value, INFINITY)) / 2;
        (void) snprintf(text, sizeof(text), "%.18Le", middle);
        last = strchr(text, 'e') - 1;

        for (step = -1; step <= 1; step++) {
            if (*last + step >= '0' && *last + step <= '9') {
                *last = (char) (*last + step);
                check_number(text);
                *last = (char) (*last - step);
            }
        }
    }
}
END_TEST


/* Of up to 19 digits, and exactly halfway: all powers of five that go in. */
START_TEST(numbers_that_are_ties)
{
    int      i, places;
    char     text[64];
    uint64_t m;

    for (i = 0; i < MANY_NUMBERS / 4; i++) {
        m = 9007199254740993u + 2 * (random_bits() >> 12);

        for (places = 0; places < 3 && m <= UINT64_MAX / 5; places++) {
            (void) snprintf(text, sizeof(text), "%" PRIu64 "e-%d", m, places);
            check_number(text);
            m *= 5;
        }
    }
}
END_TEST


START_TEST(hard_numbers)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "0.0",
        "-0e5",
        "0e-999",
        "1e-999",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "1.7976931348623158E+308",
        "9007199254740993",
        "9007199254740993.0",
        "9007199254740992.99999999999999",
        "1234567890123456",
        "0.1234567890123456789012",
        "0.000000000000000000000123",
        "0.9999999999999999999999",
        "123456789012345.123456789012345678901234",
        "5e22",
        "5e23",
        "8.5e22",
        "123e22",
        "1.8446744073709551615",
        "1844674407370955.1616",
        "9999999999999999e27",
        "9999999999999999999e-27",
        "0.1e28",
        "1e00000005"};

    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        check_number(texts[i]);
    }
}
END_TEST


/* longer than a number is read at once */
#define FAR "1e000000000000000000000000000000000000000000000000000000000001"

/* What yajl shall refuse, or a meaning look at. */
START_TEST(no_numbers)
{
    static const char *const texts[] = {
        "",      "01",       "-01",       "00",   "-",     "+1",
        ".5",    "1.",       "1.e5",      "1e",   "1e+",   "--1",
        "-a",    "1.5.2",    "1a",        "0x10", "NaN",   "nan",
        "1e999", "Infinity", "-Infinity", "null", "true",  "\"1\"",
        "[1]",   "{}",       "1e5.5",     "1 2",  "1/**/", "\xEF\xBB\xBF",
        FAR};

    char   text[256];
    int    size;
    size_t i;
    double value;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size = snprintf(text, sizeof(text), "%s,0" ROOM, texts[i]);
        ck_assert_msg(scan_text(text, (size_t) size, &value, 1) == 0,
                      "%s is scanned as a number", texts[i]);
    }
}
END_TEST


/* A value counts if another is behind it, and nothing else is there. */
START_TEST(what_follows)
{
    static const struct {
        const char *text;
        size_t      count;
    } cases[] = {{"1,2,3,4", 3},        {"1 ,\n2\t, 3\r,4", 3},
                 {"1,2,]", 1},          {"1,2]", 1},
                 {"1,[2", 0},           {"1,,2", 0},
                 {"1,null,2", 0},       {"1,-,", 1},
                 {"1,2:3", 1},          {"1,\f2", 0},
                 {"1,2,3,4,5,6,7,8", 4}};

    char   text[256];
    int    size;
    size_t i;
    double values[4];

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size = snprintf(text, sizeof(text), "%s" ROOM, cases[i].text);
        ck_assert_msg(scan_text(text, (size_t) size, values, 4)
                          == cases[i].count,
                      "%s: not %zu numbers", cases[i].text, cases[i].count);
    }
}
END_TEST


#define MANY 24

/* Rows and, after them, what may be wrong; or both the other way round. */
static size_t
compose(char *body, const char *start, const char *row, const char *middle,
        const char *end)
{
    int   i;
    char *p;

    p = body + sprintf(body, "%s", start);

    for (i = 0; i < MANY; i++) {
        p += sprintf(p, "%s,", row);
    }

    p += sprintf(p, "%s", middle);

    for (i = 0; i < MANY; i++) {
        p += sprintf(p, ",%s", row);
    }

    return (size_t) (p + sprintf(p, "%s", end) - body);
}


static const struct {
    const char *start;
    const char *row;
    const char *end;
} bodies[] = {
    {"{\"X\":[", "[5.1,-3.5e-1,1.25,0.2]", "]}"},
    {"{\"data\" : [\n", "[ 1, 2 ,0.30000000000000004 ,\t9007199254740993 ]",
     "\n] }"},
    {"{\"dataframe_split\":{\"data\":[", "[5,6,7,8]", "]}}"},
    {"{\"dataframe_split\":{\"columns\":[\"petal width (cm)\",\"sepal width "
     "(cm)\",\"petal length (cm)\",\"sepal length (cm)\"],\"data\":[",
     "[5,6,7,8]", "]}}"},
    {"{\"inputs\":{\"sepal width (cm)\":[", "0.5", "]}}"},
    {"{\"X\":[", "0.5", "]}"}};

static const char *const middles[] = {"[5.1,3.5,1.4,0.2]",
                                      "[1,2,3]",
                                      "[1,2,3,4,5]",
                                      "[]",
                                      "[1,2,true,4]",
                                      "[1,2,null,4]",
                                      "[1,2,\"a\",4]",
                                      "[1,01,3,4]",
                                      "[1,1.,3,4]",
                                      "[1,+1,3,4]",
                                      "[1,NaN,3,4]",
                                      "[1,-Infinity,3,4]",
                                      "[1,1e999,3,4]",
                                      "[1,,3,4]",
                                      "[1,2,3,4,]",
                                      "[1,2,3,4",
                                      "1",
                                      "1,2",
                                      "]",
                                      "{}",
                                      "[[1,2,3,4]]",
                                      "[1,2,3,-]",
                                      "[1,2,3,4]]",
                                      "[-0,-0.0,0e1,1e-9]",
                                      "[1,2 3,4]",
                                      "null",
                                      "[1,/**/2,3,4]",
                                      "[1,\f2,\v3,4]",
                                      "[1,2,3," FAR "]"};


/* Whatever lies between many rows: the same by yajl alone, at any cut. */
START_TEST(bodies_by_yajl)
{
    char                  body[MANY * 128];
    size_t                cut, size, from;
    reading_t             lexed, reading;
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.info = &iris;
    options.max_rows = _i % 2 == 0 ? 1000 : MANY + 3;

    for (from = 0; from < sizeof(middles) / sizeof(middles[0]); from++) {
        size = compose(body, bodies[_i / 2].start, bodies[_i / 2].row,
                       middles[from], bodies[_i / 2].end);
        options.lexed = true;
        lexed = reading_pieces(&options, body, size, NULL, 0);
        options.lexed = false;

        for (cut = 0; cut < size; cut += CHECKING_EVERY) {
            reading = reading_pieces(&options, body, size, &cut, cut > 0);
            reading_same(&lexed, &reading, &iris, middles[from], cut);
            reading_free(&reading);
        }

        reading_free(&lexed);
    }
}
END_TEST


/* The place of what is too long is the end of the number before it. */
START_TEST(number_without_end)
{
    char                 *body, *p;
    reading_t             lexed, reading;
    knn_request_options_t options;

    body = malloc(MANY * 32 + 2 * KNN_REQUEST_TOKEN);
    p = body + compose(body, "[", "[1,2,3,4]", "[1,2,3,4]", ",[1 , 2 , ");
    memset(p, '3', 2 * KNN_REQUEST_TOKEN - 64);
    p += 2 * KNN_REQUEST_TOKEN - 64;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.info = &iris;
    options.max_rows = 1000;
    options.lexed = true;
    lexed = reading_pieces(&options, body, (size_t) (p - body), NULL, 0);
    options.lexed = false;
    reading = reading_pieces(&options, body, (size_t) (p - body), NULL, 0);

    ck_assert_ptr_nonnull(strstr(lexed.rows.error.message, "after byte"));
    reading_same(&lexed, &reading, &iris, "a number without end", 0);

    reading_free(&lexed);
    reading_free(&reading);
    free(body);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("scan");
    tcase = tcase_create("scan");

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, random_numbers);
    tcase_add_test(tcase, numbers_of_features);
    tcase_add_test(tcase, numbers_between_doubles);
    tcase_add_test(tcase, numbers_that_are_ties);
    tcase_add_test(tcase, hard_numbers);
    tcase_add_test(tcase, no_numbers);
    tcase_add_test(tcase, what_follows);
    tcase_add_test(tcase, number_without_end);
    tcase_add_loop_test(tcase, bodies_by_yajl, 0,
                        2 * (int) (sizeof(bodies) / sizeof(bodies[0])));
    suite_add_tcase(suite, tcase);

    return suite;
}
