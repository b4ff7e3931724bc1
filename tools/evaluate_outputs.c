
/*
 * Copyright (C) nginx-knn contributors
 */


/* The labels of knn evaluate: those of the model, and those of the table. */


#include <stdlib.h>
#include <string.h>

#include "../codec/table/table_cell.h"
#include "evaluation.h"


/* True if a text says a label that is no string. */
static bool
knn_evaluation_says(const knn_datum_t *datum, const knn_label_t *label)
{
    if (datum->type == KNN_COLUMN_TEXT || datum->type == KNN_COLUMN_EMPTY) {
        return false;
    }

    switch (label->type) {

    case KNN_LABEL_BOOLEAN:
        return datum->value == (label->value.boolean ? 1 : 0);

    case KNN_LABEL_INTEGER:
        return datum->type == KNN_COLUMN_INTEGER
                   ? datum->integer == label->value.integer
                   : datum->type == KNN_COLUMN_NUMBER
                         && datum->value == (double) label->value.integer;

    case KNN_LABEL_FLOAT:
        return datum->type != KNN_COLUMN_BOOLEAN
               && datum->value == label->value.number;

    default:
        return false;
    }
}


/* The label that a text is, or n_known. */
static size_t
knn_evaluation_find(const knn_evaluated_t *output, const knn_text_t *text)
{
    size_t             i;
    knn_cell_t         cell;
    knn_datum_t        datum;
    const knn_label_t *label;

    cell.data = text->data;
    cell.size = text->len;
    cell.quoted = false;
    knn_cell_datum(&cell, &datum);

    for (i = 0; i < output->n_known; i++) {
        label = &output->labels[i];

        if (label->type == KNN_LABEL_STRING
                ? label->value.string.len == text->len
                      && memcmp(label->value.string.data, text->data, text->len)
                             == 0
                : knn_evaluation_says(&datum, label))
        {
            break;
        }
    }

    return i;
}


/* Finds the label of every text; those that are none of the model follow. */
static void
knn_evaluation_texts(knn_evaluated_t *output)
{
    size_t            i, number;
    knn_label_t      *label;
    const knn_text_t *text;

    output->n_labels = output->n_known;

    for (i = 0; i < output->column->n_texts; i++) {
        text = &output->column->texts[i];
        number = knn_evaluation_find(output, text);

        if (number == output->n_known) {
            number = output->n_labels++;
            label = &output->labels[number];
            label->type = KNN_LABEL_STRING;
            label->value.string.data = text->data;
            label->value.string.len = text->len;
        }

        output->of_text[i] = number;
    }
}


/* Prepares what is counted of the labels of an output. */
static bool
knn_evaluation_labels(knn_evaluated_t *output, const knn_output_t *of)
{
    size_t i, most;

    output->n_known = of->n_classes + (of->outlier != NULL);
    most = output->n_known + output->column->n_texts;
    output->labels = calloc(most, sizeof(knn_label_t));
    output->of_text = calloc(most, sizeof(size_t));
    output->tallies = calloc(most, sizeof(knn_tally_t));

    if (output->labels == NULL || output->of_text == NULL
        || output->tallies == NULL)
    {
        return false;
    }

    for (i = 0; i < output->n_known; i++) {
        output->labels[i] = i < of->n_classes ? of->classes[i] : *of->outlier;
    }

    knn_evaluation_texts(output);

    if (output->n_labels > KNN_EVALUATION_MATRIX) {
        return true;
    }

    output->matrix =
        calloc(output->n_labels * output->n_labels, sizeof(size_t));

    return output->matrix != NULL;
}


/* Prepares what is compared of a regressor's output. */
static bool
knn_evaluation_values(knn_evaluated_t *output, size_t rows)
{
    output->values = calloc(rows, sizeof(double));
    output->predicted = calloc(rows, sizeof(double));

    return output->values != NULL && output->predicted != NULL;
}


bool
knn_evaluation_outputs(knn_evaluation_t *evaluation)
{
    bool               done;
    size_t             i;
    knn_evaluated_t   *output;
    const knn_table_t *table;

    table = &evaluation->file.reader.table;
    evaluation->outputs =
        calloc(evaluation->info->n_outputs, sizeof(knn_evaluated_t));
    done = evaluation->outputs != NULL;

    for (i = 0; i < evaluation->info->n_outputs && done; i++) {
        output = &evaluation->outputs[i];
        output->column = &table->columns[evaluation->targets[i]];
        done =
            evaluation->info->regressor
                ? knn_evaluation_values(output, table->rows)
                : knn_evaluation_labels(output, &evaluation->info->outputs[i]);
    }

    if (!done) {
        (void) knn_tool_refuse("no memory");
    }

    return done;
}


void
knn_evaluation_free(knn_evaluation_t *evaluation)
{
    size_t           i;
    knn_evaluated_t *output;

    for (i = 0; evaluation->outputs != NULL && i < evaluation->info->n_outputs;
         i++) {
        output = &evaluation->outputs[i];
        free(output->labels);
        free(output->of_text);
        free(output->tallies);
        free(output->matrix);
        free(output->values);
        free(output->predicted);
    }

    free(evaluation->outputs);
}
