
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What scikit-learn's imputer and scalers learn from a column, to the last
 * bit: its values lie one behind the other, as in a DataFrame, and numpy sums
 * them pairwise (before its release 2.3 only 8192 at a time).
 */


#ifndef KNN_SCALE_H
#define KNN_SCALE_H


#include <stddef.h>


/* SimpleImputer: the mean of the values that are not NaN, of which one is. */
double knn_scale_mean(const double *values, size_t n, double *scratch);

/* StandardScaler: (x - mean) / scale. */
void knn_scale_standard(const double *values, size_t n, double *scratch,
                        double *mean, double *scale);

/* MinMaxScaler: x * scale + shift. */
void knn_scale_minmax(const double *values, size_t n, double *scale,
                      double *shift);

/* RobustScaler: (x - center) / scale. */
void knn_scale_robust(const double *values, size_t n, double *scratch,
                      double *center, double *scale);


#endif /* KNN_SCALE_H */
