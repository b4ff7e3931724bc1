
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "native_put.h"


/* Adds what inputs may be: texts, or null for a number. */
static void
knn_native_put_inputs(knn_native_put_t *put)
{
    size_t               i, j;
    knn_draft_t          draft;
    const knn_text_t    *text;
    const knn_steps_t   *steps;
    const knn_feature_t *input;

    steps = &put->parts->steps;

    knn_draft_init(&draft);

    for (i = 0; i < steps->n_inputs; i++) {
        knn_draft_literal(&draft, (i == 0) ? "[" : ",");
        input = (steps->inputs == NULL) ? NULL : &steps->inputs[i];

        if (input == NULL || input->n_texts == 0) {
            knn_draft_literal(&draft, "null");
            continue;
        }

        for (j = 0; j < input->n_texts; j++) {
            text = &input->texts[j];
            knn_draft_literal(&draft, (j == 0) ? "[" : ",");
            knn_draft_string(&draft, text->data, text->len);
        }

        knn_draft_literal(&draft, "]");
    }

    knn_draft_literal(&draft, "]");
    knn_writing_draft(&put->writing, "inputs", &draft);
}


/* Adds a member that is a count. */
static void
knn_native_put_member(knn_draft_t *draft, const char *name, size_t count)
{
    knn_draft_literal(draft, ",\"");
    knn_draft_literal(draft, name);
    knn_draft_literal(draft, "\":");
    knn_draft_count(draft, count);
}


/* Adds a step, whose columns and numbers are the next of all steps'. */
static void
knn_native_put_step(knn_draft_t *draft, const knn_step_t *step)
{
    knn_draft_literal(draft, "{\"kind\":\"");
    knn_draft_literal(draft, knn_step_kind_name(step->kind));
    knn_draft_literal(draft, "\",\"name\":");
    knn_draft_string(draft, step->name, strlen(step->name));

    if (step->missing) {
        knn_draft_literal(draft, ",\"missing\":true");
    }

    knn_native_put_member(draft, "in", step->in);
    knn_native_put_member(draft, "n_in", step->n_in);
    knn_native_put_member(draft, "n_out", step->n_out);
    knn_native_put_member(draft, "columns", step->n_columns);
    knn_native_put_member(draft, "numbers", step->n_numbers);
    knn_draft_literal(draft, "}");
}


/* Adds the program. */
static void
knn_native_put_program(knn_native_put_t *put)
{
    size_t             i;
    knn_draft_t        draft;
    const knn_steps_t *steps;

    steps = &put->parts->steps;

    knn_draft_init(&draft);
    knn_draft_literal(&draft, "[");

    for (i = 0; i < steps->n_steps; i++) {
        knn_draft_comma(&draft, i);
        knn_native_put_step(&draft, &steps->steps[i]);
    }

    knn_draft_literal(&draft, "]");
    knn_writing_draft(&put->writing, "steps", &draft);
}


/* Puts the columns and the numbers of all steps, one after the other. */
static int
knn_native_put_pool(knn_native_put_t *put)
{
    size_t             i, n_columns, n_numbers;
    double            *numbers;
    uint32_t          *columns;
    const knn_step_t  *step;
    const knn_steps_t *steps;

    steps = &put->parts->steps;
    n_columns = 0;
    n_numbers = 0;

    for (i = 0; i < steps->n_steps; i++) {
        n_columns += steps->steps[i].n_columns;
        n_numbers += steps->steps[i].n_numbers;
    }

    columns = knn_arena_array(put->arena, n_columns, sizeof(uint32_t));
    numbers = knn_arena_array(put->arena, n_numbers, sizeof(double));

    if (columns == NULL || numbers == NULL) {
        return -1;
    }

    knn_writing_tensor(&put->writing, "steps.columns", KNN_I32, columns, 1,
                       &n_columns);
    knn_writing_tensor(&put->writing, "steps.numbers", KNN_F64, numbers, 1,
                       &n_numbers);

    for (i = 0; i < steps->n_steps; i++) {
        step = &steps->steps[i];

        if (step->n_columns > 0) {
            memcpy(columns, step->columns, step->n_columns * sizeof(uint32_t));
            columns += step->n_columns;
        }

        if (step->n_numbers > 0) {
            memcpy(numbers, step->numbers, step->n_numbers * sizeof(double));
            numbers += step->n_numbers;
        }
    }

    return 0;
}


int
knn_native_put_steps(knn_native_put_t *put)
{
    if (put->parts->steps.n_inputs == 0) {
        return 0;
    }

    knn_native_put_inputs(put);
    knn_native_put_program(put);

    return knn_native_put_pool(put);
}
