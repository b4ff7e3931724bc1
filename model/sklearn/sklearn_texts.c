
/*
 * Copyright (C) nginx-knn contributors
 */


/* A program's end: its texts in their final order, and what it is as parts. */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sklearn_program.h"


/* a text on its way from the order of the file to that of the model */
typedef struct {
    knn_text_t text;
    uint32_t   met; /* its number so far */
} knn_met_t;


/* a key of a step on its way to its place among the others */
typedef struct {
    double key;
    double code;
} knn_key_t;


/* As memcmp() has it. */
static int
knn_texts_order(const void *a, const void *b)
{
    int               order;
    size_t            n;
    const knn_text_t *one, *other;

    one = &((const knn_met_t *) a)->text;
    other = &((const knn_met_t *) b)->text;
    n = (one->len < other->len) ? one->len : other->len;
    order = memcmp(one->data, other->data, n);

    return (order != 0) ? order
                        : (one->len > other->len) - (one->len < other->len);
}


/* Ascending, NaN last. */
static int
knn_keys_order(const void *a, const void *b)
{
    double one, other;

    one = ((const knn_key_t *) a)->key;
    other = ((const knn_key_t *) b)->key;

    if (isnan(one) || isnan(other)) {
        return (isnan(one) != 0) - (isnan(other) != 0);
    }

    return (one > other) - (one < other);
}


/*
 * Orders an input's texts and leaves out what was met before; places gets
 * the final number of each.
 */
static knn_status_e
knn_texts_sort(knn_program_t *program, knn_input_t *input, uint32_t *places)
{
    size_t     i, n;
    knn_met_t *met;

    met = knn_arena_array(program->arena, input->n_texts, sizeof(knn_met_t));

    if (met == NULL) {
        return knn_error(program->err, KNN_LIMIT,
                         "the texts need more memory than allowed");
    }

    for (i = 0; i < input->n_texts; i++) {
        met[i].text = input->texts[i];
        met[i].met = (uint32_t) i;
    }

    qsort(met, input->n_texts, sizeof(knn_met_t), knn_texts_order);

    n = 0;

    for (i = 0; i < input->n_texts; i++) {
        if (i == 0 || knn_texts_order(&met[i - 1], &met[i]) != 0) {
            input->texts[n++] = met[i].text;
        }

        places[met[i].met] = (uint32_t) (n - 1);
    }

    input->n_texts = n;

    return KNN_OK;
}


/* The final number of a text, or NaN. */
static inline double
knn_texts_place(const uint32_t *places, double number)
{
    return isnan(number) ? number : (double) places[(size_t) number];
}


/* The numbers of the texts among a step's parameters, and their order. */
static knn_status_e
knn_texts_step(knn_program_t *program, knn_step_t *step,
               uint32_t *const *places)
{
    double    *numbers;
    size_t     i, j, n, n_keys;
    uint32_t   origin;
    knn_key_t *keys;

    /* all of a program's arrays are its own */

    numbers = (double *) step->numbers;
    n_keys = (step->n_numbers - step->n_in) / 2;

    for (i = 0; i < step->n_in; i++) {
        origin = program->origins[step->in + i];
        n = (step->kind == KNN_STEP_ENCODE) ? step->columns[i] : 1;

        if (origin != 0 && places[origin - 1] != NULL) {
            for (j = 0; j < n; j++) {
                numbers[j] = knn_texts_place(places[origin - 1], numbers[j]);
            }

            if (step->kind == KNN_STEP_IMPUTE) {
                numbers[step->n_in] =
                    knn_texts_place(places[origin - 1], numbers[step->n_in]);
            }
        }

        if (step->kind == KNN_STEP_ENCODE) {
            keys = knn_arena_array(program->arena, n, sizeof(knn_key_t));

            if (keys == NULL) {
                return knn_error(program->err, KNN_LIMIT,
                                 "the categories need more memory than "
                                 "allowed");
            }

            for (j = 0; j < n; j++) {
                keys[j] = (knn_key_t){numbers[j], numbers[n_keys + j]};
            }

            qsort(keys, n, sizeof(knn_key_t), knn_keys_order);

            for (j = 0; j < n; j++) {
                numbers[j] = keys[j].key;
                numbers[n_keys + j] = keys[j].code;
            }
        }

        numbers += n;
    }

    return KNN_OK;
}


