
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The formulas of all metrics, for several rows at a time, each in a lane of
 * its own.  Included once for each width, with
 *
 *     knn_name(name)   what names become
 *     KNN_TARGET       what lets the compiler use the processor
 *     KNN_WIDTH        lanes of one vector
 *     KNN_VECTORS      vectors that hold one feature of a block of rows
 *     KNN_BLOCKS       blocks that are measured at once
 *
 * Every lane takes the features in their order, one operation after the other
 * and without contraction: these are the bits of a plain loop, and those of
 * scikit-learn.  What is NaN there is NaN here, and where no formula of its own
 * makes it so, a row whose last feature is infinite, which is none, is
 * infinitely far away.
 *
 * Vectors are the compiler's: wider ones than the processor has would do too,
 * but live in memory.  pow() must not know p: the compiler makes x * x of
 * pow(x, 2.0), which libm does not always agree with.
 */


#define knn_lanes_inline static inline KNN_TARGET __attribute__((always_inline))

#define knn_vec_t        knn_name(knn_vec)
#define knn_vec_bits_t   knn_name(knn_vec_bits)
#define knn_sums_t       knn_name(knn_sums)

/* vectors of a feature of all blocks that are measured at once */
#define KNN_SUMS (KNN_BLOCKS * KNN_VECTORS)


typedef double knn_vec_t __attribute__((vector_size(8 * KNN_WIDTH), may_alias));
typedef int64_t knn_vec_bits_t
    __attribute__((vector_size(8 * KNN_WIDTH), may_alias));


/* what is summed up over the features; most metrics need but a */
typedef struct {
    knn_vec_t a[KNN_SUMS];
    knn_vec_t b[KNN_SUMS];
    knn_vec_t c[KNN_SUMS];
    knn_vec_t d[KNN_SUMS];
} knn_sums_t;


/* Absolute values. */
knn_lanes_inline knn_vec_t
knn_name(knn_abs)(knn_vec_t x)
{
    return (knn_vec_t) ((knn_vec_bits_t) x & INT64_MAX);
}


/* x where the mask is set, and 0 elsewhere. */
knn_lanes_inline knn_vec_t
knn_name(knn_where)(knn_vec_bits_t mask, knn_vec_t x)
{
    return (knn_vec_t) (mask & (knn_vec_bits_t) x);
}


/*
 * x where a is above b, and y elsewhere.  With the mask as an argument the
 * compiler would not make one instruction of it.
 */
knn_lanes_inline knn_vec_t
knn_name(knn_above)(knn_vec_t a, knn_vec_t b, knn_vec_t x, knn_vec_t y)
{
    knn_vec_bits_t above;

    above = a > b;

    return (knn_vec_t) (((knn_vec_bits_t) x & above)
                        | ((knn_vec_bits_t) y & ~above));
}


/* The same number in all lanes. */
knn_lanes_inline knn_vec_t
knn_name(knn_all)(double x)
{
    return x - (knn_vec_t){0};
}


/* Powers. */
knn_lanes_inline knn_vec_t
knn_name(knn_pow)(knn_vec_t x, double p)
{
    size_t i;

    for (i = 0; i < KNN_WIDTH; i++) {
        x[i] = pow(x[i], p);
    }

    return x;
}


/* The weight of a feature. */
knn_lanes_inline double
knn_name(knn_weight)(const knn_space_t *space, size_t j)
{
    return (space->w == NULL) ? 1 : space->w[j];
}


/* Adds a feature to what metrics of truth values count. */
knn_lanes_inline void
knn_name(knn_add_bool)(knn_metric_e metric, const knn_space_t *space, size_t j,
                       knn_vec_t x, double q, size_t i, knn_sums_t *sums)
{
    knn_vec_t      w;
    knn_vec_bits_t a, b;

    a = x != 0;
    b = knn_name(knn_all)(q) != 0;
    w = knn_name(knn_all)(knn_name(knn_weight)(space, j));

    switch (metric) {

    case KNN_HAMMING:
        sums->a[i] += knn_name(knn_where)(x != q, w);
        break;

    case KNN_JACCARD:
    case KNN_NAN_JACCARD:
        sums->a[i] += knn_name(knn_where)(a ^ b, w);
        sums->b[i] += knn_name(knn_where)(a | b, w);
        break;

    case KNN_YULE:
        sums->a[i] += knn_name(knn_where)(a & ~b, w);
        sums->b[i] += knn_name(knn_where)(a & b, w);
        sums->c[i] += knn_name(knn_where)(~a & b, w);
        sums->d[i] += knn_name(knn_where)(~a & ~b, w);
        break;

    default:
        sums->a[i] += knn_name(knn_where)(a ^ b, w);
        sums->b[i] += knn_name(knn_where)(a & b, w);
        break;
    }
}


