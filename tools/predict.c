
/*
 * Copyright (C) nginx-knn contributors
 */


#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../codec/csv.h"
#include "../codec/label.h"
#include "../codec/number.h"
#include "../codec/reply.h"
#include "../codec/text.h"
#include "printer.h"
#include "tool.h"


/* rows and numbers that are worked on at a time */
#define KNN_PREDICT_ROWS   4096
#define KNN_PREDICT_VALUES 4194304

#define KNN_PREDICT_READ   262144


typedef struct {
    const knn_model_t      *model;
    const knn_model_info_t *info;
    const char             *rows; /* where they come from */
    unsigned                options;
    unsigned                outputs;

    size_t        batch; /* rows of one query */
    double       *x;
    void         *query;
    knn_reply_t  *reply;
    knn_labels_t  labels;
    size_t        row_size;
    knn_printer_t out;
} knn_predict_t;


/* Adds a label: a string as it is, if it is one line. */
static void
knn_predict_label(knn_predict_t *predict, size_t output, uint32_t class)
{
    size_t             size;
    knn_printer_t     *out;
    const char        *data;
    const knn_label_t *label;

    out = &predict->out;
    label = &predict->info->outputs[output].classes[class];
    knn_reply_label(predict->reply, output, class, &data, &size);

    if (label->type == KNN_LABEL_STRING
        && knn_text_printable(label->value.string.data,
                              label->value.string.len))
    {
        data = label->value.string.data;
        size = label->value.string.len;
    }

    if (knn_printer_room(out, size)) {
        memcpy(out->p, data, size);
        out->p += size;
    }
}


/* Adds a number. */
static void
knn_predict_number(knn_printer_t *out, double value)
{
    if (!isfinite(value)) {
        knn_printer_text(out, "inf");
    }
    else if (knn_printer_room(out, KNN_NUMBER_WRITE)) {
        out->p = knn_number_write(out->p, value);
    }
}


/* Adds the probabilities of a row. */
static void
knn_predict_proba(knn_predict_t *predict, const double *proba)
{
    size_t i;
    size_t j;

    for (i = 0; i < predict->info->n_outputs; i++) {
        for (j = 0; j < predict->info->outputs[i].n_classes; j++) {
            knn_printer_text(&predict->out, "\t");
            knn_predict_label(predict, i, (uint32_t) j);
            knn_printer_text(&predict->out, "=");
            knn_predict_number(&predict->out, *proba++);
        }
    }
}


/* Adds the neighbors of a row: index, distance, labels. */
static void
knn_predict_neighbors(knn_predict_t *predict, const int64_t *indices,
                      const double *distances)
{
    size_t i, j;

    for (i = 0; i < predict->info->n_neighbors; i++) {
        knn_printer_text(&predict->out, "\t");
        knn_printer_count(&predict->out, (size_t) indices[i]);
        knn_printer_text(&predict->out, ":");
        knn_predict_number(&predict->out, distances[i]);

        for (j = 0; j < predict->info->n_outputs; j++) {
            knn_printer_text(&predict->out, ":");
            knn_predict_label(predict, j,
                              knn_model_target(predict->model, indices[i], j));
        }
    }
}


/* Adds the line of a row: the prediction and columns behind tabs. */
static void
knn_predict_line(knn_predict_t *predict, const knn_query_t *query, size_t row)
{
    size_t                  i;
    const knn_model_info_t *info;

    info = predict->info;

    for (i = 0; i < info->n_outputs; i++) {
        knn_printer_text(&predict->out, i == 0 ? "" : "\t");
        knn_predict_label(predict, i,
                          query->classes[row * info->n_outputs + i]);
    }

    if (predict->options & KNN_TOOL_PROBA) {
        knn_predict_proba(predict, query->proba + row * predict->labels.count);
    }

    if (predict->options & KNN_TOOL_NEIGHBORS) {
        knn_predict_neighbors(predict, query->indices + row * info->n_neighbors,
                              query->distances + row * info->n_neighbors);
    }

    if (query->novelty != NULL) {
        knn_printer_text(&predict->out, "\tnovelty=");
        knn_predict_number(&predict->out, query->novelty[row]);
    }

    knn_printer_text(&predict->out, "\n");
}


