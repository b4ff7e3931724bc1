
/*
 * Copyright (C) nginx-knn contributors
 */


/* A file that appears whole or not at all, in place of what was there. */


#ifndef KNN_REPLACE_H
#define KNN_REPLACE_H


#include "../error.h"


typedef struct {
    const char *path;
    char       *temporary; /* the file while it is written, beside it */
    int         fd;
} knn_replace_t;


/* Begins a file; path stays the caller's. */
knn_status_e knn_replace_open(knn_replace_t *file, const char *path,
                              knn_error_t *err);

knn_status_e knn_replace_write(knn_replace_t *file, const void *data,
                               size_t size, knn_error_t *err);

/* Ends the file: it is on the disk under its name then, or gone. */
knn_status_e knn_replace_close(knn_replace_t *file, knn_error_t *err);

/* Removes what was written. */
void knn_replace_abandon(knn_replace_t *file);


#endif /* KNN_REPLACE_H */
