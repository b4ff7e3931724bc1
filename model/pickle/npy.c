
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "literal.h"
#include "npy.h"


/* magic, version, and the header's length of 2 bytes, or of 4 since 2.0 */
#define KNN_NPY_MAGIC  "\x93NUMPY"
#define KNN_NPY_MAJOR  6
#define KNN_NPY_LENGTH 8
#define KNN_NPY_LATEST 3

/* far more than a header has, near enough to be read soon */
#define KNN_NPY_HEADER 65536


/* Finds the header, which is text; NULL when there is none. */
static const char *
knn_npy_header(const unsigned char *p, size_t size, size_t *len)
{
    size_t i, start;

    start = size > KNN_NPY_MAJOR && p[KNN_NPY_MAJOR] == 1 ? KNN_NPY_LENGTH + 2
                                                          : KNN_NPY_LENGTH + 4;

    if (size < start || memcmp(p, KNN_NPY_MAGIC, KNN_NPY_MAJOR) != 0
        || p[KNN_NPY_MAJOR] < 1 || p[KNN_NPY_MAJOR] > KNN_NPY_LATEST)
    {
        return NULL;
    }

    *len = 0;

    for (i = start; i > KNN_NPY_LENGTH; i--) {
        *len = *len << 8 | p[i - 1];
    }

    if (*len > size - start || *len > KNN_NPY_HEADER) {
        return NULL;
    }

    return (const char *) p + start;
}


/* Reads the header's dict. */
static knn_status_e
knn_npy_form(knn_arena_t *arena, const knn_value_t *dict, knn_ndarray_t *array,
             knn_error_t *err)
{
    knn_status_e       rc;
    const knn_value_t *descr, *fortran, *shape;

    descr = knn_value_get(dict, "descr");
    fortran = knn_value_get(dict, "fortran_order");
    shape = knn_value_get(dict, "shape");

    if (descr == NULL || fortran == NULL || shape == NULL) {
        return knn_error(err, KNN_MALFORMED,
                         "its header has no descr, fortran_order or shape");
    }

    rc = knn_dtype_descr(descr, &array->dtype, err);

    if (rc == KNN_OK) {
        rc = knn_ndarray_shape(arena, shape, array, err);
    }

    return rc == KNN_OK ? knn_ndarray_order(fortran, array, err) : rc;
}


knn_status_e
knn_npy_read(knn_arena_t *arena, const void *data, size_t size,
             knn_ndarray_t *array, const void **rest, size_t *rest_size,
             knn_error_t *err)
{
    size_t             len;
    const char        *header;
    const knn_value_t *dict;

    header = knn_npy_header(data, size, &len);

    if (header == NULL) {
        return knn_error(err, KNN_MALFORMED,
                         "is no whole .npy file of version 1 to %d",
                         KNN_NPY_LATEST);
    }

    dict = knn_literal_read(arena, header, len);

    if (dict == NULL || dict->type != KNN_VALUE_DICT) {
        return knn_error(err, KNN_MALFORMED, "its header is no dict");
    }

    *rest = header + len;
    *rest_size = size - (size_t) (header + len - (const char *) data);

    return knn_npy_form(arena, dict, array, err);
}
