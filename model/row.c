
/*
 * Copyright (C) nginx-knn contributors
 */


/* A training row as a request has it. */


#include <math.h>

#include "layout.h"
#include "range.h"


size_t
knn_model_row_size(const knn_model_t *model)
{
    return (model->steps.n_steps > 0) ? knn_steps_slots(&model->steps)
                                      : model->info.n_features;
}


void
knn_model_places(const knn_model_t *model, uint32_t *places)
{
    size_t lane;

    for (lane = 0; lane < model->n_blocks * KNN_LANES; lane++) {
        if (model->rows[lane] != KNN_LAYOUT_EMPTY) {
            places[model->rows[lane]] = (uint32_t) lane;
        }
    }
}


/* The features of a row; some metrics have them laid out otherwise. */
static void
knn_row_features(const knn_model_t *model, uint32_t place, double *features)
{
    size_t        j, d;
    const double *block;

    if (model->points != NULL) {
        knn_points_row(model, place, features);
        return;
    }

    d = model->space.n_features;
    block =
        model->blocks + place / KNN_LANES * KNN_LANES * d + place % KNN_LANES;

    for (j = 0; j < d; j++) {
        features[j] = (model->metric->lay == NULL) ? block[j * KNN_LANES] : NAN;
    }
}


void
knn_model_row(const knn_model_t *model, const uint32_t *places, int64_t row,
              double *x)
{
    size_t j;

    knn_row_features(model, places[row],
                     x + knn_model_row_size(model) - model->space.n_features);

    knn_steps_back(&model->steps, x);

    for (j = 0; model->grids != NULL && j < model->info.n_features; j++) {
        x[j] = knn_range_round(x[j], model->grids[j]);
    }
}
