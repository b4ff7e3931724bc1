
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "codes.h"
#include "layout.h"


const knn_way_t *
knn_search_faithful(const knn_model_t *model)
{
    if (model->algorithm != KNN_BRUTE) {
        return &knn_way_heap;
    }

    return model->lowest ? &knn_way_lowest : &knn_way_serial;
}


bool
knn_search_distinct(knn_search_t *search)
{
    size_t      i;
    knn_heap_t *heap;

    heap = &search->heap;
    knn_heap_sort_ordered(heap);

    for (i = 1; i < heap->size; i++) {
        if (heap->values[i] == heap->values[i - 1]) {
            return false;
        }
    }

    return true;
}


void
knn_search_begin(const knn_model_t *model, const double *q,
                 knn_search_t *search, const knn_way_t *way)
{
    search->way = way;
    search->sorted = false;
    way->begin(model, q, search);
}


/*
 * The numbers of what a file that is mapped holds may be any, by which lanes
 * without a row, or none at all, may seem to be near.
 */
static void
knn_search_bound(const knn_model_t *model, knn_heap_t *heap)
{
    size_t   i;
    uint32_t last;

    last = (uint32_t) model->info.n_samples - 1;

    for (i = 0; model->source.shared && i < heap->size; i++) {
        heap->rows[i] = (heap->rows[i] < last) ? heap->rows[i] : last;
    }
}


bool
knn_search(const knn_model_t *model, const double *q, knn_search_t *search)
{
    knn_walk_e walk;

    if (search->way == NULL) {
        knn_search_begin(model, q, search,
                         model->within ? &knn_way_within : model->way);
    }

    for (;;) {
        walk = search->way->walk(model, q, search);

        if (walk == KNN_WALK_PAUSED) {
            return false;
        }

        if (walk == KNN_WALK_DONE && search->way->end(model, search)) {
            knn_search_bound(model, (search->way == &knn_way_within)
                                        ? &search->found
                                        : &search->heap);
            search->way = NULL;
            return true;
        }

        knn_search_begin(model, q, search,
                         (search->way == &knn_way_within)
                             ? model->way
                             : knn_search_faithful(model));

        if (search->left <= 0) {
            return false;
        }
    }
}


knn_walk_e
knn_search_lanes(const knn_model_t *model, const double *q,
                 knn_search_t *search)
{
    size_t n, first, end, block;

    while (search->next < search->end) {
        if (search->left <= 0) {
            return KNN_WALK_PAUSED;
        }

        first = search->next;
        end = search->end;
        block = first / KNN_LANES;
        n = (end + KNN_LANES - 1) / KNN_LANES - block;

        if (n > model->n_scan) {
            n = model->n_scan;
            end = (block + n) * KNN_LANES;
        }

        search->next = end;

        knn_layout_scan(model, block, n, q, search->rdist);
        knn_search_spend(search, n * KNN_LANES * model->cost + KNN_VISIT_WORK);

        if (!search->way->take(model, first, end, search)) {
            return KNN_WALK_REFUSED;
        }
    }

    return KNN_WALK_DONE;
}


/* Starts with a heap of rows at no distance. */
static void
knn_heap_begin(const knn_model_t *model, const double *q, knn_search_t *search)
{
    (void) q;

    knn_heap_reset(&search->heap, INFINITY, 0);
    search->worst = INFINITY;

    knn_tree_begin(model, search);
}


/* Pushes the rows of a word of lanes. */
static inline void
knn_heap_lanes(const uint32_t *rows, const double *rdist, uint64_t lanes,
               knn_heap_t *heap)
{
    size_t i;

    while (lanes != 0) {
        i = (size_t) __builtin_ctzll(lanes);
        lanes &= lanes - 1;

        knn_heap_push(heap, rdist[i], rows[i]);
    }
}


/* The same where the rows of a leaf do not lie as the file has them. */
static void
knn_heap_ordered(const knn_model_t *model, size_t first, size_t end,
                 knn_search_t *search)
{
    size_t i, lane;

    for (i = first; i < end; i++) {
        lane = model->order[i] - first;

        if (knn_search_near(model, search, lane / 64) >> lane % 64 & 1) {
            knn_heap_push(&search->heap, search->rdist[lane],
                          model->rows[first + lane]);
        }
    }

    search->worst = search->heap.values[0];
}


bool
knn_heap_take(const knn_model_t *model, size_t first, size_t end,
              knn_search_t *search)
{
    size_t          i;
    uint64_t        lanes;
    const uint32_t *rows;

    knn_search_mark(model, end - first / KNN_LANES * KNN_LANES, search);

    if (model->order != NULL) {
        knn_heap_ordered(model, first, end, search);
        return true;
    }

    rows = model->rows + first / KNN_LANES * KNN_LANES;
    end -= first / KNN_LANES * KNN_LANES;
    first %= KNN_LANES;

    for (i = 0; i < end; i += 64) {
        lanes = knn_search_near(model, search, i / 64)
                & knn_search_mask(i, first, end);

        knn_heap_lanes(rows + i, search->rdist + i, lanes, &search->heap);
    }

    search->worst = search->heap.values[0];

    return true;
}


/* The heap is the answer. */
static bool
knn_heap_end(const knn_model_t *model, knn_search_t *search)
{
    (void) model;
    (void) search;

    return true;
}


const knn_way_t knn_way_heap = {
    "heap", knn_heap_begin, knn_tree_walk, knn_heap_take, knn_heap_end, NULL,
    0};
