
/*
 * Copyright (C) nginx-knn contributors
 */


/* The elements of arrays as the types that the engine takes. */


#include "ndarray.h"


/* the elements of an array, one after the other in C order */
typedef struct {
    const knn_ndarray_t *array;
    const char          *p;
    size_t               index[KNN_NDARRAY_DIMS];
    size_t               stride[KNN_NDARRAY_DIMS]; /* bytes */
} knn_ndarray_walk_t;


/* Places a walk on the first element. */
static void
knn_ndarray_first(knn_ndarray_walk_t *walk, const knn_ndarray_t *array)
{
    size_t i, dim, stride;

    walk->array = array;
    walk->p = array->data;
    stride = array->dtype.size;

    for (i = 0; i < array->ndim; i++) {
        dim = array->fortran ? i : array->ndim - 1 - i;
        walk->index[dim] = 0;
        walk->stride[dim] = stride;
        stride *= array->shape[dim];
    }
}


/* Moves to the next element, of the last dimension first. */
static inline void
knn_ndarray_next(knn_ndarray_walk_t *walk)
{
    size_t dim, n;

    for (dim = walk->array->ndim; dim > 0; dim--) {
        n = walk->array->shape[dim - 1];

        if (++walk->index[dim - 1] < n) {
            walk->p += walk->stride[dim - 1];
            return;
        }

        walk->p -= walk->stride[dim - 1] * (n - 1);
        walk->index[dim - 1] = 0;
    }
}


/* True when the file has the elements as they are wanted in memory. */
static bool
knn_ndarray_is_ready(const knn_ndarray_t *array, char kind)
{
    return array->dtype.kind == kind && array->dtype.size == sizeof(uint64_t)
           && !array->dtype.swapped && (!array->fortran || array->ndim < 2)
           && (uintptr_t) array->data % sizeof(uint64_t) == 0;
}


/* Room for all elements, of which each is in the file already. */
static void *
knn_ndarray_room(knn_arena_t *arena, const knn_ndarray_t *array,
                 knn_error_t *err)
{
    void *room;

    room = knn_arena_array(arena, array->count, sizeof(uint64_t));

    if (room == NULL) {
        (void) knn_error(err, KNN_LIMIT,
                         "%zu elements need more memory than allowed",
                         array->count);
    }

    return room;
}


const double *
knn_ndarray_doubles(knn_arena_t *arena, const knn_ndarray_t *array,
                    knn_error_t *err)
{
    char               buf[KNN_QUOTE_SIZE];
    size_t             i;
    double            *to;
    knn_ndarray_walk_t walk;

    if (!knn_dtype_is_number(&array->dtype)) {
        (void) knn_error(err, KNN_UNSUPPORTED,
                         "has %s, use float64, float32 or integers",
                         knn_dtype_name(&array->dtype, buf, sizeof(buf)));
        return NULL;
    }

    if (knn_ndarray_is_ready(array, 'f')) {
        return (const double *) (const void *) array->data;
    }

    to = knn_ndarray_room(arena, array, err);

    if (to == NULL) {
        return NULL;
    }

    knn_ndarray_first(&walk, array);

    for (i = 0; i < array->count; i++) {
        to[i] = knn_dtype_double(&array->dtype, walk.p);
        knn_ndarray_next(&walk);
    }

    return to;
}


const int64_t *
knn_ndarray_integers(knn_arena_t *arena, const knn_ndarray_t *array,
                     knn_error_t *err)
{
    char               buf[KNN_QUOTE_SIZE];
    size_t             i;
    int64_t           *to;
    knn_ndarray_walk_t walk;

    if (!knn_dtype_is_integer(&array->dtype)) {
        (void) knn_error(err, KNN_UNSUPPORTED, "has %s, not integers",
                         knn_dtype_name(&array->dtype, buf, sizeof(buf)));
        return NULL;
    }

    if (knn_ndarray_is_ready(array, 'i')) {
        return (const int64_t *) (const void *) array->data;
    }

    to = knn_ndarray_room(arena, array, err);

    if (to == NULL) {
        return NULL;
    }

    knn_ndarray_first(&walk, array);

    for (i = 0; i < array->count; i++) {
        to[i] = knn_dtype_integer(&array->dtype, walk.p);
        knn_ndarray_next(&walk);
    }

    return to;
}
