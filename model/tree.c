
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "search.h"


/*
 * The walk of scikit-learn's trees: the nearer child first, a node is left out
 * when its lower bound is above the k-th distance.  These two comparisons
 * decide which of equally distant rows are found first, so they must come out
 * as scikit-learn's do, which has the bound of a kd_tree's node as
 *
 *     S = sum of pow(t[j], 2.0)    over d features, t[j] >= 0,
 *
 * and pow() is by far the most expensive part of a query.  Instead we take
 *
 *     s = sum of t[j] * t[j]
 *
 * and an interval that contains S for certain; only when a comparison is not
 * decided by the intervals, S itself is computed.
 *
 * With u = 2^-53 and U the exact sum of squares, without over- or underflow:
 * t[j] * t[j] is rounded once, (1 +- u); pow() of every libm in use is within
 * 2 ulp, (1 +- 4u); summing d terms that are not negative multiplies each by
 * at most d - 1 roundings.  So s is U (1 +- u)^d and S is
 * U (1 +- 4u)(1 +- u)^(d - 1), and S / s is 1 +- (2d + 3) u up to terms of
 * (d u)^2, below u for d <= 2^24 = KNN_MAX_FEATURES.  KNN_BOUND_MARGIN * (d + 8)
 * is (4d + 32) u: at least twice that, which also covers the rounding of the
 * interval's own ends.
 *
 * Underflow: a term below 2^-1022 is off by at most 2^-1072 in either sum, and
 * adding such numbers is exact, so that all terms together are off by no more
 * than 2^-1048; KNN_BOUND_TINY is added at both ends, and zero is no special
 * case.  Overflow: an s above KNN_BOUND_HUGE, infinite or not a number (from
 * infinity - infinity) gets the interval of all numbers.
 */

/*
 * These bounds may leave out a row that is nearer than the k-th, if only by some
 * bits.  A way that does not walk so cannot know, unless the next distance beyond
 * the k-th is farther than the bounds can be off.  Of a box that is (2d + 4) u of
 * itself; of a ball (d + 8) 2u of the way to its center, which is no more than
 * the distance and four times the radius of the root, whose balls may be larger
 * than their parents.  While that next row is not found, every node on the way to
 * one of the k nearest is below the k-th distance so far, which is that next one
 * or above.
 */

#define KNN_BOUND_MARGIN 0x1p-51
#define KNN_BOUND_TINY   0x1p-1000
#define KNN_BOUND_HUGE   0x1p1000
#define KNN_TREE_MARGIN  0x1p-50


/* multiplications that pow() of a feature takes as long as */
#define KNN_BOUND_COST 64


/* Computes a bound as scikit-learn does. */
static void
knn_visit_exact(const knn_model_t *model, const double *q, knn_search_t *search,
                knn_visit_t *visit)
{
    size_t parent, side;

    if (visit->exact) {
        return;
    }

    parent = (visit->node - 1) / 2;
    side = (visit->node - 1) % 2;

    visit->exact = true;
    visit->low = model->metric->box(
        &model->space, model->pairs + parent * model->pair_size, side, q);
    visit->high = visit->low;

    knn_search_spend(search, model->space.n_features * KNN_BOUND_COST);
}


/* Whether the bound is above the k-th distance; no is the answer to NaN. */
static inline bool
knn_visit_beyond(const knn_model_t *model, const double *q,
                 knn_search_t *search, knn_visit_t *visit)
{
    if (visit->low > search->worst) {
        return true;
    }

    if (visit->high <= search->worst) {
        return false;
    }

    knn_visit_exact(model, q, search, visit);

    return visit->low > search->worst;
}


/* Whether the left child is to be visited first; NaN sends to the right. */
static inline bool
knn_visit_left(const knn_model_t *model, const double *q, knn_search_t *search,
               knn_visit_t *left, knn_visit_t *right)
{
    if (left->high <= right->low) {
        return true;
    }

    if (right->high < left->low) {
        return false;
    }

    knn_visit_exact(model, q, search, left);
    knn_visit_exact(model, q, search, right);

    return left->low <= right->low;
}


