
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdio.h>

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

    if (parts->n_outputs == 0 && parts->estimator != KNN_NEIGHBORS) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the model has no output, a classifier or regressor "
                         "must have at least 1");
    }

    return KNN_OK;
}


/* How neighbors are chosen. */
static knn_status_e
knn_check_choice(const knn_parts_t *parts, knn_error_t *err)
{
    switch (parts->estimator) {

    case KNN_CENTROID:
        return KNN_OK;

    case KNN_RADIUS_CLASSIFIER:
    case KNN_RADIUS_REGRESSOR:

        if (!(parts->radius >= 0) || isinf(parts->radius)) {
            return knn_error(err, KNN_INCONSISTENT,
                             "radius is %g, it must be a finite number not "
                             "below 0",
                             parts->radius);
        }

        return KNN_OK;

    default:

        if (parts->n_neighbors < 1
            || (uint64_t) parts->n_neighbors > parts->n_samples) {
            return knn_error(err, KNN_INCONSISTENT,
                             "n_neighbors is %lld, it must be 1 to %zu, the "
                             "number of training rows",
                             (long long) parts->n_neighbors, parts->n_samples);
        }

        return KNN_OK;
    }
}


/* Parameters of the estimator. */
static knn_status_e
knn_check_parameters(const knn_parts_t *parts, knn_error_t *err)
{
    if (knn_check_choice(parts, err) != KNN_OK) {
        return err->status;
    }

    if ((parts->algorithm == KNN_BRUTE) != (parts->tree == NULL)) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the fit method and the tree disagree, \"brute\" "
                         "must have no tree and any other one must have it");
    }

    return KNN_OK;
}


/* Training data: every number finite, or missing where the metric has that. */
static knn_status_e
knn_check_data(const knn_parts_t *parts, knn_error_t *err)
{
    bool   missing;
    size_t i, n;

    n = parts->mapped ? 0 : parts->n_samples * parts->n_features;
    missing = parts->metric == KNN_NAN_EUCLIDEAN;

    for (i = 0; i < n; i++) {
        if (!isfinite(parts->x[i]) && !(missing && isnan(parts->x[i]))) {
            return knn_error(err, KNN_VALUE,
                             "row %zu, feature %zu of the training data is "
                             "%g, it must be a finite number",
                             i / parts->n_features, i % parts->n_features,
                             parts->x[i]);
        }
    }

    return KNN_OK;
}


/* A class's label, or an outlier's. */
static knn_status_e
knn_check_label(const knn_label_t *label, const char *name, size_t number,
                knn_error_t *err)
{
    if (label->type == KNN_LABEL_FLOAT && !isfinite(label->value.number)) {
        return knn_error(err, KNN_VALUE,
                         "%s of output %zu is %g, a label must be a finite "
                         "number, a boolean or a string",
                         name, number, label->value.number);
    }

    return KNN_OK;
}


/* The classes of one output. */
static knn_status_e
knn_check_classes(const knn_output_t *output, size_t number, knn_error_t *err)
{
    char   name[32];
    size_t i;

    if (output->n_classes == 0 || output->n_classes >= KNN_CLASS_OUTLIER) {
        return knn_error(err, KNN_INCONSISTENT,
                         "output %zu has %zu classes, it must have 1 to %u",
                         number, output->n_classes, KNN_CLASS_OUTLIER - 1);
    }

    for (i = 0; i < output->n_classes; i++) {
        (void) snprintf(name, sizeof(name), "class %zu", i);

        if (knn_check_label(&output->classes[i], name, number, err) != KNN_OK) {
            return err->status;
        }
    }

    return (output->outlier == NULL)
               ? KNN_OK
               : knn_check_label(output->outlier, "the outlier label", number,
                                 err);
}


