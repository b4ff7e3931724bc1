
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>
#include <string.h>

#include "wide.h"


#define KNN_VARIANT generic
#define KNN_TARGET
#define KNN_WIDTH 2
#include "wide_variant.h"
