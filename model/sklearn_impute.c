
/*
 * Copyright (C) nginx-knn contributors
 */


/* Transformers that fill in what is missing, or tell that it is. */


#include <math.h>
#include <string.h>

#include "sklearn_step.h"


/* SimpleImputer keeps what it found no value in, when that is constant */
#define KNN_IMPUTE_DROPS 108


/* what an imputer has */
typedef struct {
    knn_entry_t        missing;
    bool               lenient; /* NaN may come in, missing or not */
    bool               kept;    /* features without a statistic too */
    size_t             n;
    const knn_entry_t *statistics; /* [n] */
} knn_imputer_t;


/* Reads what stands for a missing value; "NaN" in old releases. */
static knn_status_e
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


/* A value among those of a slot, as a number: a text's place, or its own. */
static knn_status_e
knn_impute_entry(knn_program_t *program, size_t slot, const knn_entry_t *entry,
                 double *number)
{
    if (entry->text) {
        return knn_program_text(program, slot, entry, number);
    }

    *number = entry->number;

    return isnan(entry->number) ? KNN_OK : knn_program_number(program, slot);
}


/* The columns with a statistic. */
static knn_status_e
knn_impute_select(knn_program_t *program, const knn_imputer_t *imputer,
                  uint32_t *columns, knn_block_t *block)
{
    size_t i, n;

    for (i = 0, n = 0; i < imputer->n; i++) {
        if (imputer->kept || imputer->statistics[i].text
            || !isnan(imputer->statistics[i].number))
        {
            columns[n++] = (uint32_t) i;
        }
    }

    return knn_program_select(program, true, columns, n, block);
}


/* Puts the statistics in the places of what is missing. */
static knn_status_e
knn_impute_fill(knn_program_t *program, const knn_imputer_t *imputer,
                knn_block_t *block)
{
    size_t    i;
    double   *numbers;
    uint32_t *columns;

    columns = knn_program_columns(program, imputer->n);
    numbers = knn_program_numbers(program, 2 * imputer->n);

    if (columns == NULL || numbers == NULL
        || knn_impute_select(program, imputer, columns, block) != KNN_OK)
    {
        return program->err->status;
    }

    for (i = 0; i < block->n; i++) {
        if (knn_impute_entry(program, block->in + i, &imputer->missing,
                             &numbers[i])
                != KNN_OK
            || knn_impute_entry(program, block->in + i,
                                &imputer->statistics[columns[i]],
                                &numbers[block->n + i])
                   != KNN_OK)
        {
            return program->err->status;
        }
    }

    return knn_program_add(program,
                           (knn_step_t){.kind = KNN_STEP_IMPUTE,
                                        .missing = imputer->lenient,
                                        .n_out = block->n,
                                        .n_numbers = 2 * block->n,
                                        .numbers = numbers},
                           block);
}


/* Reads statistics_, which say how wide the imputer is. */
static knn_status_e
knn_impute_statistics(knn_program_t *program, knn_fitted_t *fitted,
                      knn_imputer_t *imputer, knn_block_t *block)
{
    const knn_value_t *value;

    value = knn_fitted_need(fitted, "statistics_");

    if (value == NULL) {
        return program->err->status;
    }

    imputer->statistics =
        knn_entry_array(program->arena, value, &imputer->n, program->err);

    if (imputer->statistics == NULL) {
        knn_error_prefix(program->err, "statistics_");
        return program->err->status;
    }

    return knn_program_width(program, fitted, block, imputer->n);
}


knn_status_e
knn_transform_old_imputer(knn_program_t *program, knn_fitted_t *fitted,
                          knn_block_t *block)
{
    int64_t       axis;
    knn_status_e  rc;
    knn_imputer_t imputer;

    imputer.kept = false;
    imputer.lenient = true;
    rc = knn_fitted_integer(fitted, "axis", &axis);

    if (rc == KNN_OK && axis != 0) {
        return knn_fitted_fail(fitted, "axis", KNN_UNSUPPORTED,
                               "is %lld, impute by columns, axis 0",
                               (long long) axis);
    }

    if (rc == KNN_OK) {
        rc = knn_impute_missing(fitted, &imputer.missing);
    }

    if (rc == KNN_OK) {
        rc = knn_impute_statistics(program, fitted, &imputer, block);
    }

    return (rc == KNN_OK) ? knn_impute_fill(program, &imputer, block) : rc;
}


/* Tells which of some columns are missing. */
static knn_status_e
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


/* Reads the columns that a MissingIndicator looks at, ascending. */
static knn_status_e
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


/* The columns that SimpleImputer adds, if it does; n is 0 without any. */
static knn_status_e
knn_impute_indicate(knn_program_t *program, knn_fitted_t *fitted,
                    const knn_entry_t *missing, knn_block_t *block)
{
    bool               add;
    size_t             n;
    uint32_t          *columns;
    knn_fitted_t       indicator;
    const knn_value_t *value;

    n = 0;
    add = false;
    columns = NULL;

    if (knn_fitted_flag(fitted, "add_indicator", &add) != KNN_OK) {
        return program->err->status;
    }

    value = add ? knn_fitted_need(fitted, "indicator_") : NULL;
    indicator = *fitted;

    if (!add) {
        block->n = 0;
        return KNN_OK;
    }

    if (value == NULL) {
        return program->err->status;
    }

    if (value->type != KNN_VALUE_OBJECT
        || value->symbol != KNN_SYMBOL_MISSING_INDICATOR)
    {
        return knn_fitted_fail(fitted, "indicator_", KNN_MALFORMED,
                               "is no MissingIndicator");
    }

    if (knn_fitted_open(&indicator, value) != KNN_OK
        || knn_impute_features(program, &indicator, block->n, &columns, &n)
               != KNN_OK)
    {
        return program->err->status;
    }

    return knn_impute_tell(program, missing, columns, n, block);
}


knn_status_e
knn_transform_imputer(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    knn_block_t   blocks[2];
    const char   *strategy;
    knn_status_e  rc;
    knn_imputer_t imputer;

    imputer.kept = false;

    rc = knn_fitted_text(fitted, "strategy", &strategy);

    if (rc == KNN_OK) {
        rc = knn_fitted_flag(fitted, "keep_empty_features", &imputer.kept);
    }

    if (rc == KNN_OK) {
        rc = knn_impute_missing(fitted, &imputer.missing);
    }

    if (rc == KNN_OK) {
        rc = knn_impute_statistics(program, fitted, &imputer, block);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    if (strcmp(strategy, "constant") == 0
        && knn_fitted_release(fitted) < KNN_IMPUTE_DROPS)
    {
        imputer.kept = true;
    }

    imputer.lenient = !imputer.missing.text && isnan(imputer.missing.number);

    blocks[0] = *block;
    blocks[1] = *block;

    if (knn_impute_indicate(program, fitted, &imputer.missing, &blocks[1])
            != KNN_OK
        || knn_impute_fill(program, &imputer, &blocks[0]) != KNN_OK)
    {
        return program->err->status;
    }

    *block = blocks[0];

    return (blocks[1].n == 0) ? KNN_OK
                              : knn_program_join(program, blocks, 2, block);
}
