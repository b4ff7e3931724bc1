
/*
 * Copyright (C) nginx-knn contributors
 */


/* Where the estimator is in what was fitted, and what comes before it. */


#include <string.h>

#include "sklearn_predictor.h"


/* what honest files stay far below */
#define KNN_PREDICTOR_DEPTH 32


typedef struct {
    const char *name;
    const char *cure;
} knn_predictor_cure_t;


/* what people put around an estimator, by the end of its name */
static const knn_predictor_cure_t knn_predictor_cures[] = {
    {".MultiOutputClassifier",
     "fit the classifier itself on all columns of y, it takes several"},
    {".MultiOutputRegressor",
     "fit the regressor itself on all columns of y, it takes several"},
    {".TransformedTargetRegressor",
     "fit the regressor itself on the transformed target"},
    {"", "dump a fitted KNeighborsClassifier or another nearest-neighbor "
         "estimator, alone or in a Pipeline"},
};


/* What is to be done about something else. */
static const char *
knn_predictor_cure(const char *kind)
{
    size_t                      len, n;
    const knn_predictor_cure_t *row;

    len = strlen(kind);

    for (row = knn_predictor_cures; *row->name != '\0'; row++) {
        n = strlen(row->name);

        if (len >= n && strcmp(kind + len - n, row->name) == 0) {
            break;
        }
    }

    return row->cure;
}


/* True for a search, whose best estimator it is that predicts. */
static bool
knn_predictor_is_search(const knn_value_t *value)
{
    return value->symbol == KNN_SYMBOL_GRID_SEARCH
           || value->symbol == KNN_SYMBOL_RANDOMIZED_SEARCH
           || value->symbol == KNN_SYMBOL_HALVING_GRID_SEARCH
           || value->symbol == KNN_SYMBOL_HALVING_RANDOM_SEARCH;
}


/* The best estimator of a search; NULL and the error. */
static const knn_value_t *
knn_predictor_best(knn_fitted_t *fitted)
{
    const knn_value_t *best;

    best = knn_fitted_find(fitted, "best_estimator_");

    if (best == NULL) {
        (void) knn_error(fitted->err, KNN_UNSUPPORTED,
                         "the %s has no best_estimator_, fit it with "
                         "refit=True before it is dumped",
                         knn_symbol_name(fitted->object->symbol));
    }

    return best;
}


/* The last step of a Pipeline; NULL and the error. */
static const knn_value_t *
knn_predictor_last(knn_fitted_t *fitted, const knn_value_t **steps)
{
    *steps = knn_fitted_tuples(fitted, "steps", 2);

    if (*steps == NULL) {
        return NULL;
    }

    if ((*steps)->u.list.n == 0) {
        (void) knn_error(fitted->err, KNN_MALFORMED,
                         "the Pipeline has no steps");
        return NULL;
    }

    return (*steps)->u.list.items[(*steps)->u.list.n - 1]->u.list.items[1];
}


/* What predicts within a value that is no estimator; NULL and the error. */
static const knn_value_t *
knn_predictor_inner(knn_fitted_t *fitted, const knn_value_t *value,
                    const knn_value_t **steps)
{
    char        buf[KNN_QUOTE_SIZE];
    const char *kind;

    *steps = NULL;

    if (value->type != KNN_VALUE_OBJECT
        || (value->symbol != KNN_SYMBOL_PIPELINE
            && !knn_predictor_is_search(value)))
    {
        kind = knn_value_kind(value, buf, sizeof(buf));

        (void) knn_error(fitted->err, KNN_UNSUPPORTED, "the file holds %s, %s",
                         kind, knn_predictor_cure(kind));
        return NULL;
    }

    if (knn_fitted_open(fitted, value) != KNN_OK) {
        return NULL;
    }

    return (value->symbol == KNN_SYMBOL_PIPELINE)
               ? knn_predictor_last(fitted, steps)
               : knn_predictor_best(fitted);
}


const knn_value_t *
knn_predictor_find(knn_arena_t *arena, const knn_value_t *value,
                   knn_error_t *err)
{
    unsigned           depth;
    knn_fitted_t       fitted;
    const knn_value_t *steps;

    fitted = (knn_fitted_t){.arena = arena, .err = err};

    for (depth = 0; depth < KNN_PREDICTOR_DEPTH; depth++) {
        if (value == NULL || knn_fitted_is_estimator(value)) {
            return value;
        }

        value = knn_predictor_inner(&fitted, value, &steps);
    }

    (void) knn_error(
        err, KNN_LIMIT,
        "the file holds more than %d Pipelines or searches within each "
        "other",
        KNN_PREDICTOR_DEPTH);

    return NULL;
}


knn_status_e
knn_predictor_steps(knn_program_t *program, const knn_value_t *value,
                    knn_block_t *block)
{
    knn_fitted_t       fitted;
    const knn_value_t *steps;

    fitted = (knn_fitted_t){.arena = program->arena, .err = program->err};

    while (!knn_fitted_is_estimator(value)) {
        value = knn_predictor_inner(&fitted, value, &steps);

        if (value == NULL
            || (steps != NULL
                && knn_transform_steps(program, steps, steps->u.list.n - 1,
                                       block)
                       != KNN_OK))
        {
            return program->err->status;
        }
    }

    return KNN_OK;
}
