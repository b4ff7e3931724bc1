
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>

#include "wide.h"


/* levels of a binary tree that one of nodes is */
#define KNN_WIDE_HALVES 4

/* as many levels of a binary tree as KNN_WIDE_LEVELS can be */
#define KNN_WIDE_MAX_HALVES (KNN_WIDE_HALVES * (KNN_WIDE_LEVELS - 1))


/* blocks one after the other */
typedef struct {
    size_t node; /* of the tree, SIZE_MAX: part of a leaf, or of brute */
    size_t first;
    size_t n;
} knn_wide_part_t;


/* the parts that are to be nodes of the last level */
typedef struct {
    size_t           halves; /* levels above, each of twice as many parts */
    knn_wide_part_t *parts;  /* [1 << halves] */
} knn_wide_parts_t;


bool
knn_wide_possible(const knn_model_t *model)
{
    if (model->algorithm == KNN_BRUTE && !model->loose) {
        return false;
    }

    return model->aligned && model->n_blocks > KNN_WIDE_CHILDREN
           && model->info.n_neighbors <= model->info.n_samples / 4
           && knn_wide_metric(model->kind);
}


/* The first or the last leaf below a node. */
static const knn_tree_node_t *
knn_wide_leaf(const knn_model_t *model, size_t node, size_t side)
{
    while (model->nodes[node].count == 0) {
        node = 2 * node + 1 + side;
    }

    return &model->nodes[node];
}


/* The part that a node of the tree is. */
static knn_wide_part_t
knn_wide_subtree(const knn_model_t *model, size_t node)
{
    knn_wide_part_t        part;
    const knn_tree_node_t *last;

    last = knn_wide_leaf(model, node, 1);

    part.node = (model->nodes[node].count == 0) ? node : SIZE_MAX;
    part.first = knn_wide_leaf(model, node, 0)->first / KNN_LANES;
    part.n =
        (last->first + last->count + KNN_LANES - 1) / KNN_LANES - part.first;

    return part;
}


/* Halves a part; what fits in a node stays whole. */
static bool
knn_wide_halve(const knn_model_t *model, knn_wide_part_t part,
               knn_wide_part_t *halves)
{
    size_t left;

    if (part.node != SIZE_MAX && part.n > KNN_WIDE_CHILDREN) {
        halves[0] = knn_wide_subtree(model, 2 * part.node + 1);
        halves[1] = knn_wide_subtree(model, 2 * part.node + 2);

        /* not so when leaves are of several levels */

        return halves[0].first == part.first
               && halves[1].first == part.first + halves[0].n
               && halves[0].n + halves[1].n == part.n;
    }

    left = (part.n > KNN_WIDE_CHILDREN) ? (part.n + 1) / 2 : part.n;

    halves[0] = (knn_wide_part_t){SIZE_MAX, part.first, left};
    halves[1] = (knn_wide_part_t){SIZE_MAX, part.first + left, part.n - left};

    return true;
}


/* Whether all parts fit in nodes. */
static bool
knn_wide_fit(const knn_wide_parts_t *parts)
{
    size_t i;

    for (i = 0; i < (size_t) 1 << parts->halves; i++) {
        if (parts->parts[i].n > KNN_WIDE_CHILDREN) {
            return false;
        }
    }

    return true;
}


/* Halves all parts until they fit; false when that would be of no use. */
static bool
knn_wide_divide(const knn_model_t *model, knn_wide_parts_t *parts)
{
    size_t i;

    parts->parts[0] = (knn_wide_part_t){SIZE_MAX, 0, model->n_blocks};

    if (model->algorithm != KNN_BRUTE) {
        parts->parts[0] = knn_wide_subtree(model, 0);
    }

    for (parts->halves = 0; !knn_wide_fit(parts); parts->halves++) {
        if ((size_t) 2 << parts->halves > model->n_blocks
            || parts->halves == KNN_WIDE_MAX_HALVES)
        {
            return false;
        }

        for (i = (size_t) 1 << parts->halves; i > 0; i--) {
            if (!knn_wide_halve(model, parts->parts[i - 1],
                                &parts->parts[2 * i - 2])) {
                return false;
            }
        }
    }

    return true;
}


/* How far the rows of a block reach in a feature, without empty lanes. */
static inline void
knn_wide_reach(const double *x, double *low, double *high)
{
    size_t i;
    double value;

    *low = x[0];
    *high = x[0];

    for (i = 1; i < KNN_LANES; i++) {
        *low = (x[i] < *low) ? x[i] : *low;
        value = (x[i] < INFINITY) ? x[i] : *high;
        *high = (value > *high) ? value : *high;
    }
}


/* Finds the middle of all rows; false when some are too far from it. */
static bool
knn_wide_middle(const knn_model_t *model, double *middle)
{
    size_t i, j, d;
    double low, high, reach[2];

    d = model->space.n_features;

    for (j = 0; j < d; j++) {
        low = INFINITY;
        high = -INFINITY;

        for (i = 0; i < model->n_blocks; i++) {
            knn_wide_reach(model->blocks + (i * d + j) * KNN_LANES, &reach[0],
                           &reach[1]);
            low = (reach[0] < low) ? reach[0] : low;
            high = (reach[1] > high) ? reach[1] : high;
        }

        middle[j] = low / 2 + high / 2;

        if (!(high - middle[j] < KNN_WIDE_FAR)
            || !(middle[j] - low < KNN_WIDE_FAR)) {
            return false;
        }
    }

    return true;
}


