
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Arrays that joblib takes out of the pickle: their bytes follow a wrapper in
 * the stream, or are in a file that the wrapper names.
 */


#include "npy.h"
#include "pickle_machine.h"


/* more attributes than any release gives a wrapper */
#define KNN_WRAPPER_ATTRIBUTES 16


/* A wrapper's attributes and the array that it stands for. */
typedef struct {
    const knn_value_t *state;
    const knn_value_t *subclass;
    knn_ndarray_t      array;
    bool               padded; /* a byte counts the filling before the data */
} knn_wrapper_t;


/* Pushes an array, or its class alone when that is not numpy's own. */
static int
knn_pickle_push_array(knn_pickle_t *pickle, const knn_wrapper_t *wrapper)
{
    knn_value_t   *value;
    knn_ndarray_t *array;

    if (wrapper->subclass->symbol == KNN_SYMBOL_OPAQUE) {
        return knn_pickle_push_opaque(pickle, wrapper->subclass->u.global);
    }

    value = knn_value_new(pickle->arena, KNN_VALUE_ARRAY);
    array = knn_arena_small(pickle->arena, sizeof(knn_ndarray_t));

    if (value == NULL || array == NULL) {
        return knn_pickle_full(pickle);
    }

    *array = wrapper->array;
    value->u.array = array;

    return knn_pickle_push(pickle, value);
}


/* An attribute of a wrapper; NULL and the error without it. */
static const knn_value_t *
knn_wrapper_need(knn_pickle_t *pickle, const knn_wrapper_t *wrapper,
                 const char *name)
{
    const knn_value_t *value;

    value = knn_value_get(wrapper->state, name);

    if (value == NULL) {
        (void) knn_pickle_fail(pickle, KNN_MALFORMED, "an array has no %s",
                               name);
    }

    return value;
}


/* Reads the class that a wrapper's array is given. */
static int
knn_wrapper_subclass(knn_pickle_t *pickle, knn_wrapper_t *wrapper,
                     const knn_value_t *subclass)
{
    if (subclass->type != KNN_VALUE_SYMBOL
        || (subclass->symbol != KNN_SYMBOL_NDARRAY
            && subclass->symbol != KNN_SYMBOL_OPAQUE))
    {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "an array whose class is none");
    }

    wrapper->subclass = subclass;

    return 0;
}


/* Reads the attributes of a NumpyArrayWrapper. */
static int
knn_wrapper_inline(knn_pickle_t *pickle, knn_wrapper_t *wrapper)
{
    knn_error_t        reason;
    const knn_value_t *subclass, *shape, *order, *dtype, *alignment;

    subclass = knn_wrapper_need(pickle, wrapper, "subclass");
    shape = knn_wrapper_need(pickle, wrapper, "shape");
    order = knn_wrapper_need(pickle, wrapper, "order");
    dtype = knn_wrapper_need(pickle, wrapper, "dtype");

    if (subclass == NULL || shape == NULL || order == NULL || dtype == NULL
        || knn_wrapper_subclass(pickle, wrapper, subclass) != 0)
    {
        return -1;
    }

    alignment = knn_value_get(wrapper->state, "numpy_array_alignment_bytes");
    wrapper->padded = alignment != NULL && alignment->type != KNN_VALUE_NONE;

    if (knn_ndarray_form(pickle->arena, dtype, shape, &wrapper->array, &reason)
            != KNN_OK
        || knn_ndarray_order(order, &wrapper->array, &reason) != KNN_OK)
    {
        return knn_pickle_fail(pickle, reason.status, "%s", reason.message);
    }

    return 0;
}


/* Takes the raw bytes that follow a NumpyArrayWrapper. */
static int
knn_wrapper_bytes(knn_pickle_t *pickle, knn_wrapper_t *wrapper)
{
    size_t         size;
    uint64_t       skip;
    knn_ndarray_t *array;

    array = &wrapper->array;

    if (wrapper->padded
        && (knn_pickle_number(pickle, 1, &skip) != 0
            || knn_pickle_take(pickle, skip) == NULL))
    {
        return -1;
    }

    if (__builtin_mul_overflow(array->count, array->dtype.size, &size)) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "an array of %zu elements", array->count);
    }

    array->data = (const char *) knn_pickle_take(pickle, size);

    return array->data == NULL ? -1 : knn_pickle_push_array(pickle, wrapper);
}


/* Reads the array that follows a NumpyArrayWrapper. */
static int
knn_pickle_array_inline(knn_pickle_t *pickle, knn_wrapper_t *wrapper)
{
    if (knn_wrapper_inline(pickle, wrapper) != 0) {
        return -1;
    }

    return wrapper->array.dtype.kind == 'O'
               ? knn_pickle_nested(pickle, &pickle->pos, pickle->end)
               : knn_wrapper_bytes(pickle, wrapper);
}


