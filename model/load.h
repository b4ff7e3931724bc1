
/*
 * Copyright (C) nginx-knn contributors
 */


/* A model file's bytes and what they say, of whichever kind they are. */


#ifndef KNN_LOAD_H
#define KNN_LOAD_H


#include "pickle/beside.h"
#include "native/native.h"


/* what is held until the parts were used, which point into all of it */
typedef struct {
    const char  *path; /* NULL when the bytes are of no file */
    const void  *data;
    size_t       size;
    bool         mapped;   /* numbers are not read */
    void        *inflated; /* NULL when not compressed */
    knn_arena_t *arena;
    knn_beside_t beside;
    knn_parts_t  parts;

    knn_native_meta_t meta;   /* of a native file, as are: */
    knn_golden_t      golden; /* the queries to replay */
} knn_file_t;


/*
 * Fills parts from path, data and size, which stay the caller's.  The file
 * is to be closed also after an error.
 */
knn_status_e knn_file_parts(knn_file_t *file, size_t max_bytes,
                            knn_error_t *err);

void knn_file_close(knn_file_t *file);

/*
 * KNN_OK unless a native file says of its tensors what they are not; reads
 * them all.  The message starts with path.
 */
knn_status_e knn_file_intact(const char *path, knn_error_t *err);


#endif /* KNN_LOAD_H */
