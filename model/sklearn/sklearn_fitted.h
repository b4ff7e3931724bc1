
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A fitted estimator while its attributes become parts, and the groups of
 * attributes that all nearest-neighbor estimators have.
 */


#ifndef KNN_SKLEARN_FITTED_H
#define KNN_SKLEARN_FITTED_H


#include "../pickle/scalar.h"
#include "sklearn.h"


typedef struct {
    knn_arena_t       *arena;
    const knn_value_t *object;
    const knn_value_t *attributes; /* of the object, a dict */
    unsigned           release;    /* 1002 of 1.2, 0 where none is written */
    knn_parts_t       *parts;
    knn_error_t       *err;
} knn_fitted_t;


/* Turns to an object; an error when it has no attributes. */
knn_status_e knn_fitted_open(knn_fitted_t *fitted, const knn_value_t *object);

/* Fills the error, "name: reason"; returns status. */
knn_status_e knn_fitted_fail(knn_fitted_t *fitted, const char *name,
                             knn_status_e status, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* An attribute, or NULL; None is a value. */
const knn_value_t *knn_fitted_find(knn_fitted_t *fitted, const char *name);

/* An attribute that fit() sets; NULL and the error when it did not. */
const knn_value_t *knn_fitted_need(knn_fitted_t *fitted, const char *name);

/* A text attribute as a string. */
knn_status_e knn_fitted_text(knn_fitted_t *fitted, const char *name,
                             const char **text);

/* An int, also numpy's. */
knn_status_e knn_fitted_integer(knn_fitted_t *fitted, const char *name,
                                int64_t *integer);

/* The same, or a float. */
knn_status_e knn_fitted_number(knn_fitted_t *fitted, const char *name,
                               double *number);

knn_status_e knn_fitted_array(knn_fitted_t *fitted, const char *name,
                              knn_ndarray_t *array);

/* An array that is called name in messages, of 1 to 3 dimensions. */
knn_status_e knn_fitted_shape(knn_fitted_t *fitted, const char *name,
                              const knn_ndarray_t *array, size_t ndim,
                              const size_t *shape);

/* sklearn_neighbors.c: an estimator's own attributes, after it was opened */
bool         knn_fitted_is_estimator(const knn_value_t *value);
knn_status_e knn_fitted_estimator(knn_fitted_t *fitted);

/* sklearn_base.c: version, training data, search, metric, feature names */
knn_status_e knn_fitted_base(knn_fitted_t *fitted);
knn_status_e knn_fitted_version(knn_fitted_t *fitted);
knn_status_e knn_fitted_names(knn_fitted_t *fitted);

/* sklearn_targets.c: the classes, and the classes or values of the rows */
knn_status_e knn_fitted_classes(knn_fitted_t *fitted);
knn_status_e knn_fitted_indices(knn_fitted_t *fitted);
knn_status_e knn_fitted_values(knn_fitted_t *fitted);

/* sklearn_sparse.c: the training data of a sparse matrix */
knn_status_e knn_fitted_dense(knn_fitted_t *fitted, const knn_value_t *value);

/* sklearn_centroid.c: a whole NearestCentroid */
knn_status_e knn_fitted_centroid(knn_fitted_t *fitted);

/*
 * sklearn_metric.c: the effective metric, which may be an object; what scipy
 * made of it in early releases, where it measured full rows; and then, when
 * the features are counted, its parameters; that of a tree must be the same
 */
knn_status_e knn_fitted_metric(knn_fitted_t *fitted);
bool         knn_fitted_has_metric(knn_fitted_t *fitted);
void         knn_fitted_early(knn_fitted_t *fitted);
knn_status_e knn_fitted_metric_params(knn_fitted_t *fitted);
knn_status_e knn_fitted_tree_metric(knn_fitted_t      *fitted,
                                    const knn_value_t *metric);

/* sklearn_tree.c: the stored tree and its copy of the training data */
knn_status_e knn_fitted_tree(knn_fitted_t *fitted);


#endif /* KNN_SKLEARN_FITTED_H */
