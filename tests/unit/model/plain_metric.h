
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every metric as scikit-learn or scipy defines it, in plain loops. */


#ifndef KNN_PLAIN_METRIC_H
#define KNN_PLAIN_METRIC_H


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../../model/model.h"
#include "../../../model/sum.h"


/* Whether two numbers have the same bits; any NaN is as good as another. */
static inline bool
plain_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(double)) == 0;
}


/* rows of truth values: how many features are true in which of the two */
typedef struct {
    double both;
    double first;
    double second;
    double none;
    double differ; /* as numbers */
    double total;
} plain_counts_t;


static inline plain_counts_t
plain_count(const knn_parts_t *parts, const double *a, const double *b)
{
    size_t         j;
    double         w;
    plain_counts_t counts;

    memset(&counts, 0, sizeof(plain_counts_t));

    for (j = 0; j < parts->n_features; j++) {
        w = (parts->w == NULL) ? 1 : parts->w[j];

        counts.total += w;
        counts.differ += (a[j] != b[j]) ? w : 0;

        if (a[j] != 0 && b[j] != 0) {
            counts.both += w;
        }
        else if (a[j] != 0) {
            counts.first += w;
        }
        else if (b[j] != 0) {
            counts.second += w;
        }
        else {
            counts.none += w;
        }
    }

    return counts;
}


/* Sums of weights are not exact, so they are made in the one order. */
static inline double
plain_unequal(const knn_parts_t *parts, const double *a, const double *b,
              bool any)
{
    size_t j;
    double sum;

    sum = 0;

    for (j = 0; j < parts->n_features; j++) {
        if ((any && (a[j] != 0 || b[j] != 0))
            || (!any && (a[j] != 0) != (b[j] != 0))) {
            sum += (parts->w == NULL) ? 1 : parts->w[j];
        }
    }

    return sum;
}


static inline double
plain_share(const knn_parts_t *parts, const double *a, const double *b)
{
    double         n, unequal, any, half;
    plain_counts_t counts;

    counts = plain_count(parts, a, b);
    unequal = plain_unequal(parts, a, b, false);
    any = plain_unequal(parts, a, b, true);
    n = counts.total;

    switch (parts->metric) {
    case KNN_HAMMING:
        return counts.differ / n;
    case KNN_JACCARD:
        return (any == 0) ? 0 : unequal / any;
    case KNN_NAN_JACCARD:
        return unequal / any;
    case KNN_MATCHING:
        return unequal / n;
    case KNN_DICE:
        return unequal / (2 * counts.both + unequal);
    case KNN_KULSINSKI:
        return (unequal - counts.both + n) / (unequal + n);
    case KNN_ROGERSTANIMOTO:
    case KNN_SOKALMICHENER:
        return 2 * unequal / (n + unequal);
    case KNN_RUSSELLRAO:
        return (n - counts.both) / n;
    case KNN_SOKALSNEATH:
        return unequal / (0.5 * counts.both + unequal);
    default: /* KNN_YULE */
        half = counts.first * counts.second;
        return (half == 0) ? 0 : 2 * half / (counts.both * counts.none + half);
    }
}


/* The product of the difference and one row of the matrix. */
static inline double
plain_row(const knn_parts_t *parts, const double *a, const double *b, size_t i)
{
    size_t j;
    double sum;

    sum = 0;

    for (j = 0; j < parts->n_features; j++) {
        sum += parts->vi[i * parts->n_features + j] * (a[j] - b[j]);
    }

    return sum;
}


/* Even and odd terms apart, and then a last one without a partner. */
static inline double
plain_twofold(const double *terms, size_t n)
{
    size_t j;
    double sum[2];

    sum[0] = 0;
    sum[1] = 0;

    for (j = 0; j < n - n % 2; j++) {
        sum[j % 2] += terms[j];
    }

    return (n % 2 == 0) ? sum[0] + sum[1] : sum[0] + sum[1] + terms[n - 1];
}


