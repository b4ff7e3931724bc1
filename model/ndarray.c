
/*
 * Copyright (C) nginx-knn contributors
 */


#include "ndarray.h"


/* the state of an ndarray: (1, shape, dtype, fortran, data) */
#define KNN_NDARRAY_STATE   5
#define KNN_NDARRAY_SHAPE   1
#define KNN_NDARRAY_DTYPE   2
#define KNN_NDARRAY_FORTRAN 3
#define KNN_NDARRAY_DATA    4

/* more attributes than any release gives a NumpyArrayWrapper */
#define KNN_NDARRAY_WRAPPER 16

/* what _frombuffer is called with: (data, dtype, shape, order) */
#define KNN_FROMBUFFER_ARGS 4


/* Reads a tuple of sizes and multiplies them. */
static knn_status_e
knn_ndarray_shape(knn_arena_t *arena, const knn_value_t *value,
                  knn_ndarray_t *array, knn_error_t *err)
{
    char               buf[KNN_QUOTE_SIZE];
    size_t             i, n, *shape;
    const knn_value_t *size;

    if (value->type != KNN_VALUE_TUPLE || value->u.list.n > KNN_NDARRAY_DIMS) {
        return knn_error(err, KNN_MALFORMED,
                         "an array's shape is %s, not a tuple of up to %d",
                         knn_value_kind(value, buf, sizeof(buf)),
                         KNN_NDARRAY_DIMS);
    }

    n = value->u.list.n;
    shape = knn_arena_small(arena, (n + 1) * sizeof(size_t));

    if (shape == NULL) {
        return knn_error(err, KNN_LIMIT,
                         "too many arrays for the memory "
                         "allowed");
    }

    array->ndim = n;
    array->shape = shape;
    array->count = 1;

    for (i = 0; i < n; i++) {
        size = value->u.list.items[i];

        if (size->type != KNN_VALUE_INT || size->u.integer < 0
            || __builtin_mul_overflow(array->count, (size_t) size->u.integer,
                                      &array->count))
        {
            return knn_error(err, KNN_MALFORMED,
                             "an array's shape is negative, too large or not "
                             "of integers");
        }

        shape[i] = (size_t) size->u.integer;
    }

    return KNN_OK;
}


/* Reads 'C' or 'F'. */
static knn_status_e
knn_ndarray_order(const knn_value_t *value, knn_ndarray_t *array,
                  knn_error_t *err)
{
    array->fortran = knn_value_is(value, "F");

    if (!array->fortran && !knn_value_is(value, "C")) {
        return knn_error(err, KNN_MALFORMED,
                         "an array's order is neither 'C' nor 'F'");
    }

    return KNN_OK;
}


/* Sets the elements, of which there must be as many as the shape says. */
static knn_status_e
knn_ndarray_data(knn_arena_t *arena, const knn_value_t *value,
                 knn_ndarray_t *array, knn_error_t *err)
{
    size_t len, size;

    if (array->dtype.kind == 'O') {
        if (value->type != KNN_VALUE_LIST || value->u.list.n != array->count) {
            return knn_error(err, KNN_MALFORMED,
                             "an array of %zu objects has not as many",
                             array->count);
        }

        array->items = value->u.list.items;

        return KNN_OK;
    }

    if (!knn_value_is_bytes(arena, value, &array->data, &len)) {
        return knn_error(err, KNN_MALFORMED, "an array's data are not bytes");
    }

    if (__builtin_mul_overflow(array->count, array->dtype.size, &size)
        || size != len)
    {
        return knn_error(err, KNN_MALFORMED,
                         "an array of %zu elements of %zu bytes has %zu bytes",
                         array->count, array->dtype.size, len);
    }

    return KNN_OK;
}


/* A class that lays its elements out as ndarray does. */
static knn_status_e
knn_ndarray_class(const knn_value_t *value, knn_error_t *err)
{
    if (value == NULL || value->type != KNN_VALUE_SYMBOL
        || value->symbol != KNN_SYMBOL_NDARRAY)
    {
        return knn_error(err, KNN_UNSUPPORTED,
                         "an array of another class than numpy.ndarray");
    }

    return KNN_OK;
}


