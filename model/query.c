
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "centroid.h"
#include "error.h"
#include "novelty.h"
#include "query.h"
#include "sort.h"


/* Turns the reduced distances of found rows into distances. */
static void
knn_query_distances(const knn_model_t *model, knn_heap_t *heap)
{
    size_t i;

    for (i = 0; i < heap->size; i++) {
        heap->values[i] =
            model->metric->to_dist(&model->space, heap->values[i]);
    }
}


/* Fills what is asked for of the targets of found rows. */
static void
knn_query_predict(knn_query_t *query, size_t row, const knn_heap_t *found)
{
    knn_vote_t        *vote;
    const knn_model_t *model;

    model = query->model;
    vote = &((knn_scratch_t *) query->scratch)->vote;
    vote->n = found->size;

    if (vote->weights != NULL) {
        knn_vote_weigh(model, found->values, vote);
    }

    if (query->classes != NULL) {
        knn_vote_predict(model, vote,
                         query->classes + row * model->info.n_outputs);
    }

    if (query->values != NULL) {
        knn_regress(model, vote, query->values + row * model->info.n_outputs);
    }

    if (query->proba != NULL) {
        knn_vote_proba(model, vote, query->proba + row * model->n_classes);
    }
}


/* Copies neighbors out. */
static void
knn_query_neighbors(knn_query_t *query, size_t row, const knn_heap_t *heap)
{
    size_t   i;
    double  *distances;
    int64_t *indices;

    query->first[row + 1] = query->first[row] + heap->size;

    indices = query->indices + query->first[row];
    distances = query->distances + query->first[row];

    for (i = 0; i < heap->size; i++) {
        indices[i] = heap->rows[i];
        distances[i] = heap->values[i];
    }
}


/* How far the nearest row is, and how unlike the others that is. */
static void
knn_query_novelty(knn_query_t *query, size_t row, double least)
{
    double             nearest;
    const knn_model_t *model;

    model = query->model;
    nearest = model->metric->to_dist(&model->space, least);

    query->nearest[row] = nearest;
    query->novelty[row] = knn_novelty(model, nearest);
}


/* Computes a row from its k nearest neighbors. */
static void
knn_query_nearest(knn_query_t *query, size_t row)
{
    double             least;
    knn_heap_t        *heap;
    knn_search_t      *search;
    const knn_model_t *model;

    model = query->model;
    search = &((knn_scratch_t *) query->scratch)->search;
    heap = &search->heap;

    least = search->sorted ? heap->values[0] : knn_heap_least(heap);

    if (search->ordered && !search->sorted) {
        knn_sort(heap, model->sort);
    }

    knn_query_predict(query, row, heap);
    knn_query_novelty(query, row, least);

    if (query->indices != NULL) {
        knn_query_distances(model, heap);
        knn_query_neighbors(query, row, heap);
    }
}


/* Whether a row without neighbors has no answer, which ends the query. */
static bool
knn_query_lonely(knn_query_t *query, size_t row)
{
    const knn_model_t *model;

    model = query->model;

    if ((query->outputs & (KNN_PREDICT | KNN_PREDICT_PROBA)) == 0
        || model->info.regressor || model->info.outputs[0].outlier != NULL)
    {
        return false;
    }

    query->failed = row;

    (void) knn_error(&query->error, KNN_VALUE,
                     "has no neighbors within the radius %g of the model, set "
                     "outlier_label or a larger radius and train it again",
                     model->radius);

    return true;
}


/* Sorts found rows: by reduced distances only where they are in heaps. */
static void
knn_query_sort(const knn_model_t *model, knn_heap_t *found)
{
    if (model->algorithm == KNN_BRUTE && !model->lowest) {
        knn_sort(found, model->sort);
        knn_query_distances(model, found);
    }
    else {
        knn_query_distances(model, found);
        knn_sort(found, model->sort);
    }
}


