
/*
 * Copyright (C) nginx-knn contributors
 */


#include "sum.h"


/* up to here numpy sums in eight chains, beyond it halves the range */
#define KNN_SUM_BLOCK 128


/* Adds two numbers. */
static inline double
knn_sum_add(double a, double b, bool single)
{
    return knn_single(a + b, single);
}


/* The sum of up to KNN_SUM_BLOCK values. */
static inline __attribute__((always_inline)) double
knn_sum_block(const double *values, size_t n, bool single)
{
    size_t i, j;
    double sum, r[8];

    sum = 0;
    i = 0;

    if (n >= 8) {
        for (j = 0; j < 8; j++) {
            r[j] = values[j];
        }

        for (i = 8; i < n - n % 8; i += 8) {
            for (j = 0; j < 8; j++) {
                r[j] = knn_sum_add(r[j], values[i + j], single);
            }
        }

        for (j = 0; j < 8; j += 2) {
            r[j] = knn_sum_add(r[j], r[j + 1], single);
        }

        sum = knn_sum_add(knn_sum_add(r[0], r[2], single),
                          knn_sum_add(r[4], r[6], single), single);
    }

    for (/* void */; i < n; i++) {
        sum = knn_sum_add(sum, values[i], single);
    }

    return sum;
}


/* Recursion halves n, so that its depth is below the bits of a size. */
double
knn_sum_pairwise(const double *values, size_t n, bool single)
{
    size_t half;

    if (n <= KNN_SUM_BLOCK) {
        return single ? knn_sum_block(values, n, true)
                      : knn_sum_block(values, n, false);
    }

    half = n / 2;
    half -= half % 8;

    return knn_sum_add(knn_sum_pairwise(values, half, single),
                       knn_sum_pairwise(values + half, n - half, single),
                       single);
}


double
knn_sum_plain(const double *values, size_t n, bool single)
{
    size_t i;
    double sum;

    sum = 0;

    for (i = 0; i < n; i++) {
        sum = knn_sum_add(sum, values[i], single);
    }

    return sum;
}
