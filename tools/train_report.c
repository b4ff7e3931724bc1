
/*
 * Copyright (C) nginx-knn contributors
 */


/* What knn train says when it is done. */


#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "training.h"


/* what is said, and where */
typedef struct {
    const knn_training_t   *training;
    const knn_model_info_t *info;
    const knn_labels_t     *labels;
    const size_t           *counts; /* of the labels */
    knn_printer_t          *out;
} knn_report_to_t;


/* Adds what the target is called. */
static void
knn_report_target(const knn_report_to_t *to)
{
    const char *name;

    name = to->training->file.reader.table.columns[to->training->target].name;

    if (name == NULL) {
        knn_printer_text(to->out, "column ");
        knn_printer_count(to->out, to->training->target + 1);
    }
    else {
        knn_printer_escaped(to->out, name, strlen(name));
    }
}


/* The lines of rows, target and features. */
static void
knn_report_data(const knn_report_to_t *to)
{
    size_t         i;
    knn_piece_t    bare;
    knn_printer_t *out;

    out = to->out;
    knn_report_name(out, "rows");
    knn_printer_count(out, to->training->n_rows);
    knn_printer_text(out, "\n");

    knn_report_name(out, "target");
    knn_report_target(to);
    knn_printer_text(out, to->training->classify ? ":" : ", a number");

    for (i = 0; i < to->labels->count; i++) {
        knn_printer_text(out, i == 0 ? " " : ", ");
        bare = knn_report_bare(&to->labels->labels[i]);
        knn_printer_bytes(out, bare.data, bare.size);
        knn_printer_text(out, " ");
        knn_printer_count(out, to->counts[i]);
    }

    knn_printer_text(out, "\n");
    knn_report_name(out, "features");
    knn_printer_count(out, to->info->n_features);
    knn_printer_text(out, "\n");
}


/* The lines of the model. */
static void
knn_report_model(const knn_report_to_t *to)
{
    size_t         i;
    knn_printer_t *out;

    out = to->out;
    knn_report_name(out, "steps");

    for (i = 0; i < to->info->n_steps; i++) {
        knn_printer_text(out, i == 0 ? "" : ", ");
        knn_printer_text(out, to->info->steps[i]);
    }

    knn_printer_text(out, i == 0 ? "none\n" : "\n");

    knn_report_name(out, "estimator");
    knn_printer_text(out, to->info->estimator);
    knn_printer_text(out, ", ");
    knn_printer_count(out, to->info->n_neighbors);
    knn_printer_text(out, to->info->n_neighbors == 1 ? " neighbor, "
                                                     : " neighbors, ");
    knn_printer_text(out, to->info->metric);
    knn_printer_text(out, ", ");
    knn_printer_text(out, to->info->weights);
    knn_printer_text(out, ", ");
    knn_printer_text(out, to->info->algorithm);
    knn_printer_text(out, "\n");
}


/* The lines of the cross-validation. */
static void
knn_report_tries(const knn_report_to_t *to)
{
    size_t           i, j;
    knn_printer_t   *out;
    const knn_try_t *try;

    out = to->out;

    for (i = 0; i < to->training->n_tries; i++) {
        try = &to->training->tries[i];

        knn_report_name(out, to->training->classify ? "accuracy" : "R2");
        knn_report_score(out, try->mean);
        knn_printer_text(out, " +- ");
        knn_report_score(out, try->deviation);
        knn_printer_text(out, ", ");
        knn_printer_count(out, (size_t) try->n_neighbors);
        knn_printer_text(out, try->n_neighbors == 1 ? " neighbor, folds"
                                                    : " neighbors, folds");

        for (j = 0; j < to->training->folds.count; j++) {
            knn_printer_text(out, " ");
            knn_report_score(out, try->scores[j]);
        }

        knn_printer_text(out, "\n");
    }
}


/* Says it in lines. */
static void
knn_report_lines(const knn_report_to_t *to)
{
    knn_report_data(to);
    knn_report_model(to);
    knn_report_tries(to);

    knn_report_name(to->out, "model");
    knn_printer_text(to->out, to->training->output);
    knn_printer_text(to->out, ", ");
    knn_printer_count(to->out, to->info->file_size);
    knn_printer_text(to->out, " bytes\n");
}