/* Bounds of the two children of a kd_tree's node. */
static inline void
knn_tree_boxes(const knn_model_t *model, const double *q, const double *pair,
               knn_visit_t *left, knn_visit_t *right)
{
    size_t       i;
    double       s[2], margin;
    knn_visit_t *visit;

    model->metric->boxes(&model->space, pair, q, s);

    margin = (double) (model->space.n_features + 8) * KNN_BOUND_MARGIN;

    for (i = 0; i < 2; i++) {
        visit = (i == 0) ? left : right;

        if (model->metric->box == NULL) {
            visit->exact = true;
            visit->low = s[i];
            visit->high = s[i];
            continue;
        }

        visit->exact = false;

        if (s[i] < KNN_BOUND_HUGE) {
            visit->low = s[i] * (1 - margin) - KNN_BOUND_TINY;
            visit->high = s[i] * (1 + margin) + KNN_BOUND_TINY;
        }
        else {
            visit->low = -INFINITY;
            visit->high = INFINITY;
        }
    }
}


/* Bounds of the two children of a ball_tree's node. */
static inline void
knn_tree_balls(const knn_model_t *model, const double *q, const double *pair,
               knn_visit_t *left, knn_visit_t *right)
{
    size_t              i;
    double              s[2], dist;
    knn_visit_t        *visit;
    const knn_metric_t *metric;

    metric = model->metric;
    metric->centers(&model->space, pair + 2, q, s);

    for (i = 0; i < 2; i++) {
        visit = (i == 0) ? left : right;

        dist = metric->to_dist(&model->space, s[i]) - pair[i];
        dist = (dist > 0) ? dist : 0;

        visit->exact = true;
        visit->low = metric->to_rdist(&model->space, dist);
        visit->high = visit->low;
    }
}


/* Exchanges two visits; by members, which are not yet out of registers. */
static inline void
knn_visit_swap(knn_visit_t *a, knn_visit_t *b)
{
    bool   exact;
    size_t node;
    double low, high;

    node = a->node;
    exact = a->exact;
    low = a->low;
    high = a->high;

    a->node = b->node;
    a->exact = b->exact;
    a->low = b->low;
    a->high = b->high;

    b->node = node;
    b->exact = exact;
    b->low = low;
    b->high = high;
}


/* Puts the children of a node on the stack, the nearer one on top. */
static inline void
knn_tree_split(const knn_model_t *model, const double *q, size_t node,
               knn_search_t *search)
{
    const double *pair;
    knn_visit_t  *left, *right;

    right = &search->visits[search->top];
    left = right + 1;
    search->top += 2;
    pair = model->pairs + node * model->pair_size;

    if (model->algorithm == KNN_KD_TREE) {
        knn_tree_boxes(model, q, pair, left, right);
    }
    else {
        knn_tree_balls(model, q, pair, left, right);
    }

    left->node = 2 * node + 1;
    right->node = 2 * node + 2;

    if (!knn_visit_left(model, q, search, left, right)) {
        knn_visit_swap(left, right);
    }

    knn_search_spend(search, 2 * model->cost + KNN_VISIT_WORK);
}


double
knn_tree_limit(const knn_model_t *model, double worst)
{
    double              margin;
    const knn_metric_t *metric;

    metric = model->metric;
    margin = (double) (model->space.n_features + 8) * KNN_TREE_MARGIN;

    switch (model->algorithm) {

    case KNN_KD_TREE:
        return worst * (1 + margin) + KNN_BOUND_TINY;

    case KNN_BALL_TREE:
        worst = metric->to_dist(&model->space, worst);
        worst += margin * (worst + 4 * model->root[0]);

        return metric->to_rdist(&model->space, worst) * (1 + KNN_TREE_MARGIN)
               + KNN_BOUND_TINY;

    default: /* KNN_BRUTE */
        return worst;
    }
}


void
knn_tree_begin(const knn_model_t *model, knn_search_t *search)
{
    search->next = 0;
    search->end = (model->algorithm == KNN_BRUTE) ? model->info.n_samples : 0;
    search->top = (model->algorithm == KNN_BRUTE) ? 0 : 1;

    search->visits[0].node = 0;
    search->visits[0].exact = true;
    search->visits[0].low = 0;
    search->visits[0].high = 0;
}


knn_walk_e
knn_tree_walk(const knn_model_t *model, const double *q, knn_search_t *search)
{
    knn_walk_e             walk;
    knn_visit_t           *visit;
    const knn_tree_node_t *node;

    walk = knn_search_lanes(model, q, search);

    while (walk == KNN_WALK_DONE && search->top > 0) {
        search->top--;
        visit = &search->visits[search->top];

        if (knn_visit_beyond(model, q, search, visit)) {
            continue;
        }

        node = &model->nodes[visit->node];

        if (node->count != 0) {
            search->next = node->first;
            search->end = node->first + node->count;
            walk = knn_search_lanes(model, q, search);
            continue;
        }

        knn_tree_split(model, q, visit->node, search);

        if (search->left <= 0) {
            return KNN_WALK_PAUSED;
        }
    }

    return walk;
}
