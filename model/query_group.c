
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows of a query that are searched for together, and then end one by one. */


#include <string.h>

#include "query.h"


/* Starts a group with a row that no group has seen. */
static void
knn_rows_begin(const knn_query_t *query, knn_rows_t *rows, size_t row)
{
    rows->first = row;
    rows->end = row;
    rows->full = false;
    rows->seen = false;

    rows->group.q = (rows->points != NULL)
                        ? rows->points
                        : query->x + row * query->model->info.n_features;
    rows->group.step = 0;
}


/* Takes the point of a row in. */
static void
knn_rows_add(knn_rows_t *rows, const double *q, size_t d)
{
    size_t n;

    n = rows->end - rows->first;

    if (rows->points != NULL) {
        memcpy(rows->points + n * d, q, d * sizeof(double));
    }

    rows->group.searches[n].way = NULL;
    rows->end++;
}


/*
 * Fills a group with rows before the one that the estimator cannot take: that
 * one ends the query in its turn, as the first of the next group.
 */
static bool
knn_rows_fill(knn_query_t *query, knn_scratch_t *scratch, knn_rows_t *rows)
{
    const double *q;

    while (rows->end < query->rows && rows->end < rows->first + rows->size) {

        if (scratch->search.left <= 0) {
            return false;
        }

        q = knn_query_point(query, rows->end);
        knn_search_spend(&scratch->search, query->model->row_cost);

        if (q == NULL && rows->end == rows->first) {
            return false;
        }

        if (q == NULL) {
            query->error.status = KNN_OK;
            break;
        }

        knn_rows_add(rows, q, query->model->space.n_features);
    }

    rows->full = true;
    rows->group.n = rows->end - rows->first;

    return true;
}


/* Has the way look for all points of a group. */
static bool
knn_rows_see(const knn_model_t *model, knn_rows_t *rows, knn_search_t *search)
{
    bool seen;

    if (rows->group.n > 1) {
        rows->group.left = search->left;
        seen = model->way->group(model, &rows->group);
        search->left = rows->group.left;

        if (!seen) {
            return false;
        }
    }

    rows->seen = true;

    return true;
}


bool
knn_query_turn(knn_query_t *query, size_t row, knn_scratch_t *scratch)
{
    size_t      i;
    int64_t     left;
    knn_rows_t *rows;

    rows = scratch->rows;

    if (row == rows->end && rows->full) {
        knn_rows_begin(query, rows, row);
    }

    if (!rows->full && !knn_rows_fill(query, scratch, rows)) {
        return false;
    }

    if (!rows->seen && !knn_rows_see(query->model, rows, &scratch->search)) {
        return false;
    }

    i = row - rows->first;
    left = scratch->search.left;

    scratch->q = rows->group.q + i * query->model->space.n_features;
    scratch->search = rows->group.searches[i];
    scratch->search.left = left;

    return true;
}
