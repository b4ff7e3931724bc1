
/*
 * Copyright (C) nginx-knn contributors
 */


/* What the columns of a table are. */


#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table_cell.h"
#include "table_header.h"


/* integers up to it are doubles */
#define KNN_TABLE_EXACT ((int64_t) 1 << 53)


knn_status_e
knn_table_fail(knn_table_reader_t *reader, knn_status_e status, size_t line,
               const char *fmt, ...)
{
    va_list args;

    reader->fault = line;
    reader->error.status = status;

    va_start(args, fmt);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is not */
    (void) vsnprintf(reader->error.message, KNN_ERROR_SIZE, fmt, args);
    va_end(args);

    return status;
}


/* What a column is that has cells of two types. */
static knn_column_e
knn_table_join(knn_column_e a, knn_column_e b)
{
    if (a == b || b == KNN_COLUMN_EMPTY) {
        return a;
    }

    if (a == KNN_COLUMN_EMPTY) {
        return b;
    }

    if (a == KNN_COLUMN_BOOLEAN || b == KNN_COLUMN_BOOLEAN) {
        return KNN_COLUMN_TEXT;
    }

    return a > b ? a : b;
}


/* Keeps the first of two lines, 0 is none. */
static void
knn_table_line(size_t *first, size_t line)
{
    if (*first == 0 || line < *first) {
        *first = line;
    }
}


/* Adds what a cell says to its column. */
static void
knn_table_see(knn_column_t *column, const knn_cell_t *cell, size_t line)
{
    knn_datum_t datum;

    knn_cell_datum(cell, &datum);
    column->type = knn_table_join(column->type, datum.type);

    switch (datum.type) {

    case KNN_COLUMN_INTEGER:
        column->wide |=
            datum.integer > KNN_TABLE_EXACT || datum.integer < -KNN_TABLE_EXACT;
        break;

    case KNN_COLUMN_NUMBER:
        if (isinf(datum.value)) {
            knn_table_line(&column->infinite, line);
        }

        break;

    case KNN_COLUMN_TEXT:
        knn_table_line(&column->text, line);
        break;

    default:
        break;
    }
}


/* Refuses what cannot be a table. */
static knn_status_e
knn_table_check(knn_table_reader_t *reader, const char *data, size_t size)
{
    size_t      line;
    const char *nul, *p;

    if (size >= 2
        && (memcmp(data, "\xFF\xFE", 2) == 0
            || memcmp(data, "\xFE\xFF", 2) == 0))
    {
        return knn_table_fail(reader, KNN_MALFORMED, 0,
                              "this is UTF-16, save it as UTF-8");
    }

    nul = memchr(data, '\0', size);

    if (nul != NULL) {
        for (line = 1, p = data; p < nul; p++) {
            line += *p == '\n';
        }

        return knn_table_fail(reader, KNN_MALFORMED, line,
                              "a NUL byte, but CSV is text");
    }

    p = memchr(data, '\r', size);

    if (p != NULL && p + 1 < data + size && memchr(data, '\n', size) == NULL) {
        return knn_table_fail(reader, KNN_MALFORMED, 1,
                              "lines end with a carriage return alone, end "
                              "them with a line feed");
    }

    return KNN_OK;
}


/* Sees the cells of a record, which may have too few or too many. */
static knn_status_e
knn_table_row(knn_table_reader_t *reader, const knn_record_t *record)
{
    size_t       column;
    knn_cell_t   cell;
    const char  *p;
    knn_table_t *table;

    table = &reader->table;

    for (column = 0, p = record->data;; column++, p++) {
        p = knn_cell_read(p, record->end, &cell);

        if (cell.size > KNN_TABLE_CELL) {
            return knn_table_fail(reader, KNN_LIMIT, record->line,
                                  "column %zu has %zu bytes, at most %d are "
                                  "read: does a quote stand where none "
                                  "should?",
                                  column + 1, cell.size, KNN_TABLE_CELL);
        }

        if (column < table->n_columns) {
            knn_table_see(&table->columns[column], &cell, record->line);
        }

        if (p == record->end) {
            break;
        }
    }

    if (column + 1 == table->n_columns) {
        return KNN_OK;
    }

    return knn_table_fail(reader, KNN_SHAPE, record->line,
                          "the row has %zu cell%s, but the first one has %zu",
                          column + 1, column == 0 ? "" : "s", table->n_columns);
}


/* Makes as many columns as the first record has cells. */
static knn_status_e
knn_table_columns(knn_table_reader_t *reader, const knn_record_t *record)
{
    size_t      count;
    knn_cell_t  cell;
    const char *p;

    for (count = 1, p = record->data;; count++, p++) {
        p = knn_cell_read(p, record->end, &cell);

        if (p == record->end) {
            break;
        }
    }

    if (count == 1
        && (memchr(record->data, ';', (size_t) (p - record->data)) != NULL
            || memchr(record->data, '\t', (size_t) (p - record->data)) != NULL))
    {
        return knn_table_fail(reader, KNN_MALFORMED, record->line,
                              "there is no comma, but semicolons or tabs: "
                              "separate the cells by commas");
    }

    reader->table.columns = calloc(count, sizeof(knn_column_t));

    if (reader->table.columns == NULL) {
        return knn_table_fail(reader, KNN_NO_MEMORY, record->line,
                              "no memory for %zu columns", count);
    }

    reader->table.n_columns = count;

    return KNN_OK;
}


/* Takes the first record for names or for values. */
static knn_status_e
knn_table_first(knn_table_reader_t *reader, const knn_record_t *first,
                knn_header_e header)
{
    bool         named;
    knn_table_t *table;

    table = &reader->table;
    named = header == KNN_HEADER_YES
            || (header == KNN_HEADER_AUTO && knn_table_is_header(table, first));

    reader->data = named ? first->next : first->data;
    reader->line = named ? first->line + first->lines : first->line;
    table->rows += !named;

    return named ? knn_table_header(reader, first)
                 : knn_table_row(reader, first);
}


knn_status_e
knn_table_scan(knn_table_reader_t *reader, const char *data, size_t size,
               knn_header_e header)
{
    knn_status_e status;
    knn_record_t first, record;

    memset(reader, 0, sizeof(knn_table_reader_t));
    status = knn_table_check(reader, data, size);

    if (status != KNN_OK) {
        return status;
    }

    reader->end = data + size;
    data += size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    knn_record_init(&record, data, 1);

    if (!knn_record_next(&record, reader->end)) {
        return knn_table_fail(reader, KNN_SHAPE, 0, "there is no row");
    }

    first = record;
    status = knn_table_columns(reader, &first);

    while (status == KNN_OK && knn_record_next(&record, reader->end)) {
        status = knn_table_row(reader, &record);
        reader->table.rows++;
    }

    if (record.open) {
        return knn_table_fail(reader, KNN_MALFORMED, record.line,
                              "a quote is not closed");
    }

    if (status == KNN_OK) {
        status = knn_table_first(reader, &first, header);
    }

    if (status == KNN_OK && reader->table.rows == 0) {
        return knn_table_fail(reader, KNN_SHAPE, 0,
                              "there is no row, only a header");
    }

    return status;
}


void
knn_table_free(knn_table_reader_t *reader)
{
    size_t i;

    for (i = 0; i < reader->table.n_columns; i++) {
        free(reader->table.columns[i].values);
        free(reader->table.columns[i].integers);
        free(reader->table.columns[i].texts);
    }

    free(reader->table.columns);
    free(reader->names);
}
