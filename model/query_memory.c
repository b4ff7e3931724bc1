
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "carve.h"
#include "codes.h"
#include "query.h"
#include "wide.h"


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

    query->values = NULL;
    query->classes = NULL;
    query->proba = NULL;
    query->first = NULL;
    query->indices = NULL;
    query->distances = NULL;
    query->nearest = NULL;
    query->novelty = NULL;

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

        if (carve->base != NULL) {
            query->first[0] = 0;
        }
    }

    if (model->estimator != KNN_CENTROID) {
        query->nearest = knn_carve(carve, rows, sizeof(double));
        query->novelty = knn_carve(carve, rows, sizeof(double));
    }
}


/* A walk over wide nodes. */
static void
knn_carve_wide(knn_carve_t *carve, size_t d, knn_search_t *search)
{
    knn_wide_walk_t *walk, unused;

    search->wide = knn_carve(carve, 1, sizeof(knn_wide_walk_t));
    walk = search->wide;

    if (carve->base == NULL) {
        walk = &unused;
    }

    walk->above = knn_carve(carve, d, sizeof(float));
    walk->below = knn_carve(carve, d, sizeof(float));
}


/* A probe, with room for the candidates of two slices and some more. */
static void
knn_carve_probe(knn_carve_t *carve, const knn_model_t *model,
                knn_search_t *search)
{
    knn_probe_t *probe, unused;

    search->probe = knn_carve(carve, 1, sizeof(knn_probe_t));
    probe = search->probe;

    if (carve->base == NULL) {
        probe = &unused;
    }

    probe->room =
        4 * search->heap.size + 2 * (KNN_CODES_SLICE + 1) * KNN_CODES_ROWS;

    probe->q = knn_carve(carve, knn_codes_room(model->space.n_features), 1);
    probe->list.lower = knn_carve(carve, probe->room, sizeof(float));
    probe->list.upper = knn_carve(carve, probe->room, sizeof(float));
    probe->list.lanes = knn_carve(carve, probe->room, sizeof(uint32_t));
}