/* Adds a feature to what a metric sums up. */
knn_lanes_inline void
knn_name(knn_add)(knn_metric_e metric, const knn_space_t *space, size_t j,
                  knn_vec_t x, double q, size_t i, knn_sums_t *sums)
{
    knn_vec_t t, u;

    t = x - q;

    switch (metric) {

    case KNN_EUCLIDEAN:
    case KNN_SQEUCLIDEAN:
        sums->a[i] += t * t;
        break;

    case KNN_MANHATTAN:
        sums->a[i] += knn_name(knn_abs)(t);
        break;

    case KNN_CHEBYSHEV:
        t = knn_name(knn_abs)(t);
        sums->a[i] = knn_name(knn_above)(t, sums->a[i], t, sums->a[i]);
        break;

    case KNN_MINKOWSKI:
        t = knn_name(knn_pow)(knn_name(knn_abs)(t), space->p);
        sums->a[i] += knn_name(knn_weight)(space, j) * t;
        break;

    case KNN_WMINKOWSKI:
        t = knn_name(knn_weight)(space, j) * knn_name(knn_abs)(t);
        sums->a[i] += knn_name(knn_pow)(t, space->p);
        break;

    case KNN_SEUCLIDEAN:
        sums->a[i] += t * t / space->w[j];
        break;

    case KNN_CANBERRA:
        u = knn_name(knn_abs)(x) + fabs(q);
        t = knn_name(knn_abs)(t) / u;
        sums->a[i] += knn_name(knn_where)(u > 0, t);
        break;

    case KNN_BRAYCURTIS:
        sums->a[i] += knn_name(knn_abs)(t);
        sums->b[i] += knn_name(knn_abs)(x) + fabs(q);
        break;

    case KNN_SCIPY_BRAYCURTIS:
        sums->a[i] += knn_name(knn_abs)(t);
        sums->b[i] += knn_name(knn_abs)(x + q);
        break;

    case KNN_NAN_EUCLIDEAN:
        sums->a[i] += knn_name(knn_where)(t == t, t * t);
        sums->b[i] += knn_name(knn_where)(t == t, knn_name(knn_all)(1));
        break;

    case KNN_COSINE:
        sums->a[i] += x * q;
        sums->b[i] += x * x;
        break;

    default:
        knn_name(knn_add_bool)(metric, space, j, x, q, i, sums);
        break;
    }
}


/* What metrics of truth values make of their counts. */
knn_lanes_inline knn_vec_t
knn_name(knn_share)(knn_metric_e metric, double n, size_t i,
                    const knn_sums_t *sums)
{
    knn_vec_t differ, both, half;

    differ = sums->a[i];
    both = sums->b[i];

    switch (metric) {

    case KNN_HAMMING:
    case KNN_MATCHING:
        return differ / n;

    case KNN_JACCARD:
        return knn_name(knn_where)(sums->b[i] != 0, differ / sums->b[i]);

    case KNN_NAN_JACCARD:
        return differ / sums->b[i];

    case KNN_DICE:
        return differ / (2 * both + differ);

    case KNN_KULSINSKI:
        return (differ - both + n) / (differ + n);

    case KNN_ROGERSTANIMOTO:
    case KNN_SOKALMICHENER:
        return 2 * differ / (n + differ);

    case KNN_RUSSELLRAO:
        return (n - both) / n;

    case KNN_SOKALSNEATH:
        return differ / (0.5 * both + differ);

    default: /* KNN_YULE */
        half = sums->a[i] * sums->c[i];
        return knn_name(knn_where)(half != 0,
                                   2 * half / (both * sums->d[i] + half));
    }
}


/* What a metric makes of its sums. */
knn_lanes_inline knn_vec_t
knn_name(knn_result)(knn_metric_e metric, const knn_space_t *space, double own,
                     size_t i, const knn_sums_t *sums)
{
    knn_vec_t one, t;

    switch (metric) {

    case KNN_EUCLIDEAN:
    case KNN_SQEUCLIDEAN:
    case KNN_MANHATTAN:
    case KNN_CHEBYSHEV:
    case KNN_MINKOWSKI:
    case KNN_WMINKOWSKI:
    case KNN_SEUCLIDEAN:
    case KNN_CANBERRA:
        return sums->a[i];

    case KNN_BRAYCURTIS:
        return knn_name(knn_where)(sums->b[i] > 0, sums->a[i] / sums->b[i]);

    case KNN_SCIPY_BRAYCURTIS:
        return sums->a[i] / sums->b[i];

    case KNN_NAN_EUCLIDEAN:
        return sums->a[i] / sums->b[i] * (double) space->n_features;

    case KNN_COSINE:
        one = knn_name(knn_all)(1);
        t = sums->b[i];
        t = knn_name(knn_above)(knn_name(knn_all)(KNN_SQUARE_LEAST), t, one, t);
        t *= own;

        return -sums->a[i] * knn_name(knn_abs)(sums->a[i]) / t;

    default:
        return knn_name(knn_share)(metric, space->total, i, sums);
    }
}


