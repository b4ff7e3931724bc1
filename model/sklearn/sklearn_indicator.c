
/*
 * Copyright (C) nginx-knn contributors
 */


/* What is missing, and the transformer that tells it. */


#include <math.h>

#include "sklearn_indicator.h"


knn_status_e
knn_impute_missing(knn_fitted_t *fitted, knn_entry_t *missing)
{
    const knn_value_t *value;

    value = knn_fitted_need(fitted, "missing_values");

    if (value == NULL) {
        return fitted->err->status;
    }

    if (fitted->object->symbol == KNN_SYMBOL_IMPUTER
        && knn_value_is(value, "NaN")) {
        *missing = (knn_entry_t){.number = NAN};
        return KNN_OK;
    }

    if (knn_entry_read(fitted->arena, value, missing, fitted->err) != KNN_OK) {
        knn_error_prefix(fitted->err, "missing_values");
        return fitted->err->status;
    }

    return KNN_OK;
}


knn_status_e
knn_impute_entry(knn_program_t *program, size_t slot, const knn_entry_t *entry,
                 double *number)
{
    if (entry->text) {
        return knn_program_text(program, slot, entry, number);
    }

    *number = entry->number;

    return isnan(entry->number) ? KNN_OK : knn_program_number(program, slot);
}


knn_status_e
knn_impute_tell(knn_program_t *program, const knn_entry_t *missing,
                const uint32_t *columns, size_t n, knn_block_t *block)
{
    size_t  i;
    double *numbers;

    numbers = knn_program_numbers(program, n);

    if (numbers == NULL
        || knn_program_select(program, true, columns, n, block) != KNN_OK)
    {
        return program->err->status;
    }

    if (n == 0) {
        return KNN_OK;
    }

    for (i = 0; i < n; i++) {
        if (knn_impute_entry(program, block->in + i, missing, &numbers[i])
            != KNN_OK) {
            return program->err->status;
        }
    }

    return knn_program_add(
        program,
        (knn_step_t){.kind = KNN_STEP_MISSING,
                     .missing = !missing->text && isnan(missing->number),
                     .n_out = n,
                     .n_numbers = n,
                     .numbers = numbers},
        block);
}


knn_status_e
knn_impute_features(knn_program_t *program, knn_fitted_t *fitted, size_t width,
                    uint32_t **columns, size_t *n)
{
    size_t         i;
    knn_ndarray_t  array;
    const int64_t *features;

    if (knn_fitted_array(fitted, "features_", &array) != KNN_OK) {
        return program->err->status;
    }

    features = knn_ndarray_integers(program->arena, &array, program->err);
    *n = array.count;
    *columns = knn_program_columns(program, array.count);

    if (features == NULL || *columns == NULL) {
        return program->err->status;
    }

    for (i = 0; i < array.count; i++) {
        if (features[i] < 0 || (uint64_t) features[i] >= width
            || (i > 0 && features[i] <= features[i - 1]))
        {
            return knn_fitted_fail(fitted, "features_", KNN_INCONSISTENT,
                                   "is no ascending choice of %zu columns",
                                   width);
        }

        (*columns)[i] = (uint32_t) features[i];
    }

    return KNN_OK;
}


/* Refuses NaN in the columns that are not among ascending ones. */
static knn_status_e
knn_impute_refuse(knn_program_t *program, const uint32_t *columns, size_t n,
                  knn_block_t block)
{
    size_t    i, j, others;
    uint32_t *column;

    column = knn_program_columns(program, block.n);

    if (column == NULL) {
        return program->err->status;
    }

    for (i = 0, j = 0, others = 0; i < block.n; i++) {
        if (j < n && columns[j] == i) {
            j++;
        }
        else {
            column[others++] = (uint32_t) i;
        }
    }

    if (others == 0) {
        return KNN_OK;
    }

    if (knn_program_select(program, true, column, others, &block) != KNN_OK) {
        return program->err->status;
    }

    for (i = 0; i < others; i++) {
        column[i] = (uint32_t) i;
    }

    return knn_program_select(program, false, column, others, &block);
}


knn_status_e
knn_transform_indicator(knn_program_t *program, knn_fitted_t *fitted,
                        knn_block_t *block)
{
    bool         strict;
    size_t       n;
    uint32_t    *columns;
    knn_entry_t  missing;
    knn_status_e rc;

    n = 0;
    columns = NULL;
    strict = true;
    rc = knn_impute_missing(fitted, &missing);

    if (rc == KNN_OK) {
        rc = knn_program_any_width(program, fitted, block);
    }

    if (rc == KNN_OK) {
        rc = knn_impute_features(program, fitted, block->n, &columns, &n);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_flag(fitted, "error_on_new", &strict);
    }

    if (rc == KNN_OK && strict) {
        rc = knn_impute_refuse(program, columns, n, *block);
    }

    return (rc == KNN_OK)
               ? knn_impute_tell(program, &missing, columns, n, block)
               : rc;
}
