
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
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
knn_document_string(knn_document_t *doc, const char *text)
{
    char        piece[KNN_TEXT_ESCAPE], *end;
    size_t      n;
    const char *last;

    knn_document_literal(doc, "\"");

    for (last = text + strlen(text); text < last; text += n) {
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
    knn_document_string(doc, text);
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


/* Adds p of the metric that has one. */
static void
knn_document_power(knn_document_t *doc, const knn_model_info_t *info)
{
    char buf[KNN_NUMBER_WRITE], *end;

    if (strcmp(info->metric, "minkowski") != 0 || !isfinite(info->p)) {
        return;
    }

    knn_document_literal(doc, ",\"p\":");
    end = knn_number_write(buf, info->p);
    knn_document_add(doc, buf, (size_t) (end - buf));
}


/* Adds the names of the features. */
static void
knn_document_features(knn_document_t *doc, const knn_model_info_t *info)
{
    size_t i;

    if (info->feature_names == NULL) {
        return;
    }

    knn_document_literal(doc, ",\"feature_names\":[");

    for (i = 0; i < info->n_features; i++) {
        knn_document_literal(doc, i == 0 ? "" : ",");
        knn_document_string(doc, info->feature_names[i]);
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


/* Adds the classes of every output. */
static void
knn_document_outputs(knn_document_t *doc, const knn_model_info_t *info,
                     const knn_labels_t *labels)
{
    size_t             i, j;
    const knn_piece_t *label;

    knn_document_literal(doc, ",\"outputs\":[");

    for (i = 0; i < info->n_outputs; i++) {
        knn_document_literal(doc,
                             i == 0 ? "{\"classes\":[" : ",{\"classes\":[");

        for (j = 0; j < info->outputs[i].n_classes; j++) {
            label = &labels->labels[labels->first[i] + j];
            knn_document_literal(doc, j == 0 ? "" : ",");
            knn_document_add(doc, label->data, label->size);
        }

        knn_document_literal(doc, "]}");
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
    knn_document_text(doc, ",\"algorithm\":", info->algorithm);
    knn_document_text(doc, ",\"metric\":", info->metric);
    knn_document_power(doc, info);
    knn_document_text(doc, ",\"weights\":", info->weights);
    knn_document_count(doc, ",\"n_neighbors\":", info->n_neighbors);
    knn_document_count(doc, ",\"samples\":", info->n_samples);
    knn_document_count(doc, ",\"features\":", info->n_features);
    knn_document_features(doc, info);
    knn_document_inputs(doc, info);
    knn_document_outputs(doc, info, labels);
    knn_document_text(doc, ",\"producer\":", info->producer);
    knn_document_text(doc, ",\"sha256\":", info->sha256);
    knn_document_count(doc, ",\"file_size\":", info->file_size);
    knn_document_count(doc, ",\"memory\":", info->memory);
    knn_document_count(doc, ",\"novelty_samples\":", info->novelty_samples);
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