/*
 * A term of a sum whose order scipy leaves to the compiler.  Without rows, or
 * without a point, it is of the point's, or of the rows', squares.
 */
knn_lanes_inline knn_vec_t
knn_name(knn_term)(knn_metric_e metric, const knn_space_t *space,
                   const knn_vec_t *x, const double *q, double own, size_t row,
                   size_t j)
{
    knn_vec_t t, u;

    t = (x == NULL) ? knn_name(knn_all)(q[j] - own) : x[j * KNN_VECTORS];
    u = (q == NULL) ? t : knn_name(knn_all)(q[j] - own);

    switch (metric) {

    case KNN_SCIPY_SEUCLIDEAN:
        t -= u;
        return t * t / space->w[j];

    case KNN_SCIPY_MAHALANOBIS:
        return (t - u) * space->vi[row * space->n_features + j];

    default: /* KNN_CORRELATION */
        return t * u;
    }
}


/*
 * The sum of such terms: those of even and of odd features apart, and after
 * them a last one that has no partner.
 */
knn_lanes_inline knn_vec_t
knn_name(knn_twofold)(knn_metric_e metric, const knn_space_t *space,
                      const knn_vec_t *x, const double *q, double own,
                      size_t row)
{
    size_t    j;
    knn_vec_t even, odd;

    even = knn_name(knn_all)(0);
    odd = even;

    for (j = 0; j + 1 < space->n_features; j += 2) {
        even += knn_name(knn_term)(metric, space, x, q, own, row, j);
        odd += knn_name(knn_term)(metric, space, x, q, own, row, j + 1);
    }

    even += odd;

    if (j < space->n_features) {
        even += knn_name(knn_term)(metric, space, x, q, own, row, j);
    }

    return even;
}


/* The product of a difference, a matrix and the difference. */
knn_lanes_inline knn_vec_t
knn_name(knn_quadratic)(const knn_space_t *space, const knn_vec_t *x,
                        const double *q)
{
    size_t        i, j;
    knn_vec_t     t, sum;
    const double *row;

    row = space->vi;
    sum = knn_name(knn_all)(0);

    for (i = 0; i < space->n_features; i++) {
        t = knn_name(knn_all)(0);

        for (j = 0; j < space->n_features; j++) {
            t += row[j] * (x[j * KNN_VECTORS] - q[j]);
        }

        sum += t * (x[i * KNN_VECTORS] - q[i]);
        row += space->n_features;
    }

    return sum;
}


/* The same in scipy's order; NaN, as its root, if that is below 0. */
knn_lanes_inline knn_vec_t
knn_name(knn_scipy_quadratic)(const knn_space_t *space, const knn_vec_t *x,
                              const double *q)
{
    size_t    i, n;
    knn_vec_t t, sum[2];

    n = space->n_features;
    sum[0] = knn_name(knn_all)(0);
    sum[1] = sum[0];

    for (i = 0; i < n; i++) {
        t = knn_name(knn_twofold)(KNN_SCIPY_MAHALANOBIS, space, x, q, 0, i);
        t *= x[i * KNN_VECTORS] - q[i];

        if (i + 1 == n && n % 2 != 0) {
            sum[0] += sum[1];
            sum[1] = t;
        }
        else {
            sum[i % 2] += t;
        }
    }

    t = sum[0] + sum[1];

    return knn_name(knn_above)(knn_name(knn_all)(0), t, knn_name(knn_all)(NAN),
                               t);
}


/* What the cosine of rows and a point leaves of 1, when all have the mean 0. */
knn_lanes_inline knn_vec_t
knn_name(knn_uncorrelated)(const knn_space_t *space, const knn_vec_t *x,
                           const double *q, double own)
{
    size_t    i;
    knn_vec_t t, rows, point, one;

    t = knn_name(knn_twofold)(KNN_CORRELATION, space, x, q, own, 0);
    rows = knn_name(knn_twofold)(KNN_CORRELATION, space, x, NULL, own, 0);
    point = knn_name(knn_twofold)(KNN_CORRELATION, space, NULL, q, own, 0);

    for (i = 0; i < KNN_WIDTH; i++) {
        rows[i] = sqrt(rows[i]);
        point[i] = sqrt(point[i]);
    }

    t /= rows * point;
    one = knn_name(knn_all)(1);
    t = knn_name(knn_above)(t, one, one, t);

    return 1 - knn_name(knn_above)(-one, t, -one, t);
}


