
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a query takes, in multiplications. */


#include "model.h"


void
knn_cost_reckon(knn_model_t *model)
{
    size_t i, n;

    model->cost = model->space.n_features * model->metric->cost;

    if (model->space.vi != NULL) {
        model->cost *= model->space.n_features;
    }

    n = KNN_SCAN_WORK / (KNN_LANES * model->cost);
    n = (n > KNN_SCAN_LEAST) ? n : KNN_SCAN_LEAST;

    model->n_scan = (n < KNN_SCAN_BLOCKS) ? n : KNN_SCAN_BLOCKS;
    model->row_cost =
        KNN_ROW_WORK + model->info.n_neighbors * KNN_NEIGHBOR_WORK;

    if (model->estimator == KNN_CENTROID) {
        model->row_cost += model->info.n_samples * model->cost;
    }

    for (i = 0; i < model->steps.n_steps; i++) {
        model->row_cost +=
            model->steps.steps[i].n_out + model->steps.steps[i].n_numbers;
    }
}
