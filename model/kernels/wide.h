
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Passes over nodes of 16 boxes, and over the blocks of rows in them.
 *
 * A node is boxes[feature][2][child] in float: how far a box begins beyond a
 * middle, and minus how far it ends beyond it, both rounded to the outside.
 * A child that there is not begins at infinity.
 *
 * A key is a lower bound of the reduced distances to a child's rows, the bits
 * of a float that is not negative, which order as the numbers do, with the
 * child in place of the last four.  Every variant has the same bits.
 */


#ifndef KNN_WIDE_H
#define KNN_WIDE_H


#include <stddef.h>
#include <stdint.h>

#include "../metric.h"
#include "scan.h"


#define KNN_WIDE_CHILDREN 16
#define KNN_WIDE_CHILD    (KNN_WIDE_CHILDREN - 1)

/* the most rows that a list is the answer of: one more shows a tie */
#define KNN_WIDE_ENOUGH (KNN_WIDE_CHILDREN - 1)

/* the greatest key of all, of no child that there is: of the largest float */
#define KNN_WIDE_ALL  0x7f7fffffu
#define KNN_WIDE_NONE UINT32_MAX


/* what distances are, of the metrics that have such boxes */
typedef enum {
    KNN_WIDE_SQUARES = 0,
    KNN_WIDE_SUM,
    KNN_WIDE_LARGEST,

    KNN_WIDE_KINDS
} knn_wide_kind_e;


/* Whether a metric has such boxes. */
static inline bool
knn_wide_metric(knn_metric_e metric)
{
    return metric == KNN_EUCLIDEAN || metric == KNN_SQEUCLIDEAN
           || metric == KNN_MANHATTAN || metric == KNN_CHEBYSHEV;
}


/* where is looked for rows */
typedef struct {
    const knn_space_t *space;
    const double      *q;
    const float       *above; /* [features], q beyond the middle or more */
    const float       *below; /* [features], the same or less */
} knn_wide_point_t;


/* the nearest rows so far, by distance and then by row */
typedef struct {
    double   values[KNN_WIDE_CHILDREN] __attribute__((aligned(64)));
    uint32_t rows[KNN_WIDE_CHILDREN];
    size_t   k;      /* that are asked for; the next one is kept, too */
    double   margin; /* what the k-th distance times that, */
    double   spread; /* and that more, makes a limit */
    uint32_t limit;  /* keys above cannot be of a row as near as the k-th */
} knn_wide_list_t;


/* blocks of a node's children */
typedef struct {
    const double   *blocks;
    const uint32_t *rows;
} knn_wide_leaf_t;


/* Fills the keys of a node; returns those up to limit as bits. */
typedef uint32_t (*knn_wide_look_pt)(const knn_wide_point_t *point,
                                     const float *boxes, uint32_t limit,
                                     uint32_t *keys);

/* Takes the least key out of a node. */
typedef uint32_t (*knn_wide_next_pt)(uint32_t *keys);

/*
 * Measures the blocks of a node, the nearest box first, as long as keys are up
 * to the limit, and keeps the nearest rows; returns how many blocks it were.
 */
typedef size_t (*knn_wide_take_pt)(const knn_wide_point_t *point,
                                   const knn_wide_leaf_t *leaf, uint32_t *keys,
                                   knn_wide_list_t *list);


typedef struct {
    knn_wide_look_pt look[KNN_WIDE_KINDS];
    knn_wide_take_pt take[KNN_WIDE_KINDS];
    knn_wide_next_pt next;
} knn_wides_t;


extern const knn_wides_t knn_wides_generic;
extern const knn_wides_t knn_wides_avx2;
extern const knn_wides_t knn_wides_avx512;


/*
 * What the greatest key of a row at most that far away comes from.
 *
 * With u = 2^-24, the exact distance D of a row and its key's float b before
 * the child takes its last bits, which makes it no greater: the differences
 * that b is made of are those to the box, which are no greater, rounded once;
 * squares and sums of d of them are rounded d + 2 times more at most, so that
 * b <= D (1 + u)^(d + 3) + d 2^-149, where the last is of underflow.  The
 * distance r that is measured in double is at least
 * D (1 - 2^-53)^(d + 2) - d 2^-1074.  margin is 1 + 2 (d + 8) u, which for
 * d u < 1 is above (1 + u)^(d + 4) / (1 - 2^-53)^(d + 2): with d < 2^24 the
 * key of a row with r <= value is not above that of margin * value + spread,
 * rounded to float, with a spread of 2^-120 or more; half of what the margin has
 * over 1 would do.
 */
static inline double
knn_wide_margin(size_t d)
{
    return 1 + (double) (d + 8) * 0x1p-23;
}


/* The greatest key of a row at most that far away. */
static inline uint32_t
knn_wide_limit(double value, double margin, double spread)
{
    union {
        float    number;
        uint32_t bits;
    } limit;

    value = value * margin + spread;

    if (!(value < 0x1p127)) {
        return KNN_WIDE_ALL;
    }

    limit.number = (float) value;

    return limit.bits | KNN_WIDE_CHILD;
}


#endif /* KNN_WIDE_H */
