
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What a metric is besides its kernel: one row of functions.
 *
 * Searches compare reduced distances, which order as distances do and are
 * cheaper; tree nodes are judged two by two, the children of one parent.
 */


#ifndef KNN_METRIC_H
#define KNN_METRIC_H


#include <stddef.h>

#include "parts.h"


/* doubles that a pair of nodes takes for its features */
#define KNN_BOX_DOUBLES  4 /* [feature]{lower, lower, upper, upper} */
#define KNN_BALL_DOUBLES 2 /* [feature]{center, center} */


/* a lesser sum of squares is taken as 1 by cosine: the norm is 10 epsilon */
#define KNN_SQUARE_LEAST 0x1.9p-98


/* the most features that scipy summed one by one before it was built anew */
#define KNN_EARLY_SHORT 4


/* every metric, as functions and as values are called; some need libm */

/* clang-format off */

#define KNN_EACH_LIBM_METRIC(each)                                             \
    each(minkowski, KNN_MINKOWSKI)                                             \
    each(wminkowski, KNN_WMINKOWSKI)                                           \
    each(haversine, KNN_HAVERSINE)

#define KNN_EACH_WIDE_METRIC(each)                                             \
    each(euclidean, KNN_EUCLIDEAN)                                             \
    each(manhattan, KNN_MANHATTAN)                                             \
    each(chebyshev, KNN_CHEBYSHEV)                                             \
    each(seuclidean, KNN_SEUCLIDEAN)                                           \
    each(mahalanobis, KNN_MAHALANOBIS)                                         \
    each(hamming, KNN_HAMMING)                                                 \
    each(canberra, KNN_CANBERRA)                                               \
    each(braycurtis, KNN_BRAYCURTIS)                                           \
    each(jaccard, KNN_JACCARD)                                                 \
    each(matching, KNN_MATCHING)                                               \
    each(dice, KNN_DICE)                                                       \
    each(kulsinski, KNN_KULSINSKI)                                             \
    each(rogerstanimoto, KNN_ROGERSTANIMOTO)                                   \
    each(russellrao, KNN_RUSSELLRAO)                                           \
    each(sokalmichener, KNN_SOKALMICHENER)                                     \
    each(sokalsneath, KNN_SOKALSNEATH)                                         \
    each(yule, KNN_YULE)                                                       \
    each(sqeuclidean, KNN_SQEUCLIDEAN)                                         \
    each(cosine, KNN_COSINE)                                                   \
    each(correlation, KNN_CORRELATION)                                         \
    each(nan_euclidean, KNN_NAN_EUCLIDEAN)                                     \
    each(scipy_seuclidean, KNN_SCIPY_SEUCLIDEAN)                               \
    each(scipy_mahalanobis, KNN_SCIPY_MAHALANOBIS)                             \
    each(scipy_braycurtis, KNN_SCIPY_BRAYCURTIS)                               \
    each(early_manhattan, KNN_EARLY_MANHATTAN)                                 \
    each(early_braycurtis, KNN_EARLY_BRAYCURTIS)                               \
    each(nan_jaccard, KNN_NAN_JACCARD)

/* clang-format on */

#define KNN_EACH_METRIC(each)                                                  \
    KNN_EACH_LIBM_METRIC(each)                                                 \
    KNN_EACH_WIDE_METRIC(each)


/* where points lie, and what a metric makes distances of */
typedef struct {
    size_t        n_features;
    double        p;     /* of minkowski, 2 of euclidean */
    const double *w;     /* [n_features], weights or NULL, V of seuclidean */
    double        total; /* of the weights, n_features without */
    const double *vi;    /* [n_features][n_features] of mahalanobis */
} knn_space_t;


/* Reduced distances from q to the two boxes or centers of a pair. */
typedef void (*knn_pair_pt)(const knn_space_t *space, const double *pair,
                            const double *q, double *rdist);

/* The same to one box of it, with the rounding of scikit-learn. */
typedef double (*knn_box_pt)(const knn_space_t *space, const double *pair,
                             size_t side, const double *q);

/* A distance of a reduced one, or the other way round. */
typedef double (*knn_turn_pt)(const knn_space_t *space, double value);


typedef struct {
    const char *name;     /* scikit-learn's first choice */
    unsigned    cost;     /* of a feature, in multiplications */
    bool        wild;     /* reduced distances may be NaN, or below 0 */
    bool        ball;     /* ball_tree has it */
    bool        weighted; /* features may have weights */

    knn_turn_pt to_dist;
    knn_turn_pt to_rdist;
    double (*rdist)(const knn_space_t *space, const double *a, const double *b);
    knn_pair_pt centers;

    /* How rows are laid out, each number that far from the last, or NULL. */
    void (*lay)(const double *row, size_t n, double *to, size_t stride);

    knn_pair_pt boxes; /* NULL when kd_tree does not have it */
    knn_box_pt  box;   /* NULL when boxes is as exact */
} knn_metric_t;


const knn_metric_t *knn_metric_get(knn_metric_e metric);

/* The space of the training rows; its arrays are still the parts'. */
knn_space_t knn_metric_space(const knn_parts_t *parts);

/* Makes of the metric that a file names the very formula that is meant. */
void knn_metric_resolve(knn_parts_t *parts);

/* metric_name.c: the metric of a name; false when it is not known */
bool knn_metric_find(const char *name, knn_metric_e *metric);

/* Whether it has a power of its own. */
bool knn_metric_has_p(knn_metric_e metric);

/* What scikit-learn makes of minkowski when p has a name of its own. */
knn_metric_e knn_metric_minkowski(double p);


/* A point's own part of cosine and correlation. */
double knn_metric_square(const double *q, size_t n);
double knn_metric_mean(const double *q, size_t n);


#endif /* KNN_METRIC_H */
