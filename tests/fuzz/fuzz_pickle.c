
/*
 * Copyright (C) nginx-knn contributors
 */


/* The pickle machine alone, and estimators made of what it reads. */


#include <stdlib.h>

#include "../../model/pickle.h"
#include "../../model/sklearn.h"


#define MAX_BYTES (16 * 1024 * 1024)


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    knn_error_t  err;
    knn_parts_t  parts;
    knn_arena_t *arena;
    knn_value_t *value;

    arena = knn_arena_create(MAX_BYTES);

    if (arena == NULL) {
        abort();
    }

    value = knn_pickle_read(arena, data, size, &err);

    if (value != NULL) {
        (void) knn_sklearn_read(arena, value, &parts, &err);
    }

    knn_arena_destroy(arena);

    return 0;
}
