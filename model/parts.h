
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What a model file says, before anybody believed it: the interface between
 * the readers of files and the engine.  A reader guarantees that the arrays
 * have the shapes written here, that strings are valid UTF-8 and
 * NUL-terminated, and nothing else; knn_model_build() checks the meaning,
 * copies all into the engine's own layout and keeps no pointer but those of a
 * layout that is there already.
 */


#ifndef KNN_PARTS_H
#define KNN_PARTS_H


#include "knn.h"
#include "steps.h"


typedef enum {
    KNN_CLASSIFIER = 0,
    KNN_REGRESSOR,
    KNN_RADIUS_CLASSIFIER,
    KNN_RADIUS_REGRESSOR,
    KNN_NEIGHBORS, /* NearestNeighbors: no y */
    KNN_CENTROID   /* NearestCentroid: a row of x for each class */
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
    KNN_MINKOWSKI,
    KNN_WMINKOWSKI, /* of before 1.3: weights inside of the power */
    KNN_SEUCLIDEAN,
    KNN_MAHALANOBIS,
    KNN_HAMMING,
    KNN_CANBERRA,
    KNN_BRAYCURTIS,
    KNN_HAVERSINE,
    KNN_JACCARD,
    KNN_MATCHING,
    KNN_DICE,
    KNN_KULSINSKI,
    KNN_ROGERSTANIMOTO,
    KNN_RUSSELLRAO,
    KNN_SOKALMICHENER,
    KNN_SOKALSNEATH,
    KNN_YULE,
    KNN_SQEUCLIDEAN,
    KNN_COSINE,
    KNN_CORRELATION,
    KNN_NAN_EUCLIDEAN,

    /* what brute force has scipy compute, which rounds otherwise */
    KNN_SCIPY_SEUCLIDEAN,
    KNN_SCIPY_MAHALANOBIS,
    KNN_SCIPY_BRAYCURTIS, /* two rows of zeros are not a number apart */

    /* what the scipy of releases before 0.24 was built to sum otherwise */
    KNN_EARLY_MANHATTAN,
    KNN_EARLY_BRAYCURTIS,

    KNN_NAN_JACCARD, /* of before 0.20: the same */

    KNN_METRICS
} knn_metric_e;

/* how scikit-learn sorted neighbours: quicksort before 1.9, introsort since */
typedef enum {
    KNN_SORT_QUICK = 0,
    KNN_SORT_INTRO,
    KNN_SORT_LOWEST, /* brute: as scipy measures, the lowest row wins a tie */
    KNN_SORT_EARLY   /* quicksort before 1.0: no neighbor is NaN away */
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
    size_t            n_inner;   /* the first nodes, known to be no leaves */
    const double     *bounds;    /* [n_bounds][n_nodes][features] */
} knn_tree_parts_t;


/* what a file has laid out as model.h says; it is not copied */
typedef struct {
    size_t          n_blocks;
    const double   *blocks;
    const uint32_t *rows;
    const uint32_t *order;           /* NULL: leaves lie as the tree has them */
    const void     *points;          /* instead of blocks, NULL without codes */
    bool            narrow;          /* points are floats */
    const struct knn_codes_s *codes; /* of codes.h */
    size_t                    n_pairs; /* doubles */
    const double             *pairs;   /* NULL for KNN_BRUTE */
    const uint32_t           *targets; /* NULL without y */
    size_t                    n_nearest;
    const double             *nearest;
    const double   *values;  /* of a regressor, or NULL: to be copied */
    const double   *ranges;  /* [2][features], least and greatest */
    size_t          n_nodes; /* of an index, 0 without */
    size_t          n_firsts;
    const float    *boxes;  /* as wide.h says, these three too */
    const uint32_t *firsts; /* [n_firsts], blocks */
    const double   *middle; /* [features] */
} knn_layout_t;


typedef struct {
    knn_estimator_e estimator;
    knn_algorithm_e algorithm;
    knn_weights_e   weights;
    knn_metric_e    metric;
    const char     *metric_name; /* as the file spells it */
    double          p;           /* of KNN_MINKOWSKI and KNN_WMINKOWSKI */
    const double   *w;  /* [n_features], weights or NULL, V of seuclidean */
    const double   *vi; /* [n_features][n_features] of mahalanobis */
    knn_sort_e      sort;
    const char     *producer; /* "scikit-learn 1.2.1" */
    const char     *search;   /* the way to be taken, NULL: the fastest */

    size_t                  n_samples;
    size_t                  n_features;  /* what the estimator has */
    int64_t                 n_neighbors; /* of all but the radius ones */
    double                  radius;
    size_t                  n_outputs;
    const double           *x;      /* [n_samples][n_features] */
    const int64_t          *y;      /* [n_samples][n_outputs], classes */
    const double           *values; /* the same of a regressor */
    bool                    single; /* values were float32 */
    bool                    summed; /* labels of a radius by sums, not shares */
    const knn_output_t     *outputs; /* [n_outputs] */
    const knn_tree_parts_t *tree;    /* NULL for KNN_BRUTE */
    const knn_layout_t     *layout;  /* of all that, or NULL */
    bool                    mapped;  /* numbers of the layout are not read */

    /* of KNN_CENTROID with priors, else NULL */

    const double *scale;  /* [n_features], what divides the features */
    const double *priors; /* [n_samples], of the classes */

    /* what a row has before the steps: without any, steps.n_inputs is 0 */

    knn_steps_t        steps;
    const char *const *feature_names; /* [steps.n_inputs or n_features] */
} knn_parts_t;


/* Checks parts and lays them out; NULL and err when they are inconsistent. */
knn_model_t *knn_model_build(const knn_parts_t *parts, knn_error_t *err);


#endif /* KNN_PARTS_H */
