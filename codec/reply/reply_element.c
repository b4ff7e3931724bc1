
/*
 * Copyright (C) nginx-knn contributors
 */


/* The elements of tensors. */


#include <endian.h>

#include "reply_tensor.h"


/* bytes of the size of a text */
#define KNN_TENSOR_LENGTH sizeof(uint32_t)


/* An integer of four bytes. */
static char *
knn_tensor_write32(char *p, size_t value)
{
    uint32_t little;

    little = htole32((uint32_t) value);

    return knn_reply_copy(p, (const char *) &little, sizeof(uint32_t));
}


/* Eight bytes of the machine's. */
static char *
knn_tensor_write64(char *p, const void *value)
{
    uint64_t little;

    memcpy(&little, value, sizeof(uint64_t));
    little = htole64(little);

    return knn_reply_copy(p, (const char *) &little, sizeof(uint64_t));
}


/* The place of an element among the neighbors, SIZE_MAX of one that pads. */
static size_t
knn_tensor_neighbor(const knn_reply_writer_t *writer)
{
    size_t        i;
    const size_t *first;

    first = writer->query->first + writer->row;
    i = first[0] + writer->column;

    return i < first[1] ? i : SIZE_MAX;
}


/* The number that is an element. */
static double
knn_tensor_number(const knn_reply_writer_t *writer, const knn_tensor_t *tensor)
{
    size_t i;

    if (tensor->numbers != NULL) {
        return tensor->numbers[writer->row * tensor->columns + writer->column];
    }

    i = knn_tensor_neighbor(writer);

    return i == SIZE_MAX ? NAN : writer->query->distances[i];
}


static char *
knn_tensor_number_json(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                       char *p)
{
    return knn_reply_number(knn_tensor_number(writer, tensor), p);
}


static char *
knn_tensor_number_binary(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                         char *p)
{
    double number;

    number = knn_tensor_number(writer, tensor);

    return knn_tensor_write64(p, &number);
}


/* The index of a neighbor. */
static int64_t
knn_tensor_index(const knn_reply_writer_t *writer)
{
    size_t i;

    i = knn_tensor_neighbor(writer);

    return i == SIZE_MAX ? -1 : writer->query->indices[i];
}


static char *
knn_tensor_index_json(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                      char *p)
{
    (void) tensor;

    return knn_number_write_integer(p, knn_tensor_index(writer));
}


static char *
knn_tensor_index_binary(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                        char *p)
{
    int64_t index;

    (void) tensor;

    index = knn_tensor_index(writer);

    return knn_tensor_write64(p, &index);
}


/* A label that is no text. */
static char *
knn_tensor_label_json(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                      char *p)
{
    return knn_reply_piece(
        p, &writer->reply->labels.labels[knn_tensor_label(writer, tensor)]);
}


static char *
knn_tensor_label_binary(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                        char *p)
{
    size_t             at;
    const knn_label_t *label;

    at = writer->row * tensor->columns + writer->column;
    label = knn_labels_class(writer->reply->info, writer->column,
                             writer->query->classes[at]);

    switch (label->type) {

    case KNN_LABEL_INTEGER:
        return knn_tensor_write64(p, &label->value.integer);

    case KNN_LABEL_FLOAT:
        return knn_tensor_write64(p, &label->value.number);

    default:
        *p = label->value.boolean;
        return p + 1;
    }
}


/* A label as a text, whatever it is: a key without the colon. */
static char *
knn_tensor_text_json(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                     char *p)
{
    const knn_piece_t *key;

    key = &writer->reply->labels.keys[knn_tensor_label(writer, tensor)];

    return knn_reply_copy(p, key->data, key->size - 1);
}


static char *
knn_tensor_text_binary(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                       char *p)
{
    const knn_piece_t *text;

    text = &writer->reply->labels.texts[knn_tensor_label(writer, tensor)];
    p = knn_tensor_write32(p, text->size);

    return knn_reply_piece(p, text);
}


/* A probability to compare, of which one that is no number is the least. */
static inline double
knn_tensor_rank(double proba)
{
    return proba >= 0 ? proba : -1;
}


