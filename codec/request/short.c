
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "short.h"


#define KNN_SHORT_NAME "\"" KNN_SHORT_MEMBER "\""

/* digits that a double holds exactly, as it does their power of ten */
#define KNN_SHORT_DIGITS 15


static const double knn_short_powers[KNN_SHORT_DIGITS + 1] = {
    1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};


/*
 * The last byte is a brace, which is neither white space nor a digit: what
 * looks at bytes one by one needs no other end.
 */


/* Skips white space. */
static inline const char *
knn_short_skip(const char *p)
{
    while (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r') {
        p++;
    }

    return p;
}


/* Takes a sign and the white space beside it; NULL if another is there. */
static inline const char *
knn_short_sign(const char *p, char sign)
{
    p = *p == sign ? p : knn_short_skip(p);

    if (*p != sign) {
        return NULL;
    }

    p++;

    return (unsigned char) *p > ' ' ? p : knn_short_skip(p);
}


/* Takes digits. */
static inline const char *
knn_short_digits(const char *p, uint64_t *m)
{
    unsigned digit;

    for (/* void */; (digit = (unsigned char) (*p - '0')) <= 9; p++) {
        *m = *m * 10 + digit;
    }

    return p;
}


/* Reads a number of few digits without an exponent; NULL if it is another. */
static inline const char *
knn_short_number(const char *p, double *value)
{
    bool        negative;
    double      magnitude;
    uint64_t    m;
    const char *first, *point;

    negative = *p == '-';
    p += negative;

    m = 0;
    first = p;
    p = knn_short_digits(p, &m);

    if (p == first || (*first == '0' && p - first > 1)) {
        return NULL;
    }

    point = p;

    if (*p == '.') {
        p = knn_short_digits(p + 1, &m);

        if (p == ++point) {
            return NULL;
        }
    }

    if (p - first > KNN_SHORT_DIGITS) {
        return NULL;
    }

    magnitude = (double) (int64_t) m / knn_short_powers[p - point];
    *value = negative ? -magnitude : magnitude;

    return p;
}


/* Reads the numbers of a row and its bracket; NULL if they are others. */
static const char *
knn_short_row(const char *p, double *x, size_t columns)
{
    size_t i;

    for (i = 0; i < columns; i++) {
        p = knn_short_number(p, &x[i]);

        if (p == NULL) {
            return NULL;
        }

        p = knn_short_sign(p, i + 1 < columns ? ',' : ']');

        if (p == NULL) {
            return NULL;
        }
    }

    return p;
}


/* Takes what comes before the numbers; NULL if it is something else. */
static const char *
knn_short_begin(const char *p)
{
    p = knn_short_sign(p, '{');

    /* no more bytes are compared than there are */

    if (p == NULL || strncmp(p, KNN_SHORT_NAME, strlen(KNN_SHORT_NAME)) != 0) {
        return NULL;
    }

    p = knn_short_sign(p + strlen(KNN_SHORT_NAME), ':');

    return p == NULL ? NULL : knn_short_sign(p, '[');
}


bool
knn_short_read(knn_matrix_t *matrix, const char *data, size_t size)
{
    const char *p, *last;

    last = data + size - 1;

    if (*last != '}' || size > KNN_REQUEST_TOKEN) {
        return false;
    }

    p = knn_short_begin(data);

    if (p == NULL || knn_matrix_room(matrix, NULL) != KNN_OK) {
        return false;
    }

    p = knn_short_row(p, matrix->rows.x, matrix->columns);

    if (p != last) {
        return false;
    }

    matrix->rows.rows = 1;
    matrix->rows.single = true;

    return true;
}
