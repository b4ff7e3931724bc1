
/*
 * Copyright (C) nginx-knn contributors
 */


/* The pickle machine alone, and estimators made of what it reads. */


#include "../../model/pickle/pickle.h"
#include "../../model/sklearn/sklearn.h"
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
    knn_parts_t  parts;
    knn_arena_t *arena;
    knn_value_t *value;
    knn_beside_t beside;

    arena = knn_arena_create(MAX_BYTES);
    demand(arena != NULL);

    beside = (knn_beside_t){.arena = arena, .left = MAX_BYTES};
    value = knn_pickle_read(arena, data, size, &beside, &err);

    if (value != NULL) {
        (void) knn_sklearn_read(arena, value, &parts, &err);
    }

    knn_arena_destroy(arena);

    return 0;
}
