
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * How unlike the training data a point is: the share of training rows that
 * are nearer to their own nearest other row than the point to its nearest.
 */


#ifndef KNN_NOVELTY_H
#define KNN_NOVELTY_H


#include "model.h"


/* Fills nearest and info.novelty_samples; -1 when there is no memory. */
int knn_novelty_build(knn_model_t *model, const knn_parts_t *parts);

/* The novelty of a point at that distance from its nearest row, 0 to 1. */
double knn_novelty(const knn_model_t *model, double dist);


#endif /* KNN_NOVELTY_H */
