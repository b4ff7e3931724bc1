
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../text/feature.h"
#include "../text/number.h"
#include "openapi_write.h"


/* what stands for a number that nothing is known of; every step takes it */
#define KNN_EXAMPLE_NUMBER 1


/* True if a row must be near others, which one that is made up may not be. */
static bool
knn_example_picky(const knn_model_info_t *info)
{
    return info->n_neighbors == 0 && info->ranges != NULL;
}


/* Makes a value of what the training data has; false if it is made up. */
static bool
knn_example_value(const knn_feature_t *feature, double *value)
{
    /* a step back may overflow, a file that is mapped may hold anything */

    if (isinf(*value)) {
        *value = NAN;
    }

    if (feature != NULL && feature->n_texts > 0
        && !(*value >= 0 && *value < (double) feature->n_texts))
    {
        *value = NAN;
    }

    if (isfinite(*value) || (feature != NULL && feature->missing)) {
        return true;
    }

    *value = (feature != NULL && feature->n_texts > 0) ? 0 : KNN_EXAMPLE_NUMBER;

    return feature != NULL && feature->open && feature->n_texts == 0;
}


/* The row that the model has first, which is as good as any other. */
static void
knn_example_first(const knn_model_t *model, double *x)
{
    size_t         i, n;
    const uint32_t place = 0;

    if (knn_model_info(model)->ranges != NULL) {
        knn_model_row(model, &place, 0, x);
        return;
    }

    n = knn_model_info(model)->n_features;

    for (i = 0; i < n; i++) {
        x[i] = NAN;
    }
}


/* Adds a value to a line of CSV. */
static void
knn_example_cell(knn_writer_t *writer, const knn_feature_t *feature,
                 double value)
{
    size_t            i;
    const knn_text_t *text;

    if (isnan(value)) {
        return;
    }

    if (feature == NULL || feature->n_texts == 0) {
        knn_writer_number(writer, "", value);
        return;
    }

    text = &feature->texts[(size_t) value];
    knn_writer_literal(writer, "\"");

    for (i = 0; i < text->len; i++) {
        knn_writer_literal(writer, text->data[i] == '"' ? "\"" : "");
        knn_writer_add(writer, text->data + i, 1);
    }

    knn_writer_literal(writer, "\"");
}


/* Writes a row as a line of CSV. */
static void
knn_example_line(knn_writer_t *writer, const void *data)
{
    size_t                     i;
    const knn_openapi_entry_t *entry = data;

    for (i = 0; i < entry->info->n_features; i++) {
        knn_writer_literal(writer, i > 0 ? "," : "");
        knn_example_cell(
            writer,
            entry->info->features != NULL ? &entry->info->features[i] : NULL,
            entry->row[i]);
    }
}


/* The name of the schemas. */
static void
knn_example_id(knn_writer_t *writer, const void *data)
{
    const knn_openapi_model_t *model = data;

    knn_writer_literal(writer, model->name);
    knn_writer_literal(writer, "-");
    knn_writer_literal(writer, model->version);
}


/* Finds an example of a row, if there is one; false without memory. */
static bool
knn_example_find(knn_openapi_entry_t *entry)
{
    size_t               i, size;
    bool                 known;
    const knn_feature_t *features;

    features = entry->info->features;
    known = true;

    knn_example_first(entry->model.model, entry->row);

    for (i = 0; i < entry->info->n_features; i++) {
        known &= knn_example_value(features != NULL ? &features[i] : NULL,
                                   &entry->row[i]);
    }

    if (entry->info->n_features > KNN_OPENAPI_LISTED
        || (!known && knn_example_picky(entry->info)))
    {
        return true;
    }

    entry->line = knn_writer_document(knn_example_line, entry, &size);

    return entry->line != NULL;
}


bool
knn_openapi_entry_init(knn_openapi_entry_t       *entry,
                       const knn_openapi_model_t *model)
{
    size_t size;

    memset(entry, 0, sizeof(knn_openapi_entry_t));

    entry->model = *model;
    entry->info = knn_model_info(model->model);
    entry->id = knn_writer_document(knn_example_id, model, &size);
    entry->row = malloc(knn_model_row_size(model->model) * sizeof(double));

    return knn_labels_init(&entry->labels, entry->info) && entry->id != NULL
           && entry->row != NULL && knn_example_find(entry);
}


void
knn_openapi_entry_free(knn_openapi_entry_t *entry)
{
    knn_labels_free(&entry->labels);
    free(entry->id);
    free(entry->row);
    free(entry->line);
}


/* A value of the example in JSON. */
static void
knn_openapi_value(knn_writer_t *writer, const knn_openapi_entry_t *entry,
                  size_t i)
{
    double               value;
    const knn_feature_t *feature;

    value = entry->row[i];
    feature = entry->info->features != NULL ? &entry->info->features[i] : NULL;

    if (isnan(value)) {
        knn_writer_literal(writer, "null");
    }
    else if (feature != NULL && feature->n_texts > 0) {
        knn_writer_string(writer, feature->texts[(size_t) value].data,
                          feature->texts[(size_t) value].len);
    }
    else {
        knn_writer_number(writer, "", value);
    }
}


void
knn_openapi_values(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    size_t i;

    for (i = 0; i < entry->info->n_features; i++) {
        knn_writer_literal(writer, i == 0 ? "[" : ",");
        knn_openapi_value(writer, entry, i);
    }

    knn_writer_literal(writer, "]");
}


void
knn_openapi_record(knn_writer_t *writer, const knn_openapi_entry_t *entry)
{
    size_t i;

    for (i = 0; i < entry->info->n_features; i++) {
        knn_writer_text(writer, i == 0 ? "{" : ",",
                        entry->info->feature_names[i]);
        knn_writer_literal(writer, ":");
        knn_openapi_value(writer, entry, i);
    }

    knn_writer_literal(writer, "}");
}
