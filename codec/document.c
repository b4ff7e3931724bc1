
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "feature.h"
#include "label.h"
#include "number.h"
#include "text.h"


/* written twice: to nowhere for its size, then into the memory */
typedef struct {
    char  *p;
    size_t size;
} knn_document_t;


/* Adds bytes. */
static void
knn_document_add(knn_document_t *doc, const char *data, size_t size)
{
    doc->size += size;

    if (doc->p != NULL) {
        memcpy(doc->p, data, size);
        doc->p += size;
    }
}


static void
knn_document_literal(knn_document_t *doc, const char *text)
{
    knn_document_add(doc, text, strlen(text));
}


/* Adds text as a string. */
static void
knn_document_string(knn_document_t *doc, const char *text, size_t size)
{
    char        piece[KNN_TEXT_ESCAPE], *end;
    size_t      n;
    const char *last;

    knn_document_literal(doc, "\"");

    for (last = text + size; text < last; text += n) {
        n = knn_text_char(text, last);
        n = n == 0 ? 1 : n;
        end = knn_text_write(piece, piece + sizeof(piece), text, n);
        knn_document_add(doc, piece, (size_t) (end - piece));
    }

    knn_document_literal(doc, "\"");
}


/* Adds a member with a string, if there is one. */
static void
knn_document_text(knn_document_t *doc, const char *name, const char *text)
{
    if (text == NULL) {
        return;
    }

    knn_document_literal(doc, name);
    knn_document_string(doc, text, strlen(text));
}


/* Adds a member with an integer. */
static void
knn_document_count(knn_document_t *doc, const char *name, size_t count)
{
    char buf[KNN_NUMBER_WRITE], *end;

    knn_document_literal(doc, name);
    end = knn_number_write_unsigned(buf, count);
    knn_document_add(doc, buf, (size_t) (end - buf));
}


/* Adds a member with a number. */
static void
knn_document_number(knn_document_t *doc, const char *name, double value)
{
    char buf[KNN_NUMBER_WRITE], *end;

    knn_document_literal(doc, name);
    end = knn_number_write(buf, value);
    knn_document_add(doc, buf, (size_t) (end - buf));
}


/* Adds a member with an array of strings, if there is one. */
static void
knn_document_list(knn_document_t *doc, const char *name,
                  const char *const *list, size_t count)
{
    size_t i;

    if (list == NULL) {
        return;
    }

    knn_document_literal(doc, name);

    for (i = 0; i < count; i++) {
        knn_document_text(doc, i == 0 ? "[" : ",", list[i]);
    }

    knn_document_literal(doc, count == 0 ? "[]" : "]");
}


/* Adds what tells how neighbors are found. */
static void
knn_document_search(knn_document_t *doc, const knn_model_info_t *info)
{
    knn_document_text(doc, ",\"algorithm\":", info->algorithm);
    knn_document_text(doc, ",\"metric\":", info->metric);

    if (strcmp(info->metric, "minkowski") == 0 && isfinite(info->p)) {
        knn_document_number(doc, ",\"p\":", info->p);
    }

    knn_document_text(doc, ",\"weights\":", info->weights);

    if (info->n_neighbors > 0) {
        knn_document_count(doc, ",\"n_neighbors\":", info->n_neighbors);
    }

    if (info->radius > 0 && isfinite(info->radius)) {
        knn_document_number(doc, ",\"radius\":", info->radius);
    }
}


/* Adds the names of the outputs that a request may ask for. */
static void
knn_document_serves(knn_document_t *doc, unsigned serves)
{
    size_t i;

    knn_document_literal(doc, ",\"serves\":");

    for (i = 0; i < KNN_OUTPUTS; i++) {
        if (serves & knn_output_names[i].output) {
            knn_document_text(
                doc, serves & (knn_output_names[i].output - 1) ? "," : "[",
                knn_output_names[i].name);
        }
    }

    knn_document_literal(doc, "]");
}


/* Adds what a column takes that is not a plain number. */
static void
knn_document_feature(knn_document_t *doc, const knn_feature_t *feature)
{
    size_t i;

    knn_document_literal(doc, "\"type\":");
    knn_document_literal(doc, knn_feature_is_number(feature) ? "\"number\""
                              : feature->n_texts > 0         ? "\"string\""
                                                             : "\"any\"");

    if (feature->n_texts > 0) {
        knn_document_literal(doc, ",\"categories\":[");

        for (i = 0; i < feature->n_texts; i++) {
            knn_document_literal(doc, i == 0 ? "" : ",");
            knn_document_string(doc, feature->texts[i].data,
                                feature->texts[i].len);
        }

        knn_document_literal(doc, feature->open ? "],\"others\":true"
                                                : "],\"others\":false");
    }

    knn_document_literal(doc, feature->missing ? ",\"missing\":true"
                                               : ",\"missing\":false");
}


