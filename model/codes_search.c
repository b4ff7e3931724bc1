
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "codes.h"
#include "layout.h"


/*
 * All is in steps.  Let c be the codes of a row x, and p those of the point q,
 * D the integer |c - p|^2, e what x is off its codes, and f what q is off p:
 *
 *     | |q - x| - sqrt(D) |  <=  e + f        (the triangle inequality).
 *
 * lower = sqrt(D) - e and upper = sqrt(D) + e, so that the row is at least
 * lower - f and at most upper + f away.  When k rows are no more than u + f
 * away, those with lower - f > u + f are not among the k nearest, nor are they
 * as far as the k-th: the candidates are those with lower <= u + 2f = reach.
 * Once k rows are measured, and the k-th is w away, reach is w + f.
 *
 * Rounding.  e and f are rounded up, by 2^-20 of themselves and by more than
 * their computation can be off (codes_build.c).  lower is computed in floats:
 * the square's conversion, its root and the product with KNN_CODES_LESS, which
 * is 1 - 2^-21, leave it below sqrt(D) (1 - 2^-22); taking e off rounds by
 * 2^-24 sqrt(D) at most where lower is positive, and where it is not, the row is
 * a candidate anyway.  In the same way upper is above sqrt(D) + e, and reach is
 * what it is computed of, times 1 + 2^-20.  The kernel compares D with the
 * integer part of (reach + e)^2, which is as much too large as reach and e are,
 * 2^-20, and its three roundings make less than 2^-22 of that.  So for a row
 * that is no candidate D >= 1 and
 *
 *     |q - x|  >  w (1 + 2^-22) + 2^-22,       w = u + f or as measured.
 *
 * What the plain loop makes of a distance's square is off by less than
 * (d + 2) 2^-53 of it, 2^-37, and what underflow takes: d 2^-1074 at most, while
 * the square of 2^-22 steps is 2^-844 or more.  So the row's computed distance
 * is above the k-th computed one, too.  Overflow: where the k-th is not finite,
 * the way refuses.
 *
 * Where a tree's bounds may leave out a row that is nearer, knn_tree_limit() has
 * the way refuse; rows that were no candidates are farther than that, which
 * knn_codes_frame() sees to.
 */


/* Sweeps over some blocks. */
static void
knn_codes_slice(const knn_model_t *model, size_t n, knn_search_t *search)
{
    size_t             block;
    const knn_codes_t *codes;

    codes = model->codes;
    block = search->probe->block;

    model->kernels->sweeps->sweep(
        codes->codes + block * codes->n_groups * KNN_CODES_BYTES,
        codes->sums + block * KNN_CODES_ROWS, codes->n_groups, n,
        search->probe->q, search->squares);

    knn_probe_take(model, block, n, search->squares, search);
    search->probe->block += n;

    knn_search_spend(search, n * codes->n_groups * KNN_CODES_BYTES / 8
                                 + KNN_VISIT_WORK);
}


/* Turns to measuring: candidates that are likely to be near come first. */
static void
knn_codes_turn(const knn_model_t *model, knn_search_t *search)
{
    knn_probe_t *probe;

    probe = search->probe;

    knn_probe_sift(probe, knn_probe_narrow(model, search));

    if (!probe->measured) {
        knn_heap_reset(&search->heap, model->lowest ? NAN : INFINITY,
                       model->lowest ? UINT32_MAX : 0);
    }

    probe->measuring = true;
    probe->measured = true;
    probe->next = 0;
}


/* Pushes a row that is measured; of trees, the first come may win a tie. */
static inline void
knn_codes_push(const knn_model_t *model, double rdist, uint32_t row,
               knn_search_t *search)
{
    double       out;
    knn_probe_t *probe;

    if (model->lowest) {
        knn_heap_push_ordered(&search->heap, rdist, row);
        return;
    }

    probe = search->probe;
    out = (rdist < search->heap.values[0]) ? search->heap.values[0] : rdist;
    probe->spare = (out < probe->spare) ? out : probe->spare;

    knn_heap_push(&search->heap, rdist, row);
}


/* Measures n candidates, no more than KNN_LANES. */
static void
knn_codes_rows(const knn_model_t *model, const double *q, const uint32_t *lanes,
               size_t n, double *rdist)
{
    size_t      i;
    const void *rows[KNN_LANES];

    for (i = 0; i < KNN_LANES; i++) {
        rows[i] = knn_points_at(model, lanes[(i < n) ? i : 0]);
    }

    model->kernels->scans->rows[model->narrow](rows, model->space.n_features, q,
                                               rdist);
}


