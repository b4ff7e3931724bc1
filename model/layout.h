
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

/* One block, of KNN_LANES times features doubles. */
void knn_layout_block(const knn_parts_t *parts, const uint32_t *rows,
                      double *block);

/* Pairs of children, and at last the root twice: how many, their doubles. */
size_t knn_layout_pairs(const knn_parts_t *parts, size_t *pair_size);
void   knn_layout_pair(const knn_parts_t *parts, size_t i, double *pair);


#endif /* KNN_LAYOUT_H */
