
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "native_file.h"
#include "../pickle/scalar.h"


/* Reads one label of a list. */
static knn_status_e
knn_native_label(knn_native_t *native, const char *name,
                 const knn_value_t *value, knn_label_t *label)
{
    if (knn_scalar_read(native->arena, value, label, native->err) != KNN_OK) {
        return knn_native_fail(native, name, native->err->status, "%s",
                               native->err->message);
    }

    return KNN_OK;
}


/* Reads the classes of one output. */
static knn_status_e
knn_native_output(knn_native_t *native, const knn_value_t *list,
                  knn_output_t *output)
{
    size_t       i, n;
    knn_label_t *classes;

    n = list->u.list.n;
    classes = knn_arena_array(native->arena, n, sizeof(knn_label_t));

    if (classes == NULL) {
        return knn_native_full(native);
    }

    for (i = 0; i < n; i++) {
        if (knn_native_label(native, "classes", list->u.list.items[i],
                             &classes[i])
            != KNN_OK)
        {
            return native->err->status;
        }
    }

    output->n_classes = n;
    output->classes = classes;

    return KNN_OK;
}


/* Whether it is a list of lists, one for each output. */
static bool
knn_native_nested(const knn_value_t *list)
{
    size_t i;

    for (i = 0; i < list->u.list.n; i++) {
        if (list->u.list.items[i]->type != KNN_VALUE_LIST) {
            return false;
        }
    }

    return list->u.list.n > 0;
}


/* Reads the labels of rows without neighbors, if there are some. */
static knn_status_e
knn_native_outliers(knn_native_t *native, knn_output_t *outputs, size_t n)
{
    size_t             i;
    knn_label_t       *labels;
    const knn_value_t *list;

    if (knn_native_list(native, "outlier_label", &list) != KNN_OK) {
        return native->err->status;
    }

    if (list == NULL) {
        return KNN_OK;
    }

    if (list->u.list.n != n) {
        return knn_native_fail(native, "outlier_label", KNN_INCONSISTENT,
                               "has %u labels for %zu outputs", list->u.list.n,
                               n);
    }

    labels = knn_arena_array(native->arena, n, sizeof(knn_label_t));

    if (labels == NULL) {
        return knn_native_full(native);
    }

    for (i = 0; i < n; i++) {
        if (knn_native_label(native, "outlier_label", list->u.list.items[i],
                             &labels[i])
            != KNN_OK)
        {
            return native->err->status;
        }

        outputs[i].outlier = &labels[i];
    }

    return KNN_OK;
}


/* Reads the classes of all outputs. */
static knn_status_e
knn_native_classes(knn_native_t *native)
{
    bool               nested;
    size_t             i, n;
    knn_output_t      *outputs;
    const knn_value_t *list;

    if (knn_native_list(native, "classes", &list) != KNN_OK) {
        return native->err->status;
    }

    if (list == NULL) {
        return knn_native_fail(native, "classes", KNN_UNSUPPORTED,
                               "is missing, write the labels as a JSON array");
    }

    nested = knn_native_nested(list);
    n = nested ? list->u.list.n : 1;
    outputs = knn_arena_array(native->arena, n, sizeof(knn_output_t));

    if (outputs == NULL) {
        return knn_native_full(native);
    }

    for (i = 0; i < n; i++) {
        if (knn_native_output(native, nested ? list->u.list.items[i] : list,
                              &outputs[i])
            != KNN_OK)
        {
            return native->err->status;
        }
    }

    native->parts->outputs = outputs;
    native->parts->n_outputs = n;

    return knn_native_outliers(native, outputs, n);
}


/* The dimensions of y: with one output it may have but one. */
static size_t
knn_native_y_ndim(const knn_native_t *native)
{
    const knn_ndarray_t *y;

    y = knn_safetensors_tensor(native->container, "y");

    return (y != NULL && y->ndim == 1) ? 1 : 2;
}


/* Refuses a file without y. */
static knn_status_e
knn_native_no_y(knn_native_t *native)
{
    return knn_error(native->err, KNN_UNSUPPORTED,
                     "has no tensor \"y\", the estimator must have the "
                     "targets of its training rows");
}


/* Reads the classes' indices. */
static knn_status_e
knn_native_indices(knn_native_t *native)
{
    size_t       ndim, shape[2];
    knn_parts_t *parts;

    parts = native->parts;
    ndim = (parts->n_outputs == 1) ? knn_native_y_ndim(native) : 2;
    shape[0] = parts->n_samples;
    shape[1] = parts->n_outputs;

    if (knn_native_integers(native, "y", ndim, shape, &parts->y) != KNN_OK) {
        return native->err->status;
    }

    return parts->y == NULL ? knn_native_no_y(native) : KNN_OK;
}


/* Reads a regressor's targets. */
static knn_status_e
knn_native_values(knn_native_t *native)
{
    size_t               ndim, shape[2];
    knn_parts_t         *parts;
    const knn_ndarray_t *array;

    parts = native->parts;
    ndim = knn_native_y_ndim(native);
    shape[0] = parts->n_samples;
    shape[1] = (ndim == 1) ? 1 : KNN_NATIVE_ANY;

    if (knn_native_array(native, "y", ndim, shape, &array) != KNN_OK) {
        return native->err->status;
    }

    if (array == NULL) {
        return knn_native_no_y(native);
    }

    parts->single =
        array->dtype.kind == 'f' && array->dtype.size == sizeof(float);
    parts->n_outputs = shape[1];
    parts->outputs =
        knn_arena_array(native->arena, parts->n_outputs, sizeof(knn_output_t));

    if (parts->outputs == NULL) {
        return knn_native_full(native);
    }

    return knn_native_doubles(native, "y", ndim, shape, &parts->values);
}


knn_status_e
knn_native_targets(knn_native_t *native)
{
    switch (native->parts->estimator) {

    case KNN_NEIGHBORS:
        return KNN_OK;

    case KNN_CENTROID:
        return knn_native_classes(native);

    case KNN_REGRESSOR:
    case KNN_RADIUS_REGRESSOR:
        return knn_native_values(native);

    default:
        return knn_native_classes(native) == KNN_OK ? knn_native_indices(native)
                                                    : native->err->status;
    }
}
