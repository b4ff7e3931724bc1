
/*
 * Copyright (C) nginx-knn contributors
 */


/* numpy.random.RandomState(seed).shuffle(): the Mersenne Twister MT19937. */


#ifndef KNN_SHUFFLE_H
#define KNN_SHUFFLE_H


#include <stddef.h>
#include <stdint.h>


#define KNN_SHUFFLE_STATE 624


typedef struct {
    uint32_t state[KNN_SHUFFLE_STATE];
    size_t   used;
} knn_shuffle_t;


void knn_shuffle_seed(knn_shuffle_t *shuffle, uint32_t seed);

void knn_shuffle(knn_shuffle_t *shuffle, uint32_t *values, size_t n);


#endif /* KNN_SHUFFLE_H */
