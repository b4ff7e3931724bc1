
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "train.h"
#include "train_steps.h"
#include "../tree_build.h"


/* Fills x with the features of the rows. */
static knn_status_e
knn_train_features(const knn_dataset_t *data, const knn_steps_t *steps,
                   const uint32_t *rows, size_t n_rows, size_t n_features,
                   double *slots, double *x, knn_error_t *err)
{
    size_t        i, j;
    const double *features;

    for (i = 0; i < n_rows; i++) {
        for (j = 0; j < data->n_inputs; j++) {
            slots[j] = data->columns[j][rows[i]];
        }

        features = knn_steps_run(steps, slots, err);

        if (features == NULL) {
            return err->status;
        }

        memcpy(x + i * n_features, features, n_features * sizeof(double));
    }

    return KNN_OK;
}


/* The features of the rows, NULL and err when there is no memory. */
static const double *
knn_train_x(const knn_dataset_t *data, const knn_parts_t *parts,
            const uint32_t *rows, knn_arena_t *arena, knn_error_t *err)
{
    double *x, *slots;
    size_t  size;

    if (__builtin_mul_overflow(parts->n_samples, parts->n_features, &size)) {
        size = SIZE_MAX;
    }

    x = knn_arena_array(arena, size, sizeof(double));
    slots = knn_arena_array(
        arena, data->n_inputs + knn_steps_slots(&parts->steps), sizeof(double));

    if (x == NULL || slots == NULL) {
        (void) knn_error(err, KNN_NO_MEMORY,
                         "no memory for %zu rows of %zu features",
                         parts->n_samples, parts->n_features);
        return NULL;
    }

    if (knn_train_features(data, &parts->steps, rows, parts->n_samples,
                           parts->n_features, slots, x, err)
        != KNN_OK)
    {
        return NULL;
    }

    return x;
}


/* The targets of the rows. */
static knn_status_e
knn_train_y(const knn_dataset_t *data, const uint32_t *rows, knn_arena_t *arena,
            knn_parts_t *parts, knn_error_t *err)
{
    size_t   i;
    double  *values;
    int64_t *y;

    y = knn_arena_array(arena, parts->n_samples, sizeof(int64_t));
    values = knn_arena_array(arena, parts->n_samples, sizeof(double));

    if (y == NULL || values == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for %zu targets",
                         parts->n_samples);
    }

    parts->n_outputs = 1;

    for (i = 0; i < parts->n_samples; i++) {
        if (data->classes != NULL) {
            y[i] = data->classes[rows[i]];
        }
        else {
            values[i] = data->values[rows[i]];
        }
    }

    if (data->classes != NULL) {
        parts->estimator = KNN_CLASSIFIER;
        parts->outputs = &data->output;
        parts->y = y;
    }
    else {
        parts->estimator = KNN_REGRESSOR;
        parts->values = values;
    }

    return KNN_OK;
}


knn_status_e
knn_train(const knn_dataset_t *data, const knn_recipe_t *recipe,
          const uint32_t *rows, size_t n_rows, knn_arena_t *arena,
          knn_parts_t *parts, knn_error_t *err)
{
    memset(parts, 0, sizeof(knn_parts_t));
    parts->algorithm = recipe->algorithm;
    parts->weights = recipe->weights;
    parts->metric = recipe->metric;
    parts->metric_name = recipe->metric_name;
    parts->p = recipe->p;
    parts->sort = KNN_SORT_INTRO;
    parts->producer = "nginx-knn " KNN_VERSION;
    parts->n_samples = n_rows;
    parts->n_neighbors = recipe->n_neighbors;
    parts->feature_names = data->names;

    if (knn_train_steps(data, recipe->scale, rows, n_rows, arena, &parts->steps,
                        &parts->n_features, err)
            != KNN_OK
        || knn_train_y(data, rows, arena, parts, err) != KNN_OK)
    {
        return err->status;
    }

    parts->x = knn_train_x(data, parts, rows, arena, err);

    if (parts->x == NULL) {
        return err->status;
    }

    if (recipe->automatic) {
        parts->algorithm = knn_algorithm_auto(parts);
    }

    return knn_tree_build(parts, arena, err);
}
