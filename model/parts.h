
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What a model file says, before anybody believed it: the interface between
 * the readers of files and the engine.  A reader guarantees that the arrays
 * have the shapes written here, that strings are valid UTF-8 and
 * NUL-terminated, and nothing else; knn_model_build() checks the meaning,
 * copies all into the engine's own layout and keeps no pointer.
 */


#ifndef KNN_PARTS_H
#define KNN_PARTS_H


#include "knn.h"


typedef enum {
    KNN_CLASSIFIER = 0
} knn_estimator_e;

typedef enum {
    KNN_BRUTE = 0,
    KNN_KD_TREE,
    KNN_BALL_TREE
} knn_algorithm_e;

typedef enum {
    KNN_UNIFORM = 0,
    KNN_DISTANCE
} knn_weights_e;

typedef enum {
    KNN_EUCLIDEAN = 0,
    KNN_MANHATTAN,
    KNN_CHEBYSHEV,
    KNN_MINKOWSKI
} knn_metric_e;

/* how scikit-learn sorted neighbours: quicksort before 1.9, introsort since */
typedef enum {
    KNN_SORT_QUICK = 0,
    KNN_SORT_INTRO
} knn_sort_e;


/* one node of a stored tree, children of i are 2i + 1 and 2i + 2 */
typedef struct {
    int64_t start; /* into idx_array */
    int64_t end;
    int64_t is_leaf;
    double  radius;
} knn_node_t;


typedef struct {
    size_t            n_nodes;
    size_t            n_bounds;  /* 2 for a kd_tree, 1 for a ball */
    const int64_t    *idx_array; /* [n_samples] */
    const knn_node_t *nodes;     /* [n_nodes] */
    const double     *bounds;    /* [n_bounds][n_nodes][features] */
} knn_tree_parts_t;


typedef struct {
    knn_estimator_e estimator;
    knn_algorithm_e algorithm;
    knn_weights_e   weights;
    knn_metric_e    metric;
    const char     *metric_name; /* as the file spells it */
    double          p;           /* of KNN_MINKOWSKI */
    knn_sort_e      sort;
    const char     *producer; /* "scikit-learn 1.2.1" */

    size_t                  n_samples;
    size_t                  n_features;
    int64_t                 n_neighbors;
    size_t                  n_outputs;
    const double           *x;             /* [n_samples][n_features] */
    const int64_t          *y;             /* [n_samples][n_outputs] */
    const knn_output_t     *outputs;       /* [n_outputs] */
    const char *const      *feature_names; /* [n_features], or NULL */
    const knn_tree_parts_t *tree;          /* NULL for KNN_BRUTE */
} knn_parts_t;


/* Checks parts and lays them out; NULL and err when they are inconsistent. */
knn_model_t *knn_model_build(const knn_parts_t *parts, knn_error_t *err);


#endif /* KNN_PARTS_H */
