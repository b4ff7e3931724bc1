
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "safetensors.h"
#include "../utf8.h"


typedef struct {
    const char *name;
    char        kind; /* as numpy has it */
    size_t      size;
} knn_tensor_type_t;


static const knn_tensor_type_t knn_tensor_types[] = {
    {"F64", 'f', 8},  {"F32", 'f', 4}, {"I64", 'i', 8},     {"I32", 'i', 4},
    {"I16", 'i', 2},  {"I8", 'i', 1},  {"U64", 'u', 8},     {"U32", 'u', 4},
    {"U16", 'u', 2},  {"U8", 'u', 1},  {"BOOL", 'b', 1},    {"F16", 'f', 2},
    {"BF16", 'V', 2}, {"C64", 'c', 8}, {"F8_E4M3", 'V', 1}, {"F8_E5M2", 'V', 1},
    {NULL, '\0', 0},
};


knn_status_e
knn_tensor_fail(const knn_tensor_t *tensor, knn_status_e status,
                const char *reason, knn_error_t *err)
{
    char shown[KNN_QUOTE_SIZE];

    return knn_error(err, status, "tensor \"%s\" %s",
                     knn_utf8_quote(shown, sizeof(shown), tensor->name,
                                    strlen(tensor->name)),
                     reason);
}


/* Reads the type of a tensor's elements. */
static knn_status_e
knn_tensor_type(knn_tensor_t *tensor, const knn_value_t *value,
                knn_error_t *err)
{
    const knn_tensor_type_t *type;

    for (type = knn_tensor_types; type->name != NULL; type++) {
        if (value != NULL && knn_value_is(value, type->name)) {
            tensor->array.dtype.kind = type->kind;
            tensor->array.dtype.size = type->size;
            return KNN_OK;
        }
    }

    return knn_tensor_fail(tensor, KNN_UNSUPPORTED,
                           "has an unknown dtype, use F64, F32 or I64", err);
}


/* Reads a list of sizes into to; false when it is none. */
static bool
knn_tensor_sizes(const knn_value_t *value, size_t most, size_t *to, size_t *n)
{
    size_t             i;
    const knn_value_t *item;

    if (value == NULL || value->type != KNN_VALUE_LIST
        || value->u.list.n > most) {
        return false;
    }

    for (i = 0; i < value->u.list.n; i++) {
        item = value->u.list.items[i];

        if (item->type != KNN_VALUE_INT || item->u.integer < 0) {
            return false;
        }

        to[i] = (size_t) item->u.integer;
    }

    *n = value->u.list.n;

    return true;
}


/* Reads the shape of a tensor, and so the bytes that it takes. */
static knn_status_e
knn_tensor_shape(knn_arena_t *arena, knn_tensor_t *tensor,
                 const knn_value_t *value, size_t *bytes, knn_error_t *err)
{
    size_t i, n, *shape;

    shape = knn_arena_small(arena, KNN_NDARRAY_DIMS * sizeof(size_t));

    if (shape == NULL) {
        return knn_error(err, KNN_LIMIT, "needs more memory than allowed");
    }

    if (!knn_tensor_sizes(value, KNN_NDARRAY_DIMS, shape, &n)) {
        return knn_tensor_fail(tensor, KNN_MALFORMED,
                               "has a shape that is no list of sizes", err);
    }

    tensor->array.ndim = n;
    tensor->array.shape = shape;
    tensor->array.count = 1;

    for (i = 0; i < n; i++) {
        if (__builtin_mul_overflow(tensor->array.count, shape[i],
                                   &tensor->array.count)) {
            break;
        }
    }

    if (i < n
        || __builtin_mul_overflow(tensor->array.count, tensor->array.dtype.size,
                                  bytes))
    {
        return knn_tensor_fail(tensor, KNN_LIMIT,
                               "has a shape beyond all memory", err);
    }

    return KNN_OK;
}


knn_status_e
knn_tensor_read(knn_arena_t *arena, knn_tensor_t *tensor,
                const knn_value_t *member, knn_error_t *err)
{
    size_t n, bytes, offsets[2];

    bytes = 0;

    if (member->type != KNN_VALUE_DICT) {
        return knn_tensor_fail(tensor, KNN_MALFORMED,
                               "is no object with dtype, shape and "
                               "data_offsets",
                               err);
    }

    if (knn_tensor_type(tensor, knn_value_get(member, "dtype"), err) != KNN_OK
        || knn_tensor_shape(arena, tensor, knn_value_get(member, "shape"),
                            &bytes, err)
               != KNN_OK)
    {
        return err->status;
    }

    if (!knn_tensor_sizes(knn_value_get(member, "data_offsets"), 2, offsets, &n)
        || n != 2 || offsets[0] > offsets[1])
    {
        return knn_tensor_fail(tensor, KNN_MALFORMED,
                               "has data_offsets that are no start and end",
                               err);
    }

    tensor->start = offsets[0];
    tensor->end = offsets[1];

    if (tensor->end - tensor->start != bytes) {
        return knn_tensor_fail(tensor, KNN_INCONSISTENT,
                               "has data_offsets that do not span its shape "
                               "and dtype",
                               err);
    }

    return KNN_OK;
}
