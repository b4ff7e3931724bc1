
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "number.h"


/* any decimal of 15 digits survives a double, any double 17 digits */
#define KNN_DIGITS_SHORT 15
#define KNN_DIGITS_LONG  17

/* the values whose digits come from 128-bit integers */
#define KNN_INTEGER_LOW  1e-10
#define KNN_INTEGER_HIGH 1e17

/* the values that are tried as a number of few decimals */
#define KNN_SHORT_PLACES 4
#define KNN_SHORT_HIGH   1e10

/* the bit of a double's significand that is not stored */
#define KNN_HIDDEN ((uint64_t) 1 << 52)

/* the decimal exponents that are written without one */
#define KNN_FIXED_LOW  (-4)
#define KNN_FIXED_HIGH 15


typedef unsigned __int128 knn_wide_t;

/* digits * 10^(exponent + 1 - count), of count digits */
typedef struct {
    uint64_t digits;
    int      exponent;
    int      count;
} knn_decimal_t;


static const uint64_t knn_ten[] = {1u,
                                   10u,
                                   100u,
                                   1000u,
                                   10000u,
                                   100000u,
                                   1000000u,
                                   10000000u,
                                   100000000u,
                                   1000000000u,
                                   10000000000u,
                                   100000000000u,
                                   1000000000000u,
                                   10000000000000u,
                                   100000000000000u,
                                   1000000000000000u,
                                   10000000000000000u,
                                   100000000000000000u};


char *
knn_number_write_unsigned(char *p, uint64_t value)
{
    char   digits[20];
    size_t n;

    n = sizeof(digits);

    do {
        digits[--n] = (char) ('0' + value % 10);
        value /= 10;
    } while (value != 0);

    memcpy(p, digits + n, sizeof(digits) - n);

    return p + (sizeof(digits) - n);
}


char *
knn_number_write_integer(char *p, int64_t value)
{
    if (value < 0) {
        *p++ = '-';
        return knn_number_write_unsigned(p, -(uint64_t) value);
    }

    return knn_number_write_unsigned(p, (uint64_t) value);
}


/* True if the decimal reads back as value. */
static inline bool
knn_decimal_is(const knn_decimal_t *d, double value)
{
    return knn_number_value(d->digits, d->exponent + 1 - d->count) == value;
}


/* Sets digits that rounding up may have made one too many. */
static inline void
knn_decimal_set(knn_decimal_t *d, uint64_t digits, int exponent, int count)
{
    if (digits == knn_ten[count]) {
        digits /= 10;
        exponent++;
    }

    d->digits = digits;
    d->exponent = exponent;
    d->count = count;
}


/*
 * True if d, the nearest decimal of its count, or else the other neighbor
 * reads back: beside a power of two that may be the farther one.
 */
static bool
knn_decimal_fits(knn_decimal_t *d, double value)
{
    knn_decimal_t near;

    if (knn_decimal_is(d, value)) {
        return true;
    }

    if (d->count == KNN_DIGITS_SHORT) {
        return false;
    }

    near = *d;
    knn_decimal_set(d, near.digits + 1, near.exponent, near.count);

    if (knn_decimal_is(d, value)) {
        return true;
    }

    d->digits = near.digits - 1;
    d->exponent = near.exponent;

    return knn_decimal_is(d, value);
}


/* The shortest decimal of a value in the integer range. */
static void
knn_decimal_integer(knn_decimal_t *d, double value)
{
    int        exponent, binary, shift, count;
    bool       up, sticky;
    uint64_t   bits, digits, rest, unit;
    knn_wide_t product;

    memcpy(&bits, &value, sizeof(double));
    binary = (int) (bits >> 52) - 1075;
    bits = (bits & (KNN_HIDDEN - 1)) | KNN_HIDDEN;

    /* log10(2) * 2^18; too low by one at most */
    exponent = ((binary + 52) * 78913) >> 18;

    for (;; exponent++) {
        product =
            (knn_wide_t) bits * knn_power5[KNN_DIGITS_LONG - 1 - exponent];
        shift = -(binary + KNN_DIGITS_LONG - 1 - exponent);

        if (shift <= 0) {
            product <<= -shift;
            shift = 0;
        }

        digits = (uint64_t) (product >> shift);

        if (digits < knn_ten[KNN_DIGITS_LONG]) {
            break;
        }
    }

    product -= (knn_wide_t) digits << shift;
    sticky = product != 0;

    for (count = KNN_DIGITS_SHORT; count < KNN_DIGITS_LONG; count++) {
        unit = knn_ten[KNN_DIGITS_LONG - count];
        rest = digits % unit * 2;
        up = rest > unit || (rest == unit && (sticky || digits / unit % 2));
        knn_decimal_set(d, digits / unit + up, exponent, count);

        if (knn_decimal_fits(d, value)) {
            return;
        }
    }

    product <<= 1;
    up = (product >> shift) != 0
         && (product != (knn_wide_t) 1 << shift || (digits & 1));

    knn_decimal_set(d, digits + up, exponent, KNN_DIGITS_LONG);
}


