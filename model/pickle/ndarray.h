
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * numpy arrays in all the forms that files give them: pickled through
 * _reconstruct or _frombuffer, or put by joblib behind a wrapper or into files
 * of their own.
 */


#ifndef KNN_NDARRAY_H
#define KNN_NDARRAY_H


#include "dtype.h"


/* numpy's own limit of old; releases 2 allow 64 */
#define KNN_NDARRAY_DIMS 32


struct knn_ndarray_s {
    knn_dtype_t         dtype;
    bool                fortran; /* the first index runs fastest */
    size_t              ndim;
    const size_t       *shape;
    size_t              count; /* of elements */
    const char         *data;  /* their bytes, on any boundary */
    knn_value_t *const *items; /* of dtype O, instead of data */
};


/* Reads dtype and shape, which say how many elements there are. */
knn_status_e knn_ndarray_form(knn_arena_t *arena, const knn_value_t *dtype,
                              const knn_value_t *shape, knn_ndarray_t *array,
                              knn_error_t *err);
knn_status_e knn_ndarray_shape(knn_arena_t *arena, const knn_value_t *shape,
                               knn_ndarray_t *array, knn_error_t *err);

/* Reads 'C' or 'F', or a flag, which is an int where Python was old. */
knn_status_e knn_ndarray_order(const knn_value_t *order, knn_ndarray_t *array,
                               knn_error_t *err);

/* Reads the form, and all of it but the elements: an ndarray's own state. */
knn_status_e knn_ndarray_state(knn_arena_t *arena, const knn_value_t *state,
                               knn_ndarray_t *array, knn_error_t *err);

/* Sets the elements, which must be exactly these bytes. */
knn_status_e knn_ndarray_bytes(knn_ndarray_t *array, const char *data,
                               size_t len, knn_error_t *err);

/* Reads any array, whose elements are all there then. */
knn_status_e knn_ndarray_read(knn_arena_t *arena, const knn_value_t *value,
                              knn_ndarray_t *array, knn_error_t *err);

/*
 * The elements in C order as doubles, or as integers; not copied where the
 * file has them so.  NULL and err when they are not numbers.
 */
const double  *knn_ndarray_doubles(knn_arena_t         *arena,
                                   const knn_ndarray_t *array, knn_error_t *err);
const int64_t *knn_ndarray_integers(knn_arena_t         *arena,
                                    const knn_ndarray_t *array,
                                    knn_error_t         *err);


#endif /* KNN_NDARRAY_H */
