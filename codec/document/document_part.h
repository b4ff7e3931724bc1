
/*
 * Copyright (C) nginx-knn contributors
 */


/* What several documents say of a model. */


#ifndef KNN_DOCUMENT_PART_H
#define KNN_DOCUMENT_PART_H


#include "../reply/label.h"
#include "../request/request.h"
#include "writer.h"


/* a tensor of a model's requests or replies, a row for each row */
typedef struct {
    const char    *name;
    knn_datatype_e type;
    size_t         columns;
} knn_document_tensor_t;

/* a row is one value, not an array of columns */
#define KNN_DOCUMENT_VALUE 0

/* the columns differ from reply to reply */
#define KNN_DOCUMENT_ANY SIZE_MAX


/* True if each column is a tensor of its own, for these have several types. */
bool knn_document_named(const knn_model_info_t *info);

/* The tensors of a request, and each of them. */
size_t knn_document_inputs(const knn_model_info_t *info);
void   knn_document_input(const knn_model_info_t *info, size_t i,
                          knn_document_tensor_t *tensor);

/* One of a reply; false if the model does not serve it. */
bool knn_document_output(const knn_model_info_t *info, knn_tensor_e of,
                         knn_document_tensor_t *tensor);

/* The inputs as metadata of the Open Inference Protocol have them. */
void knn_document_v2_inputs(knn_writer_t *writer, const knn_model_info_t *info);

/* What tells how neighbors are found, from a comma on. */
void knn_document_search(knn_writer_t *writer, const knn_model_info_t *info);

/* The classes of an output, an array. */
void knn_document_list_classes(knn_writer_t           *writer,
                               const knn_model_info_t *info,
                               const knn_labels_t *labels, size_t output);


#endif /* KNN_DOCUMENT_PART_H */
