
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Sweeps over training rows of one byte a feature.
 *
 * Codes lie in blocks of 16 rows, four features at a time:
 * codes[block][group][row][feature of the group], the operand of VNNI as well
 * as of AMX; features that fill up the last group are 0.  The codes of a point
 * are signed, less KNN_CODES_SHIFT, and filled up with 0 to a multiple of
 * KNN_CODES_POINT.  With
 *
 *     sums[row]  sum of c * c - 2 * KNN_CODES_SHIFT * c over its codes c
 *
 * the square of a row's distance to the point, in steps, is
 *
 *     sums[row] - 2 * (sum of the products of the codes) + own,
 *
 * with own the sum of the squares of the point's codes, before the shift.  It
 * is an integer below 2^31, exact whatever the order of the sum.
 */


#ifndef KNN_KERNELS_CODES_H
#define KNN_KERNELS_CODES_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


/* rows of a block, features of a group */
#define KNN_CODES_ROWS  16
#define KNN_CODES_GROUP 4
#define KNN_CODES_BYTES (KNN_CODES_ROWS * KNN_CODES_GROUP)

/* features that are coded at once */
#define KNN_CODES_LANES 8

/* features whose squares fit, each of up to 255 steps */
#define KNN_CODES_FEATURES 32000

#define KNN_CODES_SHIFT    128

/* the greatest code */
#define KNN_CODES_MOST 255

/* what the bytes of a point's codes are a multiple of */
#define KNN_CODES_POINT 64

/* the sum of an empty row, and its square: no candidate whatever the reach */
#define KNN_CODES_EMPTY INT32_MAX

/* the largest number that is a float and fits */
#define KNN_CODES_LARGEST 2147483520.0f

/* bytes that are fetched ahead */
#define KNN_CODES_AHEAD 2048

/* lanes that are ranked: those of even and of odd blocks */
#define KNN_CODES_ENOUGH (2 * KNN_CODES_ROWS)

/* what the rounding of a square's root, and of a bound, cannot reach */
#define KNN_CODES_LESS (1.0f - 0x1p-21f)
#define KNN_CODES_MORE (1.0f + 0x1p-21f)


/* rows that may be near, in any order, with bounds of their distances */
typedef struct {
    size_t    size;
    float    *lower; /* in steps, from the point's codes and not the point */
    float    *upper;
    uint32_t *lanes;
} knn_candidates_t;

/* which rows are candidates */
typedef struct {
    int32_t own;  /* the sum of the squares of the point's codes */
    float   most; /* what their lower bounds are not above; infinite: all */
} knn_reach_t;


/*
 * The squares, less the point's own, of n blocks of rows; codes, sums, q and
 * squares on a KNN_ALIGNMENT.
 */
typedef void (*knn_codes_sweep_pt)(const uint8_t *codes, const int32_t *sums,
                                   size_t n_groups, size_t n, const int8_t *q,
                                   int32_t *squares);

/*
 * A number that at least k squares of n blocks are not above, k up to
 * KNN_CODES_ENOUGH: the k-th of the least ones of the lanes, those of even and
 * of odd blocks apart.  It is KNN_CODES_EMPTY when that is none.
 */
typedef int32_t (*knn_codes_enough_pt)(const int32_t *squares, size_t n,
                                       size_t k);

/*
 * Appends the candidates among n blocks to a list, the first of whose lanes is
 * given; errors are of the blocks.  The list has room for all of the blocks,
 * and for one more.
 *
 * With r = reach.most + error, a row is a candidate when its square is not
 * above the integer part of r * r.  Its bounds are root * KNN_CODES_LESS - error
 * and root * KNN_CODES_MORE + error.  All of that is in float.
 */
typedef void (*knn_codes_collect_pt)(const int32_t *squares,
                                     const float *errors, size_t n,
                                     knn_reach_t reach, uint32_t lane,
                                     knn_candidates_t *list);


/* what is known of n features that are coded, in steps */
typedef struct {
    double  off;   /* the sum of the squares of what the codes are off */
    double  most;  /* the greatest distance from low, 255 at least */
    int32_t own;   /* the sum of the squares of the codes, before the shift */
    bool    whole; /* all are integers, up to 2^51 */
} knn_coded_t;

/*
 * Codes n features, code 0 standing for low, per for one step: the nearest
 * code, 0 for what is below.  q has room up to a multiple of KNN_CODES_LANES,
 * and has there the code 0, less the shift.
 */
typedef void (*knn_codes_code_pt)(const double *x, const double *low,
                                  double per, size_t n, int8_t *q,
                                  knn_coded_t *coded);


typedef struct {
    knn_codes_code_pt    code;
    knn_codes_sweep_pt   sweep;
    knn_codes_enough_pt  enough;
    knn_codes_collect_pt collect;
} knn_sweeps_t;


extern const knn_sweeps_t knn_sweeps_generic;
extern const knn_sweeps_t knn_sweeps_neon;
extern const knn_sweeps_t knn_sweeps_dotprod;
extern const knn_sweeps_t knn_sweeps_avx2;
extern const knn_sweeps_t knn_sweeps_avx512vnni;


#endif /* KNN_KERNELS_CODES_H */
