
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluation.h"


/* True if a row has the truth of every output. */
static bool
knn_evaluation_known(const knn_evaluation_t *evaluation, size_t row)
{
    size_t i;

    for (i = 0; i < evaluation->info->n_outputs; i++) {
        if (isnan(evaluation->outputs[i].column->values[row])) {
            return false;
        }
    }

    return true;
}


/* Counts what a row is and what was predicted; true if that is the same. */
static bool
knn_evaluation_count(knn_evaluated_t *output, size_t row, uint32_t class,
                     size_t n_classes)
{
    size_t truth, predicted;

    truth = output->of_text[(size_t) output->column->values[row]];
    predicted = class == KNN_CLASS_OUTLIER ? n_classes : class;

    output->tallies[truth].support++;
    output->tallies[predicted].predicted++;
    output->tallies[truth].correct += truth == predicted;

    if (output->matrix != NULL) {
        output->matrix[truth * output->n_labels + predicted]++;
    }

    return truth == predicted;
}


/* Takes the prediction of a row of the table. */
static void
knn_evaluation_row(knn_evaluation_t *evaluation, const knn_query_t *query,
                   size_t i, size_t row)
{
    bool             correct;
    size_t           j, n;
    knn_evaluated_t *output;

    n = evaluation->info->n_outputs;
    correct = true;

    for (j = 0; j < n; j++) {
        output = &evaluation->outputs[j];

        if (evaluation->info->regressor) {
            output->values[evaluation->rows] = output->column->values[row];
            output->predicted[evaluation->rows] = query->values[i * n + j];
        }
        else {
            correct &=
                knn_evaluation_count(output, row, query->classes[i * n + j],
                                     evaluation->info->outputs[j].n_classes);
        }
    }

    evaluation->rows++;
    evaluation->correct += correct;
}


/* Predicts the rows that have gathered. */
static knn_status_e
knn_evaluation_rows(void *ctx, knn_matrix_t *matrix)
{
    size_t             i;
    knn_evaluation_t  *evaluation;
    const knn_query_t *query;

    evaluation = ctx;
    query = knn_batch_run(&evaluation->batch, matrix);

    if (query == NULL) {
        return matrix->rows.error.status;
    }

    for (i = 0; i < query->rows; i++) {
        if (knn_evaluation_known(evaluation, matrix->flushed + i)) {
            knn_evaluation_row(evaluation, query, i, matrix->flushed + i);
        }
    }

    matrix->rows.rows = 0;

    return KNN_OK;
}


/* Reads the features of all rows, whose columns are known. */
static knn_status_e
knn_evaluation_read(knn_evaluation_t *evaluation, knn_csv_t *csv)
{
    knn_status_e              status;
    const knn_table_reader_t *reader;

    reader = &evaluation->file.reader;
    status =
        knn_csv_feed(csv, reader->data, (size_t) (reader->end - reader->data));

    if (status == KNN_OK) {
        status = knn_csv_finish(csv);
    }

    if (status == KNN_OK && csv->matrix->rows.rows > 0) {
        status = knn_evaluation_rows(evaluation, csv->matrix);
    }

    return status;
}


bool
knn_evaluation_predict(knn_evaluation_t *evaluation)
{
    knn_csv_t    csv;
    knn_matrix_t matrix;
    knn_status_e status;

    if (!knn_batch_init(&evaluation->batch, evaluation->model, KNN_PREDICT)) {
        (void) knn_tool_refuse("no memory");
        return false;
    }

    knn_batch_matrix(&evaluation->batch, evaluation->arguments->model,
                     knn_evaluation_rows, evaluation, &matrix);

    knn_csv_init(&csv, &matrix, KNN_FORMAT_CSV_ROWS);
    csv.map = evaluation->map;
    csv.map_size = evaluation->file.reader.table.n_columns;
    csv.row_lines = evaluation->batch.lines;
    csv.lines.number = evaluation->file.reader.line;

    status = knn_evaluation_read(evaluation, &csv);

    if (status != KNN_OK) {
        (void) knn_tool_refuse("%s:%zu: %s", evaluation->file.name,
                               evaluation->batch.line > 0
                                   ? evaluation->batch.line
                                   : csv.lines.number,
                               matrix.rows.error.message);
    }

    csv.map = NULL;
    knn_csv_free(&csv);

    return status == KNN_OK;
}


/* Evaluates a model that has outputs. */
static int
knn_evaluation_run(knn_evaluation_t *evaluation)
{
    if (!knn_evaluation_table(evaluation) || !knn_evaluation_outputs(evaluation)
        || !knn_evaluation_predict(evaluation))
    {
        return KNN_EXIT_REFUSED;
    }

    if (evaluation->rows == 0) {
        return knn_tool_refuse("%s: no row has a target",
                               evaluation->file.name);
    }

    return knn_evaluation_report(evaluation);
}


int
knn_tool_evaluate(const knn_arguments_t *arguments)
{
    int              status;
    knn_model_t     *model;
    knn_evaluation_t evaluation;

    memset(&evaluation, 0, sizeof(knn_evaluation_t));
    evaluation.arguments = arguments;

    status = knn_table_file_header(arguments, &evaluation.header);

    if (status != KNN_EXIT_DONE) {
        return status;
    }

    model = knn_tool_load(arguments->model);

    if (model == NULL) {
        return KNN_EXIT_REFUSED;
    }

    evaluation.model = model;
    evaluation.info = knn_model_info(model);

    status = evaluation.info->n_outputs == 0
                 ? knn_tool_refuse("%s: %s predicts nothing", arguments->model,
                                   evaluation.info->estimator)
                 : knn_evaluation_run(&evaluation);

    knn_evaluation_free(&evaluation);
    knn_batch_free(&evaluation.batch);
    knn_table_file_close(&evaluation.file);
    free(evaluation.targets);
    free(evaluation.map);
    knn_model_free(model);

    return status;
}
