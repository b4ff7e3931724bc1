
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows that golden queries may be made of. */


#ifndef KNN_GOLDEN_ROWS_H
#define KNN_GOLDEN_ROWS_H


#include "../model.h"


/*
 * Fills x with the i-th of n rows: a mixture of two training rows, taken back
 * through the steps.  slots is room for a work row.
 */
void knn_golden_row(const knn_model_t *model, const knn_parts_t *parts,
                    size_t i, size_t n, double *slots, double *x);

/*
 * Marks the slots of a work row whose values are no measures: texts, and
 * numbers that are looked up.
 */
void knn_golden_keys(const knn_steps_t *steps, bool *keys);

/*
 * golden_back.c: fills the inputs of a work row with what the steps could
 * have made its last features of.
 */
void knn_golden_back(const knn_steps_t *steps, double *slots);


#endif /* KNN_GOLDEN_ROWS_H */
