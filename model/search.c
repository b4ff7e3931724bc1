
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "search.h"


void
knn_search(const knn_model_t *model, const double *q, knn_search_t *search)
{
    if (!search->ordered && knn_quick_possible(model, search)
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
knn_search_scan(const knn_model_t *model, const double *q, size_t block,
                size_t n, knn_search_t *search)
{
    size_t d;

    d = model->space.n_features;

    model->kernels->scan[model->kind](&model->space,
                                      model->blocks + block * KNN_LANES * d, n,
                                      q, search->rdist);

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
            lanes = knn_search_nearest(model, search, i / 64)
                    & knn_search_mask(i, first, end);

            knn_search_push(rows + i, search->rdist + i, lanes, &search->heap);
        }

        search->worst = search->heap.values[0];

        first = 0;
        block += n;
        end -= (end < n * KNN_LANES) ? end : n * KNN_LANES;
    }

    return true;
}
