
/*
 * Copyright (C) nginx-knn contributors
 */


/* What kind of file some bytes are, told by the first of them. */


#ifndef KNN_CONTAINER_H
#define KNN_CONTAINER_H


#include "error.h"


typedef enum {
    KNN_PICKLE = 0,
    KNN_ZLIB,
    KNN_GZIP,
    KNN_BZ2,
    KNN_XZ,
    KNN_LZMA
} knn_container_e;


/* Anything else is refused by its name. */
knn_status_e knn_container_find(const void *data, size_t size,
                                knn_container_e *kind, knn_error_t *err);

/* "gzip", … */
const char *knn_container_name(knn_container_e kind);


#endif /* KNN_CONTAINER_H */
