
/*
 * Copyright (C) nginx-knn contributors
 */


#include "sklearn_fitted.h"
#include "utf8.h"


typedef knn_status_e (*knn_reader_pt)(knn_fitted_t *fitted);

typedef struct {
    knn_symbol_e  symbol;
    knn_reader_pt read;
} knn_reader_t;


/* Reads n_neighbors and weights. */
static knn_status_e
knn_sklearn_vote(knn_fitted_t *fitted)
{
    char               buf[KNN_QUOTE_SIZE];
    size_t             len;
    const char        *data;
    knn_status_e       rc;
    const knn_value_t *weights;

    rc = knn_fitted_integer(fitted, "n_neighbors", &fitted->parts->n_neighbors);

    if (rc != KNN_OK) {
        return rc;
    }

    weights = knn_fitted_need(fitted, "weights");

    if (weights == NULL) {
        return fitted->err->status;
    }

    if (weights->type == KNN_VALUE_NONE || knn_value_is(weights, "uniform")) {
        fitted->parts->weights = KNN_UNIFORM;
        return KNN_OK;
    }

    if (knn_value_is(weights, "distance")) {
        fitted->parts->weights = KNN_DISTANCE;
        return KNN_OK;
    }

    if (knn_value_is_text(weights, &data, &len)) {
        return knn_fitted_fail(fitted, "weights", KNN_UNSUPPORTED,
                               "\"%s\" is not known, use uniform or distance",
                               knn_utf8_quote(buf, sizeof(buf), data, len));
    }

    return knn_fitted_fail(fitted, "weights", KNN_UNSUPPORTED,
                           "is %s, use \"uniform\" or \"distance\"",
                           knn_value_kind(weights, buf, sizeof(buf)));
}


/* Reads the classes of one output. */
static knn_status_e
knn_sklearn_classes(knn_fitted_t *fitted, const knn_value_t *value,
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


/* Reads classes_: an array, or a list of them when there are many outputs. */
static knn_status_e
knn_sklearn_outputs(knn_fitted_t *fitted)
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
                               "needs more memory than allowed");
    }

    for (i = 0; i < n; i++) {
        rc = knn_sklearn_classes(
            fitted, several == NULL ? value : several->u.list.items[i],
            &outputs[i]);

        if (rc != KNN_OK) {
            return rc;
        }
    }

    fitted->parts->outputs = outputs;
    fitted->parts->n_outputs = n;

    return KNN_OK;
}


/* Reads the class indices of the training rows. */
static knn_status_e
knn_sklearn_targets(knn_fitted_t *fitted)
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


/* Reads a KNeighborsClassifier. */
static knn_status_e
knn_sklearn_classifier(knn_fitted_t *fitted)
{
    knn_status_e rc;

    fitted->parts->estimator = KNN_CLASSIFIER;

    rc = knn_fitted_base(fitted);

    if (rc == KNN_OK) {
        rc = knn_sklearn_vote(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_sklearn_outputs(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_sklearn_targets(fitted);
    }

    return rc;
}


static const knn_reader_t knn_readers[] = {
    {KNN_SYMBOL_KNEIGHBORS_CLASSIFIER, knn_sklearn_classifier},
    {KNN_SYMBOL_NONE, NULL},
};


knn_status_e
knn_sklearn_read(knn_arena_t *arena, const knn_value_t *value,
                 knn_parts_t *parts, knn_error_t *err)
{
    char                buf[KNN_QUOTE_SIZE];
    knn_fitted_t        fitted;
    const knn_reader_t *reader;

    reader = knn_readers;

    while (
        reader->read != NULL
        && (value->type != KNN_VALUE_OBJECT || value->symbol != reader->symbol))
    {
        reader++;
    }

    if (reader->read == NULL) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the file holds %s, dump a fitted "
                         "KNeighborsClassifier alone",
                         knn_value_kind(value, buf, sizeof(buf)));
    }

    if (value->u.object.state == NULL
        || value->u.object.state->type != KNN_VALUE_DICT)
    {
        return knn_error(err, KNN_MALFORMED,
                         "the %s has no attributes, dump it again",
                         knn_symbol_name(value->symbol));
    }

    *parts = (knn_parts_t){.estimator = KNN_CLASSIFIER};

    fitted = (knn_fitted_t){.arena = arena,
                            .estimator = value->symbol,
                            .attributes = value->u.object.state,
                            .parts = parts,
                            .err = err};

    return reader->read(&fitted);
}
