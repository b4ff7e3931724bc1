
/*
 * Copyright (C) nginx-knn contributors
 */


/* The results of one row as JSON. */


#include "reply_row.h"


/* A label. */
static inline char *
knn_reply_label_of(const knn_reply_t *reply, size_t output, uint32_t class,
                   char *p)
{
    const knn_piece_t *label;

    label = knn_labels_get(&reply->labels, output, class);

    return knn_reply_copy(p, label->data, label->size);
}


/* The predicted label. */
static char *
knn_reply_class(const knn_reply_t *reply, const knn_query_t *query, size_t row,
                size_t output, char *p)
{
    return knn_reply_label_of(
        reply, output, query->classes[row * reply->info->n_outputs + output],
        p);
}


/* The predicted value. */
static char *
knn_reply_value(const knn_reply_t *reply, const knn_query_t *query, size_t row,
                size_t output, char *p)
{
    return knn_reply_number(
        query->values[row * reply->info->n_outputs + output], p);
}


/* The label of a training row. */
static char *
knn_reply_target_class(const knn_reply_t *reply, const knn_query_t *query,
                       size_t row, size_t output, char *p)
{
    (void) query;

    return knn_reply_label_of(
        reply, output, knn_model_target(reply->model, (int64_t) row, output),
        p);
}


/* The value of a training row. */
static char *
knn_reply_target_value(const knn_reply_t *reply, const knn_query_t *query,
                       size_t row, size_t output, char *p)
{
    (void) query;

    return knn_reply_number(
        knn_model_value(reply->model, (int64_t) row, output), p);
}


/* The probabilities of the classes. */
static char *
knn_reply_proba(const knn_reply_t *reply, const knn_query_t *query, size_t row,
                size_t output, char *p)
{
    size_t             i, n, first;
    const double      *proba;
    const knn_piece_t *keys;

    n = reply->info->outputs[output].n_classes;
    first = reply->labels.first[output];
    keys = reply->labels.keys + first;
    proba = query->proba + row * reply->labels.count + first;

    *p++ = '{';

    for (i = 0; i < n; i++) {
        p = knn_reply_copy(p, keys[i].data, keys[i].size);
        p = knn_reply_number(proba[i], p);
        *p++ = ',';
    }

    p[-1] = '}';

    return p;
}


char *
knn_reply_prediction(knn_reply_writer_t *writer, char *p)
{
    const knn_reply_t *reply;

    reply = writer->reply;
    knn_reply_spend(writer, reply->info->n_outputs);

    return reply->info->regressor
               ? knn_reply_outputs(reply, writer->query, writer->row,
                                   knn_reply_value, p)
               : knn_reply_outputs(reply, writer->query, writer->row,
                                   knn_reply_class, p);
}


/* The probabilities for a row. */
static char *
knn_reply_probabilities(knn_reply_writer_t *writer, char *p)
{
    knn_reply_spend(writer, writer->reply->labels.count);

    return knn_reply_outputs(writer->reply, writer->query, writer->row,
                             knn_reply_proba, p);
}


/* What the training data says of a neighbor, if it says anything. */
static inline char *
knn_reply_target(const knn_reply_t *reply, const knn_query_t *query, size_t row,
                 char *p)
{
    if (reply->info->n_outputs == 0) {
        return p;
    }

    if (reply->info->regressor) {
        p = knn_reply_literal(p, ",\"value\":");
        return knn_reply_outputs(reply, query, row, knn_reply_target_value, p);
    }

    p = knn_reply_literal(p, ",\"label\":");

    return knn_reply_outputs(reply, query, row, knn_reply_target_class, p);
}


/* A neighbor, by its place in the query; with a comma behind it. */
static inline char *
knn_reply_neighbor(const knn_reply_t *reply, const knn_query_t *query, size_t i,
                   char *p)
{
    p = knn_reply_literal(p, "{\"index\":");
    p = knn_number_write_integer(p, query->indices[i]);
    p = knn_reply_literal(p, ",\"distance\":");
    p = knn_reply_number(query->distances[i], p);
    p = knn_reply_target(reply, query, (size_t) query->indices[i], p);

    return knn_reply_literal(p, "},");
}


char *
knn_reply_neighbors(knn_reply_writer_t *writer, char *p)
{
    size_t        i;
    const size_t *first;

    first = writer->query->first + writer->row;
    i = first[0] + writer->neighbor;

    if (writer->neighbor == 0) {
        *p++ = '[';
    }

    for (/* void */; i < first[1] && writer->values > 0; i++) {
        p = knn_reply_neighbor(writer->reply, writer->query, i, p);
        knn_reply_spend(writer, 2 + writer->reply->info->n_outputs);
    }

    if (i < first[1]) {
        writer->neighbor = i - first[0];
        return p;
    }

    /* the last comma */

    p -= i > first[0];
    *p++ = ']';

    writer->neighbor = 0;
    knn_reply_spend(writer, 1);

    return p;
}


/* The novelty of a row. */
static char *
knn_reply_novelty(knn_reply_writer_t *writer, char *p)
{
    knn_reply_spend(writer, 1);

    return knn_number_write(p, writer->query->novelty[writer->row]);
}


const knn_reply_member_t knn_reply_members[KNN_REPLY_MEMBERS] = {
    {KNN_PREDICT, KNN_PIECE("\"prediction\":"), KNN_PIECE("\"predictions\":["),
     knn_reply_prediction},
    {KNN_PREDICT_PROBA, KNN_PIECE("\"probabilities\":"),
     KNN_PIECE("\"probabilities\":["), knn_reply_probabilities},
    {KNN_KNEIGHBORS, KNN_PIECE("\"neighbors\":"), KNN_PIECE("\"neighbors\":["),
     knn_reply_neighbors},
    {KNN_PREDICT_PROBA | KNN_KNEIGHBORS, KNN_PIECE("\"novelty\":"),
     KNN_PIECE("\"novelty\":["), knn_reply_novelty}};