/* What scipy sums twofold; b is already centered for correlation. */
static inline double
plain_scipy(const knn_parts_t *parts, const double *a, const double *b)
{
    size_t  i, j, n;
    double *t, mean, result, u, v;

    n = parts->n_features;
    t = malloc(n * 2 * sizeof(double));

    if (parts->metric == KNN_SCIPY_SEUCLIDEAN) {
        for (j = 0; j < n; j++) {
            t[j] = (a[j] - b[j]) * (a[j] - b[j]) / parts->w[j];
        }

        result = plain_twofold(t, n);
    }
    else if (parts->metric == KNN_SCIPY_MAHALANOBIS) {
        for (i = 0; i < n; i++) {
            for (j = 0; j < n; j++) {
                t[n + j] = (a[j] - b[j]) * parts->vi[i * n + j];
            }

            t[i] = (a[i] - b[i]) * plain_twofold(t + n, n);
        }

        result = plain_twofold(t, n);
        result = (result < 0) ? NAN : result;
    }
    else { /* KNN_CORRELATION */
        mean = knn_sum_pairwise(a, n, false) / (double) n;

        for (j = 0; j < n; j++) {
            t[j] = (a[j] - mean) * (a[j] - mean);
        }

        u = sqrt(plain_twofold(t, n));

        for (j = 0; j < n; j++) {
            t[j] = b[j] * b[j];
        }

        v = sqrt(plain_twofold(t, n));

        for (j = 0; j < n; j++) {
            t[j] = (a[j] - mean) * b[j];
        }

        result = plain_twofold(t, n) / (u * v);
        result = (fabs(result) > 1) ? copysign(1, result) : result;
        result = 1 - result;
    }

    free(t);

    return result;
}


/* The cosine's square, with the cosine's sign turned round. */
static inline double
plain_cosine(const knn_parts_t *parts, const double *a, const double *b)
{
    size_t j;
    double aa, bb, ab;

    aa = 0;
    bb = 0;
    ab = 0;

    for (j = 0; j < parts->n_features; j++) {
        aa += a[j] * a[j];
        bb += b[j] * b[j];
        ab += a[j] * b[j];
    }

    aa = (aa < KNN_SQUARE_LEAST) ? 1 : aa;
    bb = (bb < KNN_SQUARE_LEAST) ? 1 : bb;

    return -ab * fabs(ab) / (aa * bb);
}


static inline double
plain_braycurtis(const knn_parts_t *parts, const double *a, const double *b)
{
    size_t j;
    double num, denom;

    num = 0;
    denom = 0;

    for (j = 0; j < parts->n_features; j++) {
        num += fabs(a[j] - b[j]);
        denom += (parts->metric == KNN_BRAYCURTIS) ? fabs(a[j]) + fabs(b[j])
                                                   : fabs(a[j] + b[j]);
    }

    if (parts->metric == KNN_BRAYCURTIS && !(denom > 0)) {
        return 0;
    }

    return num / denom;
}


/* The features in their order, or more than four of them twofold. */
static inline double
plain_early_sum(const knn_parts_t *parts, const double *a, const double *b,
                double sign)
{
    size_t  j, n;
    double *t, sum;

    n = parts->n_features;
    t = malloc(n * sizeof(double));
    sum = 0;

    for (j = 0; j < n; j++) {
        t[j] = fabs(a[j] + sign * b[j]);
        sum += t[j];
    }

    sum = (n > 4) ? plain_twofold(t, n) : sum;
    free(t);

    return sum;
}


static inline double
plain_nan_euclidean(const knn_parts_t *parts, const double *a, const double *b)
{
    size_t j;
    double sum, present;

    sum = 0;
    present = 0;

    for (j = 0; j < parts->n_features; j++) {
        if (!isnan(a[j] - b[j])) {
            sum += (a[j] - b[j]) * (a[j] - b[j]);
            present++;
        }
    }

    return sum / present * (double) parts->n_features;
}


/* One feature's term of a metric that adds nothing but such terms. */
static inline double
plain_term(const knn_parts_t *parts, double a, double b, size_t j)
{
    double          t, w;
    volatile double p;

    p = parts->p;
    t = fabs(a - b);
    w = (parts->w == NULL) ? 1 : parts->w[j];

    switch (parts->metric) {
    case KNN_EUCLIDEAN:
    case KNN_SQEUCLIDEAN:
        return t * t;
    case KNN_MANHATTAN:
    case KNN_CHEBYSHEV:
        return t;
    case KNN_MINKOWSKI:
        return w * pow(t, p);
    case KNN_WMINKOWSKI:
        return pow(w * t, p);
    case KNN_SEUCLIDEAN:
        return t * t / w;
    default: /* KNN_CANBERRA */
        return (fabs(a) + fabs(b) > 0) ? t / (fabs(a) + fabs(b)) : 0;
    }
}


