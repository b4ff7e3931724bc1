
/*
 * Copyright (C) nginx-knn contributors
 */


#include "sklearn_fitted.h"


/* a matrix by rows: those of row i are indptr[i] to indptr[i + 1] */
typedef struct {
    size_t         rows;
    size_t         columns;
    size_t         n;
    const double  *data;    /* [n] */
    const int64_t *indices; /* [n], columns */
    const int64_t *indptr;  /* [rows + 1] */
} knn_sparse_t;


/* Reads an attribute of the matrix, an array of one dimension. */
static bool
knn_sparse_array(knn_fitted_t *fitted, const knn_value_t *state,
                 const char *name, knn_ndarray_t *array)
{
    const knn_value_t *value;

    value = knn_value_get(state, name);

    if (value == NULL
        || knn_ndarray_read(fitted->arena, value, array, fitted->err) != KNN_OK
        || array->ndim != 1)
    {
        (void) knn_fitted_fail(fitted, "_fit_X", KNN_MALFORMED,
                               "%s of the sparse matrix is no array", name);
        return false;
    }

    return true;
}


/* Reads the same as integers. */
static const int64_t *
knn_sparse_integers(knn_fitted_t *fitted, const knn_value_t *state,
                    const char *name, size_t *n)
{
    const int64_t *integers;
    knn_ndarray_t  array;

    if (!knn_sparse_array(fitted, state, name, &array)) {
        return NULL;
    }

    *n = array.count;
    integers = knn_ndarray_integers(fitted->arena, &array, fitted->err);

    if (integers == NULL) {
        knn_error_prefix(fitted->err, "_fit_X");
    }

    return integers;
}


/* Reads the values. */
static const double *
knn_sparse_doubles(knn_fitted_t *fitted, const knn_value_t *state, size_t *n)
{
    const double *doubles;
    knn_ndarray_t array;

    if (!knn_sparse_array(fitted, state, "data", &array)) {
        return NULL;
    }

    *n = array.count;
    doubles = knn_ndarray_doubles(fitted->arena, &array, fitted->err);

    if (doubles == NULL) {
        knn_error_prefix(fitted->err, "_fit_X");
    }

    return doubles;
}


/* Whether the rows begin where the ones before end. */
static bool
knn_sparse_ascends(const knn_sparse_t *sparse)
{
    size_t i;

    for (i = 0; i < sparse->rows; i++) {
        if (sparse->indptr[i] > sparse->indptr[i + 1]) {
            return false;
        }
    }

    return sparse->indptr[0] == 0
           && (uint64_t) sparse->indptr[sparse->rows] == sparse->n;
}


/* Reads the three arrays, which fit together then. */
static bool
knn_sparse_read(knn_fitted_t *fitted, const knn_value_t *state,
                knn_sparse_t *sparse)
{
    size_t n_indices, n_rows;

    n_indices = 0;
    n_rows = 0;

    sparse->data = knn_sparse_doubles(fitted, state, &sparse->n);

    if (sparse->data == NULL) {
        return false;
    }

    sparse->indices = knn_sparse_integers(fitted, state, "indices", &n_indices);

    if (sparse->indices == NULL) {
        return false;
    }

    sparse->indptr = knn_sparse_integers(fitted, state, "indptr", &n_rows);

    if (sparse->indptr == NULL) {
        return false;
    }

    if (n_indices != sparse->n || n_rows != sparse->rows + 1
        || !knn_sparse_ascends(sparse))
    {
        (void) knn_fitted_fail(fitted, "_fit_X", KNN_INCONSISTENT,
                               "data, indices and indptr of the sparse matrix "
                               "do not fit together, dump it again");
        return false;
    }

    return true;
}


/* Adds up the entries, of which one place may have several. */
static bool
knn_sparse_fill(knn_fitted_t *fitted, const knn_sparse_t *sparse, double *x)
{
    size_t  row;
    int64_t i, column;

    for (row = 0; row < sparse->rows; row++) {
        for (i = sparse->indptr[row]; i < sparse->indptr[row + 1]; i++) {
            column = sparse->indices[i];

            if (column < 0 || (uint64_t) column >= sparse->columns) {
                (void) knn_fitted_fail(fitted, "_fit_X", KNN_INCONSISTENT,
                                       "the sparse matrix has a value in "
                                       "column %lld, it must be 0 to %zu",
                                       (long long) column, sparse->columns - 1);
                return false;
            }

            x[row * sparse->columns + (size_t) column] += sparse->data[i];
        }
    }

    return true;
}


/* Reads the shape, (rows, columns). */
static bool
knn_sparse_shape(knn_fitted_t *fitted, const knn_value_t *state,
                 knn_sparse_t *sparse)
{
    size_t             i, n[2];
    knn_label_t        label;
    const knn_value_t *shape;

    shape = knn_value_get(state, "_shape");

    for (i = 0; i < 2; i++) {
        if (shape == NULL || shape->type != KNN_VALUE_TUPLE
            || shape->u.list.n != 2
            || knn_scalar_read(fitted->arena, shape->u.list.items[i], &label,
                               fitted->err)
                   != KNN_OK
            || label.type != KNN_LABEL_INTEGER || label.value.integer < 0)
        {
            (void) knn_fitted_fail(fitted, "_fit_X", KNN_MALFORMED,
                                   "the sparse matrix has no _shape of two "
                                   "ints");
            return false;
        }

        n[i] = (size_t) label.value.integer;
    }

    sparse->rows = n[0];
    sparse->columns = n[1];

    return true;
}


knn_status_e
knn_fitted_dense(knn_fitted_t *fitted, const knn_value_t *value)
{
    size_t             n;
    double            *x;
    knn_sparse_t       sparse;
    const knn_value_t *state;

    sparse = (knn_sparse_t){0};
    state = value->u.object.state;

    if (state == NULL || state->type != KNN_VALUE_DICT) {
        return knn_fitted_fail(fitted, "_fit_X", KNN_MALFORMED,
                               "the sparse matrix has no attributes, dump it "
                               "again");
    }

    if (!knn_sparse_shape(fitted, state, &sparse)
        || !knn_sparse_read(fitted, state, &sparse))
    {
        return fitted->err->status;
    }

    x = __builtin_mul_overflow(sparse.rows, sparse.columns, &n)
            ? NULL
            : knn_arena_array(fitted->arena, n, sizeof(double));

    if (x == NULL) {
        return knn_fitted_fail(fitted, "_fit_X", KNN_LIMIT,
                               "is a sparse matrix of %zu x %zu, which needs "
                               "more memory than allowed when it is served; "
                               "reduce the features, as TruncatedSVD does",
                               sparse.rows, sparse.columns);
    }

    if (!knn_sparse_fill(fitted, &sparse, x)) {
        return fitted->err->status;
    }

    fitted->parts->n_samples = sparse.rows;
    fitted->parts->n_features = sparse.columns;
    fitted->parts->x = x;

    return KNN_OK;
}
