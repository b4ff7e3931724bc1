
/*
 * Copyright (C) nginx-knn contributors
 */


/* A model as the engine holds it: what was checked, laid out for searches. */


#ifndef KNN_MODEL_H
#define KNN_MODEL_H


#include "arena.h"
#include "kernels.h"
#include "metric.h"
#include "parts.h"


/* row numbers are 32 bits wide, lanes with padding too */
#define KNN_MAX_SAMPLES 0x7fffffff

/* the proof in tree.c counts on it */
#define KNN_MAX_FEATURES 0x1000000

/* more levels of a tree than these rows could fill */
#define KNN_MAX_LEVELS 32

/* blocks whose distances are computed at once, as many as L1 holds well */
#define KNN_SCAN_BLOCKS 64


typedef struct {
    uint32_t first; /* lane of the first row of a leaf */
    uint32_t count; /* its rows, 0 when not a leaf */
} knn_tree_node_t;


struct knn_model_s {
    knn_model_info_t info;
    knn_arena_t     *arena; /* which holds this structure too */

    knn_algorithm_e      algorithm;
    knn_weights_e        weights;
    knn_sort_e           sort;
    bool                 lowest; /* brute: the lowest row wins a tie */
    double               p;      /* 2 for euclidean */
    const knn_metric_t  *metric;
    knn_metric_e         kind; /* of the metric */
    const knn_kernels_t *kernels;

    bool            aligned; /* no leaves share a block */
    size_t          n_blocks;
    const double   *blocks; /* [n_blocks][features][lanes] */
    const uint32_t *rows;   /* [n_blocks][lanes], training rows */

    const knn_tree_node_t *nodes;     /* children of i are 2i+1, 2i+2 */
    size_t                 pair_size; /* doubles */
    const double          *pairs;     /* of children, by their parent */

    size_t          n_classes;   /* of all outputs */
    size_t          max_classes; /* of one output */
    const uint32_t *targets;     /* [n_samples][n_outputs] */

    const double *nearest; /* [novelty_samples], ascending */
};


/* Fills blocks, rows, nodes and pairs; -1 when there is no memory. */
int knn_layout_build(knn_model_t *model, const knn_parts_t *parts);

/* Chooses the kernel. */
void knn_model_use(knn_model_t *model, const knn_kernels_t *kernels);

/* Makes the model read-only; nothing may be changed after. */
void knn_model_seal(knn_model_t *model);


#endif /* KNN_MODEL_H */
