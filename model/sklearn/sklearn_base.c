
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <string.h>

#include "sklearn_fitted.h"
#include "../utf8.h"


/* releases by what they changed, written as in knn_fitted_t */
#define KNN_RELEASE_MAJOR     1000
#define KNN_RELEASE_NAN       1000 /* neighbors may be NaN away */
#define KNN_RELEASE_HEAPED    1001 /* brute force in heaps, as trees have them */
#define KNN_RELEASE_INTROSORT 1009

#define KNN_VERSION_DIGITS    3
#define KNN_VERSION_SIZE      40
#define KNN_PRODUCER_SIZE     64


typedef struct {
    const char     *name;
    knn_algorithm_e algorithm;
} knn_method_t;


static const knn_method_t knn_methods[] = {
    {"kd_tree", KNN_KD_TREE},
    {"ball_tree", KNN_BALL_TREE},
    {"brute", KNN_BRUTE},
    {NULL, KNN_BRUTE},
};


/* Reads a number of a few digits; NULL without one. */
static const char *
knn_base_digits(const char *p, unsigned *number)
{
    const char *start;

    start = p;
    *number = 0;

    while (*p >= '0' && *p <= '9' && p - start < KNN_VERSION_DIGITS) {
        *number = *number * 10 + (unsigned) (*p++ - '0');
    }

    return p == start ? NULL : p;
}


/* Up to 0.17 none was written. */
knn_status_e
knn_fitted_version(knn_fitted_t *fitted)
{
    char         shown[KNN_VERSION_SIZE];
    char        *producer;
    unsigned     major, minor;
    const char  *version, *p;
    knn_status_e rc;

    version = "";

    if (knn_fitted_find(fitted, "_sklearn_version") != NULL) {
        rc = knn_fitted_text(fitted, "_sklearn_version", &version);

        if (rc != KNN_OK) {
            return rc;
        }

        p = knn_base_digits(version, &major);

        if (p == NULL || *p != '.' || knn_base_digits(p + 1, &minor) == NULL) {
            return knn_fitted_fail(fitted, "_sklearn_version", KNN_MALFORMED,
                                   "is no release, such as 1.2.1");
        }

        fitted->release = major * KNN_RELEASE_MAJOR + minor;
    }

    producer = knn_arena_small(fitted->arena, KNN_PRODUCER_SIZE);

    if (producer == NULL) {
        return knn_fitted_fail(fitted, "_sklearn_version", KNN_LIMIT,
                               "needs more memory than allowed");
    }

    (void) snprintf(
        producer, KNN_PRODUCER_SIZE, "scikit-learn%s%s",
        *version == '\0' ? "" : " ",
        knn_utf8_quote(shown, sizeof(shown), version, strlen(version)));

    fitted->parts->producer = producer;

    return KNN_OK;
}


/* Reads which search was chosen when the estimator was fitted. */
static knn_status_e
knn_base_method(knn_fitted_t *fitted)
{
    char                buf[KNN_QUOTE_SIZE];
    const char         *method;
    knn_status_e        rc;
    const knn_method_t *row;

    rc = knn_fitted_text(fitted, "_fit_method", &method);

    if (rc != KNN_OK) {
        return rc;
    }

    for (row = knn_methods; row->name != NULL; row++) {
        if (strcmp(method, row->name) == 0) {
            fitted->parts->algorithm = row->algorithm;
            return KNN_OK;
        }
    }

    return knn_fitted_fail(
        fitted, "_fit_method", KNN_UNSUPPORTED,
        "\"%s\" is not known, use kd_tree, ball_tree or "
        "brute",
        knn_utf8_quote(buf, sizeof(buf), method, strlen(method)));
}


/* A count that some releases store must be what the arrays say. */
static knn_status_e
knn_base_count(knn_fitted_t *fitted, const char *name, size_t expected)
{
    int64_t      count;
    knn_status_e rc;

    if (knn_fitted_find(fitted, name) == NULL) {
        return KNN_OK;
    }

    rc = knn_fitted_integer(fitted, name, &count);

    if (rc == KNN_OK && (count < 0 || (size_t) count != expected)) {
        return knn_fitted_fail(fitted, name, KNN_INCONSISTENT,
                               "is %lld, but _fit_X has %zu", (long long) count,
                               expected);
    }

    return rc;
}


/* Metrics that brute force in heaps leaves to the older way. */
static bool
knn_base_is_left(knn_metric_e metric)
{
    switch (metric) {

    case KNN_EUCLIDEAN:
    case KNN_MANHATTAN:
    case KNN_CHEBYSHEV:
    case KNN_MINKOWSKI:
    case KNN_WMINKOWSKI:
    case KNN_SEUCLIDEAN:
    case KNN_CANBERRA:
    case KNN_BRAYCURTIS:
    case KNN_HAVERSINE:
    case KNN_SQEUCLIDEAN:
        return false;

    default:
        return true;
    }
}


