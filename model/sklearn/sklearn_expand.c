
/*
 * Copyright (C) nginx-knn contributors
 */


/* PolynomialFeatures: products of features, degree by degree. */


#include "../model.h"
#include "sklearn_step.h"


/* the last factors are multiplied first */
#define KNN_EXPAND_NESTED 22


/* what PolynomialFeatures has on its way from one degree to the next */
typedef struct {
    knn_program_t *program;
    bool           distinct; /* no factor twice */
    size_t         n;        /* features */
    size_t         base;     /* their first slot */
    size_t         last;     /* the first slot of the last degree */
    size_t         n_last;
    size_t        *starts; /* [n + 1], where products with each begin there */
} knn_degrees_t;


/* The products of the next degree, or how many there are. */
static size_t
knn_expand_products(knn_degrees_t *degrees, uint32_t *columns)
{
    size_t i, j, start, first, n;

    n = 0;

    for (i = 0; i < degrees->n; i++) {
        start = degrees->starts[i + (degrees->distinct ? 1 : 0)];
        first = n;

        for (j = start; columns != NULL && j < degrees->n_last; j++) {
            columns[2 * (n + j - start)] =
                (uint32_t) (degrees->last + j - degrees->base);
            columns[2 * (n + j - start) + 1] = (uint32_t) i;
        }

        n += degrees->n_last - start;

        if (columns != NULL) {
            degrees->starts[i] = first;
        }
    }

    if (columns != NULL) {
        degrees->starts[i] = n;
    }

    return n;
}


/* Adds the products of the next degree; n of the block is 0 without any. */
static knn_status_e
knn_expand_degree(knn_degrees_t *degrees, knn_block_t *block)
{
    size_t         n;
    uint32_t      *columns;
    knn_status_e   rc;
    knn_program_t *program;

    program = degrees->program;
    n = knn_expand_products(degrees, NULL);

    if (n == 0 || n > KNN_MAX_FEATURES) {
        block->n = 0;

        return (n == 0) ? KNN_OK
                        : knn_error(program->err, KNN_LIMIT,
                                    "makes more than the %d features that are "
                                    "allowed",
                                    KNN_MAX_FEATURES);
    }

    columns = knn_program_columns(program, 2 * n);

    if (columns == NULL) {
        return program->err->status;
    }

    (void) knn_expand_products(degrees, columns);

    block->in = degrees->base;
    block->n = program->n_slots - degrees->base;

    rc = knn_program_add(program,
                         (knn_step_t){.kind = KNN_STEP_PRODUCT,
                                      .missing = true,
                                      .n_out = n,
                                      .n_columns = 2 * n,
                                      .columns = columns},
                         block);

    degrees->last = block->in;
    degrees->n_last = n;

    return rc;
}


/* Reads degree: the greatest, or the least and the greatest. */
static knn_status_e
knn_expand_range(knn_fitted_t *fitted, int64_t *least, int64_t *greatest)
{
    knn_entry_t        entries[2];
    const knn_value_t *value;

    *least = 0;
    value = knn_fitted_need(fitted, "degree");

    if (value == NULL) {
        return fitted->err->status;
    }

    if (value->type != KNN_VALUE_TUPLE && value->type != KNN_VALUE_LIST) {
        return knn_fitted_integer(fitted, "degree", greatest);
    }

    if (value->u.list.n != 2
        || knn_entry_read(fitted->arena, value->u.list.items[0], &entries[0],
                          fitted->err)
               != KNN_OK
        || knn_entry_read(fitted->arena, value->u.list.items[1], &entries[1],
                          fitted->err)
               != KNN_OK
        || !(entries[0].number >= 0 && entries[0].number < KNN_MAX_FEATURES)
        || !(entries[1].number >= 0 && entries[1].number < KNN_MAX_FEATURES))
    {
        return knn_fitted_fail(fitted, "degree", KNN_MALFORMED,
                               "is no int and no tuple of 2");
    }

    *least = (int64_t) entries[0].number;
    *greatest = (int64_t) entries[1].number;

    return KNN_OK;
}


