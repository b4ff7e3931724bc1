
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "search.h"


/*
 * All rows within a radius.  scikit-learn compares the distances to the
 * nearest and to the farthest point of a node with the radius: a node beyond
 * is left out, all rows of a node inside are taken, and only those of a leaf
 * that is neither are measured one by one.  The order is that of the tree,
 * whatever the bounds are; but on the very boundary they decide, so that they
 * must come out as scikit-learn's do, which has a kd_tree's as
 *
 *     pow(sum of pow(t[j], 2.0), 0.5)
 *
 * Instead we take sqrt(sum of t[j] * t[j]), and pow() only where that is so
 * near the radius that it could matter: by the reckoning in tree.c the sums
 * differ by less than (2d + 4) 2^-53 of themselves, their roots by half of
 * that and the rounding of both, so that KNN_RADIUS_MARGIN * (d + 8) is more
 * than twice enough; KNN_RADIUS_TINY is above what underflow can do to a root,
 * and a radius above KNN_RADIUS_HUGE always goes by pow().
 */

#define KNN_RADIUS_MARGIN 0x1p-51
#define KNN_RADIUS_TINY   0x1p-500
#define KNN_RADIUS_HUGE   0x1p500


/* distances from a point to the nearest and the farthest one of a node */
typedef struct {
    double least;
    double most;
} knn_reach_box_t;


/* how a kd_tree's bounds are summed */
typedef enum {
    KNN_REACH_LARGEST = 0,
    KNN_REACH_SUM,
    KNN_REACH_SQUARES,
    KNN_REACH_POWERS
} knn_reach_e;


/* Adds one feature to a sum. */
static inline double
knn_reach_add(knn_reach_e kind, double sum, double t, double p)
{
    switch (kind) {

    case KNN_REACH_LARGEST:
        return fmax(sum, t);

    case KNN_REACH_SUM:
        return sum + t;

    case KNN_REACH_SQUARES:
        return sum + t * t;

    default: /* KNN_REACH_POWERS */
        return sum + pow(t, p);
    }
}


/* Sums up the distances to one box of a pair. */
static inline __attribute__((always_inline)) knn_reach_box_t
knn_reach_sum(knn_reach_e kind, const knn_space_t *space, const double *box,
              const double *q)
{
    size_t          j;
    double          a, b;
    knn_reach_box_t reach;

    reach = (knn_reach_box_t){0, 0};

    for (j = 0; j < space->n_features; j++) {
        a = box[0] - q[j];
        b = q[j] - box[2];

        reach.least = knn_reach_add(
            kind, reach.least, 0.5 * ((a + fabs(a)) + (b + fabs(b))), space->p);
        reach.most =
            knn_reach_add(kind, reach.most, fmax(fabs(a), fabs(b)), space->p);
        box += KNN_BOX_DOUBLES;
    }

    return reach;
}


/* The distances to a box by pow(). */
static knn_reach_box_t
knn_reach_powers(const knn_space_t *space, const double *box, const double *q)
{
    knn_reach_box_t reach;

    reach = knn_reach_sum(KNN_REACH_POWERS, space, box, q);

    reach.least = pow(reach.least, 1 / space->p);
    reach.most = pow(reach.most, 1 / space->p);

    return reach;
}


/* Whether a distance by squares may be on the other side by pow(). */
static inline bool
knn_reach_unsure(const knn_model_t *model, double dist)
{
    double margin;

    margin = (double) (model->space.n_features + 8) * KNN_RADIUS_MARGIN;

    return model->radius > KNN_RADIUS_HUGE
           || !(fabs(dist - model->radius)
                > margin * model->radius + KNN_RADIUS_TINY);
}


/* The distances to a box by squares, unless that is too near the radius. */
static knn_reach_box_t
knn_reach_squares(const knn_model_t *model, const double *box, const double *q)
{
    knn_reach_box_t reach;

    reach = knn_reach_sum(KNN_REACH_SQUARES, &model->space, box, q);

    reach.least = sqrt(reach.least);
    reach.most = sqrt(reach.most);

    return (knn_reach_unsure(model, reach.least)
            || knn_reach_unsure(model, reach.most))
               ? knn_reach_powers(&model->space, box, q)
               : reach;
}


/* The distances to a box. */
static knn_reach_box_t
knn_reach_box(const knn_model_t *model, const double *box, const double *q)
{
    switch (model->kind) {

    case KNN_EUCLIDEAN:
        return knn_reach_squares(model, box, q);

    case KNN_MANHATTAN:
        return knn_reach_sum(KNN_REACH_SUM, &model->space, box, q);

    case KNN_CHEBYSHEV:
        return knn_reach_sum(KNN_REACH_LARGEST, &model->space, box, q);

    default: /* KNN_MINKOWSKI */
        return knn_reach_powers(&model->space, box, q);
    }
}