/*
 * Chooses the order of equally distant neighbors.  The older way of brute
 * force, which is still that of all data but rows of doubles, leaves most of
 * it to chance: then the lowest row wins.
 */
static void
knn_base_sort(knn_fitted_t *fitted, bool doubles)
{
    knn_parts_t *parts;

    parts = fitted->parts;

    if (parts->algorithm == KNN_BRUTE
        && (fitted->release < KNN_RELEASE_HEAPED || !doubles
            || (knn_base_is_left(parts->metric)
                && !knn_fitted_has_metric(fitted))))
    {
        parts->sort = KNN_SORT_LOWEST;
    }
    else if (fitted->release >= KNN_RELEASE_INTROSORT) {
        parts->sort = KNN_SORT_INTRO;
    }
    else if (fitted->release < KNN_RELEASE_NAN) {
        parts->sort = KNN_SORT_EARLY;
    }
}


/* Whether an array has rows of doubles, each in one piece. */
static bool
knn_base_is_doubles(const knn_ndarray_t *array)
{
    return array->dtype.kind == 'f' && array->dtype.size == sizeof(double)
           && (!array->fortran || array->shape[0] == 1 || array->shape[1] == 1);
}


/* Reads the training data of a full matrix; a tree has the same as doubles. */
static knn_status_e
knn_base_array(knn_fitted_t *fitted, bool *doubles)
{
    knn_parts_t  *parts;
    knn_status_e  rc;
    knn_ndarray_t array;

    rc = knn_fitted_array(fitted, "_fit_X", &array);

    if (rc != KNN_OK) {
        return rc;
    }

    if (array.ndim != 2) {
        return knn_fitted_fail(fitted, "_fit_X", KNN_MALFORMED,
                               "has %zu dimensions, not 2", array.ndim);
    }

    parts = fitted->parts;
    parts->n_samples = array.shape[0];
    parts->n_features = array.shape[1];
    *doubles = knn_base_is_doubles(&array);

    if (parts->algorithm != KNN_BRUTE) {
        return KNN_OK;
    }

    knn_fitted_early(fitted);

    parts->x = knn_ndarray_doubles(fitted->arena, &array, fitted->err);

    if (parts->x == NULL) {
        knn_error_prefix(fitted->err, "_fit_X");
        return fitted->err->status;
    }

    return KNN_OK;
}


/* Reads the training data and their shape. */
static knn_status_e
knn_base_data(knn_fitted_t *fitted)
{
    bool               doubles;
    knn_status_e       rc;
    const knn_value_t *value;

    value = knn_fitted_find(fitted, "_fit_X");
    doubles = false;

    if (value != NULL && value->type == KNN_VALUE_OBJECT
        && value->symbol == KNN_SYMBOL_SPARSE)
    {
        rc = knn_fitted_dense(fitted, value);
    }
    else {
        rc = knn_base_array(fitted, &doubles);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    knn_base_sort(fitted, doubles);

    rc = knn_base_count(fitted, "n_samples_fit_", fitted->parts->n_samples);

    return (rc == KNN_OK) ? knn_base_count(fitted, "n_features_in_",
                                           fitted->parts->n_features)
                          : rc;
}


knn_status_e
knn_fitted_names(knn_fitted_t *fitted)
{
    size_t        i;
    knn_label_t  *labels;
    const char  **names;
    knn_status_e  rc;
    knn_ndarray_t array;

    if (knn_fitted_find(fitted, "feature_names_in_") == NULL) {
        return KNN_OK;
    }

    rc = knn_fitted_array(fitted, "feature_names_in_", &array);

    if (rc == KNN_OK) {
        rc = knn_fitted_shape(fitted, "feature_names_in_", &array, 1,
                              &fitted->parts->n_features);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    labels = knn_scalar_labels(fitted->arena, &array, fitted->err);

    if (labels == NULL) {
        knn_error_prefix(fitted->err, "feature_names_in_");
        return fitted->err->status;
    }

    names = knn_arena_array(fitted->arena, array.count, sizeof(char *));

    if (names == NULL) {
        return knn_fitted_fail(fitted, "feature_names_in_", KNN_LIMIT,
                               "needs more memory than allowed");
    }

    for (i = 0; i < array.count; i++) {
        if (labels[i].type != KNN_LABEL_STRING) {
            return knn_fitted_fail(fitted, "feature_names_in_", KNN_UNSUPPORTED,
                                   "name %zu is not a str, use one", i);
        }

        names[i] = labels[i].value.string.data;
    }

    fitted->parts->feature_names = names;

    return KNN_OK;
}


knn_status_e
knn_fitted_base(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_base_method(fitted);

    if (rc == KNN_OK) {
        rc = knn_fitted_version(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_metric(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_base_data(fitted);
    }

    if (rc == KNN_OK) {
        rc = (fitted->parts->algorithm == KNN_BRUTE)
                 ? knn_fitted_metric_params(fitted)
                 : knn_fitted_tree(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_names(fitted);
    }

    return rc;
}
