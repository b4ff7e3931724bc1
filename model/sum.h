
/*
 * Copyright (C) nginx-knn contributors
 */


/* numpy's sums, whose order decides the last bits. */


#ifndef KNN_SUM_H
#define KNN_SUM_H


#include <stdbool.h>
#include <stddef.h>


/*
 * A number as float32 when single.  Sums and quotients that were rounded to
 * a double before come out as those of float32 itself.
 */
static inline double
knn_single(double value, bool single)
{
    return single ? (double) (float) value : value;
}


/* The sum of a contiguous axis, of float32 when single. */
double knn_sum_pairwise(const double *values, size_t n, bool single);

/* The sum of any other axis. */
double knn_sum_plain(const double *values, size_t n, bool single);


#endif /* KNN_SUM_H */
