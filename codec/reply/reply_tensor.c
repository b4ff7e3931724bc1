
/*
 * Copyright (C) nginx-knn contributors
 */


#include <endian.h>

#include "reply_tensor.h"


/* The kind of predicted labels. */
static const knn_tensor_kind_t *
knn_tensor_labels(const knn_reply_t *reply)
{
    switch (reply->type) {

    case KNN_INT64:
        return &knn_tensor_integers;

    case KNN_FP64:
        return &knn_tensor_floats;

    case KNN_BOOL:
        return &knn_tensor_booleans;

    default:
        return &knn_tensor_texts;
    }
}


/* Gives a tensor its numbers. */
static void
knn_tensor_set(knn_tensor_t *tensor, const double *numbers, size_t rank,
               size_t columns)
{
    tensor->kind = &knn_tensor_numbers;
    tensor->rank = rank;
    tensor->columns = columns;
    tensor->numbers = numbers;
    tensor->bytes = (const char *) numbers;
}


/* What is predicted. */
static void
knn_tensor_predict(knn_tensor_t *tensor, const knn_reply_t *reply,
                   const knn_query_t *query)
{
    size_t n;

    n = reply->info->n_outputs;

    knn_tensor_set(tensor, query->values, n == 1 ? 1 : 2, n);

    if (!reply->info->regressor) {
        tensor->kind = knn_tensor_labels(reply);
    }
}


/* The neighbors, or their distances, of rows that may have fewer. */
static void
knn_tensor_neighbors(knn_tensor_t *tensor, const knn_query_t *query,
                     bool indices, size_t width)
{
    bool padded;

    padded = query->first[query->rows] < query->rows * width;

    knn_tensor_set(tensor, padded ? NULL : query->distances, 2, width);

    if (indices) {
        tensor->kind = &knn_tensor_indices;
        tensor->bytes = padded ? NULL : (const char *) query->indices;
    }
}


void
knn_tensor_init(knn_tensor_t *tensor, const knn_reply_t *reply,
                const knn_query_t *query, knn_tensor_e of,
                size_t classification, size_t width)
{
    size_t n;

    n = reply->labels.count;

    switch (of) {

    case KNN_TENSOR_PREDICT:
        knn_tensor_predict(tensor, reply, query);
        break;

    case KNN_TENSOR_PROBA:
        knn_tensor_set(tensor, query->proba, 2, n);
        break;

    case KNN_TENSOR_NOVELTY:
        knn_tensor_set(tensor, query->novelty, 1, 1);
        break;

    default:
        knn_tensor_neighbors(tensor, query, of == KNN_TENSOR_NEIGHBORS, width);
        break;
    }

    if (classification > 0) {
        knn_tensor_set(tensor, NULL, 2,
                       classification < n ? classification : n);
        tensor->kind = &knn_tensor_ranks;
    }

    tensor->rows = query->rows;

    /* bytes of a machine that has them the other way around */

    if (htole64(1) != 1) {
        tensor->bytes = NULL;
    }
}


size_t
knn_tensor_size(const knn_tensor_t *tensor, const knn_reply_t *reply,
                bool binary)
{
    size_t size, total;

    size = binary ? tensor->kind->binary : tensor->kind->json + sizeof(",");
    size += tensor->kind->labels ? reply->labels.key : 0;
    total = 1;

    if (__builtin_mul_overflow(size, tensor->columns, &size)
        || !knn_reply_add(&total, tensor->rows, size))
    {
        return 0;
    }

    return total;
}


/* Writes more elements, with commas behind them if that is wanted. */
static inline __attribute__((always_inline)) bool
knn_tensor_run(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
               knn_tensor_pt write, bool commas)
{
    char *p;

    p = writer->p;
    writer->row = tensor->columns == 0 ? tensor->rows : writer->row;

    while (writer->row < tensor->rows && writer->values > 0) {
        p = write(writer, tensor, p);

        if (commas) {
            *p++ = ',';
        }

        knn_reply_spend(writer, 1);

        if (++writer->column == tensor->columns) {
            writer->column = 0;
            writer->row++;
        }
    }

    writer->p = p;

    if (writer->row < tensor->rows) {
        return false;
    }

    writer->row = 0;

    return true;
}


bool
knn_tensor_json(knn_reply_writer_t *writer, const knn_tensor_t *tensor)
{
    return knn_tensor_run(writer, tensor, tensor->kind->write_json, true);
}


/* Copies more elements as they are. */
static bool
knn_tensor_copy(knn_reply_writer_t *writer, const knn_tensor_t *tensor)
{
    size_t at, n, all, width;

    width = tensor->kind->binary;
    all = tensor->rows * tensor->columns;
    at = writer->row * tensor->columns + writer->column;
    n = all - at < writer->values ? all - at : writer->values;

    writer->p =
        knn_reply_copy(writer->p, tensor->bytes + at * width, n * width);
    writer->values -= n;

    if (at + n < all) {
        writer->row = (at + n) / tensor->columns;
        writer->column = (at + n) % tensor->columns;
        return false;
    }

    writer->row = 0;
    writer->column = 0;

    return true;
}


bool
knn_tensor_binary(knn_reply_writer_t *writer, const knn_tensor_t *tensor)
{
    if (tensor->bytes != NULL) {
        return knn_tensor_copy(writer, tensor);
    }

    return knn_tensor_run(writer, tensor, tensor->kind->write_binary, false);
}