/* The first class of those with the highest probability below a limit. */
static size_t
knn_tensor_best(const double *proba, size_t n, double limit)
{
    size_t i, best;
    double rank, most;

    best = 0;
    most = -2;

    for (i = 0; i < n; i++) {
        rank = knn_tensor_rank(proba[i]);

        if (rank < limit && rank > most) {
            best = i;
            most = rank;
        }
    }

    return best;
}


/*
 * The class behind another by falling probability, the lowest first among
 * equals.  Few are ever searched for: there are no more probabilities that
 * differ than neighbors that vote.
 */
static size_t
knn_tensor_next(const double *proba, size_t n, size_t class)
{
    size_t i;
    double rank;

    rank = knn_tensor_rank(proba[class]);

    for (i = class + 1; i < n; i++) {
        if (knn_tensor_rank(proba[i]) == rank) {
            return i;
        }
    }

    return knn_tensor_best(proba, n, rank);
}


/* Finds the next class; writes its probability and its number. */
static char *
knn_tensor_ranked(knn_reply_writer_t *writer, char *p)
{
    size_t        n;
    const double *proba;

    n = writer->reply->labels.count;
    proba = writer->query->proba + writer->row * n;

    writer->class = writer->column == 0
                        ? knn_tensor_best(proba, n, INFINITY)
                        : knn_tensor_next(proba, n, writer->class);

    /* a look at all classes counts as well */

    knn_reply_spend(writer, n / 16);

    p = knn_reply_number(proba[writer->class], p);
    *p++ = ':';
    p = knn_number_write_unsigned(p, writer->class);
    *p++ = ':';

    return p;
}


static char *
knn_tensor_ranked_json(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                       char *p)
{
    const knn_piece_t *key;

    (void) tensor;

    *p++ = '"';
    p = knn_tensor_ranked(writer, p);
    key = &writer->reply->labels.keys[writer->class];

    /* without its first quote and the colon */

    return knn_reply_copy(p, key->data + 1, key->size - 2);
}


static char *
knn_tensor_ranked_binary(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                         char *p)
{
    char *end;

    (void) tensor;

    end = knn_tensor_ranked(writer, p + KNN_TENSOR_LENGTH);
    end = knn_reply_piece(end, &writer->reply->labels.texts[writer->class]);
    (void) knn_tensor_write32(p, (size_t) (end - p) - KNN_TENSOR_LENGTH);

    return end;
}


const knn_tensor_kind_t knn_tensor_numbers = {KNN_FP64,
                                              false,
                                              KNN_NUMBER_WRITE,
                                              sizeof(double),
                                              knn_tensor_number_json,
                                              knn_tensor_number_binary};

const knn_tensor_kind_t knn_tensor_indices = {KNN_INT64,
                                              false,
                                              KNN_NUMBER_WRITE,
                                              sizeof(int64_t),
                                              knn_tensor_index_json,
                                              knn_tensor_index_binary};

const knn_tensor_kind_t knn_tensor_integers = {KNN_INT64,
                                               false,
                                               KNN_NUMBER_WRITE,
                                               sizeof(int64_t),
                                               knn_tensor_label_json,
                                               knn_tensor_label_binary};

const knn_tensor_kind_t knn_tensor_floats = {KNN_FP64,
                                             false,
                                             KNN_NUMBER_WRITE,
                                             sizeof(double),
                                             knn_tensor_label_json,
                                             knn_tensor_label_binary};

const knn_tensor_kind_t knn_tensor_booleans = {KNN_BOOL,
                                               false,
                                               sizeof("false"),
                                               1,
                                               knn_tensor_label_json,
                                               knn_tensor_label_binary};

const knn_tensor_kind_t knn_tensor_texts = {KNN_BYTES,
                                            true,
                                            0,
                                            KNN_TENSOR_LENGTH,
                                            knn_tensor_text_json,
                                            knn_tensor_text_binary};

const knn_tensor_kind_t knn_tensor_ranks = {
    KNN_BYTES,
    true,
    2 * KNN_NUMBER_WRITE + sizeof("\"::"),
    KNN_TENSOR_LENGTH + 2 * KNN_NUMBER_WRITE + sizeof("::"),
    knn_tensor_ranked_json,
    knn_tensor_ranked_binary};
