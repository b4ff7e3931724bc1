
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>

#include "search.h"


/* Keeps the nearest rows and among equally distant ones the lowest. */
static void
knn_brute_lowest(const knn_model_t *model, const double *q,
                 knn_search_t *search)
{
    size_t      i, n, block, end;
    knn_heap_t *heap;

    heap = &search->heap;

    knn_heap_reset(heap, NAN, UINT32_MAX);

    for (block = 0; block < model->n_blocks; block += n) {
        n = model->n_blocks - block;
        n = (n < KNN_SCAN_BLOCKS) ? n : KNN_SCAN_BLOCKS;

        search->worst = isnan(heap->values[0]) ? INFINITY : heap->values[0];
        knn_search_scan(model, q, block, n, search);

        end = model->info.n_samples - block * KNN_LANES;
        end = (end < n * KNN_LANES) ? end : n * KNN_LANES;

        for (i = 0; i < end; i++) {
            if (knn_search_nearest(model, search, i / 64) >> (i % 64) & 1) {
                knn_heap_push_ordered(heap, search->rdist[i],
                                      model->rows[block * KNN_LANES + i]);
            }
        }
    }
}


/*
 * The order of scikit-learn's one thread: its heap starts from the largest
 * number, not infinity, and is pushed as it lies into a second one.
 */
static void
knn_brute_serial(const knn_model_t *model, const double *q,
                 knn_search_t *search)
{
    size_t     i;
    knn_heap_t last;

    search->worst = DBL_MAX;

    knn_heap_reset(&search->heap, DBL_MAX, 0);
    (void) knn_search_lanes(model, q, 0, model->info.n_samples, search);

    last = search->serial;
    knn_heap_reset(&last, DBL_MAX, 0);

    for (i = 0; i < last.size; i++) {
        knn_heap_push(&last, search->heap.values[i], search->heap.rows[i]);
    }

    for (i = 0; i < last.size; i++) {
        search->heap.values[i] = last.values[i];
        search->heap.rows[i] = last.rows[i];
    }
}


void
knn_brute_search(const knn_model_t *model, const double *q,
                 knn_search_t *search)
{
    if (model->lowest) {
        knn_brute_lowest(model, q, search);
    }
    else {
        knn_brute_serial(model, q, search);
    }
}
