
/*
 * Copyright (C) nginx-knn contributors
 */


/* Whether what a file says makes sense. */


#ifndef KNN_CHECK_H
#define KNN_CHECK_H


#include "error.h"
#include "parts.h"


/* KNN_OK, or why these parts are no model. */
knn_status_e knn_check_parts(const knn_parts_t *parts, knn_error_t *err);

/* The metric and its parameters, once the sizes are known to be right. */
knn_status_e knn_check_metric(const knn_parts_t *parts, knn_error_t *err);

/* The tree alone, once the rest is known to be right. */
knn_status_e knn_check_tree(const knn_parts_t *parts, knn_error_t *err);

/* The layout alone, once all else is known to be right. */
knn_status_e knn_check_layout(const knn_parts_t *parts, knn_error_t *err);

/* check_mapped.c: of a mapped file what leads from one place to another */
knn_status_e knn_check_mapped(const knn_parts_t *parts, knn_error_t *err);

/* The distances behind novelty. */
knn_status_e knn_check_nearest(const knn_parts_t *parts, knn_error_t *err);

/* check_codes.c: the part of it that is points and codes, in lanes of rows */
knn_status_e knn_check_codes(const knn_parts_t *parts, const uint32_t *rows,
                             knn_error_t *err);

/* Refuses a tensor of a layout, and those of the parts that it is made of. */
knn_status_e knn_layout_refuse(const char *tensor, const char *parts,
                               knn_error_t *err);

/* Whether a node belongs to the tree: no node above it is a leaf. */
bool knn_node_reached(const knn_tree_parts_t *tree, size_t node);


#endif /* KNN_CHECK_H */
