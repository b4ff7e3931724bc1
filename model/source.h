
/*
 * Copyright (C) nginx-knn contributors
 */


/* The bytes of a model file, read once and whole. */


#ifndef KNN_SOURCE_H
#define KNN_SOURCE_H


#include "error.h"


#define KNN_SHA256_SIZE 65


/* Reads a regular file of up to max_bytes; *data is for free(). */
knn_status_e knn_source_read(const char *path, size_t max_bytes, void **data,
                             size_t *size, knn_error_t *err);

/* The digest as hexadecimal digits. */
knn_status_e knn_source_sha256(const void *data, size_t size,
                               char hex[KNN_SHA256_SIZE], knn_error_t *err);


#endif /* KNN_SOURCE_H */
