
/*
 * Copyright (C) nginx-knn contributors
 */


/* Steps that shift and scale values, and whole rows. */


#include <math.h>

#include "step.h"
#include "sum.h"


size_t
knn_step_add(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = in[i] + step->numbers[i];
    }

    return step->n_in;
}


size_t
knn_step_subtract(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = in[i] - step->numbers[i];
    }

    return step->n_in;
}


size_t
knn_step_multiply(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = in[i] * step->numbers[i];
    }

    return step->n_in;
}


size_t
knn_step_divide(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = in[i] / step->numbers[i];
    }

    return step->n_in;
}


size_t
knn_step_clip(const knn_step_t *step, const double *in, double *out)
{
    size_t i;
    double least, greatest;

    least = step->numbers[0];
    greatest = step->numbers[1];

    for (i = 0; i < step->n_in; i++) {
        out[i] = (in[i] < least)      ? least
                 : (in[i] > greatest) ? greatest
                                      : in[i];
    }

    return step->n_in;
}


/* Divides a row by its norm. */
static size_t
knn_step_norm(const knn_step_t *step, double norm, const double *in,
              double *out)
{
    size_t i;

    if (fabs(norm) < step->numbers[0]) {
        norm = 1;
    }

    for (i = 0; i < step->n_in; i++) {
        out[i] = in[i] / norm;
    }

    return step->n_in;
}


size_t
knn_step_norm_l1(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = fabs(in[i]);
    }

    return knn_step_norm(step, knn_sum_pairwise(out, step->n_in, false), in,
                         out);
}


/* Sums the squares as numpy's einsum does: even and odd positions apart. */
size_t
knn_step_norm_l2(const knn_step_t *step, const double *in, double *out)
{
    size_t i, n, pair;
    double even, odd;

    even = 0;
    odd = 0;
    n = step->n_in;

    for (i = 0; i + 8 <= n; i += 8) {
        for (pair = i + 8; pair > i; pair -= 2) {
            even += in[pair - 2] * in[pair - 2];
            odd += in[pair - 1] * in[pair - 1];
        }
    }

    for (; i < n; i += 2) {
        even += in[i] * in[i];

        if (i + 1 < n) {
            odd += in[i + 1] * in[i + 1];
        }
    }

    return knn_step_norm(step, sqrt(even + odd), in, out);
}


size_t
knn_step_norm_l2_old(const knn_step_t *step, const double *in, double *out)
{
    size_t i, n;
    double even, odd, sum;

    even = 0;
    odd = 0;
    n = step->n_in / 8 * 8;

    for (i = 0; i < n; i += 2) {
        even += in[i] * in[i];
        odd += in[i + 1] * in[i + 1];
    }

    sum = even + odd;

    for (i = step->n_in; i > n; i--) {
        sum += in[i - 1] * in[i - 1];
    }

    return knn_step_norm(step, sqrt(sum), in, out);
}


size_t
knn_step_norm_max(const knn_step_t *step, const double *in, double *out)
{
    size_t i;
    double norm;

    norm = 0;

    for (i = 0; i < step->n_in; i++) {
        norm = (fabs(in[i]) > norm) ? fabs(in[i]) : norm;
    }

    return knn_step_norm(step, norm, in, out);
}


size_t
knn_step_norm_max_old(const knn_step_t *step, const double *in, double *out)
{
    size_t i;
    double norm;

    norm = -HUGE_VAL;

    for (i = 0; i < step->n_in; i++) {
        norm = (in[i] > norm) ? in[i] : norm;
    }

    return knn_step_norm(step, norm, in, out);
}
