
/*
 * Copyright (C) nginx-knn contributors
 */


/* Elements that were late go to their places, many of them in steps. */


#include <string.h>

#include "infer.h"


/* elements of a step, and the bytes of text that count as one */
#define KNN_WAIT_STEP  512
#define KNN_WAIT_BYTES 16


/* Places more elements that were kept, as many as make a step. */
static int
knn_infer_put(knn_infer_t *infer)
{
    int               done;
    size_t            spent;
    double           *value;
    knn_token_t       token;
    knn_tensor_t     *tensor;
    const knn_late_t *late;

    late = &infer->input.late;
    tensor = &infer->tensor;
    infer->at = KNN_INFER_ELEMENT;

    for (spent = 0; tensor->done < late->count && spent < KNN_WAIT_STEP;
         spent++) {
        value = tensor->values + tensor->done * tensor->stride;
        token.size = 0;

        done = knn_late_get(late, tensor->done, value, &token)
                   ? knn_infer_value(infer, NULL, value)
                   : knn_infer_read(infer, &token, value);

        if (!done) {
            return 0;
        }

        spent += token.size / KNN_WAIT_BYTES;
        tensor->done++;
        knn_nest_next(&infer->input.nest);
    }

    return 1;
}


/* Puts an input aside until the body has ended. */
static void
knn_infer_wait(knn_infer_t *infer)
{
    knn_infer_waiting_t *waiting;

    if (infer->n_waiting == infer->waiting_room) {
        infer->waiting_room = 2 * infer->waiting_room + 1;
        infer->waiting = knn_memory_realloc(&infer->json.memory, infer->waiting,
                                            infer->waiting_room
                                                * sizeof(knn_infer_waiting_t));
    }

    waiting = &infer->waiting[infer->n_waiting++];
    waiting->input = infer->input;
    waiting->tensor = infer->tensor;

    memset(&infer->input.late, 0, sizeof(knn_late_t));
}


int
knn_infer_late(knn_infer_t *infer)
{
    if (!knn_infer_whole(infer, infer->input.late.count)) {
        return 0;
    }

    knn_nest_rewind(&infer->input.nest);

    if (!knn_infer_put(infer)) {
        return 0;
    }

    if (infer->tensor.done < infer->tensor.count) {
        knn_infer_wait(infer);
    }

    return 1;
}


bool
knn_infer_resume(knn_infer_t *infer)
{
    knn_infer_waiting_t *waiting;

    if (infer->resumed == infer->n_waiting) {
        infer->matrix->rows.rows = infer->rows;
        return true;
    }

    waiting = &infer->waiting[infer->resumed];

    infer->scope = KNN_INFER_INPUT;
    infer->index = waiting->tensor.input;
    infer->input = waiting->input;
    infer->tensor = waiting->tensor;

    if (!knn_infer_put(infer)) {
        return true;
    }

    waiting->input.nest = infer->input.nest;
    waiting->tensor.done = infer->tensor.done;
    infer->resumed += infer->tensor.done == infer->tensor.count;

    return false;
}