/* Reads the content of the file that a wrapper names. */
static int
knn_wrapper_file(knn_pickle_t *pickle, const knn_wrapper_t *wrapper,
                 bool compressed, const void **data, size_t *size)
{
    size_t             len;
    const char        *name;
    knn_error_t        reason;
    const knn_value_t *filename;

    filename = knn_wrapper_need(pickle, wrapper, "filename");

    if (filename == NULL) {
        return -1;
    }

    if (!knn_value_is_text(filename, &name, &len)) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "the name of an array's file is no text");
    }

    if (knn_beside_read(pickle->beside, name, len, compressed, data, size,
                        &reason)
        != KNN_OK)
    {
        return knn_pickle_fail(pickle, reason.status, "%s", reason.message);
    }

    return 0;
}


/* Reads what a .npy file holds. */
static int
knn_wrapper_npy(knn_pickle_t *pickle, knn_wrapper_t *wrapper, const void *data,
                size_t size)
{
    const void          *rest;
    knn_error_t          reason;
    const unsigned char *objects;

    if (knn_npy_read(pickle->arena, data, size, &wrapper->array, &rest, &size,
                     &reason)
        != KNN_OK)
    {
        return knn_pickle_fail(pickle, reason.status, "its .npy file: %s",
                               reason.message);
    }

    if (wrapper->array.dtype.kind == 'O') {
        objects = rest;
        return knn_pickle_nested(pickle, &objects, objects + size);
    }

    if (knn_ndarray_bytes(&wrapper->array, rest, size, &reason) != KNN_OK) {
        return knn_pickle_fail(pickle, reason.status, "its .npy file: %s",
                               reason.message);
    }

    return knn_pickle_push_array(pickle, wrapper);
}


/* Reads the array in the file that an NDArrayWrapper names. */
static int
knn_pickle_array_file(knn_pickle_t *pickle, knn_wrapper_t *wrapper)
{
    size_t             size;
    const void        *data;
    const knn_value_t *subclass;

    data = NULL;
    size = 0;

    subclass = knn_wrapper_need(pickle, wrapper, "subclass");

    if (subclass == NULL || knn_wrapper_subclass(pickle, wrapper, subclass) != 0
        || knn_wrapper_file(pickle, wrapper, false, &data, &size) != 0)
    {
        return -1;
    }

    return knn_wrapper_npy(pickle, wrapper, data, size);
}


/* Reads the .npy.z file of a ZNDArrayWrapper, which has the elements alone. */
static int
knn_pickle_array_zfile(knn_pickle_t *pickle, knn_wrapper_t *wrapper)
{
    size_t             size;
    const void        *data;
    knn_error_t        reason;
    const knn_value_t *args, *state;

    data = NULL;
    size = 0;

    args = knn_wrapper_need(pickle, wrapper, "init_args");
    state = knn_wrapper_need(pickle, wrapper, "state");

    if (args == NULL || state == NULL) {
        return -1;
    }

    if (args->type != KNN_VALUE_TUPLE || args->u.list.n == 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "an array whose class is none");
    }

    if (knn_wrapper_subclass(pickle, wrapper, args->u.list.items[0]) != 0
        || knn_wrapper_file(pickle, wrapper, true, &data, &size) != 0)
    {
        return -1;
    }

    if (knn_ndarray_state(pickle->arena, state, &wrapper->array, &reason)
            != KNN_OK
        || knn_ndarray_bytes(&wrapper->array, data, size, &reason) != KNN_OK)
    {
        return knn_pickle_fail(pickle, reason.status, "its .npy.z file: %s",
                               reason.message);
    }

    return knn_pickle_push_array(pickle, wrapper);
}


int
knn_pickle_array(knn_pickle_t *pickle, const knn_value_t *object)
{
    knn_wrapper_t wrapper;

    int (*read)(knn_pickle_t *, knn_wrapper_t *);

    switch (object->symbol) {

    case KNN_SYMBOL_ARRAY_WRAPPER:
        read = knn_pickle_array_inline;
        break;

    case KNN_SYMBOL_FILE_WRAPPER:
        read = knn_pickle_array_file;
        break;

    case KNN_SYMBOL_ZFILE_WRAPPER:
        read = knn_pickle_array_zfile;
        break;

    default:
        return 0;
    }

    wrapper = (knn_wrapper_t){.state = object->u.object.state};

    /* one dict may be the state of all arrays, and is searched for each */
    if (wrapper.state->type != KNN_VALUE_DICT
        || wrapper.state->u.list.n > 2 * KNN_WRAPPER_ATTRIBUTES)
    {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "an array's attributes are no dict of up to %d",
                               KNN_WRAPPER_ATTRIBUTES);
    }

    pickle->depth--;

    return read(pickle, &wrapper);
}
