
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * One variant of the scans, included by a file of its own for each with
 *
 *     KNN_VARIANT      its name
 *     KNN_TARGET       the attribute that lets the compiler use the processor
 *     KNN_WIDTH        doubles in one of its registers
 *     KNN_MASK(p, l)   which of the values at p are not above l, as bits
 *     KNN_BLOCKS       blocks that are computed at once, because one sum is a
 *                      chain of dependent additions
 */


#define knn_paste_(a, b) a##_##b
#define knn_paste(a, b)  knn_paste_(a, b)

#define knn_name(name)   knn_paste(name, KNN_VARIANT)

#define KNN_VECTORS      (KNN_LANES / KNN_WIDTH)

/* vectors that hold the values which are ranked */
#define KNN_RANKS (KNN_ENOUGH / KNN_WIDTH)


#include "../metric_lanes.h"


/* Any number of blocks. */
knn_lanes_inline void
knn_name(knn_scan)(knn_metric_e metric, const knn_space_t *space,
                   const double *x, size_t n, const double *q, double *rdist)
{
    for (/* void */; n >= KNN_BLOCKS; n -= KNN_BLOCKS) {
        knn_name(knn_measure)(metric, space, KNN_BLOCKS, x, q, rdist);
        x += KNN_BLOCKS * KNN_LANES * space->n_features;
        rdist += KNN_BLOCKS * KNN_LANES;
    }

    if (KNN_BLOCKS > 2 && n >= 2) {
        knn_name(knn_measure)(metric, space, 2, x, q, rdist);
        x += 2 * KNN_LANES * space->n_features;
        rdist += 2 * KNN_LANES;
        n -= 2;
    }

    for (/* void */; KNN_BLOCKS > 1 && n > 0; n--) {
        knn_name(knn_measure)(metric, space, 1, x, q, rdist);
        x += KNN_LANES * space->n_features;
        rdist += KNN_LANES;
    }
}


#define KNN_SCAN(name, metric)                                                 \
                                                                               \
    KNN_TARGET                                                                 \
    static void knn_name(knn_scan_##name)(const knn_space_t *space,            \
                                          const double *x, size_t n,           \
                                          const double *q, double *rdist)      \
    {                                                                          \
        knn_name(knn_scan)(metric, space, x, n, q, rdist);                     \
    }

KNN_EACH_WIDE_METRIC(KNN_SCAN)


KNN_TARGET
static void
knn_name(knn_below)(const double *rdist, size_t n, double limit,
                    uint64_t *lanes)
{
    size_t   i, b;
    uint64_t word;

    for (/* void */; n > 0; n -= b) {
        word = 0;

        for (b = 0; b < KNN_LANES && b < n; b++) {
            for (i = 0; i < KNN_VECTORS; i++) {
                word |= (uint64_t) KNN_MASK(rdist + i * KNN_WIDTH, limit)
                        << (b * KNN_LANES + i * KNN_WIDTH);
            }

            rdist += KNN_LANES;
        }

        *lanes++ = word;
    }
}


/* The k-th smallest of one or two blocks of values. */
knn_lanes_inline double
knn_name(knn_rank)(const knn_vec_t *vec, size_t blocks, size_t k)
{
    size_t         i, j;
    knn_vec_bits_t rank[KNN_RANKS];

    union {
        knn_vec_t vec[KNN_RANKS];
        double    lane[KNN_ENOUGH];
    } value;

    for (i = 0; i < blocks * KNN_VECTORS; i++) {
        value.vec[i] = vec[i];
        rank[i] = (knn_vec_bits_t){0};
    }

    /* minus the number of values that are below each */

#pragma GCC unroll 16
    for (j = 0; j < blocks * KNN_LANES; j++) {
        for (i = 0; i < blocks * KNN_VECTORS; i++) {
            rank[i] += value.lane[j] < vec[i];
        }
    }

    for (i = 0; i < blocks * KNN_VECTORS; i++) {
        rank[i] = rank[i] > -(int64_t) k;
        value.vec[i] = (knn_vec_t) ((knn_vec_bits_t) vec[i] & rank[i]);
    }

#pragma GCC unroll 4
    for (j = blocks * KNN_LANES / 2; j > 0; j /= 2) {
        for (i = 0; i < j; i++) {
            if (value.lane[i + j] > value.lane[i]) {
                value.lane[i] = value.lane[i + j];
            }
        }
    }

    return value.lane[0];
}


#include "select_variant.h"
#include "rows_variant.h"


#define KNN_ROW(name, metric)      [metric] = knn_name(knn_scan_##name),
#define KNN_LIBM_ROW(name, metric) [metric] = knn_scan_##name,

const knn_scans_t knn_name(knn_scans) = {
    {KNN_EACH_WIDE_METRIC(KNN_ROW) KNN_EACH_LIBM_METRIC(KNN_LIBM_ROW)},
    knn_name(knn_below),
    knn_name(knn_enough),
    knn_name(knn_pick),
    knn_name(knn_order),
    {knn_name(knn_rows_wide), knn_name(knn_rows_narrow)}};
