
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "sklearn_fitted.h"


/* numpy.isclose() */
#define KNN_CLOSE_ABSOLUTE 1e-8
#define KNN_CLOSE_RELATIVE 1e-5


/* Reads an array of n numbers. */
static const double *
knn_centroid_numbers(knn_fitted_t *fitted, const char *name, size_t n)
{
    const double *numbers;
    knn_ndarray_t array;

    if (knn_fitted_array(fitted, name, &array) != KNN_OK
        || knn_fitted_shape(fitted, name, &array, 1, &n) != KNN_OK)
    {
        return NULL;
    }

    numbers = knn_ndarray_doubles(fitted->arena, &array, fitted->err);

    if (numbers == NULL) {
        knn_error_prefix(fitted->err, name);
    }

    return numbers;
}


/* Reads the centers of the classes. */
static knn_status_e
knn_centroid_data(knn_fitted_t *fitted)
{
    knn_parts_t  *parts;
    knn_status_e  rc;
    knn_ndarray_t array;

    parts = fitted->parts;
    rc = knn_fitted_array(fitted, "centroids_", &array);

    if (rc != KNN_OK) {
        return rc;
    }

    if (array.ndim != 2) {
        return knn_fitted_fail(fitted, "centroids_", KNN_MALFORMED,
                               "has %zu dimensions, not 2", array.ndim);
    }

    parts->n_samples = array.shape[0];
    parts->n_features = array.shape[1];
    parts->x = knn_ndarray_doubles(fitted->arena, &array, fitted->err);

    if (parts->x == NULL) {
        knn_error_prefix(fitted->err, "centroids_");
        return fitted->err->status;
    }

    return KNN_OK;
}


/* Whether all classes are as likely, as far as scikit-learn looks. */
static bool
knn_centroid_is_uniform(const double *priors, size_t n)
{
    size_t i;
    double share;

    share = 1 / (double) n;

    for (i = 0; i < n; i++) {
        if (!(fabs(priors[i] - share)
              <= KNN_CLOSE_ABSOLUTE + KNN_CLOSE_RELATIVE * share))
        {
            return false;
        }
    }

    return true;
}


/* Reads priors, which came with 1.6, and the deviations that they need. */
static knn_status_e
knn_centroid_priors(knn_fitted_t *fitted)
{
    size_t        i;
    double       *scale;
    knn_parts_t  *parts;
    const double *priors, *deviations;

    if (knn_fitted_find(fitted, "class_prior_") == NULL) {
        return KNN_OK;
    }

    parts = fitted->parts;
    priors = knn_centroid_numbers(fitted, "class_prior_", parts->n_samples);

    if (priors == NULL) {
        return fitted->err->status;
    }

    if (knn_centroid_is_uniform(priors, parts->n_samples)) {
        return KNN_OK;
    }

    deviations = knn_centroid_numbers(fitted, "within_class_std_dev_",
                                      parts->n_features);

    if (deviations == NULL) {
        return fitted->err->status;
    }

    scale = knn_arena_array(fitted->arena, parts->n_features, sizeof(double));

    if (scale == NULL) {
        return knn_fitted_fail(fitted, "within_class_std_dev_", KNN_LIMIT,
                               "needs more memory than allowed");
    }

    /* features that do not vary within a class are left as they are */

    for (i = 0; i < parts->n_features; i++) {
        scale[i] = (deviations[i] == 0) ? 1 : deviations[i];
    }

    parts->priors = priors;
    parts->scale = scale;

    return KNN_OK;
}


knn_status_e
knn_fitted_centroid(knn_fitted_t *fitted)
{
    knn_status_e rc;

    fitted->parts->algorithm = KNN_BRUTE;

    rc = knn_fitted_version(fitted);

    if (rc == KNN_OK) {
        rc = knn_fitted_metric(fitted);
    }

    if (rc == KNN_OK) {
        knn_fitted_early(fitted);
        rc = knn_centroid_data(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_fitted_classes(fitted);
    }

    if (rc == KNN_OK) {
        rc = knn_centroid_priors(fitted);
    }

    return (rc == KNN_OK) ? knn_fitted_names(fitted) : rc;
}
