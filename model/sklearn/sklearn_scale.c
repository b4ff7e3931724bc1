
/*
 * Copyright (C) nginx-knn contributors
 */


/* Transformers that scale values, or whole rows. */


#include <float.h>
#include <string.h>

#include "sklearn_step.h"


/* scalers let NaN pass, Normalizer has absolute maxima, tiny norms are none */
#define KNN_SCALE_MISSING 20
#define KNN_SCALE_MAX     23
#define KNN_SCALE_TINY    100

/* the first release that came after numpy 1.20, which sums otherwise */
#define KNN_SCALE_NUMPY 24


/* Subtracts what is in the middle of each feature. */
static knn_status_e
knn_scale_subtract(knn_program_t *program, knn_fitted_t *fitted,
                   const char *name, knn_block_t *block)
{
    return knn_program_each(program, KNN_STEP_SUBTRACT,
                            knn_fitted_release(fitted) >= KNN_SCALE_MISSING,
                            knn_fitted_vector(fitted, name, block->n), block);
}


/* Divides by scale_; of a sparse matrix, multiplies by what is 1 over it. */
static knn_status_e
knn_scale_divide(knn_program_t *program, knn_fitted_t *fitted,
                 knn_block_t *block)
{
    bool    missing;
    size_t  i;
    double *scale;

    missing = knn_fitted_release(fitted) >= KNN_SCALE_MISSING;
    scale = knn_fitted_vector(fitted, "scale_", block->n);

    if (!block->sparse) {
        return knn_program_each(program, KNN_STEP_DIVIDE, missing, scale,
                                block);
    }

    for (i = 0; scale != NULL && i < block->n; i++) {
        scale[i] = 1 / scale[i];
    }

    return knn_program_each(program, KNN_STEP_MULTIPLY, missing, scale, block);
}


/* Clips at two numbers, when that was asked for. */
static knn_status_e
knn_scale_clip(knn_program_t *program, knn_fitted_t *fitted, double least,
               double greatest, knn_block_t *block)
{
    bool    clip;
    double *numbers;

    clip = false;

    if (knn_fitted_flag(fitted, "clip", &clip) != KNN_OK) {
        return program->err->status;
    }

    if (!clip) {
        return KNN_OK;
    }

    numbers = knn_program_numbers(program, 2);

    if (numbers == NULL) {
        return program->err->status;
    }

    numbers[0] = least;
    numbers[1] = greatest;

    return knn_program_add(program,
                           (knn_step_t){.kind = KNN_STEP_CLIP,
                                        .missing = true,
                                        .n_out = block->n,
                                        .n_numbers = 2,
                                        .numbers = numbers},
                           block);
}


/* The width that an array of the scaler has. */
static knn_status_e
knn_scale_width(knn_program_t *program, knn_fitted_t *fitted, const char *name,
                knn_block_t *block)
{
    size_t       n;
    knn_status_e rc;

    rc = knn_fitted_size(fitted, name, 0, &n);

    return (rc == KNN_OK) ? knn_program_width(program, fitted, block, n) : rc;
}


/* Shifts and divides, where each may have been turned off. */
static knn_status_e
knn_scale_both(knn_program_t *program, knn_fitted_t *fitted,
               const char *with_shift, const char *shift,
               const char *with_scale, knn_block_t *block)
{
    bool         shifts, scales;
    knn_status_e rc;

    shifts = true;
    scales = true;

    rc = knn_fitted_flag(fitted, with_shift, &shifts);

    if (rc == KNN_OK) {
        rc = knn_fitted_flag(fitted, with_scale, &scales);
    }

    if (rc == KNN_OK) {
        rc = (shifts || scales) ? knn_scale_width(
                 program, fitted, shifts ? shift : "scale_", block)
                                : knn_program_any_width(program, fitted, block);
    }

    if (rc == KNN_OK && shifts) {
        rc = knn_scale_subtract(program, fitted, shift, block);
    }

    if (rc == KNN_OK && scales) {
        rc = knn_scale_divide(program, fitted, block);
    }

    return rc;
}


knn_status_e
knn_transform_standard(knn_program_t *program, knn_fitted_t *fitted,
                       knn_block_t *block)
{
    return knn_scale_both(program, fitted, "with_mean", "mean_", "with_std",
                          block);
}


knn_status_e
knn_transform_robust(knn_program_t *program, knn_fitted_t *fitted,
                     knn_block_t *block)
{
    return knn_scale_both(program, fitted, "with_centering", "center_",
                          "with_scaling", block);
}


