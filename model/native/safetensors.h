
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The container of safetensors: a JSON header, which names arrays and texts,
 * and behind it the arrays side by side.
 */


#ifndef KNN_SAFETENSORS_H
#define KNN_SAFETENSORS_H


#include "../pickle/ndarray.h"


/* the most bytes of a header, as the format has it */
#define KNN_SAFETENSORS_HEADER 100000000


typedef struct {
    const char   *name;
    size_t        start; /* in the bytes behind the header */
    size_t        end;
    knn_ndarray_t array;
} knn_tensor_t;


/* a file that was read */
typedef struct {
    knn_arena_t       *arena;
    size_t             header; /* bytes before those of the tensors */
    size_t             n;
    knn_tensor_t      *tensors;  /* [n], as they follow each other */
    const knn_value_t *metadata; /* a dict of texts */
} knn_safetensors_t;


/* Reads the header; the arrays are those of data. */
knn_status_e knn_safetensors_read(knn_safetensors_t *file, knn_arena_t *arena,
                                  const void *data, size_t size,
                                  knn_error_t *err);

/* safetensors_tensor.c: reads a member of the header, all but its bytes */
knn_status_e knn_tensor_read(knn_arena_t *arena, knn_tensor_t *tensor,
                             const knn_value_t *member, knn_error_t *err);

/* Refuses a tensor: 'tensor "name" reason'; returns status. */
knn_status_e knn_tensor_fail(const knn_tensor_t *tensor, knn_status_e status,
                             const char *reason, knn_error_t *err);

/* NULL when there is none of that name. */
const knn_ndarray_t *knn_safetensors_tensor(const knn_safetensors_t *file,
                                            const char              *name);


#endif /* KNN_SAFETENSORS_H */
