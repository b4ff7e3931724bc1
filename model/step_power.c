
/*
 * Copyright (C) nginx-knn contributors
 */


/* Steps that bend values by a power, so that they look normal. */


#include <float.h>
#include <math.h>

#include "step.h"


/* an exponent that is taken as 0 */
#define KNN_BOX_COX_ZERO 1e-19


/* Takes positive numbers and NaN. */
size_t
knn_step_box_cox(const knn_step_t *step, const double *in, double *out)
{
    size_t i;
    double exponent;

    for (i = 0; i < step->n_in && !(in[i] <= 0); i++) {
        exponent = step->numbers[i];

        out[i] = (fabs(exponent) < KNN_BOX_COX_ZERO)
                     ? log(in[i])
                     : expm1(exponent * log(in[i])) / exponent;
    }

    return i;
}


/* The branch of numbers from 0 on; the other one is its mirror image. */
static double
knn_step_yeo(double value, double exponent)
{
    return (fabs(exponent) < DBL_EPSILON)
               ? log1p(value)
               : expm1(exponent * log1p(value)) / exponent;
}


/* The same with other last bits. */
static double
knn_step_yeo_power(double value, double exponent)
{
    return (fabs(exponent) < DBL_EPSILON)
               ? log1p(value)
               : (pow(value + 1, exponent) - 1) / exponent;
}


size_t
knn_step_yeo_johnson(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = (in[i] < 0) ? -knn_step_yeo(-in[i], 2 - step->numbers[i])
                             : knn_step_yeo(in[i], step->numbers[i]);
    }

    return step->n_in;
}


size_t
knn_step_yeo_johnson_power(const knn_step_t *step, const double *in,
                           double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = (in[i] < 0) ? -knn_step_yeo_power(-in[i], 2 - step->numbers[i])
                             : knn_step_yeo_power(in[i], step->numbers[i]);
    }

    return step->n_in;
}
