
/*
 * Copyright (C) nginx-knn contributors
 */


#if (__x86_64__)

#include <float.h>
#include <immintrin.h>
#include <math.h>

#include "wide.h"


#define KNN_TARGET     __attribute__((target("avx512f,avx512dq")))
#define KNN_WIDTH      8
#define KNN_VECTORS    1
#define KNN_BLOCKS     1
#define knn_name(name) name##_wide512
#include "../metric_lanes.h"


/* a list in registers */
typedef struct {
    __m512d low; /* distances */
    __m512d high;
    __m512i rows;
    __m512i last;  /* where the k-th is */
    __m512i next;  /* and the one after */
    __m512d worst; /* the k-th distance in all lanes */
    __m512d spare; /* the one after it */
} knn_wide_held_t;


/* Adds how far boxes are in one feature to their distances. */
knn_lanes_inline __m512
knn_wide_add(knn_wide_kind_e kind, __m512 t, __m512 sum)
{
    switch (kind) {

    case KNN_WIDE_SQUARES:
        return _mm512_add_ps(sum, _mm512_mul_ps(t, t));

    case KNN_WIDE_SUM:
        return _mm512_add_ps(sum, t);

    default: /* KNN_WIDE_LARGEST */
        return _mm512_max_ps(t, sum);
    }
}


/* Looks at the boxes of a node. */
knn_lanes_inline uint32_t
knn_wide_look(knn_wide_kind_e kind, const knn_wide_point_t *point,
              const float *boxes, uint32_t limit, uint32_t *keys)
{
    size_t  j;
    __m512  a, b, sum;
    __m512i key;

    sum = _mm512_setzero_ps();

    for (j = 0; j < point->space->n_features; j++) {
        a = _mm512_sub_ps(_mm512_load_ps(boxes),
                          _mm512_set1_ps(point->above[j]));
        b = _mm512_add_ps(_mm512_load_ps(boxes + KNN_WIDE_CHILDREN),
                          _mm512_set1_ps(point->below[j]));
        a = _mm512_max_ps(_mm512_max_ps(a, b), _mm512_setzero_ps());
        sum = knn_wide_add(kind, a, sum);
        boxes += 2 * KNN_WIDE_CHILDREN;
    }

    /* the bits of one or of the other, as the mask has it */

    key = _mm512_ternarylogic_epi32(
        _mm512_set1_epi32(KNN_WIDE_CHILD), _mm512_castps_si512(sum),
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
        0xac);
    _mm512_store_si512(keys, key);

    return _mm512_cmple_epu32_mask(key, _mm512_set1_epi32((int) limit));
}


/* Takes the least key out. */
knn_lanes_inline uint32_t
knn_wide_least(__m512i *keys)
{
    uint32_t  least;
    __mmask16 at;

    least = _mm512_reduce_min_epu32(*keys);
    at = _mm512_cmpeq_epi32_mask(*keys, _mm512_set1_epi32((int) least));
    *keys = _mm512_mask_set1_epi32(*keys, at, (int) KNN_WIDE_NONE);

    return least;
}


KNN_TARGET
static uint32_t
knn_wide_next(uint32_t *keys)
{
    uint32_t least;
    __m512i  all;

    all = _mm512_load_si512(keys);
    least = knn_wide_least(&all);
    _mm512_store_si512(keys, all);

    return least;
}


/* Puts a row in its place: all from there on move up by one. */
knn_lanes_inline void
knn_wide_insert(__m512d value, uint32_t row, knn_wide_held_t *held)
{
    __m512d  below, between;
    __m512i  one;
    unsigned after, equal;

    one = _mm512_set1_epi32((int) row);

    after = _mm512_cmp_pd_mask(held->low, value, _CMP_GT_OQ)
            | (unsigned) _mm512_cmp_pd_mask(held->high, value, _CMP_GT_OQ) << 8;
    equal = _mm512_cmp_pd_mask(held->low, value, _CMP_EQ_OQ)
            | (unsigned) _mm512_cmp_pd_mask(held->high, value, _CMP_EQ_OQ) << 8;
    after |= equal & _mm512_cmpgt_epu32_mask(held->rows, one);

    held->rows = _mm512_mask_expand_epi32(one, (__mmask16) ~(after & -after),
                                          held->rows);

    below = _mm512_castsi512_pd(_mm512_alignr_epi64(
        _mm512_castpd_si512(held->low),
        _mm512_castpd_si512(_mm512_set1_pd(-INFINITY)), KNN_LANES - 1));
    between = _mm512_castsi512_pd(
        _mm512_alignr_epi64(_mm512_castpd_si512(held->high),
                            _mm512_castpd_si512(held->low), KNN_LANES - 1));

    held->low = _mm512_min_pd(held->low, _mm512_max_pd(below, value));
    held->high = _mm512_min_pd(held->high, _mm512_max_pd(between, value));
}


