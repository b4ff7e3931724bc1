
/*
 * Copyright (C) nginx-knn contributors
 */


/* The table of knn evaluate: which columns are features, and which targets. */


#include <stdlib.h>
#include <string.h>

#include "../codec/text/names.h"
#include "../model/train/dataset.h"
#include "evaluation.h"


/* Finds the columns of the features by their names; how many features have one. */
static size_t
knn_evaluation_named(knn_evaluation_t *evaluation, bool *found)
{
    size_t             i, feature, count;
    const char        *name;
    knn_names_t        names;
    const knn_table_t *table;

    table = &evaluation->file.reader.table;
    count = 0;

    knn_names_init(&names, evaluation->info->feature_names,
                   evaluation->info->n_features);

    for (i = 0; i < table->n_columns; i++) {
        name = table->columns[i].name;
        feature = knn_names_find(&names, name, strlen(name), i);

        if (feature < names.count) {
            evaluation->map[i] = feature;
            found[feature] = true;
            count++;
        }
    }

    knn_names_free(&names);

    return count;
}


/* Refuses a table that lacks features. */
static bool
knn_evaluation_lacks(const knn_evaluation_t *evaluation, const bool *found,
                     size_t count)
{
    size_t i;

    for (i = 0; found[i]; i++) {
        /* void */
    }

    (void) knn_tool_refuse("%s: there is no column \"%s\", and the model has "
                           "%zu such features",
                           evaluation->file.name,
                           evaluation->info->feature_names[i],
                           evaluation->info->n_features - count);

    return false;
}


/* Maps columns to features by name, if there are names; false if refused. */
static bool
knn_evaluation_map(knn_evaluation_t *evaluation, bool *mapped)
{
    bool  *found, done;
    size_t i, count;

    *mapped = false;

    for (i = 0; i < evaluation->file.reader.table.n_columns; i++) {
        evaluation->map[i] = KNN_CSV_IGNORED;
    }

    if (evaluation->info->feature_names == NULL
        || evaluation->file.reader.table.columns[0].name == NULL)
    {
        return true;
    }

    found = calloc(evaluation->info->n_features, sizeof(bool));

    if (found == NULL) {
        (void) knn_tool_refuse("no memory");
        return false;
    }

    count = knn_evaluation_named(evaluation, found);
    *mapped = count > 0;
    done = count == 0 || count == evaluation->info->n_features
           || knn_evaluation_lacks(evaluation, found, count);
    free(found);

    return done;
}


/* Maps all columns but the targets to features in their order. */
static bool
knn_evaluation_order(knn_evaluation_t *evaluation)
{
    size_t             i, j, feature;
    const knn_table_t *table;

    table = &evaluation->file.reader.table;
    feature = 0;

    for (i = 0; i < table->n_columns; i++) {
        for (j = 0; j < evaluation->info->n_outputs; j++) {
            if (evaluation->targets[j] == i) {
                break;
            }
        }

        if (j == evaluation->info->n_outputs) {
            evaluation->map[i] = feature++;
        }
    }

    if (feature != evaluation->info->n_features) {
        (void) knn_tool_refuse("%s: there are %zu columns beside the target, "
                               "but the model has %zu features",
                               evaluation->file.name, feature,
                               evaluation->info->n_features);
        return false;
    }

    return true;
}


/* Finds the target when nobody names it. */
static bool
knn_evaluation_guess(knn_evaluation_t *evaluation)
{
    size_t       i, count;
    knn_table_t *table;

    table = &evaluation->file.reader.table;
    count = 0;

    for (i = 0; i < table->n_columns; i++) {
        if (evaluation->map[i] != KNN_CSV_IGNORED) {
            table->columns[i].type = KNN_COLUMN_EMPTY;
        }
        else {
            evaluation->targets[0] = i;
            count++;
        }
    }

    if (count != 1) {
        evaluation->targets[0] = knn_dataset_target(table);
    }

    if (evaluation->targets[0] == table->n_columns
        || evaluation->info->n_outputs != 1)
    {
        (void) knn_tool_refuse("%s: which column is the target is not clear, "
                               "name it by --target",
                               evaluation->file.name);
        return false;
    }

    return true;
}


/* Finds the columns that --target names, one for each output. */
static bool
knn_evaluation_targets(knn_evaluation_t *evaluation)
{
    size_t                 i, n;
    const knn_arguments_t *arguments;

    arguments = evaluation->arguments;

    if (!(arguments->options & KNN_TOOL_TARGET)) {
        return knn_evaluation_guess(evaluation);
    }

    for (i = 0, n = 0; i < arguments->n_values; i++) {
        if (arguments->values[i].option != KNN_TOOL_TARGET) {
            continue;
        }

        if (n < evaluation->info->n_outputs) {
            evaluation->targets[n] = knn_table_file_column(
                &evaluation->file, arguments->values[i].value);

            if (evaluation->targets[n]
                == evaluation->file.reader.table.n_columns) {
                return false;
            }
        }

        n++;
    }

    if (n != evaluation->info->n_outputs) {
        (void) knn_tool_refuse("%s: the model has %zu output%s, name as many "
                               "columns by --target",
                               arguments->model, evaluation->info->n_outputs,
                               evaluation->info->n_outputs == 1 ? "" : "s");
        return false;
    }

    return true;
}


/* Chooses what is read of the columns: the truth, of features nothing here. */
static bool
knn_evaluation_types(knn_evaluation_t *evaluation)
{
    size_t        i;
    knn_table_t  *table;
    knn_column_t *target;

    table = &evaluation->file.reader.table;

    for (i = 0; i < table->n_columns; i++) {
        table->columns[i].type = KNN_COLUMN_EMPTY;
    }

    for (i = 0; i < evaluation->info->n_outputs; i++) {
        target = &table->columns[evaluation->targets[i]];
        target->type =
            evaluation->info->regressor ? KNN_COLUMN_NUMBER : KNN_COLUMN_TEXT;

        if (evaluation->info->regressor
            && (target->text > 0 || target->infinite > 0)) {
            (void) knn_tool_refuse(
                "%s:%zu: the target is no finite number", evaluation->file.name,
                target->text > 0 ? target->text : target->infinite);
            return false;
        }
    }

    return true;
}


bool
knn_evaluation_table(knn_evaluation_t *evaluation)
{
    bool        mapped;
    const char *path;

    path = evaluation->arguments->rows;

    if (!knn_table_file_open(&evaluation->file, path == NULL ? "-" : path,
                             evaluation->header))
    {
        return false;
    }

    evaluation->map =
        calloc(evaluation->file.reader.table.n_columns, sizeof(size_t));
    evaluation->targets = calloc(evaluation->info->n_outputs, sizeof(size_t));

    if (evaluation->map == NULL || evaluation->targets == NULL) {
        (void) knn_tool_refuse("no memory");
        return false;
    }

    return knn_evaluation_map(evaluation, &mapped)
           && knn_evaluation_targets(evaluation)
           && (mapped || knn_evaluation_order(evaluation))
           && knn_evaluation_types(evaluation)
           && knn_table_file_fill(&evaluation->file);
}
