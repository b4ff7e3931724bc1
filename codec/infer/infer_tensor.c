
/*
 * Copyright (C) nginx-knn contributors
 */


/* Binary tensors: the bytes behind the JSON. */


#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer.h"
#include "../text/text.h"


/* the bytes before an element of KNN_BYTES, which are its size */
#define KNN_TENSOR_LENGTH 4

/* tensors that there is room for at first */
#define KNN_TENSOR_ROOM 16

/* the exponent of what is no finite number, and what makes it overflow */
#define KNN_EXPONENT     0x7FF0000000000000u
#define KNN_EXPONENT_ONE 0x0010000000000000u


int
knn_infer_tensor(knn_infer_t *infer)
{
    size_t        size, width;
    knn_tensor_t *tensor;

    tensor = &infer->tensor;
    tensor->size = infer->input.size;
    infer->setting = "binary_data_size";

    width = knn_datatypes[tensor->datatype].size;
    width = width == 0 ? KNN_TENSOR_LENGTH : width;

    if (__builtin_mul_overflow(tensor->count, width, &size)
        || tensor->size < size
        || (tensor->size > size && tensor->datatype != KNN_BYTES))
    {
        return knn_infer_fail(
            infer, KNN_INFER_SETTING, KNN_MALFORMED,
            "\"binary_data_size\" is %zu, but %zu elements "
            "of %s have %s%zu bytes",
            tensor->size, tensor->count, knn_datatypes[tensor->datatype].name,
            tensor->datatype == KNN_BYTES ? "at least " : "", size);
    }

    if (infer->n_tensors == infer->room) {
        infer->room = 2 * infer->room + KNN_TENSOR_ROOM;
        infer->tensors = knn_memory_realloc(&infer->json.memory, infer->tensors,
                                            infer->room * sizeof(knn_tensor_t));
    }

    infer->tensors[infer->n_tensors++] = *tensor;

    return 1;
}


/* Turns to the next tensor that has bytes; false behind the last. */
static bool
knn_infer_turn(knn_infer_t *infer)
{
    const char   *name;
    knn_tensor_t *tensor;

    while (infer->current < infer->n_tensors) {
        tensor = &infer->tensors[infer->current++];

        if (tensor->size == 0) {
            continue;
        }

        infer->tensor = *tensor;
        infer->index = tensor->input;

        /* the only matrix is called already what it is called */

        if (tensor->feature != KNN_INFER_MATRIX) {
            infer->input.called[0] = '\0';

            if (infer->names.count > 0) {
                name = infer->names.list[tensor->feature];
                (void) knn_text_quote(infer->input.called,
                                      sizeof(infer->input.called), name,
                                      strlen(name));
            }
        }

        return true;
    }

    infer->tensor.size = 0;

    return false;
}


/* Refuses infinities, and NaN where nothing may be missing. */
static int
knn_infer_finite(knn_infer_t *infer, size_t count)
{
    size_t        i, stride;
    double       *values;
    uint64_t      bits, exponents;
    knn_tensor_t *tensor;

    tensor = &infer->tensor;
    stride = tensor->stride;
    values = tensor->values + tensor->done * stride;
    exponents = 0;

    for (i = 0; i < count; i++) {
        memcpy(&bits, &values[i * stride], sizeof(double));
        exponents |= (bits & KNN_EXPONENT) + KNN_EXPONENT_ONE;
    }

    for (i = 0; i < count && exponents >> 63; i++) {
        if (isfinite(values[i * stride])
            || (isnan(values[i * stride])
                && knn_infer_missing(infer, tensor->done + i)))
        {
            continue;
        }

        return knn_infer_refuse(infer, tensor->done + i, KNN_VALUE,
                                isnan(values[i * stride])
                                    ? "is NaN, but features are finite numbers"
                                    : "is infinite, but features are finite "
                                      "numbers");
    }

    return 1;
}


/* Converts whole elements that lie side by side. */
static int
knn_infer_convert(knn_infer_t *infer, const char *data, size_t count)
{
    knn_tensor_t *tensor;

    tensor = &infer->tensor;

    knn_datatype_read(tensor->datatype, false, data, count,
                      tensor->values + tensor->done * tensor->stride,
                      tensor->stride);

    if (tensor->datatype >= KNN_FP16 && !knn_infer_finite(infer, count)) {
        return 0;
    }

    tensor->done += count;

    return 1;
}


/* Reads an element of KNN_BYTES, of which all bytes are there. */
static int
knn_infer_bytes(knn_infer_t *infer, const char *data, size_t size)
{
    knn_tensor_t *tensor;

    tensor = &infer->tensor;

    if (!knn_infer_text(infer, data + KNN_TENSOR_LENGTH,
                        size - KNN_TENSOR_LENGTH,
                        tensor->values + tensor->done * tensor->stride))
    {
        return 0;
    }

    tensor->done++;

    return 1;
}


/*
 * The bytes of the next element, of which size are there; where these do not
 * tell, of those that do.  0 after a fault.
 */
