
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../reply/label.h"
#include "../text/number.h"
#include "samples.h"
#include "../text/text.h"
#include "writer.h"


/* brackets, commas and names around a value */
#define KNN_SAMPLES_AROUND 32


struct knn_samples_s {
    const knn_model_t      *model;
    const knn_model_info_t *info;
    const char             *name;
    const char             *version;
    size_t                  total;
    uint32_t               *places;
    knn_labels_t            labels;
    char                   *head;
    size_t                  head_size;
    size_t                  value_size; /* the longest of a column */
};


/* the members whose values are an array of one for each row, in order */
typedef enum {
    KNN_SAMPLES_INDEX = 0,
    KNN_SAMPLES_TARGETS,
    KNN_SAMPLES_X,
    KNN_SAMPLES_END
} knn_samples_member_e;


/* Writes what does not depend on the rows. */
static void
knn_samples_write_head(knn_writer_t *writer, const void *data)
{
    const knn_samples_t *samples = data;

    knn_writer_text(writer, "{\"model\":", samples->name);
    knn_writer_text(writer, ",\"version\":", samples->version);
    knn_writer_list(writer, ",\"feature_names\":", samples->info->feature_names,
                    samples->info->n_features);
    knn_writer_count(writer, ",\"total\":", samples->total);
}


/* The bytes that the longest value of a column takes. */
static size_t
knn_samples_longest(const knn_model_info_t *info)
{
    size_t i, j, longest;

    longest = KNN_NUMBER_WRITE;

    for (i = 0; info->features != NULL && i < info->n_features; i++) {
        for (j = 0; j < info->features[i].n_texts; j++) {
            if (longest < info->features[i].texts[j].len * KNN_TEXT_ESCAPE) {
                longest = info->features[i].texts[j].len * KNN_TEXT_ESCAPE;
            }
        }
    }

    return longest;
}


knn_samples_t *
knn_samples_create(const knn_model_t *model, const char *name,
                   const char *version)
{
    knn_samples_t *samples;

    samples = calloc(1, sizeof(knn_samples_t));

    if (samples == NULL) {
        return NULL;
    }

    samples->model = model;
    samples->info = knn_model_info(model);
    samples->name = name;
    samples->version = version;
    samples->value_size = knn_samples_longest(samples->info);

    if (samples->info->ranges != NULL) {
        samples->total = samples->info->n_samples;
    }

    samples->places = malloc((samples->total + 1) * sizeof(uint32_t));
    samples->head = knn_writer_document(knn_samples_write_head, samples,
                                        &samples->head_size);

    if (!knn_labels_init(&samples->labels, samples->info)
        || samples->places == NULL || samples->head == NULL)
    {
        knn_samples_destroy(samples);
        return NULL;
    }

    if (samples->total > 0) {
        knn_model_places(model, samples->places);
    }

    return samples;
}


void
knn_samples_destroy(knn_samples_t *samples)
{
    if (samples == NULL) {
        return;
    }

    knn_labels_free(&samples->labels);
    free(samples->places);
    free(samples->head);
    free(samples);
}


size_t
knn_samples_total(const knn_samples_t *samples)
{
    return samples->total;
}


size_t
knn_samples_most(const knn_model_info_t *info)
{
    size_t most;

    most = KNN_SAMPLES_VALUES / info->n_features;
    most = (most == 0) ? 1 : most;

    return (most < KNN_SAMPLES_ROWS) ? most : KNN_SAMPLES_ROWS;
}


size_t
knn_samples_memory(const knn_samples_t *samples)
{
    return knn_model_row_size(samples->model) * sizeof(double);
}


size_t
knn_samples_piece(const knn_samples_t *samples)
{
    size_t size;

    size = samples->labels.longest
           + samples->info->n_outputs * (KNN_NUMBER_WRITE + 1);
    size = (size > samples->value_size) ? size : samples->value_size;

    return size + KNN_SAMPLES_AROUND;
}


void
knn_samples_begin(knn_samples_writer_t *writer, const knn_samples_t *samples,
                  const int64_t *rows, size_t n, void *memory)
{
    memset(writer, 0, sizeof(knn_samples_writer_t));

    writer->samples = samples;
    writer->rows = rows;
    writer->n = n;
    writer->x = memory;
}


const char *
knn_samples_head(const knn_samples_t *samples, size_t *size)
{
    *size = samples->head_size;

    return samples->head;
}


/* The number of the row that is written. */
static int64_t
knn_samples_number(const knn_samples_writer_t *writer)
{
    return (writer->rows != NULL)
               ? writer->rows[writer->row]
               : (int64_t) (writer->row * writer->samples->total / writer->n);
}


