
/*
 * Copyright (C) nginx-knn contributors
 */


#if (__x86_64__)

#include <float.h>
#include <immintrin.h>
#include <math.h>

#include "scan.h"


#define KNN_VARIANT avx2
#define KNN_TARGET  __attribute__((target("avx2")))
#define KNN_WIDTH   4
#define KNN_BLOCKS  2
#define KNN_MASK(p, limit)                                                     \
    _mm256_movemask_pd(                                                        \
        _mm256_cmp_pd(_mm256_load_pd(p), _mm256_set1_pd(limit), _CMP_LE_OQ))
#define KNN_LEAST(a, b) (knn_vec_t) _mm256_min_pd(a, b)
#include "scan_variant.h"

#endif
