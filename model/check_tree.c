
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "model.h"


/* what two roundings of one distance may differ by, for each feature */
#define KNN_BALL_MARGIN 0x1p-50


bool
knn_node_reached(const knn_tree_parts_t *tree, size_t node)
{
    while (node > 0) {
        node = (node - 1) / 2;

        if (node < tree->n_inner) {
            return true;
        }

        if (tree->nodes[node].is_leaf) {
            return false;
        }
    }

    return true;
}


/* The size of the tree: full levels, and no more than rows could need. */
static knn_status_e
knn_check_nodes(const knn_parts_t *parts, knn_error_t *err)
{
    size_t                  n, n_bounds;
    const knn_tree_parts_t *tree;

    tree = parts->tree;
    n = tree->n_nodes;

    if (n == 0 || (n & (n + 1)) != 0 || n >= 2 * parts->n_samples) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the tree has %zu nodes, it must have 2^levels - 1 "
                         "and for %zu training rows at most %zu",
                         n, parts->n_samples, 2 * parts->n_samples - 1);
    }

    n_bounds = (parts->algorithm == KNN_KD_TREE) ? 2 : 1;

    if (tree->n_bounds != n_bounds) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the tree has %zu bounds a node, a %s must have %zu",
                         tree->n_bounds,
                         (n_bounds == 2) ? "kd_tree" : "ball_tree", n_bounds);
    }

    return KNN_OK;
}


/* Whether idx_array is a permutation of the training rows. */
static knn_status_e
knn_check_permutation(const knn_parts_t *parts, knn_error_t *err)
{
    size_t       i;
    int64_t      row;
    uint8_t     *seen, bit;
    knn_status_e status;

    seen = calloc(parts->n_samples / 8 + 1, 1);

    if (seen == NULL) {
        return knn_error(err, KNN_NO_MEMORY,
                         "no memory to check the tree, %zu bytes are needed",
                         parts->n_samples / 8 + 1);
    }

    status = KNN_OK;

    for (i = 0; i < parts->n_samples; i++) {
        row = parts->tree->idx_array[i];

        if (row < 0 || (uint64_t) row >= parts->n_samples) {
            status = knn_error(err, KNN_INCONSISTENT,
                               "idx_array of the tree holds %lld at %zu, it "
                               "must be a row, 0 to %zu",
                               (long long) row, i, parts->n_samples - 1);
            break;
        }

        bit = (uint8_t) (1u << (row % 8));

        if (seen[row / 8] & bit) {
            status = knn_error(err, KNN_INCONSISTENT,
                               "idx_array of the tree holds row %lld twice, "
                               "it must hold every row once",
                               (long long) row);
            break;
        }

        seen[row / 8] |= bit;
    }

    free(seen);

    return status;
}


/* Whether the children of a node share out its rows. */
static knn_status_e
knn_check_children(const knn_tree_parts_t *tree, size_t i, knn_error_t *err)
{
    const knn_node_t *node, *left, *right;

    if (2 * i + 2 >= tree->n_nodes) {
        return knn_error(err, KNN_INCONSISTENT,
                         "node %zu of the tree is no leaf and has no "
                         "children, it must have is_leaf 1",
                         i);
    }

    node = &tree->nodes[i];
    left = &tree->nodes[2 * i + 1];
    right = &tree->nodes[2 * i + 2];

    if (left->start != node->start || left->end <= left->start
        || right->start != left->end || right->end <= right->start
        || right->end != node->end)
    {
        return knn_error(err, KNN_INCONSISTENT,
                         "the children of node %zu of the tree hold %lld to "
                         "%lld and %lld to %lld, together they must hold "
                         "%lld to %lld and each at least one row",
                         i, (long long) left->start, (long long) left->end,
                         (long long) right->start, (long long) right->end,
                         (long long) node->start, (long long) node->end);
    }

    return KNN_OK;
}


/* The shape of the tree, from the root down. */
static knn_status_e
knn_check_shape(const knn_parts_t *parts, knn_error_t *err)
{
    size_t                  i;
    const knn_node_t       *node;
    const knn_tree_parts_t *tree;

    tree = parts->tree;
    node = &tree->nodes[0];

    if (node->start != 0 || (uint64_t) node->end != parts->n_samples) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the root of the tree holds %lld to %lld, it must "
                         "hold 0 to %zu, all training rows",
                         (long long) node->start, (long long) node->end,
                         parts->n_samples);
    }

    for (i = 0; i < tree->n_nodes; i++) {
        node = &tree->nodes[i];

        if (node->is_leaf != 0 && node->is_leaf != 1) {
            return knn_error(err, KNN_INCONSISTENT,
                             "is_leaf of node %zu of the tree is %lld, it "
                             "must be 0 or 1",
                             i, (long long) node->is_leaf);
        }

        if (!node->is_leaf && knn_node_reached(tree, i)
            && knn_check_children(tree, i, err) != KNN_OK)
        {
            return err->status;
        }
    }

    return KNN_OK;
}


