
/*
 * Copyright (C) nginx-knn contributors
 */


/* Parts and their model while they become tensors and metadata. */


#ifndef KNN_NATIVE_PUT_H
#define KNN_NATIVE_PUT_H


#include "native.h"
#include "safetensors_write.h"


typedef struct {
    knn_arena_t       *arena;
    const knn_parts_t *parts;
    const knn_model_t *model; /* of the parts */
    knn_writing_t      writing;
} knn_native_put_t;


/* native_metadata.c: what is said in words */
void knn_native_put_metadata(knn_native_put_t        *put,
                             const knn_native_meta_t *meta);

/* native_put_steps.c: the steps; -1 when there is no memory */
int knn_native_put_steps(knn_native_put_t *put);


#endif /* KNN_NATIVE_PUT_H */
