
/*
 * Copyright (C) nginx-knn contributors
 */


/* The memory that replies need, before they are written. */


#include "reply_row.h"


/* Adds the most bytes of the neighbors of rows; false on overflow. */
static bool
knn_reply_neighbors_size(const knn_reply_t *reply, size_t rows,
                         size_t neighbors, size_t *total)
{
    return knn_reply_add(total, rows, sizeof("[],"))
           && knn_reply_add(total, neighbors, reply->target)
           && knn_reply_add(total, neighbors,
                            2 * KNN_NUMBER_WRITE
                                + sizeof("{\"index\":,\"distance\":,"
                                         "\"label\":},"));
}


/* Adds the most bytes of the probabilities of rows; false on overflow. */
static bool
knn_reply_proba_size(const knn_reply_t *reply, size_t rows, size_t *total)
{
    size_t size;

    size = sizeof("[],");

    return knn_reply_add(&size, 1, reply->labels.keys_size)
           && knn_reply_add(&size, reply->labels.count, KNN_NUMBER_WRITE + 1)
           && knn_reply_add(&size, reply->info->n_outputs, sizeof("{},"))
           && knn_reply_add(total, rows, size);
}


size_t
knn_reply_room(const knn_reply_t *reply, unsigned outputs, size_t rows,
               size_t neighbors)
{
    size_t i, total;

    total = sizeof("{}");

    for (i = 0; i < KNN_REPLY_MEMBERS; i++) {
        total += knn_reply_members[i].list.size + sizeof("],");
    }

    /* novelty and commas */

    if (!knn_reply_add(&total, rows, KNN_NUMBER_WRITE + KNN_REPLY_MEMBERS)
        || ((outputs & KNN_PREDICT)
            && !knn_reply_add(&total, rows, reply->target))
        || ((outputs & KNN_PREDICT_PROBA)
            && !knn_reply_proba_size(reply, rows, &total))
        || ((outputs & KNN_KNEIGHBORS)
            && !knn_reply_neighbors_size(reply, rows, neighbors, &total))
        || !knn_reply_add(&total, 1, reply->tail.size))
    {
        return 0;
    }

    return total;
}


size_t
knn_reply_found(const knn_query_t *query)
{
    return query->first == NULL ? 0 : query->first[query->rows];
}


size_t
knn_reply_width(const knn_reply_t *reply, const knn_query_t *query)
{
    size_t        row, most;
    const size_t *first;

    first = query->first;

    if (first == NULL || reply->info->n_neighbors > 0) {
        return reply->info->n_neighbors;
    }

    for (row = 0, most = 0; row < query->rows; row++) {
        if (first[row + 1] - first[row] > most) {
            most = first[row + 1] - first[row];
        }
    }

    return most;
}
