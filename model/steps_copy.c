
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "steps.h"


/* A copy of an array; NULL without memory. */
static void *
knn_copy_array(knn_arena_t *arena, const void *from, size_t count, size_t size)
{
    void *to;

    to = knn_arena_array(arena, count, size);

    if (to != NULL && count > 0) {
        memcpy(to, from, count * size);
    }

    return to;
}


/* The same of a string. */
static const char *
knn_copy_string(knn_arena_t *arena, const char *from)
{
    return knn_arena_string(arena, from, strlen(from));
}


/* Copies names. */
static int
knn_copy_names(knn_arena_t *arena, knn_steps_t *steps)
{
    size_t       i;
    const char **names;

    names = knn_copy_array(arena, steps->names, steps->n_names, sizeof(char *));
    steps->names = names;

    for (i = 0; names != NULL && i < steps->n_names; i++) {
        names[i] = knn_copy_string(arena, names[i]);

        if (names[i] == NULL) {
            return -1;
        }
    }

    return (names == NULL) ? -1 : 0;
}


/* Copies the steps themselves. */
static int
knn_copy_program(knn_arena_t *arena, knn_steps_t *steps)
{
    size_t      i;
    knn_step_t *copies, *step;

    copies =
        knn_copy_array(arena, steps->steps, steps->n_steps, sizeof(knn_step_t));
    steps->steps = copies;

    for (i = 0; copies != NULL && i < steps->n_steps; i++) {
        step = &copies[i];

        step->name = knn_copy_string(arena, step->name);
        step->columns = knn_copy_array(arena, step->columns, step->n_columns,
                                       sizeof(uint32_t));
        step->numbers = knn_copy_array(arena, step->numbers, step->n_numbers,
                                       sizeof(double));

        if (step->name == NULL || step->columns == NULL
            || step->numbers == NULL) {
            return -1;
        }
    }

    return (copies == NULL) ? -1 : 0;
}


/* Copies the texts of an input. */
static int
knn_copy_texts(knn_arena_t *arena, knn_feature_t *input)
{
    size_t      i;
    knn_text_t *texts;

    texts =
        knn_copy_array(arena, input->texts, input->n_texts, sizeof(knn_text_t));
    input->texts = texts;

    for (i = 0; texts != NULL && i < input->n_texts; i++) {
        texts[i].data = knn_arena_string(arena, texts[i].data, texts[i].len);

        if (texts[i].data == NULL) {
            return -1;
        }
    }

    return (texts == NULL) ? -1 : 0;
}


/* Copies what the inputs may be. */
static int
knn_copy_inputs(knn_arena_t *arena, knn_steps_t *steps)
{
    size_t         i;
    knn_feature_t *inputs;

    if (steps->inputs == NULL) {
        return 0;
    }

    inputs = knn_copy_array(arena, steps->inputs, steps->n_inputs,
                            sizeof(knn_feature_t));
    steps->inputs = inputs;

    for (i = 0; inputs != NULL && i < steps->n_inputs; i++) {
        if (knn_copy_texts(arena, &inputs[i]) != 0) {
            return -1;
        }
    }

    return (inputs == NULL) ? -1 : 0;
}


int
knn_steps_copy(knn_arena_t *arena, const knn_steps_t *from, knn_steps_t *to)
{
    *to = *from;

    return (knn_copy_names(arena, to) != 0 || knn_copy_program(arena, to) != 0
            || knn_copy_inputs(arena, to) != 0)
               ? -1
               : 0;
}
