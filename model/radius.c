
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

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


typedef enum {
    KNN_ACROSS = 0,
    KNN_OUTSIDE,
    KNN_INSIDE
} knn_place_e;


/* distances from a point to the nearest and the farthest one of a node */
typedef struct {
    double least;
    double most;
} knn_reach_t;


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
static inline __attribute__((always_inline)) knn_reach_t
knn_reach_sum(knn_reach_e kind, const knn_space_t *space, const double *box,
              const double *q)
{
    size_t      j;
    double      a, b;
    knn_reach_t reach;

    reach = (knn_reach_t){0, 0};

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
static knn_reach_t
knn_reach_powers(const knn_space_t *space, const double *box, const double *q)
{
    knn_reach_t reach;

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
static knn_reach_t
knn_reach_squares(const knn_model_t *model, const double *box, const double *q)
{
    knn_reach_t reach;

    reach = knn_reach_sum(KNN_REACH_SQUARES, &model->space, box, q);

    reach.least = sqrt(reach.least);
    reach.most = sqrt(reach.most);

    return (knn_reach_unsure(model, reach.least)
            || knn_reach_unsure(model, reach.most))
               ? knn_reach_powers(&model->space, box, q)
               : reach;
}


/* The distances to a box. */
static knn_reach_t
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
                 knn_place_e *places)
{
    size_t      i;
    double      rdist[2], dist;
    knn_reach_t reach;

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


/* Takes the rows of a leaf, or of all leaves, that are near enough. */
static void
knn_radius_lanes(const knn_model_t *model, const double *q, size_t first,
                 size_t end, knn_search_t *search)
{
    size_t      i, j, n, block;
    uint64_t    lanes;
    knn_heap_t *found;

    found = &search->found;
    block = first / KNN_LANES;
    first %= KNN_LANES;
    end -= block * KNN_LANES;

    while (end > 0) {
        n = (end + KNN_LANES - 1) / KNN_LANES;
        n = (n < KNN_SCAN_BLOCKS) ? n : KNN_SCAN_BLOCKS;

        knn_search_scan(model, q, block, n, search);

        for (i = 0; i < n * KNN_LANES; i += 64) {
            lanes = knn_search_mask(i, first, end);

            /* all of a node inside, also those that are NaN away */

            if (search->worst != INFINITY) {
                lanes &= search->below[i / 64];
            }

            for (/* void */; lanes != 0; lanes &= lanes - 1) {
                j = i + (size_t) __builtin_ctzll(lanes);

                found->values[found->size] = search->rdist[j];
                found->rows[found->size] = model->rows[block * KNN_LANES + j];
                found->size++;
            }
        }

        first = 0;
        block += n;
        end -= (end < n * KNN_LANES) ? end : n * KNN_LANES;
    }
}


/* a node to visit */
typedef struct {
    size_t      node;
    knn_place_e place;
} knn_within_t;


/* Takes what a tree holds, from left to right. */
static void
knn_radius_tree(const knn_model_t *model, const double *q, knn_search_t *search)
{
    size_t                 top;
    knn_place_e            places[2];
    knn_within_t           visit, stack[KNN_MAX_LEVELS + 1];
    const knn_tree_node_t *node;

    knn_radius_judge(model, model->root, q, places);

    top = 0;

    if (places[0] != KNN_OUTSIDE) {
        stack[top++] = (knn_within_t){0, places[0]};
    }

    while (top > 0) {
        visit = stack[--top];
        node = &model->nodes[visit.node];

        if (node->count != 0) {
            search->worst =
                (visit.place == KNN_INSIDE) ? INFINITY : model->limit;
            knn_radius_lanes(model, q, node->first, node->first + node->count,
                             search);
            continue;
        }

        places[0] = KNN_INSIDE;
        places[1] = KNN_INSIDE;

        if (visit.place != KNN_INSIDE) {
            knn_radius_judge(
                model, model->pairs + visit.node * model->pair_size, q, places);
        }

        if (places[1] != KNN_OUTSIDE) {
            stack[top++] = (knn_within_t){2 * visit.node + 2, places[1]};
        }

        if (places[0] != KNN_OUTSIDE) {
            stack[top++] = (knn_within_t){2 * visit.node + 1, places[0]};
        }
    }
}


/* The number of that place in the order of all numbers, 0 at place 0. */
static double
knn_radius_number(int64_t place)
{
    double number;

    if (place < 0) {
        place = INT64_MIN - place;
    }

    memcpy(&number, &place, sizeof(double));

    return number;
}


/*
 * The largest reduced distance whose distance is not above the radius, by
 * halving the range of numbers; a cosine's is -1 to 1.
 */
static double
knn_radius_largest(const knn_model_t *model)
{
    bool    cosine;
    double  most;
    int64_t low, high, middle;

    cosine = (model->kind == KNN_COSINE);
    most = cosine ? 1.5 : INFINITY;

    memcpy(&high, &most, sizeof(double));
    low = cosine ? -high : 0;

    while (high - low > 1) {
        middle = low + (high - low) / 2;

        if (model->metric->to_dist(&model->space, knn_radius_number(middle))
            <= model->radius)
        {
            low = middle;
        }
        else {
            high = middle;
        }
    }

    return knn_radius_number(low);
}


/*
 * The older brute force compares distances, all else reduced ones; squares of
 * euclidean ones they both compare.
 */
double
knn_radius_limit(const knn_model_t *model)
{
    return (model->lowest && model->kind != KNN_EUCLIDEAN)
               ? knn_radius_largest(model)
               : model->metric->to_rdist(&model->space, model->radius);
}


void
knn_radius_search(const knn_model_t *model, const double *q,
                  knn_search_t *search)
{
    search->found.size = 0;

    if (model->algorithm == KNN_BRUTE) {
        search->worst = model->limit;
        knn_radius_lanes(model, q, 0, model->info.n_samples, search);
    }
    else {
        knn_radius_tree(model, q, search);
    }
}
