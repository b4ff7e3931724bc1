
/*
 * Copyright (C) nginx-knn contributors
 */


/* The table of knn train: which columns are used, and for what. */


#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "training.h"


/* fewer rows say nothing of what is in every one of them */
#define KNN_TRAINING_FEW 10

/* columns that are pointed out, the others are only counted */
#define KNN_TRAINING_NOTES 5

/* room for what a column is called */
#define KNN_TRAINING_NAME (KNN_TABLE_NAME + 16)


/* What a column is called, by its name or by its number. */
static const char *
knn_training_called(const knn_training_t *training, size_t number, char *buf)
{
    const char *name;

    name = training->file.reader.table.columns[number].name;

    if (name == NULL || *name == '\0') {
        (void) snprintf(buf, KNN_TRAINING_NAME, "column %zu", number + 1);
    }
    else {
        (void) snprintf(buf, KNN_TRAINING_NAME, "column \"%s\"", name);
    }

    return buf;
}


/* Says something of a column, count being how many were pointed out. */
static void
knn_training_point(const knn_training_t *training, size_t number,
                   const char *what, size_t *count)
{
    char buf[KNN_TRAINING_NAME];

    if ((*count)++ < KNN_TRAINING_NOTES) {
        knn_training_note(training, "%s %s",
                          knn_training_called(training, number, buf), what);
    }
}


/* Says how many columns were not pointed out. */
static void
knn_training_more(const knn_training_t *training, size_t count)
{
    if (count > KNN_TRAINING_NOTES) {
        knn_training_note(training, "and so on, %zu columns in all", count);
    }
}


/* Leaves out the columns that have no name or no value. */
static void
knn_training_empty(knn_training_t *training)
{
    bool          nameless;
    size_t        i, count;
    knn_table_t  *table;
    knn_column_t *column;

    table = &training->file.reader.table;
    count = 0;

    for (i = 0; i < table->n_columns; i++) {
        column = &table->columns[i];
        nameless = column->name != NULL && *column->name == '\0';

        if (nameless || column->type == KNN_COLUMN_EMPTY) {
            knn_training_point(training, i,
                               nameless ? "has no name and is left out"
                                        : "has no value and is left out",
                               &count);
            column->type = KNN_COLUMN_EMPTY;
        }
    }

    knn_training_more(training, count);
}


/* Leaves out the columns that are not wanted. */
static bool
knn_training_drop(knn_training_t *training)
{
    size_t                 i, column;
    knn_table_t           *table;
    const knn_arguments_t *arguments;

    table = &training->file.reader.table;
    arguments = training->arguments;

    for (i = 0; i < arguments->n_values; i++) {
        if (arguments->values[i].option != KNN_TOOL_DROP) {
            continue;
        }

        column =
            knn_table_file_column(&training->file, arguments->values[i].value);

        if (column == table->n_columns) {
            return false;
        }

        table->columns[column].type = KNN_COLUMN_EMPTY;
    }

    return true;
}


/* Finds the target. */
static bool
knn_training_target(knn_training_t *training)
{
    char               buf[KNN_TRAINING_NAME];
    const char        *name;
    const knn_table_t *table;

    table = &training->file.reader.table;
    name = knn_tool_value(training->arguments, KNN_TOOL_TARGET, NULL);

    if (name == NULL) {
        training->target = knn_dataset_target(table);

        if (training->target == table->n_columns) {
            (void) knn_tool_refuse("%s: which column is the target is not "
                                   "clear, name it by --target",
                                   training->file.name);
            return false;
        }

        knn_training_note(training, "%s is taken for the target",
                          knn_training_called(training, training->target, buf));
        return true;
    }

    training->target = knn_table_file_column(&training->file, name);

    if (training->target == table->n_columns) {
        return false;
    }

    if (table->columns[training->target].type == KNN_COLUMN_EMPTY) {
        (void) knn_tool_refuse(
            "%s: the target, %s, has no value", training->file.name,
            knn_training_called(training, training->target, buf));
        return false;
    }

    return true;
}