/* A number, if it is one. */
static void
knn_samples_real(double value, knn_writer_t *out)
{
    if (isfinite(value)) {
        knn_writer_number(out, "", value);
    }
    else {
        knn_writer_literal(out, "null");
    }
}


/* A row's labels or values. */
static void
knn_samples_targets(const knn_samples_t *samples, int64_t row,
                    knn_writer_t *out)
{
    size_t                  i, n;
    const knn_piece_t      *label;
    const knn_model_info_t *info;

    info = samples->info;
    n = info->n_outputs;

    for (i = 0; i < n; i++) {
        knn_writer_literal(out, i > 0 ? "," : n > 1 ? "[" : "");

        if (info->regressor) {
            knn_samples_real(knn_model_value(samples->model, row, i), out);
        }
        else {
            label = knn_labels_get(&samples->labels, i,
                                   knn_model_target(samples->model, row, i));
            knn_writer_add(out, label->data, label->size);
        }
    }

    knn_writer_literal(out, n > 1 ? "]" : "");
}


/* A row's value in a column. */
static void
knn_samples_value(const knn_model_info_t *info, size_t column, double value,
                  knn_writer_t *out)
{
    size_t            n;
    const knn_text_t *text;

    n = (info->features != NULL) ? info->features[column].n_texts : 0;

    if (n > 0 && value >= 0 && value < (double) n) {
        text = &info->features[column].texts[(size_t) value];
        knn_writer_string(out, text->data, text->len);
    }
    else {
        knn_samples_real(n > 0 ? NAN : value, out);
    }
}


/* The next value of the columns; true behind the last one of a row. */
static bool
knn_samples_cell(knn_samples_writer_t *writer, knn_writer_t *out)
{
    const knn_samples_t *samples;

    samples = writer->samples;

    if (writer->column == 0) {
        knn_model_row(samples->model, samples->places,
                      knn_samples_number(writer), writer->x);
    }

    knn_writer_literal(out, writer->column == 0 ? "[" : ",");
    knn_samples_value(samples->info, writer->column, writer->x[writer->column],
                      out);

    if (++writer->column < samples->info->n_features) {
        return false;
    }

    knn_writer_literal(out, "]");
    writer->column = 0;

    return true;
}


/* What a row has in the member that is written; true when that is all. */
static bool
knn_samples_item(knn_samples_writer_t *writer, knn_writer_t *out)
{
    int64_t number;

    if (writer->row > 0 && writer->column == 0) {
        knn_writer_literal(out, ",");
    }

    number = knn_samples_number(writer);

    switch (writer->member) {

    case KNN_SAMPLES_INDEX:
        knn_writer_count(out, "", (size_t) number);
        return true;

    case KNN_SAMPLES_TARGETS:
        knn_samples_targets(writer->samples, number, out);
        return true;

    default:
        return knn_samples_cell(writer, out);
    }
}


/* The name of a member, NULL for one that the model has not. */
static const char *
knn_samples_name(const knn_samples_writer_t *writer)
{
    const knn_model_info_t *info;

    info = writer->samples->info;

    switch (writer->member) {

    case KNN_SAMPLES_INDEX:
        return ",\"index\":[";

    case KNN_SAMPLES_TARGETS:
        return info->n_outputs == 0 ? NULL
               : info->regressor    ? ",\"values\":["
                                    : ",\"labels\":[";

    default:
        return ",\"rows\":[";
    }
}


size_t
knn_samples_run(knn_samples_writer_t *writer, char *buf, size_t size)
{
    size_t       room;
    knn_writer_t out;

    out = (knn_writer_t){.p = buf};
    room = knn_samples_piece(writer->samples);

    while (writer->member < KNN_SAMPLES_END && size - out.size >= room) {

        if (knn_samples_name(writer) == NULL) {
            writer->member++;
            continue;
        }

        if (writer->row == 0 && writer->column == 0) {
            knn_writer_literal(&out, knn_samples_name(writer));
        }

        if (writer->row < writer->n && knn_samples_item(writer, &out)) {
            writer->row++;
        }

        if (writer->row == writer->n) {
            writer->row = 0;
            writer->member++;
            knn_writer_literal(&out,
                               writer->member < KNN_SAMPLES_END ? "]" : "]}");
        }
    }

    return out.size;
}


bool
knn_samples_done(const knn_samples_writer_t *writer)
{
    return writer->member == KNN_SAMPLES_END;
}
