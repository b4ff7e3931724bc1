
/*
 * Copyright (C) nginx-knn contributors
 */


/* A safetensors file that is put together and written. */


#ifndef KNN_SAFETENSORS_WRITE_H
#define KNN_SAFETENSORS_WRITE_H


#include "draft.h"
#include "../error.h"


/* more than any model has */
#define KNN_TENSORS 48
#define KNN_DIMS    3

/* the metadata that is the SHA-256 of all tensors, as they lie in the file */
#define KNN_WRITING_DIGEST "data_sha256"


/* elements, as safetensors spells them */
typedef enum {
    KNN_U8 = 0, /* multiples of KNN_ALIGNMENT */
    KNN_F64,
    KNN_I64,
    KNN_F32,
    KNN_I32
} knn_element_e;


typedef struct {
    const char   *name;
    knn_element_e element;
    size_t        ndim;
    size_t        shape[KNN_DIMS];
    const void   *data;
} knn_written_t;


typedef struct {
    size_t        n;
    knn_written_t tensors[KNN_TENSORS];
    knn_draft_t   metadata; /* members of an object */
} knn_writing_t;


void knn_writing_init(knn_writing_t *writing);
void knn_writing_free(knn_writing_t *writing);

/*
 * Adds a tensor, whose name and data stay the caller's and must be there when
 * the file is written; nothing when data is NULL.  All of U8 and the first of
 * F64 start on a KNN_ALIGNMENT boundary.
 */
void knn_writing_tensor(knn_writing_t *writing, const char *name,
                        knn_element_e element, const void *data, size_t ndim,
                        const size_t *shape);

/* Adds a text; nothing when it is NULL. */
void knn_writing_text(knn_writing_t *writing, const char *name,
                      const char *text);

/* The same of a draft, which is freed. */
void knn_writing_draft(knn_writing_t *writing, const char *name,
                       knn_draft_t *draft);

/* Writes the file; the message of err does not name it. */
knn_status_e knn_writing_write(knn_writing_t *writing, const char *path,
                               knn_error_t *err);


#endif /* KNN_SAFETENSORS_WRITE_H */
