
/*
 * Copyright (C) nginx-knn contributors
 */


/* The metadata of a model in the words of the Open Inference Protocol. */


#include "document.h"
#include "document_part.h"


/* what they are made of */
typedef struct {
    const knn_model_info_t *info;
    const knn_labels_t     *labels;
    const char             *name;
    const char *const      *versions;
    size_t                  n_versions;
} knn_document_v2_t;


/* Adds a tensor. */
static void
knn_document_v2_tensor(knn_writer_t                *writer,
                       const knn_document_tensor_t *tensor)
{
    knn_writer_text(writer, "{\"name\":", tensor->name);
    knn_writer_text(writer, ",\"datatype\":", knn_datatypes[tensor->type].name);
    knn_writer_literal(writer, ",\"shape\":[-1");

    if (tensor->columns == KNN_DOCUMENT_ANY) {
        knn_writer_literal(writer, ",-1");
    }
    else if (tensor->columns != KNN_DOCUMENT_VALUE) {
        knn_writer_count(writer, ",", tensor->columns);
    }

    knn_writer_literal(writer, "]}");
}


void
knn_document_v2_inputs(knn_writer_t *writer, const knn_model_info_t *info)
{
    size_t                i, n;
    knn_document_tensor_t tensor;

    n = knn_document_inputs(info);
    knn_writer_literal(writer, ",\"inputs\":[");

    for (i = 0; i < n; i++) {
        knn_document_input(info, i, &tensor);
        knn_writer_literal(writer, i == 0 ? "" : ",");
        knn_document_v2_tensor(writer, &tensor);
    }

    knn_writer_literal(writer, "]");
}


/* Adds the tensors of a reply. */
static void
knn_document_v2_outputs(knn_writer_t *writer, const knn_model_info_t *info)
{
    const char           *before;
    knn_tensor_e          of;
    knn_document_tensor_t tensor;

    knn_writer_literal(writer, ",\"outputs\":[");
    before = "";

    for (of = 0; of < KNN_TENSORS; of++) {
        if (knn_document_output(info, of, &tensor)) {
            knn_writer_literal(writer, before);
            knn_document_v2_tensor(writer, &tensor);
            before = ",";
        }
    }

    knn_writer_literal(writer, "]");
}


/* Adds the classes of one output, or a list of those of each, as text. */
static void
knn_document_v2_classes(knn_writer_t *writer, const knn_model_info_t *info,
                        const knn_labels_t *labels)
{
    size_t i;

    if (labels->count == 0) {
        return;
    }

    knn_writer_literal(writer, ",\"classes\":");
    knn_writer_open(writer);
    knn_writer_literal(writer, info->n_outputs == 1 ? "" : "[");

    for (i = 0; i < info->n_outputs; i++) {
        knn_writer_literal(writer, i == 0 ? "" : ",");
        knn_document_list_classes(writer, info, labels, i);
    }

    knn_writer_literal(writer, info->n_outputs == 1 ? "" : "]");
    knn_writer_close(writer);
}


/*
 * Adds what else a client may ask: strings and numbers, and lists as JSON in a
 * string, for clients know no other parameters.
 */
static void
knn_document_v2_parameters(knn_writer_t *writer, const knn_document_v2_t *doc)
{
    const knn_model_info_t *info = doc->info;

    knn_writer_text(writer, ",\"parameters\":{\"content_type\":",
                    knn_document_named(info) ? "pd" : "np");
    knn_writer_text(writer, ",\"estimator\":", info->estimator);
    knn_document_search(writer, info);
    knn_writer_count(writer, ",\"samples\":", info->n_samples);
    knn_writer_count(writer, ",\"features\":", info->n_features);

    if (info->feature_names != NULL) {
        knn_writer_literal(writer, ",\"feature_names\":");
        knn_writer_open(writer);
        knn_writer_list(writer, "", info->feature_names, info->n_features);
        knn_writer_close(writer);
    }

    knn_document_v2_classes(writer, info, doc->labels);
    knn_writer_text(writer, ",\"producer\":", info->producer);
    knn_writer_text(writer, ",\"sha256\":", info->sha256);
    knn_writer_literal(writer, "}");
}


/* Writes the whole. */
static void
knn_document_v2_write(knn_writer_t *writer, const void *data)
{
    const knn_document_v2_t *doc = data;

    knn_writer_text(writer, "{\"name\":", doc->name);

    if (doc->n_versions > 0) {
        knn_writer_list(writer, ",\"versions\":", doc->versions,
                        doc->n_versions);
    }

    knn_writer_literal(writer, ",\"platform\":\"sklearn_knn\"");
    knn_document_v2_inputs(writer, doc->info);
    knn_document_v2_outputs(writer, doc->info);
    knn_document_v2_parameters(writer, doc);
    knn_writer_literal(writer, "}");
}


char *
knn_document_v2(const knn_model_t *model, const char *name,
                const char *const *versions, size_t n_versions, size_t *size)
{
    char             *text;
    knn_labels_t      labels;
    knn_document_v2_t doc;

    doc.info = knn_model_info(model);
    doc.labels = &labels;
    doc.name = name;
    doc.versions = versions;
    doc.n_versions = n_versions;

    text = knn_labels_init(&labels, doc.info)
               ? knn_writer_document(knn_document_v2_write, &doc, size)
               : NULL;

    knn_labels_free(&labels);

    return text;
}