knn_status_e
knn_transform_max_abs(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    knn_status_e rc;

    rc = knn_scale_width(program, fitted, "scale_", block);

    if (rc == KNN_OK) {
        rc = knn_scale_divide(program, fitted, block);
    }

    return (rc == KNN_OK) ? knn_scale_clip(program, fitted, -1, 1, block) : rc;
}


knn_status_e
knn_transform_min_max(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    bool               missing;
    knn_entry_t        least, greatest;
    knn_status_e       rc;
    const knn_value_t *range;

    missing = knn_fitted_release(fitted) >= KNN_SCALE_MISSING;
    range = knn_fitted_need(fitted, "feature_range");

    if (range == NULL) {
        return program->err->status;
    }

    if ((range->type != KNN_VALUE_TUPLE && range->type != KNN_VALUE_LIST)
        || range->u.list.n != 2
        || knn_entry_read(program->arena, range->u.list.items[0], &least,
                          program->err)
               != KNN_OK
        || knn_entry_read(program->arena, range->u.list.items[1], &greatest,
                          program->err)
               != KNN_OK
        || least.text || greatest.text)
    {
        return knn_fitted_fail(fitted, "feature_range", KNN_MALFORMED,
                               "is no tuple of 2 numbers");
    }

    rc = knn_scale_width(program, fitted, "scale_", block);

    if (rc == KNN_OK) {
        rc = knn_program_each(program, KNN_STEP_MULTIPLY, missing,
                              knn_fitted_vector(fitted, "scale_", block->n),
                              block);
    }

    if (rc == KNN_OK) {
        rc = knn_program_each(program, KNN_STEP_ADD, missing,
                              knn_fitted_vector(fitted, "min_", block->n),
                              block);
    }

    return (rc == KNN_OK) ? knn_scale_clip(program, fitted, least.number,
                                           greatest.number, block)
                          : rc;
}


/* Adds a step with one number for all features, which refuses NaN. */
static knn_status_e
knn_scale_one(knn_program_t *program, knn_step_e kind, double number,
              knn_block_t *block)
{
    double *numbers;

    numbers = knn_program_numbers(program, 1);

    if (numbers == NULL) {
        return program->err->status;
    }

    numbers[0] = number;

    return knn_program_add(program,
                           (knn_step_t){.kind = kind,
                                        .n_out = block->n,
                                        .n_numbers = 1,
                                        .numbers = numbers},
                           block);
}


knn_status_e
knn_transform_normalizer(knn_program_t *program, knn_fitted_t *fitted,
                         knn_block_t *block)
{
    double       least;
    unsigned     release;
    knn_step_e   kind;
    const char  *norm;
    knn_status_e rc;

    rc = knn_fitted_text(fitted, "norm", &norm);

    if (rc == KNN_OK) {
        rc = knn_program_any_width(program, fitted, block);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    release = knn_fitted_release(fitted);
    kind = (strcmp(norm, "l1") == 0)   ? KNN_STEP_NORM_L1
           : (strcmp(norm, "l2") == 0) ? KNN_STEP_NORM_L2
                                       : KNN_STEP_NORM_MAX;

    if (kind == KNN_STEP_NORM_L2 && release < KNN_SCALE_NUMPY) {
        kind = KNN_STEP_NORM_L2_OLD;
    }

    if (kind == KNN_STEP_NORM_MAX && strcmp(norm, "max") != 0) {
        return knn_fitted_fail(fitted, "norm", KNN_UNSUPPORTED,
                               "is not served, use l1, l2 or max");
    }

    if (kind == KNN_STEP_NORM_MAX && release < KNN_SCALE_MAX) {
        kind = KNN_STEP_NORM_MAX_OLD;
    }

    /* 0 alone in older releases, and in sparse matrices */

    least = (release >= KNN_SCALE_TINY && !block->sparse) ? 10 * DBL_EPSILON
                                                          : DBL_TRUE_MIN;

    return knn_scale_one(program, kind, least, block);
}


knn_status_e
knn_transform_binarizer(knn_program_t *program, knn_fitted_t *fitted,
                        knn_block_t *block)
{
    double       threshold;
    knn_status_e rc;

    rc = knn_fitted_number(fitted, "threshold", &threshold);

    if (rc == KNN_OK) {
        rc = knn_program_any_width(program, fitted, block);
    }

    return (rc == KNN_OK)
               ? knn_scale_one(program, KNN_STEP_ABOVE, threshold, block)
               : rc;
}
