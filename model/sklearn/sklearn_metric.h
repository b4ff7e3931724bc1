
/*
 * Copyright (C) nginx-knn contributors
 */


/* Parts of a metric that its name, its object and a tree's have in common. */


#ifndef KNN_SKLEARN_METRIC_H
#define KNN_SKLEARN_METRIC_H


#include "sklearn_fitted.h"


/* Reads a float, which may be infinite, or an int. */
knn_status_e knn_metric_number(knn_fitted_t *fitted, const char *name,
                               const knn_value_t *value, double *number);

/* The state of a metric's object, (p, vec, mat); NULL and the error. */
knn_value_t *const *knn_metric_state(knn_fitted_t *fitted, const char *name,
                                     const knn_value_t *object);

/* Reads the arrays of a metric; vec is empty or a filling without weights. */
knn_status_e knn_metric_arrays(knn_fitted_t *fitted, const char *name,
                               const knn_value_t *vec, const knn_value_t *mat);


#endif /* KNN_SKLEARN_METRIC_H */