/* Adds what each column takes. */
static void
knn_document_columns(knn_document_t *doc, const knn_model_info_t *info)
{
    size_t              i;
    const knn_feature_t number = {false, false, 0, NULL};

    knn_document_literal(doc, ",\"columns\":[");

    for (i = 0; i < info->n_features; i++) {
        knn_document_literal(doc, i == 0 ? "{" : ",{");

        if (info->feature_names != NULL) {
            knn_document_text(doc, "\"name\":", info->feature_names[i]);
            knn_document_literal(doc, ",");
        }

        knn_document_feature(doc, info->features == NULL ? &number
                                                         : &info->features[i]);
        knn_document_literal(doc, "}");
    }

    knn_document_literal(doc, "]");
}


/* Adds what a request holds, in the words of the Open Inference Protocol. */
static void
knn_document_inputs(knn_document_t *doc, const knn_model_info_t *info)
{
    knn_document_count(doc,
                       ",\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP64\","
                       "\"shape\":[-1,",
                       info->n_features);
    knn_document_literal(doc, "]}]");
}


/* Adds the classes of an output. */
static void
knn_document_classes(knn_document_t *doc, const knn_model_info_t *info,
                     const knn_labels_t *labels, size_t output)
{
    size_t             i;
    const knn_piece_t *label;

    knn_document_literal(doc, ",\"classes\":[");

    for (i = 0; i < info->outputs[output].n_classes; i++) {
        label = knn_labels_get(labels, output, (uint32_t) i);
        knn_document_literal(doc, i == 0 ? "" : ",");
        knn_document_add(doc, label->data, label->size);
    }

    knn_document_literal(doc, "]");

    if (info->outputs[output].outlier != NULL) {
        label = knn_labels_get(labels, output, KNN_CLASS_OUTLIER);
        knn_document_literal(doc, ",\"outlier_label\":");
        knn_document_add(doc, label->data, label->size);
    }
}


/* Adds what is predicted. */
static void
knn_document_outputs(knn_document_t *doc, const knn_model_info_t *info,
                     const knn_labels_t *labels)
{
    size_t i;

    knn_document_literal(doc, ",\"outputs\":[");

    for (i = 0; i < info->n_outputs; i++) {
        knn_document_literal(doc, i == 0 ? "" : ",");
        knn_document_literal(doc, info->regressor ? "{\"type\":\"number\""
                                                  : "{\"type\":\"class\"");

        if (!info->regressor) {
            knn_document_classes(doc, info, labels, i);
        }

        knn_document_literal(doc, "}");
    }

    knn_document_literal(doc, "]");
}


/* Writes the whole. */
static void
knn_document_write(knn_document_t *doc, const knn_model_info_t *info,
                   const knn_labels_t *labels, const char *name,
                   const char *version)
{
    knn_document_literal(doc, "{");

    if (name != NULL) {
        knn_document_text(doc, "\"name\":", name);
        knn_document_literal(doc, ",");
    }

    if (version != NULL) {
        knn_document_text(doc, "\"version\":", version);
        knn_document_literal(doc, ",");
    }

    knn_document_text(doc, "\"estimator\":", info->estimator);
    knn_document_search(doc, info);
    knn_document_count(doc, ",\"samples\":", info->n_samples);
    knn_document_count(doc, ",\"features\":", info->n_features);
    knn_document_list(doc, ",\"feature_names\":", info->feature_names,
                      info->n_features);
    knn_document_columns(doc, info);
    knn_document_list(doc, ",\"steps\":", info->steps, info->n_steps);
    knn_document_inputs(doc, info);
    knn_document_outputs(doc, info, labels);
    knn_document_serves(doc, info->serves);
    knn_document_text(doc, ",\"producer\":", info->producer);
    knn_document_text(doc, ",\"sha256\":", info->sha256);
    knn_document_count(doc, ",\"file_size\":", info->file_size);
    knn_document_count(doc, ",\"memory\":", info->memory);
    knn_document_count(doc, ",\"novelty_samples\":", info->novelty_samples);

    if (info->n_golden > 0) {
        knn_document_count(doc, ",\"golden_queries\":", info->n_golden);
    }

    knn_document_text(doc, ",\"kernel\":", info->kernel);
    knn_document_literal(doc, "}");
}


char *
knn_document_model(const knn_model_t *model, const char *name,
                   const char *version, size_t *size)
{
    char                   *text;
    knn_labels_t            labels;
    knn_document_t          doc;
    const knn_model_info_t *info;

    info = knn_model_info(model);
    text = NULL;
    memset(&doc, 0, sizeof(knn_document_t));

    if (knn_labels_init(&labels, info)) {
        knn_document_write(&doc, info, &labels, name, version);
        text = malloc(doc.size + 1);
    }

    if (text != NULL) {
        *size = doc.size;
        doc.p = text;
        knn_document_write(&doc, info, &labels, name, version);
        *doc.p = '\0';
    }

    knn_labels_free(&labels);

    return text;
}
