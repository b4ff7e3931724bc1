
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Small models with trees of their own making, as a reader would hand them
 * over: ties in plenty, or values near the ends of what doubles can be.
 */


#ifndef KNN_FIXTURE_H
#define KNN_FIXTURE_H


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "plain_metric.h"


#define FIXTURE_CLASSES 3
#define FIXTURE_METRICS 4 /* euclidean to minkowski */


typedef struct {
    knn_parts_t      parts;
    knn_tree_parts_t tree;
    knn_output_t     outputs[2];
    knn_label_t      labels[FIXTURE_CLASSES];
    double          *x;
    int64_t         *y;
    double          *w;
    double          *vi;
    int64_t         *idx;
    knn_node_t      *nodes;
    double          *bounds;
    uint64_t         seed;
} fixture_t;


/* The same numbers in every run. */
static inline uint64_t
fixture_random(fixture_t *f)
{
    f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;

    return f->seed >> 33;
}


/* A value of an integer lattice of that many steps, times scale. */
static inline double
fixture_value(fixture_t *f, unsigned steps, double scale)
{
    return (double) (fixture_random(f) % steps) * scale;
}


static inline void *
fixture_alloc(size_t n, size_t size)
{
    void *p;

    p = calloc(n, size);
    ck_assert_ptr_nonnull(p);

    return p;
}


/* The box or the ball of a node, from its rows. */
static inline void
fixture_bound(fixture_t *f, size_t node)
{
    size_t        j, d;
    int64_t       i;
    double        r, *lower, *upper;
    knn_node_t   *n;
    const double *x;

    n = &f->nodes[node];
    d = f->parts.n_features;
    lower = f->bounds + node * d;
    upper = (f->tree.n_bounds == 2) ? lower + f->tree.n_nodes * d : NULL;

    for (i = n->start; i < n->end; i++) {
        x = f->x + (size_t) f->idx[i] * d;

        for (j = 0; j < d; j++) {
            if (f->parts.algorithm == KNN_BALL_TREE) {
                lower[j] += x[j] / (double) (n->end - n->start);
            }
            else {
                lower[j] = (i == n->start) ? x[j] : fmin(lower[j], x[j]);
                upper[j] = (i == n->start) ? x[j] : fmax(upper[j], x[j]);
            }
        }
    }

    r = 0;

    for (i = n->start; i < n->end; i++) {
        x = f->x + (size_t) f->idx[i] * d;
        r = fmax(r, plain_rdist(&f->parts, lower, x));
    }

    n->radius = plain_dist(&f->parts, r);
}


/* Orders the rows of a node by one feature and halves them. */
static inline void
fixture_split(fixture_t *f, size_t node, size_t feature)
{
    size_t      d;
    int64_t     i, j, row, middle;
    knn_node_t *n;

    n = &f->nodes[node];
    d = f->parts.n_features;

    for (i = n->start + 1; i < n->end; i++) {
        row = f->idx[i];

        for (j = i; j > n->start
                    && f->x[(size_t) f->idx[j - 1] * d + feature]
                           > f->x[(size_t) row * d + feature];
             j--)
        {
            f->idx[j] = f->idx[j - 1];
        }

        f->idx[j] = row;
    }

    middle = n->start + (n->end - n->start) / 2;

    f->nodes[2 * node + 1].start = n->start;
    f->nodes[2 * node + 1].end = middle;
    f->nodes[2 * node + 2].start = middle;
    f->nodes[2 * node + 2].end = n->end;
}


static inline void
fixture_tree(fixture_t *f, size_t levels)
{
    size_t i, n;

    n = f->parts.n_samples;

    f->tree.n_nodes = ((size_t) 1 << levels) - 1;
    f->tree.n_bounds = (f->parts.algorithm == KNN_KD_TREE) ? 2 : 1;

    f->idx = fixture_alloc(n, sizeof(int64_t));
    f->nodes = fixture_alloc(f->tree.n_nodes, sizeof(knn_node_t));
    f->bounds =
        fixture_alloc(f->tree.n_bounds * f->tree.n_nodes * f->parts.n_features,
                      sizeof(double));

    for (i = 0; i < n; i++) {
        f->idx[i] = (int64_t) i;
    }

    f->nodes[0].end = (int64_t) n;

    for (i = 0; i < f->tree.n_nodes; i++) {
        if (2 * i + 2 < f->tree.n_nodes) {
            fixture_split(f, i, i % f->parts.n_features);
        }
        else {
            f->nodes[i].is_leaf = 1;
        }

        fixture_bound(f, i);
    }

    f->tree.idx_array = f->idx;
    f->tree.nodes = f->nodes;
    f->tree.bounds = f->bounds;
    f->parts.tree = &f->tree;
}


