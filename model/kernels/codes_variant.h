
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What all variants of the sweeps have in common, included with
 *
 *     KNN_VARIANT      the variant's name
 *     KNN_TARGET       the attribute that lets the compiler use the processor
 */


#define knn_paste_(a, b) a##_##b
#define knn_paste(a, b)  knn_paste_(a, b)

#define knn_name(name)   knn_paste(name, KNN_VARIANT)


/* a block of squares */
typedef int32_t knn_name(knn_squares)
    __attribute__((vector_size(4 * KNN_CODES_ROWS), may_alias));

#define knn_squares_t knn_name(knn_squares)


/* Puts the lower values into a. */
static inline KNN_TARGET __attribute__((always_inline)) void
knn_name(knn_squares_lower)(knn_squares_t *a, const knn_squares_t *b)
{
    knn_squares_t lower;

    lower = *b < *a;
    *a = (*b & lower) | (*a & ~lower);
}


KNN_TARGET
static int32_t
knn_name(knn_codes_enough)(const int32_t *squares, size_t n, size_t k)
{
    size_t               i, j;
    knn_squares_t        rank[2];
    const knn_squares_t *block;

    union {
        knn_squares_t block[2];
        int32_t       lane[KNN_CODES_ENOUGH];
    } least;

    block = (const knn_squares_t *) squares;

    for (i = 0; i < 2; i++) {
        least.block[i] = (knn_squares_t){0} + KNN_CODES_EMPTY;
        rank[i] = (knn_squares_t){0};
    }

    for (i = 0; i + 1 < n; i += 2) {
        knn_name(knn_squares_lower)(&least.block[0], &block[i]);
        knn_name(knn_squares_lower)(&least.block[1], &block[i + 1]);
    }

    if (i < n) {
        knn_name(knn_squares_lower)(&least.block[0], &block[i]);
    }

    /* minus the number of values that are below each; one block is first */

    for (j = 0; j < ((n == 1) ? KNN_CODES_ROWS : KNN_CODES_ENOUGH); j++) {
        rank[0] += least.lane[j] < least.block[0];
        rank[1] += least.lane[j] < least.block[1];
    }

    for (i = 0; i < 2; i++) {
        rank[i] = rank[i] > -(int32_t) k;
        least.block[i] = (least.block[i] & rank[i]) | (INT32_MIN & ~rank[i]);
    }

#pragma GCC unroll 8
    for (j = KNN_CODES_ROWS; j > 0; j /= 2) {
        for (i = 0; i < j; i++) {
            if (least.lane[i + j] > least.lane[i]) {
                least.lane[i] = least.lane[i + j];
            }
        }
    }

    return least.lane[0];
}
