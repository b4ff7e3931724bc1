
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "check.h"
#include "model.h"


/* Rounds up to full blocks. */
static inline size_t
knn_layout_round(size_t n)
{
    return (n + KNN_LANES - 1) / KNN_LANES * KNN_LANES;
}


/*
 * Whether each leaf is to start a block of its own.  That saves the kernel a
 * block a leaf, but wastes much when leaves are small.
 */
static bool
knn_layout_aligned(const knn_parts_t *parts)
{
    size_t            i, lanes;
    const knn_node_t *node;

    lanes = 0;

    for (i = 0; i < parts->tree->n_nodes; i++) {
        node = &parts->tree->nodes[i];

        if (node->is_leaf && knn_node_reached(parts->tree, i)) {
            lanes += knn_layout_round((size_t) (node->end - node->start));
        }
    }

    return lanes <= parts->n_samples + parts->n_samples / 2;
}


/* Gives every leaf its lanes; returns how many there are. */
static size_t
knn_layout_leaves(const knn_parts_t *parts, bool aligned,
                  knn_tree_node_t *nodes)
{
    size_t            i, n, lanes;
    const knn_node_t *node;

    lanes = 0;

    for (i = 0; i < parts->tree->n_nodes; i++) {
        node = &parts->tree->nodes[i];

        if (!node->is_leaf || !knn_node_reached(parts->tree, i)) {
            continue;
        }

        n = (size_t) (node->end - node->start);

        nodes[i].first = (uint32_t) lanes;
        nodes[i].count = (uint32_t) n;

        lanes += aligned ? knn_layout_round(n) : n;
    }

    return lanes;
}


/* Memory for so many lanes, which are empty: infinitely far away. */
static int
knn_layout_alloc(knn_model_t *model, size_t lanes, double **blocks,
                 uint32_t **rows)
{
    size_t i, d;

    d = model->info.n_features;
    lanes = knn_layout_round(lanes);

    *blocks = knn_arena_array(model->arena, lanes * d, sizeof(double));
    *rows = knn_arena_array(model->arena, lanes, sizeof(uint32_t));

    if (*blocks == NULL || *rows == NULL) {
        return -1;
    }

    for (i = 0; i < lanes * d; i++) {
        (*blocks)[i] = INFINITY;
    }

    model->n_blocks = lanes / KNN_LANES;
    model->blocks = *blocks;
    model->rows = *rows;

    return 0;
}


/* Puts a training row into a lane. */
static inline void
knn_layout_row(const knn_parts_t *parts, size_t row, size_t lane,
               double *blocks, uint32_t *rows)
{
    size_t        j, d;
    double       *to;
    const double *from;

    d = parts->n_features;
    from = parts->x + row * d;
    to = blocks + lane / KNN_LANES * KNN_LANES * d + lane % KNN_LANES;

    for (j = 0; j < d; j++) {
        to[j * KNN_LANES] = from[j];
    }

    rows[lane] = (uint32_t) row;
}


/* The bounds of the children of one node, side by side. */
static void
knn_layout_pair(const knn_parts_t *parts, size_t parent, double *pair)
{
    size_t                  j, d, side, child;
    const double           *lower, *upper;
    const knn_tree_parts_t *tree;

    tree = parts->tree;
    d = parts->n_features;

    for (side = 0; side < 2; side++) {
        child = 2 * parent + 1 + side;
        lower = tree->bounds + child * d;

        if (parts->algorithm == KNN_KD_TREE) {
            upper = lower + tree->n_nodes * d;

            for (j = 0; j < d; j++) {
                pair[j * KNN_BOX_DOUBLES + side] = lower[j];
                pair[j * KNN_BOX_DOUBLES + 2 + side] = upper[j];
            }
        }
        else {
            pair[side] = tree->nodes[child].radius;

            for (j = 0; j < d; j++) {
                pair[2 + j * KNN_BALL_DOUBLES + side] = lower[j];
            }
        }
    }
}


/* Rows leaf by leaf, and the nodes above them. */
static int
knn_layout_tree(knn_model_t *model, const knn_parts_t *parts)
{
    size_t           i, r, lanes, n_nodes;
    double          *blocks, *pairs;
    int64_t          at;
    uint32_t        *rows;
    knn_tree_node_t *nodes;

    n_nodes = parts->tree->n_nodes;

    model->pair_size = (parts->algorithm == KNN_KD_TREE)
                           ? KNN_BOX_DOUBLES * parts->n_features
                           : KNN_BALL_DOUBLES * parts->n_features + 2;

    nodes = knn_arena_array(model->arena, n_nodes, sizeof(knn_tree_node_t));
    pairs = knn_arena_array(model->arena, n_nodes / 2 * model->pair_size,
                            sizeof(double));

    if (nodes == NULL || pairs == NULL) {
        return -1;
    }

    model->aligned = knn_layout_aligned(parts);
    lanes = knn_layout_leaves(parts, model->aligned, nodes);

    if (knn_layout_alloc(model, lanes, &blocks, &rows) != 0) {
        return -1;
    }

    for (i = 0; i < n_nodes; i++) {
        at = parts->tree->nodes[i].start;

        for (r = 0; r < nodes[i].count; r++, at++) {
            knn_layout_row(parts, (size_t) parts->tree->idx_array[at],
                           nodes[i].first + r, blocks, rows);
        }

        if (i < n_nodes / 2) {
            knn_layout_pair(parts, i, pairs + i * model->pair_size);
        }
    }

    model->nodes = nodes;
    model->pairs = pairs;

    return 0;
}


/* Rows as they are. */
static int
knn_layout_brute(knn_model_t *model, const knn_parts_t *parts)
{
    size_t    i;
    double   *blocks;
    uint32_t *rows;

    if (knn_layout_alloc(model, parts->n_samples, &blocks, &rows) != 0) {
        return -1;
    }

    for (i = 0; i < parts->n_samples; i++) {
        knn_layout_row(parts, i, i, blocks, rows);
    }

    model->aligned = true;

    return 0;
}


int
knn_layout_build(knn_model_t *model, const knn_parts_t *parts)
{
    return (parts->tree == NULL) ? knn_layout_brute(model, parts)
                                 : knn_layout_tree(model, parts);
}
