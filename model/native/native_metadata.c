
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../model.h"
#include "native_file.h"
#include "native_put.h"
#include "../real.h"


/* Adds a number as text. */
static void
knn_native_put_count(knn_writing_t *writing, const char *name, int64_t count)
{
    char text[KNN_REAL_SIZE];

    (void) snprintf(text, sizeof(text), "%lld", (long long) count);
    knn_writing_text(writing, name, text);
}


static void
knn_native_put_real(knn_writing_t *writing, const char *name, double real)
{
    char text[KNN_REAL_SIZE];

    knn_real_write(text, real);
    knn_writing_text(writing, name, text);
}


/* The metric and its power, which metrics with a name of their own imply. */
static void
knn_native_put_metric(knn_writing_t *writing, const knn_parts_t *parts)
{
    double       p;
    knn_metric_e named;

    knn_writing_text(writing, "metric", parts->metric_name);

    if (!knn_metric_find(parts->metric_name, &named)
        || (named != KNN_MINKOWSKI && named != KNN_WMINKOWSKI))
    {
        return;
    }

    switch (parts->metric) {

    case KNN_MANHATTAN:
        p = 1;
        break;

    case KNN_EUCLIDEAN:
        p = 2;
        break;

    case KNN_CHEBYSHEV:
        p = INFINITY;
        break;

    default:
        p = parts->p;
    }

    knn_native_put_real(writing, "p", p);
}


/* The words and numbers of the estimator. */
static void
knn_native_put_estimator(knn_writing_t *writing, const knn_parts_t *parts,
                         const knn_model_info_t *info)
{
    knn_writing_text(writing, "estimator", info->estimator);
    knn_writing_text(writing, "algorithm", info->algorithm);
    knn_writing_text(writing, "search", info->search);
    knn_writing_text(writing, "weights", info->weights);
    knn_native_put_metric(writing, parts);

    if (info->n_neighbors != 0) {
        knn_native_put_count(writing, "n_neighbors", parts->n_neighbors);
    }
    else if (parts->estimator != KNN_CENTROID) {
        knn_native_put_real(writing, "radius", parts->radius);
    }

    if (parts->summed) {
        knn_writing_text(writing, "summed", "true");
    }

    knn_writing_text(writing, "sort",
                     knn_native_spell(knn_native_sorts, (int) parts->sort));
    knn_writing_text(
        writing, "formula",
        knn_native_spell(knn_native_formulas, (int) parts->metric));
    knn_writing_text(writing, "producer", parts->producer);
}


/* Adds a list of names. */
static void
knn_native_put_names(knn_writing_t *writing, const char *name,
                     const char *const *names, size_t n)
{
    size_t      i;
    knn_draft_t draft;

    if (names == NULL || n == 0) {
        return;
    }

    knn_draft_init(&draft);

    for (i = 0; i < n; i++) {
        knn_draft_literal(&draft, (i == 0) ? "[" : ",");
        knn_draft_string(&draft, names[i], strlen(names[i]));
    }

    knn_draft_literal(&draft, "]");
    knn_writing_draft(writing, name, &draft);
}


/* Adds classes: a list, or with several outputs a list of lists. */
static void
knn_native_put_classes(knn_writing_t *writing, const knn_parts_t *parts)
{
    size_t      i, j;
    knn_draft_t draft;

    knn_draft_init(&draft);
    knn_draft_literal(&draft, (parts->n_outputs == 1) ? "" : "[");

    for (i = 0; i < parts->n_outputs; i++) {
        knn_draft_comma(&draft, i);
        knn_draft_literal(&draft, "[");

        for (j = 0; j < parts->outputs[i].n_classes; j++) {
            knn_draft_comma(&draft, j);
            knn_draft_label(&draft, &parts->outputs[i].classes[j]);
        }

        knn_draft_literal(&draft, "]");
    }

    knn_draft_literal(&draft, (parts->n_outputs == 1) ? "" : "]");
    knn_writing_draft(writing, "classes", &draft);
}


/* Adds the labels of outliers. */
static void
knn_native_put_outliers(knn_writing_t *writing, const knn_parts_t *parts)
{
    size_t      i;
    knn_draft_t draft;

    if (parts->outputs[0].outlier == NULL) {
        return;
    }

    knn_draft_init(&draft);

    for (i = 0; i < parts->n_outputs; i++) {
        knn_draft_literal(&draft, (i == 0) ? "[" : ",");
        knn_draft_label(&draft, parts->outputs[i].outlier);
    }

    knn_draft_literal(&draft, "]");
    knn_writing_draft(writing, "outlier_label", &draft);
}


void
knn_native_put_metadata(knn_native_put_t *put, const knn_native_meta_t *meta)
{
    knn_writing_t          *writing;
    const knn_parts_t      *parts;
    const knn_model_info_t *info;

    writing = &put->writing;
    parts = put->parts;
    info = &put->model->info;

    knn_writing_text(writing, "name", meta->name);
    knn_writing_text(writing, "version", meta->version);

    knn_native_put_estimator(writing, parts, info);

    if (!info->regressor && parts->n_outputs > 0) {
        knn_native_put_classes(writing, parts);
        knn_native_put_outliers(writing, parts);
    }

    knn_native_put_names(writing, "feature_names", parts->feature_names,
                         info->n_features);
    knn_native_put_names(writing, "transformers", parts->steps.names,
                         parts->steps.n_names);
}
