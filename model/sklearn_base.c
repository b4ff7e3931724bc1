
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <string.h>

#include "sklearn_fitted.h"
#include "utf8.h"


#define KNN_VERSION_DIGITS 4
#define KNN_VERSION_SIZE   40
#define KNN_PRODUCER_SIZE  64


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


/* True for 1.9 and later, which sort neighbors by another algorithm. */
static bool
knn_base_is_intro(unsigned major, unsigned minor)
{
    return major > 1 || (major == 1 && minor >= 9);
}


/* Reads the release that wrote the file; up to 0.17 none was written. */
static knn_status_e
knn_base_version(knn_fitted_t *fitted)
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

        if (knn_base_is_intro(major, minor)) {
            fitted->parts->sort = KNN_SORT_INTRO;
        }
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


/* Reads the shape of the training data and, for brute, the data. */
static knn_status_e
knn_base_data(knn_fitted_t *fitted)
{
    knn_parts_t       *parts;
    knn_status_e       rc;
    knn_ndarray_t      array;
    const knn_value_t *value;

    parts = fitted->parts;
    value = knn_fitted_find(fitted, "_fit_X");

    if (value != NULL && value->type == KNN_VALUE_OBJECT
        && value->symbol == KNN_SYMBOL_SPARSE)
    {
        return knn_fitted_fail(fitted, "_fit_X", KNN_UNSUPPORTED,
                               "is a sparse matrix, fit on a dense array");
    }

    rc = knn_fitted_array(fitted, "_fit_X", &array);

    if (rc != KNN_OK) {
        return rc;
    }

    if (array.ndim != 2) {
        return knn_fitted_fail(fitted, "_fit_X", KNN_MALFORMED,
                               "has %zu dimensions, not 2", array.ndim);
    }

    parts->n_samples = array.shape[0];
    parts->n_features = array.shape[1];

    rc = knn_base_count(fitted, "n_samples_fit_", parts->n_samples);

    if (rc == KNN_OK) {
        rc = knn_base_count(fitted, "n_features_in_", parts->n_features);
    }

    /* a tree has the same data, and always as float64 */
    if (rc != KNN_OK || parts->algorithm != KNN_BRUTE) {
        return rc;
    }

    parts->x = knn_ndarray_doubles(fitted->arena, &array, fitted->err);

    if (parts->x == NULL) {
        knn_error_prefix(fitted->err, "_fit_X");
        return fitted->err->status;
    }

    return KNN_OK;
}


/* Reads the names of the columns, where the training data had some. */
static knn_status_e
knn_base_names(knn_fitted_t *fitted)
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
        rc = knn_base_version(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_metric(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_base_data(fitted);
    }

    if (rc == KNN_OK && fitted->parts->algorithm != KNN_BRUTE) {
        rc = knn_fitted_tree(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_base_names(fitted);
    }

    return rc;
}
