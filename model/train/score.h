
/*
 * Copyright (C) nginx-knn contributors
 */


/* How good predictions are, in scikit-learn's figures. */


#ifndef KNN_SCORE_H
#define KNN_SCORE_H


#include <stdbool.h>
#include <stddef.h>


/* of a class: rows that are of it, that were predicted to be, and both */
typedef struct {
    size_t support;
    size_t predicted;
    size_t correct;
} knn_tally_t;


/* what is undefined is 0 */
typedef struct {
    double precision;
    double recall;
    double f1;
} knn_score_t;


typedef struct {
    double      accuracy;
    knn_score_t macro;
    knn_score_t weighted;
} knn_report_t;


typedef struct {
    double r2; /* NaN of a single row */
    double mae;
    double rmse;
    double median; /* absolute error */
    double max;
} knn_errors_t;


knn_score_t knn_score_class(const knn_tally_t *tally);

/* Classes that are neither there nor predicted do not count. */
knn_report_t knn_score_report(const knn_tally_t *tallies, size_t n_classes);

/* scratch is [n]. */
knn_errors_t knn_score_values(const double *values, const double *predicted,
                              size_t n, double *scratch);

double knn_score_mean(const double *values, size_t n);

/* The standard deviation of them all, not of a sample; scratch is [n]. */
double knn_score_deviation(const double *values, size_t n, double *scratch);


#endif /* KNN_SCORE_H */
