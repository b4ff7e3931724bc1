
/*
 * Copyright (C) nginx-knn contributors
 */


#if (__x86_64__)

#include <immintrin.h>

#include "codes.h"


#define KNN_VARIANT avx512vnni
#define KNN_TARGET                                                             \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512vnni")))
#include "codes_variant.h"


#define knn_codes_inline static inline KNN_TARGET __attribute__((always_inline))


/* groups up to which several blocks are near enough to be read side by side */
#define KNN_CODES_SHORT 32


/* Four features of a point, for all rows. */
knn_codes_inline __m512i
knn_codes_point(const int8_t *q)
{
    return _mm512_broadcastd_epi32(_mm_loadu_si32(q));
}


/* Stores the squares of a block. */
knn_codes_inline void
knn_codes_store(__m512i dots, const int32_t *sums, int32_t *squares)
{
    _mm512_store_si512(squares, _mm512_sub_epi32(_mm512_load_si512(sums),
                                                 _mm512_slli_epi32(dots, 1)));
}


/* One block, as it comes from memory: two sums, because one is a chain. */
knn_codes_inline void
knn_codes_block(const uint8_t *codes, const int32_t *sums, size_t n_groups,
                const int8_t *q, int32_t *squares)
{
    size_t  g;
    __m512i a, b;

    a = _mm512_setzero_si512();
    b = a;

    for (g = 0; g + 1 < n_groups; g += 2) {
        __builtin_prefetch(codes + KNN_CODES_AHEAD);
        __builtin_prefetch(codes + KNN_CODES_AHEAD + KNN_CODES_BYTES);

        a = _mm512_dpbusd_epi32(a, _mm512_load_si512(codes),
                                knn_codes_point(q));
        b = _mm512_dpbusd_epi32(b, _mm512_load_si512(codes + KNN_CODES_BYTES),
                                knn_codes_point(q + KNN_CODES_GROUP));

        codes += 2 * KNN_CODES_BYTES;
        q += 2 * KNN_CODES_GROUP;
    }

    if (g < n_groups) {
        a = _mm512_dpbusd_epi32(a, _mm512_load_si512(codes),
                                knn_codes_point(q));
    }

    knn_codes_store(_mm512_add_epi32(a, b), sums, squares);
}


/* Four blocks, so that the point is loaded once for all. */
knn_codes_inline void
knn_codes_blocks(const uint8_t *codes, const int32_t *sums, size_t n_groups,
                 const int8_t *q, int32_t *squares)
{
    size_t  i, g;
    __m512i dots[4], point;

    for (i = 0; i < 4; i++) {
        dots[i] = _mm512_setzero_si512();
    }

    for (g = 0; g < n_groups; g++) {
        point = knn_codes_point(q + g * KNN_CODES_GROUP);

#pragma GCC unroll 4
        for (i = 0; i < 4; i++) {
            dots[i] = _mm512_dpbusd_epi32(
                dots[i],
                _mm512_load_si512(codes + (i * n_groups + g) * KNN_CODES_BYTES),
                point);
        }
    }

    for (i = 0; i < 4; i++) {
        knn_codes_store(dots[i], sums + i * KNN_CODES_ROWS,
                        squares + i * KNN_CODES_ROWS);
    }
}


KNN_TARGET
static void
knn_codes_sweep_avx512vnni(const uint8_t *codes, const int32_t *sums,
                           size_t n_groups, size_t n, const int8_t *q,
                           int32_t *squares)
{
    for (/* void */; n >= 4 && n_groups <= KNN_CODES_SHORT; n -= 4) {
        knn_codes_blocks(codes, sums, n_groups, q, squares);

        codes += 4 * n_groups * KNN_CODES_BYTES;
        sums += 4 * KNN_CODES_ROWS;
        squares += 4 * KNN_CODES_ROWS;
    }

    for (/* void */; n > 0; n--) {
        knn_codes_block(codes, sums, n_groups, q, squares);

        codes += n_groups * KNN_CODES_BYTES;
        sums += KNN_CODES_ROWS;
        squares += KNN_CODES_ROWS;
    }
}


