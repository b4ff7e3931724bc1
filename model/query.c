
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "novelty.h"
#include "search.h"
#include "vote.h"


/* the query's own memory, behind the public structure */
typedef struct {
    bool         novel; /* novelty is asked for */
    bool         voted;
    knn_search_t search;
    knn_vote_t   vote;
    double      *weights; /* NULL when uniform */
} knn_scratch_t;


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


/* A heap of the model's k. */
static void
knn_carve_heap(knn_carve_t *carve, size_t k, knn_heap_t *heap)
{
    heap->size = k;
    heap->values = knn_carve(carve, k, sizeof(double));
    heap->rows = knn_carve(carve, k, sizeof(uint32_t));
}


/* The arrays of results, as far as they are asked for. */
static void
knn_query_results(knn_carve_t *carve, knn_query_t *query)
{
    size_t             k, rows;
    const knn_model_t *model;

    rows = query->rows;
    model = query->model;
    k = model->info.n_neighbors;

    if (query->outputs & KNN_PREDICT) {
        query->classes = knn_carve_rows(carve, rows, model->info.n_outputs,
                                        sizeof(uint32_t));
    }

    if (query->outputs & KNN_PREDICT_PROBA) {
        query->proba =
            knn_carve_rows(carve, rows, model->n_classes, sizeof(double));
    }

    if (query->outputs & KNN_KNEIGHBORS) {
        query->indices = knn_carve_rows(carve, rows, k, sizeof(int64_t));
        query->distances = knn_carve_rows(carve, rows, k, sizeof(double));
    }

    if (query->outputs & (KNN_PREDICT_PROBA | KNN_KNEIGHBORS)) {
        query->novelty = knn_carve_rows(carve, rows, 1, sizeof(double));
    }
}


/* What a row needs while it is computed. */
static void
knn_query_scratch(knn_carve_t *carve, const knn_query_t *query,
                  knn_scratch_t *scratch)
{
    size_t             k;
    const knn_model_t *model;

    model = query->model;
    k = model->info.n_neighbors;

    scratch->voted = (query->outputs & (KNN_PREDICT | KNN_PREDICT_PROBA)) != 0;
    scratch->novel =
        (query->outputs & (KNN_PREDICT_PROBA | KNN_KNEIGHBORS)) != 0;

    knn_carve_heap(carve, k, &scratch->search.heap);
    knn_carve_heap(carve, KNN_QUICK_SIZE, &scratch->search.quick);

    scratch->search.rdist =
        knn_carve(carve, KNN_SCAN_BLOCKS * KNN_LANES, sizeof(double));
    scratch->search.below =
        knn_carve(carve, KNN_SCAN_BLOCKS / 8, sizeof(uint64_t));

    if (model->algorithm == KNN_BRUTE && !model->lowest) {
        knn_carve_heap(carve, k, &scratch->search.serial);
    }

    scratch->vote.n = k;
    scratch->vote.rows = scratch->search.heap.rows;
    scratch->vote.votes =
        knn_carve(carve, model->max_classes, sizeof(uint32_t));

    if (scratch->voted && model->weights == KNN_DISTANCE) {
        scratch->weights = knn_carve(carve, k, sizeof(double));
        scratch->vote.weights = scratch->weights;
        scratch->vote.terms = knn_carve(carve, k, sizeof(double));
    }

    scratch->search.ordered =
        (query->outputs & KNN_KNEIGHBORS) != 0 || scratch->weights != NULL;
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


/* Turns the reduced distances of the found rows into distances. */
static void
knn_query_distances(const knn_model_t *model, knn_heap_t *heap)
{
    size_t i;

    for (i = 0; i < heap->size; i++) {
        heap->values[i] = model->metric->to_dist(heap->values[i], model->p);
    }
}


/* Copies neighbors out. */
static void
knn_query_neighbors(knn_query_t *query, size_t row, const knn_heap_t *heap)
{
    size_t   i;
    double  *distances;
    int64_t *indices;

    indices = query->indices + row * heap->size;
    distances = query->distances + row * heap->size;

    for (i = 0; i < heap->size; i++) {
        indices[i] = heap->rows[i];
        distances[i] = heap->values[i];
    }
}


/* How unlike the training data the row is. */
static double
knn_query_novelty(const knn_model_t *model, const knn_scratch_t *scratch)
{
    double least;

    least = knn_heap_least(&scratch->search.heap);

    if (!scratch->search.ordered) {
        least = model->metric->to_dist(least, model->p);
    }

    return knn_novelty(model, least);
}


/* Computes one row. */
static void
knn_query_row(knn_query_t *query, size_t row)
{
    knn_heap_t        *heap;
    knn_scratch_t     *scratch;
    const knn_model_t *model;

    model = query->model;
    scratch = query->scratch;
    heap = &scratch->search.heap;

    knn_search(model, query->x + row * model->info.n_features,
               &scratch->search);

    if (scratch->search.ordered) {
        knn_search_sort(model, &scratch->search);
        knn_query_distances(model, heap);
    }

    if (scratch->weights != NULL) {
        knn_vote_weights(heap->values, heap->size, scratch->weights);
    }

    if (query->classes != NULL) {
        knn_vote_predict(model, &scratch->vote,
                         query->classes + row * model->info.n_outputs);
    }

    if (query->proba != NULL) {
        knn_vote_proba(model, &scratch->vote,
                       query->proba + row * model->n_classes);
    }

    if (query->indices != NULL) {
        knn_query_neighbors(query, row, heap);
    }

    if (scratch->novel) {
        query->novelty[row] = knn_query_novelty(model, scratch);
    }
}


bool
knn_query_run(knn_query_t *query, size_t rows)
{
    size_t end;

    end = (rows < query->rows - query->done) ? query->done + rows : query->rows;

    while (query->done < end) {
        knn_query_row(query, query->done);
        query->done++;
    }

    return query->done == query->rows;
}
