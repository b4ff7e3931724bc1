
/*
 * Copyright (C) nginx-knn contributors
 */


/* Results as tensors, element by element, as JSON and as bytes. */


#ifndef KNN_REPLY_TENSOR_H
#define KNN_REPLY_TENSOR_H


#include "reply_row.h"


typedef struct knn_tensor_s knn_tensor_t;


/* Writes the element of the writer's row and column; returns its end. */
typedef char *(*knn_tensor_pt)(knn_reply_writer_t *writer,
                               const knn_tensor_t *tensor, char *p);


/* what elements are made of */
typedef struct {
    knn_datatype_e type;
    bool           labels; /* a label's text counts in size */
    size_t         json;   /* the most bytes of an element in JSON */
    size_t         binary; /* and in binary */
    knn_tensor_pt  write_json;
    knn_tensor_pt  write_binary;
} knn_tensor_kind_t;


extern const knn_tensor_kind_t knn_tensor_numbers;
extern const knn_tensor_kind_t knn_tensor_indices;
extern const knn_tensor_kind_t knn_tensor_integers; /* labels */
extern const knn_tensor_kind_t knn_tensor_floats;
extern const knn_tensor_kind_t knn_tensor_booleans;
extern const knn_tensor_kind_t knn_tensor_texts;
extern const knn_tensor_kind_t knn_tensor_ranks; /* of a classification */


struct knn_tensor_s {
    const knn_tensor_kind_t *kind;
    size_t                   rank; /* 1 or 2 */
    size_t                   rows;
    size_t                   columns;

    /* of numbers: [rows][columns], NULL of distances that are padded */
    const double *numbers;

    /* what its bytes are in this machine's memory already, or NULL */
    const char *bytes;
};


/* Describes a tensor of a query whose rows have so many neighbors at most. */
void knn_tensor_init(knn_tensor_t *tensor, const knn_reply_t *reply,
                     const knn_query_t *query, knn_tensor_e of,
                     size_t classification, size_t width);

/*
 * The most bytes of the elements, with a comma behind each in JSON; 0 beyond
 * size_t.
 */
size_t knn_tensor_size(const knn_tensor_t *tensor, const knn_reply_t *reply,
                       bool binary);

/*
 * Writes more elements, from the writer's row and column on; true when all
 * are there and these are 0 again.
 */
bool knn_tensor_json(knn_reply_writer_t *writer, const knn_tensor_t *tensor);
bool knn_tensor_binary(knn_reply_writer_t *writer, const knn_tensor_t *tensor);

/* The place of a label among those of the model. */
static inline size_t
knn_tensor_label(const knn_reply_writer_t *writer, const knn_tensor_t *tensor)
{
    size_t at;

    at = writer->row * tensor->columns + writer->column;

    return knn_labels_place(&writer->reply->labels, writer->column,
                            writer->query->classes[at]);
}


#endif /* KNN_REPLY_TENSOR_H */
