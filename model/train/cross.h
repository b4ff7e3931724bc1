
/*
 * Copyright (C) nginx-knn contributors
 */


/* Cross-validation: a model of the other folds predicts each one. */


#ifndef KNN_CROSS_H
#define KNN_CROSS_H


#include "train.h"


typedef struct {
    const knn_dataset_t *data;
    const uint32_t      *rows; /* [n_rows], of the dataset */
    size_t               n_rows;
    const uint32_t      *fold; /* [n_rows], the number of each row's fold */
    size_t               n_folds;

    /* Told after every piece of work which share of all rows is predicted. */
    void (*progress)(void *ctx, size_t done, size_t rows);
    void *progress_ctx;
} knn_cross_t;


/*
 * Fills scores [n_folds] with the accuracy of each fold, or with R2 of a
 * regressor.
 */
knn_status_e knn_cross_validate(const knn_cross_t  *cross,
                                const knn_recipe_t *recipe, size_t max_bytes,
                                double *scores, knn_error_t *err);


#endif /* KNN_CROSS_H */
