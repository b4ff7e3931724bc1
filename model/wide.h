
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * An index over the blocks of a model: nodes of 16 boxes, level by level, made
 * of the partition that the order of the blocks is.
 */


#ifndef KNN_WIDE_INDEX_H
#define KNN_WIDE_INDEX_H


#include "search.h"


/* of brute, the most features and the fewest rows that an index is made of */
#define KNN_WIDE_FEATURES 16
#define KNN_WIDE_ROWS     2048

/* levels of nodes over all blocks that there can be */
#define KNN_WIDE_LEVELS 10

/* as far as rows may be from their middle: their squares fit in floats */
#define KNN_WIDE_FAR 0x1p50


struct knn_wide_s {
    knn_wide_kind_e kind;
    size_t          n_levels;
    size_t          levels[KNN_WIDE_LEVELS]; /* the first node of each */
    size_t          n_nodes;
    size_t          stride; /* floats of a node */
    const float    *boxes;  /* [nodes][features][2][children] */
    const uint32_t *blocks; /* the first one of each node of the last level */
    const double   *middle; /* [features] */
    double          margin; /* of knn_wide_limit() */
    double          spread; /* the same */
};


/* the children of a node that are still to be visited */
typedef struct {
    uint32_t keys[KNN_WIDE_CHILDREN] __attribute__((aligned(KNN_ALIGNMENT)));
    size_t   first; /* child, a node */
} knn_wide_frame_t;


/* what a step is to begin with */
typedef enum {
    KNN_WIDE_PICK = 0,
    KNN_WIDE_LOOK,
    KNN_WIDE_MEASURE
} knn_wide_stage_e;


/* where a search is */
struct knn_wide_walk_s {
    knn_wide_stage_e stage;
    size_t           node; /* that was picked */
    size_t           top;
    knn_wide_frame_t frames[KNN_WIDE_LEVELS];
    knn_wide_frame_t last; /* of blocks, not nodes */
    knn_wide_list_t  list;
    double           spare; /* of a heap, the least distance beyond */
    float           *above; /* [features] */
    float           *below; /* [features] */
};


/* A float that is less than a number, by a bit, up to 2^100. */
static inline float
knn_wide_down(double value)
{
    float f;

    f = (float) value;

    return f - ((f < 0 ? -f : f) * 0x1p-22f + 0x1p-126f);
}


/* The floats of a node. */
static inline size_t
knn_wide_stride(size_t d)
{
    return 2 * KNN_WIDE_CHILDREN * d;
}


/* Whether there may be an index of a model that is laid out. */
bool knn_wide_possible(const knn_model_t *model);

/*
 * Makes one, unless rows are too far apart or the tree is too odd; -1 when
 * there is no memory.
 */
int knn_wide_build(knn_model_t *model);

/* Says where the levels begin when the last one has 2^halves nodes. */
void knn_wide_shape(knn_wide_t *wide, size_t d, size_t halves);

/* Says how distances are compared with boxes. */
void knn_wide_scale(knn_wide_t *wide, const knn_model_t *model);

/*
 * wide_take.c: whether what a mapped file has for an index leads nowhere else,
 * and the index of such a file, if it has one; -1 when there is no memory.
 */
knn_status_e knn_wide_check(const knn_parts_t *parts, knn_error_t *err);
int          knn_wide_take(knn_model_t *model, const knn_layout_t *layout);


#endif /* KNN_WIDE_INDEX_H */
