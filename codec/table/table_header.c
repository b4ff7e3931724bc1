
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "table_cell.h"
#include "table_header.h"
#include "../text/text.h"


bool
knn_table_is_header(const knn_table_t *table, const knn_record_t *record)
{
    bool         numbers, texts, above;
    size_t       column;
    knn_cell_t   cell;
    const char  *p;
    knn_datum_t  datum;
    knn_column_e below;

    numbers = texts = above = false;

    for (column = 0, p = record->data; column < table->n_columns; column++, p++)
    {
        p = knn_cell_read(p, record->end, &cell);
        knn_cell_datum(&cell, &datum);
        below = table->columns[column].type;

        if (datum.type == KNN_COLUMN_TEXT) {
            texts = true;
            above |= below != KNN_COLUMN_TEXT && below != KNN_COLUMN_EMPTY;
        }

        numbers |=
            datum.type == KNN_COLUMN_INTEGER || datum.type == KNN_COLUMN_NUMBER;
    }

    return texts && (above || !numbers);
}


/* Compares two columns by name, then by their place. */
static int
knn_table_compare(const void *one, const void *two)
{
    int                        order;
    const knn_column_t *const *a;
    const knn_column_t *const *b;

    a = one;
    b = two;
    order = strcmp((*a)->name, (*b)->name);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}


/* Refuses a name that two columns have; none is not a name. */
static knn_status_e
knn_table_twice(knn_table_reader_t *reader, const knn_column_t **sorted,
                size_t line)
{
    size_t              i, n;
    const knn_column_t *columns;

    n = reader->table.n_columns;
    columns = reader->table.columns;

    for (i = 0; i < n; i++) {
        sorted[i] = &columns[i];
    }

    qsort(sorted, n, sizeof(knn_column_t *), knn_table_compare);

    for (i = 1; i < n; i++) {
        if (*sorted[i]->name != '\0'
            && strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
        {
            return knn_table_fail(reader, KNN_MALFORMED, line,
                                  "columns %zu and %zu are both called \"%s\"",
                                  (size_t) (sorted[i - 1] - columns) + 1,
                                  (size_t) (sorted[i] - columns) + 1,
                                  sorted[i]->name);
        }
    }

    return KNN_OK;
}


/* Copies the names. */
static knn_status_e
knn_table_names(knn_table_reader_t *reader, const knn_record_t *record)
{
    char        *to;
    size_t       column, len;
    knn_cell_t   cell;
    const char  *p;
    knn_table_t *table;

    table = &reader->table;
    to = reader->names;

    for (column = 0, p = record->data; column < table->n_columns; column++, p++)
    {
        p = knn_cell_read(p, record->end, &cell);
        len = knn_cell_text(&cell, to);

        if (len > KNN_TABLE_NAME || !knn_text_printable(to, len)) {
            return knn_table_fail(reader, KNN_MALFORMED, record->line,
                                  "the name of column %zu is no UTF-8 text of "
                                  "one line and up to %d bytes",
                                  column + 1, KNN_TABLE_NAME);
        }

        to[len] = '\0';
        table->columns[column].name = to;
        to += len + 1;
    }

    return KNN_OK;
}


knn_status_e
knn_table_header(knn_table_reader_t *reader, const knn_record_t *record)
{
    size_t               size;
    knn_status_e         status;
    const knn_column_t **sorted;

    size = (size_t) (record->end - record->data) + reader->table.n_columns;
    reader->names = malloc(size + 1);
    sorted = calloc(reader->table.n_columns, sizeof(knn_column_t *));

    if (reader->names == NULL || sorted == NULL) {
        free(sorted);
        return knn_table_fail(reader, KNN_NO_MEMORY, record->line,
                              "no memory for the header");
    }

    status = knn_table_names(reader, record);

    if (status == KNN_OK) {
        status = knn_table_twice(reader, sorted, record->line);
    }

    free(sorted);

    return status;
}
