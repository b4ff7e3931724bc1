
/*
 * Copyright (C) nginx-knn contributors
 */


#if (__x86_64__)

#include <float.h>
#include <immintrin.h>
#include <math.h>

#include "scan.h"


#define KNN_VARIANT avx512
#define KNN_TARGET  __attribute__((target("avx512f,avx512dq")))
#define KNN_WIDTH   8
#define KNN_BLOCKS  4
#define KNN_MASK(p, limit)                                                     \
    _mm512_cmp_pd_mask(_mm512_load_pd(p), _mm512_set1_pd(limit), _CMP_LE_OQ)
#define KNN_LEAST(a, b) (knn_vec_t) _mm512_min_pd(a, b)
#include "scan_variant.h"

#endif
