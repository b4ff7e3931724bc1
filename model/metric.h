
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What a metric is besides its kernel: one row of functions.
 *
 * Searches compare reduced distances, which order as distances do and are
 * cheaper; tree nodes are judged two by two, the children of one parent.
 */


#ifndef KNN_METRIC_H
#define KNN_METRIC_H


#include <stddef.h>

#include "parts.h"


/* doubles that a pair of nodes takes for its features */
#define KNN_BOX_DOUBLES  4 /* [feature]{lower, lower, upper, upper} */
#define KNN_BALL_DOUBLES 2 /* [feature]{center, center} */


/* Reduced distances from q to the two boxes or centers of a pair. */
typedef void (*knn_pair_pt)(const double *pair, const double *q,
                            size_t n_features, double p, double *rdist);

/* The same to one box of it, with the rounding of scikit-learn. */
typedef double (*knn_box_pt)(const double *pair, size_t side, const double *q,
                             size_t n_features, double p);


typedef struct {
    const char *name; /* scikit-learn's first choice */
    unsigned    cost; /* of a feature, in multiplications */

    knn_pair_pt boxes;
    knn_box_pt  box; /* NULL when boxes is as exact */
    knn_pair_pt centers;

    double (*rdist)(const double *a, const double *b, size_t n_features,
                    double p);
    double (*to_dist)(double rdist, double p);
    double (*to_rdist)(double dist, double p);
} knn_metric_t;


const knn_metric_t *knn_metric_get(knn_metric_e metric);

/* What scikit-learn makes of minkowski when p has a name of its own. */
knn_metric_e knn_metric_minkowski(double p);


#endif /* KNN_METRIC_H */
