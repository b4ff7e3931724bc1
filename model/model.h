
/*
 * Copyright (C) nginx-knn contributors
 */


/* A model as the engine holds it: what was checked, laid out for searches. */


#ifndef KNN_MODEL_H
#define KNN_MODEL_H


#include "arena.h"
#include "kernels/kernels.h"
#include "metric.h"
#include "parts.h"
#include "file/source.h"


/* row numbers are 32 bits wide, lanes with padding too */
#define KNN_MAX_SAMPLES 0x7fffffff

/* the proof in tree.c counts on it */
#define KNN_MAX_FEATURES 0x1000000

/* more levels of a tree than these rows could fill */
#define KNN_MAX_LEVELS 32

/* blocks whose distances are computed at once, as many as L1 holds well */
#define KNN_SCAN_BLOCKS 64

/* blocks that a kernel is at its best with, the least at once */
#define KNN_SCAN_LEAST 4

/* multiplications as long as the rest of a row, a node and a neighbor take */
#define KNN_ROW_WORK      512
#define KNN_VISIT_WORK    128
#define KNN_NEIGHBOR_WORK 16

/* multiplications at once, unless they are of the least blocks: some 10 us */
#define KNN_SCAN_WORK 0x8000


/* of search.h */
typedef struct knn_way_s knn_way_t;

/* of wide.h */
typedef struct knn_wide_s knn_wide_t;

/* of codes.h */
typedef struct knn_codes_s knn_codes_t;


typedef struct {
    uint32_t first; /* lane of the first row of a leaf */
    uint32_t count; /* its rows, 0 when not a leaf */
} knn_tree_node_t;


struct knn_model_s {
    knn_model_info_t info;
    knn_arena_t     *arena;  /* which holds this structure too */
    knn_source_t     source; /* the file, where it is used in place */

    knn_steps_t          steps; /* n_inputs is 0 without any */
    const double        *grids; /* [n_features], of range.h; NULL: no steps */
    knn_estimator_e      estimator;
    knn_algorithm_e      algorithm;
    knn_weights_e        weights;
    knn_sort_e           sort;
    bool                 lowest; /* brute: the lowest row wins a tie */
    bool                 within; /* neighbors are all rows within a radius */
    double               radius;
    double               limit; /* the radius as a reduced distance */
    const knn_metric_t  *metric;
    knn_metric_e         kind;  /* of the metric */
    knn_space_t          space; /* of the training rows */
    const knn_kernels_t *kernels;
    const knn_way_t *way; /* that the nearest rows are looked for at first */

    size_t cost;     /* of measuring a row, in multiplications */
    size_t row_cost; /* of all else that is done for a point */
    size_t n_scan;   /* blocks that are measured at once */

    bool            aligned; /* no leaves share a block */
    size_t          n_blocks;
    const double   *blocks; /* [n_blocks][features][lanes] */
    const uint32_t *rows;   /* [n_blocks][lanes], training rows */
    bool            loose;  /* brute: rows lie in any order */
    const uint32_t *order;  /* [n_blocks][lanes], leaves as the file has them;
                               NULL: as they lie */

    const knn_wide_t *wide; /* an index over the blocks, or NULL */

    knn_codes_t *codes;  /* or NULL; without blocks then, but */
    const void  *points; /* [n_blocks * lanes][features], one after another */
    bool         narrow; /* points are floats */

    const knn_tree_node_t *nodes;     /* children of i are 2i+1, 2i+2 */
    size_t                 pair_size; /* doubles */
    const double          *pairs;     /* of children, by their parent */
    const double          *root;      /* a pair that is twice the root */

    size_t          n_classes;   /* of all outputs */
    size_t          max_classes; /* of one output */
    bool            likeliest;   /* labels are the most probable */
    const uint32_t *targets;     /* [n_samples][n_outputs] */
    const uint32_t *outliers;    /* [n_outputs], classes */
    const double   *values;      /* [n_samples][n_outputs] */
    bool            single;      /* values are of float32 */

    const double *centroids; /* [n_samples][features] */
    const double *scale;     /* [features], what divides, or NULL */
    const double *bonus;     /* [n_samples], of the priors, or NULL */

    const double *nearest; /* [novelty_samples], ascending */
};


/*
 * Fills blocks, rows, nodes and pairs, or with codes, as far as there can be
 * some, points instead of blocks; -1 when there is no memory.
 */
int knn_layout_build(knn_model_t *model, const knn_parts_t *parts, bool codes);

/* Blocks that are measured at once, by the cost of a row. */
size_t knn_cost_blocks(size_t cost);

/* Reckons cost, row_cost and n_scan. */
void knn_cost_reckon(knn_model_t *model);

/* Chooses the kernel. */
void knn_model_use(knn_model_t *model, const knn_kernels_t *kernels);

/* What scikit-learn does not leave to the last bits of a matrix product. */
bool knn_model_lowest(const knn_parts_t *parts);

/* Makes the model read-only; nothing may be changed after. */
void knn_model_seal(knn_model_t *model);


#endif /* KNN_MODEL_H */
