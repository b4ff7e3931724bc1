
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "check.h"
#include "model.h"


/* Sizes, before anything is counted with them. */
static knn_status_e
knn_check_sizes(const knn_parts_t *parts, knn_error_t *err)
{
    if (parts->n_samples == 0 || parts->n_samples > KNN_MAX_SAMPLES) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the model has %zu training rows, it must have 1 "
                         "to %d",
                         parts->n_samples, KNN_MAX_SAMPLES);
    }

    if (parts->n_features == 0 || parts->n_features > KNN_MAX_FEATURES) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the model has %zu features, it must have 1 to %d",
                         parts->n_features, KNN_MAX_FEATURES);
    }

    if (parts->n_outputs == 0) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the model has no output, a classifier must have at "
                         "least 1");
    }

    return KNN_OK;
}


/* Parameters of the estimator. */
static knn_status_e
knn_check_parameters(const knn_parts_t *parts, knn_error_t *err)
{
    if (parts->n_neighbors < 1
        || (uint64_t) parts->n_neighbors > parts->n_samples) {
        return knn_error(err, KNN_INCONSISTENT,
                         "n_neighbors is %lld, it must be 1 to %zu, the "
                         "number of training rows",
                         (long long) parts->n_neighbors, parts->n_samples);
    }

    if (parts->metric == KNN_MINKOWSKI && !(parts->p >= 1)) {
        return knn_error(err, KNN_INCONSISTENT,
                         "p of the metric \"%s\" is %g, it must be a number "
                         "not below 1",
                         parts->metric_name, parts->p);
    }

    if ((parts->algorithm == KNN_BRUTE) != (parts->tree == NULL)) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the fit method and the tree disagree, \"brute\" "
                         "must have no tree and any other one must have it");
    }

    return KNN_OK;
}


/* Training data: every number finite. */
static knn_status_e
knn_check_data(const knn_parts_t *parts, knn_error_t *err)
{
    size_t i, n;

    n = parts->n_samples * parts->n_features;

    for (i = 0; i < n; i++) {
        if (!isfinite(parts->x[i])) {
            return knn_error(err, KNN_VALUE,
                             "row %zu, feature %zu of the training data is "
                             "%g, it must be a finite number",
                             i / parts->n_features, i % parts->n_features,
                             parts->x[i]);
        }
    }

    return KNN_OK;
}


/* The classes of one output. */
static knn_status_e
knn_check_classes(const knn_output_t *output, size_t number, knn_error_t *err)
{
    size_t             i;
    const knn_label_t *label;

    if (output->n_classes == 0 || output->n_classes > UINT32_MAX) {
        return knn_error(err, KNN_INCONSISTENT,
                         "output %zu has %zu classes, it must have 1 to %u",
                         number, output->n_classes, UINT32_MAX);
    }

    for (i = 0; i < output->n_classes; i++) {
        label = &output->classes[i];

        if (label->type == KNN_LABEL_FLOAT && !isfinite(label->value.number)) {
            return knn_error(err, KNN_VALUE,
                             "class %zu of output %zu is %g, a label must be "
                             "a finite number, a boolean or a string",
                             i, number, label->value.number);
        }
    }

    return KNN_OK;
}


/* The classes, and that every target is one of them. */
static knn_status_e
knn_check_targets(const knn_parts_t *parts, knn_error_t *err)
{
    size_t       i, o, n_classes;
    int64_t      y;
    knn_status_e status;

    for (o = 0; o < parts->n_outputs; o++) {
        status = knn_check_classes(&parts->outputs[o], o, err);

        if (status != KNN_OK) {
            return status;
        }
    }

    for (i = 0; i < parts->n_samples; i++) {
        for (o = 0; o < parts->n_outputs; o++) {
            y = parts->y[i * parts->n_outputs + o];
            n_classes = parts->outputs[o].n_classes;

            if (y < 0 || (uint64_t) y >= n_classes) {
                return knn_error(err, KNN_INCONSISTENT,
                                 "the class of training row %zu is %lld, it "
                                 "must be 0 to %zu, an index into the classes "
                                 "of output %zu",
                                 i, (long long) y, n_classes - 1, o);
            }
        }
    }

    return KNN_OK;
}


knn_status_e
knn_check_parts(const knn_parts_t *parts, knn_error_t *err)
{
    size_t i;

    static knn_status_e (*const checks[])(const knn_parts_t *,
                                          knn_error_t *) = {
        knn_check_sizes, knn_check_parameters, knn_check_data,
        knn_check_targets};

    for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (checks[i](parts, err) != KNN_OK) {
            return err->status;
        }
    }

    return (parts->tree == NULL) ? KNN_OK : knn_check_tree(parts, err);
}
