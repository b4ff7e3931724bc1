
/*
 * Copyright (C) nginx-knn contributors
 */


/* The results of one row as JSON. */


#include <math.h>

#include "number.h"
#include "reply_row.h"


/* A label of one output. */
static inline char *
knn_reply_class(const knn_reply_t *reply, size_t output, uint32_t class,
                char *p)
{
    const knn_piece_t *label;

    label = &reply->labels.labels[reply->labels.first[output] + class];

    return knn_reply_copy(p, label->data, label->size);
}


/* The prediction for a row: a label, or an array of those of the outputs. */
static char *
knn_reply_prediction(const knn_reply_t *reply, const knn_query_t *query,
                     size_t row, char *p)
{
    size_t          i, n;
    const uint32_t *classes;

    n = reply->info->n_outputs;
    classes = query->classes + row * n;

    if (n == 1) {
        return knn_reply_class(reply, 0, *classes, p);
    }

    *p++ = '[';

    for (i = 0; i < n; i++) {
        p = knn_reply_class(reply, i, classes[i], p);
        *p++ = ',';
    }

    p[-1] = ']';

    return p;
}


/* The probabilities of the classes of one output. */
static char *
knn_reply_proba(const knn_reply_t *reply, size_t output, const double *proba,
                char *p)
{
    size_t             i, n;
    const knn_piece_t *keys;

    n = reply->info->outputs[output].n_classes;
    keys = reply->labels.keys + reply->labels.first[output];

    *p++ = '{';

    for (i = 0; i < n; i++) {
        p = knn_reply_copy(p, keys[i].data, keys[i].size);
        p = knn_number_write(p, proba[i]);
        *p++ = ',';
    }

    p[-1] = '}';

    return p;
}


/* The probabilities for a row: an object, or an array of those. */
static char *
knn_reply_probabilities(const knn_reply_t *reply, const knn_query_t *query,
                        size_t row, char *p)
{
    size_t        i, n;
    const double *proba;

    n = reply->info->n_outputs;
    proba = query->proba + row * reply->labels.count;

    if (n == 1) {
        return knn_reply_proba(reply, 0, proba, p);
    }

    *p++ = '[';

    for (i = 0; i < n; i++) {
        p = knn_reply_proba(reply, i, proba + reply->labels.first[i], p);
        *p++ = ',';
    }

    p[-1] = ']';

    return p;
}


/* The label of a training row, or an array of those of the outputs. */
static char *
knn_reply_target(const knn_reply_t *reply, int64_t index, char *p)
{
    size_t i, n;

    n = reply->info->n_outputs;

    if (n == 1) {
        return knn_reply_class(reply, 0,
                               knn_model_target(reply->model, index, 0), p);
    }

    *p++ = '[';

    for (i = 0; i < n; i++) {
        p = knn_reply_class(reply, i, knn_model_target(reply->model, index, i),
                            p);
        *p++ = ',';
    }

    p[-1] = ']';

    return p;
}


/* The neighbors of a row. */
static char *
knn_reply_neighbors(const knn_reply_t *reply, const knn_query_t *query,
                    size_t row, char *p)
{
    size_t         i, n;
    const double  *distances;
    const int64_t *indices;

    n = reply->info->n_neighbors;
    distances = query->distances + row * n;
    indices = query->indices + row * n;

    *p++ = '[';

    for (i = 0; i < n; i++) {
        p = knn_reply_literal(p, "{\"index\":");
        p = knn_number_write_integer(p, indices[i]);
        p = knn_reply_literal(p, ",\"distance\":");

        p = isfinite(distances[i]) ? knn_number_write(p, distances[i])
                                   : knn_reply_literal(p, "null");

        p = knn_reply_literal(p, ",\"label\":");
        p = knn_reply_target(reply, indices[i], p);
        p = knn_reply_literal(p, "},");
    }

    p[-1] = ']';

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
