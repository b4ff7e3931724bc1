
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "../model.h"
#include "sklearn_program.h"


knn_status_e
knn_program_full(knn_program_t *program)
{
    return knn_error(program->err, KNN_LIMIT, "needs more memory than allowed");
}


void *
knn_program_grow(knn_program_t *program, void *from, size_t n, size_t more,
                 size_t size, size_t *allocated)
{
    void *to;

    if (more <= *allocated - n) {
        return from;
    }

    *allocated = 2 * (n + more);
    to = knn_arena_array(program->arena, *allocated, size);

    if (to != NULL && n > 0) {
        memcpy(to, from, n * size);
    }

    return to;
}


double *
knn_program_numbers(knn_program_t *program, size_t n)
{
    double *numbers;

    numbers = knn_arena_array(program->arena, n, sizeof(double));

    if (numbers == NULL) {
        (void) knn_program_full(program);
    }

    return numbers;
}


uint32_t *
knn_program_columns(knn_program_t *program, size_t n)
{
    uint32_t *columns;

    columns = knn_arena_array(program->arena, n, sizeof(uint32_t));

    if (columns == NULL) {
        (void) knn_program_full(program);
    }

    return columns;
}


knn_status_e
knn_program_begin(knn_program_t *program, const char *name)
{
    program->transformers = knn_program_grow(
        program, program->transformers, program->n_transformers, 1,
        sizeof(char *), &program->transformers_allocated);

    if (program->transformers == NULL) {
        return knn_program_full(program);
    }

    program->transformers[program->n_transformers++] = name;
    program->name = name;

    return KNN_OK;
}


knn_status_e
knn_program_add(knn_program_t *program, knn_step_t step, knn_block_t *block)
{
    size_t       first;
    knn_status_e rc;

    program->steps =
        knn_program_grow(program, program->steps, program->n_steps, 1,
                         sizeof(knn_step_t), &program->steps_allocated);

    if (program->steps == NULL) {
        return knn_program_full(program);
    }

    step.name = program->name;
    step.in = block->in;
    step.n_in = block->n;

    first = program->n_slots;
    rc = knn_program_slots(program, step.n_out);

    if (rc == KNN_OK) {
        rc = knn_program_trace(program, &step, first);
    }

    program->steps[program->n_steps++] = step;

    block->in = first;
    block->n = step.n_out;

    return rc;
}


knn_status_e
knn_program_each(knn_program_t *program, knn_step_e kind, bool missing,
                 const double *numbers, knn_block_t *block)
{
    knn_step_t step;

    step = (knn_step_t){.kind = kind,
                        .missing = missing,
                        .n_out = block->n,
                        .n_numbers = block->n,
                        .numbers = numbers};

    return (numbers == NULL) ? program->err->status
                             : knn_program_add(program, step, block);
}


knn_status_e
knn_program_select(knn_program_t *program, bool missing,
                   const uint32_t *columns, size_t n, knn_block_t *block)
{
    size_t       i;
    knn_step_t   step;
    knn_status_e rc;

    /* nothing is left, but NaN is refused before */

    if (n == 0) {
        step = (knn_step_t){.kind = KNN_STEP_SELECT,
                            .n_out = 1,
                            .n_columns = 1,
                            .columns = knn_program_columns(program, 1)};

        rc = (step.columns == NULL) ? program->err->status
             : (missing || block->n == 0)
                 ? KNN_OK
                 : knn_program_add(program, step, block);
        block->n = 0;

        return rc;
    }

    for (i = 0; i < n && columns[i] == columns[0] + i; i++) {
        /* void */
    }

    /* a run of slots needs no step, unless it is to refuse NaN */

    if (i == n && missing) {
        block->in += columns[0];
        block->n = n;
        return KNN_OK;
    }

    step = (knn_step_t){.kind = KNN_STEP_SELECT,
                        .missing = missing,
                        .n_out = n,
                        .n_columns = n,
                        .columns = columns};

    return knn_program_add(program, step, block);
}


knn_status_e
knn_program_join(knn_program_t *program, const knn_block_t *blocks, size_t n,
                 knn_block_t *block)
{
    size_t    i, j, width;
    uint32_t *columns;

    width = 0;

    for (i = 0; i < n; i++) {
        width += blocks[i].n;
    }

    if (width == 0) {
        return knn_error(program->err, KNN_INCONSISTENT,
                         "leaves no feature, fit it so that some remain");
    }

    columns = knn_program_columns(program, width);

    if (columns == NULL) {
        return program->err->status;
    }

    width = 0;

    for (i = 0; i < n; i++) {
        for (j = 0; j < blocks[i].n; j++) {
            columns[width++] = (uint32_t) (blocks[i].in + j);
        }
    }

    block->in = 0;
    block->n = program->n_slots;

    return knn_program_select(program, true, columns, width, block);
}


/* The names of the inputs, as the first transformer has them. */
static knn_status_e
knn_program_names(knn_program_t *program, knn_fitted_t *fitted)
{
    knn_parts_t  parts;
    knn_status_e rc;

    parts = (knn_parts_t){.n_features = program->n_inputs};
    fitted->parts = &parts;

    rc = knn_fitted_names(fitted);

    program->names = parts.feature_names;
    fitted->parts = NULL;

    return rc;
}


knn_status_e
knn_program_width(knn_program_t *program, knn_fitted_t *fitted,
                  knn_block_t *block, size_t n)
{
    size_t       i;
    knn_status_e rc;

    if (program->n_inputs != 0 ? block->n != n : n == 0) {
        return knn_error(program->err, KNN_INCONSISTENT,
                         "was fitted on %zu features, but gets %zu", n,
                         block->n);
    }

    if (program->n_inputs == 0) {
        rc = knn_program_slots(program, n);

        if (rc != KNN_OK) {
            return rc;
        }

        program->inputs =
            knn_arena_array(program->arena, n, sizeof(knn_input_t));

        if (program->inputs == NULL) {
            return knn_program_full(program);
        }

        for (i = 0; i < n; i++) {
            program->origins[i] = (uint32_t) i + 1;
        }

        program->n_inputs = n;
        block->n = n;
    }

    /* what reads the inputs may know what they are called */

    return (block->in == 0 && n == program->n_inputs && program->names == NULL)
               ? knn_program_names(program, fitted)
               : KNN_OK;
}


knn_status_e
knn_program_any_width(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    int64_t      n;
    knn_status_e rc;

    n = (int64_t) (program->n_inputs != 0 ? block->n : program->n_expected);

    if (knn_fitted_find(fitted, "n_features_in_") != NULL) {
        rc = knn_fitted_integer(fitted, "n_features_in_", &n);

        if (rc != KNN_OK) {
            return rc;
        }
    }

    return knn_program_width(program, fitted, block, (n < 0) ? 0 : (size_t) n);
}
