
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
 * gone.  Distances near overflow are left to that one too.  A scan does not walk
 * the tree: it keeps all rows up to knn_tree_limit(), where no more than k may
 * be.
 */

#define KNN_QUICK_HUGE 0x1p1000


bool
knn_quick_possible(const knn_model_t *model)
{
    return !model->metric->wild && model->info.n_neighbors <= KNN_ENOUGH;
}


/* How far the rows to keep may be, when the k-th is so far. */
static inline double
knn_quick_worst(const knn_model_t *model, const knn_search_t *search,
                double worst)
{
    return (search->way == &knn_way_scan) ? knn_tree_limit(model, worst)
                                          : worst;
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


bool
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

        search->worst = knn_quick_worst(
            model, search,
            model->kernels->scans->enough(list->values, n, search->heap.size));
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


/* A number that k of n measured blocks are not above, if it may be one. */
static inline bool
knn_quick_limit(const knn_model_t *model, size_t n, knn_search_t *search)
{
    double limit;

    if (n * KNN_LANES < search->heap.size) {
        return false;
    }

    limit = knn_quick_worst(
        model, search,
        model->kernels->scans->enough(search->rdist, n, search->heap.size));

    if (limit < search->worst) {
        search->worst = limit;
    }

    return search->worst <= KNN_QUICK_HUGE;
}


bool
knn_quick_pick(const knn_model_t *model, size_t first, size_t end,
               knn_search_t *search)
{
    size_t             n, old;
    const uint32_t    *rows;
    const knn_scans_t *scans;

    rows = model->rows + first;
    scans = model->kernels->scans;
    n = (end - first + KNN_LANES - 1) / KNN_LANES;

    if (search->worst > KNN_QUICK_HUGE && !knn_quick_limit(model, n, search)) {
        return false;
    }

    old = search->quick.size;

    if (!scans->pick(search->rdist, rows, n, search->worst, &search->quick)) {
        search->quick.size = old;

        if (!knn_quick_limit(model, n, search)
            || !scans->pick(search->rdist, rows, n, search->worst,
                            &search->quick))
        {
            return false;
        }
    }

    return true;
}


/* Takes the rows of a leaf, which has its blocks for itself. */
static bool
knn_quick_take(const knn_model_t *model, size_t first, size_t end,
               knn_search_t *search)
{
    size_t old;

    old = search->quick.size;

    return knn_quick_pick(model, first, end, search)
           && (search->quick.size == old || knn_quick_settle(model, search));
}


/* Whether a tree cannot find other rows than those up to the k-th. */
static bool
knn_quick_alone(const knn_model_t *model, const knn_search_t *search,
                double worst)
{
    size_t i, n;

    worst = knn_tree_limit(model, worst);

    for (i = 0, n = 0; i < search->quick.size; i++) {
        n += search->quick.values[i] <= worst;
    }

    return n == search->heap.size;
}


bool
knn_quick_end(const knn_model_t *model, knn_search_t *search)
{
    size_t   k;
    unsigned ties;

    k = search->heap.size;

    if (search->quick.size > KNN_ENOUGH && !knn_quick_settle(model, search)) {
        return false;
    }

    if (search->quick.size < k) {
        return false;
    }

    search->sorted = true;
    ties = model->kernels->scans->order(&search->quick, &search->heap);

    /* those of brute force lie in the order of rows, unless they are loose */

    if (model->lowest && !model->loose) {
        return true;
    }

    if (ties & (search->ordered ? (2u << k) - 1 : 1u << k)) {
        return false;
    }

    return search->way == &knn_way_quick
           || knn_quick_alone(model, search, search->heap.values[k - 1]);
}


const knn_way_t knn_way_quick = {"quick",
                                 knn_quick_begin,
                                 knn_tree_walk,
                                 knn_quick_take,
                                 knn_quick_end,
                                 NULL,
                                 0};
