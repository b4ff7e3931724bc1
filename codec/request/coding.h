
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Coded bodies, in any cuts, to what they were: gzip, of one member or
 * several, and zlib.
 *
 * A few coded bytes may stand for a thousand times as many, so they are read
 * in steps that are bounded by both.
 */


#ifndef KNN_CODING_H
#define KNN_CODING_H


#include "matrix.h"


/* Reads a piece of what is decoded; anything but KNN_OK stops it. */
typedef knn_status_e (*knn_coding_pt)(void *ctx, const char *data, size_t size);

typedef struct knn_coding_s knn_coding_t;


/*
 * By the options of a matrix, which takes the faults and must outlive it.
 * NULL when there is no memory.
 */
knn_coding_t *knn_coding_create(knn_matrix_t *matrix, knn_coding_pt read,
                                void *ctx);

/*
 * Has a step of it read; returns how many of the bytes it took, which are not
 * all if another step is due, but all of them after a fault.
 */
size_t knn_coding_feed(knn_coding_t *coding, const char *data, size_t size);

/* The body has ended. */
knn_status_e knn_coding_finish(knn_coding_t *coding);

void knn_coding_destroy(knn_coding_t *coding);

/* The most bytes that so many coded ones can be, within a limit or 0. */
size_t knn_coding_bound(size_t size, size_t max_size);


#endif /* KNN_CODING_H */
