
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Any bytes as a native file: what is taken for a model must answer, and what
 * is not must be refused.
 */


#include <stdlib.h>
#include <string.h>

#include "answers.h"


#define MAX_BYTES (16 * 1024 * 1024)

/* the length of the header, before it */
#define LENGTH 8


size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed);
int    LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* Changes header or tensors alone, and then the length of the header. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    size_t   tail;
    uint8_t *copy;
    uint64_t length;

    length = UINT64_MAX;

    if (size >= LENGTH) {
        memcpy(&length, data, LENGTH);
    }

    if (seed % 8 == 0 || size < LENGTH || length > size - LENGTH) {
        return LLVMFuzzerMutate(data, size, max);
    }

    tail = size - LENGTH - length;

    if (seed % 2 == 0) {
        return size - tail + LLVMFuzzerMutate(data + size - tail, tail, tail);
    }

    copy = malloc(tail + 1);
    demand(copy != NULL);
    memcpy(copy, data + size - tail, tail);

    length = LLVMFuzzerMutate(data + LENGTH, length, max - LENGTH - tail);
    memcpy(data, &length, LENGTH);
    memcpy(data + LENGTH + length, copy, tail);
    free(copy);

    return LENGTH + length + tail;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    knn_error_t  err;
    knn_model_t *model;

    model = knn_model_read(data, size, "fuzz", MAX_BYTES, &err);

    if (model == NULL) {
        check_refusal(&err, "fuzz");
        return 0;
    }

    check_answers(model);
    knn_model_free(model);

    return 0;
}
