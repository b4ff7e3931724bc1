
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "targets.h"


/* Copies n labels. */
static const knn_label_t *
knn_targets_labels(knn_model_t *model, const knn_label_t *from, size_t n)
{
    size_t       i;
    knn_label_t *labels, *label;

    labels = knn_arena_array(model->arena, n, sizeof(knn_label_t));

    if (labels == NULL) {
        return NULL;
    }

    memcpy(labels, from, n * sizeof(knn_label_t));

    for (i = 0; i < n; i++) {
        label = &labels[i];

        if (label->type != KNN_LABEL_STRING) {
            continue;
        }

        label->value.string.data = knn_arena_string(
            model->arena, label->value.string.data, label->value.string.len);

        if (label->value.string.data == NULL) {
            return NULL;
        }
    }

    return labels;
}


/* Whether two labels of the same type are equal. */
static bool
knn_targets_equal(const knn_label_t *a, const knn_label_t *b)
{
    switch (a->type) {

    case KNN_LABEL_INTEGER:
        return a->value.integer == b->value.integer;

    case KNN_LABEL_FLOAT:
        return a->value.number == b->value.number;

    case KNN_LABEL_BOOLEAN:
        return a->value.boolean == b->value.boolean;

    default: /* KNN_LABEL_STRING */
        return a->value.string.len == b->value.string.len
               && memcmp(a->value.string.data, b->value.string.data,
                         a->value.string.len)
                      == 0;
    }
}


/* The class that has the label of rows without neighbors. */
static uint32_t
knn_targets_outlier(const knn_output_t *output)
{
    uint32_t i;
    const knn_label_t *class;

    for (i = 0; i < output->n_classes; i++) {
        class = &output->classes[i];

        if (class->type == output->outlier->type
            && knn_targets_equal(class, output->outlier))
        {
            return i;
        }
    }

    return KNN_CLASS_OUTLIER;
}


/* Copies the labels of one output. */
static int
knn_targets_output(knn_model_t *model, const knn_output_t *from,
                   knn_output_t *output)
{
    output->n_classes = from->n_classes;
    output->classes = knn_targets_labels(model, from->classes, from->n_classes);

    if (output->classes == NULL) {
        return -1;
    }

    if (from->outlier != NULL) {
        output->outlier = knn_targets_labels(model, from->outlier, 1);

        if (output->outlier == NULL) {
            return -1;
        }
    }

    model->n_classes += from->n_classes;

    if (from->n_classes > model->max_classes) {
        model->max_classes = from->n_classes;
    }

    return 0;
}


/* Copies the labels of all outputs. */
static int
knn_targets_classes(knn_model_t *model, const knn_parts_t *parts,
                    knn_output_t *outputs)
{
    size_t    o;
    uint32_t *outliers;

    outliers =
        knn_arena_array(model->arena, parts->n_outputs, sizeof(uint32_t));

    if (outliers == NULL) {
        return -1;
    }

    for (o = 0; o < parts->n_outputs; o++) {
        if (knn_targets_output(model, &parts->outputs[o], &outputs[o]) != 0) {
            return -1;
        }

        if (outputs[o].outlier != NULL) {
            outliers[o] = knn_targets_outlier(&outputs[o]);
        }
    }

    model->outliers = outliers;

    return 0;
}


/* Copies the classes of the training rows. */
static int
knn_targets_indices(knn_model_t *model, const knn_parts_t *parts)
{
    size_t    i, n;
    uint32_t *targets;

    if (parts->layout != NULL) {
        model->targets = parts->layout->targets;
        return 0;
    }

    n = parts->n_samples * parts->n_outputs;
    targets = knn_arena_array(model->arena, n, sizeof(uint32_t));

    if (targets == NULL) {
        return -1;
    }

    for (i = 0; i < n; i++) {
        targets[i] = (uint32_t) parts->y[i];
    }

    model->targets = targets;

    return 0;
}


/* Copies the values of the training rows. */
static int
knn_targets_values(knn_model_t *model, const knn_parts_t *parts)
{
    size_t  n;
    double *values;

    model->single = parts->single;

    if (parts->layout != NULL && parts->layout->values != NULL) {
        model->values = parts->layout->values;
        return 0;
    }

    n = parts->n_samples * parts->n_outputs;
    values = knn_arena_array(model->arena, n, sizeof(double));

    if (values == NULL) {
        return -1;
    }

    memcpy(values, parts->values, n * sizeof(double));

    model->values = values;

    return 0;
}


int
knn_targets_build(knn_model_t *model, const knn_parts_t *parts)
{
    knn_output_t *outputs;

    outputs =
        knn_arena_array(model->arena, parts->n_outputs, sizeof(knn_output_t));

    if (outputs == NULL) {
        return -1;
    }

    model->info.outputs = outputs;

    if (parts->values != NULL) {
        return knn_targets_values(model, parts);
    }

    if (knn_targets_classes(model, parts, outputs) != 0) {
        return -1;
    }

    return (parts->y == NULL) ? 0 : knn_targets_indices(model, parts);
}
