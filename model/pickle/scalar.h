
/*
 * Copyright (C) nginx-knn contributors
 */


/* Single values: labels and parameters, as Python or numpy keep them. */


#ifndef KNN_SCALAR_H
#define KNN_SCALAR_H


#include "ndarray.h"


/* A bool, int, float, str or ASCII bytes, or numpy's scalar of one. */
knn_status_e knn_scalar_read(knn_arena_t *arena, const knn_value_t *value,
                             knn_label_t *label, knn_error_t *err);

/* All elements of an array of one dimension; NULL and err otherwise. */
knn_label_t *knn_scalar_labels(knn_arena_t *arena, const knn_ndarray_t *array,
                               knn_error_t *err);


#endif /* KNN_SCALAR_H */
