
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../codec/document/document.h"
#include "../codec/reply/label.h"
#include "../codec/request/request.h"
#include "printer.h"
#include "tool.h"


/* the width of the names */
#define KNN_INSPECT_COLUMN 12

/* texts of a column that are named */
#define KNN_INSPECT_TEXTS 10


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


/* A line with a number. */
static void
knn_inspect_number(knn_printer_t *out, const char *name, double value)
{
    knn_inspect_name(out, name);
    knn_printer_number(out, value);
    knn_printer_text(out, "\n");
}


/* The lines that tell how neighbors are found. */
static void
knn_inspect_search(knn_printer_t *out, const knn_model_info_t *info)
{
    knn_inspect_text(out, "algorithm", info->algorithm);
    knn_inspect_name(out, "metric");
    knn_printer_escaped(out, info->metric, strlen(info->metric));

    if (strcmp(info->metric, "minkowski") == 0 && isfinite(info->p)) {
        knn_printer_text(out, ", p ");
        knn_printer_number(out, info->p);
    }

    knn_printer_text(out, "\n");

    if (info->weights != NULL) {
        knn_inspect_text(out, "weights", info->weights);
    }

    if (info->n_neighbors > 0) {
        knn_inspect_count(out, "neighbors", info->n_neighbors, "");
    }

    if (info->radius > 0 && isfinite(info->radius)) {
        knn_inspect_number(out, "radius", info->radius);
    }
}


/* The line of the steps before the estimator. */
static void
knn_inspect_steps(knn_printer_t *out, const knn_model_info_t *info)
{
    size_t i;

    if (info->n_steps == 0) {
        return;
    }

    knn_inspect_name(out, "steps");

    for (i = 0; i < info->n_steps; i++) {
        knn_printer_text(out, i == 0 ? "" : ", ");
        knn_printer_escaped(out, info->steps[i], strlen(info->steps[i]));
    }

    knn_printer_text(out, "\n");
}


/* What a column takes that is not a plain number. */
static void
knn_inspect_feature(knn_printer_t *out, const knn_feature_t *feature)
{
    size_t i;

    if (feature->n_texts > 0) {
        knn_printer_text(out, ": ");
        knn_printer_count(out, feature->n_texts);
        knn_printer_text(out, feature->n_texts == 1 ? " text: " : " texts: ");

        for (i = 0; i < feature->n_texts && i < KNN_INSPECT_TEXTS; i++) {
            knn_printer_text(out, i == 0 ? "" : ", ");
            knn_printer_escaped(out, feature->texts[i].data,
                                feature->texts[i].len);
        }

        knn_printer_text(out, i < feature->n_texts ? ", ..." : "");
        knn_printer_text(out, feature->open ? "; others pass" : "");
    }
    else {
        knn_printer_text(out, feature->open ? ": not used" : ": number");
    }

    knn_printer_text(out, feature->missing ? "; may be missing" : "");
}


/* The lines of the features. */
static void
knn_inspect_features(knn_printer_t *out, const knn_model_info_t *info)
{
    size_t      i;
    const char *name;

    knn_inspect_count(out, "features", info->n_features, "");

    if (info->feature_names == NULL && info->features == NULL) {
        return;
    }

    for (i = 0; i < info->n_features; i++) {
        knn_inspect_name(out, "");

        if (info->feature_names != NULL) {
            name = info->feature_names[i];
            knn_printer_escaped(out, name, strlen(name));
        }
        else {
            knn_printer_count(out, i);
        }

        if (info->features != NULL) {
            knn_inspect_feature(out, &info->features[i]);
        }

        knn_printer_text(out, "\n");
    }
}


/* A line with a label. */
static void
knn_inspect_label(knn_printer_t *out, const char *name,
                  const knn_piece_t *label)
{
    knn_inspect_name(out, name);
    knn_printer_bytes(out, label->data, label->size);
    knn_printer_text(out, "\n");
}


/* The lines of what is predicted. */
static void
knn_inspect_outputs(knn_printer_t *out, const knn_model_info_t *info,
                    const knn_labels_t *labels)
{
    size_t i, j;

    if (info->regressor) {
        knn_inspect_count(out, "values", info->n_outputs, "");
        return;
    }

    for (i = 0; i < info->n_outputs; i++) {
        knn_inspect_count(out, "labels", info->outputs[i].n_classes, "");

        for (j = 0; j < info->outputs[i].n_classes; j++) {
            knn_inspect_label(out, "", knn_labels_get(labels, i, (uint32_t) j));
        }

        if (info->outputs[i].outlier != NULL) {
            knn_inspect_label(out, "outlier",
                              knn_labels_get(labels, i, KNN_CLASS_OUTLIER));
        }
    }
}


/* The line of the outputs that a request may ask for. */
static void
knn_inspect_serves(knn_printer_t *out, unsigned serves)
{
    size_t i;

    knn_inspect_name(out, "serves");

    for (i = 0; i < KNN_OUTPUTS; i++) {
        if (serves & knn_output_names[i].output) {
            knn_printer_text(
                out, serves & (knn_output_names[i].output - 1) ? ", " : "");
            knn_printer_text(out, knn_output_names[i].name);
        }
    }

    knn_printer_text(out, "\n");
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

    if (info->name != NULL) {
        knn_inspect_text(&out, "name", info->name);
    }

    if (info->version != NULL) {
        knn_inspect_text(&out, "version", info->version);
    }

    knn_inspect_text(&out, "estimator", info->estimator);
    knn_inspect_search(&out, info);
    knn_inspect_steps(&out, info);
    knn_inspect_count(&out, "samples", info->n_samples, "");
    knn_inspect_features(&out, info);
    knn_inspect_outputs(&out, info, &labels);
    knn_inspect_serves(&out, info->serves);
    knn_inspect_text(&out, "producer", info->producer);
    knn_inspect_text(&out, "sha256", info->sha256);
    knn_inspect_count(&out, "file", info->file_size, " bytes");
    knn_inspect_count(&out, "memory", info->memory,
                      info->mapped ? " bytes, mapped" : " bytes");
    knn_inspect_count(&out, "novelty", info->novelty_samples, " samples");

    if (info->n_golden > 0) {
        knn_inspect_count(&out, "golden", info->n_golden, " queries");
    }

    knn_inspect_text(&out, "kernel", info->kernel);
    knn_inspect_text(&out, "search", info->search);

    knn_labels_free(&labels);

    return knn_printer_finish(&out);
}


/* Says it in JSON. */
static int
knn_inspect_json(const knn_model_t *model)
{
    char                   *text;
    size_t                  size;
    knn_printer_t           out;
    const knn_model_info_t *info;

    info = knn_model_info(model);
    text = knn_document_model(model, info->name, info->version, &size);

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

    model = knn_tool_check(arguments);

    if (model == NULL) {
        return KNN_EXIT_REFUSED;
    }

    status = arguments->options & KNN_TOOL_JSON
                 ? knn_inspect_json(model)
                 : knn_inspect_lines(knn_model_info(model));

    knn_model_free(model);

    return status;
}
