
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "../metric.h"
#include "sklearn_metric.h"
#include "../utf8.h"


#define KNN_DEFAULT_P 2.0

/* since then two rows of zeros are 0 apart by jaccard */
#define KNN_RELEASE_JACCARD 20

/* since then scipy is built to add up the features of a row in their order */
#define KNN_RELEASE_ORDERED 24


/* the classes of trees' metrics */
static const knn_symbol_e knn_metric_symbols[KNN_METRICS] = {
    [KNN_EUCLIDEAN] = KNN_SYMBOL_EUCLIDEAN,
    [KNN_MANHATTAN] = KNN_SYMBOL_MANHATTAN,
    [KNN_CHEBYSHEV] = KNN_SYMBOL_CHEBYSHEV,
    [KNN_MINKOWSKI] = KNN_SYMBOL_MINKOWSKI,
    [KNN_WMINKOWSKI] = KNN_SYMBOL_WMINKOWSKI,
    [KNN_SEUCLIDEAN] = KNN_SYMBOL_SEUCLIDEAN,
    [KNN_MAHALANOBIS] = KNN_SYMBOL_MAHALANOBIS,
    [KNN_HAMMING] = KNN_SYMBOL_HAMMING,
    [KNN_CANBERRA] = KNN_SYMBOL_CANBERRA,
    [KNN_BRAYCURTIS] = KNN_SYMBOL_BRAYCURTIS,
    [KNN_HAVERSINE] = KNN_SYMBOL_HAVERSINE,
    [KNN_JACCARD] = KNN_SYMBOL_JACCARD,
    [KNN_MATCHING] = KNN_SYMBOL_MATCHING,
    [KNN_DICE] = KNN_SYMBOL_DICE,
    [KNN_KULSINSKI] = KNN_SYMBOL_KULSINSKI,
    [KNN_ROGERSTANIMOTO] = KNN_SYMBOL_ROGERSTANIMOTO,
    [KNN_RUSSELLRAO] = KNN_SYMBOL_RUSSELLRAO,
    [KNN_SOKALMICHENER] = KNN_SYMBOL_SOKALMICHENER,
    [KNN_SOKALSNEATH] = KNN_SYMBOL_SOKALSNEATH,
    [KNN_NAN_JACCARD] = KNN_SYMBOL_JACCARD};


/* The metric of a class; false without one. */
static bool
knn_metric_of(knn_symbol_e symbol, knn_metric_e *metric)
{
    int i;

    for (i = 0; i < KNN_METRICS; i++) {
        if (knn_metric_symbols[i] == symbol && symbol != KNN_SYMBOL_NONE) {
            *metric = (knn_metric_e) i;
            return true;
        }
    }

    return false;
}


/* Reads a metric that was given as an object of scikit-learn's classes. */
static knn_status_e
knn_metric_object(knn_fitted_t *fitted, const char *name,
                  const knn_value_t *object)
{
    knn_parts_t        *parts;
    knn_value_t *const *state;

    parts = fitted->parts;

    /* an object is not computed as a product of matrices, nor is l2 */

    parts->metric_name = (parts->metric == KNN_EUCLIDEAN)
                             ? "l2"
                             : knn_metric_get(parts->metric)->name;

    if (!knn_metric_has_p(parts->metric)) {
        return KNN_OK;
    }

    state = knn_metric_state(fitted, name, object);

    return (state == NULL)
               ? fitted->err->status
               : knn_metric_number(fitted, name, state[0], &parts->p);
}


/* Reads p of effective_metric_params_; some powers have other names. */
static knn_status_e
knn_metric_power(knn_fitted_t *fitted)
{
    knn_parts_t       *parts;
    knn_status_e       rc;
    const knn_value_t *params, *p, *w;

    parts = fitted->parts;
    parts->p = KNN_DEFAULT_P;

    if (parts->estimator == KNN_CENTROID) {
        parts->metric = knn_metric_minkowski(parts->p);
        return KNN_OK;
    }

    params = knn_fitted_find(fitted, "effective_metric_params_");

    if (params == NULL || params->type != KNN_VALUE_DICT) {
        return knn_fitted_fail(fitted, "effective_metric_params_",
                               KNN_MALFORMED,
                               "is no dict, fit the estimator again");
    }

    p = knn_value_get(params, "p");
    w = knn_value_get(params, "w");

    if (p != NULL) {
        rc = knn_metric_number(fitted, "p", p, &parts->p);

        if (rc != KNN_OK) {
            return rc;
        }
    }

    if (parts->metric == KNN_MINKOWSKI
        && (w == NULL || w->type == KNN_VALUE_NONE)) {
        parts->metric = knn_metric_minkowski(parts->p);
    }

    return KNN_OK;
}


