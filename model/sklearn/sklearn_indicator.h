
/*
 * Copyright (C) nginx-knn contributors
 */


/* What imputers and MissingIndicator have in common. */


#ifndef KNN_SKLEARN_INDICATOR_H
#define KNN_SKLEARN_INDICATOR_H


#include "sklearn_step.h"


/* Reads what stands for a missing value; "NaN" in old releases. */
knn_status_e knn_impute_missing(knn_fitted_t *fitted, knn_entry_t *missing);

/* A value among those of a slot, as a number: a text's place, or its own. */
knn_status_e knn_impute_entry(knn_program_t *program, size_t slot,
                              const knn_entry_t *entry, double *number);

/* Reads the columns that a MissingIndicator looks at, ascending. */
knn_status_e knn_impute_features(knn_program_t *program, knn_fitted_t *fitted,
                                 size_t width, uint32_t **columns, size_t *n);

/* Tells which of some columns are missing. */
knn_status_e knn_impute_tell(knn_program_t *program, const knn_entry_t *missing,
                             const uint32_t *columns, size_t n,
                             knn_block_t *block);


#endif /* KNN_SKLEARN_INDICATOR_H */