/* Keeps those rows of a block that the lanes say. */
knn_lanes_inline void
knn_wide_keep(__m512d rdist, unsigned lanes, const uint32_t *rows,
              knn_wide_held_t *held)
{
    int lane;

    for (/* void */; lanes != 0; lanes &= lanes - 1) {
        lane = __builtin_ctz(lanes);

        knn_wide_insert(_mm512_permutexvar_pd(_mm512_set1_epi64(lane), rdist),
                        rows[lane], held);
    }

    held->worst = _mm512_permutex2var_pd(held->low, held->last, held->high);
    held->spare = _mm512_permutex2var_pd(held->low, held->next, held->high);
}


/* Fetches a block before it is needed. */
knn_lanes_inline void
knn_wide_fetch(const double *block, const uint32_t *rows, size_t d)
{
    size_t j;

    for (j = 0; j < d; j++) {
        _mm_prefetch((const char *) (block + j * KNN_LANES), _MM_HINT_T0);
    }

    _mm_prefetch((const char *) rows, _MM_HINT_T0);
}


/* Measures the blocks of a node. */
knn_lanes_inline size_t
knn_wide_take(knn_metric_e metric, const knn_wide_point_t *point,
              const knn_wide_leaf_t *leaf, uint32_t *keys,
              knn_wide_list_t *list)
{
    size_t          n, d, block;
    double          rdist[KNN_LANES] __attribute__((aligned(KNN_ALIGNMENT)));
    __m512d         value;
    __m512i         all;
    unsigned        lanes;
    uint32_t        key, limit;
    knn_wide_held_t held;

    d = point->space->n_features;
    all = _mm512_load_si512(keys);
    limit = list->limit;

    held.low = _mm512_load_pd(list->values);
    held.high = _mm512_load_pd(list->values + KNN_LANES);
    held.rows = _mm512_loadu_si512(list->rows);
    held.last = _mm512_set1_epi64((long long) list->k - 1);
    held.next = _mm512_set1_epi64((long long) list->k);
    held.spare = _mm512_permutex2var_pd(held.low, held.next, held.high);

    for (lanes =
             (limit == KNN_WIDE_ALL)
                 ? 0
                 : _mm512_cmple_epu32_mask(all, _mm512_set1_epi32((int) limit));
         lanes != 0; lanes &= lanes - 1)
    {
        block = (size_t) __builtin_ctz(lanes);
        knn_wide_fetch(leaf->blocks + block * KNN_LANES * d,
                       leaf->rows + block * KNN_LANES, d);
    }

    for (n = 0; (key = knn_wide_least(&all)) <= limit; n++) {
        block = key & KNN_WIDE_CHILD;

        knn_measure_wide512(metric, point->space, 1,
                            leaf->blocks + block * KNN_LANES * d, point->q,
                            rdist);

        value = _mm512_load_pd(rdist);
        lanes = _mm512_cmp_pd_mask(value, held.spare, _CMP_LE_OQ);

        if (lanes != 0) {
            knn_wide_keep(value, lanes, leaf->rows + block * KNN_LANES, &held);
            limit = knn_wide_limit(_mm512_cvtsd_f64(held.worst), list->margin,
                                   list->spread);
        }
    }

    _mm512_store_pd(list->values, held.low);
    _mm512_store_pd(list->values + KNN_LANES, held.high);
    _mm512_storeu_si512(list->rows, held.rows);
    list->limit = limit;

    return n;
}


#define KNN_WIDE_VARIANT(name, kind, metric)                                   \
                                                                               \
    KNN_TARGET                                                                 \
    static uint32_t knn_wide_look_##name(const knn_wide_point_t *point,        \
                                         const float *boxes, uint32_t limit,   \
                                         uint32_t *keys)                       \
    {                                                                          \
        return knn_wide_look(kind, point, boxes, limit, keys);                 \
    }                                                                          \
                                                                               \
    KNN_TARGET                                                                 \
    static size_t knn_wide_take_##name(const knn_wide_point_t *point,          \
                                       const knn_wide_leaf_t  *leaf,           \
                                       uint32_t *keys, knn_wide_list_t *list)  \
    {                                                                          \
        return knn_wide_take(metric, point, leaf, keys, list);                 \
    }

KNN_WIDE_VARIANT(squares, KNN_WIDE_SQUARES, KNN_EUCLIDEAN)
KNN_WIDE_VARIANT(sum, KNN_WIDE_SUM, KNN_MANHATTAN)
KNN_WIDE_VARIANT(largest, KNN_WIDE_LARGEST, KNN_CHEBYSHEV)


const knn_wides_t knn_wides_avx512 = {
    {knn_wide_look_squares, knn_wide_look_sum, knn_wide_look_largest},
    {knn_wide_take_squares, knn_wide_take_sum, knn_wide_take_largest},
    knn_wide_next};

#endif
