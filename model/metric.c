
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>

#include "metric_box.h"
#include "sum.h"


#define knn_name(name) name##_pair
#define KNN_TARGET
#define KNN_WIDTH   2
#define KNN_VECTORS 1
#define KNN_BLOCKS  1

#include "metric_lanes.h"

#undef knn_name
#undef KNN_WIDTH

#define knn_name(name) name##_one
#define KNN_WIDTH      1

#include "metric_lanes.h"


/* Reduced distances to two centers, and between two points. */
#define KNN_METRIC(name, metric)                                               \
                                                                               \
    static void knn_centers_##name(const knn_space_t *space,                   \
                                   const double *pair, const double *q,        \
                                   double *rdist)                              \
    {                                                                          \
        knn_measure_pair(metric, space, 1, pair, q, rdist);                    \
    }                                                                          \
                                                                               \
    static double knn_rdist_##name(const knn_space_t *space, const double *a,  \
                                   const double *b)                            \
    {                                                                          \
        double rdist;                                                          \
                                                                               \
        knn_measure_one(metric, space, 1, b, a, &rdist);                       \
                                                                               \
        return rdist;                                                          \
    }

KNN_EACH_METRIC(KNN_METRIC)


/* The distance is the reduced distance, and the other way round. */
static double
knn_same(const knn_space_t *space, double value)
{
    (void) space;

    return value;
}


/* Squares to lengths. */
static double
knn_root(const knn_space_t *space, double rdist)
{
    (void) space;

    return sqrt(rdist);
}


/* Lengths to squares. */
static double
knn_square(const knn_space_t *space, double dist)
{
    (void) space;

    return dist * dist;
}


/* Powers to lengths. */
static double
knn_power_root(const knn_space_t *space, double rdist)
{
    return pow(rdist, 1 / space->p);
}


/* Lengths to powers. */
static double
knn_power(const knn_space_t *space, double dist)
{
    return pow(dist, space->p);
}


/* Squares of half a chord to arcs of a great circle. */
static double
knn_arc(const knn_space_t *space, double rdist)
{
    (void) space;

    return 2 * asin(sqrt(rdist));
}


/* Arcs of a great circle to squares of half a chord. */
static double
knn_half_chord(const knn_space_t *space, double dist)
{
    double half;

    (void) space;

    half = sin(0.5 * dist);

    return half * half;
}


/* Squares of cosines, with their sign and turned round, to what is left of 1. */
static double
knn_angle(const knn_space_t *space, double rdist)
{
    double dist;

    (void) space;

    dist = (rdist > 0) ? 1 + sqrt(rdist) : 1 - sqrt(-rdist);

    return (dist < 0) ? 0 : (dist > 2) ? 2 : dist;
}


/* The other way round. */
static double
knn_cosine(const knn_space_t *space, double dist)
{
    (void) space;

    return (dist - 1) * fabs(dist - 1);
}


double
knn_metric_square(const double *q, size_t n)
{
    size_t j;
    double sum;

    sum = 0;

    for (j = 0; j < n; j++) {
        sum += q[j] * q[j];
    }

    return (sum < KNN_SQUARE_LEAST) ? 1 : sum;
}


/* numpy's. */
double
knn_metric_mean(const double *q, size_t n)
{
    return knn_sum_pairwise(q, n, false) / (double) n;
}


/* Rows whose mean is 0. */
static void
knn_lay_centered(const double *row, size_t n, double *to, size_t stride)
{
    size_t j;
    double mean;

    mean = knn_metric_mean(row, n);

    for (j = 0; j < n; j++) {
        to[j * stride] = row[j] - mean;
    }
}


#define KNN_MEASURED(name)                                                     \
    .rdist = knn_rdist_##name, .centers = knn_centers_##name
#define KNN_NAMED(id) .name = #id, KNN_MEASURED(id)

#define KNN_DISTANCES .to_dist = knn_same, .to_rdist = knn_same
#define KNN_SQUARES   .to_dist = knn_root, .to_rdist = knn_square
#define KNN_POWERS    .to_dist = knn_power_root, .to_rdist = knn_power
#define KNN_ANGLES    .to_dist = knn_angle, .to_rdist = knn_cosine
#define KNN_CHORDS    .to_dist = knn_arc, .to_rdist = knn_half_chord

/* truth values, counted */
#define KNN_COUNTS(id)                                                         \
    KNN_NAMED(id), KNN_DISTANCES, .cost = 2, .ball = true, .weighted = true

