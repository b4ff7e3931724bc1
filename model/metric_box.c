
/*
 * Copyright (C) nginx-knn contributors
 */


/* Reduced distances to the nodes of a kd_tree, which are boxes. */


#include <math.h>

#include "metric_box.h"


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


void
knn_boxes_euclidean(const knn_space_t *space, const double *pair,
                    const double *q, double *rdist)
{
    knn_boxes(KNN_EUCLIDEAN, pair, q, space->n_features, rdist);
}


void
knn_boxes_manhattan(const knn_space_t *space, const double *pair,
                    const double *q, double *rdist)
{
    knn_boxes(KNN_MANHATTAN, pair, q, space->n_features, rdist);
}


void
knn_boxes_chebyshev(const knn_space_t *space, const double *pair,
                    const double *q, double *rdist)
{
    knn_boxes(KNN_CHEBYSHEV, pair, q, space->n_features, rdist);
}


/*
 * One box by pow() for any finite p.  p must not be known to the compiler:
 * it makes x * x of pow(x, 2.0), which libm does not always agree with.
 */
double
knn_box_pow(const knn_space_t *space, const double *pair, size_t side,
            const double *q)
{
    size_t j;
    double t, sum;

    sum = 0;

    for (j = 0; j < space->n_features; j++) {
        t = knn_outside(pair[side], pair[side + 2], q[j]);
        pair += KNN_BOX_DOUBLES;

        if (t != 0) {
            sum += pow(t, space->p);
        }
    }

    return sum;
}


void
knn_boxes_minkowski(const knn_space_t *space, const double *pair,
                    const double *q, double *rdist)
{
    rdist[0] = knn_box_pow(space, pair, 0, q);
    rdist[1] = knn_box_pow(space, pair, 1, q);
}