/* Adds what was tried. */
static void
knn_report_json_tries(const knn_report_to_t *to)
{
    size_t           i, j;
    knn_printer_t   *out;
    const knn_try_t *try;

    out = to->out;
    knn_printer_text(out, "\"cross_validation\":[");

    for (i = 0; i < to->training->n_tries; i++) {
        try = &to->training->tries[i];
        knn_printer_text(out, i == 0 ? "{" : ",{");
        knn_report_count(out, "n_neighbors", (size_t) try->n_neighbors);
        knn_report_string(out, "score",
                          to->training->classify ? "accuracy" : "r2");
        knn_report_number(out, "mean", try->mean);
        knn_report_number(out, "std", try->deviation);
        knn_printer_text(out, "\"scores\":");

        for (j = 0; j < to->training->folds.count; j++) {
            knn_printer_text(out, j == 0 ? "[" : ",");
            knn_report_value(out, try->scores[j]);
        }

        knn_printer_text(out, "]}");
    }

    knn_printer_text(out, "]}\n");
}


/* Adds the labels and how many rows have them. */
static void
knn_report_json_labels(const knn_report_to_t *to)
{
    size_t i;

    knn_printer_text(to->out, "\"classes\":[");

    for (i = 0; i < to->labels->count; i++) {
        knn_printer_text(to->out, i == 0 ? "{\"label\":" : ",{\"label\":");
        knn_printer_bytes(to->out, to->labels->labels[i].data,
                          to->labels->labels[i].size);
        knn_printer_text(to->out, ",\"rows\":");
        knn_printer_count(to->out, to->counts[i]);
        knn_printer_text(to->out, "}");
    }

    knn_printer_text(to->out, "],");
}


/* Says it in JSON. */
static void
knn_report_json(const knn_report_to_t *to)
{
    size_t         i;
    knn_printer_t *out;

    out = to->out;
    knn_printer_text(out, "{");
    knn_report_string(out, "model", to->training->output);
    knn_report_count(out, "bytes", to->info->file_size);
    knn_report_string(out, "sha256", to->info->sha256);
    knn_report_string(out, "estimator", to->info->estimator);
    knn_report_count(out, "n_neighbors", to->info->n_neighbors);
    knn_report_string(out, "metric", to->info->metric);
    knn_report_string(out, "weights", to->info->weights);
    knn_report_string(out, "algorithm", to->info->algorithm);
    knn_report_count(out, "rows", to->training->n_rows);
    knn_report_count(out, "features", to->info->n_features);

    knn_printer_text(out, "\"target\":\"");
    knn_report_target(to);
    knn_printer_text(out, "\",\"steps\":[");

    for (i = 0; i < to->info->n_steps; i++) {
        knn_printer_text(out, i == 0 ? "\"" : ",\"");
        knn_printer_text(out, to->info->steps[i]);
        knn_printer_text(out, "\"");
    }

    knn_printer_text(out, "],");
    knn_report_json_labels(to);
    knn_report_json_tries(to);
}


/* How many rows have each label; NULL when there is no memory. */
static size_t *
knn_report_counts(const knn_training_t *training)
{
    size_t i, *counts;

    counts = calloc(training->data.output.n_classes + 1, sizeof(size_t));

    for (i = 0; counts != NULL && training->classify && i < training->n_rows;
         i++) {
        counts[training->data.classes[training->rows[i]]]++;
    }

    return counts;
}


int
knn_training_report(const knn_training_t *training, const knn_model_t *model)
{
    size_t         *counts;
    knn_labels_t    labels;
    knn_printer_t   out;
    knn_report_to_t to;

    counts = knn_report_counts(training);

    if (!knn_labels_init(&labels, knn_model_info(model)) || counts == NULL
        || !knn_printer_init(&out))
    {
        knn_labels_free(&labels);
        free(counts);
        return knn_tool_refuse("no memory");
    }

    to.training = training;
    to.info = knn_model_info(model);
    to.labels = &labels;
    to.counts = counts;
    to.out = &out;

    if (training->arguments->options & KNN_TOOL_JSON) {
        knn_report_json(&to);
    }
    else {
        knn_report_lines(&to);
    }

    knn_labels_free(&labels);
    free(counts);

    return knn_printer_finish(&out);
}