/* The classes of all outputs. */
static knn_status_e
knn_check_outputs(const knn_parts_t *parts, knn_error_t *err)
{
    size_t o;

    for (o = 0; o < parts->n_outputs; o++) {
        if (knn_check_classes(&parts->outputs[o], o, err) != KNN_OK) {
            return err->status;
        }

        if ((parts->outputs[o].outlier == NULL)
            != (parts->outputs[0].outlier == NULL)) {
            return knn_error(err, KNN_INCONSISTENT,
                             "output %zu has%s an outlier label, all outputs "
                             "must have one or none",
                             o,
                             (parts->outputs[o].outlier == NULL) ? " not" : "");
        }
    }

    return KNN_OK;
}


/* That every target is one of the classes; a layout has them, too. */
static knn_status_e
knn_check_indices(const knn_parts_t *parts, knn_error_t *err)
{
    size_t  i, o, n_classes;
    int64_t y;

    for (i = 0; !parts->mapped && i < parts->n_samples; i++) {
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


/* The values of a regressor: every one finite. */
static knn_status_e
knn_check_values(const knn_parts_t *parts, knn_error_t *err)
{
    size_t i, n;

    n = parts->n_samples * parts->n_outputs;

    for (i = 0; i < n; i++) {
        if (!isfinite(parts->values[i])) {
            return knn_error(err, KNN_VALUE,
                             "the target of training row %zu is %g in output "
                             "%zu, it must be a finite number",
                             i / parts->n_outputs, parts->values[i],
                             i % parts->n_outputs);
        }
    }

    return KNN_OK;
}


/* The classes of a NearestCentroid, each a row, and its priors. */
static knn_status_e
knn_check_centroids(const knn_parts_t *parts, knn_error_t *err)
{
    size_t i;

    if (parts->n_outputs != 1
        || parts->outputs[0].n_classes != parts->n_samples) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the model has %zu centroids and %zu classes, every "
                         "class must have one",
                         parts->n_samples, parts->outputs[0].n_classes);
    }

    if (parts->priors == NULL) {
        return KNN_OK;
    }

    for (i = 0; i < parts->n_samples; i++) {
        if (!(parts->priors[i] >= 0 && parts->priors[i] <= 1)) {
            return knn_error(err, KNN_VALUE,
                             "the prior of class %zu is %g, it must be 0 to 1",
                             i, parts->priors[i]);
        }
    }

    for (i = 0; i < parts->n_features; i++) {
        if (!(parts->scale[i] > 0) || isinf(parts->scale[i])) {
            return knn_error(err, KNN_VALUE,
                             "the deviation of feature %zu is %g, it must be "
                             "a finite number above 0",
                             i, parts->scale[i]);
        }
    }

    return KNN_OK;
}


/* What the training rows have in y. */
static knn_status_e
knn_check_targets(const knn_parts_t *parts, knn_error_t *err)
{
    switch (parts->estimator) {

    case KNN_NEIGHBORS:
        return KNN_OK;

    case KNN_REGRESSOR:
    case KNN_RADIUS_REGRESSOR:
        return knn_check_values(parts, err);

    default:

        if (knn_check_outputs(parts, err) != KNN_OK) {
            return err->status;
        }

        return (parts->estimator == KNN_CENTROID)
                   ? knn_check_centroids(parts, err)
                   : knn_check_indices(parts, err);
    }
}


knn_status_e
knn_check_parts(const knn_parts_t *parts, knn_error_t *err)
{
    size_t i;

    static knn_status_e (*const checks[])(const knn_parts_t *,
                                          knn_error_t *) = {
        knn_check_sizes, knn_check_parameters, knn_check_metric, knn_check_data,
        knn_check_targets};

    for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (checks[i](parts, err) != KNN_OK) {
            return err->status;
        }
    }

    if (parts->steps.n_inputs != 0
        && knn_check_steps(&parts->steps, parts->n_features, err) != KNN_OK)
    {
        return err->status;
    }

    if (parts->tree != NULL && knn_check_tree(parts, err) != KNN_OK) {
        return err->status;
    }

    if (parts->layout == NULL) {
        return KNN_OK;
    }

    return parts->mapped ? knn_check_mapped(parts, err)
                         : knn_check_layout(parts, err);
}
