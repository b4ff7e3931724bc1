
/*
 * Copyright (C) nginx-knn contributors
 */


#include "sklearn_fitted.h"
#include "../utf8.h"


typedef knn_status_e (*knn_reader_pt)(knn_fitted_t *fitted);

/* an estimator, and what is to be read of it */
typedef struct {
    knn_symbol_e    symbol;
    knn_estimator_e estimator;
    knn_reader_pt   read;
} knn_reader_t;


/* Reads how neighbors are weighted. */
static knn_status_e
knn_neighbors_weights(knn_fitted_t *fitted)
{
    char               buf[KNN_QUOTE_SIZE];
    size_t             len;
    const char        *data;
    const knn_value_t *weights;

    weights = knn_fitted_need(fitted, "weights");

    if (weights == NULL) {
        return fitted->err->status;
    }

    if (weights->type == KNN_VALUE_NONE || knn_value_is(weights, "uniform")) {
        fitted->parts->weights = KNN_UNIFORM;
        return KNN_OK;
    }

    if (knn_value_is(weights, "distance")) {
        fitted->parts->weights = KNN_DISTANCE;
        return KNN_OK;
    }

    if (knn_value_is_text(weights, &data, &len)) {
        return knn_fitted_fail(fitted, "weights", KNN_UNSUPPORTED,
                               "\"%s\" is not known, use uniform or distance",
                               knn_utf8_quote(buf, sizeof(buf), data, len));
    }

    return knn_fitted_fail(fitted, "weights", KNN_UNSUPPORTED,
                           "is %s, use \"uniform\" or \"distance\"",
                           knn_value_kind(weights, buf, sizeof(buf)));
}


/* Reads what a model of the nearest neighbors has, but for y. */
static knn_status_e
knn_neighbors_nearest(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_fitted_base(fitted);

    return (rc == KNN_OK) ? knn_fitted_integer(fitted, "n_neighbors",
                                               &fitted->parts->n_neighbors)
                          : rc;
}


/* Reads what a model of the neighbors within a radius has, but for y. */
static knn_status_e
knn_neighbors_within(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_fitted_base(fitted);

    return (rc == KNN_OK)
               ? knn_fitted_number(fitted, "radius", &fitted->parts->radius)
               : rc;
}


/* Reads the classes of training rows, and how they vote. */
static knn_status_e
knn_neighbors_classes(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_neighbors_weights(fitted);

    if (rc == KNN_OK) {
        rc = knn_fitted_classes(fitted);
    }

    return (rc == KNN_OK) ? knn_fitted_indices(fitted) : rc;
}


/* Reads the values of training rows, and how they are weighted. */
static knn_status_e
knn_neighbors_values(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_neighbors_weights(fitted);

    return (rc == KNN_OK) ? knn_fitted_values(fitted) : rc;
}


/* Reads a KNeighborsClassifier. */
static knn_status_e
knn_neighbors_classifier(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_neighbors_nearest(fitted);

    return (rc == KNN_OK) ? knn_neighbors_classes(fitted) : rc;
}


/* Reads a KNeighborsRegressor. */
static knn_status_e
knn_neighbors_regressor(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_neighbors_nearest(fitted);

    return (rc == KNN_OK) ? knn_neighbors_values(fitted) : rc;
}


/* Reads a RadiusNeighborsClassifier. */
static knn_status_e
knn_neighbors_radius_classifier(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_neighbors_within(fitted);

    return (rc == KNN_OK) ? knn_neighbors_classes(fitted) : rc;
}


/* Reads a RadiusNeighborsRegressor. */
static knn_status_e
knn_neighbors_radius_regressor(knn_fitted_t *fitted)
{
    knn_status_e rc;

    rc = knn_neighbors_within(fitted);

    return (rc == KNN_OK) ? knn_neighbors_values(fitted) : rc;
}


static const knn_reader_t knn_readers[] = {
    {KNN_SYMBOL_KNEIGHBORS_CLASSIFIER, KNN_CLASSIFIER,
     knn_neighbors_classifier},
    {KNN_SYMBOL_KNEIGHBORS_REGRESSOR, KNN_REGRESSOR, knn_neighbors_regressor},
    {KNN_SYMBOL_RADIUS_CLASSIFIER, KNN_RADIUS_CLASSIFIER,
     knn_neighbors_radius_classifier},
    {KNN_SYMBOL_RADIUS_REGRESSOR, KNN_RADIUS_REGRESSOR,
     knn_neighbors_radius_regressor},
    {KNN_SYMBOL_NEAREST_NEIGHBORS, KNN_NEIGHBORS, knn_neighbors_nearest},
    {KNN_SYMBOL_NEAREST_CENTROID, KNN_CENTROID, knn_fitted_centroid},
};

#define KNN_READERS (sizeof(knn_readers) / sizeof(knn_readers[0]))


/* The reader of an estimator; NULL when that is none of ours. */
static const knn_reader_t *
knn_neighbors_reader(const knn_value_t *value)
{
    size_t i;

    for (i = 0; value->type == KNN_VALUE_OBJECT && i < KNN_READERS; i++) {
        if (knn_readers[i].symbol == value->symbol) {
            return &knn_readers[i];
        }
    }

    return NULL;
}


bool
knn_fitted_is_estimator(const knn_value_t *value)
{
    return knn_neighbors_reader(value) != NULL;
}


knn_status_e
knn_fitted_estimator(knn_fitted_t *fitted)
{
    const knn_reader_t *reader;

    reader = knn_neighbors_reader(fitted->object);
    fitted->parts->estimator = reader->estimator;

    return reader->read(fitted);
}
