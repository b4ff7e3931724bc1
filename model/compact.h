
/*
 * Copyright (C) nginx-knn contributors
 */


/* An order of rows in which every block of them takes little room. */


#ifndef KNN_COMPACT_H
#define KNN_COMPACT_H


#include <stddef.h>
#include <stdint.h>


/*
 * Halves n rows by their widest feature, on a boundary of blocks, until there
 * is a block of KNN_LANES left; x is [rows][d].
 */
void knn_compact(const double *x, size_t d, int64_t *rows, size_t n);


#endif /* KNN_COMPACT_H */
