
/*
 * Copyright (C) nginx-knn contributors
 */


/* Where the elements of an input go: a matrix, or a column of it. */


#include <string.h>

#include "infer.h"


/* The column that an input is, or KNN_INFER_MATRIX. */
static size_t
knn_infer_column(const knn_infer_t *infer)
{
    size_t                   n;
    const knn_infer_input_t *input;

    n = infer->matrix->columns;
    input = &infer->input;

    /* of one feature, a column is a matrix too */

    if (n == 1 || input->dims == 0 || input->dims > 2
        || (input->dims == 2 && input->shape[1] != 1))
    {
        return KNN_INFER_MATRIX;
    }

    if (infer->names.count > 0) {
        return input->feature < n ? input->feature : KNN_INFER_MATRIX;
    }

    /* without names they come in order; [n] may be a row, the only one */

    if (input->dims == 1 && input->shape[0] == n && infer->n_columns == 0
        && !infer->table && !input->table)
    {
        return KNN_INFER_MATRIX;
    }

    return infer->n_columns < n ? infer->n_columns : KNN_INFER_MATRIX;
}


/* Refuses a shape that fits no model's matrix and no column. */
static int
knn_infer_misfit(knn_infer_t *infer)
{
    char                         shape[KNN_INFER_ECHO];
    const knn_request_options_t *options;

    options = &infer->matrix->options;

    return knn_infer_fail(
        infer, KNN_INFER_SHAPE, KNN_SHAPE,
        "the shape %s is not that of model \"%s\", which expects %zu "
        "feature%s: send [rows,%zu] or, %s, a column of [rows] for each",
        knn_infer_shape(infer, shape, sizeof(shape)), options->model,
        infer->matrix->columns, infer->matrix->columns == 1 ? "" : "s",
        infer->matrix->columns,
        infer->names.count > 0 ? "by its name" : "in their order");
}


/* Counts the rows of a matrix. */
static int
knn_infer_matrix(knn_infer_t *infer, size_t *rows)
{
    size_t                   n, width;
    const knn_infer_input_t *input;

    n = infer->matrix->columns;
    input = &infer->input;

    if (infer->n_inputs > 0) {
        return knn_infer_fail(infer, KNN_INFER_NAME, KNN_SHAPE,
                              "it is one of several, but no column: send one "
                              "matrix, or a column for each of the %zu "
                              "features, by its name",
                              n);
    }

    if (input->dims == 0 || input->dims > 2) {
        return knn_infer_misfit(infer);
    }

    /* [n] is one row, and of one feature, [rows] are rows */

    *rows = input->dims == 2 || n == 1 ? input->shape[0] : 1;
    width = input->dims == 2 ? input->shape[1] : n == 1 ? 1 : input->shape[0];

    return width == n || knn_infer_misfit(infer);
}


/* Checks a column against those before it. */
static int
knn_infer_fit(knn_infer_t *infer, size_t column)
{
    size_t rows;

    rows = infer->input.shape[0];

    if (infer->n_inputs > infer->n_columns) {
        return knn_infer_fail(infer, KNN_INFER_NAME, KNN_SHAPE,
                              "it is a column, but the input before it has all "
                              "features: leave one out, or give all columns "
                              "the shape [rows,1]");
    }

    if (infer->columns == NULL) {
        infer->columns =
            knn_memory_alloc(&infer->json.memory, infer->matrix->columns);
        memset(infer->columns, 0, infer->matrix->columns);
    }

    if (infer->columns[column]) {
        return knn_infer_fail(infer, KNN_INFER_NAME, KNN_MALFORMED,
                              "this feature has an input already, leave one "
                              "out");
    }

    if (infer->n_columns > 0 && rows != infer->rows) {
        return knn_infer_fail(infer, KNN_INFER_SHAPE, KNN_SHAPE,
                              "it has %zu row%s, but the inputs before it have "
                              "%zu",
                              rows, rows == 1 ? "" : "s", infer->rows);
    }

    infer->columns[column] = true;
    infer->n_columns++;

    return 1;
}


