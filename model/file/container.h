
/*
 * Copyright (C) nginx-knn contributors
 */


/* What kind of file some bytes are, told by the first of them. */


#ifndef KNN_CONTAINER_H
#define KNN_CONTAINER_H


#include "../error.h"


/* bytes that tell a native file from all others */
#define KNN_CONTAINER_HEAD 9


typedef enum {
    KNN_PICKLE = 0,
    KNN_ZLIB,
    KNN_GZIP,
    KNN_BZ2,
    KNN_XZ,
    KNN_LZMA,
    KNN_LZ4,
    KNN_ZFILE, /* joblib's before 0.10: zlib behind a length */
    KNN_NATIVE /* safetensors */
} knn_container_e;


/* Anything else is refused by its name. */
knn_status_e knn_container_find(const void *data, size_t size,
                                knn_container_e *kind, knn_error_t *err);

/* Whether they are the first bytes of a native file. */
bool knn_container_is_native(const void *data, size_t size);

/* "gzip", … */
const char *knn_container_name(knn_container_e kind);


#endif /* KNN_CONTAINER_H */
