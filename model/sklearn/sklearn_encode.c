
/*
 * Copyright (C) nginx-knn contributors
 */


/* Encoders: columns, places or means of categories. */


#include <math.h>
#include <string.h>

#include "sklearn_categories.h"


/* NaN may be a category, and pass where it is none */
#define KNN_ENCODE_ONE_HOT 24
#define KNN_ENCODE_ORDINAL 100


/* Reads what OneHotEncoder leaves out, NaN for nothing. */
static double *
knn_encode_dropped(knn_program_t *program, knn_fitted_t *fitted, size_t n)
{
    size_t             i, size;
    double            *dropped;
    const char        *name;
    knn_entry_t       *entries;
    const knn_value_t *value;

    name = (knn_fitted_find(fitted, "_drop_idx_after_grouping") != NULL)
               ? "_drop_idx_after_grouping"
               : "drop_idx_";
    value = knn_fitted_find(fitted, name);
    dropped = knn_program_numbers(program, n);

    if (dropped == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        dropped[i] = NAN;
    }

    if (value == NULL || value->type == KNN_VALUE_NONE) {
        return dropped;
    }

    entries = knn_entry_array(program->arena, value, &size, program->err);

    if (entries == NULL || size != n) {
        (void) knn_fitted_fail(fitted, name, KNN_MALFORMED,
                               "is no array of %zu", n);
        return NULL;
    }

    for (i = 0; i < n; i++) {
        dropped[i] = entries[i].number;
    }

    return dropped;
}


/* Whether a sparse matrix comes out, as the attribute of a release says. */
static knn_status_e
knn_encode_sparse(knn_fitted_t *fitted, knn_block_t *block)
{
    bool sparse;

    sparse = true;

    if (knn_fitted_flag(fitted,
                        (knn_fitted_find(fitted, "sparse_output") != NULL)
                            ? "sparse_output"
                            : "sparse",
                        &sparse)
        != KNN_OK)
    {
        return fitted->err->status;
    }

    block->sparse = sparse;

    return KNN_OK;
}


/* How many codes each feature has. */
static uint32_t *
knn_encode_counts(knn_program_t *program, const knn_categories_t *categories,
                  size_t n)
{
    size_t    i, j;
    uint32_t *counts;

    counts = knn_program_columns(program, n);

    for (i = 0; counts != NULL && i < n; i++) {
        for (j = 0; j < categories[i].n; j++) {
            if (categories[i].codes[j] >= counts[i]) {
                counts[i] = (uint32_t) categories[i].codes[j] + 1;
            }
        }
    }

    return counts;
}


knn_status_e
knn_transform_one_hot(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    bool              strict, shared, legacy;
    size_t            i;
    double           *dropped;
    uint32_t         *counts;
    const char       *unknown;
    knn_categories_t *categories;

    legacy = false;

    if (knn_fitted_text(fitted, "handle_unknown", &unknown) != KNN_OK
        || knn_fitted_flag(fitted, "_legacy_mode", &legacy) != KNN_OK)
    {
        return program->err->status;
    }

    if (legacy || knn_fitted_find(fitted, "feature_indices_") != NULL) {
        return knn_transform_old_one_hot(program, fitted, block);
    }

    categories = knn_encode_categories(program, fitted, block);

    if (categories == NULL) {
        return program->err->status;
    }

    strict = (strcmp(unknown, "error") == 0);
    shared = (strcmp(unknown, "infrequent_if_exist") == 0
              || strcmp(unknown, "warn") == 0);

    for (i = 0; i < block->n; i++) {
        categories[i].other = strict ? INFINITY : -1;
    }

    if (knn_encode_rare(program, fitted, shared, categories, block->n)
        != KNN_OK) {
        return program->err->status;
    }

    counts = knn_encode_counts(program, categories, block->n);
    dropped = knn_encode_dropped(program, fitted, block->n);

    if (counts == NULL || dropped == NULL
        || knn_encode_add(program, categories,
                          knn_fitted_release(fitted) >= KNN_ENCODE_ONE_HOT,
                          block)
               != KNN_OK
        || knn_program_codes(program, counts, dropped, block) != KNN_OK)
    {
        return program->err->status;
    }

    return knn_encode_sparse(fitted, block);
}


/* Reads a number that may be NaN, or any other if it is not there. */
static knn_status_e
knn_encode_number(knn_fitted_t *fitted, const char *name, double *number)
{
    knn_entry_t        entry;
    const knn_value_t *value;

    value = knn_fitted_find(fitted, name);

    if (value == NULL) {
        return KNN_OK;
    }

    if (knn_entry_read(fitted->arena, value, &entry, fitted->err) != KNN_OK
        || entry.text)
    {
        return knn_fitted_fail(fitted, name, KNN_MALFORMED, "is no number");
    }

    *number = entry.number;

    return KNN_OK;
}


