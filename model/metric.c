
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "metric.h"


#define knn_inline static inline __attribute__((always_inline))


/* a value of each node of a pair */
typedef double  knn_two_t __attribute__((vector_size(16), may_alias));
typedef int64_t knn_two_bits_t __attribute__((vector_size(16), may_alias));


/* Absolute values. */
knn_inline knn_two_t
knn_two_abs(knn_two_t a)
{
    return (knn_two_t) ((knn_two_bits_t) a & INT64_MAX);
}


/* The larger values; b where a is not a number, as fmax() has it. */
knn_inline knn_two_t
knn_two_max(knn_two_t a, knn_two_t b)
{
    knn_two_bits_t larger;

    larger = a > b;

    return (knn_two_t) (((knn_two_bits_t) a & larger)
                        | ((knn_two_bits_t) b & ~larger));
}


/* How far a value is outside of an interval, in scikit-learn's steps. */
knn_inline double
knn_outside(double lower, double upper, double q)
{
    double a, b;

    a = lower - q;
    b = q - upper;

    return 0.5 * ((a + fabs(a)) + (b + fabs(b)));
}


/* The same for the two boxes of a pair. */
knn_inline knn_two_t
knn_outside_two(const double *pair, double q)
{
    knn_two_t a, b;

    a = *(const knn_two_t *) pair - q;
    b = q - *(const knn_two_t *) (pair + 2);

    return 0.5 * ((a + knn_two_abs(a)) + (b + knn_two_abs(b)));
}


/* Adds one feature's share to two reduced distances. */
knn_inline void
knn_two_add(knn_metric_e metric, knn_two_t t, knn_two_t *sum)
{
    switch (metric) {

    case KNN_EUCLIDEAN:
        *sum += t * t;
        break;

    case KNN_MANHATTAN:
        *sum += knn_two_abs(t);
        break;

    default: /* KNN_CHEBYSHEV */
        *sum = knn_two_max(knn_two_abs(t), *sum);
        break;
    }
}


/* Any metric's reduced distances to the two boxes of a pair. */
knn_inline void
knn_boxes(knn_metric_e metric, const double *pair, const double *q,
          size_t n_features, double *rdist)
{
    size_t    j;
    knn_two_t sum;

    sum = (knn_two_t){0, 0};

    for (j = 0; j < n_features; j++) {
        knn_two_add(metric, knn_outside_two(pair, q[j]), &sum);
        pair += KNN_BOX_DOUBLES;
    }

    rdist[0] = sum[0];
    rdist[1] = sum[1];
}


/* Any metric's reduced distances to the two centers of a pair. */
knn_inline void
knn_centers(knn_metric_e metric, const double *pair, const double *q,
            size_t n_features, double *rdist)
{
    size_t    j;
    knn_two_t sum;

    sum = (knn_two_t){0, 0};

    for (j = 0; j < n_features; j++) {
        knn_two_add(metric, *(const knn_two_t *) pair - q[j], &sum);
        pair += KNN_BALL_DOUBLES;
    }

    rdist[0] = sum[0];
    rdist[1] = sum[1];
}


#define KNN_PAIR(kind, metric, METRIC)                                         \
                                                                               \
    static void knn_##kind##_##metric(const double *pair, const double *q,     \
                                      size_t n_features, double p,             \
                                      double *rdist)                           \
    {                                                                          \
        (void) p;                                                              \
        knn_##kind(METRIC, pair, q, n_features, rdist);                        \
    }


KNN_PAIR(boxes, euclidean, KNN_EUCLIDEAN)
KNN_PAIR(boxes, manhattan, KNN_MANHATTAN)
KNN_PAIR(boxes, chebyshev, KNN_CHEBYSHEV)

KNN_PAIR(centers, euclidean, KNN_EUCLIDEAN)
KNN_PAIR(centers, manhattan, KNN_MANHATTAN)
KNN_PAIR(centers, chebyshev, KNN_CHEBYSHEV)


/*
 * One box by pow() for any finite p.  p must not be known to the compiler:
 * it makes x * x of pow(x, 2.0), which libm does not always agree with.
 */
static double
knn_box_pow(const double *pair, size_t side, const double *q, size_t n_features,
            double p)
{
    size_t j;
    double t, sum;

    sum = 0;

    for (j = 0; j < n_features; j++) {
        t = knn_outside(pair[side], pair[side + 2], q[j]);
        pair += KNN_BOX_DOUBLES;

        if (t != 0) {
            sum += pow(t, p);
        }
    }

    return sum;
}


