
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>

#include "score.h"
#include "../sum.h"


/* A share, 0 of nothing. */
static double
knn_score_share(size_t part, size_t whole)
{
    return whole == 0 ? 0 : (double) part / (double) whole;
}


/* Compares two numbers. */
static int
knn_score_compare(const void *one, const void *two)
{
    const double *a, *b;

    a = one;
    b = two;

    return (*a > *b) - (*a < *b);
}


knn_score_t
knn_score_class(const knn_tally_t *tally)
{
    knn_score_t score;

    score.precision = knn_score_share(tally->correct, tally->predicted);
    score.recall = knn_score_share(tally->correct, tally->support);
    score.f1 =
        knn_score_share(2 * tally->correct, tally->predicted + tally->support);

    return score;
}


/* Adds a score so many times. */
static void
knn_score_add(knn_score_t *sum, const knn_score_t *score, double weight)
{
    sum->precision += weight * score->precision;
    sum->recall += weight * score->recall;
    sum->f1 += weight * score->f1;
}


/* Divides a sum of scores. */
static void
knn_score_divide(knn_score_t *sum, size_t n)
{
    if (n > 0) {
        sum->precision /= (double) n;
        sum->recall /= (double) n;
        sum->f1 /= (double) n;
    }
}


knn_report_t
knn_score_report(const knn_tally_t *tallies, size_t n_classes)
{
    size_t       i, rows, correct, classes;
    knn_score_t  score;
    knn_report_t report = {0};

    rows = correct = classes = 0;

    for (i = 0; i < n_classes; i++) {
        if (tallies[i].support == 0 && tallies[i].predicted == 0) {
            continue;
        }

        score = knn_score_class(&tallies[i]);
        knn_score_add(&report.macro, &score, 1);
        knn_score_add(&report.weighted, &score, (double) tallies[i].support);

        rows += tallies[i].support;
        correct += tallies[i].correct;
        classes++;
    }

    knn_score_divide(&report.macro, classes);
    knn_score_divide(&report.weighted, rows);
    report.accuracy = knn_score_share(correct, rows);

    return report;
}


double
knn_score_mean(const double *values, size_t n)
{
    return knn_sum_pairwise(values, n, false) / (double) n;
}


/* The sum of squared distances from a value. */
static double
knn_score_squares(const double *values, size_t n, double from, double *scratch)
{
    size_t i;

    for (i = 0; i < n; i++) {
        scratch[i] = (values[i] - from) * (values[i] - from);
    }

    return knn_sum_pairwise(scratch, n, false);
}


double
knn_score_deviation(const double *values, size_t n, double *scratch)
{
    double squares;

    squares = knn_score_squares(values, n, knn_score_mean(values, n), scratch);

    return sqrt(squares / (double) n);
}


/* The share of the squares that was predicted. */
static double
knn_score_r2(double errors, double squares, size_t n)
{
    if (n < 2) {
        return NAN;
    }

    if (squares == 0) {
        return errors == 0 ? 1 : 0;
    }

    return 1 - errors / squares;
}


knn_errors_t
knn_score_values(const double *values, const double *predicted, size_t n,
                 double *scratch)
{
    size_t       i;
    double       squares, error;
    knn_errors_t errors;

    squares = knn_score_squares(values, n, knn_score_mean(values, n), scratch);

    for (i = 0; i < n; i++) {
        scratch[i] = fabs(values[i] - predicted[i]);
    }

    errors.mae = knn_score_mean(scratch, n);
    qsort(scratch, n, sizeof(double), knn_score_compare);
    errors.median = (scratch[(n - 1) / 2] + scratch[n / 2]) / 2;
    errors.max = scratch[n - 1];

    for (i = 0; i < n; i++) {
        scratch[i] = (values[i] - predicted[i]) * (values[i] - predicted[i]);
    }

    error = knn_sum_pairwise(scratch, n, false);
    errors.rmse = sqrt(error / (double) n);
    errors.r2 = knn_score_r2(error, squares, n);

    return errors;
}
