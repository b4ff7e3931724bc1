
/*
 * Copyright (C) nginx-knn contributors
 */


#if (__x86_64__)

#include <float.h>
#include <math.h>
#include <string.h>

#include "wide.h"


#define KNN_VARIANT avx2
#define KNN_TARGET  __attribute__((target("avx2")))
#define KNN_WIDTH   4
#include "wide_variant.h"

#endif
