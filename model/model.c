
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "check.h"
#include "model.h"
#include "novelty.h"


static const char *const knn_estimator_names[] = {[KNN_CLASSIFIER] =
                                                      "KNeighborsClassifier"};

static const char *const knn_algorithm_names[] = {[KNN_BRUTE] = "brute",
                                                  [KNN_KD_TREE] = "kd_tree",
                                                  [KNN_BALL_TREE] =
                                                      "ball_tree"};

static const char *const knn_weights_names[] = {
    [KNN_UNIFORM] = "uniform", [KNN_DISTANCE] = "distance"};


/* A copy of a string; NULL when there is no memory. */
static const char *
knn_model_string(knn_model_t *model, const char *s)
{
    return knn_arena_string(model->arena, s, strlen(s));
}


/* The metric that is meant, and its p. */
static void
knn_model_metric(knn_parts_t *parts)
{
    if (parts->metric == KNN_MINKOWSKI) {
        parts->metric = knn_metric_minkowski(parts->p);
    }

    if (parts->metric == KNN_EUCLIDEAN) {
        parts->p = 2;
    }
}


/* What scikit-learn does not leave to the last bits of a matrix product. */
static bool
knn_model_lowest(const knn_parts_t *parts)
{
    return parts->algorithm == KNN_BRUTE && parts->metric == KNN_EUCLIDEAN
           && strcmp(parts->metric_name, "l2") != 0
           && strcmp(parts->metric_name, "p") != 0;
}


/* The model's description of itself. */
static int
knn_model_describe(knn_model_t *model, const knn_parts_t *parts)
{
    knn_model_info_t *info;

    info = &model->info;

    info->estimator = knn_estimator_names[parts->estimator];
    info->algorithm = knn_algorithm_names[parts->algorithm];
    info->weights = knn_weights_names[parts->weights];
    info->metric = knn_model_string(model, parts->metric_name);
    info->producer = knn_model_string(model, parts->producer);
    info->p = (parts->metric == KNN_MINKOWSKI) ? parts->p : 0;

    info->n_samples = parts->n_samples;
    info->n_features = parts->n_features;
    info->n_neighbors = (size_t) parts->n_neighbors;
    info->n_outputs = parts->n_outputs;

    return (info->metric == NULL || info->producer == NULL) ? -1 : 0;
}


/* Copies the names of the features, if there are any. */
static int
knn_model_names(knn_model_t *model, const knn_parts_t *parts)
{
    size_t       i;
    const char **names;

    if (parts->feature_names == NULL) {
        return 0;
    }

    names = knn_arena_array(model->arena, parts->n_features, sizeof(char *));

    if (names == NULL) {
        return -1;
    }

    for (i = 0; i < parts->n_features; i++) {
        names[i] = knn_model_string(model, parts->feature_names[i]);

        if (names[i] == NULL) {
            return -1;
        }
    }

    model->info.feature_names = names;

    return 0;
}


/* Copies the classes of one output. */
static const knn_label_t *
knn_model_classes(knn_model_t *model, const knn_output_t *output)
{
    size_t       i;
    knn_label_t *classes, *label;

    classes =
        knn_arena_array(model->arena, output->n_classes, sizeof(knn_label_t));

    if (classes == NULL) {
        return NULL;
    }

    memcpy(classes, output->classes, output->n_classes * sizeof(knn_label_t));

    for (i = 0; i < output->n_classes; i++) {
        label = &classes[i];

        if (label->type != KNN_LABEL_STRING) {
            continue;
        }

        label->value.string.data = knn_arena_string(
            model->arena, label->value.string.data, label->value.string.len);

        if (label->value.string.data == NULL) {
            return NULL;
        }
    }

    return classes;
}


/* Copies the classes of all outputs. */
static int
knn_model_outputs(knn_model_t *model, const knn_parts_t *parts)
{
    size_t        o, n_classes;
    knn_output_t *outputs;

    outputs =
        knn_arena_array(model->arena, parts->n_outputs, sizeof(knn_output_t));

    if (outputs == NULL) {
        return -1;
    }

    for (o = 0; o < parts->n_outputs; o++) {
        n_classes = parts->outputs[o].n_classes;

        outputs[o].n_classes = n_classes;
        outputs[o].classes = knn_model_classes(model, &parts->outputs[o]);

        if (outputs[o].classes == NULL) {
            return -1;
        }

        model->n_classes += n_classes;

        if (n_classes > model->max_classes) {
            model->max_classes = n_classes;
        }
    }

    model->info.outputs = outputs;

    return 0;
}


/* Copies the classes of the training rows. */
static int
knn_model_targets(knn_model_t *model, const knn_parts_t *parts)
{
    size_t    i, n;
    uint32_t *targets;

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


/* Copies what was checked. */
static int
knn_model_fill(knn_model_t *model, const knn_parts_t *parts)
{
    model->algorithm = parts->algorithm;
    model->weights = parts->weights;
    model->sort = parts->sort;
    model->lowest = knn_model_lowest(parts);
    model->p = parts->p;
    model->kind = parts->metric;
    model->metric = knn_metric_get(parts->metric);

    knn_model_use(model, knn_kernels_best());

    if (knn_model_describe(model, parts) != 0
        || knn_model_names(model, parts) != 0
        || knn_model_outputs(model, parts) != 0
        || knn_model_targets(model, parts) != 0
        || knn_layout_build(model, parts) != 0
        || knn_novelty_build(model, parts->x) != 0)
    {
        return -1;
    }

    model->info.memory = knn_arena_size(model->arena);

    return 0;
}


knn_model_t *
knn_model_build(const knn_parts_t *parts, knn_error_t *err)
{
    knn_parts_t  meant;
    knn_arena_t *arena;
    knn_model_t *model;

    meant = *parts;
    knn_model_metric(&meant);

    if (knn_check_parts(&meant, err) != KNN_OK) {
        return NULL;
    }

    arena = knn_arena_create(SIZE_MAX);

    if (arena != NULL) {
        model = knn_arena_alloc(arena, sizeof(knn_model_t));

        if (model != NULL) {
            model->arena = arena;

            if (knn_model_fill(model, &meant) == 0) {
                return model;
            }
        }

        knn_arena_destroy(arena);
    }

    (void) knn_error(err, KNN_NO_MEMORY,
                     "no memory for a model of %zu training rows and %zu "
                     "features",
                     parts->n_samples, parts->n_features);

    return NULL;
}


void
knn_model_use(knn_model_t *model, const knn_kernels_t *kernels)
{
    model->info.kernel = kernels->name;
    model->kernels = kernels;
}


void
knn_model_seal(knn_model_t *model)
{
    knn_arena_seal(model->arena);
}


void
knn_model_free(knn_model_t *model)
{
    knn_arena_destroy(model->arena);
}


const knn_model_info_t *
knn_model_info(const knn_model_t *model)
{
    return &model->info;
}


uint32_t
knn_model_target(const knn_model_t *model, int64_t row, size_t output)
{
    return model->targets[(size_t) row * model->info.n_outputs + output];
}
