
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The formulas of all metrics, for several rows at a time, each in a lane of
 * its own.  Included once for each width, with
 *
 *     knn_name(name)   what names become
 *     KNN_TARGET       what lets the compiler use the processor
 *     KNN_WIDTH        lanes of one vector
 *     KNN_VECTORS      vectors that hold one feature of a block of rows
 *     KNN_BLOCKS       blocks that are measured at once
 *
 * Every lane takes the features in their order, one operation after the other
 * and without contraction: these are the bits of a plain loop, and those of
 * scikit-learn.  A lane whose last feature is infinite is empty, and infinitely
 * far away.
 *
 * Vectors are the compiler's: wider ones than the processor has would do too,
 * but live in memory.  pow() must not know p: the compiler makes x * x of
 * pow(x, 2.0), which libm does not always agree with.
 */


#include "metric_vectors.h"
#include "metric_sums.h"
#include "metric_whole.h"


/* Whether the sums make an empty lane infinite by themselves. */
knn_lanes_inline bool
knn_name(knn_is_endless)(knn_metric_e metric)
{
    return metric == KNN_EUCLIDEAN || metric == KNN_SQEUCLIDEAN
           || metric == KNN_MANHATTAN || metric == KNN_CHEBYSHEV
           || metric == KNN_SEUCLIDEAN;
}


/* What a point is by itself. */
knn_lanes_inline double
knn_name(knn_own)(knn_metric_e metric, const double *q, size_t n)
{
    switch (metric) {

    case KNN_COSINE:
        return knn_metric_square(q, n);

    case KNN_CORRELATION:
        return knn_metric_mean(q, n);

    default:
        return 0;
    }
}


/* Reduced distances from q to some blocks, no more than KNN_BLOCKS. */
knn_lanes_inline void
knn_name(knn_measure)(knn_metric_e metric, const knn_space_t *space,
                      size_t blocks, const double *x, const double *q,
                      double *rdist)
{
    size_t           i, j, n, block;
    double           own;
    knn_vec_t        t;
    knn_sums_t       sums;
    const knn_vec_t *vec, *first;

    n = space->n_features;
    own = knn_name(knn_own)(metric, q, n);
    block = KNN_VECTORS * n;
    first = (const knn_vec_t *) x;

    for (i = 0; i < blocks * KNN_VECTORS; i++) {
        sums.a[i] = knn_name(knn_all)(0);
        sums.b[i] = sums.a[i];
        sums.c[i] = sums.a[i];
        sums.d[i] = sums.a[i];
    }

    vec = first;

    for (j = 0; j < n && !knn_name(knn_is_whole)(metric); j++) {
#pragma GCC unroll 8
        for (i = 0; i < blocks * KNN_VECTORS; i++) {
            knn_name(knn_add)(metric, space, j,
                              vec[i / KNN_VECTORS * block + i % KNN_VECTORS],
                              q[j], i, &sums);
        }

        vec += KNN_VECTORS;
    }

    for (i = 0; i < blocks * KNN_VECTORS; i++) {
        vec = first + i / KNN_VECTORS * block + i % KNN_VECTORS;

        t = knn_name(knn_is_whole)(metric)
                ? knn_name(knn_whole)(metric, space, vec, q, own)
                : knn_name(knn_result)(metric, space, own, i, &sums);

        if (!knn_name(knn_is_endless)(metric)) {
            vec += block - KNN_VECTORS;
            t = knn_name(knn_above)(knn_name(knn_abs)(*vec),
                                    knn_name(knn_all)(DBL_MAX),
                                    knn_name(knn_all)(INFINITY), t);
        }

        ((knn_vec_t *) rdist)[i] = t;
    }
}
