
/*
 * Copyright (C) nginx-knn contributors
 */


/* Transformers that fill in what is missing, or tell that it is. */


#include <math.h>
#include <string.h>

#include "sklearn_indicator.h"


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
