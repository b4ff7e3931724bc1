
/*
 * Copyright (C) nginx-knn contributors
 */


/* The cells of CSV. */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "number.h"


/* the column belongs to no feature */
#define KNN_CSV_IGNORED SIZE_MAX


/* a cell as it stands in the line, without the blanks around it */
typedef struct {
    const char *data;
    size_t      size;
    bool        quoted;
} knn_cell_t;


/* The closing quote of a cell that begins behind p, or end. */
static const char *
knn_csv_quote(const char *p, const char *end)
{
    for (/* void */; p < end; p++) {
        if (*p != '"') {
            continue;
        }

        if (p + 1 == end || p[1] != '"') {
            return p;
        }

        p++;
    }

    return end;
}


/* Reads the cell at p; returns the comma behind it, or end. */
static const char *
knn_csv_cell(const char *p, const char *end, knn_cell_t *cell)
{
    const char *last, *quote;

    p = knn_csv_skip(p, end);
    cell->quoted = p < end && *p == '"';

    if (cell->quoted) {
        quote = knn_csv_quote(p + 1, end);
        last = knn_csv_skip(quote + (quote < end), end);

        if (last == end || *last == ',') {
            cell->data = p + 1;
            cell->size = (size_t) (quote - cell->data);
            return last;
        }

        cell->quoted = false;
    }

    last = memchr(p, ',', (size_t) (end - p));
    last = last == NULL ? end : last;
    cell->data = p;

    for (p = last; p > cell->data && knn_csv_blank(p[-1]); p--) {
        /* void */
    }

    cell->size = (size_t) (p - cell->data);

    return last;
}


/* True for the text of a number, wholly; NaN and infinity read as such. */
static bool
knn_csv_number(const knn_cell_t *cell, double *value)
{
    static const char *const names[] = {"nan", "inf", "infinity"};

    size_t      i, size;
    const char *p, *end;

    p = knn_csv_skip(cell->data, cell->data + cell->size);
    end = cell->data + cell->size;

    while (end > p && knn_csv_blank(end[-1])) {
        end--;
    }

    if (p < end && knn_number_read(p, end, value) == end) {
        return true;
    }

    p += p < end && (*p == '-' || *p == '+');
    size = (size_t) (end - p);

    for (i = 0; i < sizeof(names) / sizeof(char *); i++) {
        if (size == strlen(names[i]) && strncasecmp(p, names[i], size) == 0) {
            *value = NAN;
            return true;
        }
    }

    return false;
}