void
knn_wide_shape(knn_wide_t *wide, size_t d, size_t halves)
{
    size_t level, first;

    wide->n_levels = 1 + (halves + KNN_WIDE_HALVES - 1) / KNN_WIDE_HALVES;
    first = 0;

    for (level = 0; level < wide->n_levels; level++) {
        wide->levels[level] = first;
        first += ((size_t) 1 << halves)
                 >> (KNN_WIDE_HALVES * (wide->n_levels - 1 - level));
        first += (level == 0 && first == 0);
    }

    wide->n_nodes = first;
    wide->stride = knn_wide_stride(d);
}


/* The boxes of the blocks of a part. */
static void
knn_wide_boxes(const knn_model_t *model, const double *middle,
               const knn_wide_part_t *part, float *boxes)
{
    size_t        i, j, d;
    double        low, high;
    const double *block;

    d = model->space.n_features;
    block = model->blocks + part->first * KNN_LANES * d;

    for (i = 0; i < part->n; i++) {
        for (j = 0; j < d; j++) {
            knn_wide_reach(block, &low, &high);
            block += KNN_LANES;

            boxes[2 * j * KNN_WIDE_CHILDREN + i] =
                knn_wide_down(low - middle[j]);
            boxes[(2 * j + 1) * KNN_WIDE_CHILDREN + i] =
                knn_wide_down(middle[j] - high);
        }
    }
}


/* Makes one box of those of a node. */
static void
knn_wide_join(const float *boxes, size_t d, float *parent, size_t child)
{
    size_t i, j;
    float  least;

    for (j = 0; j < 2 * d; j++) {
        least = boxes[0];

        for (i = 1; i < KNN_WIDE_CHILDREN; i++) {
            least = (boxes[i] < least) ? boxes[i] : least;
        }

        parent[child] = least;
        boxes += KNN_WIDE_CHILDREN;
        parent += KNN_WIDE_CHILDREN;
    }
}


/* Fills the nodes: those of the last level, and from there upwards. */
static void
knn_wide_fill(const knn_model_t *model, const knn_wide_parts_t *parts,
              const knn_wide_t *wide, float *boxes, uint32_t *blocks)
{
    size_t i, level, first, end;

    for (i = 0; i < wide->n_nodes * wide->stride; i++) {
        boxes[i] = INFINITY;
    }

    first = wide->levels[wide->n_levels - 1];

    for (i = first; i < wide->n_nodes; i++) {
        knn_wide_boxes(model, wide->middle, &parts->parts[i - first],
                       boxes + i * wide->stride);
        blocks[i - first] = (uint32_t) parts->parts[i - first].first;
    }

    for (end = wide->n_nodes, level = wide->n_levels - 1; level > 0; level--) {
        for (i = first; i < end; i++) {
            knn_wide_join(boxes + i * wide->stride, model->space.n_features,
                          boxes
                              + (wide->levels[level - 1]
                                 + (i - first) / KNN_WIDE_CHILDREN)
                                    * wide->stride,
                          (i - first) % KNN_WIDE_CHILDREN);
        }

        end = first;
        first = wide->levels[level - 1];
    }
}


/*
 * What a limit needs beside its margin, for what knn_tree_limit() has of the
 * radius of a ball_tree: with that as t, the square of w + t is no more than
 * (1 + 2^-30) w^2 + (1 + 2^30) t^2.
 */
static double
knn_wide_spread(const knn_model_t *model, knn_wide_kind_e kind)
{
    double t;

    t = (model->algorithm == KNN_BALL_TREE)
            ? (double) (model->space.n_features + 8) * model->root[0] * 0x1p-47
            : 0;

    t = fmax(0, t); /* a file that is mapped may hold anything */

    return 0x1p-120 + ((kind == KNN_WIDE_SQUARES) ? t * t * 0x1p31 : t);
}


void
knn_wide_scale(knn_wide_t *wide, const knn_model_t *model)
{
    wide->kind = (model->kind == KNN_MANHATTAN)   ? KNN_WIDE_SUM
                 : (model->kind == KNN_CHEBYSHEV) ? KNN_WIDE_LARGEST
                                                  : KNN_WIDE_SQUARES;
    wide->margin = knn_wide_margin(model->space.n_features);
    wide->spread = knn_wide_spread(model, wide->kind);
}


/* Makes the index of parts. */
static int
knn_wide_make(knn_model_t *model, const knn_wide_parts_t *parts)
{
    size_t      d;
    float      *boxes;
    double     *middle;
    uint32_t   *blocks;
    knn_wide_t *wide;

    d = model->space.n_features;
    wide = knn_arena_alloc(model->arena, sizeof(knn_wide_t));
    middle = knn_arena_array(model->arena, d, sizeof(double));

    if (wide == NULL || middle == NULL) {
        return -1;
    }

    if (!knn_wide_middle(model, middle)) {
        return 0;
    }

    knn_wide_shape(wide, d, parts->halves);
    knn_wide_scale(wide, model);

    boxes = knn_arena_array(model->arena, wide->n_nodes * wide->stride,
                            sizeof(float));
    blocks = knn_arena_array(model->arena, (size_t) 1 << parts->halves,
                             sizeof(uint32_t));

    if (boxes == NULL || blocks == NULL) {
        return -1;
    }

    wide->boxes = boxes;
    wide->blocks = blocks;
    wide->middle = middle;

    knn_wide_fill(model, parts, wide, boxes, blocks);
    model->wide = wide;

    return 0;
}


int
knn_wide_build(knn_model_t *model)
{
    int              rc;
    knn_wide_parts_t parts;

    parts.parts = calloc(2 * model->n_blocks, sizeof(knn_wide_part_t));

    if (parts.parts == NULL) {
        return -1;
    }

    rc = knn_wide_divide(model, &parts) ? knn_wide_make(model, &parts) : 0;
    free(parts.parts);

    return rc;
}
