
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Distances from one point to many training rows.
 *
 * Rows lie in blocks of 8, feature by feature: x[block][feature][lane].  Every
 * lane sums in the order of the features and without contraction, so that each
 * variant gives the very bits of a plain loop, which are scikit-learn's.
 */


#ifndef KNN_SCAN_H
#define KNN_SCAN_H


#include <stddef.h>

#include "../heap.h"
#include "../metric.h"


#define KNN_LANES  8
#define KNN_ENOUGH (2 * KNN_LANES)

/* pairs of a list that are picked, and room behind them for a few more */
#define KNN_PICKED (8 * KNN_LANES)
#define KNN_SPARE  KNN_LANES


/* Reduced distances of n blocks to q; x and rdist on a KNN_ALIGNMENT. */
typedef void (*knn_scan_pt)(const knn_space_t *space, const double *x, size_t n,
                            const double *q, double *rdist);


/*
 * Which lanes of n blocks are not above limit: bit i of lanes[0] is lane i of
 * the first block, bit 8 the first one of the second; words are filled up
 * with 0.
 */
typedef void (*knn_below_pt)(const double *rdist, size_t n, double limit,
                             uint64_t *lanes);

/*
 * A number that at least k values of n blocks are not above, k up to
 * KNN_ENOUGH and up to all values: the k-th of the least values of the lanes,
 * those of even and of odd blocks apart.  With 1 or 2 blocks it is exact.
 */
typedef double (*knn_enough_pt)(const double *rdist, size_t n, size_t k);

/*
 * Appends the lanes of n blocks that are not above limit to a list, as they
 * lie; false when that were more than KNN_PICKED.
 */
typedef bool (*knn_pick_pt)(const double *rdist, const uint32_t *rows, size_t n,
                            double limit, knn_heap_t *list);

/*
 * Sorts up to KNN_ENOUGH pairs into a list that has room for one more, those
 * of equal values as they lie; bit i is set when value i equals the one before.
 * All values are finite.
 */
typedef unsigned (*knn_order_pt)(const knn_heap_t *list, knn_heap_t *to);

/*
 * Sums of squares: reduced euclidean distances of KNN_LANES rows that lie
 * feature after feature, wherever they are; no fewer features than KNN_LANES.
 */
typedef void (*knn_rows_pt)(const void *const *rows, size_t n_features,
                            const double *q, double *rdist);


typedef struct {
    knn_scan_pt   scan[KNN_METRICS]; /* by knn_metric_e */
    knn_below_pt  below;
    knn_enough_pt enough;
    knn_pick_pt   pick;
    knn_order_pt  order;
    knn_rows_pt   rows[2]; /* of doubles, and of floats */
} knn_scans_t;


extern const knn_scans_t knn_scans_generic;
extern const knn_scans_t knn_scans_neon;
extern const knn_scans_t knn_scans_avx2;
extern const knn_scans_t knn_scans_avx512;


/* those that are of no variant, because libm takes one number at a time */
#define KNN_LIBM_SCAN(name, metric)                                            \
                                                                               \
    void knn_scan_##name(const knn_space_t *space, const double *x, size_t n,  \
                         const double *q, double *rdist);

KNN_EACH_LIBM_METRIC(KNN_LIBM_SCAN)

#undef KNN_LIBM_SCAN


#endif /* KNN_SCAN_H */
