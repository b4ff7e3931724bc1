
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "check.h"
#include "metric.h"


/* the algorithms that have a metric, by the name that scikit-learn gives */
static const char *const knn_check_algorithms[] = {[KNN_BRUTE] = "brute",
                                                   [KNN_KD_TREE] = "kd_tree",
                                                   [KNN_BALL_TREE] =
                                                       "ball_tree"};


/* Whether the algorithm has the metric. */
static bool
knn_check_has(const knn_parts_t *parts)
{
    const knn_metric_t *metric;

    metric = knn_metric_get(parts->metric);

    switch (parts->algorithm) {

    case KNN_KD_TREE:
        return metric->boxes != NULL;

    case KNN_BALL_TREE:
        return metric->ball;

    default:
        return true;
    }
}


/* Weights of the features: not below 0, and not all of them 0. */
static knn_status_e
knn_check_weights(const knn_parts_t *parts, knn_error_t *err)
{
    size_t j;
    double sum;

    sum = 0;

    for (j = 0; j < parts->n_features; j++) {
        if (!(parts->w[j] >= 0) || isinf(parts->w[j])) {
            return knn_error(err, KNN_VALUE,
                             "w of the metric \"%s\" is %g for feature %zu, it "
                             "must be a finite number not below 0",
                             parts->metric_name, parts->w[j], j);
        }

        sum += parts->w[j];
    }

    if (sum == 0) {
        return knn_error(err, KNN_VALUE,
                         "w of the metric \"%s\" is 0 for all features, at "
                         "least 1 must be above",
                         parts->metric_name);
    }

    return KNN_OK;
}


/* Variances of the features: above 0. */
static knn_status_e
knn_check_variances(const knn_parts_t *parts, knn_error_t *err)
{
    size_t j;

    for (j = 0; j < parts->n_features; j++) {
        if (!(parts->w[j] > 0) || isinf(parts->w[j])) {
            return knn_error(err, KNN_VALUE,
                             "V of the metric \"%s\" is %g for feature %zu, it "
                             "must be a finite number above 0",
                             parts->metric_name, parts->w[j], j);
        }
    }

    return KNN_OK;
}


/* The inverse covariance: finite. */
static knn_status_e
knn_check_matrix(const knn_parts_t *parts, knn_error_t *err)
{
    size_t i, d;

    d = parts->n_features;

    if (parts->vi == NULL) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the metric \"%s\" has no VI, fit with metric_params="
                         "{\"VI\": numpy.linalg.inv(V)}",
                         parts->metric_name);
    }

    for (i = 0; i < d * d; i++) {
        if (!isfinite(parts->vi[i])) {
            return knn_error(err, KNN_VALUE,
                             "VI of the metric \"%s\" is %g in row %zu, column "
                             "%zu, it must be a finite number",
                             parts->metric_name, parts->vi[i], i / d, i % d);
        }
    }

    return KNN_OK;
}


/* What the metric has for each feature. */
static knn_status_e
knn_check_vector(const knn_parts_t *parts, knn_error_t *err)
{
    bool variances;

    variances = parts->metric == KNN_SEUCLIDEAN
                || parts->metric == KNN_SCIPY_SEUCLIDEAN;

    if (parts->w != NULL && variances) {
        return knn_check_variances(parts, err);
    }

    if (parts->w != NULL && knn_metric_get(parts->metric)->weighted) {
        return knn_check_weights(parts, err);
    }

    if (parts->w != NULL) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "w is not served with the metric \"%s\", leave it "
                         "out",
                         parts->metric_name);
    }

    if (variances) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the metric \"%s\" has no V, fit with metric_params="
                         "{\"V\": X.var(axis=0, ddof=1)}",
                         parts->metric_name);
    }

    if (parts->metric == KNN_WMINKOWSKI) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the metric \"%s\" has no w, fit with metric_params="
                         "{\"w\": weights}",
                         parts->metric_name);
    }

    return KNN_OK;
}


/* The power, of the metrics that have one. */
static knn_status_e
knn_check_power(const knn_parts_t *parts, knn_error_t *err)
{
    if (knn_metric_has_p(parts->metric) && (!(parts->p > 0) || isinf(parts->p)))
    {
        return knn_error(err, KNN_INCONSISTENT,
                         "p of the metric \"%s\" is %g, it must be a number "
                         "above 0, and finite when there are weights",
                         parts->metric_name, parts->p);
    }

    return KNN_OK;
}


knn_status_e
knn_check_metric(const knn_parts_t *parts, knn_error_t *err)
{
    if (!knn_check_has(parts)) {
        return knn_error(
            err, KNN_INCONSISTENT, "a %s has no metric \"%s\", use %s",
            knn_check_algorithms[parts->algorithm], parts->metric_name,
            (parts->algorithm == KNN_KD_TREE) ? "ball_tree or brute" : "brute");
    }

    if (parts->metric == KNN_HAVERSINE && parts->n_features != 2) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the metric \"%s\" is of 2 features, latitude and "
                         "longitude in radians, but the model has %zu",
                         parts->metric_name, parts->n_features);
    }

    if (knn_check_power(parts, err) != KNN_OK
        || knn_check_vector(parts, err) != KNN_OK)
    {
        return err->status;
    }

    return (parts->metric == KNN_MAHALANOBIS
            || parts->metric == KNN_SCIPY_MAHALANOBIS)
               ? knn_check_matrix(parts, err)
               : KNN_OK;
}
