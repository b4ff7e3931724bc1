
/*
 * Copyright (C) nginx-knn contributors
 */


/* Many elements of "data" at once. */


#include "infer.h"


/* Reads more elements of the array that is open. */
static void
knn_infer_scan_elements(knn_infer_t *infer, knn_scan_t *scan)
{
    size_t        n;
    knn_nest_t   *nest;
    knn_tensor_t *tensor;

    nest = &infer->input.nest;
    tensor = &infer->tensor;

    n = knn_scan_numbers(scan, tensor->values + tensor->done * tensor->stride,
                         tensor->count - tensor->done);

    tensor->done += n;
    nest->length[nest->depth] += n;
}


/* Reads more arrays of elements, of the length that the first one had. */
static void
knn_infer_scan_arrays(knn_infer_t *infer, knn_scan_t *scan)
{
    size_t        n, length;
    knn_nest_t   *nest;
    knn_tensor_t *tensor;

    nest = &infer->input.nest;
    tensor = &infer->tensor;
    length = nest->first[nest->leaf];

    n = knn_scan_rows(scan, tensor->values + tensor->done * tensor->stride,
                      (tensor->count - tensor->done) / length, length);

    tensor->done += n * length;
    nest->length[nest->depth] += n;
}


void
knn_infer_scan(void *ctx, knn_scan_t *scan)
{
    knn_nest_t   *nest;
    knn_infer_t  *infer;
    knn_tensor_t *tensor;

    infer = ctx;
    nest = &infer->input.nest;
    tensor = &infer->tensor;

    if (infer->at != KNN_INFER_ELEMENT || !infer->input.placed
        || nest->leaf == 0
        || (tensor->datatype != KNN_FP64 && tensor->datatype != KNN_FP32))
    {
        return;
    }

    scan->stride = tensor->stride;
    scan->single = tensor->datatype == KNN_FP32;

    if (nest->depth == nest->leaf) {
        knn_infer_scan_elements(infer, scan);
    }
    else if (nest->depth + 1 == nest->leaf) {
        knn_infer_scan_arrays(infer, scan);
    }
}
