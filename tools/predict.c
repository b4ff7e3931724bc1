
/*
 * Copyright (C) nginx-knn contributors
 */


#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "batch.h"
#include "tool.h"


#define KNN_PREDICT_READ 262144


typedef struct {
    const knn_model_t      *model;
    const knn_model_info_t *info;
    const char             *rows; /* where they come from */
    unsigned                options;
    unsigned                outputs;

    knn_batch_t   batch;
    knn_reply_t  *reply;
    knn_printer_t out;
} knn_predict_t;


/* Prints the results of a row. */
static void
knn_predict_print(knn_predict_t *predict, const knn_query_t *query, size_t row)
{
    size_t         size;
    knn_printer_t *out;

    out = &predict->out;

    if (!(predict->options & KNN_TOOL_JSON)) {
        knn_answer_print(out, predict->reply, query, row);
        return;
    }

    size = knn_reply_row_size(predict->reply, query, row);

    if (size == 0) {
        out->error = ENOMEM;
    }
    else if (knn_printer_room(out, size + 1)) {
        out->p = knn_reply_write_row(predict->reply, query, row, out->p);
        *out->p++ = '\n';
    }
}


/* Predicts the rows that have gathered. */
static knn_status_e
knn_predict_rows(void *ctx, knn_matrix_t *matrix)
{
    size_t             row;
    knn_predict_t     *predict;
    const knn_query_t *query;

    predict = ctx;
    query = knn_batch_run(&predict->batch, matrix);

    if (query == NULL) {
        return matrix->rows.error.status;
    }

    for (row = 0; row < query->rows; row++) {
        knn_predict_print(predict, query, row);
    }

    matrix->rows.rows = 0;

    if (predict->out.error != 0) {
        return knn_matrix_fail(matrix, KNN_IO, NULL, "%s",
                               strerror(predict->out.error));
    }

    return KNN_OK;
}


/* Reads all rows of a file. */
static int
knn_predict_read(knn_predict_t *predict, knn_csv_t *csv, int fd)
{
    char        *buf;
    ssize_t      n;
    knn_status_e status;

    buf = malloc(KNN_PREDICT_READ);

    if (buf == NULL) {
        return knn_tool_refuse("no memory");
    }

    status = KNN_OK;

    do {
        n = read(fd, buf, KNN_PREDICT_READ);

        if (n > 0) {
            status = knn_csv_feed(csv, buf, (size_t) n);
        }
    } while (status == KNN_OK && (n > 0 || (n < 0 && errno == EINTR)));

    free(buf);

    if (n < 0) {
        return knn_tool_refuse("%s: %s", predict->rows, strerror(errno));
    }

    if (status == KNN_OK) {
        status = knn_csv_finish(csv);
    }

    if (status == KNN_OK && csv->matrix->rows.rows > 0) {
        status = knn_predict_rows(predict, csv->matrix);
    }

    if (predict->out.error != 0) {
        return KNN_EXIT_REFUSED;
    }

    if (status != KNN_OK) {
        return knn_tool_refuse("%s:%zu: %s", predict->rows,
                               predict->batch.line > 0 ? predict->batch.line
                                                       : csv->lines.number,
                               csv->matrix->rows.error.message);
    }

    return KNN_EXIT_DONE;
}


/* Reads and predicts. */
static int
knn_predict_file(knn_predict_t *predict, const char *model, int fd)
{
    int          status;
    knn_csv_t    csv;
    knn_matrix_t matrix;

    knn_batch_matrix(&predict->batch, model, knn_predict_rows, predict,
                     &matrix);

    knn_csv_init(&csv, &matrix, KNN_FORMAT_CSV);
    csv.row_lines = predict->batch.lines;
    status = knn_predict_read(predict, &csv, fd);
    knn_csv_free(&csv);

    /* what was written fails for its own reason */

    if (status != KNN_EXIT_DONE && predict->out.error == 0) {
        knn_printer_discard(&predict->out);
        return status;
    }

    return knn_printer_finish(&predict->out);
}


/* Lays out what a batch of rows needs. */
static bool
knn_predict_init(knn_predict_t *predict)
{
    predict->reply = knn_reply_create(predict->model, "", "");

    return knn_batch_init(&predict->batch, predict->model, predict->outputs)
           && predict->reply != NULL && knn_printer_init(&predict->out);
}


/* Predicts with a model. */
static int
knn_predict_run(knn_predict_t *predict, const knn_arguments_t *arguments)
{
    int fd, status;

    fd = STDIN_FILENO;

    if (arguments->rows != NULL && strcmp(arguments->rows, "-") != 0) {
        fd = open(arguments->rows, O_RDONLY | O_CLOEXEC);
        predict->rows = arguments->rows;
    }

    if (fd == -1) {
        return knn_tool_refuse("%s: %s", predict->rows, strerror(errno));
    }

    status = knn_predict_init(predict)
                 ? knn_predict_file(predict, arguments->model, fd)
                 : knn_tool_refuse("no memory");

    if (fd != STDIN_FILENO) {
        (void) close(fd);
    }

    return status;
}


/* Finds out what to compute; false if the model does not serve it. */
static bool
knn_predict_choose(knn_predict_t *predict, const knn_arguments_t *arguments)
{
    unsigned    outputs;
    knn_error_t err;

    outputs = (arguments->options & KNN_TOOL_PROBA ? KNN_PREDICT_PROBA : 0)
              | (arguments->options & KNN_TOOL_NEIGHBORS ? KNN_KNEIGHBORS : 0);

    if (knn_outputs_check(outputs, predict->info, arguments->model, &err)
        != KNN_OK) {
        (void) knn_tool_refuse("%s", err.message);
        return false;
    }

    predict->outputs =
        knn_outputs_default(outputs | KNN_PREDICT, predict->info->serves);

    return true;
}


int
knn_tool_predict(const knn_arguments_t *arguments)
{
    int           status;
    knn_model_t  *model;
    knn_predict_t predict;

    model = knn_tool_load(arguments->model);

    if (model == NULL) {
        return KNN_EXIT_REFUSED;
    }

    memset(&predict, 0, sizeof(knn_predict_t));
    predict.model = model;
    predict.info = knn_model_info(model);
    predict.rows = "standard input";
    predict.options = arguments->options;

    status = knn_predict_choose(&predict, arguments)
                 ? knn_predict_run(&predict, arguments)
                 : KNN_EXIT_REFUSED;

    knn_reply_destroy(predict.reply);
    knn_batch_free(&predict.batch);
    knn_model_free(model);

    return status;
}
