
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"


/* digits that always fit into 64 bits */
#define KNN_DIGITS 19

/* 2^53: integers up to it are doubles */
#define KNN_EXACT        9007199254740992u

#define KNN_EXPONENT_MAX 99999


typedef unsigned __int128 knn_wide_t;


const uint64_t knn_power5[KNN_NUMBER_POWERS] = {1u,
                                                5u,
                                                25u,
                                                125u,
                                                625u,
                                                3125u,
                                                15625u,
                                                78125u,
                                                390625u,
                                                1953125u,
                                                9765625u,
                                                48828125u,
                                                244140625u,
                                                1220703125u,
                                                6103515625u,
                                                30517578125u,
                                                152587890625u,
                                                762939453125u,
                                                3814697265625u,
                                                19073486328125u,
                                                95367431640625u,
                                                476837158203125u,
                                                2384185791015625u,
                                                11920928955078125u,
                                                59604644775390625u,
                                                298023223876953125u,
                                                1490116119384765625u,
                                                7450580596923828125u};

/* exactly representable */
static const double knn_power10[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};


/* A NUL-terminated number by the C library, in the locale "C". */
static double
knn_number_library(const char *text)
{
    double   value;
    locale_t locale;

    /* a constant of the C library: nothing is allocated or freed */
    locale = newlocale(LC_ALL_MASK, "C", (locale_t) 0);
    value = strtod_l(text, NULL, locale);
    freelocale(locale);

    return value;
}


/* The double next to (m + something below one, if sticky) * 2^exponent. */
static double
knn_number_round(uint64_t m, int exponent, bool sticky)
{
    int      drop;
    double   scale;
    uint64_t rest, half, bits;

    drop = 64 - __builtin_clzll(m) - DBL_MANT_DIG;

    if (drop > 0) {
        half = (uint64_t) 1 << (drop - 1);
        rest = m & (2 * half - 1);
        m >>= drop;
        exponent += drop;

        if (rest > half || (rest == half && (sticky || (m & 1)))) {
            m++;
        }
    }

    bits = (uint64_t) (exponent + DBL_MAX_EXP - 1) << (DBL_MANT_DIG - 1);
    memcpy(&scale, &bits, sizeof(double));

    return (double) m * scale;
}


/* m * 10^exponent in integers, for exponents from 0 to KNN_NUMBER_POWERS - 1. */
static double
knn_number_multiply(uint64_t m, int exponent)
{
    int        shift;
    uint64_t   low;
    knn_wide_t product;

    product = (knn_wide_t) m * knn_power5[exponent];

    if ((product >> 64) == 0) {
        return knn_number_round((uint64_t) product, exponent, false);
    }

    shift = 64 - __builtin_clzll((uint64_t) (product >> 64));
    low = (uint64_t) product << (64 - shift);

    return knn_number_round((uint64_t) (product >> shift), exponent + shift,
                            low != 0);
}


/* m / 10^exponent in integers, for exponents from 1 to KNN_NUMBER_POWERS - 1. */
static double
knn_number_divide(uint64_t m, int exponent)
{
    int        up, down;
    uint64_t   divisor;
    knn_wide_t dividend;

    up = __builtin_clzll(m);
    down = __builtin_clzll(knn_power5[exponent]);

    dividend = (knn_wide_t) (m << up) << 63;
    divisor = knn_power5[exponent] << down;

    return knn_number_round((uint64_t) (dividend / divisor),
                            down - up - exponent - 63, dividend % divisor != 0);
}


double
knn_number_value(uint64_t m, int exponent)
{
    char text[40], *p;

#if FLT_EVAL_METHOD == 0

    if (m <= KNN_EXACT && exponent >= -22 && exponent <= 22) {
        return exponent < 0 ? (double) m / knn_power10[-exponent]
                            : (double) m * knn_power10[exponent];
    }

#endif

    if (m == 0) {
        return 0;
    }

    if (exponent >= 0 && exponent < KNN_NUMBER_POWERS) {
        return knn_number_multiply(m, exponent);
    }

    if (exponent < 0 && exponent > -KNN_NUMBER_POWERS) {
        return knn_number_divide(m, -exponent);
    }

    p = knn_number_write_unsigned(text, m);
    *p++ = 'e';
    p = knn_number_write_integer(p, exponent);
    *p = '\0';

    return knn_number_library(text);
}


/* A number of more digits than fit into 64 bits: from p, its first digit. */
static double
knn_number_long(const char *p, const char *end, int exponent)
{
    int         count, scale;
    char        text[KNN_NUMBER_READ + 1];
    bool        point, more;
    double      value;
    uint64_t    m;
    const char *s;

    count = 0;
    scale = 0;
    point = false;
    more = false;
    m = 0;

    for (s = p; s < end && *s != 'e' && *s != 'E'; s++) {
        if (*s == '.') {
            point = true;
            continue;
        }

        scale -= point;

        if (count == KNN_DIGITS) {
            more |= *s != '0';
            scale++;
            continue;
        }

        m = m * 10 + (uint64_t) (*s - '0');
        count += m != 0;
    }

    value = knn_number_value(m, exponent + scale);

    if (!more || value == knn_number_value(m + 1, exponent + scale)) {
        return value;
    }

    memcpy(text, p, (size_t) (end - p));
    text[end - p] = '\0';

    return knn_number_library(text);
}


/* Adds the digits at p to m, which may overflow; returns their end. */
static inline const char *
knn_number_digits(const char *p, const char *end, uint64_t *m)
{
    uint64_t sum;

    sum = *m;

    while (p < end && *p >= '0' && *p <= '9') {
        sum = sum * 10 + (uint64_t) (*p++ - '0');
    }

    *m = sum;

    return p;
}


/* The exponent behind its letter at p; returns its end, or p if it is none. */
static const char *
knn_number_exponent(const char *p, const char *end, int *exponent)
{
    int         value;
    bool        negative;
    const char *s;

    s = p + 1;
    negative = s < end && *s == '-';

    if (s < end && (*s == '-' || *s == '+')) {
        s++;
    }

    if (s == end || *s < '0' || *s > '9') {
        return p;
    }

    value = 0;

    while (s < end && *s >= '0' && *s <= '9') {
        if (value < KNN_EXPONENT_MAX) {
            value = value * 10 + (*s - '0');
        }

        s++;
    }

    *exponent = negative ? -value : value;

    return s;
}


const char *
knn_number_read(const char *p, const char *end, double *value)
{
    int         exponent;
    bool        negative;
    double      result;
    size_t      count;
    uint64_t    m;
    const char *first, *s, *point;

    negative = p < end && *p == '-';
    first = p + (p < end && (*p == '-' || *p == '+'));

    m = 0;
    exponent = 0;

    s = knn_number_digits(first, end, &m);
    count = (size_t) (s - first);
    point = s;

    if (s < end && *s == '.') {
        s = knn_number_digits(s + 1, end, &m);
        count = (size_t) (s - first) - 1;
    }

    if (count == 0) {
        return NULL;
    }

    point = s == point ? s : point + 1;
    end = s < end && (*s == 'e' || *s == 'E')
              ? knn_number_exponent(s, end, &exponent)
              : s;

    if (end - p > KNN_NUMBER_READ) {
        return NULL;
    }

    result = count <= KNN_DIGITS
                 ? knn_number_value(m, exponent - (int) (s - point))
                 : knn_number_long(first, end, exponent);

    *value = negative ? -result : result;

    return end;
}
