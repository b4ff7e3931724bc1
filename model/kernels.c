
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdbool.h>
#include <string.h>

#if (__x86_64__)
#include <immintrin.h>
#endif

#include "kernels.h"


/* libm's pow() decides the bits, so there is one variant only. */
static void
knn_scan_minkowski(const double *x, size_t n, const double *q,
                   size_t n_features, double p, double *rdist)
{
    size_t i, j, lane;

    for (i = 0; i < n; i++) {
        for (lane = 0; lane < KNN_LANES; lane++) {
            rdist[lane] = 0;
        }

        for (j = 0; j < n_features; j++) {
            for (lane = 0; lane < KNN_LANES; lane++) {
                rdist[lane] += pow(fabs(x[lane] - q[j]), p);
            }

            x += KNN_LANES;
        }

        rdist += KNN_LANES;
    }
}


#if (__x86_64__)

#define KNN_VARIANT generic
#define KNN_TARGET
#define KNN_WIDTH 2
#define KNN_FEW   1
#define KNN_MASK(p, limit)                                                     \
    _mm_movemask_pd(_mm_cmple_pd(_mm_load_pd(p), _mm_set1_pd(limit)))
#include "kernels_variant.h"

#define KNN_VARIANT avx2
#define KNN_TARGET  __attribute__((target("avx2")))
#define KNN_WIDTH   4
#define KNN_FEW     2
#define KNN_MASK(p, limit)                                                     \
    _mm256_movemask_pd(                                                        \
        _mm256_cmp_pd(_mm256_load_pd(p), _mm256_set1_pd(limit), _CMP_LE_OQ))
#include "kernels_variant.h"

#define KNN_VARIANT avx512
#define KNN_TARGET  __attribute__((target("avx512f,avx512dq")))
#define KNN_WIDTH   8
#define KNN_FEW     4
#define KNN_MASK(p, limit)                                                     \
    _mm512_cmp_pd_mask(_mm512_load_pd(p), _mm512_set1_pd(limit), _CMP_LE_OQ)
#include "kernels_variant.h"

#else

#define KNN_VARIANT generic
#define KNN_TARGET
#define KNN_WIDTH 2
#define KNN_FEW   1
#define KNN_MASK(p, limit)                                                     \
    ((unsigned) ((p)[0] <= limit) | (unsigned) ((p)[1] <= limit) << 1)
#include "kernels_variant.h"

#endif


/* The variants that this processor can run, the widest first. */
static const knn_kernels_t *
knn_kernels_get(size_t i)
{
#if (__x86_64__)

    bool avx512;

    avx512 =
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");

    if (avx512) {
        if (i == 0) {
            return &knn_kernels_avx512;
        }

        i--;
    }

    if (__builtin_cpu_supports("avx2")) {
        if (i == 0) {
            return &knn_kernels_avx2;
        }

        i--;
    }

#endif

    return (i == 0) ? &knn_kernels_generic : NULL;
}


const knn_kernels_t *
knn_kernels_best(void)
{
    return knn_kernels_get(0);
}


const knn_kernels_t *
knn_kernels_find(const char *name)
{
    size_t               i;
    const knn_kernels_t *kernels;

    for (i = 0; (kernels = knn_kernels_get(i)) != NULL; i++) {
        if (strcmp(kernels->name, name) == 0) {
            break;
        }
    }

    return kernels;
}
