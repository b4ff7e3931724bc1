
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "csv.h"


/* a line may be so long, and by so much longer per feature */
#define KNN_CSV_LINE    65536
#define KNN_CSV_FEATURE 64


knn_status_e
knn_csv_check_text(knn_csv_t *csv, const char *p, const char *end)
{
    if (memchr(p, '\0', (size_t) (end - p)) == NULL) {
        return KNN_OK;
    }

    return knn_matrix_fail(csv->matrix, KNN_MALFORMED, NULL,
                           "this is not text: row %zu holds a zero byte, send "
                           "JSON or CSV in UTF-8",
                           knn_matrix_row(csv->matrix));
}


/* Reads a line without its end. */
static knn_status_e
knn_csv_line(void *ctx, const char *p, const char *end)
{
    size_t     size;
    knn_csv_t *csv;

    csv = ctx;
    size = (size_t) (end - p);

    if (size > csv->lines.longest) {
        (void) knn_csv_check_text(csv, p, end);

        return knn_matrix_fail(csv->matrix, KNN_MALFORMED, NULL,
                               "row %zu is longer than the %zu bytes that are "
                               "read, lines end with a line feed",
                               knn_matrix_row(csv->matrix), csv->lines.longest);
    }

    if (knn_cell_skip(p, end) == end) {
        return KNN_OK;
    }

    if (!csv->begun) {
        csv->begun = true;
        return knn_csv_first(csv, p, end);
    }

    return knn_csv_row(csv, p, end);
}


void
knn_csv_init(knn_csv_t *csv, knn_matrix_t *matrix, knn_format_e format)
{
    size_t                  longest;
    const knn_model_info_t *info;

    info = matrix->options.info;

    memset(csv, 0, sizeof(knn_csv_t));
    csv->matrix = matrix;
    csv->format = format;
    csv->begun = format == KNN_FORMAT_CSV_ROWS || format == KNN_FORMAT_LINE;

    if (__builtin_mul_overflow(info->n_features, KNN_CSV_FEATURE, &longest)
        || longest > SIZE_MAX / 4 - KNN_CSV_LINE)
    {
        longest = SIZE_MAX / 4 - KNN_CSV_LINE;
    }

    knn_lines_init(&csv->lines, knn_csv_line, csv, longest + KNN_CSV_LINE);
    knn_names_init(&csv->names, info->feature_names, info->n_features);
}


knn_status_e
knn_csv_feed(knn_csv_t *csv, const char *data, size_t size)
{
    knn_status_e status;

    status = knn_lines_feed(&csv->lines, data, size);

    if (status == KNN_NO_MEMORY) {
        /* unless the row has said it */
        (void) knn_matrix_fail(csv->matrix, KNN_NO_MEMORY, NULL,
                               "no memory to read row %zu",
                               knn_matrix_row(csv->matrix));
    }

    return status;
}


knn_status_e
knn_csv_finish(knn_csv_t *csv)
{
    knn_status_e  status;
    knn_matrix_t *matrix;

    matrix = csv->matrix;

    if (csv->lines.quoted) {
        return knn_matrix_fail(matrix, KNN_MALFORMED, NULL,
                               "row %zu has a quote that is not closed",
                               knn_matrix_row(matrix));
    }

    status = knn_lines_finish(&csv->lines);

    if (status != KNN_OK) {
        return status;
    }

    if (knn_matrix_row(matrix) == 0) {
        return knn_matrix_fail(
            matrix, KNN_SHAPE, NULL,
            "there is no row%s, model \"%s\" expects rows "
            "of %zu %s separated by commas",
            csv->header ? ", only a header" : "", matrix->options.model,
            matrix->columns,
            matrix->options.info->features == NULL ? "numbers" : "cells");
    }

    matrix->rows.single =
        csv->format == KNN_FORMAT_LINE
        || (!csv->header && !csv->lines.ended && knn_matrix_row(matrix) == 1);

    return KNN_OK;
}


const char *
knn_csv_text(knn_csv_t *csv, const knn_cell_t *cell, size_t *size)
{
    char *text;

    *size = cell->size;

    if (!cell->quoted || memchr(cell->data, '"', cell->size) == NULL) {
        return cell->data;
    }

    if (cell->size > csv->text_size) {
        text = realloc(csv->text, cell->size);

        if (text == NULL) {
            return NULL;
        }

        csv->text = text;
        csv->text_size = cell->size;
    }

    *size = knn_cell_text(cell, csv->text);

    return csv->text;
}


void
knn_csv_free(knn_csv_t *csv)
{
    knn_lines_free(&csv->lines);
    knn_names_free(&csv->names);
    free(csv->map);
    free(csv->text);
}
