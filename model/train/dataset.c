
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dataset.h"
#include "../model.h"


/* True for a name that only a target has. */
static bool
knn_dataset_named(const char *name)
{
    static const char *const names[] = {"target", "label", "class", "species",
                                        "y"};

    size_t i;

    for (i = 0; name != NULL && i < sizeof(names) / sizeof(char *); i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }

    return false;
}


/* True for texts and truth values. */
static bool
knn_dataset_label(const knn_column_t *column)
{
    return column->type == KNN_COLUMN_TEXT
           || column->type == KNN_COLUMN_BOOLEAN;
}


size_t
knn_dataset_target(const knn_table_t *table)
{
    size_t              i, named, labels, last, found;
    const knn_column_t *column;

    named = labels = 0;
    last = found = table->n_columns;

    for (i = 0; i < table->n_columns; i++) {
        column = &table->columns[i];

        if (column->type == KNN_COLUMN_EMPTY) {
            continue;
        }

        last = i;
        labels += knn_dataset_label(column) ? 1 : 0;

        if (knn_dataset_named(column->name)) {
            found = i;
            named++;
        }
    }

    if (named == 0 && labels == 1 && knn_dataset_label(&table->columns[last])) {
        return last;
    }

    return named == 1 ? found : table->n_columns;
}


bool
knn_dataset_classifies(const knn_column_t *target, size_t rows)
{
    size_t i, j, n;
    double seen[KNN_DATASET_CLASSES];

    if (target->type != KNN_COLUMN_INTEGER) {
        return knn_dataset_label(target);
    }

    n = 0;

    for (i = 0; i < rows; i++) {
        if (isnan(target->values[i])) {
            continue;
        }

        for (j = 0; j < n && seen[j] != target->values[i]; j++) {
            /* void */
        }

        if (j == KNN_DATASET_CLASSES) {
            return false;
        }

        seen[j] = target->values[i];
        n += j == n;
    }

    return true;
}


/* The label of a row, of a column that is no text. */
static knn_label_t
knn_dataset_row_label(const knn_column_t *target, size_t row)
{
    knn_label_t label;

    memset(&label, 0, sizeof(knn_label_t));

    if (target->type == KNN_COLUMN_BOOLEAN) {
        label.type = KNN_LABEL_BOOLEAN;
        label.value.boolean = target->values[row] != 0;
    }
    else if (target->type == KNN_COLUMN_INTEGER) {
        label.type = KNN_LABEL_INTEGER;
        label.value.integer = target->integers != NULL
                                  ? target->integers[row]
                                  : (int64_t) target->values[row];
    }
    else {
        label.type = KNN_LABEL_FLOAT;
        label.value.number = target->values[row];
    }

    return label;
}


/* Compares two labels of one type, which are no strings. */
static int
knn_dataset_compare(const void *one, const void *two)
{
    const knn_label_t *a, *b;

    a = one;
    b = two;

    switch (a->type) {

    case KNN_LABEL_BOOLEAN:
        return (int) a->value.boolean - (int) b->value.boolean;

    case KNN_LABEL_INTEGER:
        return (a->value.integer > b->value.integer)
               - (a->value.integer < b->value.integer);

    default:
        return (a->value.number > b->value.number)
               - (a->value.number < b->value.number);
    }
}


/* Fills classes with the different labels of the rows; returns their number. */
static size_t
knn_dataset_labels(const knn_column_t *target, const uint32_t *rows,
                   size_t n_rows, knn_label_t *labels)
{
    size_t i, n;

    for (i = 0; i < n_rows; i++) {
        labels[i] = knn_dataset_row_label(target, rows[i]);
    }

    qsort(labels, n_rows, sizeof(knn_label_t), knn_dataset_compare);

    for (i = 0, n = 0; i < n_rows; i++) {
        if (n == 0 || knn_dataset_compare(&labels[n - 1], &labels[i]) != 0) {
            labels[n++] = labels[i];
        }
    }

    return n;
}


/* The texts of a column as labels, all of which are in some row. */
static void
knn_dataset_texts(const knn_column_t *target, knn_label_t *labels)
{
    size_t i;

    for (i = 0; i < target->n_texts; i++) {
        labels[i].type = KNN_LABEL_STRING;
        labels[i].value.string.data = target->texts[i].data;
        labels[i].value.string.len = target->texts[i].len;
    }
}


