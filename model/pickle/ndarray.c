
/*
 * Copyright (C) nginx-knn contributors
 */


#include "ndarray.h"


/* an ndarray's state: (1, shape, dtype, order, data), of old without the 1 */
#define KNN_NDARRAY_SHAPE 0
#define KNN_NDARRAY_DTYPE 1
#define KNN_NDARRAY_ORDER 2
#define KNN_NDARRAY_DATA  3

/* what _frombuffer is called with: (data, dtype, shape, order) */
#define KNN_FROMBUFFER_ARGS 4


knn_status_e
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


knn_status_e
knn_ndarray_form(knn_arena_t *arena, const knn_value_t *dtype,
                 const knn_value_t *shape, knn_ndarray_t *array,
                 knn_error_t *err)
{
    knn_status_e rc;

    rc = knn_dtype_read(dtype, &array->dtype, err);

    return rc == KNN_OK ? knn_ndarray_shape(arena, shape, array, err) : rc;
}


knn_status_e
knn_ndarray_order(const knn_value_t *order, knn_ndarray_t *array,
                  knn_error_t *err)
{
    switch (order->type) {

    case KNN_VALUE_BOOL:
        array->fortran = order->u.boolean;
        return KNN_OK;

    case KNN_VALUE_INT:
        array->fortran = order->u.integer != 0;
        return KNN_OK;

    default:
        array->fortran = knn_value_is(order, "F");

        return array->fortran || knn_value_is(order, "C")
                   ? KNN_OK
                   : knn_error(err, KNN_MALFORMED,
                               "an array's order is neither 'C' nor 'F'");
    }
}


/* Where the shape is in a state: before it, since version 1, the version. */
static size_t
knn_ndarray_start(const knn_value_t *state)
{
    return state->u.list.n != 0 && state->u.list.items[0]->type == KNN_VALUE_INT
               ? 1
               : 0;
}


knn_status_e
knn_ndarray_state(knn_arena_t *arena, const knn_value_t *state,
                  knn_ndarray_t *array, knn_error_t *err)
{
    size_t              start;
    knn_status_e        rc;
    knn_value_t *const *items;

    if (state->type != KNN_VALUE_TUPLE
        || state->u.list.n < knn_ndarray_start(state) + KNN_NDARRAY_DATA)
    {
        return knn_error(err, KNN_MALFORMED,
                         "an array whose state is neither numpy's version 0 "
                         "nor 1");
    }

    start = knn_ndarray_start(state);
    items = state->u.list.items + start;

    rc = knn_ndarray_form(arena, items[KNN_NDARRAY_DTYPE],
                          items[KNN_NDARRAY_SHAPE], array, err);

    return rc == KNN_OK
               ? knn_ndarray_order(items[KNN_NDARRAY_ORDER], array, err)
               : rc;
}


knn_status_e
knn_ndarray_bytes(knn_ndarray_t *array, const char *data, size_t len,
                  knn_error_t *err)
{
    size_t size;

    if (__builtin_mul_overflow(array->count, array->dtype.size, &size)
        || size != len)
    {
        return knn_error(err, KNN_MALFORMED,
                         "an array of %zu elements of %zu bytes has %zu bytes",
                         array->count, array->dtype.size, len);
    }

    array->data = data;

    return KNN_OK;
}


/* Sets the elements, of which there must be as many as the shape says. */
static knn_status_e
knn_ndarray_data(const knn_value_t *value, knn_ndarray_t *array,
                 knn_error_t *err)
{
    size_t      len;
    const char *data;

    if (array->dtype.kind != 'O') {
        return knn_value_is_bytes(value, &data, &len)
                   ? knn_ndarray_bytes(array, data, len, err)
                   : knn_error(err, KNN_MALFORMED,
                               "an array's data are not bytes");
    }

    if (value->type != KNN_VALUE_LIST || value->u.list.n != array->count) {
        return knn_error(err, KNN_MALFORMED,
                         "an array of %zu objects has not as many",
                         array->count);
    }

    array->items = value->u.list.items;

    return KNN_OK;
}


/* Reads the state that _reconstruct's result is given. */
static knn_status_e
knn_ndarray_reconstructed(knn_arena_t *arena, const knn_value_t *object,
                          knn_ndarray_t *array, knn_error_t *err)
{
    size_t             data;
    knn_status_e       rc;
    const knn_value_t *args, *state;

    args = object->u.object.args;
    state = object->u.object.state;

    if (args->u.list.n == 0 || args->u.list.items[0]->type != KNN_VALUE_SYMBOL
        || args->u.list.items[0]->symbol != KNN_SYMBOL_NDARRAY)
    {
        return knn_error(err, KNN_UNSUPPORTED,
                         "an array of another class than numpy.ndarray");
    }

    if (state == NULL) {
        return knn_error(err, KNN_MALFORMED, "an array without its state");
    }

    rc = knn_ndarray_state(arena, state, array, err);

    if (rc != KNN_OK) {
        return rc;
    }

    data = knn_ndarray_start(state) + KNN_NDARRAY_DATA;

    return state->u.list.n == data + 1
               ? knn_ndarray_data(state->u.list.items[data], array, err)
               : knn_error(err, KNN_MALFORMED, "an array without its data");
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

    rc = knn_ndarray_form(arena, args[1], args[2], array, err);

    if (rc == KNN_OK) {
        rc = knn_ndarray_order(args[3], array, err);
    }

    if (rc == KNN_OK) {
        rc = knn_ndarray_data(args[0], array, err);
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
