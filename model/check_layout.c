
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "layout.h"


/* what a layout is compared with, made anew piece by piece */
typedef struct {
    size_t           n_blocks;
    knn_tree_node_t *nodes;
    uint32_t        *rows;
    double          *piece; /* a block or a pair */
} knn_made_t;


knn_status_e
knn_layout_refuse(const char *tensor, const char *parts, knn_error_t *err)
{
    return knn_error(err, KNN_INCONSISTENT,
                     "tensor \"%s\" is not what %s is laid out to, convert "
                     "the file again",
                     tensor, parts);
}


/* Whether rows lie in their leaves, in the order that is told. */
static bool
knn_layout_ordered(const knn_parts_t *parts, const knn_made_t *made)
{
    size_t              i, lane, end, window;
    const uint32_t     *order;
    const knn_layout_t *layout;

    layout = parts->layout;
    order = layout->order;
    window = knn_layout_window(parts);

    for (i = 0; window > 0 && i < parts->tree->n_nodes; i++) {
        end = made->nodes[i].first + made->nodes[i].count;

        for (lane = made->nodes[i].first; lane < end; lane++) {
            if (order[lane] != lane
                && (order[lane] < made->nodes[i].first || order[lane] >= end
                    || made->nodes[i].count > window))
            {
                return false;
            }

            if (layout->rows[order[lane]] != made->rows[lane]) {
                return false;
            }
        }

        for (/* void */; lane % KNN_LANES != 0; lane++) {
            if (layout->rows[lane] != KNN_LAYOUT_EMPTY) {
                return false;
            }
        }
    }

    return window > 0;
}


/* Whether rows are all there, in any order. */
static bool
knn_layout_loosened(const knn_parts_t *parts, knn_made_t *made)
{
    size_t          i, n;
    const uint32_t *rows;

    n = parts->n_samples;
    rows = parts->layout->rows;

    memset(made->rows, 0, n * sizeof(uint32_t));

    for (i = 0; i < n; i++) {
        if (rows[i] >= n || made->rows[rows[i]]++ != 0) {
            return false;
        }
    }

    for (/* void */; i < made->n_blocks * KNN_LANES; i++) {
        if (rows[i] != KNN_LAYOUT_EMPTY) {
            return false;
        }
    }

    return true;
}


/* Whether rows lie where they may. */
static bool
knn_layout_placed(const knn_parts_t *parts, knn_made_t *made)
{
    const knn_layout_t *layout;

    layout = parts->layout;

    if (layout->n_blocks != made->n_blocks) {
        return false;
    }

    if (layout->points == NULL && knn_layout_loose(parts)) {
        return layout->order == NULL && knn_layout_loosened(parts, made);
    }

    if (layout->order != NULL) {
        return layout->points == NULL && knn_layout_ordered(parts, made);
    }

    return memcmp(layout->rows, made->rows,
                  made->n_blocks * KNN_LANES * sizeof(uint32_t))
           == 0;
}


/* Compares rows and blocks. */
static knn_status_e
knn_layout_compare(const knn_parts_t *parts, knn_made_t *made, knn_error_t *err)
{
    size_t              i, size;
    const knn_layout_t *layout;

    layout = parts->layout;
    size = KNN_LANES * parts->n_features;

    if (!knn_layout_placed(parts, made)) {
        return knn_layout_refuse(
            "layout.rows",
            (parts->tree == NULL) ? "\"X\"" : "\"tree.idx_array\"", err);
    }

    if (layout->points != NULL) {
        return knn_check_codes(parts, made->rows, err);
    }

    for (i = 0; i < made->n_blocks; i++) {
        knn_layout_block(parts, layout->rows + i * KNN_LANES, made->piece);

        if (memcmp(layout->blocks + i * size, made->piece,
                   size * sizeof(double))
            != 0) {
            return knn_layout_refuse("layout.blocks", "\"X\"", err);
        }
    }

    return KNN_OK;
}


