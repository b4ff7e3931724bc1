
/*
 * Copyright (C) nginx-knn contributors
 */


/* Transformers that change how values are distributed. */


#include <float.h>
#include <string.h>

#include "sklearn_step.h"


/* QuantileTransformer has an end of its own for each distribution */
#define KNN_BEND_ENDS 21

/* it lets NaN pass */
#define KNN_BEND_MISSING 20

/* what is taken as on the first or the last quantile */
#define KNN_BEND_BOUND 1e-7

/* PowerTransformer leaves its arithmetic to scipy */
#define KNN_BEND_SCIPY 109


/* Clips ranks off their ends, as older releases did. */
static knn_status_e
knn_bend_clip(knn_program_t *program, knn_block_t *block)
{
    double *numbers;

    numbers = knn_program_numbers(program, 2);

    if (numbers == NULL) {
        return program->err->status;
    }

    numbers[0] = KNN_BEND_BOUND - DBL_EPSILON;
    numbers[1] = 1 - numbers[0];

    return knn_program_add(program,
                           (knn_step_t){.kind = KNN_STEP_CLIP,
                                        .missing = true,
                                        .n_out = block->n,
                                        .n_numbers = 2,
                                        .numbers = numbers},
                           block);
}


/* Adds the step once its parameters are known to have these sizes. */
static knn_status_e
knn_bend_quantile(knn_program_t *program, knn_fitted_t *fitted, bool normal,
                  size_t n, knn_block_t *block)
{
    size_t        i, j, width;
    double       *numbers;
    knn_status_e  rc;
    const double *references, *quantiles;

    width = block->n;
    references = knn_fitted_vector(fitted, "references_", n);
    quantiles = (references == NULL)
                    ? NULL
                    : knn_fitted_matrix(fitted, "quantiles_", n, width);
    numbers = knn_program_numbers(program, 1 + n * (width + 1));

    if (quantiles == NULL || numbers == NULL) {
        return program->err->status;
    }

    numbers[0] = (normal || knn_fitted_release(fitted) < KNN_BEND_ENDS)
                     ? KNN_BEND_BOUND
                     : 0;

    memcpy(numbers + 1, references, n * sizeof(double));

    for (i = 0; i < width; i++) {
        for (j = 0; j < n; j++) {
            numbers[1 + n * (i + 1) + j] = quantiles[j * width + i];
        }
    }

    rc = knn_program_add(
        program,
        (knn_step_t){.kind =
                         normal ? KNN_STEP_QUANTILE_NORMAL : KNN_STEP_QUANTILE,
                     .missing = knn_fitted_release(fitted) >= KNN_BEND_MISSING,
                     .n_out = width,
                     .n_numbers = 1 + n * (width + 1),
                     .numbers = numbers},
        block);

    return (rc == KNN_OK && !normal && numbers[0] > 0)
               ? knn_bend_clip(program, block)
               : rc;
}


knn_status_e
knn_transform_quantile(knn_program_t *program, knn_fitted_t *fitted,
                       knn_block_t *block)
{
    bool         normal;
    size_t       n, width;
    const char  *distribution;
    knn_status_e rc;

    rc = knn_fitted_text(fitted, "output_distribution", &distribution);

    if (rc == KNN_OK) {
        rc = knn_fitted_size(fitted, "quantiles_", 0, &n);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_size(fitted, "quantiles_", 1, &width);
    }

    if (rc == KNN_OK) {
        rc = knn_program_width(program, fitted, block, width);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    normal = (strcmp(distribution, "normal") == 0);

    if (!normal && strcmp(distribution, "uniform") != 0) {
        return knn_fitted_fail(fitted, "output_distribution", KNN_UNSUPPORTED,
                               "is not served, use uniform or normal");
    }

    return knn_bend_quantile(program, fitted, normal, n, block);
}


/* Standardizes, with the scaler that the transformer has in it. */
static knn_status_e
knn_bend_standardize(knn_program_t *program, knn_fitted_t *fitted,
                     knn_block_t *block)
{
    knn_fitted_t       scaler;
    const knn_value_t *value;

    scaler = *fitted;
    value = knn_fitted_need(fitted, "_scaler");

    if (value == NULL) {
        return program->err->status;
    }

    if (value->type != KNN_VALUE_OBJECT
        || value->symbol != KNN_SYMBOL_STANDARD_SCALER)
    {
        return knn_fitted_fail(fitted, "_scaler", KNN_MALFORMED,
                               "is no StandardScaler");
    }

    return (knn_fitted_open(&scaler, value) == KNN_OK)
               ? knn_transform_standard(program, &scaler, block)
               : program->err->status;
}


knn_status_e
knn_transform_power(knn_program_t *program, knn_fitted_t *fitted,
                    knn_block_t *block)
{
    bool         standardize;
    size_t       width;
    knn_step_e   kind;
    const char  *method;
    knn_status_e rc;

    standardize = true;
    rc = knn_fitted_text(fitted, "method", &method);

    if (rc == KNN_OK) {
        rc = knn_fitted_size(fitted, "lambdas_", 0, &width);
    }

    if (rc == KNN_OK) {
        rc = knn_program_width(program, fitted, block, width);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_flag(fitted, "standardize", &standardize);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    kind = (strcmp(method, "box-cox") == 0) ? KNN_STEP_BOX_COX
                                            : KNN_STEP_YEO_JOHNSON;

    if (kind == KNN_STEP_YEO_JOHNSON && strcmp(method, "yeo-johnson") != 0) {
        return knn_fitted_fail(fitted, "method", KNN_UNSUPPORTED,
                               "is not served, use yeo-johnson or box-cox");
    }

    if (kind == KNN_STEP_YEO_JOHNSON
        && knn_fitted_release(fitted) < KNN_BEND_SCIPY) {
        kind = KNN_STEP_YEO_JOHNSON_POWER;
    }

    rc = knn_program_each(program, kind, true,
                          knn_fitted_vector(fitted, "lambdas_", width), block);

    return (rc == KNN_OK && standardize)
               ? knn_bend_standardize(program, fitted, block)
               : rc;
}