/* Both boxes by pow(). */
static void
knn_boxes_minkowski(const double *pair, const double *q, size_t n_features,
                    double p, double *rdist)
{
    rdist[0] = knn_box_pow(pair, 0, q, n_features, p);
    rdist[1] = knn_box_pow(pair, 1, q, n_features, p);
}


/* Both centers by pow(). */
static void
knn_centers_minkowski(const double *pair, const double *q, size_t n_features,
                      double p, double *rdist)
{
    size_t j;

    rdist[0] = 0;
    rdist[1] = 0;

    for (j = 0; j < n_features; j++) {
        rdist[0] += pow(fabs(q[j] - pair[0]), p);
        rdist[1] += pow(fabs(q[j] - pair[1]), p);
        pair += KNN_BALL_DOUBLES;
    }
}


/* Sum of squares. */
static double
knn_rdist_euclidean(const double *a, const double *b, size_t n_features,
                    double p)
{
    size_t j;
    double t, sum;

    (void) p;
    sum = 0;

    for (j = 0; j < n_features; j++) {
        t = a[j] - b[j];
        sum += t * t;
    }

    return sum;
}


/* Sum of absolute differences. */
static double
knn_rdist_manhattan(const double *a, const double *b, size_t n_features,
                    double p)
{
    size_t j;
    double sum;

    (void) p;
    sum = 0;

    for (j = 0; j < n_features; j++) {
        sum += fabs(a[j] - b[j]);
    }

    return sum;
}


/* Largest absolute difference. */
static double
knn_rdist_chebyshev(const double *a, const double *b, size_t n_features,
                    double p)
{
    size_t j;
    double t, largest;

    (void) p;
    largest = 0;

    for (j = 0; j < n_features; j++) {
        t = fabs(a[j] - b[j]);
        largest = t > largest ? t : largest;
    }

    return largest;
}


/* Sum of powers. */
static double
knn_rdist_minkowski(const double *a, const double *b, size_t n_features,
                    double p)
{
    size_t j;
    double sum;

    sum = 0;

    for (j = 0; j < n_features; j++) {
        sum += pow(fabs(a[j] - b[j]), p);
    }

    return sum;
}


/* The distance is the reduced distance, and the other way round. */
static double
knn_same(double value, double p)
{
    (void) p;

    return value;
}


/* Squares to lengths. */
static double
knn_root(double rdist, double p)
{
    (void) p;

    return sqrt(rdist);
}


/* Lengths to squares. */
static double
knn_square(double dist, double p)
{
    (void) p;

    return dist * dist;
}


/* Powers to lengths. */
static double
knn_power_root(double rdist, double p)
{
    return pow(rdist, 1 / p);
}


/* Lengths to powers. */
static double
knn_power(double dist, double p)
{
    return pow(dist, p);
}


static const knn_metric_t knn_metrics[] = {

    [KNN_EUCLIDEAN] = {.name = "euclidean",
                       .cost = 1,
                       .boxes = knn_boxes_euclidean,
                       .box = knn_box_pow,
                       .centers = knn_centers_euclidean,
                       .rdist = knn_rdist_euclidean,
                       .to_dist = knn_root,
                       .to_rdist = knn_square},

    /* libm's pow(x, 1.0) is x */

    [KNN_MANHATTAN] = {.name = "manhattan",
                       .cost = 1,
                       .boxes = knn_boxes_manhattan,
                       .box = NULL,
                       .centers = knn_centers_manhattan,
                       .rdist = knn_rdist_manhattan,
                       .to_dist = knn_same,
                       .to_rdist = knn_same},

    [KNN_CHEBYSHEV] = {.name = "chebyshev",
                       .cost = 1,
                       .boxes = knn_boxes_chebyshev,
                       .box = NULL,
                       .centers = knn_centers_chebyshev,
                       .rdist = knn_rdist_chebyshev,
                       .to_dist = knn_same,
                       .to_rdist = knn_same},

    [KNN_MINKOWSKI] = {.name = "minkowski",
                       .cost = 64,
                       .boxes = knn_boxes_minkowski,
                       .box = NULL,
                       .centers = knn_centers_minkowski,
                       .rdist = knn_rdist_minkowski,
                       .to_dist = knn_power_root,
                       .to_rdist = knn_power}};


const knn_metric_t *
knn_metric_get(knn_metric_e metric)
{
    return &knn_metrics[metric];
}


knn_metric_e
knn_metric_minkowski(double p)
{
    if (p == 1) {
        return KNN_MANHATTAN;
    }

    if (p == 2) {
        return KNN_EUCLIDEAN;
    }

    return (p == HUGE_VAL) ? KNN_CHEBYSHEV : KNN_MINKOWSKI;
}
