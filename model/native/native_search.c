
/*
 * Copyright (C) nginx-knn contributors
 */


#include "native_file.h"


/* the search that scikit-learn would choose, which is not ours to do */
#define KNN_NATIVE_AUTO (-1)


static const knn_native_word_t knn_native_algorithms[] = {
    {"auto", KNN_NATIVE_AUTO},
    {"brute", KNN_BRUTE},
    {"kd_tree", KNN_KD_TREE},
    {"ball_tree", KNN_BALL_TREE},
    {NULL, 0},
};

const knn_native_word_t knn_native_sorts[] = {
    {"quicksort", KNN_SORT_QUICK},
    {"introsort", KNN_SORT_INTRO},
    {"lowest", KNN_SORT_LOWEST},
    {"early_quicksort", KNN_SORT_EARLY},
    {NULL, 0},
};


/* The nodes of the stored tree. */
static knn_status_e
knn_native_nodes(knn_native_t *native, knn_tree_parts_t *tree)
{
    size_t         i, shape[2];
    knn_node_t    *nodes;
    const double  *radius;
    const int64_t *node;

    shape[0] = KNN_NATIVE_ANY;
    shape[1] = KNN_NATIVE_NODE;

    if (knn_native_integers(native, "tree.nodes", 2, shape, &node) != KNN_OK
        || knn_native_doubles(native, "tree.radius", 1, shape, &radius)
               != KNN_OK)
    {
        return native->err->status;
    }

    if (node == NULL || radius == NULL) {
        return knn_error(native->err, KNN_INCONSISTENT,
                         "must have the tensors \"tree.nodes\" and "
                         "\"tree.radius\" beside \"tree.idx_array\"");
    }

    nodes = knn_arena_array(native->arena, shape[0], sizeof(knn_node_t));

    if (nodes == NULL) {
        return knn_native_full(native);
    }

    for (i = 0; i < shape[0]; i++, node += KNN_NATIVE_NODE) {
        nodes[i].start = node[0];
        nodes[i].end = node[1];
        nodes[i].is_leaf = node[2];
        nodes[i].radius = radius[i];

        tree->n_inner += (i == tree->n_inner && node[2] == 0);
    }

    tree->n_nodes = shape[0];
    tree->nodes = nodes;

    return KNN_OK;
}


/* The stored tree, if there is one. */
static knn_status_e
knn_native_tree(knn_native_t *native)
{
    size_t            shape[3];
    knn_parts_t      *parts;
    knn_tree_parts_t *tree;

    parts = native->parts;
    tree = knn_arena_alloc(native->arena, sizeof(knn_tree_parts_t));

    if (tree == NULL) {
        return knn_native_full(native);
    }

    if (knn_native_integers(native, "tree.idx_array", 1, &parts->n_samples,
                            &tree->idx_array)
        != KNN_OK)
    {
        return native->err->status;
    }

    if (tree->idx_array == NULL) {
        return KNN_OK;
    }

    if (knn_native_nodes(native, tree) != KNN_OK) {
        return native->err->status;
    }

    shape[0] = KNN_NATIVE_ANY;
    shape[1] = tree->n_nodes;
    shape[2] = parts->n_features;

    if (knn_native_doubles(native, "tree.bounds", 3, shape, &tree->bounds)
        != KNN_OK)
    {
        return native->err->status;
    }

    if (tree->bounds == NULL) {
        return knn_error(native->err, KNN_INCONSISTENT,
                         "must have a tensor \"tree.bounds\" beside "
                         "\"tree.idx_array\"");
    }

    tree->n_bounds = shape[0];
    parts->tree = tree;

    return KNN_OK;
}


/*
 * How rows are searched: without a stored tree by brute force, where ties go
 * to the lowest row unless the file says how a release would sort them.
 */
knn_status_e
knn_native_search(knn_native_t *native)
{
    int          algorithm, sort;
    knn_parts_t *parts;

    parts = native->parts;
    algorithm = KNN_NATIVE_AUTO;

    if (knn_native_tree(native) != KNN_OK
        || knn_native_word(native, "algorithm", knn_native_algorithms,
                           &algorithm)
               != KNN_OK)
    {
        return native->err->status;
    }

    if (parts->tree == NULL) {
        algorithm = KNN_BRUTE;
    }
    else if (algorithm == KNN_NATIVE_AUTO) {
        return knn_native_fail(native, "algorithm", KNN_INCONSISTENT,
                               "is no kind of tree, write kd_tree or ball_tree "
                               "beside a stored tree");
    }

    sort = (parts->tree == NULL) ? KNN_SORT_LOWEST : KNN_SORT_INTRO;

    if (knn_native_word(native, "sort", knn_native_sorts, &sort) != KNN_OK) {
        return native->err->status;
    }

    /* what an earlier load has found; one that is unknown here is ignored */

    knn_native_text(native, "search", &parts->search);

    parts->algorithm = (knn_algorithm_e) algorithm;
    parts->sort = (knn_sort_e) sort;

    return KNN_OK;
}