/* What the squares of 16 blocks may be, less the point's own. */
knn_codes_inline void
knn_codes_limits(const float *errors, size_t n, knn_reach_t reach,
                 int32_t *limits)
{
    __m512    r;
    __mmask16 blocks;

    blocks = (__mmask16) ((n < 16) ? (1u << n) - 1 : 0xffff);

    r = _mm512_add_ps(_mm512_maskz_loadu_ps(blocks, errors),
                      _mm512_set1_ps(reach.most));
    r = _mm512_min_ps(_mm512_mul_ps(r, r), _mm512_set1_ps(KNN_CODES_LARGEST));

    _mm512_store_si512(limits, _mm512_sub_epi32(_mm512_cvttps_epi32(r),
                                                _mm512_set1_epi32(reach.own)));
}


/* Makes bounds of more squares, which are where the upper ones shall be. */
knn_codes_inline void
knn_codes_bounds(const float *errors, uint32_t lane, size_t size,
                 knn_candidates_t *list)
{
    size_t    i;
    __m512    root, error;
    __m512i   blocks;
    __mmask16 more;

    for (i = list->size; i < size; i += 16) {
        more = (__mmask16) ((size - i < 16) ? (1u << (size - i)) - 1 : 0xffff);

        blocks = _mm512_sub_epi32(_mm512_loadu_si512(list->lanes + i),
                                  _mm512_set1_epi32((int32_t) lane));
        error = _mm512_mask_i32gather_ps(
            _mm512_setzero_ps(), more, _mm512_srli_epi32(blocks, 4), errors, 4);

        root = _mm512_sqrt_ps(
            _mm512_cvtepi32_ps(_mm512_loadu_si512(list->upper + i)));

        _mm512_storeu_ps(
            list->lower + i,
            _mm512_sub_ps(_mm512_mul_ps(root, _mm512_set1_ps(KNN_CODES_LESS)),
                          error));
        _mm512_storeu_ps(
            list->upper + i,
            _mm512_add_ps(_mm512_mul_ps(root, _mm512_set1_ps(KNN_CODES_MORE)),
                          error));
    }

    list->size = size;
}


KNN_TARGET
static void
knn_codes_collect_avx512vnni(const int32_t *squares, const float *errors,
                             size_t n, knn_reach_t reach, uint32_t lane,
                             knn_candidates_t *list)
{
    size_t    b, size;
    __m512i   block, lanes, own;
    __mmask16 near;
    int32_t   limits[16] __attribute__((aligned(64)));

    size = list->size;
    own = _mm512_set1_epi32(reach.own);
    lanes = _mm512_add_epi32(
        _mm512_set1_epi32((int32_t) lane),
        _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    for (b = 0; b < n; b++) {
        if (b % 16 == 0) {
            knn_codes_limits(errors + b, n - b, reach, limits);
        }

        block = _mm512_load_si512(squares + b * KNN_CODES_ROWS);
        near =
            _mm512_cmple_epi32_mask(block, _mm512_set1_epi32(limits[b % 16]));

        /* without a branch, which would not be foreseen */

        _mm512_storeu_si512(
            list->upper + size,
            _mm512_maskz_compress_epi32(near, _mm512_add_epi32(block, own)));
        _mm512_storeu_si512(list->lanes + size,
                            _mm512_maskz_compress_epi32(near, lanes));

        size += (size_t) __builtin_popcount(near);
        lanes = _mm512_add_epi32(lanes, _mm512_set1_epi32(KNN_CODES_ROWS));
    }

    knn_codes_bounds(errors, lane, size, list);
}


const knn_sweeps_t knn_sweeps_avx512vnni = {
    knn_codes_code_avx512vnni, knn_codes_sweep_avx512vnni,
    knn_codes_enough_avx512vnni, knn_codes_collect_avx512vnni};

#endif