/* What a search has for itself when it is one of a group. */
static void
knn_query_own(knn_carve_t *carve, const knn_model_t *model,
              knn_search_t *search)
{
    knn_carve_heap(carve, KNN_QUICK_SIZE, &search->quick);

    if (model->wide != NULL) {
        knn_carve_wide(carve, model->space.n_features, search);
    }

    if (model->codes != NULL) {
        knn_carve_probe(carve, model, search);
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

    knn_carve_heap(carve, (k > KNN_HEAP_LEAST) ? k : KNN_HEAP_LEAST,
                   &search->heap);
    search->heap.size = k;

    search->rdist =
        knn_carve(carve, KNN_SCAN_BLOCKS * KNN_LANES, sizeof(double));
    search->below = knn_carve(carve, KNN_SCAN_BLOCKS / 8, sizeof(uint64_t));

    search->visits = knn_carve(carve, KNN_MAX_LEVELS + 1, sizeof(knn_visit_t));

    if (model->algorithm == KNN_BRUTE && !model->lowest) {
        knn_carve_heap(carve, k, &search->serial);
    }

    if (model->codes != NULL) {
        search->squares =
            knn_carve(carve, KNN_CODES_SLICE * KNN_CODES_ROWS, sizeof(int32_t));
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


/* The rows that are searched for together. */
static size_t
knn_query_together(const knn_query_t *query)
{
    size_t             size, most;
    const knn_model_t *model;

    model = query->model;

    if (model->within || model->way->group == NULL
        || (model->codes != NULL && model->kernels->batch == NULL))
    {
        return 1;
    }

    size = model->way->together;
    size = (query->rows < size) ? query->rows : size;
    most = KNN_GROUP_POINTS / model->space.n_features;

    return (size < most) ? size : most;
}


/* Their codes, which are all swept at once. */
static knn_batch_t *
knn_carve_batch(knn_carve_t *carve, const knn_codes_t *codes, size_t size)
{
    size_t       tiles;
    knn_batch_t *batch, *place, counted;

    place = knn_carve(carve, 1, sizeof(knn_batch_t));
    batch = place;

    if (carve->base == NULL) {
        batch = &counted;
    }

    tiles = (size + KNN_BATCH_TILE - 1) / KNN_BATCH_TILE;

    batch->n_groups = codes->n_groups;
    batch->stride = knn_batch_stride(codes->n_groups);
    batch->q = knn_carve(carve, tiles * KNN_BATCH_TILE, batch->stride);
    batch->limits = knn_carve(carve, size, sizeof(int32_t));
    batch->near = knn_carve(carve, size, sizeof(uint32_t));
    batch->squares = knn_carve(carve, size * KNN_BATCH_BLOCKS * KNN_CODES_ROWS,
                               sizeof(int32_t));

    if (carve->base != NULL) {
        memset(batch->q, 0, tiles * KNN_BATCH_TILE * batch->stride);
    }

    return place;
}


/* What they need: points and searches of their own. */
static void
knn_query_rows(knn_carve_t *carve, const knn_model_t *model, size_t size,
               knn_scratch_t *scratch)
{
    size_t       i;
    knn_rows_t  *rows, counted;
    knn_search_t search;

    scratch->rows = knn_carve(carve, 1, sizeof(knn_rows_t));
    rows = scratch->rows;

    if (carve->base == NULL) {
        rows = &counted;
    }

    memset(rows, 0, sizeof(knn_rows_t));

    rows->size = size;
    rows->full = true; /* with no row */
    rows->group.searches = knn_carve(carve, size, sizeof(knn_search_t));

    if (model->steps.n_inputs != 0) {
        rows->points = knn_carve_rows(carve, size, model->space.n_features,
                                      sizeof(double));
    }

    if (model->codes != NULL) {
        rows->group.batch = knn_carve_batch(carve, model->codes, size);
    }

    for (i = 0; i < size; i++) {
        search = scratch->search;
        knn_query_own(carve, model, &search);

        if (carve->base != NULL) {
            rows->group.searches[i] = search;
        }
    }
}


/* What a row needs while it is computed. */
static void
knn_query_scratch(knn_carve_t *carve, const knn_query_t *query,
                  knn_scratch_t *scratch)
{
    size_t             together;
    unsigned           outputs;
    const knn_model_t *model;

    model = query->model;
    outputs = query->outputs;

    scratch->q = NULL;
    scratch->rows = NULL;
    scratch->search.way = NULL;
    scratch->vote.weights = NULL;

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

    together = knn_query_together(query);

    if (together > 1) {
        knn_query_rows(carve, model, together, scratch);
    }
    else {
        knn_query_own(carve, model, &scratch->search);
    }
}


/* Lays out everything, in memory or, without any, as a matter of size. */
static void
knn_query_lay(knn_carve_t *carve, const knn_model_t *model, const double *x,
              size_t rows, unsigned outputs)
{
    knn_query_t   *query, counted;
    knn_scratch_t *scratch, unused;

    query = knn_carve(carve, 1, sizeof(knn_query_t));
    scratch = knn_carve(carve, 1, sizeof(knn_scratch_t));

    if (carve->base == NULL) {
        query = &counted;
        scratch = &unused;
    }

    query->model = model;
    query->x = x;
    query->rows = rows;
    query->done = 0;
    query->outputs = outputs;
    query->failed = 0;
    query->error.status = KNN_OK;
    query->error.message[0] = '\0';
    query->scratch = scratch;

    knn_query_scratch(carve, query, scratch);
    knn_query_results(carve, query);
}


size_t
knn_query_size(const knn_model_t *model, size_t rows, unsigned outputs)
{
    knn_carve_t carve;

    carve = (knn_carve_t){.base = NULL};

    knn_query_lay(&carve, model, NULL, rows, outputs);

    return carve.overflow ? 0 : carve.size;
}


knn_query_t *
knn_query_init(void *memory, const knn_model_t *model, const double *x,
               size_t rows, unsigned outputs)
{
    knn_carve_t carve;

    carve = (knn_carve_t){.base = memory};

    knn_query_lay(&carve, model, x, rows, outputs);

    return memory;
}


void
knn_query_again(knn_query_t *query, const double *x)
{
    knn_rows_t *rows;

    query->x = x;
    query->done = 0;

    rows = ((knn_scratch_t *) query->scratch)->rows;

    if (rows != NULL) {
        rows->first = 0;
        rows->end = 0;
        rows->full = true;
    }
}
