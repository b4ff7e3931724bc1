
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "../codec/text/number.h"
#include "../codec/text/text.h"
#include "answer.h"


typedef struct {
    knn_printer_t          *out;
    const knn_reply_t      *reply;
    const knn_query_t      *query;
    const knn_model_info_t *info;
    const char             *tab; /* before the next column */
} knn_answer_t;


/* Begins a column. */
static void
knn_answer_column(knn_answer_t *answer)
{
    knn_printer_text(answer->out, answer->tab);
    answer->tab = "\t";
}


/* Adds a label: a string as it is, if it is one line. */
static void
knn_answer_label(knn_answer_t *answer, size_t output, uint32_t class)
{
    size_t              size;
    const char         *data;
    const knn_label_t  *label;
    const knn_output_t *of;

    of = &answer->info->outputs[output];
    label = class == KNN_CLASS_OUTLIER ? of->outlier : &of->classes[class];
    knn_reply_label(answer->reply, output, class, &data, &size);

    if (label->type == KNN_LABEL_STRING
        && knn_text_printable(label->value.string.data,
                              label->value.string.len))
    {
        data = label->value.string.data;
        size = label->value.string.len;
    }

    knn_printer_bytes(answer->out, data, size);
}


/* Adds a number. */
static void
knn_answer_number(knn_answer_t *answer, double value)
{
    if (isnan(value)) {
        knn_printer_text(answer->out, "nan");
    }
    else if (isinf(value)) {
        knn_printer_text(answer->out, value < 0 ? "-inf" : "inf");
    }
    else {
        knn_printer_number(answer->out, value);
    }
}


/* Adds what is predicted. */
static void
knn_answer_prediction(knn_answer_t *answer, size_t row)
{
    size_t i, n;

    n = answer->info->n_outputs;

    for (i = 0; i < n; i++) {
        knn_answer_column(answer);

        if (answer->info->regressor) {
            knn_answer_number(answer, answer->query->values[row * n + i]);
        }
        else {
            knn_answer_label(answer, i, answer->query->classes[row * n + i]);
        }
    }
}


/* Adds the probabilities of all labels. */
static void
knn_answer_proba(knn_answer_t *answer, size_t row)
{
    size_t        i, j, count;
    const double *proba;

    count = 0;

    for (i = 0; i < answer->info->n_outputs; i++) {
        count += answer->info->outputs[i].n_classes;
    }

    proba = answer->query->proba + row * count;

    for (i = 0; i < answer->info->n_outputs; i++) {
        for (j = 0; j < answer->info->outputs[i].n_classes; j++) {
            knn_answer_column(answer);
            knn_answer_label(answer, i, (uint32_t) j);
            knn_printer_text(answer->out, "=");
            knn_answer_number(answer, *proba++);
        }
    }
}


/* Adds a neighbor. */
static void
knn_answer_neighbor(knn_answer_t *answer, int64_t index, double distance)
{
    size_t             i;
    const knn_model_t *model;

    model = answer->query->model;

    knn_answer_column(answer);
    knn_printer_count(answer->out, (size_t) index);
    knn_printer_text(answer->out, ":");
    knn_answer_number(answer, distance);

    for (i = 0; i < answer->info->n_outputs; i++) {
        knn_printer_text(answer->out, ":");

        if (answer->info->regressor) {
            knn_answer_number(answer, knn_model_value(model, index, i));
        }
        else {
            knn_answer_label(answer, i, knn_model_target(model, index, i));
        }
    }
}


void
knn_answer_print(knn_printer_t *out, const knn_reply_t *reply,
                 const knn_query_t *query, size_t row)
{
    size_t       i;
    knn_answer_t answer;

    answer.out = out;
    answer.reply = reply;
    answer.query = query;
    answer.info = knn_model_info(query->model);
    answer.tab = "";

    if (query->outputs & KNN_PREDICT) {
        knn_answer_prediction(&answer, row);
    }

    if (query->outputs & KNN_PREDICT_PROBA) {
        knn_answer_proba(&answer, row);
    }

    if (query->outputs & KNN_KNEIGHBORS) {
        for (i = query->first[row]; i < query->first[row + 1]; i++) {
            knn_answer_neighbor(&answer, query->indices[i],
                                query->distances[i]);
        }
    }

    if (query->outputs & (KNN_PREDICT_PROBA | KNN_KNEIGHBORS)) {
        knn_answer_column(&answer);
        knn_printer_text(out, "novelty=");
        knn_answer_number(&answer, query->novelty[row]);
    }

    knn_printer_text(out, "\n");
}
