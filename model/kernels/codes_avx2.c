
/*
 * Copyright (C) nginx-knn contributors
 */


#if (__x86_64__)

#include <immintrin.h>

#include "codes.h"


#define KNN_VARIANT avx2
#define KNN_TARGET  __attribute__((target("avx2")))
#include "codes_variant.h"


/* rows of a register of words */
#define KNN_QUARTER (KNN_CODES_ROWS / 4)


/* Adds the products of a group: bytes times bytes do not fit in words. */
static inline KNN_TARGET __attribute__((always_inline)) void
knn_codes_group(const uint8_t *codes, const int8_t *q, __m256i *dots)
{
    size_t  i;
    __m256i point, rows;

    point = _mm256_broadcastq_epi64(_mm_cvtepi8_epi16(_mm_loadu_si32(q)));

    for (i = 0; i < 4; i++) {
        rows = _mm256_cvtepu8_epi16(_mm_load_si128(
            (const __m128i *) (codes + i * KNN_QUARTER * KNN_CODES_GROUP)));
        dots[i] = _mm256_add_epi32(dots[i], _mm256_madd_epi16(rows, point));
    }
}


/* Makes squares of the products of 8 rows, each of which has two halves. */
static inline KNN_TARGET __attribute__((always_inline)) void
knn_codes_half(__m256i a, __m256i b, const int32_t *sums, int32_t *squares)
{
    __m256i dots;

    dots = _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b),
                                    _MM_SHUFFLE(3, 1, 2, 0));

    _mm256_store_si256(
        (__m256i *) squares,
        _mm256_sub_epi32(_mm256_load_si256((const __m256i *) sums),
                         _mm256_slli_epi32(dots, 1)));
}


KNN_TARGET
static void
knn_codes_sweep_avx2(const uint8_t *codes, const int32_t *sums, size_t n_groups,
                     size_t n, const int8_t *q, int32_t *squares)
{
    size_t  i, g;
    __m256i dots[4];

    for (/* void */; n > 0; n--) {
        for (i = 0; i < 4; i++) {
            dots[i] = _mm256_setzero_si256();
        }

        for (g = 0; g < n_groups; g++) {
            __builtin_prefetch(codes + KNN_CODES_AHEAD);
            knn_codes_group(codes, q + g * KNN_CODES_GROUP, dots);
            codes += KNN_CODES_BYTES;
        }

        knn_codes_half(dots[0], dots[1], sums, squares);
        knn_codes_half(dots[2], dots[3], sums + KNN_CODES_ROWS / 2,
                       squares + KNN_CODES_ROWS / 2);

        sums += KNN_CODES_ROWS;
        squares += KNN_CODES_ROWS;
    }
}


/* Appends the candidates of half a block. */
static inline KNN_TARGET __attribute__((always_inline)) void
knn_codes_append(__m256i squares, unsigned lanes, float error, uint32_t lane,
                 knn_candidates_t *list)
{
    size_t i, j;
    __m256 root;
    float  lower[KNN_CODES_ROWS / 2], upper[KNN_CODES_ROWS / 2];

    root = _mm256_sqrt_ps(_mm256_cvtepi32_ps(squares));

    _mm256_storeu_ps(
        lower,
        _mm256_sub_ps(_mm256_mul_ps(root, _mm256_set1_ps(KNN_CODES_LESS)),
                      _mm256_set1_ps(error)));
    _mm256_storeu_ps(
        upper,
        _mm256_add_ps(_mm256_mul_ps(root, _mm256_set1_ps(KNN_CODES_MORE)),
                      _mm256_set1_ps(error)));

    for (j = list->size; lanes != 0; j++) {
        i = (size_t) __builtin_ctz(lanes);
        lanes &= lanes - 1;

        list->lower[j] = lower[i];
        list->upper[j] = upper[i];
        list->lanes[j] = lane + (uint32_t) i;
    }

    list->size = j;
}


KNN_TARGET
static void
knn_codes_collect_avx2(const int32_t *squares, const float *errors, size_t n,
                       knn_reach_t reach, uint32_t lane, knn_candidates_t *list)
{
    size_t   b;
    float    r;
    __m256i  limit, own, half;
    unsigned above;

    own = _mm256_set1_epi32(reach.own);

    for (b = 0; b < 2 * n; b++) {
        r = reach.most + errors[b / 2];
        r = r * r;
        limit = _mm256_set1_epi32(
            (int32_t) ((r < KNN_CODES_LARGEST) ? r : KNN_CODES_LARGEST)
            - reach.own);

        half = _mm256_load_si256((const __m256i *) squares + b);
        above = (unsigned) _mm256_movemask_ps(
            _mm256_castsi256_ps(_mm256_cmpgt_epi32(half, limit)));

        if (above != 0xff) {
            knn_codes_append(_mm256_add_epi32(half, own), above ^ 0xff,
                             errors[b / 2], lane, list);
        }

        lane += KNN_CODES_ROWS / 2;
    }
}


const knn_sweeps_t knn_sweeps_avx2 = {knn_codes_code_avx2, knn_codes_sweep_avx2,
                                      knn_codes_enough_avx2,
                                      knn_codes_collect_avx2};

#endif