/* Whether the boxes of a node's children, which hold its rows, lie in its. */
static bool
knn_check_nested(const knn_parts_t *parts, size_t i)
{
    size_t        j, d, side;
    const double *lower, *upper, *inner, *outer;

    d = parts->n_features;
    lower = parts->tree->bounds + i * d;
    upper = lower + parts->tree->n_nodes * d;

    for (side = 1; side <= 2; side++) {
        inner = parts->tree->bounds + (2 * i + side) * d;
        outer = inner + parts->tree->n_nodes * d;

        for (j = 0; j < d; j++) {
            if (!(inner[j] >= lower[j] && outer[j] <= upper[j])) {
                return false;
            }
        }
    }

    return true;
}


/* Whether the box of a kd_tree's node is finite and holds its rows. */
static knn_status_e
knn_check_box(const knn_parts_t *parts, size_t i, knn_error_t *err)
{
    size_t            j, d;
    int64_t           at;
    const double     *x, *lower, *upper;
    const knn_node_t *node;

    d = parts->n_features;
    node = &parts->tree->nodes[i];
    lower = parts->tree->bounds + i * d;
    upper = lower + parts->tree->n_nodes * d;

    for (j = 0; j < d; j++) {
        if (!isfinite(lower[j]) || !isfinite(upper[j])) {
            return knn_error(err, KNN_VALUE,
                             "the bounds of node %zu of the tree are %g to %g "
                             "in feature %zu, they must be finite",
                             i, lower[j], upper[j], j);
        }
    }

    if (!node->is_leaf && knn_check_nested(parts, i)) {
        return KNN_OK;
    }

    for (at = node->start; at < node->end; at++) {
        x = parts->x + (size_t) parts->tree->idx_array[at] * d;

        for (j = 0; j < d; j++) {
            if (x[j] < lower[j] || x[j] > upper[j]) {
                return knn_error(err, KNN_INCONSISTENT,
                                 "node %zu of the tree is bounded to %g to %g "
                                 "in feature %zu, it must contain its row "
                                 "%lld, which has %g",
                                 i, lower[j], upper[j], j,
                                 (long long) parts->tree->idx_array[at], x[j]);
            }
        }
    }

    return KNN_OK;
}


/* Whether the ball of a ball_tree's node is finite and holds its rows. */
static knn_status_e
knn_check_ball(const knn_parts_t *parts, size_t i, knn_error_t *err)
{
    size_t              j, d;
    double              dist, limit;
    int64_t             at;
    const double       *x, *center;
    knn_space_t         space;
    const knn_node_t   *node;
    const knn_metric_t *metric;

    d = parts->n_features;
    node = &parts->tree->nodes[i];
    center = parts->tree->bounds + i * d;
    space = knn_metric_space(parts);
    metric = knn_metric_get(parts->metric);

    for (j = 0; j < d; j++) {
        if (!isfinite(center[j])) {
            return knn_error(err, KNN_VALUE,
                             "the center of node %zu of the tree is %g in "
                             "feature %zu, it must be finite",
                             i, center[j], j);
        }
    }

    /* pow() of another libm rounds otherwise; underflow is absolute */

    limit = node->radius * (1 + (double) (d + 8) * KNN_BALL_MARGIN) + 0x1p-1000;

    for (at = node->start; at < node->end; at++) {
        x = parts->x + (size_t) parts->tree->idx_array[at] * d;
        dist = metric->to_dist(&space, metric->rdist(&space, center, x));

        if (dist > limit) {
            return knn_error(err, KNN_INCONSISTENT,
                             "node %zu of the tree has the radius %g, it must "
                             "contain its row %lld, which is %g from the "
                             "center",
                             i, node->radius,
                             (long long) parts->tree->idx_array[at], dist);
        }
    }

    return KNN_OK;
}


/* Whether all nodes contain their rows: wrong ones hide the nearest rows. */
static knn_status_e
knn_check_bounds(const knn_parts_t *parts, knn_error_t *err)
{
    size_t       i;
    double       radius;
    knn_status_e status;

    for (i = 0; i < parts->tree->n_nodes; i++) {
        if (!knn_node_reached(parts->tree, i)) {
            continue;
        }

        /* infinite is what scikit-learn writes when squares overflow */

        radius = parts->tree->nodes[i].radius;

        if (!(radius >= 0)) {
            return knn_error(err, KNN_VALUE,
                             "the radius of node %zu of the tree is %g, it "
                             "must be a number not below 0",
                             i, radius);
        }

        status = (parts->algorithm == KNN_KD_TREE)
                     ? knn_check_box(parts, i, err)
                     : knn_check_ball(parts, i, err);

        if (status != KNN_OK) {
            return status;
        }
    }

    return KNN_OK;
}


knn_status_e
knn_check_tree(const knn_parts_t *parts, knn_error_t *err)
{
    size_t i, n;

    static knn_status_e (*const checks[])(
        const knn_parts_t *, knn_error_t *) = {knn_check_nodes, knn_check_shape,
                                               knn_check_permutation,
                                               knn_check_bounds};

    /* a layout has rows and bounds, too, and of a mapped file it is all */

    n = parts->mapped ? 2 : sizeof(checks) / sizeof(checks[0]);

    for (i = 0; i < n; i++) {
        if (checks[i](parts, err) != KNN_OK) {
            return err->status;
        }
    }

    return KNN_OK;
}
