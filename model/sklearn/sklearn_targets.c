
/*
 * Copyright (C) nginx-knn contributors
 */


#include "sklearn_fitted.h"


#define KNN_NO_MEMORY_LEFT "needs more memory than allowed"


/* Reads the classes of one output. */
static knn_status_e
knn_fitted_output(knn_fitted_t *fitted, const knn_value_t *value,
                  knn_output_t *output)
{
    knn_status_e  rc;
    knn_ndarray_t array;

    rc = knn_ndarray_read(fitted->arena, value, &array, fitted->err);

    if (rc == KNN_OK) {
        output->classes = knn_scalar_labels(fitted->arena, &array, fitted->err);
        output->n_classes = array.count;
    }

    if (rc != KNN_OK || output->classes == NULL) {
        knn_error_prefix(fitted->err, "classes_");
        return fitted->err->status;
    }

    return KNN_OK;
}


/* Whether a value is a numpy array, in any form. */
static bool
knn_fitted_is_array(const knn_value_t *value)
{
    return value->type == KNN_VALUE_ARRAY
           || (value->type == KNN_VALUE_OBJECT
               && value->symbol != KNN_SYMBOL_SCALAR);
}


/* Whether a value is a list or a tuple. */
static bool
knn_fitted_is_list(const knn_value_t *value)
{
    return value->type == KNN_VALUE_LIST || value->type == KNN_VALUE_TUPLE;
}


/* Reads the labels of a list, an array, or a single one; NULL otherwise. */
static const knn_label_t *
knn_fitted_labels(knn_fitted_t *fitted, const knn_value_t *value, size_t *n)
{
    size_t             i;
    knn_label_t       *labels;
    knn_ndarray_t      array;
    const knn_value_t *item;

    if (knn_fitted_is_array(value)) {
        if (knn_ndarray_read(fitted->arena, value, &array, fitted->err)
            != KNN_OK) {
            return NULL;
        }

        *n = array.count;

        return knn_scalar_labels(fitted->arena, &array, fitted->err);
    }

    *n = knn_fitted_is_list(value) ? value->u.list.n : 1;
    labels = knn_arena_array(fitted->arena, *n, sizeof(knn_label_t));

    if (labels == NULL) {
        (void) knn_error(fitted->err, KNN_LIMIT, KNN_NO_MEMORY_LEFT);
        return NULL;
    }

    for (i = 0; i < *n; i++) {
        item = knn_fitted_is_list(value) ? value->u.list.items[i] : value;

        if (knn_scalar_read(fitted->arena, item, &labels[i], fitted->err)
            != KNN_OK) {
            return NULL;
        }
    }

    return labels;
}


/* Gives an output its outlier's label, in the type of its classes. */
static knn_status_e
knn_fitted_outlier(knn_fitted_t *fitted, const char *name,
                   const knn_label_t *label, knn_output_t *output)
{
    knn_label_t *outlier;

    outlier = knn_arena_small(fitted->arena, sizeof(knn_label_t));

    if (outlier == NULL) {
        return knn_fitted_fail(fitted, name, KNN_LIMIT, KNN_NO_MEMORY_LEFT);
    }

    *outlier = *label;
    output->outlier = outlier;

    if (output->n_classes == 0 || output->classes[0].type == label->type) {
        return KNN_OK;
    }

    if (output->classes[0].type != KNN_LABEL_FLOAT
        || label->type != KNN_LABEL_INTEGER)
    {
        return knn_fitted_fail(fitted, name, KNN_UNSUPPORTED,
                               "is of another type than the classes, use a "
                               "label such as they are");
    }

    outlier->type = KNN_LABEL_FLOAT;
    outlier->value.number = (double) label->value.integer;

    return KNN_OK;
}


/*
 * Reads the labels of rows without neighbors.  Releases before 0.22 did not
 * look at outlier_label before they predicted, and summed votes otherwise.
 */