static inline double
plain_sum(const knn_parts_t *parts, const double *a, const double *b)
{
    size_t j;
    double t, sum;

    sum = 0;

    for (j = 0; j < parts->n_features; j++) {
        t = plain_term(parts, a[j], b[j], j);
        sum = (parts->metric != KNN_CHEBYSHEV) ? sum + t : (t > sum) ? t : sum;
    }

    return sum;
}


/* The reduced distance from a to b, which is as rows are laid out. */
static inline double
plain_rdist(const knn_parts_t *parts, const double *a, const double *b)
{
    size_t i;
    double s, t, sum;

    switch (parts->metric) {
    case KNN_EUCLIDEAN:
    case KNN_SQEUCLIDEAN:
    case KNN_MANHATTAN:
    case KNN_CHEBYSHEV:
    case KNN_MINKOWSKI:
    case KNN_WMINKOWSKI:
    case KNN_SEUCLIDEAN:
    case KNN_CANBERRA:
        return plain_sum(parts, a, b);

    case KNN_MAHALANOBIS:
        sum = 0;

        for (i = 0; i < parts->n_features; i++) {
            sum += plain_row(parts, a, b, i) * (a[i] - b[i]);
        }

        return sum;

    case KNN_BRAYCURTIS:
    case KNN_SCIPY_BRAYCURTIS:
        return plain_braycurtis(parts, a, b);

    case KNN_EARLY_MANHATTAN:
        return plain_early_sum(parts, a, b, -1);

    case KNN_EARLY_BRAYCURTIS:
        return plain_early_sum(parts, a, b, -1)
               / plain_early_sum(parts, a, b, 1);

    case KNN_HAVERSINE:
        s = sin(0.5 * (a[0] - b[0]));
        t = sin(0.5 * (a[1] - b[1]));
        return s * s + cos(a[0]) * cos(b[0]) * t * t;

    case KNN_NAN_EUCLIDEAN:
        return plain_nan_euclidean(parts, a, b);

    case KNN_COSINE:
        return plain_cosine(parts, a, b);

    case KNN_CORRELATION:
    case KNN_SCIPY_SEUCLIDEAN:
    case KNN_SCIPY_MAHALANOBIS:
        return plain_scipy(parts, a, b);

    default:
        return plain_share(parts, a, b);
    }
}


static inline double
plain_dist(const knn_parts_t *parts, double rdist)
{
    switch (parts->metric) {
    case KNN_EUCLIDEAN:
    case KNN_SEUCLIDEAN:
    case KNN_MAHALANOBIS:
    case KNN_NAN_EUCLIDEAN:
    case KNN_SCIPY_SEUCLIDEAN:
    case KNN_SCIPY_MAHALANOBIS:
        return sqrt(rdist);
    case KNN_MINKOWSKI:
    case KNN_WMINKOWSKI:
        return pow(rdist, 1 / parts->p);
    case KNN_HAVERSINE:
        return 2 * asin(sqrt(rdist));
    case KNN_COSINE:
        return fmin(fmax(1 + copysign(sqrt(fabs(rdist)), rdist), 0), 2);
    default:
        return rdist;
    }
}


/* The reduced distance of a bound, which is not below 0. */
static inline double
plain_reduced(const knn_parts_t *parts, double dist)
{
    switch (parts->metric) {
    case KNN_EUCLIDEAN:
    case KNN_SEUCLIDEAN:
    case KNN_MAHALANOBIS:
        return dist * dist;
    case KNN_MINKOWSKI:
    case KNN_WMINKOWSKI:
        return pow(dist, parts->p);
    case KNN_HAVERSINE:
        return sin(0.5 * dist) * sin(0.5 * dist);
    default:
        return dist;
    }
}


#endif /* KNN_PLAIN_METRIC_H */
