
/*
 * Copyright (C) nginx-knn contributors
 */


/* The metadata of a model as TensorFlow Serving's REST API has them. */


#include "document.h"
#include "document_part.h"


/* what they are made of */
typedef struct {
    const knn_model_info_t *info;
    const char             *name;
    const char             *version;
} knn_document_v1_t;


/* Adds a dimension. */
static void
knn_document_v1_dim(knn_writer_t *writer, const char *before, size_t size)
{
    knn_writer_literal(writer, before);

    if (size == KNN_DOCUMENT_ANY) {
        knn_writer_literal(writer, "{\"size\":\"-1\",\"name\":\"\"}");
        return;
    }

    knn_writer_count(writer, "{\"size\":\"", size);
    knn_writer_literal(writer, "\",\"name\":\"\"}");
}


/* Adds a tensor by its name. */
static void
knn_document_v1_tensor(knn_writer_t *writer, const char *before,
                       const knn_document_tensor_t *tensor)
{
    static const char *const types[KNN_DATATYPES] = {[KNN_BOOL] = "DT_BOOL",
                                                     [KNN_INT64] = "DT_INT64",
                                                     [KNN_FP64] = "DT_DOUBLE",
                                                     [KNN_BYTES] = "DT_STRING"};

    knn_writer_text(writer, before, tensor->name);
    knn_writer_text(writer, ":{\"dtype\":", types[tensor->type]);
    knn_document_v1_dim(writer, ",\"tensor_shape\":{\"dim\":[",
                        KNN_DOCUMENT_ANY);

    if (tensor->columns != KNN_DOCUMENT_VALUE) {
        knn_document_v1_dim(writer, ",", tensor->columns);
    }

    knn_writer_text(writer,
                    "],\"unknown_rank\":false},\"name\":", tensor->name);
    knn_writer_literal(writer, "}");
}


/* Adds what a row holds: an array, or an object of values by name. */
static void
knn_document_v1_inputs(knn_writer_t *writer, const knn_model_info_t *info)
{
    size_t                i, n;
    knn_document_tensor_t tensor;

    n = knn_document_inputs(info);
    knn_writer_literal(writer, "\"inputs\":{");

    for (i = 0; i < n; i++) {
        knn_document_input(info, i, &tensor);

        if (knn_document_named(info)) {
            tensor.columns = KNN_DOCUMENT_VALUE;
        }

        knn_document_v1_tensor(writer, i == 0 ? "" : ",", &tensor);
    }

    knn_writer_literal(writer, "}");
}


/* Adds what is predicted; neighbors are objects, which are no tensors. */
static void
knn_document_v1_outputs(knn_writer_t *writer, const knn_model_info_t *info)
{
    const char           *before;
    knn_tensor_e          of;
    knn_document_tensor_t tensor;

    knn_writer_literal(writer, ",\"outputs\":{");
    before = "";

    for (of = KNN_TENSOR_PREDICT; of <= KNN_TENSOR_PROBA; of++) {
        if (knn_document_output(info, of, &tensor)) {
            knn_document_v1_tensor(writer, before, &tensor);
            before = ",";
        }
    }

    knn_writer_literal(writer, "}");
}


/* Writes the whole. */
static void
knn_document_v1_write(knn_writer_t *writer, const void *data)
{
    const knn_document_v1_t *doc = data;

    knn_writer_text(writer, "{\"model_spec\":{\"name\":", doc->name);
    knn_writer_text(writer,
                    ",\"signature_name\":\"\",\"version\":", doc->version);
    knn_writer_literal(writer, "},\"metadata\":{\"signature_def\":{"
                               "\"signature_def\":{\"serving_default\":{");
    knn_document_v1_inputs(writer, doc->info);
    knn_document_v1_outputs(writer, doc->info);
    knn_writer_literal(writer, ",\"method_name\":"
                               "\"tensorflow/serving/predict\"}}}}}");
}


char *
knn_document_v1(const knn_model_t *model, const char *name, const char *version,
                size_t *size)
{
    knn_document_v1_t doc;

    doc.info = knn_model_info(model);
    doc.name = name;
    doc.version = version;

    return knn_writer_document(knn_document_v1_write, &doc, size);
}