knn_status_e
knn_ndarray_wrapped(knn_arena_t *arena, const knn_value_t *state,
                    knn_ndarray_t *array, bool *padded, knn_error_t *err)
{
    knn_status_e       rc;
    const knn_value_t *shape, *order, *dtype, *alignment;

    if (state->type != KNN_VALUE_DICT) {
        return knn_error(err, KNN_MALFORMED, "an array's state is no dict");
    }

    /* one dict may be the state of all arrays, and is searched for each */
    if (state->u.list.n > 2 * KNN_NDARRAY_WRAPPER) {
        return knn_error(err, KNN_MALFORMED,
                         "an array has more than %d attributes",
                         KNN_NDARRAY_WRAPPER);
    }

    shape = knn_value_get(state, "shape");
    order = knn_value_get(state, "order");
    dtype = knn_value_get(state, "dtype");
    alignment = knn_value_get(state, "numpy_array_alignment_bytes");

    if (shape == NULL || order == NULL || dtype == NULL) {
        return knn_error(err, KNN_MALFORMED,
                         "an array has no shape, order or dtype");
    }

    rc = knn_ndarray_class(knn_value_get(state, "subclass"), err);

    if (rc == KNN_OK) {
        rc = knn_dtype_read(dtype, &array->dtype, err);
    }

    if (rc == KNN_OK) {
        rc = knn_ndarray_shape(arena, shape, array, err);
    }

    if (rc == KNN_OK) {
        rc = knn_ndarray_order(order, array, err);
    }

    *padded = alignment != NULL && alignment->type != KNN_VALUE_NONE;

    return rc;
}


/* Reads the state that _reconstruct's result is given. */
static knn_status_e
knn_ndarray_reconstructed(knn_arena_t *arena, const knn_value_t *object,
                          knn_ndarray_t *array, knn_error_t *err)
{
    knn_status_e        rc;
    const knn_value_t  *args, *state;
    knn_value_t *const *items;

    args = object->u.object.args;
    state = object->u.object.state;

    rc = knn_ndarray_class(args->u.list.n == 0 ? NULL : args->u.list.items[0],
                           err);

    if (rc != KNN_OK) {
        return rc;
    }

    if (state == NULL || state->type != KNN_VALUE_TUPLE
        || state->u.list.n != KNN_NDARRAY_STATE
        || state->u.list.items[KNN_NDARRAY_FORTRAN]->type != KNN_VALUE_BOOL)
    {
        return knn_error(err, KNN_MALFORMED,
                         "an array whose state is not numpy's version 1");
    }

    items = state->u.list.items;
    array->fortran = items[KNN_NDARRAY_FORTRAN]->u.boolean;

    rc = knn_dtype_read(items[KNN_NDARRAY_DTYPE], &array->dtype, err);

    if (rc == KNN_OK) {
        rc = knn_ndarray_shape(arena, items[KNN_NDARRAY_SHAPE], array, err);
    }

    if (rc == KNN_OK) {
        rc = knn_ndarray_data(arena, items[KNN_NDARRAY_DATA], array, err);
    }

    return rc;
}


/* Reads the arguments of _frombuffer. */
static knn_status_e
knn_ndarray_buffer(knn_arena_t *arena, const knn_value_t *object,
                   knn_ndarray_t *array, knn_error_t *err)
{
    knn_status_e        rc;
    knn_value_t *const *args;

    if (object->u.object.args->u.list.n != KNN_FROMBUFFER_ARGS) {
        return knn_error(err, KNN_MALFORMED,
                         "numpy._frombuffer without its %d arguments",
                         KNN_FROMBUFFER_ARGS);
    }

    args = object->u.object.args->u.list.items;

    rc = knn_dtype_read(args[1], &array->dtype, err);

    if (rc == KNN_OK) {
        rc = knn_ndarray_shape(arena, args[2], array, err);
    }

    if (rc == KNN_OK) {
        rc = knn_ndarray_order(args[3], array, err);
    }

    if (rc == KNN_OK) {
        rc = knn_ndarray_data(arena, args[0], array, err);
    }

    return rc;
}


knn_status_e
knn_ndarray_read(knn_arena_t *arena, const knn_value_t *value,
                 knn_ndarray_t *array, knn_error_t *err)
{
    char buf[KNN_QUOTE_SIZE];

    *array = (knn_ndarray_t){.data = NULL};

    if (value->type == KNN_VALUE_ARRAY) {
        *array = *value->u.array;
        return KNN_OK;
    }

    if (value->type == KNN_VALUE_OBJECT
        && value->symbol == KNN_SYMBOL_RECONSTRUCT) {
        return knn_ndarray_reconstructed(arena, value, array, err);
    }

    if (value->type == KNN_VALUE_OBJECT
        && value->symbol == KNN_SYMBOL_FROMBUFFER) {
        return knn_ndarray_buffer(arena, value, array, err);
    }

    return knn_error(err, KNN_UNSUPPORTED, "is %s, not a numpy array",
                     knn_value_kind(value, buf, sizeof(buf)));
}
