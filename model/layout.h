
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * How training rows lie in blocks of lanes, leaf by leaf, and the bounds of a
 * tree's nodes in pairs: all of it follows from the parts.
 */


#ifndef KNN_LAYOUT_H
#define KNN_LAYOUT_H


#include "model.h"


/* rows of a tree that a scan is faster for than any walk */
#define KNN_LAYOUT_FEW 256


/* the row of an empty lane, which is infinitely far away */
#define KNN_LAYOUT_EMPTY UINT32_MAX


/* Whether each leaf starts a block of its own; brute is one leaf. */
bool knn_layout_aligned(const knn_parts_t *parts);

/* Gives every leaf its lanes; returns how many blocks there are. */
size_t knn_layout_leaves(const knn_parts_t *parts, bool aligned,
                         knn_tree_node_t *nodes);

/* The rows of so many blocks; nodes are those of the leaves, NULL of brute. */
void knn_layout_rows(const knn_parts_t *parts, const knn_tree_node_t *nodes,
                     size_t n_blocks, uint32_t *rows);

/* Whether rows of brute may lie in any order, because theirs decides nothing. */
bool knn_layout_loose(const knn_parts_t *parts);

/* The most rows of a leaf that may lie in another order than the file's. */
size_t knn_layout_window(const knn_parts_t *parts);

/*
 * Has the rows of each block lie near each other, within a leaf of up to window
 * rows: the row that was in lane i is in lane order[i] then.  -1 when there is
 * no memory.
 */
int knn_layout_compact(const knn_parts_t *parts, const knn_tree_node_t *nodes,
                       size_t n_blocks, size_t window, uint32_t *rows,
                       uint32_t *order);

/* One block, of KNN_LANES times features doubles. */
void knn_layout_block(const knn_parts_t *parts, const uint32_t *rows,
                      double *block);

/* Pairs of children, and at last the root twice: how many, their doubles. */
size_t knn_layout_pairs(const knn_parts_t *parts, size_t *pair_size);
void   knn_layout_pair(const knn_parts_t *parts, size_t i, double *pair);

/*
 * layout_rows.c: rows and points, in lanes that leaves share; whether they are
 * floats, what it has, and the distances of n blocks of rows.
 */
bool knn_points_same(const knn_parts_t *parts, const uint32_t *rows);
int  knn_points_build(knn_model_t *model, const knn_parts_t *parts);
bool knn_points_narrow(const knn_parts_t *parts);
void knn_points_row(const knn_model_t *model, size_t lane, double *row);
void knn_points_scan(const knn_model_t *model, size_t block, size_t n,
                     const double *q, double *rdist);


/* The point in a lane. */
static inline const void *
knn_points_at(const knn_model_t *model, size_t lane)
{
    return (const char *) model->points
           + lane * model->space.n_features
                 * (model->narrow ? sizeof(float) : sizeof(double));
}


/* Distances of n blocks, however they lie. */
static inline void
knn_layout_scan(const knn_model_t *model, size_t block, size_t n,
                const double *q, double *rdist)
{
    if (model->points != NULL) {
        knn_points_scan(model, block, n, q, rdist);
        return;
    }

    model->kernels->scans->scan[model->kind](
        &model->space,
        model->blocks + block * KNN_LANES * model->space.n_features, n, q,
        rdist);
}


#endif /* KNN_LAYOUT_H */
