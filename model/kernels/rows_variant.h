
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows that lie feature after feature; one part of scan_variant.h. */


#define knn_loose_t  knn_name(knn_loose)
#define knn_floats_t knn_name(knn_floats)


/* features of one row, wherever they lie */
typedef double knn_loose_t
    __attribute__((vector_size(8 * KNN_WIDTH), aligned(8), may_alias));
typedef float knn_floats_t
    __attribute__((vector_size(4 * KNN_WIDTH), aligned(4), may_alias));


/* Exchanges what lies so far apart in two vectors, that of the first last. */
#if (KNN_WIDTH == 8)

#define KNN_TURN_1(a, b)                                                       \
    {                                                                          \
        __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14),              \
            __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)           \
    }
#define KNN_TURN_2(a, b)                                                       \
    {                                                                          \
        __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13),               \
            __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)          \
    }
#define KNN_TURN_4(a, b)                                                       \
    {                                                                          \
        __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11),               \
            __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)          \
    }

#elif (KNN_WIDTH == 4)

#define KNN_TURN_1(a, b)                                                       \
    {                                                                          \
        __builtin_shufflevector(a, b, 0, 4, 2, 6),                             \
            __builtin_shufflevector(a, b, 1, 5, 3, 7)                          \
    }
#define KNN_TURN_2(a, b)                                                       \
    {                                                                          \
        __builtin_shufflevector(a, b, 0, 1, 4, 5),                             \
            __builtin_shufflevector(a, b, 2, 3, 6, 7)                          \
    }
#define KNN_TURN_4(a, b)                                                       \
    {                                                                          \
        a, b                                                                   \
    }

#else

#define KNN_TURN_1(a, b)                                                       \
    {                                                                          \
        __builtin_shufflevector(a, b, 0, 2),                                   \
            __builtin_shufflevector(a, b, 1, 3)                                \
    }
#define KNN_TURN_2(a, b)                                                       \
    {                                                                          \
        a, b                                                                   \
    }
#define KNN_TURN_4(a, b)                                                       \
    {                                                                          \
        a, b                                                                   \
    }

#endif


/* Makes rows of features of features of rows: a matrix on its diagonal. */
knn_lanes_inline void
knn_name(knn_turn)(knn_vec_t *vec)
{
    size_t i;

#define KNN_TURN(stride, turn)                                                 \
                                                                               \
    for (i = 0; stride < KNN_WIDTH && i < KNN_WIDTH; i++) {                    \
        if ((i & stride) == 0) {                                               \
            knn_vec_t both[2] = turn(vec[i], vec[i + stride]);                 \
                                                                               \
            vec[i] = both[0];                                                  \
            vec[i + stride] = both[1];                                         \
        }                                                                      \
    }

    KNN_TURN(1, KNN_TURN_1)
    KNN_TURN(2, KNN_TURN_2)
    KNN_TURN(4, KNN_TURN_4)

#undef KNN_TURN
}


/* Features of a row from j on. */
knn_lanes_inline knn_vec_t
knn_name(knn_load)(bool narrow, const void *row, size_t j)
{
    if (narrow) {
        return __builtin_convertvector(
            *(const knn_floats_t *) ((const float *) row + j), knn_vec_t);
    }

    return *(const knn_loose_t *) ((const double *) row + j);
}


/* Adds features from j on, but for the first ones, to sums of all rows. */
knn_lanes_inline void
knn_name(knn_rows_add)(bool narrow, const void *const *rows, size_t j,
                       size_t first, const double *q, knn_vec_t *sums)
{
    size_t    i, c;
    knn_vec_t t, vec[KNN_WIDTH];

#pragma GCC unroll 8
    for (i = 0; i < KNN_VECTORS; i++) {
#pragma GCC unroll 8
        for (c = 0; c < KNN_WIDTH; c++) {
            vec[c] = knn_name(knn_load)(narrow, rows[c], j);
        }

        knn_name(knn_turn)(vec);

        for (c = first; c < KNN_WIDTH; c++) {
            t = vec[c] - q[j + c];
            sums[i] += t * t;
        }

        rows += KNN_WIDTH;
    }
}


/* Sums of squares; the last features once more where they fill no vector. */
knn_lanes_inline void
knn_name(knn_rows)(bool narrow, const void *const *rows, size_t n,
                   const double *q, double *rdist)
{
    size_t    i, j;
    knn_vec_t sums[KNN_VECTORS];

    for (i = 0; i < KNN_VECTORS; i++) {
        sums[i] = knn_name(knn_all)(0);
    }

    for (j = 0; j + KNN_WIDTH <= n; j += KNN_WIDTH) {
        knn_name(knn_rows_add)(narrow, rows, j, 0, q, sums);
    }

    if (j < n) {
        knn_name(knn_rows_add)(narrow, rows, n - KNN_WIDTH, j - (n - KNN_WIDTH),
                               q, sums);
    }

    for (i = 0; i < KNN_VECTORS; i++) {
        ((knn_vec_t *) rdist)[i] = sums[i];
    }
}


KNN_TARGET
static void
knn_name(knn_rows_wide)(const void *const *rows, size_t n, const double *q,
                        double *rdist)
{
    knn_name(knn_rows)(false, rows, n, q, rdist);
}


KNN_TARGET
static void
knn_name(knn_rows_narrow)(const void *const *rows, size_t n, const double *q,
                          double *rdist)
{
    knn_name(knn_rows)(true, rows, n, q, rdist);
}
