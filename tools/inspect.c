
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "../codec/document.h"
#include "../codec/label.h"
#include "../codec/number.h"
#include "printer.h"
#include "tool.h"


/* the width of the names */
#define KNN_INSPECT_COLUMN 12


/* Begins a line. */
static void
knn_inspect_name(knn_printer_t *out, const char *name)
{
    size_t i;

    knn_printer_text(out, name);

    for (i = strlen(name); i < KNN_INSPECT_COLUMN; i++) {
        knn_printer_text(out, " ");
    }
}


/* A line with text. */
static void
knn_inspect_text(knn_printer_t *out, const char *name, const char *text)
{
    knn_inspect_name(out, name);
    knn_printer_escaped(out, text, strlen(text));
    knn_printer_text(out, "\n");
}


/* A line with a count. */
static void
knn_inspect_count(knn_printer_t *out, const char *name, size_t count,
                  const char *unit)
{
    knn_inspect_name(out, name);
    knn_printer_count(out, count);
    knn_printer_text(out, unit);
    knn_printer_text(out, "\n");
}


/* The line of the metric. */
static void
knn_inspect_metric(knn_printer_t *out, const knn_model_info_t *info)
{
    knn_inspect_name(out, "metric");
    knn_printer_escaped(out, info->metric, strlen(info->metric));

    if (strcmp(info->metric, "minkowski") == 0
        && knn_printer_room(out, KNN_NUMBER_WRITE + sizeof(", p ")))
    {
        knn_printer_text(out, ", p ");
        out->p = knn_number_write(out->p, info->p);
    }

    knn_printer_text(out, "\n");
}


/* The lines of the features. */
static void
knn_inspect_features(knn_printer_t *out, const knn_model_info_t *info)
{
    size_t      i;
    const char *name;

    knn_inspect_count(out, "features", info->n_features, "");

    for (i = 0; info->feature_names != NULL && i < info->n_features; i++) {
        name = info->feature_names[i];
        knn_inspect_name(out, "");
        knn_printer_escaped(out, name, strlen(name));
        knn_printer_text(out, "\n");
    }
}


/* The lines of the labels of every output. */
static void
knn_inspect_labels(knn_printer_t *out, const knn_model_info_t *info,
                   const knn_labels_t *labels)
{
    size_t             i, j;
    const knn_piece_t *label;

    for (i = 0; i < info->n_outputs; i++) {
        knn_inspect_count(out, "labels", info->outputs[i].n_classes, "");

        for (j = 0; j < info->outputs[i].n_classes; j++) {
            label = &labels->labels[labels->first[i] + j];
            knn_inspect_name(out, "");

            if (knn_printer_room(out, label->size)) {
                memcpy(out->p, label->data, label->size);
                out->p += label->size;
            }

            knn_printer_text(out, "\n");
        }
    }
}


/* Says it in lines. */
static int
knn_inspect_lines(const knn_model_info_t *info)
{
    knn_labels_t  labels;
    knn_printer_t out;

    if (!knn_labels_init(&labels, info) || !knn_printer_init(&out)) {
        knn_labels_free(&labels);
        return knn_tool_refuse("no memory");
    }

    knn_inspect_text(&out, "estimator", info->estimator);
    knn_inspect_text(&out, "algorithm", info->algorithm);
    knn_inspect_metric(&out, info);
    knn_inspect_text(&out, "weights", info->weights);
    knn_inspect_count(&out, "neighbors", info->n_neighbors, "");
    knn_inspect_count(&out, "samples", info->n_samples, "");
    knn_inspect_features(&out, info);
    knn_inspect_labels(&out, info, &labels);
    knn_inspect_text(&out, "producer", info->producer);
    knn_inspect_text(&out, "sha256", info->sha256);
    knn_inspect_count(&out, "file", info->file_size, " bytes");
    knn_inspect_count(&out, "memory", info->memory, " bytes");
    knn_inspect_count(&out, "novelty", info->novelty_samples, " samples");
    knn_inspect_text(&out, "kernel", info->kernel);

    knn_labels_free(&labels);

    return knn_printer_finish(&out);
}


/* Says it in JSON. */
static int
knn_inspect_json(const knn_model_t *model)
{
    char         *text;
    size_t        size;
    knn_printer_t out;

    text = knn_document_model(model, NULL, NULL, &size);

    if (text == NULL || !knn_printer_init(&out)) {
        free(text);
        return knn_tool_refuse("no memory");
    }

    knn_printer_text(&out, text);
    knn_printer_text(&out, "\n");
    free(text);

    return knn_printer_finish(&out);
}


int
knn_tool_inspect(const knn_arguments_t *arguments)
{
    int          status;
    knn_model_t *model;

    model = knn_tool_load(arguments->model);

    if (model == NULL) {
        return KNN_EXIT_REFUSED;
    }

    status = arguments->options & KNN_TOOL_JSON
                 ? knn_inspect_json(model)
                 : knn_inspect_lines(knn_model_info(model));

    knn_model_free(model);

    return status;
}