/* Computes a row from all neighbors within the radius, if it has an answer. */
static bool
knn_query_within(knn_query_t *query, size_t row)
{
    knn_heap_t        *found;
    knn_search_t      *search;
    const knn_model_t *model;

    model = query->model;
    search = &((knn_scratch_t *) query->scratch)->search;
    found = &search->found;

    if (found->size == 0 && knn_query_lonely(query, row)) {
        return false;
    }

    knn_search_spend(search, found->size * KNN_NEIGHBOR_WORK);

    knn_query_predict(query, row, found);
    knn_query_novelty(
        query, row, knn_heap_least((found->size == 0) ? &search->heap : found));

    if (query->indices != NULL) {
        knn_query_sort(model, found);
        knn_query_neighbors(query, row, found);
    }

    return true;
}


/* Computes a row from the nearest center of a class. */
static void
knn_query_centroid(knn_query_t *query, size_t row, knn_scratch_t *scratch)
{
    query->classes[row] =
        knn_centroid_nearest(query->model, scratch->q, scratch->scaled);
}


/* The same where there are steps. */
static const double *
knn_query_steps(knn_query_t *query, size_t row, const double *x)
{
    size_t             i;
    double            *slots;
    const double      *q;
    const knn_model_t *model;

    model = query->model;
    slots = ((knn_scratch_t *) query->scratch)->slots;

    memcpy(slots, x, model->info.n_features * sizeof(double));
    q = knn_steps_run(&model->steps, slots, &query->error);
    query->failed = row;

    if (q == NULL) {
        return NULL;
    }

    for (i = 0; i < model->space.n_features; i++) {
        if (isfinite(q[i]) || (isnan(q[i]) && model->kind == KNN_NAN_EUCLIDEAN))
        {
            continue;
        }

        (void) knn_error(&query->error, KNN_VALUE,
                         "becomes %s as feature %zu of the estimator, use "
                         "numbers like those of the training data",
                         isnan(q[i]) ? "NaN" : "infinite", i);
        return NULL;
    }

    return q;
}


/* Computes a row whose neighbors are found; false when it has no answer. */
static bool
knn_query_answer(knn_query_t *query, size_t row)
{
    if (query->model->within) {
        return knn_query_within(query, row);
    }

    knn_query_nearest(query, row);

    return true;
}


const double *
knn_query_point(knn_query_t *query, size_t row)
{
    const double      *x;
    const knn_model_t *model;

    model = query->model;
    x = query->x + row * model->info.n_features;

    return (model->steps.n_inputs == 0) ? x : knn_query_steps(query, row, x);
}


/* Turns to the next row; false when there is no search for it yet. */
static bool
knn_query_begin(knn_query_t *query, size_t row, knn_scratch_t *scratch)
{
    if (scratch->rows != NULL) {
        return knn_query_turn(query, row, scratch);
    }

    scratch->q = knn_query_point(query, row);
    knn_search_spend(&scratch->search, query->model->row_cost);

    return scratch->q != NULL;
}


/* Goes on with a row; false when it is not done. */
static bool
knn_query_row(knn_query_t *query, size_t row, knn_scratch_t *scratch)
{
    if (scratch->q == NULL && !knn_query_begin(query, row, scratch)) {
        return false;
    }

    if (query->model->estimator == KNN_CENTROID) {
        knn_query_centroid(query, row, scratch);
        return true;
    }

    return knn_search(query->model, scratch->q, &scratch->search)
           && knn_query_answer(query, row);
}


bool
knn_query_run(knn_query_t *query, size_t budget)
{
    knn_scratch_t *scratch;

    scratch = query->scratch;
    scratch->search.left = (budget < INT64_MAX) ? (int64_t) budget : INT64_MAX;

    while (query->done < query->rows && scratch->search.left > 0
           && knn_query_row(query, query->done, scratch))
    {
        scratch->q = NULL;
        query->done++;
    }

    return query->done == query->rows || query->error.status != KNN_OK;
}
