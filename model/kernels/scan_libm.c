
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>

#include "scan.h"


/*
 * libm takes one number at a time, which would have to leave a vector for it;
 * so there is one variant only.
 */
#define knn_name(name) name##_libm
#define KNN_TARGET
#define KNN_WIDTH   2
#define KNN_VECTORS (KNN_LANES / 2)
#define KNN_BLOCKS  1
#include "../metric_lanes.h"

#define KNN_LIBM_SCAN(name, metric)                                            \
                                                                               \
    void knn_scan_##name(const knn_space_t *space, const double *x, size_t n,  \
                         const double *q, double *rdist)                       \
    {                                                                          \
        for (/* void */; n > 0; n--) {                                         \
            knn_measure_libm(metric, space, 1, x, q, rdist);                   \
            x += KNN_LANES * space->n_features;                                \
            rdist += KNN_LANES;                                                \
        }                                                                      \
    }

KNN_EACH_LIBM_METRIC(KNN_LIBM_SCAN)
