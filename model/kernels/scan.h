
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

#include "../metric.h"


#define KNN_LANES  8
#define KNN_ENOUGH (2 * KNN_LANES)


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


typedef struct {
    knn_scan_pt   scan[KNN_METRICS]; /* by knn_metric_e */
    knn_below_pt  below;
    knn_enough_pt enough;
} knn_scans_t;


extern const knn_scans_t knn_scans_generic;
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
