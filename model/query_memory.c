
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "query.h"


/* a memory that is handed out piece by piece; with base NULL it only counts */
typedef struct {
    char  *base;
    size_t size;
    bool   overflow;
} knn_carve_t;


/* The next count elements of size bytes. */
static void *
knn_carve(knn_carve_t *carve, size_t count, size_t size)
{
    void  *p;
    size_t total;

    p = (carve->base == NULL) ? NULL : carve->base + carve->size;

    if (__builtin_mul_overflow(count, size, &total)
        || total > SIZE_MAX - KNN_ALIGNMENT)
    {
        carve->overflow = true;
        return NULL;
    }

    total = (total + KNN_ALIGNMENT - 1) & ~((size_t) KNN_ALIGNMENT - 1);

    if (__builtin_add_overflow(carve->size, total, &carve->size)) {
        carve->overflow = true;
    }

    return p;
}


/* The same for so many elements of size bytes in each of the rows. */
static void *
knn_carve_rows(knn_carve_t *carve, size_t rows, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(rows, count, &total)) {
        carve->overflow = true;
        return NULL;
    }

    return knn_carve(carve, total, size);
}


/* A heap, or a list, of so many rows. */
static void
knn_carve_heap(knn_carve_t *carve, size_t size, knn_heap_t *heap)
{
    heap->size = size;
    heap->values = knn_carve(carve, size, sizeof(double));
    heap->rows = knn_carve(carve, size, sizeof(uint32_t));
}


/* The most neighbors that a row can have. */
static size_t
knn_query_most(const knn_model_t *model)
{
    return model->within ? model->info.n_samples : model->info.n_neighbors;
}


/* The arrays of results, as far as they are asked for. */
static void
knn_query_results(knn_carve_t *carve, knn_query_t *query)
{
    size_t             most, rows, n_outputs;
    const knn_model_t *model;

    rows = query->rows;
    model = query->model;
    most = knn_query_most(model);
    n_outputs = model->info.n_outputs;

    if (query->outputs & KNN_PREDICT) {
        if (model->info.regressor) {
            query->values =
                knn_carve_rows(carve, rows, n_outputs, sizeof(double));
        }
        else {
            query->classes =
                knn_carve_rows(carve, rows, n_outputs, sizeof(uint32_t));
        }
    }

    if (query->outputs & KNN_PREDICT_PROBA) {
        query->proba =
            knn_carve_rows(carve, rows, model->n_classes, sizeof(double));
    }

    if (query->outputs & KNN_KNEIGHBORS) {
        query->first = knn_carve(carve, rows + 1, sizeof(size_t));
        query->indices = knn_carve_rows(carve, rows, most, sizeof(int64_t));
        query->distances = knn_carve_rows(carve, rows, most, sizeof(double));
    }

    if (model->estimator != KNN_CENTROID) {
        query->nearest = knn_carve(carve, rows, sizeof(double));
        query->novelty = knn_carve(carve, rows, sizeof(double));
    }
}


/* What the search of a row needs. */
static void
knn_query_search(knn_carve_t *carve, const knn_model_t *model,
                 knn_search_t *search)
{
    size_t k;

    /* beyond a radius it is the nearest row alone that matters */

    k = model->within ? 1 : model->info.n_neighbors;

    knn_carve_heap(carve, k, &search->heap);
    knn_carve_heap(carve, KNN_QUICK_SIZE, &search->quick);

    search->rdist =
        knn_carve(carve, KNN_SCAN_BLOCKS * KNN_LANES, sizeof(double));
    search->below = knn_carve(carve, KNN_SCAN_BLOCKS / 8, sizeof(uint64_t));

    search->visits = knn_carve(carve, KNN_MAX_LEVELS + 1, sizeof(knn_visit_t));

    if (model->algorithm == KNN_BRUTE && !model->lowest) {
        knn_carve_heap(carve, k, &search->serial);
    }

    if (model->within) {
        search->withins =
            knn_carve(carve, KNN_MAX_LEVELS + 1, sizeof(knn_within_t));
        knn_carve_heap(carve, model->info.n_samples, &search->found);
    }
}


/* What the vote of a row needs. */
static void
knn_query_vote(knn_carve_t *carve, const knn_model_t *model, knn_vote_t *vote)
{
    vote->n = knn_query_most(model);

    if (model->weights == KNN_DISTANCE) {
        vote->weights = knn_carve(carve, vote->n, sizeof(double));
    }

    if (model->info.regressor || model->weights == KNN_DISTANCE) {
        vote->terms = knn_carve(carve, vote->n, sizeof(double));
    }

    vote->votes = knn_carve(carve, model->max_classes, sizeof(uint32_t));
    vote->shares = knn_carve(carve, model->max_classes, sizeof(double));
}


/* What a row needs while it is computed. */
static void
knn_query_scratch(knn_carve_t *carve, const knn_query_t *query,
                  knn_scratch_t *scratch)
{
    unsigned           outputs;
    const knn_model_t *model;

    model = query->model;
    outputs = query->outputs;

    if (model->steps.n_inputs != 0) {
        scratch->slots =
            knn_carve(carve, knn_steps_slots(&model->steps), sizeof(double));
    }

    if (model->estimator == KNN_CENTROID) {
        scratch->scaled =
            knn_carve(carve, model->space.n_features, sizeof(double));
        return;
    }

    knn_query_search(carve, model, &scratch->search);

    scratch->vote.rows =
        model->within ? scratch->search.found.rows : scratch->search.heap.rows;

    if (outputs & (KNN_PREDICT | KNN_PREDICT_PROBA)) {
        knn_query_vote(carve, model, &scratch->vote);
    }

    /* a sum's last bits are of its order */

    scratch->search.ordered =
        (outputs & KNN_KNEIGHBORS) != 0 || scratch->vote.weights != NULL
        || ((outputs & KNN_PREDICT) && model->info.regressor);
}


/* Lays out everything, in memory or, without any, as a matter of size. */
static void
knn_query_lay(knn_carve_t *carve, const knn_query_t *given)
{
    knn_query_t   *query, counted;
    knn_scratch_t *scratch, unused;

    query = knn_carve(carve, 1, sizeof(knn_query_t));
    scratch = knn_carve(carve, 1, sizeof(knn_scratch_t));

    if (carve->base == NULL) {
        query = &counted;
        scratch = &unused;
    }

    memset(scratch, 0, sizeof(knn_scratch_t));

    *query = *given;
    query->scratch = scratch;

    knn_query_scratch(carve, query, scratch);
    knn_query_results(carve, query);

    if (query->first != NULL) {
        query->first[0] = 0;
    }
}


size_t
knn_query_size(const knn_model_t *model, size_t rows, unsigned outputs)
{
    knn_carve_t carve;
    knn_query_t query;

    memset(&carve, 0, sizeof(knn_carve_t));
    memset(&query, 0, sizeof(knn_query_t));

    query.model = model;
    query.rows = rows;
    query.outputs = outputs;

    knn_query_lay(&carve, &query);

    return carve.overflow ? 0 : carve.size;
}


knn_query_t *
knn_query_init(void *memory, const knn_model_t *model, const double *x,
               size_t rows, unsigned outputs)
{
    knn_carve_t carve;
    knn_query_t query;

    memset(&carve, 0, sizeof(knn_carve_t));
    memset(&query, 0, sizeof(knn_query_t));

    carve.base = memory;

    query.model = model;
    query.x = x;
    query.rows = rows;
    query.outputs = outputs;

    knn_query_lay(&carve, &query);

    return memory;
}
