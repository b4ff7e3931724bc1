
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "../text/feature.h"
#include "npy.h"


/* "\x93NUMPY", two bytes of version, and two or four of length */
#define KNN_NPY_MAGIC_SIZE      6
#define KNN_NPY_FIRST           10
#define KNN_NPY_PREFIX(version) ((version) == 1 ? 10u : 12u)


void
knn_npy_init(knn_npy_t *npy, knn_matrix_t *matrix)
{
    npy->matrix = matrix;
    npy->done = 0;
    npy->headed = false;
    npy->need = KNN_NPY_FIRST;
    npy->kept = 0;
}


/* Refuses an array that is not one of rows. */
static knn_status_e
knn_npy_dims(knn_matrix_t *matrix, const knn_npy_shape_t *shape)
{
    size_t columns;

    columns = shape->shape[shape->dims - 1];

    if (shape->dims == 1 && matrix->columns == 1) {
        return KNN_OK;
    }

    if (columns != matrix->columns) {
        matrix->column = columns;
        return knn_matrix_ragged(matrix, NULL);
    }

    return KNN_OK;
}


/* Takes memory for the rows that the header has announced. */
static knn_status_e
knn_npy_begin(knn_npy_t *npy)
{
    size_t                 i, count;
    knn_matrix_t          *matrix;
    const knn_feature_t   *features;
    const knn_npy_shape_t *shape;

    matrix = npy->matrix;
    shape = &npy->shape;
    features = matrix->options.info->features;

    if (knn_npy_dims(matrix, shape) != KNN_OK) {
        return KNN_SHAPE;
    }

    for (i = 0; features != NULL && i < matrix->columns; i++) {
        if (features[i].n_texts > 0) {
            return knn_feature_no_text(matrix, i, NULL, "a number");
        }
    }

    matrix->rows.single = shape->dims == 1 && matrix->columns > 1;
    npy->rows = matrix->rows.single ? 1 : shape->shape[0];
    npy->size = knn_datatypes[shape->datatype].size;

    if (npy->rows == 0) {
        return knn_matrix_fail(matrix, KNN_SHAPE, NULL,
                               "there is no row, model \"%s\" expects rows of "
                               "%zu features",
                               matrix->options.model, matrix->columns);
    }

    /* no memory for what cannot come */

    if (__builtin_mul_overflow(npy->rows, matrix->columns * npy->size, &count)
        || count > matrix->options.size)
    {
        return knn_matrix_fail(matrix, KNN_MALFORMED, NULL,
                               "the NPY array has %zu rows of %zu features, "
                               "more than its bytes can hold",
                               npy->rows, matrix->columns);
    }

    return knn_matrix_reserve(matrix, npy->rows, NULL);
}


/* Refuses what is not NPY, or none that is known. */
static knn_status_e
knn_npy_version(knn_npy_t *npy, unsigned version)
{
    static const char magic[] = "\x93NUMPY";

    if (memcmp(npy->keep, magic, KNN_NPY_MAGIC_SIZE) != 0) {
        return knn_matrix_fail(npy->matrix, KNN_MALFORMED, NULL,
                               "the body is not NPY: it lacks the magic bytes "
                               "that numpy.save() begins with");
    }

    if (version < 1 || version > 3) {
        return knn_matrix_fail(npy->matrix, KNN_MALFORMED, NULL,
                               "the NPY array is of version %u, but 1, 2 and "
                               "3 are known",
                               version);
    }

    return KNN_OK;
}


/* Reads the part of the header that is there. */
static knn_status_e
knn_npy_head(knn_npy_t *npy)
{
    size_t               prefix, length;
    unsigned             version;
    const unsigned char *keep;

    keep = (const unsigned char *) npy->keep;
    version = keep[KNN_NPY_MAGIC_SIZE];
    prefix = KNN_NPY_PREFIX(version);

    if (npy->need == KNN_NPY_FIRST) {
        if (knn_npy_version(npy, version) != KNN_OK) {
            return KNN_MALFORMED;
        }

        npy->need = prefix;
    }

    if (npy->kept < prefix) {
        return KNN_OK;
    }

    length = keep[8] | (size_t) keep[9] << 8;

    if (version > 1) {
        length |= (size_t) keep[10] << 16 | (size_t) keep[11] << 24;
    }

    if (prefix + length > KNN_NPY_HEADER) {
        return knn_matrix_fail(npy->matrix, KNN_UNSUPPORTED, NULL,
                               "the NPY array has a header of %zu bytes, send "
                               "an array of numbers, which has a short one",
                               length);
    }

    npy->need = prefix + length;

    if (npy->kept < npy->need) {
        return KNN_OK;
    }

    npy->headed = true;
    npy->kept = 0;

    return knn_npy_shape(npy->matrix, npy->keep + prefix,
                         npy->keep + prefix + length, &npy->shape)
                   == KNN_OK
               ? knn_npy_begin(npy)
               : npy->matrix->rows.error.status;
}


