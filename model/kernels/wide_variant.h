
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * One variant of the passes, included by a file of its own for each with
 *
 *     KNN_VARIANT      its name
 *     KNN_TARGET       the attribute that lets the compiler use the processor
 *     KNN_WIDTH        doubles in one of its registers
 */


#define knn_paste_(a, b) a##_##b
#define knn_paste(a, b)  knn_paste_(a, b)

#define knn_name(name)   knn_paste(name, KNN_VARIANT)

#define KNN_VECTORS      (KNN_LANES / KNN_WIDTH)
#define KNN_BLOCKS       1

/* vectors that hold a number of each child */
#define KNN_BOXES (KNN_WIDE_CHILDREN / (2 * KNN_WIDTH))


#include "../metric_lanes.h"


typedef float knn_name(knn_box)
    __attribute__((vector_size(8 * KNN_WIDTH), may_alias));
typedef uint32_t knn_name(knn_box_bits)
    __attribute__((vector_size(8 * KNN_WIDTH), may_alias));

#define knn_box_t      knn_name(knn_box)
#define knn_box_bits_t knn_name(knn_box_bits)


/* The larger numbers. */
knn_lanes_inline knn_box_t
knn_name(knn_box_max)(knn_box_t a, knn_box_t b)
{
    knn_box_bits_t larger;

    larger = (knn_box_bits_t) (a > b);

    return (knn_box_t) (((knn_box_bits_t) a & larger)
                        | ((knn_box_bits_t) b & ~larger));
}


/* Adds how far boxes are in one feature to their distances. */
knn_lanes_inline void
knn_name(knn_box_add)(knn_wide_kind_e kind, knn_box_t t, knn_box_t *sum)
{
    switch (kind) {

    case KNN_WIDE_SQUARES:
        *sum += t * t;
        break;

    case KNN_WIDE_SUM:
        *sum += t;
        break;

    default: /* KNN_WIDE_LARGEST */
        *sum = knn_name(knn_box_max)(t, *sum);
        break;
    }
}


/* Makes keys of the distances to boxes; those up to limit are bits. */
knn_lanes_inline uint32_t
knn_name(knn_box_keys)(const knn_box_t *sums, uint32_t limit, uint32_t *keys)
{
    size_t   i;
    uint32_t near;

    memcpy(keys, sums, KNN_WIDE_CHILDREN * sizeof(uint32_t));

    for (near = 0, i = 0; i < KNN_WIDE_CHILDREN; i++) {
        keys[i] = (keys[i] & ~(uint32_t) KNN_WIDE_CHILD) | (uint32_t) i;
        near |= (uint32_t) (keys[i] <= limit) << i;
    }

    return near;
}


/* Looks at the boxes of a node. */
knn_lanes_inline uint32_t
knn_name(knn_look)(knn_wide_kind_e kind, const knn_wide_point_t *point,
                   const float *boxes, uint32_t limit, uint32_t *keys)
{
    size_t           i, j;
    knn_box_t        t, sums[KNN_BOXES];
    const knn_box_t *box;

    box = (const knn_box_t *) boxes;

    for (i = 0; i < KNN_BOXES; i++) {
        sums[i] = (knn_box_t){0};
    }

    for (j = 0; j < point->space->n_features; j++) {
#pragma GCC unroll 8
        for (i = 0; i < KNN_BOXES; i++) {
            t = knn_name(knn_box_max)(box[i] - point->above[j],
                                      box[KNN_BOXES + i] + point->below[j]);
            t = knn_name(knn_box_max)(t, (knn_box_t){0});
            knn_name(knn_box_add)(kind, t, &sums[i]);
        }

        box += 2 * KNN_BOXES;
    }

    return knn_name(knn_box_keys)(sums, limit, keys);
}


KNN_TARGET
static uint32_t
knn_name(knn_next)(uint32_t *keys)
{
    size_t   i;
    uint32_t least;

    for (least = KNN_WIDE_NONE, i = 0; i < KNN_WIDE_CHILDREN; i++) {
        least = (keys[i] < least) ? keys[i] : least;
    }

    if (least != KNN_WIDE_NONE) {
        keys[least & KNN_WIDE_CHILD] = KNN_WIDE_NONE;
    }

    return least;
}


/* Puts a row in its place. */
knn_lanes_inline void
knn_name(knn_insert)(double value, uint32_t row, knn_wide_list_t *list)
{
    size_t i;

    for (i = list->k; i > 0; i--) {
        if (list->values[i - 1] < value
            || (list->values[i - 1] == value && list->rows[i - 1] < row))
        {
            break;
        }

        list->values[i] = list->values[i - 1];
        list->rows[i] = list->rows[i - 1];
    }

    if (i < list->k || value < list->values[i]) {
        list->values[i] = value;
        list->rows[i] = row;
    }
}


/* Keeps the rows of a block that are not beyond the one after the k-th. */
knn_lanes_inline void
knn_name(knn_keep)(const double *rdist, const uint32_t *rows,
                   knn_wide_list_t *list)
{
    size_t i;

    for (i = 0; i < KNN_LANES; i++) {
        if (rdist[i] <= list->values[list->k]) {
            knn_name(knn_insert)(rdist[i], rows[i], list);
        }
    }

    list->limit =
        knn_wide_limit(list->values[list->k - 1], list->margin, list->spread);
}


/* Measures the blocks of a node. */
knn_lanes_inline size_t
knn_name(knn_take)(knn_metric_e metric, const knn_wide_point_t *point,
                   const knn_wide_leaf_t *leaf, uint32_t *keys,
                   knn_wide_list_t *list)
{
    size_t   n, block, size;
    double   rdist[KNN_LANES] __attribute__((aligned(KNN_ALIGNMENT)));
    uint32_t key;

    size = KNN_LANES * point->space->n_features;

    for (n = 0;; n++) {
        key = knn_name(knn_next)(keys);

        if (key > list->limit) {
            return n;
        }

        block = key & KNN_WIDE_CHILD;

        knn_name(knn_measure)(metric, point->space, 1,
                              leaf->blocks + block * size, point->q, rdist);
        knn_name(knn_keep)(rdist, leaf->rows + block * KNN_LANES, list);
    }
}


#define KNN_WIDE_VARIANT(name, kind, metric)                                   \
                                                                               \
    KNN_TARGET                                                                 \
    static uint32_t knn_name(knn_look_##name)(const knn_wide_point_t *point,   \
                                              const float            *boxes,   \
                                              uint32_t limit, uint32_t *keys)  \
    {                                                                          \
        return knn_name(knn_look)(kind, point, boxes, limit, keys);            \
    }                                                                          \
                                                                               \
    KNN_TARGET                                                                 \
    static size_t knn_name(knn_take_##name)(                                   \
        const knn_wide_point_t *point, const knn_wide_leaf_t *leaf,            \
        uint32_t *keys, knn_wide_list_t *list)                                 \
    {                                                                          \
        return knn_name(knn_take)(metric, point, leaf, keys, list);            \
    }

KNN_WIDE_VARIANT(squares, KNN_WIDE_SQUARES, KNN_EUCLIDEAN)
KNN_WIDE_VARIANT(sum, KNN_WIDE_SUM, KNN_MANHATTAN)
KNN_WIDE_VARIANT(largest, KNN_WIDE_LARGEST, KNN_CHEBYSHEV)


const knn_wides_t knn_name(knn_wides) = {
    {knn_name(knn_look_squares), knn_name(knn_look_sum),
     knn_name(knn_look_largest)},
    {knn_name(knn_take_squares), knn_name(knn_take_sum),
     knn_name(knn_take_largest)},
    knn_name(knn_next)};
