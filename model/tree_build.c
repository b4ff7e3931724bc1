
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "metric.h"
#include "split.h"
#include "tree_build.h"


/* scikit-learn's default, and from how many features on it builds none */
#define KNN_TREE_LEAF     30
#define KNN_TREE_FEATURES 15


/* a tree while it is built */
typedef struct {
    const double       *x;
    const knn_metric_t *metric;
    knn_space_t         space;
    double              p;
    bool                boxes;
    size_t              n_nodes;
    int64_t            *rows;
    knn_node_t         *nodes;
    double             *lower; /* [n_nodes][features], or centers */
    double             *upper; /* the same, of boxes */
    double             *box;   /* [2][features], of a ball's rows */
} knn_tree_build_t;


knn_algorithm_e
knn_algorithm_auto(const knn_parts_t *parts)
{
    knn_parts_t         meant;
    const knn_metric_t *metric;

    if (parts->n_features > KNN_TREE_FEATURES
        || (uint64_t) parts->n_neighbors >= parts->n_samples / 2)
    {
        return KNN_BRUTE;
    }

    meant = *parts;
    knn_metric_resolve(&meant);
    metric = knn_metric_get(meant.metric);

    return metric->boxes != NULL ? KNN_KD_TREE
           : metric->ball        ? KNN_BALL_TREE
                                 : KNN_BRUTE;
}


/* The nodes of a tree over so many rows: full levels. */
static size_t
knn_tree_nodes(size_t n)
{
    double leaves;

    leaves = (double) (n - 1) / KNN_TREE_LEAF;

    return ((size_t) 1 << (size_t) (log2(leaves < 1 ? 1 : leaves) + 1)) - 1;
}


/* Finds the least box that holds the rows of a node. */
static void
knn_tree_box(const knn_tree_build_t *build, const knn_node_t *node,
             double *lower, double *upper)
{
    size_t        j, n;
    int64_t       i;
    const double *row;

    n = build->space.n_features;
    row = build->x + (size_t) build->rows[node->start] * n;
    memcpy(lower, row, n * sizeof(double));
    memcpy(upper, row, n * sizeof(double));

    for (i = node->start + 1; i < node->end; i++) {
        row = build->x + (size_t) build->rows[i] * n;

        for (j = 0; j < n; j++) {
            lower[j] = row[j] < lower[j] ? row[j] : lower[j];
            upper[j] = row[j] > upper[j] ? row[j] : upper[j];
        }
    }
}


/* Half the diagonal of a box. */
static double
knn_tree_diagonal(const knn_tree_build_t *build, const double *lower,
                  const double *upper)
{
    size_t j;
    double half, radius;

    for (j = 0, radius = 0; j < build->space.n_features; j++) {
        half = 0.5 * fabs(upper[j] - lower[j]);
        radius =
            isinf(build->p) ? fmax(radius, half) : radius + pow(half, build->p);
    }

    return pow(radius, 1 / build->p);
}


/* Surrounds the rows of a node by a ball. */
static void
knn_tree_ball(const knn_tree_build_t *build, knn_node_t *node, double *center)
{
    size_t        j, n;
    int64_t       i;
    double        radius;
    const double *row;

    n = build->space.n_features;

    for (i = node->start; i < node->end; i++) {
        row = build->x + (size_t) build->rows[i] * n;

        for (j = 0; j < n; j++) {
            center[j] += row[j];
        }
    }

    for (j = 0; j < n; j++) {
        center[j] /= (double) (node->end - node->start);
    }

    for (i = node->start, radius = 0; i < node->end; i++) {
        row = build->x + (size_t) build->rows[i] * n;
        radius = fmax(radius, build->metric->rdist(&build->space, center, row));
    }

    node->radius = build->metric->to_dist(&build->space, radius);
}