static knn_status_e
knn_fitted_outliers(knn_fitted_t *fitted, knn_output_t *outputs, size_t n)
{
    size_t             i, count;
    const char        *name;
    knn_status_e       rc;
    const knn_label_t *labels;
    const knn_value_t *value;

    name = "outlier_label_";

    if (knn_fitted_find(fitted, name) == NULL) {
        name = "outlier_label";
        fitted->parts->summed = true;
    }

    value = knn_fitted_need(fitted, name);

    if (value == NULL) {
        return fitted->err->status;
    }

    if (value->type == KNN_VALUE_NONE) {
        return KNN_OK;
    }

    labels = knn_fitted_labels(fitted, value, &count);

    if (labels == NULL) {
        knn_error_prefix(fitted->err, name);
        return fitted->err->status;
    }

    if (count != 1 && count != n) {
        return knn_fitted_fail(fitted, name, KNN_INCONSISTENT,
                               "has %zu labels for %zu outputs, each must "
                               "have one",
                               count, n);
    }

    for (i = 0; i < n; i++) {
        rc = knn_fitted_outlier(fitted, name, &labels[count == 1 ? 0 : i],
                                &outputs[i]);

        if (rc != KNN_OK) {
            return rc;
        }
    }

    return KNN_OK;
}


/* classes_ is an array, or a list of them when there are many outputs. */
knn_status_e
knn_fitted_classes(knn_fitted_t *fitted)
{
    size_t             i, n;
    knn_output_t      *outputs;
    knn_status_e       rc;
    const knn_value_t *value, *several;

    value = knn_fitted_need(fitted, "classes_");

    if (value == NULL) {
        return fitted->err->status;
    }

    several = knn_fitted_find(fitted, "outputs_2d_");
    several =
        several != NULL && several->type == KNN_VALUE_BOOL && several->u.boolean
            ? value
            : NULL;

    if (several != NULL && several->type != KNN_VALUE_LIST) {
        return knn_fitted_fail(fitted, "classes_", KNN_MALFORMED,
                               "is no list, though there are many outputs");
    }

    n = several == NULL ? 1 : several->u.list.n;
    outputs = knn_arena_array(fitted->arena, n, sizeof(knn_output_t));

    if (outputs == NULL) {
        return knn_fitted_fail(fitted, "classes_", KNN_LIMIT,
                               KNN_NO_MEMORY_LEFT);
    }

    for (i = 0; i < n; i++) {
        rc = knn_fitted_output(
            fitted, several == NULL ? value : several->u.list.items[i],
            &outputs[i]);

        if (rc != KNN_OK) {
            return rc;
        }
    }

    fitted->parts->outputs = outputs;
    fitted->parts->n_outputs = n;

    return (fitted->parts->estimator == KNN_RADIUS_CLASSIFIER)
               ? knn_fitted_outliers(fitted, outputs, n)
               : KNN_OK;
}


knn_status_e
knn_fitted_indices(knn_fitted_t *fitted)
{
    size_t        ndim, shape[2];
    knn_status_e  rc;
    knn_ndarray_t array;

    rc = knn_fitted_array(fitted, "_y", &array);

    if (rc != KNN_OK) {
        return rc;
    }

    ndim = fitted->parts->n_outputs == 1 && array.ndim == 1 ? 1 : 2;
    shape[0] = fitted->parts->n_samples;
    shape[1] = fitted->parts->n_outputs;

    rc = knn_fitted_shape(fitted, "_y", &array, ndim, shape);

    if (rc != KNN_OK) {
        return rc;
    }

    fitted->parts->y = knn_ndarray_integers(fitted->arena, &array, fitted->err);

    if (fitted->parts->y == NULL) {
        knn_error_prefix(fitted->err, "_y");
        return fitted->err->status;
    }

    return KNN_OK;
}


knn_status_e
knn_fitted_values(knn_fitted_t *fitted)
{
    size_t        shape[2];
    knn_parts_t  *parts;
    knn_status_e  rc;
    knn_ndarray_t array;

    rc = knn_fitted_array(fitted, "_y", &array);

    if (rc != KNN_OK) {
        return rc;
    }

    parts = fitted->parts;
    parts->n_outputs = (array.ndim == 2) ? array.shape[1] : 1;
    parts->single = array.dtype.kind == 'f' && array.dtype.size == 4;

    shape[0] = parts->n_samples;
    shape[1] = parts->n_outputs;

    rc = knn_fitted_shape(fitted, "_y", &array, array.ndim == 2 ? 2 : 1, shape);

    if (rc != KNN_OK) {
        return rc;
    }

    parts->values = knn_ndarray_doubles(fitted->arena, &array, fitted->err);

    if (parts->values == NULL) {
        knn_error_prefix(fitted->err, "_y");
        return fitted->err->status;
    }

    return KNN_OK;
}
