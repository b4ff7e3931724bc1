
/*
 * Copyright (C) nginx-knn contributors
 */


/* Decimal text to numbers and back, whatever the locale. */


#ifndef KNN_NUMBER_H
#define KNN_NUMBER_H


#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


/* the longest text that is read, and the longest that is written */
#define KNN_NUMBER_READ  1024
#define KNN_NUMBER_WRITE 24

/* digits that always fit into 64 bits */
#define KNN_NUMBER_DIGITS 19

/* integers up to it, and powers of ten up to this one, are doubles */
#define KNN_NUMBER_WHOLE 9007199254740992u
#define KNN_NUMBER_EXACT 22

/* powers of five below 2^64 */
#define KNN_NUMBER_POWERS 28


extern const uint64_t knn_power5[KNN_NUMBER_POWERS];
extern const double   knn_power10[KNN_NUMBER_EXACT + 1];


/*
 * Reads the decimal number at p ("5.1", "-.5", "+1e3"); returns its end, or
 * NULL when none is there or it is longer than KNN_NUMBER_READ.  The value is
 * the nearest double, ties to even, and infinite beyond their range.
 */
const char *knn_number_read(const char *p, const char *end, double *value);

/*
 * The exponent behind its letter at p ("e-05"); returns its end, or p if it is
 * none.  Beyond what any number needs it does not grow.
 */
const char *knn_number_exponent(const char *p, const char *end, int *exponent);

/*
 * The double next to m * 10^exponent, which may be infinite or 0, where no
 * double is as good as an integer; and of a text that ends with NUL, by the C
 * library, in the locale "C".
 */
double knn_number_wide(uint64_t m, int exponent);
double knn_number_library(const char *text);

/*
 * Writes the shortest text that reads back as this finite value, always with
 * a point or an exponent ("1.0", "0.2", "1e+30"); returns its end, at most
 * KNN_NUMBER_WRITE bytes on.
 */
char *knn_number_write(char *p, double value);

/* The same for integers. */
char *knn_number_write_integer(char *p, int64_t value);
char *knn_number_write_unsigned(char *p, uint64_t value);


/* The double next to m * 10^exponent, which may be infinite or 0. */
static inline double
knn_number_value(uint64_t m, int exponent)
{
#if FLT_EVAL_METHOD == 0

    /* one rounding of what is exact */

    if (m <= KNN_NUMBER_WHOLE && exponent >= -KNN_NUMBER_EXACT
        && exponent <= KNN_NUMBER_EXACT)
    {
        return exponent < 0 ? (double) (int64_t) m / knn_power10[-exponent]
                            : (double) (int64_t) m * knn_power10[exponent];
    }

#endif

    return knn_number_wide(m, exponent);
}


#endif /* KNN_NUMBER_H */