/* Predicts the rows that have gathered. */
static knn_status_e
knn_predict_rows(void *ctx, knn_matrix_t *matrix)
{
    size_t         row;
    knn_query_t   *query;
    knn_printer_t *out;
    knn_predict_t *predict;

    predict = ctx;
    out = &predict->out;
    query = knn_query_init(predict->query, predict->model, matrix->rows.x,
                           matrix->rows.rows, predict->outputs);

    while (!knn_query_run(query, matrix->rows.rows)) {
        /* void */
    }

    for (row = 0; row < query->rows; row++) {
        if (!(predict->options & KNN_TOOL_JSON)) {
            knn_predict_line(predict, query, row);
        }
        else if (knn_printer_room(out, predict->row_size + 1)) {
            out->p = knn_reply_write_row(predict->reply, query, row, out->p);
            *out->p++ = '\n';
        }
    }

    matrix->rows.rows = 0;

    if (out->error != 0) {
        return knn_matrix_fail(matrix, KNN_IO, NULL, "%s",
                               strerror(out->error));
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
        return knn_tool_refuse("%s: %s", predict->rows,
                               csv->matrix->rows.error.message);
    }

    return KNN_EXIT_DONE;
}


/* The matrix is there before it is asked for. */
static void *
knn_predict_alloc(void *ctx, size_t size)
{
    (void) size;

    return ctx;
}


/* Reads and predicts. */
static int
knn_predict_file(knn_predict_t *predict, const char *model, int fd)
{
    int                   status;
    knn_csv_t             csv;
    knn_matrix_t          matrix;
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.model = model;
    options.info = predict->info;
    options.max_rows = predict->batch;
    options.size = SIZE_MAX;
    options.alloc = knn_predict_alloc;
    options.alloc_ctx = predict->x;

    knn_matrix_init(&matrix, &options);
    matrix.flush = knn_predict_rows;
    matrix.flush_ctx = predict;

    knn_csv_init(&csv, &matrix);
    status = knn_predict_read(predict, &csv, fd);
    knn_csv_free(&csv);

    /* what was written fails for its own reason */

    if (status != KNN_EXIT_DONE && predict->out.error == 0) {
        knn_printer_discard(&predict->out);
        return status;
    }

    return knn_printer_finish(&predict->out);
}


/* Memory of count elements on the boundary that the library wants. */
static void *
knn_predict_memory(size_t count, size_t size)
{
    if (__builtin_mul_overflow(count, size, &size) || size == 0
        || size > SIZE_MAX - KNN_ALIGNMENT)
    {
        return NULL;
    }

    size = (size + KNN_ALIGNMENT - 1) & ~(size_t) (KNN_ALIGNMENT - 1);

    return aligned_alloc(KNN_ALIGNMENT, size);
}


/* Lays out what a batch of rows needs. */
static bool
knn_predict_init(knn_predict_t *predict)
{
    size_t                  values;
    const knn_model_info_t *info;

    info = predict->info;

    if (!knn_labels_init(&predict->labels, info)) {
        return false;
    }

    values = info->n_features + info->n_neighbors + predict->labels.count;
    predict->batch = KNN_PREDICT_VALUES / values + 1;

    if (predict->batch > KNN_PREDICT_ROWS) {
        predict->batch = KNN_PREDICT_ROWS;
    }

    predict->x =
        knn_predict_memory(predict->batch * info->n_features, sizeof(double));
    predict->query = knn_predict_memory(
        knn_query_size(predict->model, predict->batch, predict->outputs), 1);
    predict->reply = knn_reply_create(predict->model, "", "");

    if (predict->x == NULL || predict->query == NULL || predict->reply == NULL)
    {
        return false;
    }

    predict->row_size = knn_reply_row_size(predict->reply, predict->outputs);

    return predict->row_size != 0 && knn_printer_init(&predict->out);
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
    predict.outputs =
        KNN_PREDICT
        | (arguments->options & KNN_TOOL_PROBA ? KNN_PREDICT_PROBA : 0)
        | (arguments->options & KNN_TOOL_NEIGHBORS ? KNN_KNEIGHBORS : 0);

    status = knn_predict_run(&predict, arguments);

    knn_reply_destroy(predict.reply);
    knn_labels_free(&predict.labels);
    free(predict.query);
    free(predict.x);
    knn_model_free(model);

    return status;
}
