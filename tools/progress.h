
/*
 * Copyright (C) nginx-knn contributors
 */


/* A line on standard error that tells how far the work is, on a terminal. */


#ifndef KNN_PROGRESS_H
#define KNN_PROGRESS_H


#include <stdbool.h>
#include <stddef.h>


typedef struct {
    bool     shown;
    unsigned percent; /* that stands there */
    char     what[64];
} knn_progress_t;


/* Begins to tell of this work, unless quiet or not on a terminal. */
void knn_progress_begin(knn_progress_t *progress, bool quiet, const char *what);

/* So much of it is done; ctx is the progress. */
void knn_progress_tell(void *ctx, size_t done, size_t whole);

/* Clears the line. */
void knn_progress_end(knn_progress_t *progress);


#endif /* KNN_PROGRESS_H */
