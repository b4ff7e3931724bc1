
/*
 * Copyright (C) nginx-knn contributors
 */


/* Numbers against the C library, which is right, and slow. */


#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "../../../codec/text/number.h"


#define MILLION 1000000
#define MANY    (MILLION / 3 / CHECKING_EVERY)


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


/* Fails unless text reads as the C library reads it, to the last bit. */
static void
check_read(const char *text)
{
    double      expected, value;
    const char *end;

    expected = strtod(text, NULL);
    end = knn_number_read(text, text + strlen(text), &value);

    /* an assertion costs more than what is asserted here */

    if (end != text + strlen(text)
        || memcmp(&expected, &value, sizeof(double)) != 0)
    {
        ck_abort_msg("%s is read as %.17g instead of %.17g", text, value,
                     expected);
    }
}


/* The digits of a number's text, without the zeros around them. */
static size_t
count_digits(const char *text)
{
    size_t n, zeros;

    for (n = 0, zeros = 0; *text != '\0' && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (n == 0 && *text == '0')) {
            continue;
        }

        n++;
        zeros = *text == '0' ? zeros + 1 : 0;
    }

    return n - zeros;
}


/*
 * The least precision that may do for a number that is written with so many
 * digits.  If fewer of them do, then so do all but one; not for powers of two,
 * which have one neighbor that is nearer than the other.
 */
static int
first_precision(double value, int digits)
{
    int exponent;

    return (fabs(frexp(value, &exponent)) == 0.5 || digits < 2) ? 0
                                                                : digits - 2;
}


/* Fails unless value is written as short as the C library can. */
static void
check_write(double value)
{
    int    digits, precision;
    char   text[64], shorter[64], *end;
    double read;

    memset(text, '#', sizeof(text));
    end = knn_number_write(text, value);

    if (end - text > KNN_NUMBER_WRITE || *end != '#') {
        ck_abort_msg("%.17g takes too much room", value);
    }

    *end = '\0';
    read = strtod(text, NULL);

    if (memcmp(&read, &value, sizeof(double)) != 0) {
        ck_abort_msg("%.17g is written as %s", value, text);
    }

    if (strpbrk(text, ".e") == NULL) {
        ck_abort_msg("%s looks like an integer", text);
    }

    digits = (int) count_digits(text);

    for (precision = first_precision(value, digits); precision < digits - 1;
         precision++)
    {
        (void) snprintf(shorter, sizeof(shorter), "%.*e", precision, value);

        if (strtod(shorter, NULL) == value) {
            ck_abort_msg("%s is longer than %s", text, shorter);
        }
    }
}


START_TEST(read_random)
{
    int    i;
    char   text[64];
    double value;

    for (i = 0; i < MANY; i++) {
        value = random_double();
        (void) snprintf(text, sizeof(text), "%.*g", 15 + i % 5, value);
        check_read(text);
    }
}
END_TEST


START_TEST(read_like_features)
{
    int    i;
    char   text[400];
    double value;

    for (i = 0; i < MANY; i++) {
        value = ldexp((double) (random_bits() >> 11), -53 + i % 40 - 20);
        (void) snprintf(text, sizeof(text), "%.*f", i % 25, value);
        check_read(text);
        (void) snprintf(text, sizeof(text), "%llue%d",
                        (unsigned long long) (random_bits() >> i % 64),
                        i % 80 - 40);
        check_read(text);
    }
}
END_TEST


/* Halfway between two doubles, and a little beside it. */
START_TEST(read_ties)
{
    int                i, exponent;
    char               text[2000];
    long double        half;
    unsigned long long m;

    for (i = 0; i < MANY / 5; i++) {
        m = 2 * (random_bits() >> 11 | (uint64_t) 1 << 52) + 1;
        exponent = i % 120;
        half = ldexpl((long double) m, -exponent);

        (void) snprintf(text, sizeof(text), "%llu", m);
        check_read(text);
        (void) snprintf(text, sizeof(text), "%.*Lf", exponent, half);
        check_read(text);
        (void) snprintf(text, sizeof(text), "%.*Lf1", exponent + 1, half);
        check_read(text);
        (void) snprintf(text, sizeof(text), "%.*Lf", exponent,
                        half - ldexpl(1, -exponent) / 2);
        check_read(text);
    }
}
END_TEST


/* Subnormal numbers, with all their digits. */
START_TEST(read_small)
{
    int      i;
    char     text[1200];
    double   value;
    uint64_t bits;

    for (i = 0; i < MANY / 50; i++) {
        bits = random_bits() >> (11 + i % 53);
        memcpy(&value, &bits, sizeof(double));

        (void) snprintf(text, sizeof(text), "%.17g", value);
        check_read(text);
        (void) snprintf(text, sizeof(text), "%.800e", value);
        check_read(text);
    }
}
END_TEST


START_TEST(read_hard)
{
    size_t i;

    static const char *const cases[] = {
        "0",
        "-0",
        "0.0",
        "-0e5",
        "0e99999999999",
        "1e-99999999999",
        "1e400",
        "-1e400",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "179769313486231580793e289",
        "9007199254740993",
        "9007199254740992.99999999999999999999",
        "9007199254740993.0000000001",
        "123456789012345678901234567890",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999e-30",
        "0.000000000000000000000000000000000000001e39",
        "00000000000000000000000000012.5",
        "1e22",
        "1e23",
        "1e27",
        "1e28",
        "1e-22",
        "1e-23",
        "1e-27",
        "1e-28",
        "8.5e-23",
        "6.02214076e23",
        "0.1000000000000000055511151231257827021181583404541015625",
        "0.10000000000000000555111512312578270211815834045410156249999",
        "0.10000000000000001249000902703301107976585626602172851562501"};

    for (i = 0; i < sizeof(cases) / sizeof(char *); i++) {
        check_read(cases[i]);
    }
}
END_TEST