/* Puts all texts in order. */
static knn_status_e
knn_texts_all(knn_program_t *program)
{
    size_t       i;
    uint32_t   **places;
    knn_step_t  *step;
    knn_input_t *input;

    places =
        knn_arena_array(program->arena, program->n_inputs, sizeof(uint32_t *));

    for (i = 0; places != NULL && i < program->n_inputs; i++) {
        input = &program->inputs[i];

        if (input->text == NULL) {
            continue;
        }

        places[i] =
            knn_arena_array(program->arena, input->n_texts, sizeof(uint32_t));

        if (places[i] == NULL
            || knn_texts_sort(program, input, places[i]) != KNN_OK) {
            places = NULL;
        }
    }

    if (places == NULL) {
        return knn_error(program->err, KNN_LIMIT,
                         "the texts need more memory than allowed");
    }

    for (i = 0; i < program->n_steps; i++) {
        step = &program->steps[i];

        if ((step->kind == KNN_STEP_ENCODE || step->kind == KNN_STEP_IMPUTE
             || step->kind == KNN_STEP_MISSING)
            && knn_texts_step(program, step, places) != KNN_OK)
        {
            return program->err->status;
        }
    }

    return KNN_OK;
}


/* The estimator takes the features of the block, as numbers. */
static knn_status_e
knn_program_end(knn_program_t *program, knn_block_t *block)
{
    size_t    i, last;
    uint32_t *columns;

    for (i = 0; i < block->n; i++) {
        if (knn_program_number(program, block->in + i) != KNN_OK) {
            return program->err->status;
        }
    }

    last = (program->n_steps == 0) ? program->n_inputs
                                   : program->steps[program->n_steps - 1].n_out;

    if (block->n == last && block->in == program->n_slots - last) {
        return KNN_OK;
    }

    columns = knn_program_columns(program, block->n);

    for (i = 0; columns != NULL && i < block->n; i++) {
        columns[i] = (uint32_t) i;
    }

    return (columns == NULL)
               ? program->err->status
               : knn_program_add(program,
                                 (knn_step_t){.kind = KNN_STEP_SELECT,
                                              .missing = true,
                                              .n_out = block->n,
                                              .n_columns = block->n,
                                              .columns = columns},
                                 block);
}


knn_status_e
knn_program_finish(knn_program_t *program, knn_block_t *block,
                   const char *estimator, knn_parts_t *parts)
{
    size_t         i;
    knn_feature_t *inputs;

    /* nothing was done to the inputs */

    if (program->n_inputs == 0) {
        return KNN_OK;
    }

    program->name = estimator;

    if (knn_program_end(program, block) != KNN_OK
        || knn_texts_all(program) != KNN_OK)
    {
        return program->err->status;
    }

    inputs = knn_arena_array(program->arena, program->n_inputs,
                             sizeof(knn_feature_t));

    if (inputs == NULL) {
        return knn_error(program->err, KNN_LIMIT,
                         "%zu features need more memory than allowed",
                         program->n_inputs);
    }

    for (i = 0; i < program->n_inputs; i++) {
        inputs[i].n_texts = program->inputs[i].n_texts;
        inputs[i].texts = program->inputs[i].texts;
    }

    parts->steps = (knn_steps_t){.n_inputs = program->n_inputs,
                                 .inputs = inputs,
                                 .n_steps = program->n_steps,
                                 .steps = program->steps,
                                 .n_names = program->n_transformers,
                                 .names = program->transformers};
    parts->feature_names = program->names;

    return KNN_OK;
}
