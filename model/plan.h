
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * How the rows of a model are laid out and searched.  Which way is the fastest
 * is a matter of the rows, not only of how many there are; so it is measured
 * when a model is loaded, or known from an earlier time.
 */


#ifndef KNN_PLAN_H
#define KNN_PLAN_H


#include "model.h"


/*
 * Lays out rows for the way that parts names, or for the fastest; -1 when there
 * is no memory.
 */
int knn_plan_build(knn_model_t *model, const knn_parts_t *parts);


#endif /* KNN_PLAN_H */
