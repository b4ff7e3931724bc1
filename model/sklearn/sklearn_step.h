
/*
 * Copyright (C) nginx-knn contributors
 */


/* The readers of transformers, each of which adds its steps to a program. */


#ifndef KNN_SKLEARN_STEP_H
#define KNN_SKLEARN_STEP_H


#include "sklearn_program.h"


typedef knn_status_e (*knn_transform_pt)(knn_program_t *program,
                                         knn_fitted_t  *fitted,
                                         knn_block_t   *block);


/* sklearn_pipeline.c */
knn_status_e knn_transform_pipeline(knn_program_t *program,
                                    knn_fitted_t *fitted, knn_block_t *block);
knn_status_e knn_transform_union(knn_program_t *program, knn_fitted_t *fitted,
                                 knn_block_t *block);

/* The first n steps of a Pipeline. */
knn_status_e knn_transform_steps(knn_program_t     *program,
                                 const knn_value_t *steps, size_t n,
                                 knn_block_t *block);

/* Multiplies a block by its weight among transformer_weights. */
knn_status_e knn_transform_weight(knn_program_t *program, knn_fitted_t *fitted,
                                  const knn_value_t *name, knn_block_t *block);

/* An attribute that is a list of tuples; NULL and the error when not. */
const knn_value_t *knn_fitted_tuples(knn_fitted_t *fitted, const char *name,
                                     size_t width);

/* sklearn_columns.c */
knn_status_e knn_transform_columns(knn_program_t *program, knn_fitted_t *fitted,
                                   knn_block_t *block);

/* sklearn_scale.c */
knn_status_e knn_transform_standard(knn_program_t *program,
                                    knn_fitted_t *fitted, knn_block_t *block);
knn_status_e knn_transform_min_max(knn_program_t *program, knn_fitted_t *fitted,
                                   knn_block_t *block);
knn_status_e knn_transform_max_abs(knn_program_t *program, knn_fitted_t *fitted,
                                   knn_block_t *block);
knn_status_e knn_transform_robust(knn_program_t *program, knn_fitted_t *fitted,
                                  knn_block_t *block);
knn_status_e knn_transform_normalizer(knn_program_t *program,
                                      knn_fitted_t *fitted, knn_block_t *block);
knn_status_e knn_transform_binarizer(knn_program_t *program,
                                     knn_fitted_t *fitted, knn_block_t *block);

/* sklearn_impute.c */
knn_status_e knn_transform_imputer(knn_program_t *program, knn_fitted_t *fitted,
                                   knn_block_t *block);
knn_status_e knn_transform_old_imputer(knn_program_t *program,
                                       knn_fitted_t  *fitted,
                                       knn_block_t   *block);
knn_status_e knn_transform_indicator(knn_program_t *program,
                                     knn_fitted_t *fitted, knn_block_t *block);

/* sklearn_project.c */
knn_status_e knn_transform_pca(knn_program_t *program, knn_fitted_t *fitted,
                               knn_block_t *block);
knn_status_e knn_transform_components(knn_program_t *program,
                                      knn_fitted_t *fitted, knn_block_t *block);
knn_status_e knn_transform_discriminant(knn_program_t *program,
                                        knn_fitted_t  *fitted,
                                        knn_block_t   *block);

/* sklearn_bend.c */
knn_status_e knn_transform_quantile(knn_program_t *program,
                                    knn_fitted_t *fitted, knn_block_t *block);
knn_status_e knn_transform_power(knn_program_t *program, knn_fitted_t *fitted,
                                 knn_block_t *block);

/* sklearn_bins.c */
knn_status_e knn_transform_bins(knn_program_t *program, knn_fitted_t *fitted,
                                knn_block_t *block);

/*
 * A column of 0 and 1 for each code of each feature, of so many codes; one of
 * each may be dropped, NaN for none.
 */
knn_status_e knn_program_codes(knn_program_t *program, const uint32_t *counts,
                               const double *dropped, knn_block_t *block);

/* sklearn_expand.c */
knn_status_e knn_transform_polynomial(knn_program_t *program,
                                      knn_fitted_t *fitted, knn_block_t *block);

/* sklearn_select.c */
knn_status_e knn_transform_function(knn_program_t *program,
                                    knn_fitted_t *fitted, knn_block_t *block);
knn_status_e knn_transform_variance(knn_program_t *program,
                                    knn_fitted_t *fitted, knn_block_t *block);
knn_status_e knn_transform_k_best(knn_program_t *program, knn_fitted_t *fitted,
                                  knn_block_t *block);
knn_status_e knn_transform_percentile(knn_program_t *program,
                                      knn_fitted_t *fitted, knn_block_t *block);
knn_status_e knn_transform_support(knn_program_t *program, knn_fitted_t *fitted,
                                   knn_block_t *block);

/* sklearn_encode.c */
knn_status_e knn_transform_one_hot(knn_program_t *program, knn_fitted_t *fitted,
                                   knn_block_t *block);
knn_status_e knn_transform_ordinal(knn_program_t *program, knn_fitted_t *fitted,
                                   knn_block_t *block);
knn_status_e knn_transform_target(knn_program_t *program, knn_fitted_t *fitted,
                                  knn_block_t *block);

/* sklearn_one_hot.c: a OneHotEncoder of integers, as it was up to 0.21 */
knn_status_e knn_transform_old_one_hot(knn_program_t *program,
                                       knn_fitted_t  *fitted,
                                       knn_block_t   *block);


#endif /* KNN_SKLEARN_STEP_H */