knn_status_e
knn_transform_ordinal(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    size_t            i, j;
    double            missing, other;
    const char       *unknown;
    knn_categories_t *categories;

    /* before 0.24 there was but one way */

    unknown = "error";
    missing = NAN;
    other = NAN;

    if ((knn_fitted_find(fitted, "handle_unknown") != NULL
         && knn_fitted_text(fitted, "handle_unknown", &unknown) != KNN_OK)
        || knn_encode_number(fitted, "unknown_value", &other) != KNN_OK
        || knn_encode_number(fitted, "encoded_missing_value", &missing)
               != KNN_OK)
    {
        return program->err->status;
    }

    categories = knn_encode_categories(program, fitted, block);

    if (categories == NULL
        || knn_encode_rare(program, fitted, false, categories, block->n)
               != KNN_OK)
    {
        return program->err->status;
    }

    for (i = 0; i < block->n; i++) {
        categories[i].other =
            (strcmp(unknown, "use_encoded_value") == 0) ? other : INFINITY;

        for (j = 0; j < categories[i].n; j++) {
            if (!categories[i].entries[j].text
                && isnan(categories[i].entries[j].number)
                && !categories[i].entries[j].none)
            {
                categories[i].codes[j] = missing;
            }
        }
    }

    return knn_encode_add(program, categories,
                          knn_fitted_release(fitted) >= KNN_ENCODE_ORDINAL,
                          block);
}


/* The codes of a TargetEncoder's column, which belongs to a feature. */
static knn_status_e
knn_encode_targets(knn_program_t *program, knn_fitted_t *fitted,
                   const knn_value_t *value, knn_categories_t *categories)
{
    knn_ndarray_t array;
    const double *codes;

    if (knn_ndarray_read(program->arena, value, &array, program->err) != KNN_OK)
    {
        return program->err->status;
    }

    codes = knn_ndarray_doubles(program->arena, &array, program->err);

    if (codes == NULL) {
        return program->err->status;
    }

    if (array.count != categories->n) {
        return knn_fitted_fail(fitted, "encodings_", KNN_INCONSISTENT,
                               "has %zu numbers for %zu categories",
                               array.count, categories->n);
    }

    categories->codes = knn_program_numbers(program, array.count);

    if (categories->codes == NULL) {
        return program->err->status;
    }

    memcpy(categories->codes, codes, array.count * sizeof(double));

    return KNN_OK;
}


/* What unknown values become: a number, or one for each class. */
static const double *
knn_encode_means(knn_program_t *program, knn_fitted_t *fitted, size_t n)
{
    double *mean;

    if (n > 1) {
        return knn_fitted_vector(fitted, "target_mean_", n);
    }

    mean = knn_program_numbers(program, 1);

    return (mean != NULL
            && knn_encode_number(fitted, "target_mean_", mean) == KNN_OK)
               ? mean
               : NULL;
}


knn_status_e
knn_transform_target(knn_program_t *program, knn_fitted_t *fitted,
                     knn_block_t *block)
{
    size_t             i, n, per;
    uint32_t          *columns;
    const double      *means;
    knn_categories_t  *categories, *each;
    const knn_value_t *list;

    list = knn_fitted_need(fitted, "encodings_");
    categories =
        (list == NULL) ? NULL : knn_encode_categories(program, fitted, block);

    if (categories == NULL) {
        return program->err->status;
    }

    n = (list->type == KNN_VALUE_LIST) ? list->u.list.n : 0;
    per = n / block->n;

    if (per == 0 || n % block->n != 0) {
        return knn_fitted_fail(fitted, "encodings_", KNN_INCONSISTENT,
                               "is no list of as many arrays for each of %zu "
                               "features",
                               block->n);
    }

    means = knn_encode_means(program, fitted, per);
    each = knn_arena_array(program->arena, n, sizeof(knn_categories_t));
    columns = knn_program_columns(program, n);

    if (means == NULL || each == NULL || columns == NULL) {
        return (means == NULL) ? program->err->status
                               : knn_error(program->err, KNN_LIMIT,
                                           "needs more memory than allowed");
    }

    for (i = 0; i < n; i++) {
        columns[i] = (uint32_t) (i / per);
        each[i] = categories[i / per];
        each[i].other = means[i % per];

        if (knn_encode_targets(program, fitted, list->u.list.items[i], &each[i])
            != KNN_OK)
        {
            return program->err->status;
        }
    }

    return (knn_program_select(program, true, columns, n, block) == KNN_OK)
               ? knn_encode_add(program, each, true, block)
               : program->err->status;
}
