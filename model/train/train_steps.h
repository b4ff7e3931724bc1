
/*
 * Copyright (C) nginx-knn contributors
 */


/* The steps before the estimator, fitted on rows of a dataset. */


#ifndef KNN_TRAIN_STEPS_H
#define KNN_TRAIN_STEPS_H


#include "train.h"


/*
 * Fills steps, and n_features with what they make of a row.  Without any,
 * n_inputs is 0.
 */
knn_status_e knn_train_steps(const knn_dataset_t *data, knn_scale_e scale,
                             const uint32_t *rows, size_t n_rows,
                             knn_arena_t *arena, knn_steps_t *steps,
                             size_t *n_features, knn_error_t *err);


#endif /* KNN_TRAIN_STEPS_H */
