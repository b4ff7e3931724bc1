
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "document_part.h"
#include "../text/feature.h"


/* what the document of a model is made of */
typedef struct {
    const knn_model_info_t *info;
    const knn_labels_t     *labels;
    const char             *name;
    const char             *version;
} knn_document_t;


/* Adds the names of the outputs that a request may ask for. */
static void
knn_document_serves(knn_writer_t *writer, unsigned serves)
{
    size_t i;

    knn_writer_literal(writer, ",\"serves\":");

    for (i = 0; i < KNN_OUTPUTS; i++) {
        if (serves & knn_output_names[i].output) {
            knn_writer_text(
                writer, serves & (knn_output_names[i].output - 1) ? "," : "[",
                knn_output_names[i].name);
        }
    }

    knn_writer_literal(writer, "]");
}


/* Adds what a column takes that is not a plain number. */
static void
knn_document_feature(knn_writer_t *writer, const knn_feature_t *feature)
{
    size_t i;

    knn_writer_literal(writer, "\"type\":");
    knn_writer_literal(writer, knn_feature_is_number(feature) ? "\"number\""
                               : feature->n_texts > 0         ? "\"string\""
                                                              : "\"any\"");

    if (feature->n_texts > 0) {
        knn_writer_literal(writer, ",\"categories\":[");

        for (i = 0; i < feature->n_texts; i++) {
            knn_writer_literal(writer, i == 0 ? "" : ",");
            knn_writer_string(writer, feature->texts[i].data,
                              feature->texts[i].len);
        }

        knn_writer_literal(writer, feature->open ? "],\"others\":true"
                                                 : "],\"others\":false");
    }

    knn_writer_literal(writer, feature->missing ? ",\"missing\":true"
                                                : ",\"missing\":false");
}


/* Adds what the training data had in a column. */
static void
knn_document_range(knn_writer_t *writer, const knn_range_t *range)
{
    if (isfinite(range->min)) {
        knn_writer_number(writer, ",\"minimum\":", range->min);
        knn_writer_number(writer, ",\"maximum\":", range->max);
    }
}


/* Adds what each column takes. */
static void
knn_document_columns(knn_writer_t *writer, const knn_model_info_t *info)
{
    size_t              i;
    const knn_feature_t number = {false, false, 0, NULL};

    knn_writer_literal(writer, ",\"columns\":[");

    for (i = 0; i < info->n_features; i++) {
        knn_writer_literal(writer, i == 0 ? "{" : ",{");

        if (info->feature_names != NULL) {
            knn_writer_text(writer, "\"name\":", info->feature_names[i]);
            knn_writer_literal(writer, ",");
        }

        knn_document_feature(
            writer, info->features == NULL ? &number : &info->features[i]);

        if (info->ranges != NULL) {
            knn_document_range(writer, &info->ranges[i]);
        }

        knn_writer_literal(writer, "}");
    }

    knn_writer_literal(writer, "]");
}


/* Adds the classes of an output. */
static void
knn_document_classes(knn_writer_t *writer, const knn_model_info_t *info,
                     const knn_labels_t *labels, size_t output)
{
    const knn_piece_t *label;

    knn_writer_literal(writer, ",\"classes\":");
    knn_document_list_classes(writer, info, labels, output);

    if (info->outputs[output].outlier != NULL) {
        label = knn_labels_get(labels, output, KNN_CLASS_OUTLIER);
        knn_writer_literal(writer, ",\"outlier_label\":");
        knn_writer_add(writer, label->data, label->size);
    }
}


/* Adds what is predicted. */
static void
knn_document_outputs(knn_writer_t *writer, const knn_model_info_t *info,
                     const knn_labels_t *labels)
{
    size_t i;

    knn_writer_literal(writer, ",\"outputs\":[");

    for (i = 0; i < info->n_outputs; i++) {
        knn_writer_literal(writer, i == 0 ? "" : ",");
        knn_writer_literal(writer, info->regressor ? "{\"type\":\"number\""
                                                   : "{\"type\":\"class\"");

        if (!info->regressor) {
            knn_document_classes(writer, info, labels, i);
        }

        knn_writer_literal(writer, "}");
    }

    knn_writer_literal(writer, "]");
}


/* Writes the whole. */
static void
knn_document_write(knn_writer_t *writer, const void *data)
{
    const knn_document_t   *doc = data;
    const knn_model_info_t *info = doc->info;

    knn_writer_literal(writer, "{");

    if (doc->name != NULL) {
        knn_writer_text(writer, "\"name\":", doc->name);
        knn_writer_literal(writer, ",");
    }

    if (doc->version != NULL) {
        knn_writer_text(writer, "\"version\":", doc->version);
        knn_writer_literal(writer, ",");
    }

    knn_writer_text(writer, "\"estimator\":", info->estimator);
    knn_document_search(writer, info);
    knn_writer_count(writer, ",\"samples\":", info->n_samples);
    knn_writer_count(writer, ",\"features\":", info->n_features);
    knn_writer_list(writer, ",\"feature_names\":", info->feature_names,
                    info->n_features);
    knn_document_columns(writer, info);
    knn_writer_list(writer, ",\"steps\":", info->steps, info->n_steps);
    knn_document_v2_inputs(writer, info);
    knn_document_outputs(writer, info, doc->labels);
    knn_document_serves(writer, info->serves);
    knn_writer_text(writer, ",\"producer\":", info->producer);
    knn_writer_text(writer, ",\"sha256\":", info->sha256);
    knn_writer_count(writer, ",\"file_size\":", info->file_size);
    knn_writer_count(writer, ",\"memory\":", info->memory);
    knn_writer_count(writer, ",\"novelty_samples\":", info->novelty_samples);

    if (info->n_golden > 0) {
        knn_writer_count(writer, ",\"golden_queries\":", info->n_golden);
    }

    knn_writer_text(writer, ",\"kernel\":", info->kernel);
    knn_writer_text(writer, ",\"search\":", info->search);
    knn_writer_literal(writer, "}");
}


char *
knn_document_model(const knn_model_t *model, const char *name,
                   const char *version, size_t *size)
{
    char          *text;
    knn_labels_t   labels;
    knn_document_t doc;

    doc.info = knn_model_info(model);
    doc.labels = &labels;
    doc.name = name;
    doc.version = version;

    text = knn_labels_init(&labels, doc.info)
               ? knn_writer_document(knn_document_write, &doc, size)
               : NULL;

    knn_labels_free(&labels);

    return text;
}
