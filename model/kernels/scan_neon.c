
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * NEON holds two doubles, as the vectors of generic do, which the compiler
 * makes of it anyway: what is gained is the mask, and that twice as many sums
 * are under way.
 */


#if (__aarch64__)

#include <arm_neon.h>
#include <float.h>
#include <math.h>

#include "scan.h"


#define KNN_VARIANT neon
#define KNN_TARGET
#define KNN_WIDTH  2
#define KNN_BLOCKS 2
#define KNN_MASK(p, limit)                                                     \
    vaddvq_u64(vandq_u64(vcleq_f64(vld1q_f64(p), vdupq_n_f64(limit)),          \
                         (uint64x2_t){1, 2}))
#include "scan_variant.h"

#endif
