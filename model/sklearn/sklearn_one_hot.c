
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * OneHotEncoder as it was made for integers: a range of columns for each
 * feature, of which those that the training data had are kept.
 */


#include <math.h>
#include <string.h>

#include "../model.h"
#include "sklearn_step.h"


/* the encoder's attributes, which got other names in their last releases */
typedef struct {
    size_t        n;
    const double *sizes;  /* [n], each feature is below */
    const double *active; /* [n_active], columns that are kept, or NULL */
    size_t        n_active;
    bool          strict;
} knn_ranges_t;


/* Either of two names. */
static const char *
knn_one_hot_name(knn_fitted_t *fitted, const char *old, const char *late)
{
    return (knn_fitted_find(fitted, old) != NULL) ? old : late;
}


/* Reads how the encoder was fitted. */
static knn_status_e
knn_one_hot_read(knn_program_t *program, knn_fitted_t *fitted,
                 knn_ranges_t *ranges, knn_block_t *block)
{
    size_t             i;
    const char        *name, *unknown;
    const knn_value_t *chosen;

    chosen = knn_fitted_find(fitted, "categorical_features");

    if (chosen != NULL && chosen->type != KNN_VALUE_NONE
        && !knn_value_is(chosen, "all"))
    {
        return knn_fitted_fail(fitted, "categorical_features", KNN_UNSUPPORTED,
                               "is not served, choose columns by a "
                               "ColumnTransformer");
    }

    name = knn_one_hot_name(fitted, "n_values_", "_n_values_");

    if (knn_fitted_text(fitted, "handle_unknown", &unknown) != KNN_OK
        || knn_fitted_size(fitted, name, 0, &ranges->n) != KNN_OK
        || knn_program_width(program, fitted, block, ranges->n) != KNN_OK)
    {
        return program->err->status;
    }

    ranges->sizes = knn_fitted_vector(fitted, name, ranges->n);
    ranges->strict = (strcmp(unknown, "error") == 0);

    if (ranges->sizes == NULL) {
        return program->err->status;
    }

    for (i = 0; i < ranges->n; i++) {
        if (!(ranges->sizes[i] >= 1 && ranges->sizes[i] <= KNN_MAX_FEATURES)) {
            return knn_fitted_fail(fitted, name, KNN_INCONSISTENT,
                                   "is %g for feature %zu, it must be 1 to %d",
                                   ranges->sizes[i], i, KNN_MAX_FEATURES);
        }
    }

    name = knn_one_hot_name(fitted, "active_features_", "_active_features_");

    if (knn_fitted_find(fitted, name) == NULL) {
        return KNN_OK;
    }

    if (knn_fitted_size(fitted, name, 0, &ranges->n_active) != KNN_OK) {
        return program->err->status;
    }

    ranges->active = knn_fitted_vector(fitted, name, ranges->n_active);

    return (ranges->active == NULL) ? program->err->status : KNN_OK;
}


/* Integers below the size of each feature are their own codes. */
static knn_status_e
knn_one_hot_encode(knn_program_t *program, const knn_ranges_t *ranges,
                   size_t total, knn_block_t *block)
{
    size_t    i, j, k;
    double   *numbers;
    uint32_t *counts;

    counts = knn_program_columns(program, ranges->n);
    numbers = knn_program_numbers(program, 2 * total + ranges->n);

    if (counts == NULL || numbers == NULL) {
        return program->err->status;
    }

    for (i = 0, k = 0; i < ranges->n; i++) {
        counts[i] = (uint32_t) ranges->sizes[i];

        for (j = 0; j < counts[i]; j++, k++) {
            numbers[k] = (double) j;
            numbers[total + k] = (double) j;
        }

        numbers[2 * total + i] = ranges->strict ? INFINITY : -1;

        if (knn_program_number(program, block->in + i) != KNN_OK) {
            return program->err->status;
        }
    }

    return knn_program_add(program,
                           (knn_step_t){.kind = KNN_STEP_ENCODE,
                                        .n_out = ranges->n,
                                        .n_columns = ranges->n,
                                        .columns = counts,
                                        .n_numbers = 2 * total + ranges->n,
                                        .numbers = numbers},
                           block);
}


/* A column for each code, then those that are kept. */
static knn_status_e
knn_one_hot_columns(knn_program_t *program, knn_fitted_t *fitted,
                    const knn_ranges_t *ranges, knn_block_t *block)
{
    size_t    i;
    uint32_t *counts, *columns;

    counts = knn_program_columns(program, ranges->n);
    columns = knn_program_columns(program, ranges->n_active);

    if (counts == NULL || columns == NULL) {
        return program->err->status;
    }

    for (i = 0; i < ranges->n; i++) {
        counts[i] = (uint32_t) ranges->sizes[i];
    }

    if (knn_program_codes(program, counts, NULL, block) != KNN_OK) {
        return program->err->status;
    }

    for (i = 0; i < ranges->n_active; i++) {
        if (!(ranges->active[i] >= 0 && ranges->active[i] < (double) block->n))
        {
            return knn_fitted_fail(fitted, "active_features_", KNN_INCONSISTENT,
                                   "has %g, which is none of %zu columns",
                                   ranges->active[i], block->n);
        }

        columns[i] = (uint32_t) ranges->active[i];
    }

    return (ranges->active == NULL)
               ? KNN_OK
               : knn_program_select(program, true, columns, ranges->n_active,
                                    block);
}


knn_status_e
knn_transform_old_one_hot(knn_program_t *program, knn_fitted_t *fitted,
                          knn_block_t *block)
{
    size_t       i, total;
    knn_ranges_t ranges;

    ranges = (knn_ranges_t){.n = 0};

    if (knn_one_hot_read(program, fitted, &ranges, block) != KNN_OK) {
        return program->err->status;
    }

    for (i = 0, total = 0; i < ranges.n; i++) {
        total += (size_t) ranges.sizes[i];
    }

    if (total > KNN_MAX_FEATURES) {
        return knn_error(program->err, KNN_LIMIT,
                         "makes more than the %d features that are allowed",
                         KNN_MAX_FEATURES);
    }

    return (knn_one_hot_encode(program, &ranges, total, block) == KNN_OK)
               ? knn_one_hot_columns(program, fitted, &ranges, block)
               : program->err->status;
}
