
/*
 * Copyright (C) nginx-knn contributors
 */


/* What the kinds of steps do, a family of them in each file. */


#ifndef KNN_STEP_H
#define KNN_STEP_H


#include "steps.h"


/*
 * Reads n_in values and writes n_out; returns n_in, or the number of an input
 * whose value the step does not take.
 */
typedef size_t (*knn_step_run_pt)(const knn_step_t *step, const double *in,
                                  double *out);


/* step_columns.c */
size_t knn_step_select(const knn_step_t *step, const double *in, double *out);
size_t knn_step_constant(const knn_step_t *step, const double *in, double *out);
size_t knn_step_equal(const knn_step_t *step, const double *in, double *out);
size_t knn_step_product(const knn_step_t *step, const double *in, double *out);
size_t knn_step_project(const knn_step_t *step, const double *in, double *out);

/* step_scale.c */
size_t knn_step_add(const knn_step_t *step, const double *in, double *out);
size_t knn_step_subtract(const knn_step_t *step, const double *in, double *out);
size_t knn_step_multiply(const knn_step_t *step, const double *in, double *out);
size_t knn_step_divide(const knn_step_t *step, const double *in, double *out);
size_t knn_step_clip(const knn_step_t *step, const double *in, double *out);
size_t knn_step_norm_l1(const knn_step_t *step, const double *in, double *out);
size_t knn_step_norm_l2(const knn_step_t *step, const double *in, double *out);
size_t knn_step_norm_l2_old(const knn_step_t *step, const double *in,
                            double *out);
size_t knn_step_norm_max(const knn_step_t *step, const double *in, double *out);
size_t knn_step_norm_max_old(const knn_step_t *step, const double *in,
                             double *out);

/* step_power.c */
size_t knn_step_box_cox(const knn_step_t *step, const double *in, double *out);
size_t knn_step_yeo_johnson(const knn_step_t *step, const double *in,
                            double *out);
size_t knn_step_yeo_johnson_power(const knn_step_t *step, const double *in,
                                  double *out);

/* step_quantile.c */
size_t knn_step_quantile(const knn_step_t *step, const double *in, double *out);
size_t knn_step_quantile_normal(const knn_step_t *step, const double *in,
                                double *out);

/* step_encode.c */
size_t knn_step_above(const knn_step_t *step, const double *in, double *out);
size_t knn_step_missing(const knn_step_t *step, const double *in, double *out);
size_t knn_step_impute(const knn_step_t *step, const double *in, double *out);
size_t knn_step_bin(const knn_step_t *step, const double *in, double *out);
size_t knn_step_encode(const knn_step_t *step, const double *in, double *out);

/* Fills those of the n_in inputs that are NaN and that n_out outputs tell. */
typedef void (*knn_step_back_pt)(const knn_step_t *step, const double *out,
                                 double *in);

/* step_back.c */
void knn_step_select_back(const knn_step_t *step, const double *out,
                          double *in);
void knn_step_same_back(const knn_step_t *step, const double *out, double *in);
void knn_step_add_back(const knn_step_t *step, const double *out, double *in);
void knn_step_subtract_back(const knn_step_t *step, const double *out,
                            double *in);
void knn_step_multiply_back(const knn_step_t *step, const double *out,
                            double *in);
void knn_step_divide_back(const knn_step_t *step, const double *out,
                          double *in);
void knn_step_box_cox_back(const knn_step_t *step, const double *out,
                           double *in);
void knn_step_yeo_johnson_back(const knn_step_t *step, const double *out,
                               double *in);
void knn_step_quantile_back(const knn_step_t *step, const double *out,
                            double *in);
void knn_step_equal_back(const knn_step_t *step, const double *out, double *in);
void knn_step_encode_back(const knn_step_t *step, const double *out,
                          double *in);


#endif /* KNN_STEP_H */
