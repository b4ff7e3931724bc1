
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a query takes, in multiplications. */


#include "model.h"


size_t
knn_cost_blocks(size_t cost)
{
    size_t n;

    n = KNN_SCAN_WORK / (KNN_LANES * cost);
    n = (n > KNN_SCAN_LEAST) ? n : KNN_SCAN_LEAST;

    return (n < KNN_SCAN_BLOCKS) ? n : KNN_SCAN_BLOCKS;
}


void
knn_cost_reckon(knn_model_t *model)
{
    size_t i;

    model->cost = model->space.n_features * model->metric->cost;

    if (model->space.vi != NULL) {
        model->cost *= model->space.n_features;
    }

    model->n_scan = knn_cost_blocks(model->cost);
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
