
/*
 * Copyright (C) nginx-knn contributors
 */


/* What of a model's configuration Triton's clients ask for. */


#include "document.h"
#include "document_part.h"


/* Adds a tensor, of which the rows of a batch are no dimension. */
static void
knn_document_config_tensor(knn_writer_t                *writer,
                           const knn_document_tensor_t *tensor)
{
    knn_writer_text(writer, "{\"name\":", tensor->name);
    knn_writer_literal(writer, ",\"data_type\":\"TYPE_");
    knn_writer_literal(writer, tensor->type == KNN_BYTES
                                   ? "STRING"
                                   : knn_datatypes[tensor->type].name);

    if (tensor->columns == KNN_DOCUMENT_ANY) {
        knn_writer_literal(writer, "\",\"dims\":[-1]}");
    }
    else if (tensor->columns == KNN_DOCUMENT_VALUE) {
        knn_writer_literal(writer,
                           "\",\"dims\":[1],\"reshape\":{\"shape\":[]}}");
    }
    else {
        knn_writer_count(writer, "\",\"dims\":[", tensor->columns);
        knn_writer_literal(writer, "]}");
    }
}


/* Writes the whole. */
static void
knn_document_config_write(knn_writer_t *writer, const void *data)
{
    size_t                  i, n;
    const char             *before;
    knn_tensor_e            of;
    knn_document_tensor_t   tensor;
    const knn_model_info_t *info = data;

    n = knn_document_inputs(info);
    knn_writer_literal(writer, "\"input\":[");

    for (i = 0; i < n; i++) {
        knn_document_input(info, i, &tensor);
        knn_writer_literal(writer, i == 0 ? "" : ",");
        knn_document_config_tensor(writer, &tensor);
    }

    knn_writer_literal(writer, "],\"output\":[");
    before = "";

    for (of = 0; of < KNN_TENSORS; of++) {
        if (knn_document_output(info, of, &tensor)) {
            knn_writer_literal(writer, before);
            knn_document_config_tensor(writer, &tensor);
            before = ",";
        }
    }

    knn_writer_literal(writer, "]");
}


char *
knn_document_config(const knn_model_t *model, size_t *size)
{
    return knn_writer_document(knn_document_config_write, knn_model_info(model),
                               size);
}
