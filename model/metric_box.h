
/*
 * Copyright (C) nginx-knn contributors
 */


/* What the metrics of a kd_tree have for its nodes. */


#ifndef KNN_METRIC_BOX_H
#define KNN_METRIC_BOX_H


#include "metric.h"


/* libm's pow(x, 1.0) is x: but for squares the boxes are exact */
void knn_boxes_euclidean(const knn_space_t *space, const double *pair,
                         const double *q, double *rdist);
void knn_boxes_manhattan(const knn_space_t *space, const double *pair,
                         const double *q, double *rdist);
void knn_boxes_chebyshev(const knn_space_t *space, const double *pair,
                         const double *q, double *rdist);
void knn_boxes_minkowski(const knn_space_t *space, const double *pair,
                         const double *q, double *rdist);

double knn_box_pow(const knn_space_t *space, const double *pair, size_t side,
                   const double *q);


#endif /* KNN_METRIC_BOX_H */
