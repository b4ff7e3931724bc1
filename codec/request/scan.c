
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "scan.h"
#include "../text/digits.h"
#include "../text/number.h"


/* bytes that must be there for a number, and the most that it may have */
#define KNN_SCAN_ROOM   64
#define KNN_SCAN_NUMBER 56

/* digits of a number before its point */
#define KNN_SCAN_WHOLE KNN_NUMBER_DIGITS

/* times eight digits behind it, before the last up to eight */
#define KNN_SCAN_EIGHTS 2

/* white space between two tokens, so that no limit of it is in reach */
#define KNN_SCAN_BLANKS 256


static inline bool
knn_scan_is_digit(char c)
{
    return (unsigned char) (c - '0') <= 9;
}


/* True where a number begins. */
static inline bool
knn_scan_is_number(char c)
{
    return knn_scan_is_digit(c) || c == '-';
}


/* Skips white space; returns a byte that is there. */
static inline const char *
knn_scan_skip(const char *p, const char *end)
{
    const char *limit;

    if ((unsigned char) *p > ' ') {
        return p;
    }

    limit = end - p > KNN_SCAN_BLANKS ? p + KNN_SCAN_BLANKS : end - 1;

    while (p < limit && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')) {
        p++;
    }

    return p;
}


/* Goes over a character and the white space around it, NULL if it is not. */
static inline const char *
knn_scan_over(const char *p, const char *end, char c)
{
    p = knn_scan_skip(p, end);

    return *p != c || p + 1 == end ? NULL : knn_scan_skip(p + 1, end);
}


/* Adds the digits behind a point to m; NULL if there are none. */
static inline const char *
knn_scan_fraction(const char *p, uint64_t *m)
{
    int      i;
    unsigned count;
    uint64_t chars;

    static const uint64_t ten[] = {
        1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, KNN_EIGHT};

    for (i = 0; i < KNN_SCAN_EIGHTS; i++) {
        chars = knn_digits_load(p);

        if (knn_digits_count(chars) < 8) {
            break;
        }

        *m = *m * KNN_EIGHT + knn_digits_value(chars, 8);
        p += 8;
    }

    /* how many are left is hard to guess, so that nothing depends on it */

    chars = knn_digits_load(p);
    count = knn_digits_count(chars);
    *m = *m * ten[count] + knn_digits_value(chars, count);

    return i + (int) count == 0 ? NULL : p + count;
}


/* Reads a number as JSON has them; returns its end, NULL if it is another. */
static inline const char *
knn_scan_number(const knn_scan_t *scan, const char *p, double *value)
{
    int         power, exponent, count;
    bool        negative;
    double      result;
    uint64_t    m;
    const char *start, *first, *point;

    static const double sign[] = {1, -1};

    if (scan->end - p < KNN_SCAN_ROOM) {
        return NULL;
    }

    start = p;
    negative = *p == '-';
    first = p + negative;
    m = 0;
    exponent = 0;

    for (p = first; knn_scan_is_digit(*p) && p - first < KNN_SCAN_WHOLE; p++) {
        m = m * 10 + (uint64_t) (*p - '0');
    }

    if (p == first || (*first == '0' && p - first > 1)) {
        return NULL;
    }

    count = m == 0 ? 0 : (int) (p - first);

    if (*p == '.') {
        point = p + 1;
        p = knn_scan_fraction(point, &m);

        if (p == NULL) {
            return NULL;
        }

        exponent = (int) (point - p);
        count -= exponent;
    }

    if (*p == 'e' || *p == 'E') {
        power = 0;
        p = knn_number_exponent(p, scan->end, &power);
        exponent += power;

        if (p - start > KNN_SCAN_NUMBER) {
            return NULL;
        }
    }

    if (count <= KNN_NUMBER_DIGITS) {
        result = knn_number_value(m, exponent);
    }
    else {
        (void) knn_number_read(first, p, &result);
    }

    result = scan->single ? (double) (float) result : result;
    *value = result * sign[negative];

    return isfinite(result) ? p : NULL;
}


size_t
knn_scan_numbers(knn_scan_t *scan, double *values, size_t count)
{
    size_t      i;
    const char *p, *last;

    for (i = 0; i < count; i++) {
        last = knn_scan_number(scan, scan->p, values + i * scan->stride);

        if (last == NULL) {
            break;
        }

        p = knn_scan_over(last, scan->end, ',');

        if (p == NULL || !knn_scan_is_number(*p)) {
            break;
        }

        scan->p = p;
        scan->last = last;
    }

    return i;
}


/* Reads an array, which begins at p; returns its end, or NULL. */
static inline const char *
knn_scan_row(const knn_scan_t *scan, const char *p, double *values,
             size_t columns)
{
    size_t i;

    p = knn_scan_over(p, scan->end, '[');

    for (i = 0; p != NULL; i++) {
        p = knn_scan_number(scan, p, values + i * scan->stride);

        if (p == NULL || i + 1 == columns) {
            break;
        }

        p = knn_scan_over(p, scan->end, ',');
    }

    if (p == NULL) {
        return NULL;
    }

    p = knn_scan_skip(p, scan->end);

    return *p == ']' && p + 1 < scan->end ? p + 1 : NULL;
}


size_t
knn_scan_rows(knn_scan_t *scan, double *values, size_t count, size_t columns)
{
    size_t      i;
    const char *p, *last;

    for (i = 0; i < count; i++) {
        last = knn_scan_row(scan, scan->p, values, columns);

        if (last == NULL) {
            break;
        }

        p = knn_scan_over(last, scan->end, ',');

        if (p == NULL || *p != '[') {
            break;
        }

        values += columns * scan->stride;
        scan->p = p;
        scan->last = last;
    }

    return i;
}