/* The feature in which a box is widest. */
static size_t
knn_tree_widest(size_t n, const double *lower, const double *upper)
{
    size_t j, widest;

    for (j = 1, widest = 0; j < n; j++) {
        if (upper[j] - lower[j] > upper[widest] - lower[widest]) {
            widest = j;
        }
    }

    return widest;
}


/* Surrounds the rows of a node, and divides them between two others. */
static void
knn_tree_node(knn_tree_build_t *build, size_t number)
{
    size_t      n, middle;
    double     *lower, *upper;
    knn_node_t *node, *child;
    knn_split_t split;

    n = build->space.n_features;
    node = &build->nodes[number];
    lower = build->boxes ? build->lower + number * n : build->box;
    upper = build->boxes ? build->upper + number * n : build->box + n;
    knn_tree_box(build, node, lower, upper);

    if (build->boxes) {
        node->radius = knn_tree_diagonal(build, lower, upper);
    }
    else {
        knn_tree_ball(build, node, build->lower + number * n);
    }

    node->is_leaf =
        2 * number + 1 >= build->n_nodes || node->end - node->start < 2;

    if (node->is_leaf) {
        return;
    }

    middle = (size_t) (node->end - node->start) / 2;
    split.values = build->x + knn_tree_widest(n, lower, upper);
    split.stride = n;
    knn_split(&split, build->rows + node->start,
              (size_t) (node->end - node->start), middle);

    child = &build->nodes[2 * number + 1];
    child[0].start = node->start;
    child[0].end = child[1].start = node->start + (int64_t) middle;
    child[1].end = node->end;
}


/* Builds the tree over all rows. */
static void
knn_tree_all(knn_tree_build_t *build, size_t n_samples)
{
    size_t i;

    for (i = 0; i < n_samples; i++) {
        build->rows[i] = (int64_t) i;
    }

    build->nodes[0].end = (int64_t) n_samples;

    for (i = 0; i < build->n_nodes; i++) {
        knn_tree_node(build, i);
    }
}


knn_status_e
knn_tree_build(knn_parts_t *parts, knn_arena_t *arena, knn_error_t *err)
{
    size_t            n_bounds;
    knn_parts_t       meant;
    knn_tree_build_t  build;
    knn_tree_parts_t *tree;

    if (parts->algorithm == KNN_BRUTE) {
        return KNN_OK;
    }

    meant = *parts;
    knn_metric_resolve(&meant);
    n_bounds = parts->algorithm == KNN_KD_TREE ? 2 : 1;

    build.x = parts->x;
    build.metric = knn_metric_get(meant.metric);
    build.space = knn_metric_space(&meant);
    build.p = meant.metric == KNN_CHEBYSHEV   ? INFINITY
              : meant.metric == KNN_MANHATTAN ? 1
                                              : build.space.p;
    build.boxes = n_bounds == 2;
    build.n_nodes = knn_tree_nodes(parts->n_samples);
    build.rows = knn_arena_array(arena, parts->n_samples, sizeof(int64_t));
    build.nodes = knn_arena_array(arena, build.n_nodes, sizeof(knn_node_t));
    build.lower = knn_arena_array(
        arena, n_bounds * build.n_nodes * parts->n_features, sizeof(double));
    build.box = knn_arena_array(arena, 2 * parts->n_features, sizeof(double));
    tree = knn_arena_alloc(arena, sizeof(knn_tree_parts_t));

    if (build.rows == NULL || build.nodes == NULL || build.lower == NULL
        || build.box == NULL || tree == NULL)
    {
        return knn_error(err, KNN_NO_MEMORY,
                         "no memory for a tree of %zu nodes", build.n_nodes);
    }

    build.upper = build.lower + build.n_nodes * parts->n_features;
    knn_tree_all(&build, parts->n_samples);

    tree->n_nodes = build.n_nodes;
    tree->n_bounds = n_bounds;
    tree->idx_array = build.rows;
    tree->nodes = build.nodes;
    tree->bounds = build.lower;
    parts->tree = tree;

    return KNN_OK;
}