/* What is read of a text, and what is no number. */
START_TEST(read_grammar)
{
    size_t      i;
    char        text[KNN_NUMBER_READ + 3];
    double      value;
    const char *end;

    static const struct {
        const char *text;
        int         size;
    } cases[] = {{"1", 1},    {"1.", 2},           {".5", 2},    {"+1", 2},
                 {"-.5", 3},  {"1,2", 1},          {"1.2.3", 3}, {"1e", 1},
                 {"1e+", 1},  {"1e5x", 3},         {"1E-05", 5}, {"0x10", 1},
                 {"", -1},    {".", -1},           {"-", -1},    {"e5", -1},
                 {"-.", -1},  {"nan", -1},         {"inf", -1},  {" 1", -1},
                 {"--1", -1}, {"\xef\xbc\x91", -1}};

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        end = cases[i].text + strlen(cases[i].text);
        end = knn_number_read(cases[i].text, end, &value);
        ck_assert_msg((end == NULL ? -1 : (int) (end - cases[i].text))
                          == cases[i].size,
                      "\"%s\"", cases[i].text);
    }

    memset(text, '7', sizeof(text));
    text[KNN_NUMBER_READ] = '\0';
    check_read(text);
    text[1] = '.';
    check_read(text);
    text[KNN_NUMBER_READ] = '7';
    ck_assert_ptr_null(
        knn_number_read(text, text + KNN_NUMBER_READ + 1, &value));
}
END_TEST


START_TEST(write_random)
{
    int    i;
    double value;

    for (i = 0; i < MANY / 5; i++) {
        value = random_double();
        check_write(value);
        check_write(ldexp((double) (random_bits() >> 11), -53 + i % 90 - 45));
        check_write((double) (random_bits() % MILLION) / pow(10, i % 12));
        check_write(sqrt((double) (random_bits() % 10000) / 100));
        check_write((double) (random_bits() % 200) / (1 + i % 100));
    }
}
END_TEST


START_TEST(write_powers)
{
    int    i;
    double value;

    for (i = -1074; i < 1024; i++) {
        value = ldexp(1, i);
        check_write(value);
        check_write(-value);
        check_write(nextafter(value, 0));
        check_write(nextafter(value, INFINITY));
    }

    for (i = -323; i < 309; i++) {
        value = strtod("1", NULL) * pow(10, i);
        check_write(value);
        check_write(nextafter(value, 0));
    }
}
END_TEST


/* The layout of Python's repr(), which clients know. */
START_TEST(write_layout)
{
    char   text[64];
    size_t i;

    static const struct {
        double      value;
        const char *text;
    } cases[] = {{0, "0.0"},
                 {-0.0, "-0.0"},
                 {1, "1.0"},
                 {-1, "-1.0"},
                 {0.2, "0.2"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {1.0 / 3, "0.3333333333333333"},
                 {100, "100.0"},
                 {5.1, "5.1"},
                 {0.0001, "0.0001"},
                 {0.00012345, "0.00012345"},
                 {0.00001, "1e-05"},
                 {1.5e-7, "1.5e-07"},
                 {1e15, "1000000000000000.0"},
                 {1e16, "1e+16"},
                 {1e30, "1e+30"},
                 {1e22, "1e+22"},
                 {1e23, "1e+23"},
                 {9999999999999998, "9999999999999998.0"},
                 {123456789012345.6, "123456789012345.6"},
                 {9007199254740993, "9007199254740992.0"},
                 {5e-324, "5e-324"},
                 {0x1p-44, "5.684341886080802e-14"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {-2.2250738585072014e-308, "-2.2250738585072014e-308"}};

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        *knn_number_write(text, cases[i].value) = '\0';
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST


START_TEST(write_integers)
{
    char   text[64], expected[64];
    size_t i;

    static const int64_t cases[] = {0,  1,   -1,        9,         10,
                                    99, 100, INT64_MAX, INT64_MIN, -10};

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        *knn_number_write_integer(text, cases[i]) = '\0';
        (void) snprintf(expected, sizeof(expected), "%lld",
                        (long long) cases[i]);
        ck_assert_str_eq(text, expected);
    }

    *knn_number_write_unsigned(text, UINT64_MAX) = '\0';
    ck_assert_str_eq(text, "18446744073709551615");
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("number");
    tcase = tcase_create("number");

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, read_random);
    tcase_add_test(tcase, read_like_features);
    tcase_add_test(tcase, read_ties);
    tcase_add_test(tcase, read_small);
    tcase_add_test(tcase, read_hard);
    tcase_add_test(tcase, read_grammar);
    tcase_add_test(tcase, write_random);
    tcase_add_test(tcase, write_powers);
    tcase_add_test(tcase, write_layout);
    tcase_add_test(tcase, write_integers);
    suite_add_tcase(suite, tcase);

    return suite;
}