/* The nearest decimal of count digits, by the C library. */
static void
knn_decimal_library(knn_decimal_t *d, double value, int count)
{
    int  exponent, sign;
    char text[64], *p;

    (void) snprintf(text, sizeof(text), "%.*e", count - 1, value);

    d->digits = 0;
    d->count = count;

    /* what stands between the digits depends on the locale */
    for (p = text; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') {
            d->digits = d->digits * 10 + (uint64_t) (*p - '0');
        }
    }

    sign = p[1] == '-' ? -1 : 1;
    exponent = 0;

    for (p += 2; *p != '\0'; p++) {
        exponent = exponent * 10 + (*p - '0');
    }

    d->exponent = sign * exponent;
}


/* The shortest decimal of a value. */
static void
knn_decimal_find(knn_decimal_t *d, double value)
{
    int count;

    if (value >= KNN_INTEGER_LOW && value < KNN_INTEGER_HIGH) {
        knn_decimal_integer(d, value);
        return;
    }

    /* subnormal numbers have fewer digits */
    count = value < DBL_MIN ? 1 : KNN_DIGITS_SHORT;

    for (/* void */; count < KNN_DIGITS_LONG; count++) {
        knn_decimal_library(d, value, count);

        if (count < KNN_DIGITS_SHORT ? knn_decimal_is(d, value)
                                     : knn_decimal_fits(d, value))
        {
            return;
        }
    }

    knn_decimal_library(d, value, count);
}


/* Writes a value of up to four decimals, NULL if it is none. */
static char *
knn_number_write_short(char *p, double value)
{
    int      places;
    double   scaled;
    uint64_t digits, unit;

    if (value >= KNN_SHORT_HIGH) {
        return NULL;
    }

    unit = 1;

    for (places = 0; places <= KNN_SHORT_PLACES; places++) {
        digits = (uint64_t) (value * (double) unit + 0.5);
        scaled = (double) digits / (double) unit;

        if (scaled == value) {
            break;
        }

        unit *= 10;
    }

    if (places > KNN_SHORT_PLACES) {
        return NULL;
    }

    p = knn_number_write_unsigned(p, digits / unit);
    *p++ = '.';
    digits %= unit;

    do {
        unit /= 10;
        *p++ = (char) ('0' + (unit == 0 ? 0 : digits / unit % 10));
    } while (unit > 1);

    return p;
}


/* Writes digits with a point behind the one of exponent 0. */
static char *
knn_decimal_fixed(char *p, const char *digits, int count, int exponent)
{
    int i;

    if (exponent < 0) {
        *p++ = '0';
        *p++ = '.';

        for (i = exponent + 1; i < 0; i++) {
            *p++ = '0';
        }

        memcpy(p, digits, (size_t) count);

        return p + count;
    }

    for (i = 0; i <= exponent || i < count; i++) {
        if (i == exponent + 1) {
            *p++ = '.';
        }

        *p++ = i < count ? digits[i] : '0';
    }

    if (i == exponent + 1) {
        *p++ = '.';
        *p++ = '0';
    }

    return p;
}


/* Writes digits with an exponent of two figures or more. */
static char *
knn_decimal_scientific(char *p, const char *digits, int count, int exponent)
{
    *p++ = *digits;

    if (count > 1) {
        *p++ = '.';
        memcpy(p, digits + 1, (size_t) count - 1);
        p += count - 1;
    }

    *p++ = 'e';
    *p++ = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;

    if (exponent < 10) {
        *p++ = '0';
    }

    return knn_number_write_unsigned(p, (uint64_t) exponent);
}


char *
knn_number_write(char *p, double value)
{
    char          digits[20], *end;
    knn_decimal_t d;

    if (signbit(value)) {
        *p++ = '-';
        value = -value;
    }

    end = knn_number_write_short(p, value);

    if (end != NULL) {
        return end;
    }

    knn_decimal_find(&d, value);

    while (d.count > 1 && d.digits % 10 == 0) {
        d.digits /= 10;
        d.count--;
    }

    (void) knn_number_write_unsigned(digits, d.digits);

    if (d.exponent < KNN_FIXED_LOW || d.exponent > KNN_FIXED_HIGH) {
        return knn_decimal_scientific(p, digits, d.count, d.exponent);
    }

    return knn_decimal_fixed(p, digits, d.count, d.exponent);
}
