
/*
 * Copyright (C) nginx-knn contributors
 */


/* The rows of CSV. */


#include <math.h>
#include <string.h>

#include "csv.h"
#include "../text/feature.h"
#include "../text/feature_value.h"
#include "../text/number.h"


/* Refuses a cell that lacks a value. */
static knn_status_e
knn_csv_lacking(knn_csv_t *csv, size_t column, const char *what,
                const knn_cell_t *cell)
{
    return knn_matrix_fail(csv->matrix, KNN_VALUE, NULL,
                           "row %zu, column %zu is %s%.*s, but the model has "
                           "no imputer there, send a finite number",
                           knn_matrix_row(csv->matrix), column, what,
                           cell == NULL ? 0 : (int) cell->size,
                           cell == NULL ? "" : cell->data);
}


/* Refuses a cell of a column of numbers. */
static knn_status_e
knn_csv_refuse(knn_csv_t *csv, size_t column, const knn_cell_t *cell)
{
    bool          number;
    size_t        row;
    double        value;
    knn_matrix_t *matrix;

    matrix = csv->matrix;
    row = knn_matrix_row(matrix);
    number = knn_cell_number(cell, &value);

    if (cell->size == 0) {
        return knn_csv_lacking(csv, column, "empty", NULL);
    }

    if (number && isnan(value)) {
        return knn_csv_lacking(csv, column, "NaN", NULL);
    }

    if (knn_cell_missing(cell)) {
        return knn_csv_lacking(csv, column, "", cell);
    }

    if (number) {
        return knn_matrix_fail(matrix, KNN_VALUE, NULL,
                               "row %zu, column %zu is infinite or out of "
                               "range, but features are finite numbers",
                               row, column);
    }

    if (cell->size > KNN_REQUEST_NUMBER) {
        return knn_matrix_fail(matrix, KNN_VALUE, NULL,
                               "row %zu, column %zu has %zu characters, at "
                               "most %d are read",
                               row, column, cell->size, KNN_REQUEST_NUMBER);
    }

    return knn_matrix_fail(matrix, KNN_MALFORMED, NULL,
                           "row %zu, column %zu is not a number, cells are "
                           "separated by commas",
                           row, column);
}


/*
 * Reads a cell that is not plainly a number, NaN for none if missing; returns
 * the comma behind it, end or NULL.
 */
static const char *
knn_csv_other(knn_csv_t *csv, const char *p, const char *end, size_t column,
              bool missing, double *value)
{
    knn_cell_t cell;

    p = knn_cell_read(p, end, &cell);

    if (knn_cell_value(&cell, missing, value)) {
        return p;
    }

    (void) knn_csv_refuse(csv, column, &cell);

    return NULL;
}


/* Reads the number of a cell; returns the comma behind it, end or NULL. */
static inline const char *
knn_csv_number(knn_csv_t *csv, const char *begin, const char *end,
               size_t column, bool missing, double *value)
{
    const char *p;

    begin = knn_cell_skip(begin, end);
    p = knn_number_read(begin, end, value);

    if (p != NULL) {
        p = knn_cell_skip(p, end);

        if ((p == end || *p == ',') && isfinite(*value)) {
            return p;
        }
    }

    return knn_csv_other(csv, begin, end, column, missing, value);
}


/* Reads the text of a cell; returns the comma behind it, end or NULL. */
static const char *
knn_csv_word(knn_csv_t *csv, const char *p, const char *end, size_t index,
             double *value)
{
    knn_cell_t           cell;
    const char          *last, *behind;
    const knn_feature_t *feature;

    feature = &csv->matrix->options.info->features[index];
    last = knn_cell_read(p, end, &cell);
    cell.data = knn_csv_text(csv, &cell, &cell.size);

    if (cell.data == NULL) {
        (void) knn_matrix_fail(csv->matrix, KNN_NO_MEMORY, NULL,
                               "no memory to read row %zu",
                               knn_matrix_row(csv->matrix));
        return NULL;
    }

    /* with the blanks around it, but the one of the line's end */

    behind = last - (last > p && last[-1] == '\r');

    if (cell.quoted) {
        p = cell.data;
        behind = p + cell.size;
    }

    if (knn_feature_text(feature, p, (size_t) (behind - p), &cell, value)) {
        return last;
    }

    (void) knn_feature_unknown(csv->matrix, index, NULL, cell.data, cell.size);

    return NULL;
}


/* The feature that a column holds. */
static inline size_t
knn_csv_feature(const knn_csv_t *csv, size_t column)
{
    if (csv->map == NULL) {
        return column;
    }

    return column < csv->map_size ? csv->map[column] : KNN_CSV_IGNORED;
}


/* Reads the value of a feature; returns the comma behind it, end or NULL. */
static const char *
knn_csv_value(knn_csv_t *csv, const char *p, const char *end, size_t column,
              size_t index, double *value)
{
    knn_cell_t           cell;
    const knn_feature_t *feature;

    if (index >= csv->matrix->columns) {
        *value = 0;
        return knn_cell_read(p, end, &cell);
    }

    feature = &csv->matrix->options.info->features[index];

    return knn_feature_is_number(feature)
               ? knn_csv_number(csv, p, end, column, feature->missing, value)
               : knn_csv_word(csv, p, end, index, value);
}


/* Reads the cells of a row, which are all plain numbers or not. */
static inline __attribute__((always_inline)) knn_status_e
knn_csv_cells(knn_csv_t *csv, const char *p, const char *end, bool plain)
{
    double        value;
    size_t        column, feature;
    knn_cell_t    cell;
    knn_matrix_t *matrix;

    matrix = csv->matrix;

    for (column = 0;; column++, p++) {
        feature = knn_csv_feature(csv, column);

        if (feature == KNN_CSV_IGNORED) {
            p = knn_cell_read(p, end, &cell);
        }
        else {
            p = plain ? knn_csv_number(csv, p, end, column, false, &value)
                      : knn_csv_value(csv, p, end, column, feature, &value);

            if (p == NULL) {
                return matrix->rows.error.status;
            }

            if (feature < matrix->columns) {
                matrix->row[feature] = value;
            }

            matrix->column++;
        }

        if (p == end) {
            return KNN_OK;
        }
    }
}


knn_status_e
knn_csv_row(knn_csv_t *csv, const char *p, const char *end)
{
    knn_status_e  status;
    knn_matrix_t *matrix;

    matrix = csv->matrix;

    if (knn_matrix_full(matrix)) {
        status = knn_matrix_room(matrix, NULL);

        if (status != KNN_OK) {
            return status;
        }
    }

    knn_matrix_begin(matrix);

    status = matrix->options.info->features == NULL
                 ? knn_csv_cells(csv, p, end, true)
                 : knn_csv_cells(csv, p, end, false);

    if (status != KNN_OK) {
        return status;
    }

    if (matrix->column != matrix->columns) {
        return knn_matrix_ragged(matrix, NULL);
    }

    if (csv->row_lines != NULL) {
        csv->row_lines[matrix->rows.rows] = csv->lines.number;
    }

    matrix->rows.rows++;

    return KNN_OK;
}
