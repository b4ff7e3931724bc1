
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Whether the layout of a mapped file leads nowhere but into itself, whatever
 * its numbers are: what is some bytes a row is read, and the numbers are not.
 */


#include <stdlib.h>

#include "check.h"
#include "layout.h"
#include "wide.h"


/* Whether lanes hold every row once, and nothing else; points all in front. */
static bool
knn_mapped_rows(const knn_parts_t *parts, uint64_t *seen)
{
    size_t              i, n;
    uint32_t            row;
    uint64_t            bit;
    const knn_layout_t *layout;

    n = 0;
    layout = parts->layout;

    for (i = 0; i < layout->n_blocks * KNN_LANES; i++) {
        row = layout->rows[i];

        if (row == KNN_LAYOUT_EMPTY
            && (layout->points == NULL || i >= parts->n_samples))
        {
            continue;
        }

        bit = (uint64_t) 1 << row % 64;

        if (row >= parts->n_samples || (seen[row / 64] & bit) != 0) {
            return false;
        }

        seen[row / 64] |= bit;
        n++;
    }

    return n == parts->n_samples;
}


/* Whether the order of a leaf's lanes stays in what is measured at once. */
static bool
knn_mapped_order(const uint32_t *order, const knn_tree_node_t *leaf,
                 size_t window)
{
    size_t   i;
    uint32_t bad;

    bad = 0;
    order += leaf->first;

    for (i = 0; i < leaf->count && leaf->count <= window; i++) {
        bad |= order[i] - leaf->first >= leaf->count;
    }

    for (/* void */; i < leaf->count; i++) {
        bad |= order[i] != leaf->first + i;
    }

    return bad == 0;
}


/* Whether rows lie in as many blocks as their leaves take, and in order. */
static bool
knn_mapped_leaves(const knn_parts_t *parts, knn_tree_node_t *nodes)
{
    size_t              i, window;
    bool                aligned;
    const knn_layout_t *layout;

    layout = parts->layout;
    aligned = layout->points == NULL && knn_layout_aligned(parts);

    if (layout->n_blocks != knn_layout_leaves(parts, aligned, nodes)) {
        return false;
    }

    if (layout->order == NULL) {
        return true;
    }

    if (parts->tree == NULL || layout->points != NULL) {
        return false;
    }

    window = knn_layout_window(parts);

    for (i = 0; i < parts->tree->n_nodes; i++) {
        if (!knn_mapped_order(layout->order, &nodes[i], window)) {
            return false;
        }
    }

    return true;
}


/* Checks rows and their order, and the index or the codes of them. */
static knn_status_e
knn_mapped_lanes(const knn_parts_t *parts, uint64_t *seen,
                 knn_tree_node_t *nodes, knn_error_t *err)
{
    if (!knn_mapped_leaves(parts, nodes) || !knn_mapped_rows(parts, seen)) {
        return knn_layout_refuse(
            "layout.rows",
            (parts->tree == NULL) ? "\"X\"" : "\"tree.idx_array\"", err);
    }

    return (parts->layout->points != NULL)
               ? knn_check_codes(parts, parts->layout->rows, err)
               : knn_wide_check(parts, err);
}


/* The same, in memory for the while. */
static knn_status_e
knn_mapped_memory(const knn_parts_t *parts, knn_error_t *err)
{
    size_t           n;
    uint64_t        *seen;
    knn_status_e     rc;
    knn_tree_node_t *nodes;

    n = (parts->tree == NULL) ? 0 : parts->tree->n_nodes;
    nodes = calloc(n + 1, sizeof(knn_tree_node_t));
    seen = calloc(parts->n_samples / 64 + 1, sizeof(uint64_t));

    rc = (nodes == NULL || seen == NULL)
             ? knn_error(err, KNN_NO_MEMORY, "no memory to check its layout")
             : knn_mapped_lanes(parts, seen, nodes, err);

    free(nodes);
    free(seen);

    return rc;
}


/* Whether all targets are classes. */
static bool
knn_mapped_targets(const knn_parts_t *parts)
{
    size_t          i, o, n;
    uint32_t        bad;
    const uint32_t *targets;

    bad = 0;
    n = parts->n_outputs;
    targets = parts->layout->targets;

    for (o = 0; targets != NULL && o < n; o++) {
        for (i = 0; i < parts->n_samples; i++) {
            bad |= targets[i * n + o] >= parts->outputs[o].n_classes;
        }
    }

    return bad == 0;
}


knn_status_e
knn_check_mapped(const knn_parts_t *parts, knn_error_t *err)
{
    size_t size;

    if (knn_mapped_memory(parts, err) != KNN_OK) {
        return err->status;
    }

    if (parts->layout->n_pairs != knn_layout_pairs(parts, &size) * size) {
        return knn_layout_refuse("layout.pairs", "\"tree.bounds\"", err);
    }

    if (!knn_mapped_targets(parts)) {
        return knn_layout_refuse("layout.targets", "\"y\"", err);
    }

    return knn_check_nearest(parts, err);
}
