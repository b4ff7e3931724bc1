
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * One variant of the kernels, included by kernels.c once for each with
 *
 *     KNN_VARIANT      its name
 *     KNN_TARGET       the attribute that lets the compiler use the processor
 *     KNN_WIDTH        doubles in one of its registers
 *     KNN_MASK(p, l)   which of the values at p are not above l, as bits
 *     KNN_FEW          blocks that are computed at once, because one sum is a
 *                      chain of dependent additions
 *
 * Vectors are the compiler's: wider ones than the processor has would do too,
 * but live in memory.
 */


#define knn_paste_(a, b) a##_##b
#define knn_paste(a, b)  knn_paste_(a, b)
#define knn_string_(a)   #a
#define knn_string(a)    knn_string_(a)

#define knn_name(name)   knn_paste(name, KNN_VARIANT)

#define knn_vec_t        knn_name(knn_vec)
#define knn_vec_bits_t   knn_name(knn_vec_bits)

/* registers that hold one feature of a block, and the sums of a few */
#define KNN_VECS (KNN_LANES / KNN_WIDTH)
#define KNN_SUMS (KNN_FEW * KNN_VECS)

/* registers that hold the values which are ranked */
#define KNN_RANKS (KNN_ENOUGH / KNN_WIDTH)


typedef double knn_vec_t __attribute__((vector_size(8 * KNN_WIDTH), may_alias));
typedef int64_t knn_vec_bits_t
    __attribute__((vector_size(8 * KNN_WIDTH), may_alias));


/* Adds one feature's share to a few reduced distances. */
static inline __attribute__((always_inline)) void
knn_name(knn_step)(knn_metric_e metric, const knn_vec_t *x, double q,
                   knn_vec_t *sum)
{
    knn_vec_t      t;
    knn_vec_bits_t larger;

    t = *x - q;

    if (metric == KNN_EUCLIDEAN) {
        *sum += t * t;
        return;
    }

    t = (knn_vec_t) ((knn_vec_bits_t) t & INT64_MAX);

    if (metric == KNN_MANHATTAN) {
        *sum += t;
        return;
    }

    /* KNN_CHEBYSHEV */

    larger = t > *sum;
    *sum = (knn_vec_t) (((knn_vec_bits_t) t & larger)
                        | ((knn_vec_bits_t) *sum & ~larger));
}


/* Reduced distances of some blocks, no more than KNN_FEW. */
static inline __attribute__((always_inline)) void
knn_name(knn_few)(knn_metric_e metric, size_t blocks, const double *x,
                  const double *q, size_t n_features, double *rdist)
{
    size_t           i, j;
    knn_vec_t        sum[KNN_SUMS];
    const knn_vec_t *vec;

    for (i = 0; i < blocks * KNN_VECS; i++) {
        sum[i] = (knn_vec_t){0};
    }

    vec = (const knn_vec_t *) x;

    for (j = 0; j < n_features; j++) {
#pragma GCC unroll 8
        for (i = 0; i < blocks * KNN_VECS; i++) {
            knn_name(knn_step)(
                metric,
                &vec[i / KNN_VECS * KNN_VECS * n_features + i % KNN_VECS], q[j],
                &sum[i]);
        }

        vec += KNN_VECS;
    }

    for (i = 0; i < blocks * KNN_VECS; i++) {
        ((knn_vec_t *) rdist)[i] = sum[i];
    }
}


/* Any number of blocks. */
static inline __attribute__((always_inline)) void
knn_name(knn_blocks)(knn_metric_e metric, const double *x, size_t n,
                     const double *q, size_t n_features, double *rdist)
{
    for (/* void */; n >= KNN_FEW; n -= KNN_FEW) {
        knn_name(knn_few)(metric, KNN_FEW, x, q, n_features, rdist);
        x += KNN_FEW * KNN_LANES * n_features;
        rdist += KNN_FEW * KNN_LANES;
    }

    for (/* void */; KNN_FEW > 1 && n > 0; n--) {
        knn_name(knn_few)(metric, 1, x, q, n_features, rdist);
        x += KNN_LANES * n_features;
        rdist += KNN_LANES;
    }
}


KNN_TARGET
static void
knn_name(knn_scan_euclidean)(const double *x, size_t n, const double *q,
                             size_t n_features, double p, double *rdist)
{
    (void) p;
    knn_name(knn_blocks)(KNN_EUCLIDEAN, x, n, q, n_features, rdist);
}


KNN_TARGET
static void
knn_name(knn_scan_manhattan)(const double *x, size_t n, const double *q,
                             size_t n_features, double p, double *rdist)
{
    (void) p;
    knn_name(knn_blocks)(KNN_MANHATTAN, x, n, q, n_features, rdist);
}


