
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "check.h"
#include "layout.h"


/* Rounds up to full blocks. */
static inline size_t
knn_layout_round(size_t n)
{
    return (n + KNN_LANES - 1) / KNN_LANES * KNN_LANES;
}


/*
 * That saves the kernel a block a leaf, but wastes much when leaves are
 * small.
 */
bool
knn_layout_aligned(const knn_parts_t *parts)
{
    size_t            i, lanes;
    const knn_node_t *node;

    if (parts->tree == NULL) {
        return true;
    }

    lanes = 0;

    for (i = 0; i < parts->tree->n_nodes; i++) {
        node = &parts->tree->nodes[i];

        if (node->is_leaf && knn_node_reached(parts->tree, i)) {
            lanes += knn_layout_round((size_t) (node->end - node->start));
        }
    }

    return lanes <= parts->n_samples + parts->n_samples / 2;
}


size_t
knn_layout_leaves(const knn_parts_t *parts, bool aligned,
                  knn_tree_node_t *nodes)
{
    size_t            i, n, lanes;
    const knn_node_t *node;

    if (parts->tree == NULL) {
        return knn_layout_round(parts->n_samples) / KNN_LANES;
    }

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

    return knn_layout_round(lanes) / KNN_LANES;
}


/* Rows leaf by leaf. */
static void
knn_layout_tree(const knn_parts_t *parts, const knn_tree_node_t *nodes,
                uint32_t *rows)
{
    size_t         i, j;
    const int64_t *at;

    for (i = 0; i < parts->tree->n_nodes; i++) {
        if (nodes[i].count == 0) {
            continue;
        }

        at = parts->tree->idx_array + parts->tree->nodes[i].start;

        for (j = 0; j < nodes[i].count; j++) {
            rows[nodes[i].first + j] = (uint32_t) at[j];
        }
    }
}


void
knn_layout_rows(const knn_parts_t *parts, const knn_tree_node_t *nodes,
                size_t n_blocks, uint32_t *rows)
{
    size_t i;

    for (i = 0; i < n_blocks * KNN_LANES; i++) {
        rows[i] = KNN_LAYOUT_EMPTY;
    }

    if (parts->tree != NULL) {
        knn_layout_tree(parts, nodes, rows);
        return;
    }

    for (i = 0; i < parts->n_samples; i++) {
        rows[i] = (uint32_t) i;
    }
}


void
knn_layout_block(const knn_parts_t *parts, const uint32_t *rows, double *block)
{
    size_t              i, j, d;
    const double       *row;
    const knn_metric_t *metric;

    metric = knn_metric_get(parts->metric);
    d = parts->n_features;

    for (i = 0; i < KNN_LANES; i++) {
        row = (rows[i] == KNN_LAYOUT_EMPTY) ? NULL : parts->x + rows[i] * d;

        if (row != NULL && metric->lay != NULL) {
            metric->lay(row, d, block + i, KNN_LANES);
            continue;
        }

        for (j = 0; j < d; j++) {
            block[j * KNN_LANES + i] = (row == NULL) ? INFINITY : row[j];
        }
    }
}


size_t
knn_layout_pairs(const knn_parts_t *parts, size_t *pair_size)
{
    *pair_size = (parts->algorithm == KNN_KD_TREE)
                     ? KNN_BOX_DOUBLES * parts->n_features
                     : KNN_BALL_DOUBLES * parts->n_features + 2;

    return (parts->tree == NULL) ? 0 : parts->tree->n_nodes / 2 + 1;
}


/* The bounds of a node, on one side of a pair. */
static void
knn_layout_side(const knn_parts_t *parts, size_t node, size_t side,
                double *pair)
{
    size_t                  j, d;
    const double           *lower, *upper;
    const knn_tree_parts_t *tree;

    tree = parts->tree;
    d = parts->n_features;
    lower = tree->bounds + node * d;

    if (parts->algorithm == KNN_KD_TREE) {
        upper = lower + tree->n_nodes * d;

        for (j = 0; j < d; j++) {
            pair[j * KNN_BOX_DOUBLES + side] = lower[j];
            pair[j * KNN_BOX_DOUBLES + 2 + side] = upper[j];
        }
    }
    else {
        pair[side] = tree->nodes[node].radius;

        for (j = 0; j < d; j++) {
            pair[2 + j * KNN_BALL_DOUBLES + side] = lower[j];
        }
    }
}


void
knn_layout_pair(const knn_parts_t *parts, size_t i, double *pair)
{
    size_t side;
    bool   root;

    root = i == parts->tree->n_nodes / 2;

    for (side = 0; side < 2; side++) {
        knn_layout_side(parts, root ? 0 : 2 * i + 1 + side, side, pair);
    }
}


/* Rows in blocks, in memory. */
static int
knn_layout_fill(knn_model_t *model, const knn_parts_t *parts)
{
    size_t    i, size;
    double   *blocks;
    uint32_t *rows;

    size = KNN_LANES * parts->n_features;
    rows = knn_arena_array(model->arena, model->n_blocks * KNN_LANES,
                           sizeof(uint32_t));
    blocks =
        knn_arena_array(model->arena, model->n_blocks * size, sizeof(double));

    if (rows == NULL || blocks == NULL) {
        return -1;
    }

    knn_layout_rows(parts, model->nodes, model->n_blocks, rows);

    for (i = 0; i < model->n_blocks; i++) {
        knn_layout_block(parts, rows + i * KNN_LANES, blocks + i * size);
    }

    model->rows = rows;
    model->blocks = blocks;

    return 0;
}


/* The pairs of a tree, in memory. */
static int
knn_layout_bounds(knn_model_t *model, const knn_parts_t *parts, size_t n)
{
    size_t  i;
    double *pairs;

    pairs = knn_arena_array(model->arena, n * model->pair_size, sizeof(double));

    if (pairs == NULL) {
        return -1;
    }

    for (i = 0; i < n; i++) {
        knn_layout_pair(parts, i, pairs + i * model->pair_size);
    }

    model->pairs = pairs;

    return 0;
}


int
knn_layout_build(knn_model_t *model, const knn_parts_t *parts)
{
    size_t           n;
    knn_tree_node_t *nodes;

    n = (parts->tree == NULL) ? 0 : parts->tree->n_nodes;
    nodes = knn_arena_array(model->arena, n, sizeof(knn_tree_node_t));

    if (nodes == NULL) {
        return -1;
    }

    model->nodes = nodes;
    model->aligned = knn_layout_aligned(parts);
    model->n_blocks = knn_layout_leaves(parts, model->aligned, nodes);

    n = knn_layout_pairs(parts, &model->pair_size);

    if (parts->layout != NULL) {
        model->rows = parts->layout->rows;
        model->blocks = parts->layout->blocks;
        model->pairs = parts->layout->pairs;
    }
    else if (knn_layout_fill(model, parts) != 0
             || (n > 0 && knn_layout_bounds(model, parts, n) != 0))
    {
        return -1;
    }

    if (n > 0) {
        model->root = model->pairs + (n - 1) * model->pair_size;
    }

    return 0;
}
