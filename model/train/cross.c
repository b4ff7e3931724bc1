
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "cross.h"
#include "../parts.h"
#include "score.h"


/* rows and numbers that are predicted at a time */
#define KNN_CROSS_ROWS   256
#define KNN_CROSS_VALUES 1048576


/* a fold while it is predicted */
typedef struct {
    const knn_cross_t *cross;
    const knn_model_t *model;
    const uint32_t    *rows; /* [n_rows], those of the fold */
    size_t             n_rows;
    size_t             before; /* rows of earlier folds */
    size_t             batch;  /* rows at a time */
    double            *x;
    void              *query;
    double            *values; /* [n_rows], of a regressor: the truth */
    double            *predicted;
    double            *scratch;
    size_t             correct;
} knn_cross_fold_t;


/* Puts the rows of a fold behind all others; returns how many these are. */
static size_t
knn_cross_divide(const knn_cross_t *cross, size_t number, uint32_t *rows)
{
    size_t i, first, last;

    first = 0;

    for (i = 0; i < cross->n_rows; i++) {
        if (cross->fold[i] != number) {
            rows[first++] = cross->rows[i];
        }
    }

    for (i = 0, last = first; i < cross->n_rows; i++) {
        if (cross->fold[i] == number) {
            rows[last++] = cross->rows[i];
        }
    }

    return first;
}


/* Keeps what a query found for rows from first on. */
static void
knn_cross_keep(knn_cross_fold_t *fold, const knn_query_t *query, size_t first)
{
    size_t               i;
    uint32_t             row;
    const knn_dataset_t *data;

    data = fold->cross->data;

    for (i = 0; i < query->rows; i++) {
        row = fold->rows[first + i];

        if (data->classes != NULL) {
            fold->correct += query->classes[i] == data->classes[row];
        }
        else {
            fold->values[first + i] = data->values[row];
            fold->predicted[first + i] = query->values[i];
        }
    }
}


/* Predicts the rows of a fold. */
static knn_status_e
knn_cross_predict(knn_cross_fold_t *fold, knn_error_t *err)
{
    size_t               i, j, k, n;
    knn_query_t         *query;
    const knn_dataset_t *data;

    data = fold->cross->data;

    for (i = 0; i < fold->n_rows; i += n) {
        n = fold->n_rows - i;
        n = n > fold->batch ? fold->batch : n;

        for (j = 0; j < n; j++) {
            for (k = 0; k < data->n_inputs; k++) {
                fold->x[j * data->n_inputs + k] =
                    data->columns[k][fold->rows[i + j]];
            }
        }

        query =
            knn_query_init(fold->query, fold->model, fold->x, n, KNN_PREDICT);

        while (!knn_query_run(query, SIZE_MAX)) {
            /* void */
        }

        if (query->error.status != KNN_OK) {
            *err = query->error;
            return err->status;
        }

        knn_cross_keep(fold, query, i);
        fold->cross->progress(fold->cross->progress_ctx, fold->before + i + n,
                              fold->cross->n_rows);
    }

    return KNN_OK;
}


/* Takes memory that a fold needs. */
static bool
knn_cross_alloc(knn_cross_fold_t *fold, knn_arena_t *arena)
{
    size_t n;

    n = fold->n_rows;
    fold->batch = KNN_CROSS_VALUES / fold->cross->data->n_inputs + 1;
    fold->batch = fold->batch > KNN_CROSS_ROWS ? KNN_CROSS_ROWS : fold->batch;

    fold->x = knn_arena_array(arena, fold->batch * fold->cross->data->n_inputs,
                              sizeof(double));
    fold->query = knn_arena_alloc(
        arena, knn_query_size(fold->model, fold->batch, KNN_PREDICT));
    fold->values = knn_arena_array(arena, n, sizeof(double));
    fold->predicted = knn_arena_array(arena, n, sizeof(double));
    fold->scratch = knn_arena_array(arena, n, sizeof(double));

    return fold->x != NULL && fold->query != NULL && fold->values != NULL
           && fold->predicted != NULL && fold->scratch != NULL;
}


/* Scores the rows of a fold, which a model of the others predicts. */
static knn_status_e
knn_cross_fold(knn_cross_fold_t *fold, knn_arena_t *arena, double *score,
               knn_error_t *err)
{
    if (!knn_cross_alloc(fold, arena)) {
        return knn_error(err, KNN_NO_MEMORY, "no memory to predict %zu rows",
                         fold->n_rows);
    }

    if (knn_cross_predict(fold, err) != KNN_OK) {
        return err->status;
    }

    if (fold->cross->data->classes != NULL) {
        *score = (double) fold->correct / (double) fold->n_rows;
    }
    else {
        *score = knn_score_values(fold->values, fold->predicted, fold->n_rows,
                                  fold->scratch)
                     .r2;
    }

    return KNN_OK;
}


/* Trains without the rows of a fold, and scores them. */
static knn_status_e
knn_cross_train(knn_cross_fold_t *fold, const knn_recipe_t *recipe,
                size_t number, uint32_t *rows, knn_arena_t *arena,
                double *score, knn_error_t *err)
{
    size_t       n;
    knn_model_t *model;
    knn_parts_t  parts;
    knn_status_e status;

    n = knn_cross_divide(fold->cross, number, rows);

    if (knn_train(fold->cross->data, recipe, rows, n, arena, &parts, err)
        != KNN_OK) {
        return err->status;
    }

    model = knn_model_build(&parts, err);

    if (model == NULL) {
        return err->status;
    }

    fold->model = model;
    fold->rows = rows + n;
    fold->n_rows = fold->cross->n_rows - n;
    fold->correct = 0;
    status = knn_cross_fold(fold, arena, score, err);
    fold->before += fold->n_rows;

    knn_model_free(model);

    return status;
}


knn_status_e
knn_cross_validate(const knn_cross_t *cross, const knn_recipe_t *recipe,
                   size_t max_bytes, double *scores, knn_error_t *err)
{
    size_t           i;
    uint32_t        *rows;
    knn_arena_t     *arena;
    knn_status_e     status;
    knn_cross_fold_t fold;

    memset(&fold, 0, sizeof(knn_cross_fold_t));
    fold.cross = cross;
    rows = calloc(cross->n_rows, sizeof(uint32_t));

    if (rows == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for %zu rows",
                         cross->n_rows);
    }

    status = KNN_OK;

    for (i = 0; i < cross->n_folds && status == KNN_OK; i++) {
        arena = knn_arena_create(max_bytes);

        if (arena == NULL) {
            status =
                knn_error(err, KNN_NO_MEMORY, "no memory for fold %zu", i + 1);
            break;
        }

        status =
            knn_cross_train(&fold, recipe, i, rows, arena, &scores[i], err);
        knn_arena_destroy(arena);
    }

    free(rows);

    return status;
}
