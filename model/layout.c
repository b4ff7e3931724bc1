
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "codes.h"
#include "compact.h"
#include "layout.h"
#include "wide.h"


/* room for one leaf */
typedef struct {
    double   *x;
    uint32_t *rows;
    int64_t  *order;
} knn_compacting_t;


/* Rounds up to full blocks. */
static inline size_t
knn_layout_round(size_t n)
{
    return (n + KNN_LANES - 1) / KNN_LANES * KNN_LANES;
}


/*
 * That saves the kernel a block a leaf, but wastes much when leaves are
 * small; and of few rows all are measured, whatever leaf they are of.
 */
bool
knn_layout_aligned(const knn_parts_t *parts)
{
    size_t            i, lanes;
    const knn_node_t *node;

    if (parts->tree == NULL) {
        return true;
    }

    if (parts->n_samples <= KNN_LAYOUT_FEW && knn_wide_metric(parts->metric)
        && parts->n_neighbors <= KNN_ENOUGH)
    {
        return false;
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


bool
knn_layout_loose(const knn_parts_t *parts)
{
    return parts->tree == NULL && knn_model_lowest(parts)
           && parts->estimator != KNN_RADIUS_CLASSIFIER
           && parts->estimator != KNN_RADIUS_REGRESSOR
           && parts->n_features <= KNN_WIDE_FEATURES
           && parts->n_samples >= KNN_WIDE_ROWS
           && knn_wide_metric(parts->metric);
}


/* Has the rows of each block of brute lie near each other. */
static int
knn_layout_loosen(const knn_parts_t *parts, uint32_t *rows)
{
    size_t   i;
    int64_t *order;

    order = malloc(parts->n_samples * sizeof(int64_t));

    if (order == NULL) {
        return -1;
    }

    for (i = 0; i < parts->n_samples; i++) {
        order[i] = (int64_t) i;
    }

    knn_compact(parts->x, parts->n_features, order, parts->n_samples);

    for (i = 0; i < parts->n_samples; i++) {
        rows[i] = (uint32_t) order[i];
    }

    free(order);

    return 0;
}


size_t
knn_layout_window(const knn_parts_t *parts)
{
    if (parts->tree == NULL || !knn_layout_aligned(parts)
        || !knn_wide_metric(parts->metric))
    {
        return 0;
    }

    return KNN_LANES
           * knn_cost_blocks(parts->n_features
                             * knn_metric_get(parts->metric)->cost);
}


/* Puts the rows of a leaf into a better order. */
static void
knn_layout_leaf(const knn_parts_t *parts, uint32_t first, size_t n,
                const knn_compacting_t *room, uint32_t *rows, uint32_t *order)
{
    size_t i, d;

    d = parts->n_features;

    for (i = 0; i < n; i++) {
        memcpy(room->x + i * d, parts->x + rows[first + i] * d,
               d * sizeof(double));
        room->rows[i] = rows[first + i];
        room->order[i] = (int64_t) i;
    }

    knn_compact(room->x, d, room->order, n);

    for (i = 0; i < n; i++) {
        rows[first + i] = room->rows[room->order[i]];
        order[first + (size_t) room->order[i]] = first + (uint32_t) i;
    }
}


int
knn_layout_compact(const knn_parts_t *parts, const knn_tree_node_t *nodes,
                   size_t n_blocks, size_t window, uint32_t *rows,
                   uint32_t *order)
{
    int              rc;
    size_t           i;
    knn_compacting_t room;

    for (i = 0; i < n_blocks * KNN_LANES; i++) {
        order[i] = (uint32_t) i;
    }

    room.x = malloc(window * parts->n_features * sizeof(double));
    room.rows = malloc(window * sizeof(uint32_t));
    room.order = malloc(window * sizeof(int64_t));

    rc = (room.x == NULL || room.rows == NULL || room.order == NULL) ? -1 : 0;

    for (i = 0; rc == 0 && i < parts->tree->n_nodes; i++) {
        if (nodes[i].count > KNN_LANES && nodes[i].count <= window) {
            knn_layout_leaf(parts, nodes[i].first, nodes[i].count, &room, rows,
                            order);
        }
    }

    free(room.x);
    free(room.rows);
    free(room.order);

    return rc;
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
    size_t    i, size, window;
    double   *blocks;
    uint32_t *rows, *order;

    order = NULL;
    size = KNN_LANES * parts->n_features;
    rows = knn_arena_array(model->arena, model->n_blocks * KNN_LANES,
                           sizeof(uint32_t));
    blocks =
        knn_arena_array(model->arena, model->n_blocks * size, sizeof(double));

    if (rows == NULL || blocks == NULL) {
        return -1;
    }

    knn_layout_rows(parts, model->nodes, model->n_blocks, rows);

    if (knn_layout_loose(parts) && knn_layout_loosen(parts, rows) != 0) {
        return -1;
    }

    window = knn_layout_window(parts);

    if (window > 0) {
        order = knn_arena_array(model->arena, model->n_blocks * KNN_LANES,
                                sizeof(uint32_t));

        if (order == NULL
            || knn_layout_compact(parts, model->nodes, model->n_blocks, window,
                                  rows, order)
                   != 0)
        {
            return -1;
        }
    }

    for (i = 0; i < model->n_blocks; i++) {
        knn_layout_block(parts, rows + i * KNN_LANES, blocks + i * size);
    }

    model->rows = rows;
    model->order = order;
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


/* Takes what a file has laid out. */
static int
knn_layout_take(knn_model_t *model, const knn_layout_t *layout)
{
    double *low;

    model->rows = layout->rows;
    model->order = layout->order;
    model->blocks = layout->blocks;
    model->pairs = layout->pairs;
    model->points = layout->points;
    model->narrow = layout->narrow;

    if (layout->codes == NULL) {
        return 0;
    }

    model->codes = knn_arena_alloc(model->arena, sizeof(knn_codes_t));
    low =
        knn_arena_array(model->arena, model->space.n_features, sizeof(double));

    if (model->codes == NULL || low == NULL) {
        return -1;
    }

    memcpy(low, layout->codes->low, model->space.n_features * sizeof(double));
    *model->codes = *layout->codes;
    model->codes->low = low;

    return 0;
}


int
knn_layout_build(knn_model_t *model, const knn_parts_t *parts, bool codes)
{
    size_t           n;
    knn_tree_node_t *nodes;

    n = (parts->tree == NULL) ? 0 : parts->tree->n_nodes;
    nodes = knn_arena_array(model->arena, n, sizeof(knn_tree_node_t));

    if (nodes == NULL) {
        return -1;
    }

    model->nodes = nodes;

    if (parts->layout != NULL) {
        if (knn_layout_take(model, parts->layout) != 0) {
            return -1;
        }
    }
    else if (codes && knn_codes_possible(parts)
             && knn_codes_frame(model, parts) != 0)
    {
        return -1;
    }

    model->loose = model->codes == NULL && knn_layout_loose(parts);
    model->aligned = model->codes == NULL && knn_layout_aligned(parts);
    model->n_blocks = knn_layout_leaves(parts, model->aligned, nodes);

    n = knn_layout_pairs(parts, &model->pair_size);

    if (parts->layout == NULL
        && ((model->codes != NULL && knn_codes_build(model, parts) != 0)
            || (model->codes == NULL && knn_layout_fill(model, parts) != 0)
            || (n > 0 && knn_layout_bounds(model, parts, n) != 0)))
    {
        return -1;
    }

    if (n > 0) {
        model->root = model->pairs + (n - 1) * model->pair_size;
    }

    return 0;
}
