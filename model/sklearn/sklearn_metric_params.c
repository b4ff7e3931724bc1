
/*
 * Copyright (C) nginx-knn contributors
 */


#include "sklearn_metric.h"


/* a metric's state: (p, vec, mat), and more of a Python function */
#define KNN_METRIC_STATE 3

/* since then weights are MinkowskiDistance's own */
#define KNN_RELEASE_WEIGHTS 1001


knn_status_e
knn_metric_number(knn_fitted_t *fitted, const char *name,
                  const knn_value_t *value, double *number)
{
    knn_label_t  label;
    knn_status_e rc;

    if (value->type == KNN_VALUE_FLOAT) {
        *number = value->u.number;
        return KNN_OK;
    }

    rc = knn_scalar_read(fitted->arena, value, &label, fitted->err);

    if (rc != KNN_OK) {
        knn_error_prefix(fitted->err, name);
        return rc;
    }

    if (label.type == KNN_LABEL_INTEGER) {
        *number = (double) label.value.integer;
    }
    else if (label.type == KNN_LABEL_FLOAT) {
        *number = label.value.number;
    }
    else {
        return knn_fitted_fail(fitted, name, KNN_UNSUPPORTED,
                               "is not a number, use one");
    }

    return KNN_OK;
}


/* Reads a list of numbers, for which numpy makes an array when it is used. */
static knn_status_e
knn_metric_list(knn_fitted_t *fitted, const char *name,
                const knn_value_t *value, double *numbers)
{
    size_t       i, n;
    knn_status_e rc;

    n = value->u.list.n;

    if (n != fitted->parts->n_features) {
        return knn_fitted_fail(fitted, name, KNN_INCONSISTENT,
                               "has %zu elements in dimension 0, not %zu", n,
                               fitted->parts->n_features);
    }

    for (i = 0; i < n; i++) {
        rc = knn_metric_number(fitted, name, value->u.list.items[i],
                               &numbers[i]);

        if (rc != KNN_OK) {
            return rc;
        }
    }

    return KNN_OK;
}


/* Reads numbers of the features, as an array or, of one dimension, a list. */
static knn_status_e
knn_metric_numbers(knn_fitted_t *fitted, const char *name,
                   const knn_value_t *value, size_t ndim,
                   const double **numbers)
{
    double       *list;
    size_t        shape[2];
    knn_status_e  rc;
    knn_ndarray_t array;

    shape[0] = fitted->parts->n_features;
    shape[1] = shape[0];

    if (value->type == KNN_VALUE_LIST && ndim == 1) {
        list = knn_arena_array(fitted->arena, shape[0], sizeof(double));

        if (list == NULL) {
            return knn_fitted_fail(fitted, name, KNN_LIMIT,
                                   "needs more memory than allowed");
        }

        *numbers = list;

        return knn_metric_list(fitted, name, value, list);
    }

    rc = knn_ndarray_read(fitted->arena, value, &array, fitted->err);

    if (rc != KNN_OK) {
        knn_error_prefix(fitted->err, name);
        return rc;
    }

    rc = knn_fitted_shape(fitted, name, &array, ndim, shape);

    if (rc != KNN_OK) {
        return rc;
    }

    *numbers = knn_ndarray_doubles(fitted->arena, &array, fitted->err);

    if (*numbers == NULL) {
        knn_error_prefix(fitted->err, name);
        return fitted->err->status;
    }

    return KNN_OK;
}


knn_status_e
knn_metric_arrays(knn_fitted_t *fitted, const char *name,
                  const knn_value_t *vec, const knn_value_t *mat)
{
    knn_parts_t  *parts;
    knn_ndarray_t array;

    parts = fitted->parts;

    switch (parts->metric) {

    case KNN_MINKOWSKI:

        if (fitted->release < KNN_RELEASE_WEIGHTS
            || knn_ndarray_read(fitted->arena, vec, &array, fitted->err)
                   != KNN_OK
            || array.count == 0)
        {
            return KNN_OK;
        }

        return knn_metric_numbers(fitted, name, vec, 1, &parts->w);

    case KNN_WMINKOWSKI:
    case KNN_SEUCLIDEAN:
        return knn_metric_numbers(fitted, name, vec, 1, &parts->w);

    case KNN_MAHALANOBIS:
        return knn_metric_numbers(fitted, name, mat, 2, &parts->vi);

    default:
        return KNN_OK;
    }
}


knn_value_t *const *
knn_metric_state(knn_fitted_t *fitted, const char *name,
                 const knn_value_t *object)
{
    const knn_value_t *state;

    state = object->u.object.state;

    if (state == NULL || state->type != KNN_VALUE_TUPLE
        || state->u.list.n != KNN_METRIC_STATE)
    {
        (void) knn_fitted_fail(fitted, name, KNN_MALFORMED,
                               "its metric has no state");
        return NULL;
    }

    return state->u.list.items;
}


/* Reads one of effective_metric_params_. */
static knn_status_e
knn_metric_param(knn_fitted_t *fitted, const knn_value_t *key,
                 const knn_value_t *value)
{
    knn_parts_t *parts;
    knn_metric_e metric;

    parts = fitted->parts;
    metric = parts->metric;

    if (value->type == KNN_VALUE_NONE || knn_value_is(key, "p")) {
        return KNN_OK;
    }

    if (knn_value_is(key, "w")) {
        return knn_metric_numbers(fitted, "w", value, 1, &parts->w);
    }

    if (knn_value_is(key, "V") && metric == KNN_SEUCLIDEAN) {
        return knn_metric_numbers(fitted, "V", value, 1, &parts->w);
    }

    if (knn_value_is(key, "VI") && metric == KNN_MAHALANOBIS) {
        return knn_metric_numbers(fitted, "VI", value, 2, &parts->vi);
    }

    /* VI alone is used, and missed if it is not there */

    if (knn_value_is(key, "V") && metric == KNN_MAHALANOBIS) {
        return KNN_OK;
    }

    return knn_fitted_fail(fitted, "metric_params", KNN_UNSUPPORTED,
                           "has more than p, w, V and VI for the metric "
                           "\"%s\", leave that out",
                           parts->metric_name);
}


knn_status_e
knn_fitted_metric_params(knn_fitted_t *fitted)
{
    size_t              i;
    knn_status_e        rc;
    const knn_value_t  *metric, *params;
    knn_value_t *const *items, *const *state;

    metric = knn_fitted_find(fitted, "effective_metric_");

    if (metric->type == KNN_VALUE_OBJECT) {
        state = knn_metric_state(fitted, "effective_metric_", metric);

        return (state == NULL) ? fitted->err->status
                               : knn_metric_arrays(fitted, "effective_metric_",
                                                   state[1], state[2]);
    }

    params = knn_fitted_find(fitted, "effective_metric_params_");

    /* whatever it is, scikit-learn takes no parameters with this metric */

    if (fitted->parts->metric == KNN_EUCLIDEAN || params == NULL
        || params->type != KNN_VALUE_DICT)
    {
        return KNN_OK;
    }

    items = params->u.list.items;

    for (i = 0; i + 1 < params->u.list.n; i += 2) {
        rc = knn_metric_param(fitted, items[i], items[i + 1]);

        if (rc != KNN_OK) {
            return rc;
        }
    }

    return KNN_OK;
}
