
/*
 * Copyright (C) nginx-knn contributors
 */


/* Numbers as they lie in binary tensors and arrays. */


#ifndef KNN_DATATYPE_H
#define KNN_DATATYPE_H


#include <stdbool.h>
#include <stddef.h>


/* by their names in the Open Inference Protocol */
typedef enum {
    KNN_BOOL = 0,
    KNN_UINT8,
    KNN_UINT16,
    KNN_UINT32,
    KNN_UINT64,
    KNN_INT8,
    KNN_INT16,
    KNN_INT32,
    KNN_INT64,
    KNN_FP16,
    KNN_BF16,
    KNN_FP32,
    KNN_FP64,
    KNN_BYTES,
    KNN_DATATYPES
} knn_datatype_e;


typedef struct {
    const char *name; /* "FP64" */
    size_t      size; /* bytes of an element, 0 of KNN_BYTES */
} knn_datatype_t;


extern const knn_datatype_t knn_datatypes[KNN_DATATYPES];


/* The datatype of this name, KNN_DATATYPES for what is none. */
knn_datatype_e knn_datatype_find(const char *name, size_t size);

/*
 * Converts count elements that lie side by side at data, little-endian or, if
 * swap, big-endian, to every stride-th double from values on.  Not for
 * KNN_BYTES.
 */
void knn_datatype_read(knn_datatype_e type, bool swap, const char *data,
                       size_t count, double *values, size_t stride);


#endif /* KNN_DATATYPE_H */