/* What is the same on a sphere as the square of half a chord. */
knn_lanes_inline knn_vec_t
knn_name(knn_sphere)(const knn_vec_t *x, const double *q)
{
    size_t    i;
    double    a, b;
    knn_vec_t t;

    t = (knn_vec_t){0};

    for (i = 0; i < KNN_WIDTH; i++) {
        a = sin(0.5 * (q[0] - x[0][i]));
        b = sin(0.5 * (q[1] - x[KNN_VECTORS][i]));
        t[i] = a * a + cos(q[0]) * cos(x[0][i]) * b * b;
    }

    return t;
}


/* Whether a metric takes more than one look at a feature. */
knn_lanes_inline bool
knn_name(knn_is_whole)(knn_metric_e metric)
{
    return metric == KNN_MAHALANOBIS || metric == KNN_SCIPY_MAHALANOBIS
           || metric == KNN_SCIPY_SEUCLIDEAN || metric == KNN_CORRELATION
           || metric == KNN_HAVERSINE;
}


/* Reduced distances of such a metric. */
knn_lanes_inline knn_vec_t
knn_name(knn_whole)(knn_metric_e metric, const knn_space_t *space,
                    const knn_vec_t *x, const double *q, double own)
{
    switch (metric) {

    case KNN_MAHALANOBIS:
        return knn_name(knn_quadratic)(space, x, q);

    case KNN_SCIPY_MAHALANOBIS:
        return knn_name(knn_scipy_quadratic)(space, x, q);

    case KNN_CORRELATION:
        return knn_name(knn_uncorrelated)(space, x, q, own);

    case KNN_HAVERSINE:
        return knn_name(knn_sphere)(x, q);

    default: /* KNN_SCIPY_SEUCLIDEAN */
        return knn_name(knn_twofold)(metric, space, x, q, 0, 0);
    }
}


/* Whether a row of infinite features is infinitely far away by itself. */
knn_lanes_inline bool
knn_name(knn_is_endless)(knn_metric_e metric)
{
    return metric == KNN_EUCLIDEAN || metric == KNN_SQEUCLIDEAN
           || metric == KNN_MANHATTAN || metric == KNN_CHEBYSHEV
           || metric == KNN_SEUCLIDEAN;
}


/* What a point is by itself. */
knn_lanes_inline double
knn_name(knn_own)(knn_metric_e metric, const double *q, size_t n)
{
    switch (metric) {

    case KNN_COSINE:
        return knn_metric_square(q, n);

    case KNN_CORRELATION:
        return knn_metric_mean(q, n);

    default:
        return 0;
    }
}


/* Reduced distances from q to some blocks, no more than KNN_BLOCKS. */
knn_lanes_inline void
knn_name(knn_measure)(knn_metric_e metric, const knn_space_t *space,
                      size_t blocks, const double *x, const double *q,
                      double *rdist)
{
    size_t           i, j, n, block;
    double           own;
    knn_vec_t        t;
    knn_sums_t       sums;
    const knn_vec_t *vec, *first;

    n = space->n_features;
    own = knn_name(knn_own)(metric, q, n);
    block = KNN_VECTORS * n;
    first = (const knn_vec_t *) x;

    for (i = 0; i < blocks * KNN_VECTORS; i++) {
        sums.a[i] = knn_name(knn_all)(0);
        sums.b[i] = sums.a[i];
        sums.c[i] = sums.a[i];
        sums.d[i] = sums.a[i];
    }

    vec = first;

    for (j = 0; j < n && !knn_name(knn_is_whole)(metric); j++) {
#pragma GCC unroll 8
        for (i = 0; i < blocks * KNN_VECTORS; i++) {
            knn_name(knn_add)(metric, space, j,
                              vec[i / KNN_VECTORS * block + i % KNN_VECTORS],
                              q[j], i, &sums);
        }

        vec += KNN_VECTORS;
    }

    for (i = 0; i < blocks * KNN_VECTORS; i++) {
        vec = first + i / KNN_VECTORS * block + i % KNN_VECTORS;

        t = knn_name(knn_is_whole)(metric)
                ? knn_name(knn_whole)(metric, space, vec, q, own)
                : knn_name(knn_result)(metric, space, own, i, &sums);

        if (!knn_name(knn_is_endless)(metric)) {
            vec += block - KNN_VECTORS;
            t = knn_name(knn_above)(knn_name(knn_abs)(*vec),
                                    knn_name(knn_all)(DBL_MAX),
                                    knn_name(knn_all)(INFINITY), t);
        }

        ((knn_vec_t *) rdist)[i] = t;
    }
}
