
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Metrics that take more than one look at a feature, or that add up features in
 * an order of their own; one part of metric_lanes.h.
 */


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

    case KNN_EARLY_MANHATTAN:
        return knn_name(knn_abs)(t - u);

    case KNN_EARLY_BRAYCURTIS: /* row 1 is what the sum of row 0 is divided by */
        return knn_name(knn_abs)((row == 0) ? t - u : t + u);

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


/* The same by a compiler that left short rows as they are. */
knn_lanes_inline knn_vec_t
knn_name(knn_early)(knn_metric_e metric, const knn_space_t *space,
                    const knn_vec_t *x, const double *q, size_t row)
{
    size_t    j;
    knn_vec_t sum;

    if (space->n_features > KNN_EARLY_SHORT) {
        return knn_name(knn_twofold)(metric, space, x, q, 0, row);
    }

    sum = knn_name(knn_all)(0);

    for (j = 0; j < space->n_features; j++) {
        sum += knn_name(knn_term)(metric, space, x, q, 0, row, j);
    }

    return sum;
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
           || metric == KNN_EARLY_MANHATTAN || metric == KNN_EARLY_BRAYCURTIS
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

    case KNN_EARLY_MANHATTAN:
        return knn_name(knn_early)(metric, space, x, q, 0);

    case KNN_EARLY_BRAYCURTIS:
        return knn_name(knn_early)(metric, space, x, q, 0)
               / knn_name(knn_early)(metric, space, x, q, 1);

    case KNN_HAVERSINE:
        return knn_name(knn_sphere)(x, q);

    default: /* KNN_SCIPY_SEUCLIDEAN */
        return knn_name(knn_twofold)(metric, space, x, q, 0, 0);
    }
}
