
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>

#include "scan.h"


#define KNN_VARIANT generic
#define KNN_TARGET
#define KNN_WIDTH  2
#define KNN_BLOCKS 1
#define KNN_MASK(p, limit)                                                     \
    ((unsigned) ((p)[0] <= limit) | (unsigned) ((p)[1] <= limit) << 1)
#include "scan_variant.h"
