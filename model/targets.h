
/*
 * Copyright (C) nginx-knn contributors
 */


/* What the training rows have in y: classes, with their labels, or values. */


#ifndef KNN_TARGETS_H
#define KNN_TARGETS_H


#include "model.h"


/* Copies the outputs and the targets; -1 when there is no memory. */
int knn_targets_build(knn_model_t *model, const knn_parts_t *parts);


#endif /* KNN_TARGETS_H */
