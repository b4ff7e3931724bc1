
/*
 * Copyright (C) nginx-knn contributors
 */


/* The slots of a program, and which of them still are what the inputs were. */


#include <string.h>

#include "../model.h"
#include "sklearn_program.h"


knn_status_e
knn_program_slots(knn_program_t *program, size_t n)
{
    if (n > KNN_MAX_FEATURES - program->n_slots) {
        return knn_error(program->err, KNN_LIMIT,
                         "makes more than the %d features that are allowed",
                         KNN_MAX_FEATURES);
    }

    program->origins =
        knn_program_grow(program, program->origins, program->n_slots, n,
                         sizeof(uint32_t), &program->slots_allocated);

    if (program->origins == NULL) {
        return knn_program_full(program);
    }

    memset(program->origins + program->n_slots, 0, n * sizeof(uint32_t));
    program->n_slots += n;

    return KNN_OK;
}


knn_status_e
knn_program_number(knn_program_t *program, size_t slot)
{
    knn_input_t *input;

    if (program->origins[slot] == 0) {
        return KNN_OK;
    }

    input = &program->inputs[program->origins[slot] - 1];
    input->number = program->name;

    return (input->text == NULL)
               ? KNN_OK
               : knn_error(program->err, KNN_UNSUPPORTED,
                           "feature %zu is a number for the %s but a text for "
                           "the %s",
                           (size_t) program->origins[slot] - 1, program->name,
                           input->text);
}


knn_status_e
knn_program_text(knn_program_t *program, size_t slot, const knn_entry_t *entry,
                 double *number)
{
    knn_text_t  *text;
    knn_input_t *input;

    if (program->origins[slot] == 0) {
        return knn_error(program->err, KNN_UNSUPPORTED,
                         "takes texts that other steps made, take them from "
                         "the columns of the data");
    }

    input = &program->inputs[program->origins[slot] - 1];
    input->text = program->name;

    if (input->number != NULL) {
        return knn_error(program->err, KNN_UNSUPPORTED,
                         "feature %zu is a text for the %s but a number for "
                         "the %s",
                         (size_t) program->origins[slot] - 1, program->name,
                         input->number);
    }

    input->texts = knn_program_grow(program, input->texts, input->n_texts, 1,
                                    sizeof(knn_text_t), &input->allocated);

    if (input->texts == NULL) {
        return knn_program_full(program);
    }

    text = &input->texts[input->n_texts];
    text->data = entry->data;
    text->len = entry->len;

    *number = (double) input->n_texts++;

    return KNN_OK;
}


knn_status_e
knn_program_trace(knn_program_t *program, const knn_step_t *step, size_t first)
{
    size_t       i;
    knn_status_e rc;

    rc = KNN_OK;

    switch (step->kind) {

    case KNN_STEP_SELECT:

        for (i = 0; i < step->n_out; i++) {
            program->origins[first + i] =
                /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
                program->origins[step->in + step->columns[i]];
        }

        break;

    case KNN_STEP_IMPUTE:
        memcpy(program->origins + first, program->origins + step->in,
               step->n_in * sizeof(uint32_t));
        break;

    case KNN_STEP_ENCODE:
    case KNN_STEP_MISSING:
        break;

    case KNN_STEP_PRODUCT:

        for (i = 0; i < step->n_columns && rc == KNN_OK; i++) {
            rc = knn_program_number(program, step->in + step->columns[i]);
        }

        break;

    default:

        for (i = 0; i < step->n_in && rc == KNN_OK; i++) {
            rc = knn_program_number(program, step->in + i);
        }

        break;
    }

    return rc;
}
