
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "metric.h"
#include "sklearn_fitted.h"
#include "utf8.h"


#define KNN_DEFAULT_P 2.0

/* a metric's state: (p, vec, mat) */
#define KNN_METRIC_STATE 3


typedef struct {
    const char  *name;
    knn_metric_e metric;
} knn_metric_name_t;


/* scikit-learn keeps the name that was typed, so there are synonyms */
static const knn_metric_name_t knn_metric_names[] = {
    {"euclidean", KNN_EUCLIDEAN}, {"l2", KNN_EUCLIDEAN},
    {"manhattan", KNN_MANHATTAN}, {"cityblock", KNN_MANHATTAN},
    {"l1", KNN_MANHATTAN},        {"chebyshev", KNN_CHEBYSHEV},
    {"infinity", KNN_CHEBYSHEV},  {"minkowski", KNN_MINKOWSKI},
    {"p", KNN_MINKOWSKI},         {NULL, KNN_EUCLIDEAN},
};

static const knn_symbol_e knn_metric_symbols[] = {
    [KNN_EUCLIDEAN] = KNN_SYMBOL_EUCLIDEAN,
    [KNN_MANHATTAN] = KNN_SYMBOL_MANHATTAN,
    [KNN_CHEBYSHEV] = KNN_SYMBOL_CHEBYSHEV,
    [KNN_MINKOWSKI] = KNN_SYMBOL_MINKOWSKI};


/* Reads a float, which may be infinite, or an int. */
static knn_status_e
knn_metric_number(knn_fitted_t *fitted, const knn_value_t *value,
                  double *number)
{
    knn_label_t  label;
    knn_status_e rc;

    if (value->type == KNN_VALUE_FLOAT) {
        *number = value->u.number;
        return KNN_OK;
    }

    rc = knn_scalar_read(fitted->arena, value, &label, fitted->err);

    if (rc != KNN_OK) {
        knn_error_prefix(fitted->err, "p");
        return rc;
    }

    if (label.type == KNN_LABEL_INTEGER) {
        *number = (double) label.value.integer;
    }
    else if (label.type == KNN_LABEL_FLOAT) {
        *number = label.value.number;
    }
    else {
        return knn_fitted_fail(fitted, "p", KNN_UNSUPPORTED,
                               "is not a number, use one");
    }

    return KNN_OK;
}


/* Reads p and w of effective_metric_params_; some powers have other names. */
static knn_status_e
knn_metric_params(knn_fitted_t *fitted)
{
    knn_parts_t       *parts;
    knn_status_e       rc;
    const knn_value_t *params, *w, *p;

    parts = fitted->parts;
    parts->p = KNN_DEFAULT_P;

    params = knn_fitted_find(fitted, "effective_metric_params_");

    if (params == NULL || params->type != KNN_VALUE_DICT) {
        return knn_fitted_fail(fitted, "effective_metric_params_",
                               KNN_MALFORMED,
                               "is no dict, fit the estimator again");
    }

    w = knn_value_get(params, "w");
    p = knn_value_get(params, "p");

    if (w != NULL && w->type != KNN_VALUE_NONE) {
        return knn_fitted_fail(fitted, "metric_params", KNN_UNSUPPORTED,
                               "weights w are not served, scale the features "
                               "instead");
    }

    if (p != NULL) {
        rc = knn_metric_number(fitted, p, &parts->p);

        if (rc != KNN_OK) {
            return rc;
        }
    }

    parts->metric = knn_metric_minkowski(parts->p);

    return KNN_OK;
}


knn_status_e
knn_fitted_metric(knn_fitted_t *fitted)
{
    char                     buf[KNN_QUOTE_SIZE];
    knn_parts_t             *parts;
    knn_status_e             rc;
    const knn_metric_name_t *row;

    parts = fitted->parts;

    rc = knn_fitted_text(fitted, "effective_metric_", &parts->metric_name);

    if (rc != KNN_OK) {
        return rc;
    }

    for (row = knn_metric_names; row->name != NULL; row++) {
        if (strcmp(parts->metric_name, row->name) == 0) {
            break;
        }
    }

    if (row->name == NULL) {
        return knn_error(fitted->err, KNN_UNSUPPORTED,
                         "metric \"%s\" is not served, use euclidean, "
                         "manhattan, chebyshev or minkowski",
                         knn_utf8_quote(buf, sizeof(buf), parts->metric_name,
                                        strlen(parts->metric_name)));
    }

    parts->metric = row->metric;

    if (row->metric == KNN_MINKOWSKI) {
        rc = knn_metric_params(fitted);
    }

    if (parts->metric != KNN_MINKOWSKI) {
        parts->p = 0;
    }

    return rc;
}


knn_status_e
knn_fitted_tree_metric(knn_fitted_t *fitted, const knn_value_t *metric)
{
    char               buf[KNN_QUOTE_SIZE];
    double             p;
    knn_status_e       rc;
    const knn_value_t *state;

    if (metric->type != KNN_VALUE_OBJECT
        || metric->symbol != knn_metric_symbols[fitted->parts->metric])
    {
        return knn_fitted_fail(fitted, "_tree", KNN_INCONSISTENT,
                               "was built with %s, but the metric is \"%s\"",
                               knn_value_kind(metric, buf, sizeof(buf)),
                               fitted->parts->metric_name);
    }

    if (fitted->parts->metric != KNN_MINKOWSKI) {
        return KNN_OK;
    }

    state = metric->u.object.state;

    if (state == NULL || state->type != KNN_VALUE_TUPLE
        || state->u.list.n != KNN_METRIC_STATE)
    {
        return knn_fitted_fail(fitted, "_tree", KNN_MALFORMED,
                               "its metric has no state");
    }

    p = 0;
    rc = knn_metric_number(fitted, state->u.list.items[0], &p);

    if (rc == KNN_OK && !(p == fitted->parts->p)) {
        return knn_fitted_fail(fitted, "_tree", KNN_INCONSISTENT,
                               "was built with p=%g, but p is %g", p,
                               fitted->parts->p);
    }

    return rc;
}
