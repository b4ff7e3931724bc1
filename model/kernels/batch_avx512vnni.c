
/*
 * Copyright (C) nginx-knn contributors
 */


#if (__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "batch.h"


#if (__clang__)
#define KNN_PLAIN
#else
#define KNN_PLAIN __attribute__((optimize("no-tree-vectorize")))
#endif

#define KNN_TARGET                                                             \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))) KNN_PLAIN

/* points whose sums are in registers at once */
#define KNN_POINTS 8


/* The squares of a block for some points from one on. */
__attribute__((always_inline)) KNN_TARGET static inline void
knn_batch_block(const knn_batch_t *batch, const uint8_t *codes,
                const int32_t *sums, size_t block, size_t point, size_t points)
{
    size_t        i, g;
    __m512i       x, squares, dot[KNN_POINTS];
    int32_t       q;
    const int8_t *at;

    for (i = 0; i < points; i++) {
        dot[i] = _mm512_setzero_si512();
    }

    at = batch->q + point * batch->stride;

    for (g = 0; g < batch->n_groups; g++) {
        x = _mm512_load_si512(codes + g * KNN_CODES_BYTES);

#pragma GCC unroll 8
        for (i = 0; i < points; i++) {
            memcpy(&q, at + i * batch->stride, sizeof(int32_t));
            dot[i] = _mm512_dpbusd_epi32(dot[i], x, _mm512_set1_epi32(q));
        }

        at += KNN_CODES_GROUP;
    }

    x = _mm512_load_si512(sums);

#pragma GCC unroll 8
    for (i = 0; i < points; i++) {
        squares = _mm512_sub_epi32(x, _mm512_add_epi32(dot[i], dot[i]));

        if (_mm512_cmple_epi32_mask(
                squares, _mm512_set1_epi32(batch->limits[point + i])))
        {
            batch->near[point + i] |= (uint32_t) 1 << block;
            _mm512_store_si512(batch->squares
                                   + ((point + i) * KNN_BATCH_BLOCKS + block)
                                         * KNN_CODES_ROWS,
                               squares);
        }
    }
}


KNN_TARGET
void
knn_batch_avx512vnni(const knn_batch_t *batch, const uint8_t *codes,
                     const int32_t *sums, size_t n)
{
    size_t block, point;

    memset(batch->near, 0, batch->points * sizeof(uint32_t));

    for (block = 0; block < n; block++) {

        for (point = 0; point + KNN_POINTS <= batch->points;
             point += KNN_POINTS) {
            knn_batch_block(batch, codes, sums, block, point, KNN_POINTS);
        }

        for (/* void */; point < batch->points; point++) {
            knn_batch_block(batch, codes, sums, block, point, 1);
        }

        codes += batch->n_groups * KNN_CODES_BYTES;
        sums += KNN_CODES_ROWS;
    }
}

#else

typedef int knn_batch_unused_t;

#endif
