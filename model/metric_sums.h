
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Metrics that add up something of each feature; one part of metric_lanes.h.
 */


#define knn_sums_t knn_name(knn_sums)

/* vectors of a feature of all blocks that are measured at once */
#define KNN_SUMS (KNN_BLOCKS * KNN_VECTORS)


/* what is summed up over the features; most metrics need but a */
typedef struct {
    knn_vec_t a[KNN_SUMS];
    knn_vec_t b[KNN_SUMS];
    knn_vec_t c[KNN_SUMS];
    knn_vec_t d[KNN_SUMS];
} knn_sums_t;


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
