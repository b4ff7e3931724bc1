
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "../file/digest.h"
#include "../metric.h"
#include "native_file.h"
#include "safetensors_write.h"


/* what a file has where it does not say, as scikit-learn */
#define KNN_NATIVE_METRIC "minkowski"
#define KNN_NATIVE_P      2.0
#define KNN_NATIVE_RADIUS 1.0

/* of a file that nobody signed */
#define KNN_NATIVE_PRODUCER "safetensors"


static const knn_native_word_t knn_native_estimators[] = {
    {"KNeighborsClassifier", KNN_CLASSIFIER},
    {"KNeighborsRegressor", KNN_REGRESSOR},
    {"RadiusNeighborsClassifier", KNN_RADIUS_CLASSIFIER},
    {"RadiusNeighborsRegressor", KNN_RADIUS_REGRESSOR},
    {"NearestNeighbors", KNN_NEIGHBORS},
    {"NearestCentroid", KNN_CENTROID},
    {NULL, 0},
};

static const knn_native_word_t knn_native_weights[] = {
    {"uniform", KNN_UNIFORM},
    {"distance", KNN_DISTANCE},
    {NULL, 0},
};

/* what a name of a metric meant in some releases */
const knn_native_word_t knn_native_formulas[] = {
    {"nan_jaccard", KNN_NAN_JACCARD},
    {"early_manhattan", KNN_EARLY_MANHATTAN},
    {"early_braycurtis", KNN_EARLY_BRAYCURTIS},
    {NULL, 0},
};

static const knn_native_word_t knn_native_flags[] = {
    {"false", false},
    {"true", true},
    {NULL, 0},
};


/* The estimator and what it votes with. */
static knn_status_e
knn_native_estimator(knn_native_t *native)
{
    int          estimator, weights, summed;
    knn_parts_t *parts;

    parts = native->parts;
    estimator = 0;
    weights = KNN_UNIFORM;
    summed = false;

    if (!knn_native_has(native, "estimator")) {
        return knn_native_fail(native, "estimator", KNN_UNSUPPORTED,
                               "is missing, write which one the tensors are "
                               "of, or convert a model with knn convert");
    }

    if (knn_native_word(native, "estimator", knn_native_estimators, &estimator)
            != KNN_OK
        || knn_native_word(native, "weights", knn_native_weights, &weights)
               != KNN_OK
        || knn_native_word(native, "summed", knn_native_flags, &summed)
               != KNN_OK)
    {
        return native->err->status;
    }

    parts->estimator = (knn_estimator_e) estimator;
    parts->weights = (knn_weights_e) weights;
    parts->summed = summed;

    return KNN_OK;
}


/* How many neighbors the estimator takes, or how near they are. */
static knn_status_e
knn_native_choice(knn_native_t *native)
{
    knn_parts_t *parts;

    parts = native->parts;
    parts->radius = KNN_NATIVE_RADIUS;

    if (knn_native_real(native, "radius", &parts->radius) != KNN_OK
        || knn_native_integer(native, "n_neighbors", &parts->n_neighbors)
               != KNN_OK)
    {
        return native->err->status;
    }

    switch (parts->estimator) {

    case KNN_CLASSIFIER:
    case KNN_REGRESSOR:
    case KNN_NEIGHBORS:

        if (!knn_native_has(native, "n_neighbors")) {
            return knn_native_fail(native, "n_neighbors", KNN_UNSUPPORTED,
                                   "is missing, write how many neighbors the "
                                   "model takes");
        }

        /* fall through */

    default:
        return KNN_OK;
    }
}


/* The training rows. */
static knn_status_e
knn_native_rows(knn_native_t *native)
{
    size_t       shape[2];
    knn_parts_t *parts;

    parts = native->parts;
    shape[0] = KNN_NATIVE_ANY;
    shape[1] = KNN_NATIVE_ANY;

    if (knn_native_doubles(native, "X", 2, shape, &parts->x) != KNN_OK) {
        return native->err->status;
    }

    if (parts->x == NULL) {
        return knn_error(native->err, KNN_UNSUPPORTED,
                         "has no tensor \"X\", a model must have its training "
                         "rows");
    }

    parts->n_samples = shape[0];
    parts->n_features = shape[1];

    return KNN_OK;
}


/* The arrays of a metric, which are there if and only if it has them. */
static knn_status_e
knn_native_scales(knn_native_t *native)
{
    size_t       shape[2];
    knn_parts_t *parts;

    parts = native->parts;
    shape[0] = parts->n_features;
    shape[1] = parts->n_features;

    if (knn_native_doubles(native, "metric.w", 1, shape, &parts->w) != KNN_OK
        || knn_native_doubles(native, "metric.VI", 2, shape, &parts->vi)
               != KNN_OK)
    {
        return native->err->status;
    }

    if (parts->w == NULL
        && (parts->metric == KNN_SEUCLIDEAN || parts->metric == KNN_WMINKOWSKI))
    {
        return knn_native_fail(native, "metric", KNN_INCONSISTENT,
                               "is \"%s\", which must have a tensor "
                               "\"metric.w\"",
                               parts->metric_name);
    }

    if (parts->vi == NULL && parts->metric == KNN_MAHALANOBIS) {
        return knn_native_fail(native, "metric", KNN_INCONSISTENT,
                               "is \"%s\", which must have a tensor "
                               "\"metric.VI\"",
                               parts->metric_name);
    }

    return KNN_OK;
}


