
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "document_part.h"
#include "../text/feature.h"


/* True for a column that takes texts. */
static bool
knn_document_is_text(const knn_model_info_t *info, size_t feature)
{
    return info->features != NULL
           && !knn_feature_is_number(&info->features[feature]);
}


/* True if there is such a column. */
static bool
knn_document_has_text(const knn_model_info_t *info)
{
    size_t i;

    for (i = 0; i < info->n_features; i++) {
        if (knn_document_is_text(info, i)) {
            return true;
        }
    }

    return false;
}


bool
knn_document_named(const knn_model_info_t *info)
{
    return info->feature_names != NULL && knn_document_has_text(info);
}


size_t
knn_document_inputs(const knn_model_info_t *info)
{
    return knn_document_named(info) ? info->n_features : 1;
}


void
knn_document_input(const knn_model_info_t *info, size_t i,
                   knn_document_tensor_t *tensor)
{
    if (knn_document_named(info)) {
        tensor->name = info->feature_names[i];
        tensor->type = knn_document_is_text(info, i) ? KNN_BYTES : KNN_FP64;
        tensor->columns = 1;
        return;
    }

    tensor->name = "X";
    tensor->type = knn_document_has_text(info) ? KNN_BYTES : KNN_FP64;
    tensor->columns = info->n_features;
}


/* The classes of all outputs. */
static size_t
knn_document_n_classes(const knn_model_info_t *info)
{
    size_t i, n;

    for (i = 0, n = 0; i < info->n_outputs; i++) {
        n += info->outputs[i].n_classes;
    }

    return n;
}


bool
knn_document_output(const knn_model_info_t *info, knn_tensor_e of,
                    knn_document_tensor_t *tensor)
{
    tensor->name = knn_tensor_names[of];
    tensor->type = KNN_FP64;

    switch (of) {

    case KNN_TENSOR_PREDICT:
        tensor->type = knn_labels_type(info);
        tensor->columns =
            info->n_outputs == 1 ? KNN_DOCUMENT_VALUE : info->n_outputs;
        return info->serves & KNN_PREDICT;

    case KNN_TENSOR_PROBA:
        tensor->columns = knn_document_n_classes(info);
        return info->serves & KNN_PREDICT_PROBA;

    case KNN_TENSOR_NOVELTY:
        tensor->columns = KNN_DOCUMENT_VALUE;
        return info->serves & KNN_KNEIGHBORS;

    default:
        tensor->type = of == KNN_TENSOR_NEIGHBORS ? KNN_INT64 : KNN_FP64;
        tensor->columns =
            info->n_neighbors > 0 ? info->n_neighbors : KNN_DOCUMENT_ANY;
        return info->serves & KNN_KNEIGHBORS;
    }
}


void
knn_document_search(knn_writer_t *writer, const knn_model_info_t *info)
{
    knn_writer_text(writer, ",\"algorithm\":", info->algorithm);
    knn_writer_text(writer, ",\"metric\":", info->metric);

    if (strcmp(info->metric, "minkowski") == 0 && isfinite(info->p)) {
        knn_writer_number(writer, ",\"p\":", info->p);
    }

    knn_writer_text(writer, ",\"weights\":", info->weights);

    if (info->n_neighbors > 0) {
        knn_writer_count(writer, ",\"n_neighbors\":", info->n_neighbors);
    }

    if (info->radius > 0 && isfinite(info->radius)) {
        knn_writer_number(writer, ",\"radius\":", info->radius);
    }
}


void
knn_document_list_classes(knn_writer_t *writer, const knn_model_info_t *info,
                          const knn_labels_t *labels, size_t output)
{
    size_t             i;
    const knn_piece_t *label;

    knn_writer_literal(writer, "[");

    for (i = 0; i < info->outputs[output].n_classes; i++) {
        label = knn_labels_get(labels, output, (uint32_t) i);
        knn_writer_literal(writer, i == 0 ? "" : ",");
        knn_writer_add(writer, label->data, label->size);
    }

    knn_writer_literal(writer, "]");
}
