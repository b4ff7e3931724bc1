
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * How many features transformers were fitted on.  Old releases do not say it,
 * but some attribute has as many elements; where a transformer has no such
 * one, the next that gets the same features may.
 */


#include "sklearn_step.h"


/* more than honest files have within each other, and in all */
#define KNN_WIDTH_DEPTH 8
#define KNN_WIDTH_COUNT 1000

/* of what passes on as many features as it gets */
#define KNN_WIDTH_SAME SIZE_MAX


typedef struct {
    const char *name;
    size_t      dim; /* the dimension of an array that is the width */
} knn_width_t;


static const knn_width_t knn_widths[] = {
    {"n_features_in_", 0}, {"_n_features", 0}, {"n_input_features_", 0},
    {"statistics_", 0},    {"scale_", 0},      {"mean_", 0},
    {"center_", 0},        {"variances_", 0},  {"scores_", 0},
    {"support_", 0},       {"lambdas_", 0},    {"categories_", 0},
    {"bin_edges_", 0},     {"n_values_", 0},   {"_n_values_", 0},
    {"quantiles_", 1},     {"components_", 1}, {"scalings_", 0},
    {"_fit_X", 1},         {NULL, 0},
};


static size_t knn_width_find(knn_program_t *program, const knn_value_t *value,
                             unsigned depth);


/* The width by an object's attributes. */
static size_t
knn_width_attribute(knn_fitted_t *fitted)
{
    size_t             n;
    int64_t            count;
    const knn_width_t *row;
    const knn_value_t *value;

    for (row = knn_widths; row->name != NULL; row++) {
        value = knn_fitted_find(fitted, row->name);

        if (value == NULL || value->type == KNN_VALUE_NONE) {
            continue;
        }

        if (knn_fitted_size(fitted, row->name, row->dim, &n) == KNN_OK) {
            return n;
        }

        if (knn_fitted_integer(fitted, row->name, &count) == KNN_OK
            && count > 0) {
            return (size_t) count;
        }
    }

    return 0;
}


/* The width by what comes first in a Pipeline. */
static size_t
knn_width_pipeline(knn_program_t *program, knn_fitted_t *fitted, unsigned depth)
{
    size_t             i, n;
    const knn_value_t *list;

    list = knn_fitted_tuples(fitted, "steps", 2);
    n = (list == NULL) ? 0 : KNN_WIDTH_SAME;

    for (i = 0; n == KNN_WIDTH_SAME && i < list->u.list.n; i++) {
        n = knn_width_find(program, list->u.list.items[i]->u.list.items[1],
                           depth);
    }

    return n;
}


/* The width by any part of a FeatureUnion. */
static size_t
knn_width_union(knn_program_t *program, knn_fitted_t *fitted, unsigned depth)
{
    size_t             i, n;
    const knn_value_t *list;

    list = knn_fitted_tuples(fitted, "transformer_list", 2);

    for (i = 0; list != NULL && i < list->u.list.n; i++) {
        n = knn_width_find(program, list->u.list.items[i]->u.list.items[1],
                           depth);

        if (n != 0 && n != KNN_WIDTH_SAME) {
            return n;
        }
    }

    return 0;
}


/* The width by an object's attributes, or by what is in it. */
static size_t
knn_width_object(knn_program_t *program, knn_fitted_t *fitted, unsigned depth)
{
    size_t n;

    switch (fitted->object->symbol) {

    case KNN_SYMBOL_PIPELINE:
        return knn_width_pipeline(program, fitted, depth);

    case KNN_SYMBOL_FEATURE_UNION:
        return knn_width_union(program, fitted, depth);

    case KNN_SYMBOL_NORMALIZER:
    case KNN_SYMBOL_BINARIZER:
    case KNN_SYMBOL_FUNCTION_TRANSFORMER:
        n = knn_width_attribute(fitted);
        return (n == 0) ? KNN_WIDTH_SAME : n;

    default:
        return knn_width_attribute(fitted);
    }
}


/* The width of a value, so deep within others. */
static size_t
knn_width_find(knn_program_t *program, const knn_value_t *value, unsigned depth)
{
    knn_error_t  err;
    knn_fitted_t fitted;

    fitted = (knn_fitted_t){.arena = program->arena, .err = &err};

    if (value->type == KNN_VALUE_NONE || knn_value_is(value, "passthrough")) {
        return KNN_WIDTH_SAME;
    }

    if (value->type != KNN_VALUE_OBJECT || depth == KNN_WIDTH_DEPTH
        || program->visited++ > KNN_WIDTH_COUNT
        || knn_fitted_open(&fitted, value) != KNN_OK)
    {
        return 0;
    }

    value = knn_fitted_find(&fitted, "best_estimator_");

    return (value != NULL) ? knn_width_find(program, value, depth + 1)
                           : knn_width_object(program, &fitted, depth + 1);
}


void
knn_program_expect(knn_program_t *program, const knn_value_t *value,
                   size_t otherwise)
{
    size_t n;

    n = knn_width_find(program, value, 0);

    program->n_expected = (n == 0 || n == KNN_WIDTH_SAME) ? otherwise : n;
    program->visited = 0;
}
