
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scale.h"
#include "../sum.h"


/* The scale of values that spread so far: 1 of those that hardly differ. */
static double
knn_scale_range(double range)
{
    return range < 10 * DBL_EPSILON ? 1 : range;
}


/* Compares two numbers. */
static int
knn_scale_compare(const void *one, const void *two)
{
    const double *a, *b;

    a = one;
    b = two;

    return (*a > *b) - (*a < *b);
}


/* The quantile of sorted values, between two of them in proportion. */
static double
knn_scale_quantile(const double *sorted, size_t n, double q)
{
    size_t low;
    double at, part, step;

    at = (double) (n - 1) * q;
    low = (size_t) at;
    part = at - (double) low;

    if (low + 1 >= n) {
        return sorted[n - 1];
    }

    step = sorted[low + 1] - sorted[low];

    return part < 0.5 ? sorted[low] + step * part
                      : sorted[low + 1] - step * (1 - part);
}


double
knn_scale_mean(const double *values, size_t n, double *scratch)
{
    size_t i, count;

    count = 0;

    for (i = 0; i < n; i++) {
        scratch[i] = isnan(values[i]) ? 0 : values[i];
        count += !isnan(values[i]);
    }

    return knn_sum_pairwise(scratch, n, false) / (double) count;
}


/* The variance is that of two passes, corrected by what the mean lacks. */
void
knn_scale_standard(const double *values, size_t n, double *scratch,
                   double *mean, double *scale)
{
    size_t i;
    double count, lack, sum, variance, bound;

    count = (double) n;
    *mean = knn_sum_pairwise(values, n, false) / count;

    for (i = 0; i < n; i++) {
        scratch[i] = values[i] - *mean;
    }

    lack = knn_sum_pairwise(scratch, n, false);

    for (i = 0; i < n; i++) {
        scratch[i] *= scratch[i];
    }

    sum = knn_sum_pairwise(scratch, n, false) - lack * lack / count;
    variance = sum / count;

    /* no farther from 0 than rounding may bring a constant */

    bound = count * *mean * DBL_EPSILON;
    bound = count * DBL_EPSILON * variance + bound * bound;

    *scale = variance <= bound ? 1 : sqrt(variance);
}


void
knn_scale_minmax(const double *values, size_t n, double *scale, double *shift)
{
    size_t i;
    double least, most;

    least = most = values[0];

    for (i = 1; i < n; i++) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
    }

    *scale = 1 / knn_scale_range(most - least);
    *shift = 0 - least * *scale;
}


void
knn_scale_robust(const double *values, size_t n, double *scratch,
                 double *center, double *scale)
{
    memcpy(scratch, values, n * sizeof(double));
    qsort(scratch, n, sizeof(double), knn_scale_compare);

    *center =
        n % 2 == 1 ? scratch[n / 2] : (scratch[n / 2 - 1] + scratch[n / 2]) / 2;
    *scale = knn_scale_range(knn_scale_quantile(scratch, n, 0.75)
                             - knn_scale_quantile(scratch, n, 0.25));
}