/* Reads the name of a metric, and its p. */
static knn_status_e
knn_metric_named(knn_fitted_t *fitted, const char *name)
{
    char         buf[KNN_QUOTE_SIZE];
    knn_parts_t *parts;
    knn_status_e rc;

    parts = fitted->parts;
    rc = knn_fitted_text(fitted, name, &parts->metric_name);

    if (rc != KNN_OK) {
        return rc;
    }

    if (!knn_metric_find(parts->metric_name, &parts->metric)) {
        return knn_error(fitted->err, KNN_UNSUPPORTED,
                         "metric \"%s\" is not served, fit on features with a "
                         "metric of numbers, such as euclidean",
                         knn_utf8_quote(buf, sizeof(buf), parts->metric_name,
                                        strlen(parts->metric_name)));
    }

    if (knn_metric_has_p(parts->metric)) {
        rc = knn_metric_power(fitted);
    }

    if (parts->metric == KNN_JACCARD && fitted->release < KNN_RELEASE_JACCARD) {
        parts->metric = KNN_NAN_JACCARD;
    }

    return rc;
}


knn_status_e
knn_fitted_metric(knn_fitted_t *fitted)
{
    char               buf[KNN_QUOTE_SIZE];
    const char        *name;
    knn_status_e       rc;
    const knn_value_t *value;

    name = (fitted->parts->estimator == KNN_CENTROID) ? "metric"
                                                      : "effective_metric_";
    value = knn_fitted_need(fitted, name);

    if (value == NULL) {
        return fitted->err->status;
    }

    if (value->type == KNN_VALUE_OBJECT
        && knn_metric_of(value->symbol, &fitted->parts->metric))
    {
        rc = knn_metric_object(fitted, name, value);
    }
    else if (value->type == KNN_VALUE_SYMBOL) {
        return knn_fitted_fail(fitted, name, KNN_UNSUPPORTED,
                               "is the function %s, which cannot be called; "
                               "use the name of a metric",
                               knn_value_kind(value, buf, sizeof(buf)));
    }
    else {
        rc = knn_metric_named(fitted, name);
    }

    if (!knn_metric_has_p(fitted->parts->metric)) {
        fitted->parts->p = 0;
    }

    return rc;
}


void
knn_fitted_early(knn_fitted_t *fitted)
{
    knn_parts_t *parts;

    parts = fitted->parts;

    if (fitted->release >= KNN_RELEASE_ORDERED || knn_fitted_has_metric(fitted))
    {
        return;
    }

    if (parts->metric == KNN_MANHATTAN) {
        parts->metric = KNN_EARLY_MANHATTAN;
    }
    else if (parts->metric == KNN_BRAYCURTIS) {
        parts->metric = KNN_EARLY_BRAYCURTIS;
    }
}


bool
knn_fitted_has_metric(knn_fitted_t *fitted)
{
    const knn_value_t *value;

    value = knn_fitted_find(fitted, "effective_metric_");

    return value != NULL && value->type == KNN_VALUE_OBJECT;
}


/* Whether a tree's metric is the one that the estimator has. */
static bool
knn_metric_is_same(knn_parts_t *parts, const knn_value_t *metric)
{
    if (metric->type != KNN_VALUE_OBJECT) {
        return false;
    }

    /* what became of minkowski with weights in 1.0 */

    if (parts->metric == KNN_MINKOWSKI
        && metric->symbol == KNN_SYMBOL_WMINKOWSKI) {
        parts->metric = KNN_WMINKOWSKI;
    }

    return metric->symbol == knn_metric_symbols[parts->metric]
           && metric->symbol != KNN_SYMBOL_NONE;
}


knn_status_e
knn_fitted_tree_metric(knn_fitted_t *fitted, const knn_value_t *metric)
{
    char                buf[KNN_QUOTE_SIZE];
    double              p;
    knn_status_e        rc;
    knn_parts_t        *parts;
    knn_value_t *const *state;

    parts = fitted->parts;

    if (!knn_metric_is_same(parts, metric)) {
        return knn_fitted_fail(fitted, "_tree", KNN_INCONSISTENT,
                               "was built with %s, but the metric is \"%s\"",
                               knn_value_kind(metric, buf, sizeof(buf)),
                               parts->metric_name);
    }

    state = knn_metric_state(fitted, "_tree", metric);

    if (state == NULL) {
        return fitted->err->status;
    }

    if (knn_metric_has_p(parts->metric)) {
        p = 0;
        rc = knn_metric_number(fitted, "_tree", state[0], &p);

        if (rc != KNN_OK) {
            return rc;
        }

        if (!(p == parts->p)) {
            return knn_fitted_fail(fitted, "_tree", KNN_INCONSISTENT,
                                   "was built with p=%g, but p is %g", p,
                                   parts->p);
        }
    }

    return knn_metric_arrays(fitted, "_tree", state[1], state[2]);
}
