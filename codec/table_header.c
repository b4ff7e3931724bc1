
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "table_cell.h"
#include "table_header.h"
#include "text.h"


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


/* Refuses a name that two columns have. */
static knn_status_e
knn_table_twice(knn_table_reader_t *reader, const char **list, size_t line)
{
    size_t       i, first, count;
    knn_names_t  names;
    knn_status_e status;

    count = reader->table.n_columns;

    for (i = 0; i < count; i++) {
        list[i] = reader->table.columns[i].name;
    }

    knn_names_init(&names, list, count);
    status = KNN_OK;

    for (i = 0; i < count && status == KNN_OK; i++) {
        first = knn_names_find(&names, list[i], strlen(list[i]), count);

        if (first < i && *list[i] != '\0') {
            status = knn_table_fail(reader, KNN_MALFORMED, line,
                                    "columns %zu and %zu are both called "
                                    "\"%s\"",
                                    first + 1, i + 1, list[i]);
        }
    }

    knn_names_free(&names);

    return status;
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
    size_t       size;
    const char **list;
    knn_status_e status;

    size = (size_t) (record->end - record->data) + reader->table.n_columns;
    reader->names = malloc(size + 1);
    list = calloc(reader->table.n_columns, sizeof(char *));

    if (reader->names == NULL || list == NULL) {
        free(list);
        return knn_table_fail(reader, KNN_NO_MEMORY, record->line,
                              "no memory for the header");
    }

    status = knn_table_names(reader, record);

    if (status == KNN_OK) {
        status = knn_table_twice(reader, list, record->line);
    }

    free(list);

    return status;
}