/* Starts with the features themselves, which must not be NaN. */
static knn_status_e
knn_expand_begin(knn_degrees_t *degrees, knn_block_t *block)
{
    size_t         i;
    uint32_t      *columns;
    knn_program_t *program;

    program = degrees->program;
    degrees->n = block->n;
    degrees->n_last = block->n;
    degrees->starts =
        knn_arena_array(program->arena, block->n + 1, sizeof(size_t));
    columns = knn_program_columns(program, block->n);

    if (degrees->starts == NULL || columns == NULL) {
        return knn_error(program->err, KNN_LIMIT,
                         "needs more memory than allowed");
    }

    for (i = 0; i < block->n; i++) {
        columns[i] = (uint32_t) i;
        degrees->starts[i] = i;
    }

    degrees->starts[i] = i;

    if (knn_program_select(program, false, columns, i, block) != KNN_OK) {
        return program->err->status;
    }

    degrees->base = block->in;
    degrees->last = block->in;

    return KNN_OK;
}


/* A block of a feature that is always 1. */
static knn_status_e
knn_expand_bias(knn_program_t *program, knn_block_t *block)
{
    double *numbers;

    numbers = knn_program_numbers(program, 1);

    if (numbers == NULL) {
        return program->err->status;
    }

    numbers[0] = 1;
    block->n = 0;

    return knn_program_add(program,
                           (knn_step_t){.kind = KNN_STEP_CONSTANT,
                                        .missing = true,
                                        .n_out = 1,
                                        .n_numbers = 1,
                                        .numbers = numbers},
                           block);
}


/* All degrees that are wanted, and the constant feature before them. */
static knn_status_e
knn_expand_all(knn_degrees_t *degrees, bool bias, int64_t least,
               int64_t greatest, knn_block_t *block)
{
    size_t         n;
    int64_t        degree;
    knn_block_t   *blocks;
    knn_program_t *program;

    n = 0;
    program = degrees->program;
    blocks = knn_arena_array(program->arena, (size_t) greatest + 1,
                             sizeof(knn_block_t));

    if (blocks == NULL) {
        return knn_error(program->err, KNN_LIMIT,
                         "needs more memory than allowed");
    }

    if (knn_expand_begin(degrees, block) != KNN_OK) {
        return program->err->status;
    }

    if (bias) {
        blocks[n] = *block;

        if (knn_expand_bias(program, &blocks[n++]) != KNN_OK) {
            return program->err->status;
        }
    }

    for (degree = 1; degree <= greatest && block->n != 0; degree++) {
        if (degree > 1 && knn_expand_degree(degrees, block) != KNN_OK) {
            return program->err->status;
        }

        blocks[n] = *block;
        n += (degree >= least && block->n != 0) ? 1 : 0;
    }

    return knn_program_join(program, blocks, n, block);
}


knn_status_e
knn_transform_polynomial(knn_program_t *program, knn_fitted_t *fitted,
                         knn_block_t *block)
{
    bool          bias;
    int64_t       n, least, greatest;
    knn_status_e  rc;
    knn_degrees_t degrees;

    n = 0;
    least = 0;
    greatest = 0;
    bias = true;
    degrees = (knn_degrees_t){.program = program};

    rc = knn_expand_range(fitted, &least, &greatest);

    if (rc == KNN_OK) {
        rc = knn_fitted_flag(fitted, "include_bias", &bias);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_flag(fitted, "interaction_only", &degrees.distinct);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_integer(
            fitted,
            (knn_fitted_find(fitted, "n_input_features_") != NULL)
                ? "n_input_features_"
                : "n_features_in_",
            &n);
    }

    if (rc == KNN_OK) {
        rc =
            knn_program_width(program, fitted, block, (n < 0) ? 0 : (size_t) n);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    if (greatest < 1 || greatest >= KNN_MAX_FEATURES
        || (greatest > 2 && knn_fitted_release(fitted) < KNN_EXPAND_NESTED))
    {
        return knn_fitted_fail(fitted, "degree", KNN_UNSUPPORTED,
                               "is %lld, which is served from 1, and above 2 "
                               "of release 0.22 or later",
                               (long long) greatest);
    }

    return knn_expand_all(&degrees, bias, least, greatest, block);
}