/* Where the two nodes of a pair lie. */
static void
knn_radius_judge(const knn_model_t *model, const double *pair, const double *q,
                 knn_search_t *search, knn_place_e *places)
{
    size_t          i;
    double          rdist[2], dist;
    knn_reach_box_t reach;

    knn_search_spend(search, 2 * model->cost + KNN_VISIT_WORK);

    if (model->algorithm == KNN_BALL_TREE) {
        model->metric->centers(&model->space, pair + 2, q, rdist);
    }

    for (i = 0; i < 2; i++) {
        if (model->algorithm == KNN_BALL_TREE) {
            dist = model->metric->to_dist(&model->space, rdist[i]);
            reach.least = fmax(0, dist - pair[i]);
            reach.most = dist + pair[i];
        }
        else {
            reach = knn_reach_box(model, pair + i, q);
        }

        if (reach.least > model->radius) {
            places[i] = KNN_OUTSIDE;
        }
        else {
            places[i] = (reach.most <= model->radius) ? KNN_INSIDE : KNN_ACROSS;
        }
    }
}


/* Puts a node on the stack unless it is outside. */
static inline void
knn_radius_visit(knn_search_t *search, size_t node, knn_place_e place)
{
    if (place != KNN_OUTSIDE) {
        search->withins[search->top] = (knn_within_t){node, place};
        search->top++;
    }
}


/* Starts without rows, at the root. */
static void
knn_radius_begin(const knn_model_t *model, const double *q,
                 knn_search_t *search)
{
    knn_place_e places[2];

    search->found.size = 0;
    search->worst = model->limit;

    knn_tree_begin(model, search);

    if (model->algorithm != KNN_BRUTE) {
        knn_radius_judge(model, model->root, q, search, places);

        search->top = 0;
        knn_radius_visit(search, 0, places[0]);
    }
}


/* Puts the children of a node on the stack, the left one on top. */
static void
knn_radius_split(const knn_model_t *model, const double *q,
                 const knn_within_t *parent, knn_search_t *search)
{
    size_t      node;
    knn_place_e places[2];

    node = parent->node;
    places[0] = KNN_INSIDE;
    places[1] = KNN_INSIDE;

    if (parent->place != KNN_INSIDE) {
        knn_radius_judge(model, model->pairs + node * model->pair_size, q,
                         search, places);
    }

    knn_radius_visit(search, 2 * node + 2, places[1]);
    knn_radius_visit(search, 2 * node + 1, places[0]);
}


/* Goes to the leaves that hold rows within the radius, from left to right. */
static knn_walk_e
knn_radius_walk(const knn_model_t *model, const double *q, knn_search_t *search)
{
    knn_walk_e             walk;
    knn_within_t           visit;
    const knn_tree_node_t *node;

    walk = knn_search_lanes(model, q, search);

    while (walk == KNN_WALK_DONE && search->top > 0) {
        search->top--;
        visit = search->withins[search->top];
        node = &model->nodes[visit.node];

        if (node->count != 0) {
            search->worst =
                (visit.place == KNN_INSIDE) ? INFINITY : model->limit;
            search->next = node->first;
            search->end = node->first + node->count;
            walk = knn_search_lanes(model, q, search);
            continue;
        }

        knn_radius_split(model, q, &visit, search);

        if (search->left <= 0) {
            return KNN_WALK_PAUSED;
        }
    }

    return walk;
}


/* The same where the rows of a leaf do not lie as the file has them. */
static void
knn_radius_ordered(const knn_model_t *model, size_t first, size_t end,
                   knn_search_t *search)
{
    size_t      i, lane;
    knn_heap_t *found;

    found = &search->found;

    for (i = first; i < end; i++) {
        lane = model->order[i] - first;

        if ((search->worst == INFINITY && !model->source.shared)
            || (search->below[lane / 64] >> lane % 64 & 1))
        {
            found->values[found->size] = search->rdist[lane];
            found->rows[found->size] = model->rows[first + lane];
            found->size++;
        }
    }
}


/* Takes the rows that are near enough. */
static bool
knn_radius_take(const knn_model_t *model, size_t first, size_t end,
                knn_search_t *search)
{
    size_t          i, j;
    uint64_t        lanes;
    knn_heap_t     *found;
    const uint32_t *rows;

    knn_search_mark(model, end - first / KNN_LANES * KNN_LANES, search);

    if (model->order != NULL) {
        knn_radius_ordered(model, first, end, search);
        return true;
    }

    found = &search->found;
    rows = model->rows + first / KNN_LANES * KNN_LANES;
    end -= first / KNN_LANES * KNN_LANES;
    first %= KNN_LANES;

    for (i = 0; i < end; i += 64) {
        lanes = knn_search_mask(i, first, end);

        /*
         * All of a node inside, also those that are NaN away; but a file that
         * is mapped may hold any number of NaN, which take long to be sorted.
         */

        if (search->worst != INFINITY || model->source.shared) {
            lanes &= search->below[i / 64];
        }

        for (/* void */; lanes != 0; lanes &= lanes - 1) {
            j = i + (size_t) __builtin_ctzll(lanes);

            found->values[found->size] = search->rdist[j];
            found->rows[found->size] = rows[j];
            found->size++;
        }
    }

    return true;
}


/* Without rows the nearest one is still to be found. */
static bool
knn_radius_end(const knn_model_t *model, knn_search_t *search)
{
    (void) model;

    return search->found.size > 0;
}


const knn_way_t knn_way_within = {"within",
                                  knn_radius_begin,
                                  knn_radius_walk,
                                  knn_radius_take,
                                  knn_radius_end,
                                  NULL,
                                  0};
