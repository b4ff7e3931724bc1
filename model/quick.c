
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "search.h"


/*
 * The heap's history matters only if rows beyond the k-th are exactly as far
 * as the k-th, or where the order is asked for, if any two are as far.  Else any
 * store does, as long as the walk of the tree stays the same; it does,
 * because it depends on the k-th distance so far and on nothing else.
 *
 * This store is a short list of all rows up to the k-th distance so far.  If
 * more than k are left at the end, a tie decides, and the faithful way is
 * gone.  Distances near overflow are left to that one too.
 */

#define KNN_QUICK_HUGE 0x1p1000


bool
knn_quick_possible(const knn_model_t *model)
{
    return model->aligned && !model->metric->wild
           && model->info.n_neighbors <= KNN_ENOUGH;
}


/* Adds the rows of a word of lanes; false when there are too many. */
static inline bool
knn_quick_add(const uint32_t *rows, const double *rdist, uint64_t lanes,
              knn_heap_t *list)
{
    size_t i, n;

    for (n = list->size; lanes != 0; n++) {
        if (n == KNN_QUICK_SIZE) {
            return false;
        }

        i = (size_t) __builtin_ctzll(lanes);
        lanes &= lanes - 1;

        list->values[n] = rdist[i];
        list->rows[n] = rows[i];
    }

    list->size = n;

    return true;
}


/* Drops what is above limit. */
static inline void
knn_quick_drop(knn_heap_t *list, double limit)
{
    size_t i, n;

    n = 0;

    for (i = 0; i < list->size; i++) {
        list->values[n] = list->values[i];
        list->rows[n] = list->rows[i];
        n += list->values[n] <= limit;
    }

    list->size = n;
}


/* Finds the k-th distance and drops what is above; false if that is slow. */
static inline bool
knn_quick_settle(const knn_model_t *model, knn_search_t *search)
{
    size_t      i, n;
    knn_heap_t *list;

    list = &search->quick;

    do {
        n = (list->size + KNN_LANES - 1) / KNN_LANES;

        for (i = list->size; i < n * KNN_LANES; i++) {
            list->values[i] = INFINITY;
        }

        search->worst =
            model->kernels->scans->enough(list->values, n, search->heap.size);
        i = list->size;
        knn_quick_drop(list, search->worst);

    } while (n * KNN_LANES > KNN_ENOUGH && list->size < i);

    return n * KNN_LANES <= KNN_ENOUGH;
}


/* Starts with an empty list. */
static void
knn_quick_begin(const knn_model_t *model, const double *q, knn_search_t *search)
{
    (void) q;

    search->quick.size = 0;
    search->worst = INFINITY;

    knn_tree_begin(model, search);
}


/* Takes the rows of a leaf, which has its blocks for itself. */
static bool
knn_quick_take(const knn_model_t *model, size_t first, size_t end,
               knn_search_t *search)
{
    size_t          i, n, old;
    const uint32_t *rows;

    n = (end - first + KNN_LANES - 1) / KNN_LANES;

    if (search->worst > KNN_QUICK_HUGE) {
        if (n * KNN_LANES < search->heap.size) {
            return false;
        }

        search->worst =
            model->kernels->scans->enough(search->rdist, n, search->heap.size);

        if (search->worst > KNN_QUICK_HUGE) {
            return false;
        }

        model->kernels->scans->below(search->rdist, n, search->worst,
                                     search->below);
    }

    old = search->quick.size;
    rows = model->rows + first;

    for (i = 0; i < n * KNN_LANES; i += 64) {
        if (!knn_quick_add(rows + i, search->rdist + i, search->below[i / 64],
                           &search->quick))
        {
            return false;
        }
    }

    return search->quick.size == old || knn_quick_settle(model, search);
}


/* Whether no tie decides which rows are the nearest, or their order. */
static bool
knn_quick_end(const knn_model_t *model, knn_search_t *search)
{
    size_t i;

    (void) model;

    if (search->quick.size != search->heap.size) {
        return false;
    }

    for (i = 0; i < search->heap.size; i++) {
        search->heap.values[i] = search->quick.values[i];
        search->heap.rows[i] = search->quick.rows[i];
    }

    return !search->ordered || knn_search_distinct(search);
}


const knn_way_t knn_way_quick = {"quick", knn_quick_begin, knn_tree_walk,
                                 knn_quick_take, knn_quick_end};