KNN_TARGET
static void
knn_name(knn_scan_chebyshev)(const double *x, size_t n, const double *q,
                             size_t n_features, double p, double *rdist)
{
    (void) p;
    knn_name(knn_blocks)(KNN_CHEBYSHEV, x, n, q, n_features, rdist);
}


KNN_TARGET
static void
knn_name(knn_below)(const double *rdist, size_t n, double limit,
                    uint64_t *lanes)
{
    size_t   i, b;
    uint64_t word;

    for (/* void */; n > 0; n -= b) {
        word = 0;

        for (b = 0; b < KNN_LANES && b < n; b++) {
            for (i = 0; i < KNN_VECS; i++) {
                word |= (uint64_t) KNN_MASK(rdist + i * KNN_WIDTH, limit)
                        << (b * KNN_LANES + i * KNN_WIDTH);
            }

            rdist += KNN_LANES;
        }

        *lanes++ = word;
    }
}


/* Puts the lower values into a. */
static inline __attribute__((always_inline)) void
knn_name(knn_lower)(knn_vec_t *a, const knn_vec_t *b)
{
    knn_vec_bits_t lower;

    lower = *b < *a;
    *a = (knn_vec_t) (((knn_vec_bits_t) *b & lower)
                      | ((knn_vec_bits_t) *a & ~lower));
}


/* The k-th smallest of one or two blocks of values. */
static inline __attribute__((always_inline)) double
knn_name(knn_rank)(const knn_vec_t *vec, size_t blocks, size_t k)
{
    size_t         i, j;
    knn_vec_bits_t rank[KNN_RANKS];

    union {
        knn_vec_t vec[KNN_RANKS];
        double    lane[KNN_ENOUGH];
    } value;

    for (i = 0; i < blocks * KNN_VECS; i++) {
        value.vec[i] = vec[i];
        rank[i] = (knn_vec_bits_t){0};
    }

    /* minus the number of values that are below each */

#pragma GCC unroll 16
    for (j = 0; j < blocks * KNN_LANES; j++) {
        for (i = 0; i < blocks * KNN_VECS; i++) {
            rank[i] += value.lane[j] < vec[i];
        }
    }

    for (i = 0; i < blocks * KNN_VECS; i++) {
        rank[i] = rank[i] > -(int64_t) k;
        value.vec[i] = (knn_vec_t) ((knn_vec_bits_t) vec[i] & rank[i]);
    }

#pragma GCC unroll 4
    for (j = blocks * KNN_LANES / 2; j > 0; j /= 2) {
        for (i = 0; i < j; i++) {
            if (value.lane[i + j] > value.lane[i]) {
                value.lane[i] = value.lane[i + j];
            }
        }
    }

    return value.lane[0];
}


KNN_TARGET
static double
knn_name(knn_enough)(const double *rdist, size_t n, size_t k)
{
    size_t           i;
    knn_vec_t        least[KNN_RANKS];
    const knn_vec_t *vec;

    vec = (const knn_vec_t *) rdist;

    for (i = 0; i < KNN_VECS; i++) {
        least[i] = vec[i];
    }

    if (n == 1) {
        return knn_name(knn_rank)(least, 1, k);
    }

    for (/* void */; i < KNN_RANKS; i++) {
        least[i] = vec[i];
    }

    for (n -= 2; n >= 2; n -= 2) {
        vec += KNN_RANKS;

        for (i = 0; i < KNN_RANKS; i++) {
            knn_name(knn_lower)(&least[i], &vec[i]);
        }
    }

    for (i = 0; n > 0 && i < KNN_VECS; i++) {
        knn_name(knn_lower)(&least[i], &vec[KNN_RANKS + i]);
    }

    return knn_name(knn_rank)(least, 2, k);
}


static const knn_kernels_t knn_name(knn_kernels) = {
    knn_string(KNN_VARIANT),
    {[KNN_EUCLIDEAN] = knn_name(knn_scan_euclidean),
     [KNN_MANHATTAN] = knn_name(knn_scan_manhattan),
     [KNN_CHEBYSHEV] = knn_name(knn_scan_chebyshev),
     [KNN_MINKOWSKI] = knn_scan_minkowski},
    knn_name(knn_below),
    knn_name(knn_enough)};


#undef knn_paste_
#undef knn_paste
#undef knn_string_
#undef knn_string
#undef knn_name
#undef knn_vec_t
#undef knn_vec_bits_t
#undef KNN_VECS
#undef KNN_SUMS
#undef KNN_RANKS
#undef KNN_VARIANT
#undef KNN_TARGET
#undef KNN_WIDTH
#undef KNN_FEW
#undef KNN_MASK
