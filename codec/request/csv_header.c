
/*
 * Copyright (C) nginx-knn contributors
 */


/* The first line of CSV: a header, or a row already. */


#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "../text/feature.h"


/* what the cells of a line look like */
typedef enum {
    KNN_CSV_ROW = 0, /* a row of values */
    KNN_CSV_TEXTS,   /* texts where there may be texts: names will tell */
    KNN_CSV_HEADER
} knn_csv_line_e;


/* the names that a header has */
typedef struct {
    size_t         count;  /* features that are named */
    size_t         others; /* cells that name none */
    size_t         twice;  /* a feature with two columns, or none */
    unsigned char *seen;   /* [features] */
} knn_csv_names_t;


/* True for a column that takes numbers. */
static bool
knn_csv_takes_numbers(const knn_csv_t *csv, size_t column)
{
    const knn_feature_t *features;

    features = csv->matrix->options.info->features;

    return features == NULL
           || (column < csv->matrix->columns
               && knn_feature_is_number(&features[column]));
}


/* Tells what a line is by what cannot be a value. */
static knn_csv_line_e
knn_csv_look(const knn_csv_t *csv, const char *p, const char *end)
{
    double         value;
    size_t         column;
    knn_cell_t     cell;
    knn_csv_line_e line;

    line = KNN_CSV_ROW;

    for (column = 0;; column++, p++) {
        p = knn_cell_read(p, end, &cell);

        if (!knn_cell_number(&cell, &value) && !knn_cell_boolean(&cell, &value)
            && !knn_cell_missing(&cell) && cell.size <= KNN_REQUEST_NUMBER)
        {
            if (knn_csv_takes_numbers(csv, column)) {
                return KNN_CSV_HEADER;
            }

            line = KNN_CSV_TEXTS;
        }

        if (p == end) {
            return line;
        }
    }
}


/* Finds what each column holds. */
static knn_status_e
knn_csv_map(knn_csv_t *csv, const char *p, const char *end,
            knn_csv_names_t *names)
{
    size_t      column, feature, size;
    knn_cell_t  cell;
    const char *text;

    for (column = 0;; column++, p++) {
        p = knn_cell_read(p, end, &cell);
        text = knn_csv_text(csv, &cell, &size);

        if (text == NULL) {
            return KNN_NO_MEMORY;
        }

        feature = knn_names_find(&csv->names, text, size, names->count);

        if (feature < csv->names.count) {
            csv->map[column] = feature;
            names->twice = names->seen[feature] ? feature : names->twice;
            names->count += !names->seen[feature];
            names->seen[feature] = true;
        }
        else {
            csv->map[column] = KNN_CSV_IGNORED;
            names->others++;
        }

        if (p == end) {
            break;
        }
    }

    csv->map_size = column + 1;

    return KNN_OK;
}


/* Forgets what was found: the order of the columns counts. */
static void
knn_csv_unmap(knn_csv_t *csv)
{
    free(csv->map);
    csv->map = NULL;
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


/* Takes a line for what its names make of it. */
static knn_status_e
knn_csv_decide(knn_csv_t *csv, const char *p, const char *end,
               knn_csv_line_e line, const knn_csv_names_t *names)
{
    if (line == KNN_CSV_TEXTS && names->count < csv->names.count
        && names->others > 0)
    {
        knn_csv_unmap(csv);
        return knn_csv_row(csv, p, end);
    }

    csv->header = true;

    if (names->count == 0) {
        knn_csv_unmap(csv);
        return KNN_OK;
    }

    if (names->count < csv->names.count) {
        return knn_csv_lacks(csv, names->seen);
    }

    if (names->twice != csv->names.count) {
        return knn_matrix_fail(csv->matrix, KNN_MALFORMED, NULL,
                               "the header names feature \"%s\" twice",
                               csv->names.list[names->twice]);
    }

    return KNN_OK;
}


/* Takes memory for the columns of a line, commas in quotes included. */
static bool
knn_csv_alloc(knn_csv_t *csv, const char *p, const char *end,
              knn_csv_names_t *names)
{
    size_t columns;

    columns = 1;

    for (/* void */; p < end; p++) {
        columns += *p == ',';
    }

    csv->map = malloc(columns * sizeof(size_t));
    names->seen = calloc(csv->names.count, 1);

    return csv->map != NULL && names->seen != NULL;
}


knn_status_e
knn_csv_first(knn_csv_t *csv, const char *p, const char *end)
{
    knn_status_e    status;
    knn_csv_line_e  line;
    knn_csv_names_t names;

    line = csv->format == KNN_FORMAT_CSV_HEADER ? KNN_CSV_HEADER
                                                : knn_csv_look(csv, p, end);

    if (line == KNN_CSV_ROW) {
        return knn_csv_row(csv, p, end);
    }

    if (knn_csv_check_text(csv, p, end) != KNN_OK) {
        return KNN_MALFORMED;
    }

    if (line == KNN_CSV_TEXTS && csv->names.count == 0) {
        return knn_csv_row(csv, p, end);
    }

    if (csv->names.count == 0) {
        csv->header = true;
        return KNN_OK;
    }

    memset(&names, 0, sizeof(knn_csv_names_t));
    names.twice = csv->names.count;

    if (!knn_csv_alloc(csv, p, end, &names)
        || knn_csv_map(csv, p, end, &names) != KNN_OK)
    {
        status = knn_matrix_fail(csv->matrix, KNN_NO_MEMORY, NULL,
                                 "no memory to read the header");
    }
    else {
        status = knn_csv_decide(csv, p, end, line, &names);
    }

    free(names.seen);

    return status;
}
