
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "search.h"
#include "sort.h"


void
knn_search(const knn_model_t *model, const double *q, knn_search_t *search)
{
    if (!search->ordered && knn_quick_possible(model)
        && knn_quick_search(model, q, search))
    {
        return;
    }

    if (model->algorithm == KNN_BRUTE) {
        knn_brute_search(model, q, search);
        return;
    }

    knn_heap_reset(&search->heap, INFINITY, 0);

    search->worst = INFINITY;
    search->lanes = knn_search_lanes;

    (void) knn_tree_search(model, q, search);
}


void
knn_search_sort(const knn_model_t *model, knn_search_t *search)
{
    if (model->lowest) {
        knn_heap_sort_ordered(&search->heap);
    }
    else {
        knn_sort(&search->heap, model->sort);
    }
}


void
knn_search_scan(const knn_model_t *model, const double *q, size_t block,
                size_t n, knn_search_t *search)
{
    size_t d;

    d = model->info.n_features;

    model->kernels->scan[model->kind](model->blocks + block * KNN_LANES * d, n,
                                      q, d, model->p, search->rdist);

    model->kernels->below(search->rdist, n, search->worst, search->below);
}


/* Pushes the rows of a word of lanes. */
static inline void
knn_search_push(const uint32_t *rows, const double *rdist, uint64_t lanes,
                knn_heap_t *heap)
{
    size_t i;

    while (lanes != 0) {
        i = (size_t) __builtin_ctzll(lanes);
        lanes &= lanes - 1;

        knn_heap_push(heap, rdist[i], rows[i]);
    }
}


bool
knn_search_lanes(const knn_model_t *model, const double *q, size_t first,
                 size_t count, knn_search_t *search)
{
    size_t          i, n, block, end;
    uint64_t        lanes;
    const uint32_t *rows;

    block = first / KNN_LANES;
    first %= KNN_LANES;
    end = first + count;

    while (end > 0) {
        n = (end + KNN_LANES - 1) / KNN_LANES;
        n = (n < KNN_SCAN_BLOCKS) ? n : KNN_SCAN_BLOCKS;

        knn_search_scan(model, q, block, n, search);

        rows = model->rows + block * KNN_LANES;

        for (i = 0; i < n * KNN_LANES; i += 64) {
            lanes = search->below[i / 64];

            /* lanes of other leaves before and after */

            if (i == 0) {
                lanes &= UINT64_MAX << first;
            }

            if (end - i < 64) {
                lanes &= ((uint64_t) 1 << (end - i)) - 1;
            }

            knn_search_push(rows + i, search->rdist + i, lanes, &search->heap);
        }

        search->worst = search->heap.values[0];

        first = 0;
        block += n;
        end -= (end < n * KNN_LANES) ? end : n * KNN_LANES;
    }

    return true;
}
