
/*
 * Copyright (C) nginx-knn contributors
 */


/* What transformers have and estimators have not. */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sklearn_program.h"


/* 1.2.1 is 102 */
#define KNN_RELEASE_MAJOR 100


unsigned
knn_fitted_release(knn_fitted_t *fitted)
{
    size_t             i, len;
    unsigned           part[2];
    const char        *data;
    const knn_value_t *value;

    value = knn_fitted_find(fitted, "_sklearn_version");

    if (value == NULL || !knn_value_is_text(value, &data, &len)) {
        return 0;
    }

    part[0] = 0;
    part[1] = 0;

    for (i = 0; len > 0 && i < 2; data++, len--) {
        if (*data < '0' || *data > '9') {
            i++;
        }
        else if (part[i] < KNN_RELEASE_MAJOR) {
            part[i] = part[i] * 10 + (unsigned) (*data - '0');
        }
    }

    return part[0] * KNN_RELEASE_MAJOR + part[1];
}


knn_status_e
knn_fitted_flag(knn_fitted_t *fitted, const char *name, bool *flag)
{
    char               buf[KNN_QUOTE_SIZE];
    knn_label_t        label;
    const knn_value_t *value;

    value = knn_fitted_find(fitted, name);

    if (value == NULL || value->type == KNN_VALUE_NONE) {
        return KNN_OK;
    }

    if (knn_scalar_read(fitted->arena, value, &label, fitted->err) == KNN_OK) {
        if (label.type == KNN_LABEL_BOOLEAN) {
            *flag = label.value.boolean;
            return KNN_OK;
        }

        if (label.type == KNN_LABEL_INTEGER) {
            *flag = label.value.integer != 0;
            return KNN_OK;
        }
    }

    return knn_fitted_fail(fitted, name, KNN_UNSUPPORTED,
                           "is %s, use True or False",
                           knn_value_kind(value, buf, sizeof(buf)));
}


/* A copy of an array's elements as doubles. */
static double *
knn_fitted_doubles(knn_fitted_t *fitted, const char *name,
                   const knn_ndarray_t *array)
{
    double       *copy;
    const double *doubles;

    doubles = knn_ndarray_doubles(fitted->arena, array, fitted->err);

    if (doubles == NULL) {
        knn_error_prefix(fitted->err, name);
        return NULL;
    }

    copy = knn_arena_array(fitted->arena, array->count, sizeof(double));

    if (copy == NULL) {
        (void) knn_fitted_fail(fitted, name, KNN_LIMIT,
                               "needs more memory than allowed");
        return NULL;
    }

    if (array->count > 0) {
        memcpy(copy, doubles, array->count * sizeof(double));
    }

    return copy;
}


double *
knn_fitted_vector(knn_fitted_t *fitted, const char *name, size_t n)
{
    knn_ndarray_t array;

    if (knn_fitted_array(fitted, name, &array) != KNN_OK
        || knn_fitted_shape(fitted, name, &array, 1, &n) != KNN_OK)
    {
        return NULL;
    }

    return knn_fitted_doubles(fitted, name, &array);
}


double *
knn_fitted_matrix(knn_fitted_t *fitted, const char *name, size_t rows,
                  size_t columns)
{
    size_t        shape[2];
    knn_ndarray_t array;

    shape[0] = rows;
    shape[1] = columns;

    if (knn_fitted_array(fitted, name, &array) != KNN_OK
        || knn_fitted_shape(fitted, name, &array, 2, shape) != KNN_OK)
    {
        return NULL;
    }

    return knn_fitted_doubles(fitted, name, &array);
}


knn_status_e
knn_fitted_size(knn_fitted_t *fitted, const char *name, size_t dim,
                size_t *size)
{
    knn_status_e       rc;
    knn_ndarray_t      array;
    const knn_value_t *value;

    value = knn_fitted_need(fitted, name);

    if (value == NULL) {
        return fitted->err->status;
    }

    if (value->type == KNN_VALUE_LIST || value->type == KNN_VALUE_TUPLE) {
        *size = value->u.list.n;
        return KNN_OK;
    }

    rc = knn_fitted_array(fitted, name, &array);

    if (rc != KNN_OK) {
        return rc;
    }

    if (array.ndim <= dim) {
        return knn_fitted_fail(fitted, name, KNN_MALFORMED,
                               "has %zu dimensions, not %zu", array.ndim,
                               dim + 1);
    }

    *size = array.shape[dim];

    return KNN_OK;
}
