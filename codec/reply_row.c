
/*
 * Copyright (C) nginx-knn contributors
 */


/* The results of one row as JSON. */


#include <math.h>

#include "number.h"
#include "reply_row.h"


/*
 * Writes something of one output, of a row of the query or of the training
 * data; returns its end.
 */
typedef char *(*knn_reply_output_pt)(const knn_reply_t *reply,
                                     const knn_query_t *query, size_t row,
                                     size_t output, char *p);


/* What one output has, or an array of what all have. */
static inline __attribute__((always_inline)) char *
knn_reply_outputs(const knn_reply_t *reply, const knn_query_t *query,
                  size_t row, knn_reply_output_pt write, char *p)
{
    size_t i, n;

    n = reply->info->n_outputs;

    if (n == 1) {
        return write(reply, query, row, 0, p);
    }

    *p++ = '[';

    for (i = 0; i < n; i++) {
        p = write(reply, query, row, i, p);
        *p++ = ',';
    }

    p[-1] = ']';

    return p;
}


/* A label. */
static inline char *
knn_reply_label_of(const knn_reply_t *reply, size_t output, uint32_t class,
                   char *p)
{
    const knn_piece_t *label;

    label = knn_labels_get(&reply->labels, output, class);

    return knn_reply_copy(p, label->data, label->size);
}


/* A number, if it is one of JSON. */
static inline char *
knn_reply_number(double value, char *p)
{
    return isfinite(value) ? knn_number_write(p, value)
                           : knn_reply_literal(p, "null");
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


/* The prediction for a row. */
static char *
knn_reply_prediction(const knn_reply_t *reply, const knn_query_t *query,
                     size_t row, char *p)
{
    return reply->info->regressor
               ? knn_reply_outputs(reply, query, row, knn_reply_value, p)
               : knn_reply_outputs(reply, query, row, knn_reply_class, p);
}


/* The probabilities for a row. */
static char *
knn_reply_probabilities(const knn_reply_t *reply, const knn_query_t *query,
                        size_t row, char *p)
{
    return knn_reply_outputs(reply, query, row, knn_reply_proba, p);
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


/* The neighbors of a row. */
static char *
knn_reply_neighbors(const knn_reply_t *reply, const knn_query_t *query,
                    size_t row, char *p)
{
    size_t i;

    *p++ = '[';

    for (i = query->first[row]; i < query->first[row + 1]; i++) {
        p = knn_reply_literal(p, "{\"index\":");
        p = knn_number_write_integer(p, query->indices[i]);
        p = knn_reply_literal(p, ",\"distance\":");
        p = knn_reply_number(query->distances[i], p);
        p = knn_reply_target(reply, query, (size_t) query->indices[i], p);
        p = knn_reply_literal(p, "},");
    }

    p -= i > query->first[row];
    *p++ = ']';

    return p;
}


/* The novelty of a row. */
static char *
knn_reply_novelty(const knn_reply_t *reply, const knn_query_t *query,
                  size_t row, char *p)
{
    (void) reply;

    return knn_number_write(p, query->novelty[row]);
}


const knn_reply_member_t knn_reply_members[KNN_REPLY_MEMBERS] = {
    {KNN_PREDICT, "\"prediction\":", "\"predictions\":", knn_reply_prediction},
    {KNN_PREDICT_PROBA,
     "\"probabilities\":", "\"probabilities\":", knn_reply_probabilities},
    {KNN_KNEIGHBORS, "\"neighbors\":", "\"neighbors\":", knn_reply_neighbors},
    {KNN_PREDICT_PROBA | KNN_KNEIGHBORS,
     "\"novelty\":", "\"novelty\":", knn_reply_novelty}};