/* Compares the bounds of the nodes. */
static knn_status_e
knn_layout_compare_pairs(const knn_parts_t *parts, const knn_made_t *made,
                         knn_error_t *err)
{
    size_t              i, n, size;
    const knn_layout_t *layout;

    layout = parts->layout;
    n = knn_layout_pairs(parts, &size);

    if (layout->n_pairs != n * size) {
        return knn_layout_refuse("layout.pairs", "\"tree.bounds\"", err);
    }

    for (i = 0; i < n; i++) {
        knn_layout_pair(parts, i, made->piece);

        if (memcmp(layout->pairs + i * size, made->piece, size * sizeof(double))
            != 0) {
            return knn_layout_refuse("layout.pairs", "\"tree.bounds\"", err);
        }
    }

    return KNN_OK;
}


knn_status_e
knn_check_nearest(const knn_parts_t *parts, knn_error_t *err)
{
    size_t              i, n;
    const knn_layout_t *layout;

    layout = parts->layout;
    n = layout->n_nearest;

    for (i = 0; i < n; i++) {
        if (!(layout->nearest[i] >= ((i == 0) ? 0 : layout->nearest[i - 1]))) {
            break;
        }
    }

    if (n == 0 || n > parts->n_samples || i < n) {
        return knn_error(err, KNN_INCONSISTENT,
                         "tensor \"layout.nearest\" must have 1 to %zu "
                         "distances, ascending",
                         parts->n_samples);
    }

    return KNN_OK;
}


/* Compares the targets. */
static knn_status_e
knn_layout_compare_targets(const knn_parts_t *parts, knn_error_t *err)
{
    size_t              i, n;
    const knn_layout_t *layout;

    layout = parts->layout;
    n = (layout->targets == NULL) ? 0 : parts->n_samples * parts->n_outputs;

    for (i = 0; i < n; i++) {
        if (layout->targets[i] != (uint64_t) parts->y[i]) {
            return knn_layout_refuse("layout.targets", "\"y\"", err);
        }
    }

    return KNN_OK;
}


/* Makes what is compared; false when there is no memory. */
static bool
knn_layout_make(const knn_parts_t *parts, knn_made_t *made)
{
    size_t n, size;
    bool   aligned;

    n = (parts->tree == NULL) ? 0 : parts->tree->n_nodes;
    made->nodes = calloc(n + 1, sizeof(knn_tree_node_t));

    if (made->nodes == NULL) {
        return false;
    }

    aligned = parts->layout->points == NULL && knn_layout_aligned(parts);
    made->n_blocks = knn_layout_leaves(parts, aligned, made->nodes);
    made->rows = malloc(made->n_blocks * KNN_LANES * sizeof(uint32_t));

    (void) knn_layout_pairs(parts, &size);
    size += KNN_LANES * parts->n_features;
    made->piece = malloc(size * sizeof(double));

    if (made->rows == NULL || made->piece == NULL) {
        return false;
    }

    knn_layout_rows(parts, made->nodes, made->n_blocks, made->rows);

    return true;
}


knn_status_e
knn_check_layout(const knn_parts_t *parts, knn_error_t *err)
{
    knn_made_t   made;
    knn_status_e rc;

    memset(&made, 0, sizeof(knn_made_t));

    if (!knn_layout_make(parts, &made)) {
        rc = knn_error(err, KNN_NO_MEMORY, "no memory to check its layout");
    }
    else {
        rc = knn_layout_compare(parts, &made, err);

        if (rc == KNN_OK) {
            rc = knn_layout_compare_pairs(parts, &made, err);
        }

        if (rc == KNN_OK) {
            rc = knn_layout_compare_targets(parts, err);
        }

        if (rc == KNN_OK) {
            rc = knn_check_nearest(parts, err);
        }
    }

    free(made.nodes);
    free(made.rows);
    free(made.piece);

    return rc;
}