/* Refuses a cell. */
static knn_status_e
knn_csv_refuse(knn_csv_t *csv, size_t column, const knn_cell_t *cell,
               bool number)
{
    size_t        row;
    knn_matrix_t *matrix;

    matrix = csv->matrix;
    row = knn_matrix_row(matrix);

    if (cell->size == 0) {
        return knn_matrix_fail(matrix, KNN_VALUE, NULL,
                               "row %zu, column %zu is empty, but features "
                               "are finite numbers",
                               row, column);
    }

    if (number) {
        return knn_matrix_fail(matrix, KNN_VALUE, NULL,
                               "row %zu, column %zu is NaN or infinite or out "
                               "of range, but features are finite numbers",
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


/* Reads the value of a cell; returns the comma behind it, end or NULL. */
static const char *
knn_csv_value(knn_csv_t *csv, const char *p, const char *end, size_t column,
              double *value)
{
    bool        number;
    knn_cell_t  cell;
    const char *begin;

    begin = knn_csv_skip(p, end);
    p = knn_number_read(begin, end, value);

    if (p != NULL) {
        p = knn_csv_skip(p, end);

        if ((p == end || *p == ',') && isfinite(*value)) {
            return p;
        }
    }

    p = knn_csv_cell(begin, end, &cell);
    number = knn_csv_number(&cell, value);

    if (number && isfinite(*value)) {
        return p;
    }

    (void) knn_csv_refuse(csv, column, &cell, number);

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


knn_status_e
knn_csv_row(knn_csv_t *csv, const char *p, const char *end)
{
    double        value;
    size_t        column, feature;
    knn_cell_t    cell;
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

    for (column = 0;; column++) {
        feature = knn_csv_feature(csv, column);

        if (feature == KNN_CSV_IGNORED) {
            p = knn_csv_cell(p, end, &cell);
        }
        else {
            p = knn_csv_value(csv, p, end, column, &value);

            if (p == NULL) {
                return matrix->rows.error.status;
            }

            if (feature < matrix->columns) {
                matrix->row[feature] = value;
            }

            matrix->column++;
        }

        if (p == end) {
            break;
        }

        p++;
    }

    if (matrix->column != matrix->columns) {
        return knn_matrix_ragged(matrix, NULL);
    }

    matrix->rows.rows++;

    return KNN_OK;
}


bool
knn_csv_is_header(const char *p, const char *end)
{
    double     value;
    knn_cell_t cell;

    for (;; p++) {
        p = knn_csv_cell(p, end, &cell);

        if (cell.size > 0 && !knn_csv_number(&cell, &value)
            && cell.size <= KNN_REQUEST_NUMBER)
        {
            return true;
        }

        if (p == end) {
            return false;
        }
    }
}


/* A name with its doubled quotes made single, in memory of its size. */
static size_t
knn_csv_unquote(const knn_cell_t *cell, char *name)
{
    size_t i, n;

    for (i = 0, n = 0; i < cell->size; i++) {
        name[n++] = cell->data[i];

        if (cell->quoted && cell->data[i] == '"') {
            i++;
        }
    }

    return n;
}


/* Finds what each column holds; returns how many features have a column. */
static size_t
knn_csv_map(knn_csv_t *csv, const char *p, const char *end, char *name,
            unsigned char *seen, size_t *twice)
{
    size_t     column, feature, count;
    knn_cell_t cell;

    count = 0;

    for (column = 0;; column++, p++) {
        p = knn_csv_cell(p, end, &cell);
        feature = knn_names_find(&csv->names, name,
                                 knn_csv_unquote(&cell, name), count);

        csv->map[column] = KNN_CSV_IGNORED;

        if (feature < csv->names.count) {
            csv->map[column] = feature;
            *twice = seen[feature] ? feature : *twice;
            count += !seen[feature];
            seen[feature] = true;
        }

        if (p == end) {
            break;
        }
    }

    csv->map_size = column + 1;

    return count;
}


/* Refuses a header that lacks a feature. */
static knn_status_e
knn_csv_lacks(knn_csv_t *csv, const unsigned char *seen)
{
    size_t i;

    for (i = 0; seen[i]; i++) {
        /* void */
    }

    return knn_matrix_fail(csv->matrix, KNN_SHAPE, NULL,
                           "the header lacks feature \"%s\", name all %zu "
                           "that model \"%s\" expects, or leave it out",
                           csv->names.list[i], csv->names.count,
                           csv->matrix->options.model);
}


knn_status_e
knn_csv_header(knn_csv_t *csv, const char *p, const char *end)
{
    char          *name;
    size_t         twice, count;
    const char    *s;
    knn_status_e   status;
    unsigned char *seen;

    if (csv->names.count == 0) {
        return KNN_OK;
    }

    /* as many columns at most: commas may stand in quotes */
    csv->map_size = 1;

    for (s = p; s < end; s++) {
        csv->map_size += *s == ',';
    }

    csv->map = malloc(csv->map_size * sizeof(size_t));
    name = malloc((size_t) (end - p) + 1);
    seen = calloc(csv->names.count, 1);
    twice = csv->names.count;
    status = KNN_OK;

    if (csv->map == NULL || name == NULL || seen == NULL) {
        status = knn_matrix_fail(csv->matrix, KNN_NO_MEMORY, NULL,
                                 "no memory to read the header");
    }
    else {
        count = knn_csv_map(csv, p, end, name, seen, &twice);

        if (count == 0) {
            free(csv->map);
            csv->map = NULL;
        }
        else if (count < csv->names.count) {
            status = knn_csv_lacks(csv, seen);
        }
        else if (twice != csv->names.count) {
            status = knn_matrix_fail(csv->matrix, KNN_MALFORMED, NULL,
                                     "the header names feature \"%s\" twice",
                                     csv->names.list[twice]);
        }
    }

    free(name);
    free(seen);

    return status;
}
