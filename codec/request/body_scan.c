
/*
 * Copyright (C) nginx-knn contributors
 */


/* Many numbers of a JSON body at once. */


#include "body.h"


/* True if all features take numbers. */
static bool
knn_body_numeric(const knn_body_t *body)
{
    size_t                  i;
    const knn_model_info_t *info;

    info = body->matrix->options.info;

    for (i = 0; info->features != NULL && i < info->n_features; i++) {
        if (info->features[i].n_texts > 0) {
            return false;
        }
    }

    return true;
}


/* Reads more of a row that has begun. */
static void
knn_body_scan_row(knn_body_t *body, knn_scan_t *scan)
{
    knn_matrix_t *matrix;

    matrix = body->matrix;

    if (matrix->column < matrix->columns) {
        matrix->column += knn_scan_numbers(scan, matrix->row + matrix->column,
                                           matrix->columns - matrix->column);
    }
}


/* Reads more rows, each in an array, behind the first one. */
static void
knn_body_scan_rows(knn_body_t *body, knn_scan_t *scan)
{
    knn_matrix_t *matrix;

    matrix = body->matrix;

    if (matrix->rows.rows > 0) {
        matrix->rows.rows += knn_scan_rows(scan, knn_matrix_next(matrix),
                                           matrix->capacity - matrix->rows.rows,
                                           matrix->columns);
    }
}


/* Reads more values of a column, behind the first one. */
static void
knn_body_scan_column(knn_body_t *body, knn_scan_t *scan)
{
    knn_matrix_t *matrix;

    matrix = body->matrix;

    if (matrix->rows.rows > 0 && body->cell == 0) {
        scan->stride = matrix->columns;
        matrix->rows.rows +=
            knn_scan_numbers(scan, knn_matrix_next(matrix) + body->feature,
                             matrix->capacity - matrix->rows.rows);
    }
}


void
knn_body_scan(void *ctx, knn_scan_t *scan)
{
    knn_body_t *body;

    body = ctx;
    scan->stride = 1;
    scan->single = false;

    if (body->map != NULL || !knn_body_numeric(body)) {
        return;
    }

    switch (body->at) {

    case KNN_AT_ROW:
        knn_body_scan_row(body, scan);
        break;

    case KNN_AT_LIST:
        knn_body_scan_rows(body, scan);
        break;

    case KNN_AT_COLUMN:
        knn_body_scan_column(body, scan);
        break;

    default:
        break;
    }
}