/* Refuses numbers that are infinite, and texts that should be numbers. */
static bool
knn_training_finite(const knn_training_t *training)
{
    char                buf[KNN_TRAINING_NAME];
    size_t              i;
    const knn_table_t  *table;
    const knn_column_t *column;

    table = &training->file.reader.table;

    for (i = 0; i < table->n_columns; i++) {
        column = &table->columns[i];

        if (column->type == KNN_COLUMN_NUMBER && column->infinite > 0) {
            (void) knn_tool_refuse("%s:%zu: %s is infinite or beyond the range "
                                   "of numbers",
                                   training->file.name, column->infinite,
                                   knn_training_called(training, i, buf));
            return false;
        }
    }

    column = &table->columns[training->target];

    if (training->task == KNN_TASK_REGRESS && column->type == KNN_COLUMN_TEXT) {
        (void) knn_tool_refuse(
            "%s:%zu: %s is text, but --task regress takes "
            "numbers",
            training->file.name, column->text,
            knn_training_called(training, training->target, buf));
        return false;
    }

    return true;
}


/* True for numbers that are all the same. */
static bool
knn_training_constant(const knn_column_t *column, size_t rows)
{
    size_t i;

    for (i = 1; i < rows; i++) {
        if (column->values[i] != column->values[0]) {
            return false;
        }
    }

    return true;
}


/* True for texts that all differ, and for integers that always ascend. */
static bool
knn_training_numbering(const knn_column_t *column, size_t rows)
{
    size_t i;

    if (column->type == KNN_COLUMN_TEXT) {
        return column->n_texts + column->missing == rows;
    }

    for (i = 1; i < rows && column->type == KNN_COLUMN_INTEGER; i++) {
        if (!(column->values[i] > column->values[i - 1])) {
            return false;
        }
    }

    return column->type == KNN_COLUMN_INTEGER;
}


/* Points out features that tell nothing. */
static void
knn_training_useless(const knn_training_t *training)
{
    size_t              i, count;
    const knn_table_t  *table;
    const knn_column_t *column;

    table = &training->file.reader.table;
    count = 0;

    for (i = 0; i < table->n_columns && table->rows >= KNN_TRAINING_FEW; i++) {
        column = &table->columns[i];

        if (i == training->target || column->type == KNN_COLUMN_EMPTY) {
            continue;
        }

        if (knn_training_constant(column, table->rows)) {
            knn_training_point(training, i, "is the same in every row", &count);
        }
        else if (knn_training_numbering(column, table->rows)) {
            knn_training_point(training, i,
                               "seems to number the rows: leave it out by "
                               "--drop if so",
                               &count);
        }
    }

    knn_training_more(training, count);
}


/* Finds the rows, their targets and their features. */
static bool
knn_training_dataset(knn_training_t *training)
{
    knn_error_t         err;
    const knn_table_t  *table;
    const knn_column_t *target;

    table = &training->file.reader.table;
    target = &table->columns[training->target];

    training->classify = training->task == KNN_TASK_AUTO
                             ? knn_dataset_classifies(target, table->rows)
                             : training->task == KNN_TASK_CLASSIFY;

    if (table->rows > UINT32_MAX) {
        (void) knn_tool_refuse("%s: there are %zu rows, at most %u are read",
                               training->file.name, table->rows, UINT32_MAX);
        return false;
    }

    training->rows = calloc(table->rows, sizeof(uint32_t));

    if (training->rows == NULL) {
        (void) knn_tool_refuse("no memory for %zu rows", table->rows);
        return false;
    }

    training->n_rows =
        knn_dataset_rows(&training->data, target, training->classify,
                         table->rows, training->rows, training->arena, &err);

    if (training->n_rows == 0
        || knn_dataset_inputs(&training->data, table, training->target,
                              training->arena, &err)
               != KNN_OK)
    {
        (void) knn_tool_refuse("%s: %s", training->file.name, err.message);
        return false;
    }

    if (training->n_rows < table->rows) {
        knn_training_note(training, "%zu rows have no target and are left out",
                          table->rows - training->n_rows);
    }

    return true;
}


bool
knn_training_table(knn_training_t *training)
{
    if (!knn_table_file_open(&training->file, training->arguments->model,
                             training->header))
    {
        return false;
    }

    knn_training_empty(training);

    if (!knn_training_drop(training) || !knn_training_target(training)
        || !knn_training_finite(training)
        || !knn_table_file_fill(&training->file))
    {
        return false;
    }

    knn_table_file_drop(&training->file);
    knn_training_useless(training);

    return knn_training_dataset(training);
}
