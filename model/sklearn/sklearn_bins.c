
/*
 * Copyright (C) nginx-knn contributors
 */


/* KBinsDiscretizer, and the columns that codes become. */


#include <string.h>

#include "../model.h"
#include "sklearn_step.h"


/* it compares without an excess */
#define KNN_BINS_STRICT   101

#define KNN_BINS_ABSOLUTE 1e-8
#define KNN_BINS_RELATIVE 1e-5


/* Reads how many inner edges each feature has, and their total. */
static knn_status_e
knn_bins_counts(knn_program_t *program, knn_fitted_t *fitted,
                const knn_ndarray_t *array, uint32_t *counts, size_t *total)
{
    size_t        i;
    knn_ndarray_t inner;

    for (*total = 0, i = 0; i < array->count; i++) {
        if (knn_ndarray_read(program->arena, array->items[i], &inner,
                             program->err)
            != KNN_OK)
        {
            return program->err->status;
        }

        if (inner.count < 2 || inner.count > KNN_MAX_FEATURES) {
            return knn_fitted_fail(fitted, "bin_edges_", KNN_INCONSISTENT,
                                   "has %zu edges for feature %zu, not 2 to %d",
                                   inner.count, i, KNN_MAX_FEATURES);
        }

        counts[i] = (uint32_t) inner.count - 2;
        *total += counts[i];
    }

    return KNN_OK;
}


/* Reads the inner edges of all features; NULL and the error without. */
static double *
knn_bins_edges(knn_program_t *program, knn_fitted_t *fitted, uint32_t *counts,
               size_t *n_numbers)
{
    size_t        i, n, total;
    double       *numbers;
    const double *edges;
    knn_ndarray_t array, inner;

    if (knn_fitted_array(fitted, "bin_edges_", &array) != KNN_OK) {
        return NULL;
    }

    if (array.dtype.kind != 'O' || array.ndim != 1) {
        (void) knn_fitted_fail(fitted, "bin_edges_", KNN_MALFORMED,
                               "is no array of arrays");
        return NULL;
    }

    if (knn_bins_counts(program, fitted, &array, counts, &total) != KNN_OK) {
        return NULL;
    }

    *n_numbers = 2 + total;
    numbers = knn_program_numbers(program, *n_numbers);

    for (n = 2, i = 0; numbers != NULL && i < array.count; i++) {
        (void) knn_ndarray_read(program->arena, array.items[i], &inner,
                                program->err);
        edges = knn_ndarray_doubles(program->arena, &inner, program->err);

        if (edges == NULL) {
            return NULL;
        }

        memcpy(numbers + n, edges + 1, counts[i] * sizeof(double));
        n += counts[i];
    }

    return numbers;
}


knn_status_e
knn_program_codes(knn_program_t *program, const uint32_t *counts,
                  const double *dropped, knn_block_t *block)
{
    size_t   i, n;
    double  *numbers;
    uint32_t code, *columns;

    for (n = 0, i = 0; i < block->n; i++) {
        n += counts[i];
    }

    columns = knn_program_columns(program, n);
    numbers = knn_program_numbers(program, n);

    if (columns == NULL || numbers == NULL) {
        return program->err->status;
    }

    for (n = 0, i = 0; i < block->n; i++) {
        for (code = 0; code < counts[i]; code++) {
            if (dropped == NULL || dropped[i] != code) {
                columns[n] = (uint32_t) i;
                numbers[n++] = code;
            }
        }
    }

    if (n == 0) {
        return knn_error(program->err, KNN_INCONSISTENT,
                         "leaves no feature, fit it so that some remain");
    }

    return knn_program_add(program,
                           (knn_step_t){.kind = KNN_STEP_EQUAL,
                                        .missing = true,
                                        .n_out = n,
                                        .n_columns = n,
                                        .columns = columns,
                                        .n_numbers = n,
                                        .numbers = numbers},
                           block);
}


/* Adds the step that counts the edges below. */
static knn_status_e
knn_bins_count(knn_program_t *program, knn_fitted_t *fitted, uint32_t *counts,
               knn_block_t *block)
{
    size_t  n_numbers;
    double *numbers;

    n_numbers = 0;
    numbers = knn_bins_edges(program, fitted, counts, &n_numbers);

    if (numbers == NULL) {
        return program->err->status;
    }

    if (knn_fitted_release(fitted) < KNN_BINS_STRICT) {
        numbers[0] = KNN_BINS_ABSOLUTE;
        numbers[1] = KNN_BINS_RELATIVE;
    }

    return knn_program_add(program,
                           (knn_step_t){.kind = KNN_STEP_BIN,
                                        .n_out = block->n,
                                        .n_columns = block->n,
                                        .columns = counts,
                                        .n_numbers = n_numbers,
                                        .numbers = numbers},
                           block);
}


knn_status_e
knn_transform_bins(knn_program_t *program, knn_fitted_t *fitted,
                   knn_block_t *block)
{
    size_t       i, n;
    uint32_t    *edges, *codes;
    const char  *encode;
    knn_status_e rc;

    rc = knn_fitted_text(fitted, "encode", &encode);

    if (rc == KNN_OK) {
        rc = knn_fitted_size(fitted, "bin_edges_", 0, &n);
    }

    if (rc == KNN_OK) {
        rc = knn_program_width(program, fitted, block, n);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    edges = knn_program_columns(program, n);
    codes = knn_program_columns(program, n);

    if (edges == NULL || codes == NULL
        || knn_bins_count(program, fitted, edges, block) != KNN_OK)
    {
        return program->err->status;
    }

    if (strcmp(encode, "ordinal") == 0) {
        return KNN_OK;
    }

    for (i = 0; i < n; i++) {
        codes[i] = edges[i] + 1;
    }

    block->sparse = (strcmp(encode, "onehot") == 0);

    return knn_program_codes(program, codes, NULL, block);
}
