
/*
 * Copyright (C) nginx-knn contributors
 */


#include "shuffle.h"


/* how far apart the numbers are that are mixed */
#define KNN_SHUFFLE_SHIFT 397


void
knn_shuffle_seed(knn_shuffle_t *shuffle, uint32_t seed)
{
    uint32_t i;

    for (i = 0; i < KNN_SHUFFLE_STATE; i++) {
        shuffle->state[i] = seed;
        seed = 1812433253u * (seed ^ (seed >> 30)) + i + 1;
    }

    shuffle->used = KNN_SHUFFLE_STATE;
}


/* Makes as many new numbers as the state has. */
static void
knn_shuffle_mix(knn_shuffle_t *shuffle)
{
    size_t    i;
    uint32_t  y;
    uint32_t *state;

    state = shuffle->state;

    for (i = 0; i < KNN_SHUFFLE_STATE; i++) {
        y = (state[i] & 0x80000000u)
            | (state[(i + 1) % KNN_SHUFFLE_STATE] & 0x7fffffffu);
        state[i] = state[(i + KNN_SHUFFLE_SHIFT) % KNN_SHUFFLE_STATE] ^ (y >> 1)
                   ^ (y & 1 ? 0x9908b0dfu : 0);
    }

    shuffle->used = 0;
}


/* The next number. */
static uint32_t
knn_shuffle_next(knn_shuffle_t *shuffle)
{
    uint32_t y;

    if (shuffle->used == KNN_SHUFFLE_STATE) {
        knn_shuffle_mix(shuffle);
    }

    y = shuffle->state[shuffle->used++];

    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    y ^= y >> 18;

    return y;
}


/* A number from 0 to max, by leaving out those beyond it. */
static uint32_t
knn_shuffle_interval(knn_shuffle_t *shuffle, uint32_t max)
{
    uint32_t mask, value;

    mask = UINT32_MAX >> __builtin_clz(max);

    do {
        value = knn_shuffle_next(shuffle) & mask;
    } while (value > max);

    return value;
}


void
knn_shuffle(knn_shuffle_t *shuffle, uint32_t *values, size_t n)
{
    size_t   i, j;
    uint32_t value;

    for (i = n; i > 1; i--) {
        j = knn_shuffle_interval(shuffle, (uint32_t) (i - 1));
        value = values[i - 1];
        values[i - 1] = values[j];
        values[j] = value;
    }
}
