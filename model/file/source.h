
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The bytes of a model file, read whole: what becomes of the file later does
 * not matter, unless it is shared.
 */


#ifndef KNN_SOURCE_H
#define KNN_SOURCE_H


#include "../error.h"


typedef struct {
    void  *data;
    size_t size;
    bool   mapped; /* native: read-only, on a boundary of pages */
    bool   shared; /* the memory is the file's own */
} knn_source_t;


/* Takes a regular file of up to max_bytes. */
knn_status_e knn_source_read(const char *path, size_t max_bytes,
                             knn_source_t *source, knn_error_t *err);

/* The same for a file that another one names, which must be no link. */
knn_status_e knn_source_read_beside(const char *path, size_t max_bytes,
                                    knn_source_t *source, knn_error_t *err);

/*
 * Maps a regular file instead: its pages are read when they are needed, and
 * are the same for all processes.  It must not be written over or cut.
 */
knn_status_e knn_source_share(const char *path, knn_source_t *source,
                              knn_error_t *err);

/* Takes a copy of bytes as if they were a native file. */
knn_status_e knn_source_copy(const void *data, size_t size,
                             knn_source_t *source, knn_error_t *err);

/*
 * Gives back the memory of some bytes, which must not be read again; returns
 * how much that was: nothing when they lie elsewhere.
 */
size_t knn_source_drop(const knn_source_t *source, const void *data,
                       size_t size);

/* Frees what was taken; nothing when that was moved elsewhere. */
void knn_source_free(knn_source_t *source);


#endif /* KNN_SOURCE_H */