/* Makes the classes of the rows. */
static knn_status_e
knn_dataset_classes(knn_dataset_t *data, const knn_column_t *target,
                    const uint32_t *rows, size_t n_rows, size_t table_rows,
                    knn_arena_t *arena, knn_error_t *err)
{
    size_t       i, n;
    uint32_t    *classes;
    knn_label_t *labels, *found, label;

    n = target->type == KNN_COLUMN_TEXT ? target->n_texts : n_rows;
    labels = knn_arena_array(arena, n, sizeof(knn_label_t));
    classes = knn_arena_array(arena, table_rows, sizeof(uint32_t));

    if (labels == NULL || classes == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for %zu labels",
                         n_rows);
    }

    if (target->type == KNN_COLUMN_TEXT) {
        knn_dataset_texts(target, labels);

        for (i = 0; i < n_rows; i++) {
            classes[rows[i]] = (uint32_t) target->values[rows[i]];
        }
    }
    else {
        n = knn_dataset_labels(target, rows, n_rows, labels);

        for (i = 0; i < n_rows; i++) {
            label = knn_dataset_row_label(target, rows[i]);
            found = bsearch(&label, labels, n, sizeof(knn_label_t),
                            knn_dataset_compare);
            classes[rows[i]] = (uint32_t) (found - labels);
        }
    }

    data->output.n_classes = n;
    data->output.classes = labels;
    data->classes = classes;

    return KNN_OK;
}


/* Refuses labels that are quantities. */
static knn_status_e
knn_dataset_whole(const knn_column_t *target, size_t n_rows, knn_error_t *err)
{
    size_t i;

    for (i = 0; target->type == KNN_COLUMN_NUMBER && i < n_rows; i++) {
        if (target->values[i] != floor(target->values[i])
            && !isnan(target->values[i])) {
            return knn_error(err, KNN_VALUE,
                             "the target has fractions such as %g, labels of "
                             "classes have none",
                             target->values[i]);
        }
    }

    return KNN_OK;
}


size_t
knn_dataset_rows(knn_dataset_t *data, const knn_column_t *target, bool classify,
                 size_t n_rows, uint32_t *rows, knn_arena_t *arena,
                 knn_error_t *err)
{
    size_t i, n;

    if (classify && knn_dataset_whole(target, n_rows, err) != KNN_OK) {
        return 0;
    }

    for (i = 0, n = 0; i < n_rows; i++) {
        if (!isnan(target->values[i])) {
            rows[n++] = (uint32_t) i;
        }
    }

    if (n == 0) {
        (void) knn_error(err, KNN_SHAPE, "no row has a target");
        return 0;
    }

    if (!classify) {
        data->values = target->values;
        return n;
    }

    return knn_dataset_classes(data, target, rows, n, n_rows, arena, err)
                   == KNN_OK
               ? n
               : 0;
}


knn_status_e
knn_dataset_inputs(knn_dataset_t *data, const knn_table_t *table, size_t target,
                   knn_arena_t *arena, knn_error_t *err)
{
    size_t              i, n;
    const char        **names;
    const double      **columns;
    knn_feature_t      *inputs;
    const knn_column_t *column;

    names = knn_arena_array(arena, table->n_columns, sizeof(char *));
    columns = knn_arena_array(arena, table->n_columns, sizeof(double *));
    inputs = knn_arena_array(arena, table->n_columns, sizeof(knn_feature_t));

    if (names == NULL || columns == NULL || inputs == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for %zu columns",
                         table->n_columns);
    }

    for (i = 0, n = 0; i < table->n_columns; i++) {
        column = &table->columns[i];

        if (i == target || column->type == KNN_COLUMN_EMPTY) {
            continue;
        }

        if (column->type == KNN_COLUMN_TEXT) {
            inputs[n].n_texts = column->n_texts;
            inputs[n].texts = column->texts;
        }
        else {
            data->missing |= column->missing > 0;
        }

        names[n] = column->name;
        columns[n++] = column->values;
    }

    if (n == 0 || n > KNN_MAX_FEATURES) {
        return knn_error(err, KNN_SHAPE,
                         "there are %zu columns beside the target, there must "
                         "be 1 to %d",
                         n, KNN_MAX_FEATURES);
    }

    data->n_inputs = n;
    data->columns = columns;
    data->inputs = inputs;
    data->names = names[0] == NULL ? NULL : names;

    return KNN_OK;
}