/* Checks values that were converted. */
static knn_status_e
knn_npy_check(const knn_npy_t *npy, size_t row, size_t column, size_t count,
              size_t stride)
{
    size_t               i, place;
    double               value;
    knn_matrix_t        *matrix;
    const knn_feature_t *features;

    matrix = npy->matrix;
    features = matrix->options.info->features;
    place = row * matrix->columns + column;

    for (i = 0; i < count; i++, place += stride) {
        value = matrix->rows.x[place];

        if (isfinite(value)) {
            continue;
        }

        column = place % matrix->columns;

        if (isnan(value) && features != NULL && features[column].missing) {
            continue;
        }

        return knn_matrix_fail(
            matrix, KNN_VALUE, NULL,
            "row %zu, feature %zu is %s, but features are finite numbers",
            place / matrix->columns, column,
            isnan(value) ? "NaN"
            : value > 0  ? "Infinity"
                         : "-Infinity");
    }

    return KNN_OK;
}


/* Converts elements, as many as lie side by side in the matrix. */
static knn_status_e
knn_npy_convert(knn_npy_t *npy, const char *data, size_t count)
{
    size_t        n, row, column, stride;
    knn_matrix_t *matrix;

    matrix = npy->matrix;

    for (/* void */; count > 0; count -= n) {
        if (npy->shape.fortran) {
            column = npy->done / npy->rows;
            row = npy->done % npy->rows;
            stride = matrix->columns;
            n = npy->rows - row;
            n = n < count ? n : count;
        }
        else {
            column = npy->done % matrix->columns;
            row = npy->done / matrix->columns;
            stride = 1;
            n = count;
        }

        knn_datatype_read(npy->shape.datatype, npy->shape.swap, data, n,
                          matrix->rows.x + row * matrix->columns + column,
                          stride);

        if (knn_npy_check(npy, row, column, n, stride) != KNN_OK) {
            return KNN_VALUE;
        }

        npy->done += n;
        data += n * npy->size;
    }

    return KNN_OK;
}


/* Keeps bytes until there are as many as are needed; returns how many. */
static size_t
knn_npy_keep(knn_npy_t *npy, const char *data, size_t size, size_t need)
{
    size_t n;

    n = need - npy->kept;
    n = n < size ? n : size;

    memcpy(npy->keep + npy->kept, data, n);
    npy->kept += n;

    return n;
}


/* Reads elements; one that is cut is kept. */
static knn_status_e
knn_npy_elements(knn_npy_t *npy, const char *data, size_t size)
{
    size_t       n;
    knn_status_e status;

    if (npy->kept > 0) {
        n = knn_npy_keep(npy, data, size, npy->size);
        data += n;
        size -= n;

        if (npy->kept < npy->size) {
            return KNN_OK;
        }

        npy->kept = 0;
        status = knn_npy_convert(npy, npy->keep, 1);

        if (status != KNN_OK) {
            return status;
        }
    }

    n = size / npy->size;
    status = knn_npy_convert(npy, data, n);
    (void) knn_npy_keep(npy, data + n * npy->size, size % npy->size, npy->size);

    return status;
}


/* Reads what lies behind the header, up to the last element. */
static knn_status_e
knn_npy_data(knn_npy_t *npy, const char *data, size_t size)
{
    size_t       rest;
    knn_status_e status;

    rest = npy->rows * npy->matrix->columns - npy->done;
    rest = rest * npy->size - npy->kept;

    status = knn_npy_elements(npy, data, size < rest ? size : rest);

    if (status != KNN_OK || size <= rest) {
        return status;
    }

    return knn_matrix_fail(npy->matrix, KNN_MALFORMED, NULL,
                           "the NPY array has more bytes than its %zu rows "
                           "of %zu features",
                           npy->rows, npy->matrix->columns);
}


knn_status_e
knn_npy_feed(knn_npy_t *npy, const char *data, size_t size)
{
    size_t       n;
    knn_status_e status;

    while (!npy->headed && size > 0) {
        n = knn_npy_keep(npy, data, size, npy->need);
        data += n;
        size -= n;

        if (npy->kept < npy->need) {
            return KNN_OK;
        }

        status = knn_npy_head(npy);

        if (status != KNN_OK) {
            return status;
        }
    }

    return size == 0 ? KNN_OK : knn_npy_data(npy, data, size);
}


knn_status_e
knn_npy_finish(knn_npy_t *npy)
{
    if (!npy->headed || npy->done < npy->rows * npy->matrix->columns) {
        return knn_matrix_fail(npy->matrix, KNN_MALFORMED, NULL,
                               "the NPY array ends too early, after %zu of its "
                               "elements",
                               npy->done);
    }

    npy->matrix->rows.rows = npy->rows;

    return KNN_OK;
}