/* The metric; some powers have names of their own. */
static knn_status_e
knn_native_metric(knn_native_t *native)
{
    int          formula;
    knn_parts_t *parts;

    parts = native->parts;
    parts->metric_name = KNN_NATIVE_METRIC;
    parts->p = KNN_NATIVE_P;

    knn_native_text(native, "metric", &parts->metric_name);

    if (!knn_metric_find(parts->metric_name, &parts->metric)) {
        return knn_native_fail(native, "metric", KNN_UNSUPPORTED,
                               "is not served, use one of scikit-learn's "
                               "numeric metrics, such as euclidean");
    }

    formula = (int) parts->metric;

    if (knn_native_word(native, "formula", knn_native_formulas, &formula)
        != KNN_OK) {
        return native->err->status;
    }

    parts->metric = (knn_metric_e) formula;

    if (knn_native_real(native, "p", &parts->p) != KNN_OK
        || knn_native_scales(native) != KNN_OK)
    {
        return native->err->status;
    }

    if (parts->metric == KNN_MINKOWSKI && parts->w == NULL) {
        parts->metric = knn_metric_minkowski(parts->p);

        if (strcmp(parts->metric_name, KNN_NATIVE_METRIC) == 0) {
            parts->metric_name = knn_metric_get(parts->metric)->name;
        }
    }

    if (parts->metric != KNN_MINKOWSKI && parts->metric != KNN_WMINKOWSKI) {
        parts->p = 0;
    }

    return KNN_OK;
}


/* What a NearestCentroid with priors has. */
static knn_status_e
knn_native_centroid(knn_native_t *native)
{
    knn_parts_t *parts;

    parts = native->parts;

    if (knn_native_doubles(native, "centroid.scale", 1, &parts->n_features,
                           &parts->scale)
            != KNN_OK
        || knn_native_doubles(native, "centroid.priors", 1, &parts->n_samples,
                              &parts->priors)
               != KNN_OK)
    {
        return native->err->status;
    }

    if ((parts->scale == NULL) != (parts->priors == NULL)) {
        return knn_error(native->err, KNN_INCONSISTENT,
                         "must have both tensors \"centroid.scale\" and "
                         "\"centroid.priors\", or none");
    }

    return KNN_OK;
}


knn_status_e
knn_native_read(knn_arena_t *arena, const void *data, size_t size,
                knn_parts_t *parts, knn_native_meta_t *meta,
                knn_golden_t *golden, knn_error_t *err)
{
    size_t            i;
    knn_native_t      native;
    knn_safetensors_t container;

    static knn_status_e (*const reads[])(knn_native_t *) = {
        knn_native_estimator, knn_native_choice,   knn_native_rows,
        knn_native_metric,    knn_native_search,   knn_native_targets,
        knn_native_steps,     knn_native_centroid, knn_native_layout};

    if (knn_safetensors_read(&container, arena, data, size, err) != KNN_OK) {
        return err->status;
    }

    memset(parts, 0, sizeof(knn_parts_t));
    memset(meta, 0, sizeof(knn_native_meta_t));

    native.arena = arena;
    native.container = &container;
    native.parts = parts;
    native.err = err;

    for (i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        if (reads[i](&native) != KNN_OK) {
            return err->status;
        }
    }

    parts->producer = KNN_NATIVE_PRODUCER;

    knn_native_text(&native, "producer", &parts->producer);
    knn_native_text(&native, "name", &meta->name);
    knn_native_text(&native, "version", &meta->version);
    knn_native_text(&native, KNN_WRITING_DIGEST, &meta->data_sha256);
    meta->header = container.header;

    return knn_native_golden(&native, golden);
}


knn_status_e
knn_native_intact(const void *data, size_t size, const knn_native_meta_t *meta,
                  knn_error_t *err)
{
    char         digest[KNN_DIGEST_SIZE];
    knn_digest_t tensors;

    if (meta->data_sha256 == NULL) {
        return KNN_OK;
    }

    knn_digest_init(&tensors);
    knn_digest_add(&tensors, (const char *) data + meta->header,
                   size - meta->header);

    if (knn_digest_end(&tensors, digest, err) != KNN_OK) {
        return err->status;
    }

    return (strcmp(meta->data_sha256, digest) == 0)
               ? KNN_OK
               : knn_error(err, KNN_INCONSISTENT,
                           "its tensors are no longer those that were "
                           "written, their SHA-256 is not data_sha256, "
                           "convert the model again");
}