/* The levels that scikit-learn gives a tree. */
static inline size_t
fixture_levels(size_t n, size_t leaf_size)
{
    size_t levels;

    for (levels = 1; (n - 1) / leaf_size >> levels != 0; levels++) {
        /* void */
    }

    return levels;
}


/* What the metric has besides its name: weights that are not all the same. */
static inline void
fixture_metric(fixture_t *f, knn_metric_e metric)
{
    size_t i, j, d;

    d = f->parts.n_features;

    f->parts.metric = metric;
    f->parts.metric_name = knn_metric_get(metric)->name;
    f->parts.p = knn_metric_has_p(metric) ? 3 : 2;

    f->w = fixture_alloc(d, sizeof(double));
    f->vi = fixture_alloc(d * d, sizeof(double));

    for (i = 0; i < d; i++) {
        f->w[i] = 0.5 + 0.3 * (double) (i % 3);

        for (j = 0; j < d; j++) {
            f->vi[i * d + j] = (i == j) ? 1.5 : 0.3 / (double) (1 + i + j);
        }
    }

    if (metric == KNN_SEUCLIDEAN || metric == KNN_SCIPY_SEUCLIDEAN
        || metric == KNN_WMINKOWSKI)
    {
        f->parts.w = f->w;
    }

    if (metric == KNN_MAHALANOBIS || metric == KNN_SCIPY_MAHALANOBIS) {
        f->parts.vi = f->vi;
    }
}


/* n rows of d features on a lattice, in one output of three classes. */
static inline void
fixture_create(fixture_t *f, knn_algorithm_e algorithm, knn_metric_e metric,
               size_t n, size_t d, int64_t k, size_t leaf_size, double scale)
{
    size_t i;

    memset(f, 0, sizeof(fixture_t));

    f->seed = 1 + n * 1000 + d * 10 + (size_t) k;

    f->parts.algorithm = algorithm;
    f->parts.producer = "a test";
    f->parts.search = "quick"; /* the same in every run */
    f->parts.n_samples = n;
    f->parts.n_features = d;
    f->parts.n_neighbors = k;
    f->parts.n_outputs = 1;
    f->parts.outputs = f->outputs;

    fixture_metric(f, metric);

    f->x = fixture_alloc(n * d, sizeof(double));
    f->y = fixture_alloc(n * 2, sizeof(int64_t));

    for (i = 0; i < n * d; i++) {
        f->x[i] = fixture_value(f, 5, scale);
    }

    for (i = 0; i < n * 2; i++) {
        f->y[i] = (int64_t) (fixture_random(f) % FIXTURE_CLASSES);
    }

    for (i = 0; i < FIXTURE_CLASSES; i++) {
        f->labels[i].value.integer = (int64_t) i;
    }

    for (i = 0; i < 2; i++) {
        f->outputs[i].n_classes = FIXTURE_CLASSES;
        f->outputs[i].classes = f->labels;
    }

    f->parts.x = f->x;
    f->parts.y = f->y;

    if (algorithm != KNN_BRUTE) {
        fixture_tree(f, fixture_levels(n, leaf_size));
    }
}


static inline void
fixture_destroy(fixture_t *f)
{
    free(f->x);
    free(f->y);
    free(f->w);
    free(f->vi);
    free(f->idx);
    free(f->nodes);
    free(f->bounds);
}


static inline knn_model_t *
fixture_build(fixture_t *f)
{
    knn_error_t  err;
    knn_model_t *model;

    model = knn_model_build(&f->parts, &err);

    if (model == NULL) {
        ck_abort_msg("a good model is refused: %s", err.message);
    }

    return model;
}


/* A query, computed whole. */
static inline knn_query_t *
fixture_query(const knn_model_t *model, const double *q, size_t rows,
              unsigned outputs)
{
    void        *memory;
    knn_query_t *query;

    memory = aligned_alloc(KNN_ALIGNMENT, knn_query_size(model, rows, outputs));
    ck_assert_ptr_nonnull(memory);

    query = knn_query_init(memory, model, q, rows, outputs);
    ck_assert(knn_query_run(query, SIZE_MAX));

    return query;
}


#endif /* KNN_FIXTURE_H */
