
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#if (__x86_64__)
#include <immintrin.h>
#endif

#include "kernels.h"


/*
 * libm takes one number at a time, which would have to leave a vector for it;
 * so there is one variant only.
 */
#define knn_name(name) name##_libm
#define KNN_TARGET
#define KNN_WIDTH   2
#define KNN_VECTORS (KNN_LANES / 2)
#define KNN_BLOCKS  1
#include "metric_lanes.h"

#define KNN_LIBM_SCAN(name, metric)                                            \
                                                                               \
    static void knn_scan_##name(const knn_space_t *space, const double *x,     \
                                size_t n, const double *q, double *rdist)      \
    {                                                                          \
        for (/* void */; n > 0; n--) {                                         \
            knn_measure_libm(metric, space, 1, x, q, rdist);                   \
            x += KNN_LANES * space->n_features;                                \
            rdist += KNN_LANES;                                                \
        }                                                                      \
    }

KNN_EACH_LIBM_METRIC(KNN_LIBM_SCAN)

#define KNN_LIBM_ROW(name, metric) [metric] = knn_scan_##name,

#undef knn_name
#undef KNN_TARGET
#undef KNN_WIDTH
#undef KNN_VECTORS
#undef KNN_BLOCKS


#if (__x86_64__)

#define KNN_VARIANT generic
#define KNN_TARGET
#define KNN_WIDTH  2
#define KNN_BLOCKS 1
#define KNN_MASK(p, limit)                                                     \
    _mm_movemask_pd(_mm_cmple_pd(_mm_load_pd(p), _mm_set1_pd(limit)))
#include "kernels_variant.h"

#define KNN_VARIANT avx2
#define KNN_TARGET  __attribute__((target("avx2")))
#define KNN_WIDTH   4
#define KNN_BLOCKS  2
#define KNN_MASK(p, limit)                                                     \
    _mm256_movemask_pd(                                                        \
        _mm256_cmp_pd(_mm256_load_pd(p), _mm256_set1_pd(limit), _CMP_LE_OQ))
#include "kernels_variant.h"

#define KNN_VARIANT avx512
#define KNN_TARGET  __attribute__((target("avx512f,avx512dq")))
#define KNN_WIDTH   8
#define KNN_BLOCKS  4
#define KNN_MASK(p, limit)                                                     \
    _mm512_cmp_pd_mask(_mm512_load_pd(p), _mm512_set1_pd(limit), _CMP_LE_OQ)
#include "kernels_variant.h"

#else

#define KNN_VARIANT generic
#define KNN_TARGET
#define KNN_WIDTH  2
#define KNN_BLOCKS 1
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
