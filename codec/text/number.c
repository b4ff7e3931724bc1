
/*
 * Copyright (C) nginx-knn contributors
 */


/* Text to numbers. */


#include <math.h>
#include <string.h>

#include "digits.h"
#include "number.h"


#define KNN_EXPONENT_MAX 99999


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

        if (count == KNN_NUMBER_DIGITS) {
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


/* The same for those behind a point, of which there may be many. */
static inline const char *
knn_number_fraction(const char *p, const char *end, uint64_t *m)
{
    uint64_t chars;

    while (end - p >= 8) {
        chars = knn_digits_load(p);

        if (knn_digits_count(chars) < 8) {
            break;
        }

        *m = *m * KNN_EIGHT + knn_digits_value(chars, 8);
        p += 8;
    }

    return knn_number_digits(p, end, m);
}


const char *
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
        s = knn_number_fraction(s + 1, end, &m);
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

    result = count <= KNN_NUMBER_DIGITS
                 ? knn_number_value(m, exponent - (int) (s - point))
                 : knn_number_long(first, end, exponent);

    *value = negative ? -result : result;

    return end;
}