/* Measures the next candidates, as many as there are lanes. */
static void
knn_codes_measure(const knn_model_t *model, const double *q,
                  knn_search_t *search)
{
    size_t            i, n;
    double            worst;
    uint32_t          lanes[KNN_LANES] = {0};
    knn_probe_t      *probe;
    knn_candidates_t *list;

    probe = search->probe;
    list = &probe->list;

    for (n = 0; n < KNN_LANES && probe->next < list->size; probe->next++) {
        lanes[n] = list->lanes[probe->next];
        n += list->lower[probe->next] <= probe->reach.most;
    }

    if (n == 0) {
        return;
    }

    knn_codes_rows(model, q, lanes, n, search->rdist);

    for (i = 0; i < n; i++) {
        knn_codes_push(model, search->rdist[i], model->rows[lanes[i]], search);
    }

    worst = search->heap.values[0];

    if (worst < INFINITY) {
        knn_probe_reach(probe, sqrt(worst) * model->codes->per);
    }

    knn_search_spend(search, KNN_LANES * model->cost + KNN_VISIT_WORK);
}


/* Whether all candidates are so few that they are best measured and sorted. */
static bool
knn_codes_few(const knn_model_t *model, knn_search_t *search)
{
    knn_probe_t *probe;

    probe = search->probe;

    if (probe->measured || search->heap.size > KNN_ENOUGH) {
        return false;
    }

    if (probe->list.size > KNN_ENOUGH) {
        knn_probe_settle(model, search);
    }

    /* a file that is mapped may hold anything, and then there are fewer */

    return probe->list.size <= KNN_ENOUGH
           && probe->list.size >= search->heap.size;
}


/* Does that; they are in the order of lanes, and so of rows of brute force. */
static void
knn_codes_finish(const knn_model_t *model, const double *q,
                 knn_search_t *search)
{
    size_t          i, k, n;
    unsigned        ties;
    knn_probe_t    *probe;
    const uint32_t *lanes;

    probe = search->probe;
    lanes = probe->list.lanes;
    k = search->heap.size;
    n = probe->list.size;

    knn_codes_rows(model, q, lanes, n, search->quick.values);

    if (n > KNN_LANES) {
        knn_codes_rows(model, q, lanes + KNN_LANES, n - KNN_LANES,
                       search->quick.values + KNN_LANES);
    }

    for (i = 0; i < n; i++) {
        search->quick.rows[i] = model->rows[lanes[i]];
    }

    search->quick.size = n;
    search->sorted = true;
    ties = model->kernels->scans->order(&search->quick, &search->heap);

    probe->worst = search->heap.values[k - 1];
    probe->spare = (n > k) ? search->heap.values[k] : INFINITY;
    probe->tied = (ties & ((1u << k) - 1)) != 0;

    knn_search_spend(search, 2 * KNN_LANES * model->cost + KNN_VISIT_WORK);
}


/* Sweeps, and measures when the list is full and at the end. */
static knn_walk_e
knn_codes_walk(const knn_model_t *model, const double *q, knn_search_t *search)
{
    size_t       n;
    knn_probe_t *probe;

    probe = search->probe;

    if (probe->error == INFINITY) {
        return KNN_WALK_REFUSED;
    }

    while (search->left > 0) {
        if (!probe->measuring) {
            n = model->codes->n_blocks - probe->block;
            n = (n < model->codes->n_slice) ? n : model->codes->n_slice;

            if (n > 0 && knn_probe_room(model, n, search)) {
                knn_codes_slice(model, n, search);
            }
            else if (n == 0 && knn_codes_few(model, search)) {
                knn_codes_finish(model, q, search);
                return KNN_WALK_DONE;
            }
            else {
                knn_codes_turn(model, search);
            }

            continue;
        }

        knn_codes_measure(model, q, search);

        if (probe->next == probe->list.size) {
            probe->measuring = false;
            probe->list.size = 0;

            if (probe->block == model->codes->n_blocks) {
                return KNN_WALK_DONE;
            }
        }
    }

    return KNN_WALK_PAUSED;
}


/* Whether no tie decides which rows are the nearest, or their order. */
static bool
knn_codes_end(const knn_model_t *model, knn_search_t *search)
{
    knn_probe_t *probe;

    probe = search->probe;

    if (!search->sorted) {
        probe->worst = search->heap.values[0];
        probe->tied =
            !model->lowest && search->ordered && !knn_search_distinct(search);
    }

    return probe->worst < INFINITY
           && (model->lowest
               || (probe->spare > knn_tree_limit(model, probe->worst)
                   && !(search->ordered && probe->tied)));
}


/* Codes have no rows in lanes of blocks. */
static bool
knn_codes_take(const knn_model_t *model, size_t first, size_t end,
               knn_search_t *search)
{
    (void) model;
    (void) first;
    (void) end;
    (void) search;

    return true;
}


const knn_way_t knn_way_codes = {
    "codes",       knn_probe_begin, knn_codes_walk,  knn_codes_take,
    knn_codes_end, knn_codes_group, KNN_BATCH_POINTS};
