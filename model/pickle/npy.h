
/*
 * Copyright (C) nginx-knn contributors
 */


/* Files of numpy.save, versions 1 to 3. */


#ifndef KNN_NPY_H
#define KNN_NPY_H


#include "ndarray.h"


/*
 * Reads the header: all of the array but its elements, which are the rest, or
 * a pickle of them when they are objects.
 */
knn_status_e knn_npy_read(knn_arena_t *arena, const void *data, size_t size,
                          knn_ndarray_t *array, const void **rest,
                          size_t *rest_size, knn_error_t *err);


#endif /* KNN_NPY_H */
