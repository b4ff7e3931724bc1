
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows divided by one of their features. */


#ifndef KNN_SPLIT_H
#define KNN_SPLIT_H


#include <stddef.h>
#include <stdint.h>


/* a column of a matrix in C order: where it begins, and how wide a row is */
typedef struct {
    const double *values;
    size_t        stride;
} knn_split_t;


/*
 * Moves the least of n rows, ties by number, before middle and the others
 * behind it, into the very order that nth_element() of libstdc++ leaves.
 */
void knn_split(const knn_split_t *split, int64_t *rows, size_t n,
               size_t middle);


#endif /* KNN_SPLIT_H */
