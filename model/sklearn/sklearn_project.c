
/*
 * Copyright (C) nginx-knn contributors
 */


/* Transformers that multiply a row by a matrix. */


#include <float.h>
#include <math.h>
#include <string.h>

#include "sklearn_step.h"
#include "../step.h"


/* PCA takes the projection of the mean from that of the row, not before it */
#define KNN_PROJECT_LATE 105


/* The product of a row and a matrix of so many rows. */
static knn_status_e
knn_project_rows(knn_program_t *program, const double *matrix, size_t n,
                 knn_block_t *block)
{
    return (matrix == NULL)
               ? program->err->status
               : knn_program_add(program,
                                 (knn_step_t){.kind = KNN_STEP_PROJECT,
                                              .n_out = n,
                                              .n_numbers = n * block->n,
                                              .numbers = matrix},
                                 block);
}


/* The shape of components_: as many features as the block has. */
static knn_status_e
knn_project_shape(knn_program_t *program, knn_fitted_t *fitted,
                  knn_block_t *block, size_t *n)
{
    size_t       width;
    knn_status_e rc;

    rc = knn_fitted_size(fitted, "components_", 0, n);

    if (rc == KNN_OK) {
        rc = knn_fitted_size(fitted, "components_", 1, &width);
    }

    return (rc == KNN_OK) ? knn_program_width(program, fitted, block, width)
                          : rc;
}


knn_status_e
knn_transform_components(knn_program_t *program, knn_fitted_t *fitted,
                         knn_block_t *block)
{
    size_t n;

    if (knn_project_shape(program, fitted, block, &n) != KNN_OK) {
        return program->err->status;
    }

    return knn_project_rows(
        program, knn_fitted_matrix(fitted, "components_", n, block->n), n,
        block);
}


/* Projects and subtracts the mean, in the order of the release. */
static knn_status_e
knn_project_mean(knn_program_t *program, knn_fitted_t *fitted, size_t n,
                 knn_block_t *block)
{
    double            *mean, *matrix, *shift;
    knn_step_t         step;
    knn_status_e       rc;
    const knn_value_t *value;

    value = knn_fitted_find(fitted, "mean_");
    matrix = knn_fitted_matrix(fitted, "components_", n, block->n);

    if (value == NULL || value->type == KNN_VALUE_NONE || matrix == NULL) {
        return knn_project_rows(program, matrix, n, block);
    }

    mean = knn_fitted_vector(fitted, "mean_", block->n);

    if (knn_fitted_release(fitted) < KNN_PROJECT_LATE) {
        rc = knn_program_each(program, KNN_STEP_SUBTRACT, false, mean, block);

        return (rc == KNN_OK) ? knn_project_rows(program, matrix, n, block)
                              : rc;
    }

    shift = knn_program_numbers(program, n);

    if (mean == NULL || shift == NULL) {
        return program->err->status;
    }

    step = (knn_step_t){.n_in = block->n, .n_out = n, .numbers = matrix};
    (void) knn_step_project(&step, mean, shift);

    rc = knn_project_rows(program, matrix, n, block);

    return (rc == KNN_OK) ? knn_program_each(program, KNN_STEP_SUBTRACT, false,
                                             shift, block)
                          : rc;
}


/* Divides by the standard deviations, which late releases keep above 0. */
static knn_status_e
knn_project_whiten(knn_program_t *program, knn_fitted_t *fitted,
                   knn_block_t *block)
{
    size_t  i;
    double *scale;

    scale = knn_fitted_vector(fitted, "explained_variance_", block->n);

    for (i = 0; scale != NULL && i < block->n; i++) {
        scale[i] = sqrt(scale[i]);

        if (scale[i] < DBL_EPSILON
            && knn_fitted_release(fitted) >= KNN_PROJECT_LATE) {
            scale[i] = DBL_EPSILON;
        }
    }

    return knn_program_each(program, KNN_STEP_DIVIDE, false, scale, block);
}


knn_status_e
knn_transform_pca(knn_program_t *program, knn_fitted_t *fitted,
                  knn_block_t *block)
{
    bool         whiten;
    size_t       n;
    knn_status_e rc;

    whiten = false;
    rc = knn_project_shape(program, fitted, block, &n);

    if (rc == KNN_OK) {
        rc = knn_fitted_flag(fitted, "whiten", &whiten);
    }

    if (rc == KNN_OK) {
        rc = knn_project_mean(program, fitted, n, block);
    }

    return (rc == KNN_OK && whiten) ? knn_project_whiten(program, fitted, block)
                                    : rc;
}


/* The first n columns of scalings_, as rows. */
static double *
knn_project_scalings(knn_program_t *program, knn_fitted_t *fitted, size_t width,
                     size_t n, size_t rows)
{
    size_t        i, j;
    double       *matrix;
    const double *scalings;

    scalings = knn_fitted_matrix(fitted, "scalings_", rows, width);
    matrix = knn_program_numbers(program, n * rows);

    for (i = 0; scalings != NULL && matrix != NULL && i < n; i++) {
        for (j = 0; j < rows; j++) {
            matrix[i * rows + j] = scalings[j * width + i];
        }
    }

    return (scalings == NULL) ? NULL : matrix;
}


knn_status_e
knn_transform_discriminant(knn_program_t *program, knn_fitted_t *fitted,
                           knn_block_t *block)
{
    size_t       rows, width;
    int64_t      n;
    const char  *solver;
    knn_status_e rc;

    rc = knn_fitted_text(fitted, "solver", &solver);

    if (rc == KNN_OK && strcmp(solver, "svd") != 0
        && strcmp(solver, "eigen") != 0) {
        return knn_fitted_fail(fitted, "solver", KNN_UNSUPPORTED,
                               "does not transform, use svd or eigen");
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_size(fitted, "scalings_", 0, &rows);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_size(fitted, "scalings_", 1, &width);
    }

    if (rc == KNN_OK) {
        rc = knn_program_width(program, fitted, block, rows);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_integer(fitted, "_max_components", &n);
    }

    if (rc == KNN_OK && strcmp(solver, "svd") == 0) {
        rc = knn_program_each(program, KNN_STEP_SUBTRACT, false,
                              knn_fitted_vector(fitted, "xbar_", rows), block);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    if (n < 1 || (size_t) n > width) {
        n = (int64_t) width;
    }

    return knn_project_rows(
        program, knn_project_scalings(program, fitted, width, (size_t) n, rows),
        (size_t) n, block);
}
