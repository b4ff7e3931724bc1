
/*
 * Copyright (C) nginx-knn contributors
 */


/* The values of a table's columns. */


#include <math.h>
#include <stdlib.h>

#include "../../model/utf8.h"
#include "record.h"
#include "table.h"
#include "table_cell.h"
#include "texts.h"


typedef struct {
    knn_table_reader_t *reader;
    knn_table_t        *table;
    knn_texts_t        *texts; /* [n_columns] */
    char               *text;  /* [KNN_TABLE_CELL] */
} knn_fill_t;


/* The number of a text, counted from 0 as they come. */
static knn_status_e
knn_fill_text(knn_fill_t *fill, size_t column, const knn_cell_t *cell,
              size_t line, double *value)
{
    size_t   len;
    uint32_t number;

    len = knn_cell_text(cell, fill->text);

    if (!knn_utf8_valid(fill->text, len)) {
        return knn_table_fail(fill->reader, KNN_MALFORMED, line,
                              "column %zu is not UTF-8, save the file as UTF-8",
                              column + 1);
    }

    number = knn_texts_add(&fill->texts[column], fill->text, len);

    if (number == UINT32_MAX) {
        return knn_table_fail(fill->reader, KNN_NO_MEMORY, line,
                              "no memory for the texts");
    }

    *value = number;

    return KNN_OK;
}


/* Reads a cell of a column that is wanted. */
static knn_status_e
knn_fill_cell(knn_fill_t *fill, size_t column, const knn_cell_t *cell,
              size_t row, size_t line)
{
    double        value;
    knn_datum_t   datum;
    knn_column_t *to;

    to = &fill->table->columns[column];
    value = NAN;

    if (to->type != KNN_COLUMN_TEXT) {
        knn_cell_datum(cell, &datum);
        value = datum.value;

        if (to->integers != NULL) {
            to->integers[row] = datum.integer;
        }
    }
    else if (!knn_cell_missing(cell)
             && knn_fill_text(fill, column, cell, line, &value) != KNN_OK)
    {
        return fill->reader->error.status;
    }

    to->values[row] = value;
    to->missing += isnan(value) ? 1 : 0;

    return KNN_OK;
}


/* Reads a record, whose cells were counted. */
static knn_status_e
knn_fill_row(knn_fill_t *fill, const knn_record_t *record, size_t row)
{
    size_t      column;
    knn_cell_t  cell;
    const char *p;

    p = record->data;

    for (column = 0; column < fill->table->n_columns; column++, p++) {
        p = knn_cell_read(p, record->end, &cell);

        if (fill->table->columns[column].type != KNN_COLUMN_EMPTY
            && knn_fill_cell(fill, column, &cell, row, record->line) != KNN_OK)
        {
            return fill->reader->error.status;
        }
    }

    return KNN_OK;
}


/* Takes memory for the columns that are wanted. */
static knn_status_e
knn_fill_alloc(knn_fill_t *fill)
{
    size_t        i, rows;
    knn_column_t *column;

    rows = fill->table->rows;
    fill->text = malloc(KNN_TABLE_CELL);
    fill->texts = calloc(fill->table->n_columns, sizeof(knn_texts_t));

    if (fill->text == NULL || fill->texts == NULL) {
        return knn_table_fail(fill->reader, KNN_NO_MEMORY, 0, "no memory");
    }

    for (i = 0; i < fill->table->n_columns; i++) {
        column = &fill->table->columns[i];
        column->missing = 0;

        if (column->type == KNN_COLUMN_EMPTY) {
            continue;
        }

        column->values = calloc(rows, sizeof(double));

        if (column->type == KNN_COLUMN_INTEGER && column->wide) {
            column->integers = calloc(rows, sizeof(int64_t));
        }

        if (column->values == NULL
            || (column->integers == NULL && column->wide
                && column->type == KNN_COLUMN_INTEGER))
        {
            return knn_table_fail(fill->reader, KNN_NO_MEMORY, 0,
                                  "no memory for %zu rows of %zu columns", rows,
                                  fill->table->n_columns);
        }
    }

    return KNN_OK;
}


/* Reads all records, then sorts the texts. */
static knn_status_e
knn_fill_rows(knn_fill_t *fill)
{
    size_t       i;
    knn_record_t record;

    knn_record_init(&record, fill->reader->data, fill->reader->line);

    for (i = 0; knn_record_next(&record, fill->reader->end); i++) {
        if (knn_fill_row(fill, &record, i) != KNN_OK) {
            return fill->reader->error.status;
        }
    }

    for (i = 0; i < fill->table->n_columns; i++) {
        if (!knn_texts_finish(&fill->texts[i], &fill->table->columns[i],
                              fill->table->rows))
        {
            return knn_table_fail(fill->reader, KNN_NO_MEMORY, 0,
                                  "no memory for the texts of column %zu",
                                  i + 1);
        }
    }

    return KNN_OK;
}


knn_status_e
knn_table_fill(knn_table_reader_t *reader)
{
    size_t       i;
    knn_fill_t   fill;
    knn_status_e status;

    fill.reader = reader;
    fill.table = &reader->table;
    status = knn_fill_alloc(&fill);

    if (status == KNN_OK) {
        status = knn_fill_rows(&fill);
    }

    for (i = 0; fill.texts != NULL && i < reader->table.n_columns; i++) {
        knn_texts_free(&fill.texts[i]);
    }

    free(fill.texts);
    free(fill.text);

    return status;
}
