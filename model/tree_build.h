
/*
 * Copyright (C) nginx-knn contributors
 */


/* The tree that scikit-learn would build, node for node and row for row. */


#ifndef KNN_TREE_BUILD_H
#define KNN_TREE_BUILD_H


#include "arena.h"
#include "error.h"
#include "parts.h"


/* What scikit-learn chooses when it is left the choice. */
knn_algorithm_e knn_algorithm_auto(const knn_parts_t *parts);

/*
 * Builds the tree that the algorithm wants, if any, over the rows of parts;
 * it is in the arena.
 */
knn_status_e knn_tree_build(knn_parts_t *parts, knn_arena_t *arena,
                            knn_error_t *err);


#endif /* KNN_TREE_BUILD_H */
