
/*
 * Copyright (C) nginx-knn contributors
 */


/* Any bytes as a model's file.  What is taken for a model must answer. */


#include "answers.h"
#include "mutate.h"


#define MAX_BYTES (16 * 1024 * 1024)


size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed);
int    LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return knn_mutate(data, size, max, seed);
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