static size_t
knn_infer_need(knn_infer_t *infer, const char *data, size_t size)
{
    size_t        need;
    knn_tensor_t *tensor;
    unsigned char length[KNN_TENSOR_LENGTH];

    tensor = &infer->tensor;

    if (tensor->datatype != KNN_BYTES) {
        return knn_datatypes[tensor->datatype].size;
    }

    if (tensor->done == tensor->count) {
        (void) knn_infer_fail(infer, KNN_INFER_INPUT, KNN_MALFORMED,
                              "it has more bytes than its %zu elements",
                              tensor->count);
        return 0;
    }

    if (size < KNN_TENSOR_LENGTH) {
        return KNN_TENSOR_LENGTH;
    }

    memcpy(length, data, KNN_TENSOR_LENGTH);

    need = (size_t) length[0] | (size_t) length[1] << 8
           | (size_t) length[2] << 16 | (size_t) length[3] << 24;

    if (need > KNN_REQUEST_TOKEN) {
        (void) knn_infer_fail(infer, KNN_INFER_INPUT, KNN_LIMIT,
                              "row %zu, feature %zu is a text of %zu bytes, at "
                              "most %d are read",
                              knn_infer_row(infer, tensor->done),
                              knn_infer_feature(infer, tensor->done), need,
                              KNN_REQUEST_TOKEN);
        return 0;
    }

    return KNN_TENSOR_LENGTH + need;
}


/* Reads the elements that are there wholly; returns their bytes. */
static size_t
knn_infer_elements(knn_infer_t *infer, const char *data, size_t size)
{
    size_t used, need, width;

    width = knn_datatypes[infer->tensor.datatype].size;

    if (width > 0) {
        used = size - size % width;

        return used == 0 || knn_infer_convert(infer, data, used / width) ? used
                                                                         : 0;
    }

    for (used = 0; size - used >= KNN_TENSOR_LENGTH; used += need) {
        need = knn_infer_need(infer, data + used, size - used);

        if (need == 0 || need > size - used
            || !knn_infer_bytes(infer, data + used, need))
        {
            break;
        }
    }

    return used;
}


/* Gathers an element that is cut; returns the bytes that were taken of it. */
static size_t
knn_infer_gather(knn_infer_t *infer, const char *data, size_t size)
{
    char  *carry;
    size_t need;

    need = knn_infer_need(infer, infer->carry, infer->carried);

    if (need > infer->carry_size) {
        carry = realloc(infer->carry, need);

        if (carry == NULL) {
            (void) knn_matrix_fail(infer->matrix, KNN_NO_MEMORY, NULL,
                                   "no memory to read the body");
            return 0;
        }

        infer->carry = carry;
        infer->carry_size = need;
    }

    if (need == 0) {
        return 0;
    }

    size = size < need - infer->carried ? size : need - infer->carried;
    memcpy(infer->carry + infer->carried, data, size);
    infer->carried += size;

    if (infer->carried == knn_infer_need(infer, infer->carry, infer->carried)) {
        need = infer->carried;
        infer->carried = 0;
        (void) knn_infer_elements(infer, infer->carry, need);
    }

    return size;
}


/* Reads bytes of a tensor, which has so many; returns how many it took. */
static size_t
knn_infer_some(knn_infer_t *infer, const char *data, size_t size)
{
    size_t used;

    used = infer->carried > 0 ? 0 : knn_infer_elements(infer, data, size);

    if (used == 0 && infer->matrix->rows.error.status == KNN_OK) {
        used = knn_infer_gather(infer, data, size);
    }

    infer->tensor.size -= used;

    if (infer->tensor.size == 0
        && (infer->carried > 0 || infer->tensor.done < infer->tensor.count))
    {
        (void) knn_infer_fail(infer, KNN_INFER_INPUT, KNN_MALFORMED,
                              "its bytes end before its %zu elements",
                              infer->tensor.count);
    }

    return used;
}


knn_status_e
knn_infer_tensors(knn_infer_t *infer, const char *data, size_t size)
{
    size_t n;

    infer->scope = KNN_INFER_INPUT;
    infer->at = KNN_INFER_INPUT;

    while (size > 0 && infer->matrix->rows.error.status == KNN_OK) {
        if (infer->tensor.size == 0 && !knn_infer_turn(infer)) {
            return knn_matrix_fail(infer->matrix, KNN_MALFORMED, NULL,
                                   "the body has bytes behind its last tensor, "
                                   "they are none of any \"binary_data_size\"");
        }

        n = infer->tensor.size < size ? infer->tensor.size : size;
        n = knn_infer_some(infer, data, n);
        data += n;
        size -= n;
    }

    return infer->matrix->rows.error.status;
}


knn_status_e
knn_infer_tensors_end(knn_infer_t *infer)
{
    infer->scope = KNN_INFER_INPUT;

    if (infer->tensor.size > 0 || knn_infer_turn(infer)) {
        (void) knn_infer_fail(infer, KNN_INFER_INPUT, KNN_MALFORMED,
                              "the body lacks %zu of its bytes",
                              infer->tensor.size);
    }

    return infer->matrix->rows.error.status;
}