static const knn_metric_t knn_metrics[KNN_METRICS] = {

    /* kd_tree has these; libm's pow(x, 1.0) is x */

    [KNN_EUCLIDEAN] = {KNN_NAMED(euclidean), KNN_SQUARES, .cost = 1,
                       .ball = true, .boxes = knn_boxes_euclidean,
                       .box = knn_box_pow},
    [KNN_MANHATTAN] = {KNN_NAMED(manhattan), KNN_DISTANCES, .cost = 1,
                       .ball = true, .boxes = knn_boxes_manhattan},
    [KNN_CHEBYSHEV] = {KNN_NAMED(chebyshev), KNN_DISTANCES, .cost = 1,
                       .ball = true, .boxes = knn_boxes_chebyshev},
    [KNN_MINKOWSKI] = {KNN_NAMED(minkowski), KNN_POWERS, .cost = 64,
                       .ball = true, .weighted = true,
                       .boxes = knn_boxes_minkowski},

    [KNN_WMINKOWSKI] = {KNN_NAMED(wminkowski), KNN_POWERS, .cost = 64,
                        .ball = true, .weighted = true},
    [KNN_SEUCLIDEAN] = {KNN_NAMED(seuclidean), KNN_SQUARES, .cost = 4,
                        .ball = true},
    [KNN_MAHALANOBIS] = {KNN_NAMED(mahalanobis), KNN_SQUARES, .cost = 2,
                         .ball = true, .wild = true},
    [KNN_HAMMING] = {KNN_COUNTS(hamming)},
    [KNN_CANBERRA] = {KNN_NAMED(canberra), KNN_DISTANCES, .cost = 4,
                      .ball = true},
    [KNN_BRAYCURTIS] = {KNN_NAMED(braycurtis), KNN_DISTANCES, .cost = 2,
                        .ball = true},
    [KNN_HAVERSINE] = {KNN_NAMED(haversine), KNN_CHORDS, .cost = 64,
                       .ball = true},

    [KNN_JACCARD] = {KNN_COUNTS(jaccard)},
    [KNN_MATCHING] = {KNN_COUNTS(matching)},
    [KNN_DICE] = {KNN_COUNTS(dice), .wild = true},
    [KNN_KULSINSKI] = {KNN_COUNTS(kulsinski)},
    [KNN_ROGERSTANIMOTO] = {KNN_COUNTS(rogerstanimoto)},
    [KNN_RUSSELLRAO] = {KNN_COUNTS(russellrao)},
    [KNN_SOKALMICHENER] = {KNN_COUNTS(sokalmichener)},
    [KNN_SOKALSNEATH] = {KNN_COUNTS(sokalsneath), .wild = true},
    [KNN_NAN_JACCARD] = {KNN_COUNTS(nan_jaccard), .wild = true},

    /* only brute force has these */

    [KNN_YULE] = {KNN_NAMED(yule), KNN_DISTANCES, .cost = 4, .weighted = true},
    [KNN_SQEUCLIDEAN] = {KNN_NAMED(sqeuclidean), KNN_DISTANCES, .cost = 1},
    [KNN_COSINE] = {KNN_NAMED(cosine), KNN_ANGLES, .cost = 2, .wild = true},
    [KNN_CORRELATION] = {KNN_NAMED(correlation), KNN_DISTANCES, .cost = 3,
                         .wild = true, .lay = knn_lay_centered},
    [KNN_NAN_EUCLIDEAN] = {KNN_NAMED(nan_euclidean), KNN_SQUARES, .cost = 2,
                           .wild = true},
    [KNN_SCIPY_SEUCLIDEAN] = {KNN_MEASURED(scipy_seuclidean), KNN_SQUARES,
                              .name = "seuclidean", .cost = 4},
    [KNN_SCIPY_MAHALANOBIS] = {KNN_MEASURED(scipy_mahalanobis), KNN_SQUARES,
                               .name = "mahalanobis", .cost = 2, .wild = true},
    [KNN_SCIPY_BRAYCURTIS] = {KNN_MEASURED(scipy_braycurtis), KNN_DISTANCES,
                              .name = "braycurtis", .cost = 2, .wild = true},
    [KNN_EARLY_MANHATTAN] = {KNN_MEASURED(early_manhattan), KNN_DISTANCES,
                             .name = "manhattan", .cost = 1},
    [KNN_EARLY_BRAYCURTIS] = {KNN_MEASURED(early_braycurtis), KNN_DISTANCES,
                              .name = "braycurtis", .cost = 2, .wild = true}};


const knn_metric_t *
knn_metric_get(knn_metric_e metric)
{
    return &knn_metrics[metric];
}


knn_space_t
knn_metric_space(const knn_parts_t *parts)
{
    size_t      j;
    knn_space_t space;

    space.n_features = parts->n_features;
    space.p = parts->p;
    space.w = parts->w;
    space.vi = parts->vi;
    space.total = (double) parts->n_features;

    if (parts->w != NULL) {
        space.total = 0;

        for (j = 0; j < parts->n_features; j++) {
            space.total += parts->w[j];
        }
    }

    return space;
}


bool
knn_metric_has_p(knn_metric_e metric)
{
    return metric == KNN_MINKOWSKI || metric == KNN_WMINKOWSKI;
}


knn_metric_e
knn_metric_minkowski(double p)
{
    if (p == 1) {
        return KNN_MANHATTAN;
    }

    if (p == 2) {
        return KNN_EUCLIDEAN;
    }

    return (p == HUGE_VAL) ? KNN_CHEBYSHEV : KNN_MINKOWSKI;
}


/* What scipy makes of a metric. */
static knn_metric_e
knn_metric_scipy(knn_metric_e metric)
{
    switch (metric) {

    case KNN_SEUCLIDEAN:
        return KNN_SCIPY_SEUCLIDEAN;

    case KNN_MAHALANOBIS:
        return KNN_SCIPY_MAHALANOBIS;

    case KNN_BRAYCURTIS:
        return KNN_SCIPY_BRAYCURTIS;

    default:
        return metric;
    }
}


void
knn_metric_resolve(knn_parts_t *parts)
{
    if (parts->metric == KNN_MINKOWSKI && parts->w == NULL) {
        parts->metric = knn_metric_minkowski(parts->p);
    }

    if (parts->metric == KNN_EUCLIDEAN) {
        parts->p = 2;
    }

    if (parts->algorithm == KNN_BRUTE && parts->sort == KNN_SORT_LOWEST) {
        parts->metric = knn_metric_scipy(parts->metric);
    }
}
