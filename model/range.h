
/*
 * Copyright (C) nginx-knn contributors
 */


/* The training rows as requests have them: the ranges of their columns. */


#ifndef KNN_RANGE_H
#define KNN_RANGE_H


#include "model.h"


/*
 * What a value of a column is rounded to: nothing, 15 digits of its own, or
 * the places that 15 digits of the column's greatest value have.
 */
#define KNN_GRID_NONE 0
#define KNN_GRID_OWN  INFINITY


/*
 * Fills info.ranges and grids of a model whose rows are laid out; -1 when
 * there is no memory.
 */
int knn_range_build(knn_model_t *model, const knn_parts_t *parts);

/*
 * The least and the greatest value of each of the estimator's features, of a
 * model whose rows are laid out.
 */
void knn_range_features(const knn_model_t *model, const knn_parts_t *parts,
                        double *least, double *greatest);

/* The nearest value of few digits, which arithmetic has gone over. */
double knn_range_round(double value, double grid);


#endif /* KNN_RANGE_H */
