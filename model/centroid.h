
/*
 * Copyright (C) nginx-knn contributors
 */


/* Classes by the nearest of their centers. */


#ifndef KNN_CENTROID_H
#define KNN_CENTROID_H


#include "model.h"


/* Copies centers and priors; -1 when there is no memory. */
int knn_centroid_build(knn_model_t *model, const knn_parts_t *parts);

/* The class of a point; scaled is room for one. */
uint32_t knn_centroid_nearest(const knn_model_t *model, const double *q,
                              double *scaled);


#endif /* KNN_CENTROID_H */