/* Takes memory for the rows of the first input. */
static int
knn_infer_reserve(knn_infer_t *infer, size_t rows)
{
    size_t        count;
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = infer->matrix;
    infer->rows = rows;

    if (rows <= matrix->options.max_rows
        && (__builtin_mul_overflow(rows, matrix->columns, &count)
            || count > matrix->options.size))
    {
        return knn_infer_fail(infer, KNN_INFER_SHAPE, KNN_MALFORMED,
                              "the %zu rows of its shape are more than the %zu "
                              "bytes of the body can hold",
                              rows, matrix->options.size);
    }

    place = knn_infer_where(infer, KNN_INFER_SHAPE);

    /* no rows take some memory too */

    return knn_matrix_reserve(matrix, rows == 0 ? 1 : rows, &place) == KNN_OK;
}


/* Refuses a datatype of numbers where a feature takes texts. */
static int
knn_infer_takes(knn_infer_t *infer, size_t column)
{
    size_t                  i, last;
    const knn_model_info_t *info;

    info = infer->matrix->options.info;

    if (infer->input.datatype == KNN_BYTES || info->features == NULL) {
        return 1;
    }

    i = column == KNN_INFER_MATRIX ? 0 : column;
    last = column == KNN_INFER_MATRIX ? info->n_features : column + 1;

    for (/* void */; i < last; i++) {
        if (info->features[i].n_texts > 0) {
            return knn_infer_fail(infer, KNN_INFER_DATATYPE, KNN_UNSUPPORTED,
                                  "it is %s, but feature %zu takes texts, send "
                                  "BYTES",
                                  knn_datatypes[infer->input.datatype].name, i);
        }
    }

    return 1;
}


int
knn_infer_place(knn_infer_t *infer)
{
    size_t        rows, column;
    knn_tensor_t *tensor;

    column = knn_infer_column(infer);
    rows = infer->input.shape[0];

    if (column == KNN_INFER_MATRIX && !knn_infer_matrix(infer, &rows)) {
        return 0;
    }

    if (!knn_infer_takes(infer, column)
        || (column != KNN_INFER_MATRIX && !knn_infer_fit(infer, column))
        || (infer->n_inputs == 0 && !knn_infer_reserve(infer, rows)))
    {
        return 0;
    }

    tensor = &infer->tensor;
    tensor->input = infer->index;
    tensor->feature = column;
    tensor->datatype = infer->input.datatype;
    tensor->count = infer->input.count;
    tensor->done = 0;
    tensor->values = infer->matrix->rows.x;
    tensor->stride = 1;

    if (column != KNN_INFER_MATRIX) {
        tensor->values += column;
        tensor->stride = infer->matrix->columns;
    }

    infer->input.placed = true;

    return 1;
}


int
knn_infer_inputs_end(knn_infer_t *infer)
{
    size_t        i;
    knn_matrix_t *matrix;

    matrix = infer->matrix;

    if (infer->n_inputs == 0) {
        return knn_infer_fail(infer, KNN_INFER_INPUTS, KNN_MALFORMED,
                              "\"inputs\" is missing or empty, send a matrix "
                              "[rows,%zu]",
                              matrix->columns);
    }

    if (infer->n_columns == 0 || infer->n_columns == matrix->columns) {
        return 1;
    }

    for (i = 0; infer->columns[i]; i++) {
        /* void */
    }

    if (infer->names.count == 0) {
        return knn_infer_fail(infer, KNN_INFER_INPUTS, KNN_SHAPE,
                              "\"inputs\" has %zu column%s, but model \"%s\" "
                              "expects %zu",
                              infer->n_columns,
                              infer->n_columns == 1 ? "" : "s",
                              matrix->options.model, matrix->columns);
    }

    return knn_infer_fail(infer, KNN_INFER_INPUTS, KNN_SHAPE,
                          "\"inputs\" lacks feature \"%s\" of the %zu that "
                          "model \"%s\" expects",
                          infer->names.list[i], matrix->columns,
                          matrix->options.model);
}
