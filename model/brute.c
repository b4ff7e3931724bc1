
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>

#include "search.h"


/* Starts with a heap of rows after all others. */
static void
knn_lowest_begin(const knn_model_t *model, const double *q,
                 knn_search_t *search)
{
    (void) q;

    knn_heap_reset(&search->heap, NAN, UINT32_MAX);
    search->worst = INFINITY;

    knn_tree_begin(model, search);
}


/* Keeps the nearest rows and among equally distant ones the lowest. */
static bool
knn_lowest_take(const knn_model_t *model, size_t first, size_t end,
                knn_search_t *search)
{
    size_t      i;
    knn_heap_t *heap;

    heap = &search->heap;
    knn_search_mark(model, end - first, search);

    for (i = 0; i < end - first; i++) {
        if (knn_search_near(model, search, i / 64) >> (i % 64) & 1) {
            knn_heap_push_ordered(heap, search->rdist[i],
                                  model->rows[first + i]);
        }
    }

    search->worst = isnan(heap->values[0]) ? INFINITY : heap->values[0];

    return true;
}


/* The heap is the answer. */
static bool
knn_lowest_end(const knn_model_t *model, knn_search_t *search)
{
    (void) model;
    (void) search;

    return true;
}


/*
 * The order of scikit-learn's one thread: its heap starts from the largest
 * number, not infinity, and is pushed as it lies into a second one.
 */
static void
knn_serial_begin(const knn_model_t *model, const double *q,
                 knn_search_t *search)
{
    (void) q;

    knn_heap_reset(&search->heap, DBL_MAX, 0);
    search->worst = DBL_MAX;

    knn_tree_begin(model, search);
}


/* Pushes the heap into the second one. */
static bool
knn_serial_end(const knn_model_t *model, knn_search_t *search)
{
    size_t     i;
    knn_heap_t last;

    (void) model;

    last = search->serial;
    knn_heap_reset(&last, DBL_MAX, 0);

    for (i = 0; i < last.size; i++) {
        knn_heap_push(&last, search->heap.values[i], search->heap.rows[i]);
    }

    for (i = 0; i < last.size; i++) {
        search->heap.values[i] = last.values[i];
        search->heap.rows[i] = last.rows[i];
    }

    return true;
}


const knn_way_t knn_way_lowest = {"lowest",
                                  knn_lowest_begin,
                                  knn_search_lanes,
                                  knn_lowest_take,
                                  knn_lowest_end,
                                  NULL,
                                  0};
const knn_way_t knn_way_serial = {"serial",
                                  knn_serial_begin,
                                  knn_search_lanes,
                                  knn_heap_take,
                                  knn_serial_end,
                                  NULL,
                                  0};
