
/*
 * Copyright (C) nginx-knn contributors
 */


/* Integers and powers of ten to doubles. */


#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"


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

/* (2^128 - 1) / d - 2^64, where d is 5^i with its first bit shifted to 2^63 */
static const uint64_t knn_reciprocal5[KNN_NUMBER_POWERS] = {
    0xffffffffffffffffu, 0x9999999999999999u, 0x47ae147ae147ae14u,
    0x624dd2f1a9fbe76u,  0xa36e2eb1c432ca57u, 0x4f8b588e368f0846u,
    0xc6f7a0b5ed8d36bu,  0xad7f29abcaf48578u, 0x5798ee2308c39df9u,
    0x12e0be826d694b2eu, 0xb7cdfd9d7bdbab7du, 0x5fd7fe17964955fdu,
    0x19799812dea11197u, 0xc25c268497681c26u, 0x6849b86a12b9b01eu,
    0x203af9ee756159b2u, 0xcd2b297d889bc2b6u, 0x70ef54646d496892u,
    0x2725dd1d243aba0eu, 0xd83c94fb6d2ac34au, 0x79ca10c9242235d5u,
    0x2e3b40a0e9b4f7ddu, 0xe392010175ee5962u, 0x82db34012b25144eu,
    0x357c299a88ea76a5u, 0xef2d0f5da7dd8aa2u, 0x8c240c4aecb13bb5u,
    0x3ce9a36f23c0fc90u};

const double knn_power10[KNN_NUMBER_EXACT + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};


/*
 * The double next to (m + something below one, if sticky) * 2^exponent, which
 * is a normal one.  Rounding takes no branches: they would be guessed.
 */
static inline double
knn_number_round(uint64_t m, int exponent, bool sticky)
{
    int      drop;
    double   value;
    uint64_t rest, half, bits;

    drop = 64 - __builtin_clzll(m) - DBL_MANT_DIG;

    if (drop <= 0) {
        m <<= -drop;
    }
    else {
        half = (uint64_t) 1 << (drop - 1);
        rest = m & (2 * half - 1);
        m >>= drop;
        m += (rest > half) | ((rest == half) & (sticky | (m & 1)));
    }

    /* the first bit of m, which is not stored, is one more in the exponent */

    bits = (uint64_t) (exponent + drop + DBL_MANT_DIG + DBL_MAX_EXP - 3)
           << (DBL_MANT_DIG - 1);
    bits += m;
    memcpy(&value, &bits, sizeof(double));

    return value;
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


/*
 * m / 10^exponent in integers, for exponents from 1 to KNN_NUMBER_POWERS - 1.
 * The product with the reciprocal is the quotient, or else one too many or one
 * too few, which the rest tells (Moeller and Granlund, "Improved division by
 * invariant integers").
 */
static double
knn_number_divide(uint64_t m, int exponent)
{
    int        up, down;
    uint64_t   high, low, divisor, quotient, rest, over;
    knn_wide_t product;

    up = __builtin_clzll(m);
    down = __builtin_clzll(knn_power5[exponent]);

    divisor = knn_power5[exponent] << down;
    high = m << up >> 1;
    low = m << up << 63;

    product = (knn_wide_t) high * knn_reciprocal5[exponent];
    product += (knn_wide_t) high << 64 | low;

    quotient = (uint64_t) (product >> 64) + 1;
    rest = low - quotient * divisor;

    over = -(uint64_t) (rest > (uint64_t) product);
    quotient += over;
    rest += over & divisor;

    if (rest >= divisor) {
        quotient++;
        rest -= divisor;
    }

    return knn_number_round(quotient, down - up - exponent - 63, rest != 0);
}


double
knn_number_wide(uint64_t m, int exponent)
{
    char text[40], *p;

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


double
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
