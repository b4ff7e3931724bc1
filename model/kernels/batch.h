
/*
 * Copyright (C) nginx-knn contributors
 */


/* Sweeps of codes.h over the same rows for many points at once. */


#ifndef KNN_KERNELS_BATCH_H
#define KNN_KERNELS_BATCH_H


#include "codes.h"


/* the most points and blocks of a sweep */
#define KNN_BATCH_POINTS 128
#define KNN_BATCH_BLOCKS 32

/* points are read up to a multiple of it */
#define KNN_BATCH_TILE 16


/* several points among codes */
typedef struct {
    size_t    n_groups; /* of features */
    size_t    points;
    size_t    stride;  /* bytes from one point's codes to the next */
    int8_t   *q;       /* [points and more][stride], 0 behind codes */
    int32_t  *limits;  /* [points], below KNN_CODES_EMPTY */
    uint32_t *near;    /* [points], a bit for each block */
    int32_t  *squares; /* [points][KNN_BATCH_BLOCKS][KNN_CODES_ROWS] */
} knn_batch_t;


/*
 * Finds out which of n blocks, up to KNN_BATCH_BLOCKS, have a row whose square,
 * less the point's own, is not above the point's limit; squares are filled for
 * these blocks, and near for all.
 */
typedef void (*knn_batch_pt)(const knn_batch_t *batch, const uint8_t *codes,
                             const int32_t *sums, size_t n);


/* An odd number of lines of the cache, so that points are in different sets. */
static inline size_t
knn_batch_stride(size_t n_groups)
{
    return ((n_groups * KNN_CODES_GROUP + KNN_CODES_POINT - 1) / KNN_CODES_POINT
            | 1)
           * KNN_CODES_POINT;
}


void knn_batch_avx512vnni(const knn_batch_t *batch, const uint8_t *codes,
                          const int32_t *sums, size_t n);
void knn_batch_amx(const knn_batch_t *batch, const uint8_t *codes,
                   const int32_t *sums, size_t n);


#endif /* KNN_KERNELS_BATCH_H */
