
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "centroid.h"


/* Copies n numbers. */
static double *
knn_centroid_copy(knn_model_t *model, const double *from, size_t n)
{
    double *to;

    to = knn_arena_array(model->arena, n, sizeof(double));

    if (to != NULL) {
        memcpy(to, from, n * sizeof(double));
    }

    return to;
}


/* With priors: centers among scaled features, and what a class is ahead. */
static int
knn_centroid_priors(knn_model_t *model, const knn_parts_t *parts,
                    double *centroids)
{
    size_t  i, d;
    double *scale, *bonus;

    d = parts->n_features;
    scale = knn_centroid_copy(model, parts->scale, d);
    bonus = knn_centroid_copy(model, parts->priors, parts->n_samples);

    if (scale == NULL || bonus == NULL) {
        return -1;
    }

    for (i = 0; i < parts->n_samples * d; i++) {
        centroids[i] /= scale[i % d];
    }

    for (i = 0; i < parts->n_samples; i++) {
        bonus[i] = 2 * log(bonus[i]);
    }

    model->scale = scale;
    model->bonus = bonus;

    return 0;
}


int
knn_centroid_build(knn_model_t *model, const knn_parts_t *parts)
{
    size_t  i, d;
    double *centroids;

    d = parts->n_features;
    centroids = knn_centroid_copy(model, parts->x, parts->n_samples * d);

    if (centroids == NULL) {
        return -1;
    }

    for (i = 0; model->metric->lay != NULL && i < parts->n_samples; i++) {
        model->metric->lay(parts->x + i * d, d, centroids + i * d, 1);
    }

    model->centroids = centroids;

    return (parts->priors == NULL)
               ? 0
               : knn_centroid_priors(model, parts, centroids);
}


/* How far a class is: its distance, or the negative of its score. */
static double
knn_centroid_far(const knn_model_t *model, const double *q, size_t class)
{
    double              far;
    const knn_metric_t *metric;

    metric = model->metric;
    far = metric->rdist(&model->space, q,
                        model->centroids + class * model->space.n_features);

    if (model->bonus == NULL) {
        return far;
    }

    far = metric->to_dist(&model->space, far);

    return far * far - model->bonus[class];
}


uint32_t
knn_centroid_nearest(const knn_model_t *model, const double *q, double *scaled)
{
    size_t j;
    double far, least;
    uint32_t class, nearest;

    if (model->scale != NULL) {
        for (j = 0; j < model->space.n_features; j++) {
            scaled[j] = q[j] / model->scale[j];
        }

        q = scaled;
    }

    nearest = 0;
    least = knn_centroid_far(model, q, 0);

    for (class = 1; class < model->info.n_samples; class ++) {
        far = knn_centroid_far(model, q, class);

        if (far < least) {
            least = far;
            nearest = class;
        }
    }

    return nearest;
}
