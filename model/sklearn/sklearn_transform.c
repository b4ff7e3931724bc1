
/*
 * Copyright (C) nginx-knn contributors
 */


/* Which transformer is read how. */


#include <stdio.h>

#include "sklearn_step.h"
#include "../utf8.h"


/* what honest files stay far below */
#define KNN_TRANSFORM_DEPTH 32
#define KNN_TRANSFORM_COUNT 10000

typedef struct {
    knn_transform_pt read;
    knn_symbol_e     symbol;
    bool             whole; /* people are told of it */
} knn_transformer_t;


static const knn_transformer_t knn_transformers[] = {
    {knn_transform_pipeline, KNN_SYMBOL_PIPELINE, false},
    {knn_transform_union, KNN_SYMBOL_FEATURE_UNION, true},
    {knn_transform_columns, KNN_SYMBOL_COLUMN_TRANSFORMER, true},
    {knn_transform_function, KNN_SYMBOL_FUNCTION_TRANSFORMER, true},
    {knn_transform_standard, KNN_SYMBOL_STANDARD_SCALER, true},
    {knn_transform_min_max, KNN_SYMBOL_MIN_MAX_SCALER, true},
    {knn_transform_max_abs, KNN_SYMBOL_MAX_ABS_SCALER, true},
    {knn_transform_robust, KNN_SYMBOL_ROBUST_SCALER, true},
    {knn_transform_normalizer, KNN_SYMBOL_NORMALIZER, true},
    {knn_transform_binarizer, KNN_SYMBOL_BINARIZER, true},
    {knn_transform_imputer, KNN_SYMBOL_SIMPLE_IMPUTER, true},
    {knn_transform_old_imputer, KNN_SYMBOL_IMPUTER, true},
    {knn_transform_indicator, KNN_SYMBOL_MISSING_INDICATOR, true},
    {knn_transform_pca, KNN_SYMBOL_PCA, true},
    {knn_transform_pca, KNN_SYMBOL_INCREMENTAL_PCA, true},
    {knn_transform_pca, KNN_SYMBOL_RANDOMIZED_PCA, true},
    {knn_transform_components, KNN_SYMBOL_TRUNCATED_SVD, true},
    {knn_transform_components, KNN_SYMBOL_COMPONENTS_ANALYSIS, true},
    {knn_transform_discriminant, KNN_SYMBOL_LINEAR_DISCRIMINANT, true},
    {knn_transform_quantile, KNN_SYMBOL_QUANTILE_TRANSFORMER, true},
    {knn_transform_power, KNN_SYMBOL_POWER_TRANSFORMER, true},
    {knn_transform_bins, KNN_SYMBOL_BINS_DISCRETIZER, true},
    {knn_transform_polynomial, KNN_SYMBOL_POLYNOMIAL_FEATURES, true},
    {knn_transform_variance, KNN_SYMBOL_VARIANCE_THRESHOLD, true},
    {knn_transform_k_best, KNN_SYMBOL_SELECT_K_BEST, true},
    {knn_transform_percentile, KNN_SYMBOL_SELECT_PERCENTILE, true},
    {knn_transform_support, KNN_SYMBOL_RFE, true},
    {knn_transform_support, KNN_SYMBOL_RFECV, true},
    {knn_transform_support, KNN_SYMBOL_SEQUENTIAL_SELECTOR, true},
    {knn_transform_one_hot, KNN_SYMBOL_ONE_HOT_ENCODER, true},
    {knn_transform_ordinal, KNN_SYMBOL_ORDINAL_ENCODER, true},
    {knn_transform_target, KNN_SYMBOL_TARGET_ENCODER, true},
    {NULL, KNN_SYMBOL_NONE, false},
};


/* The reader of a transformer; NULL when it is none of ours. */
static const knn_transformer_t *
knn_transform_find(const knn_value_t *value)
{
    const knn_transformer_t *row;

    if (value->type != KNN_VALUE_OBJECT) {
        return NULL;
    }

    for (row = knn_transformers; row->read != NULL; row++) {
        if (row->symbol == value->symbol) {
            return row;
        }
    }

    return NULL;
}


bool
knn_transform_is(const knn_value_t *value)
{
    return knn_transform_find(value) != NULL;
}


/* Reads one that is known. */
static knn_status_e
knn_transform_read(knn_program_t *program, const knn_transformer_t *row,
                   const knn_value_t *value, knn_block_t *block)
{
    knn_status_e rc;
    knn_fitted_t fitted;

    program->depth++;

    fitted = (knn_fitted_t){.arena = program->arena, .err = program->err};

    rc = knn_fitted_open(&fitted, value);

    if (rc == KNN_OK && row->whole) {
        rc = knn_program_begin(program, knn_symbol_name(row->symbol));
    }

    if (rc == KNN_OK) {
        rc = row->read(program, &fitted, block);

        if (rc != KNN_OK && row->whole) {
            knn_error_prefix(program->err, knn_symbol_name(row->symbol));
        }
    }

    program->depth--;

    return rc;
}


knn_status_e
knn_transform(knn_program_t *program, const knn_value_t *value,
              knn_block_t *block)
{
    char                     buf[KNN_QUOTE_SIZE];
    const knn_transformer_t *row;

    if (program->depth == KNN_TRANSFORM_DEPTH
        || program->visited++ == KNN_TRANSFORM_COUNT)
    {
        return knn_error(program->err, KNN_LIMIT,
                         "more than %d transformers, or %d within each other, "
                         "are not allowed",
                         KNN_TRANSFORM_COUNT, KNN_TRANSFORM_DEPTH);
    }

    if (value->type == KNN_VALUE_NONE || knn_value_is(value, "passthrough")) {
        return KNN_OK;
    }

    row = knn_transform_find(value);

    return (row != NULL)
               ? knn_transform_read(program, row, value, block)
               : knn_error(program->err, KNN_UNSUPPORTED,
                           "is %s, which is not served; transform the data "
                           "with it, fit on the result and dump that",
                           knn_value_kind(value, buf, sizeof(buf)));
}


knn_status_e
knn_transform_named(knn_program_t *program, const knn_value_t *name,
                    const knn_value_t *value, knn_block_t *block)
{
    char         buf[KNN_QUOTE_SIZE], prefix[KNN_QUOTE_SIZE + 8];
    size_t       len;
    const char  *data;
    knn_status_e rc;

    rc = knn_transform(program, value, block);

    if (rc != KNN_OK && knn_value_is_text(name, &data, &len)) {
        (void) snprintf(prefix, sizeof(prefix), "step \"%s\"",
                        knn_utf8_quote(buf, sizeof(buf), data, len));
        knn_error_prefix(program->err, prefix);
    }

    return rc;
}
