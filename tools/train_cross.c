
/*
 * Copyright (C) nginx-knn contributors
 */


/* How good a model will be, and with how many neighbors it is best. */


#include <stdio.h>
#include <stdlib.h>

#include "../model/train/cross.h"
#include "../model/train/score.h"
#include "progress.h"
#include "training.h"


/* multiplications of a cross-validation that nobody asked for: some seconds */
#define KNN_TRAINING_COST 1e11


/* Divides the rows into folds. */
static bool
knn_training_divide(const knn_training_t *training, uint32_t *fold)
{
    bool      done;
    size_t    i;
    uint32_t *classes;

    if (!training->classify) {
        return knn_folds_plain(&training->folds, training->n_rows, fold);
    }

    classes = malloc(training->n_rows * sizeof(uint32_t));

    if (classes == NULL) {
        return false;
    }

    for (i = 0; i < training->n_rows; i++) {
        classes[i] = training->data.classes[training->rows[i]];
    }

    done = knn_folds_stratified(&training->folds, classes, training->n_rows,
                                training->data.output.n_classes, fold);
    free(classes);

    return done;
}


/* The rows of the largest class, or all of a regression. */
static size_t
knn_training_largest(const knn_training_t *training)
{
    size_t i, most, *counts;

    if (!training->classify) {
        return training->n_rows;
    }

    counts = calloc(training->data.output.n_classes, sizeof(size_t));
    most = 0;

    for (i = 0; counts != NULL && i < training->n_rows; i++) {
        counts[training->data.classes[training->rows[i]]]++;
    }

    for (i = 0; counts != NULL && i < training->data.output.n_classes; i++) {
        most = counts[i] > most ? counts[i] : most;
    }

    free(counts);

    return most;
}


/* The rows that are left to train on beside the largest fold. */
static size_t
knn_training_left(const knn_training_t *training)
{
    size_t n, count;

    n = training->n_rows;
    count = training->folds.count;

    return n - (n + count - 1) / count;
}


/* True if the rows can be divided so and are enough for the neighbors. */
static bool
knn_training_enough(const knn_training_t *training)
{
    return knn_training_largest(training) >= training->folds.count
           && (size_t) training->recipe.n_neighbors
                  <= knn_training_left(training)
           && knn_training_left(training) > 0;
}


/* True if it does not take long, or was asked for. */
static bool
knn_training_worth(const knn_training_t *training)
{
    return training->folds_asked
           || (double) training->n_rows * (double) training->n_rows
                      * (double) training->data.n_inputs
                  < KNN_TRAINING_COST;
}


/* Makes the list of what to try. */
static bool
knn_training_tries(knn_training_t *training)
{
    static const int64_t numbers[KNN_TRAINING_TRIES] = {1,  3,  5,  7,  9,
                                                        11, 15, 21, 31, 51};

    size_t     i;
    knn_try_t *try;

    for (i = 0; i < KNN_TRAINING_TRIES; i++) {
        try = &training->tries[i];
        try->n_neighbors = training->recipe.n_neighbors > 0
                               ? training->recipe.n_neighbors
                               : numbers[i];
        try->scores = knn_arena_array(training->arena, training->folds.count,
                                      sizeof(double));

        if ((size_t) try->n_neighbors > knn_training_left(training)) {
            break;
        }

        if (try->scores == NULL) {
            (void) knn_tool_refuse("no memory for %zu folds",
                                   training->folds.count);
            return false;
        }

        training->n_tries++;

        if (training->recipe.n_neighbors > 0) {
            break;
        }
    }

    return true;
}


/* Tries a number of neighbors. */
static bool
knn_training_try(const knn_training_t *training, const knn_cross_t *cross,
                 knn_try_t *try)
{
    char         what[64];
    double       scratch[KNN_TRAINING_FOLDS];
    knn_error_t  err;
    knn_recipe_t recipe;
    knn_status_e status;

    recipe = training->recipe;
    recipe.n_neighbors = try->n_neighbors;

    (void) snprintf(what, sizeof(what), "%zu folds, %lld neighbors",
                    training->folds.count, (long long) try->n_neighbors);
    knn_progress_begin(cross->progress_ctx, training->quiet, what);

    status = knn_cross_validate(cross, &recipe, training->max_bytes,
                                try->scores, &err);
    knn_progress_end(cross->progress_ctx);

    if (status != KNN_OK) {
        (void) knn_tool_refuse("%s: cross-validation: %s", training->file.name,
                               err.message);
        return false;
    }

    try->mean = knn_score_mean(try->scores, training->folds.count);
    try->deviation =
        knn_score_deviation(try->scores, training->folds.count, scratch);

    return true;
}


/* Tries all of them and takes the first of the best. */
static bool
knn_training_best(knn_training_t *training, const uint32_t *fold)
{
    size_t         i;
    knn_cross_t    cross;
    knn_progress_t progress;

    cross.data = &training->data;
    cross.rows = training->rows;
    cross.n_rows = training->n_rows;
    cross.fold = fold;
    cross.n_folds = training->folds.count;
    cross.progress = knn_progress_tell;
    cross.progress_ctx = &progress;

    for (i = 0; i < training->n_tries; i++) {
        if (!knn_training_try(training, &cross, &training->tries[i])) {
            return false;
        }

        if (training->tries[i].mean > training->tries[training->best].mean) {
            training->best = i;
        }
    }

    training->recipe.n_neighbors = training->tries[training->best].n_neighbors;

    return true;
}


bool
knn_training_cross(knn_training_t *training)
{
    bool      done;
    uint32_t *fold;

    if (training->folds.count == 0) {
        return true;
    }

    if (!knn_training_enough(training)) {
        if (training->folds_asked) {
            (void) knn_tool_refuse("%s: the rows of a class, or those of the "
                                   "other folds, are too few for %zu folds, "
                                   "see --cv",
                                   training->file.name, training->folds.count);
            return false;
        }

        knn_training_note(training, "too few rows for a cross-validation");
        training->folds.count = 0;
        return true;
    }

    if (!knn_training_worth(training)) {
        knn_training_note(training, "a cross-validation would take long, ask "
                                    "for it by --cv 5");
        training->folds.count = 0;
        return true;
    }

    fold = malloc(training->n_rows * sizeof(uint32_t));

    done = fold != NULL && knn_training_divide(training, fold);

    if (!done) {
        (void) knn_tool_refuse("no memory for %zu rows", training->n_rows);
    }

    done = done && knn_training_tries(training)
           && knn_training_best(training, fold);
    free(fold);

    return done;
}
