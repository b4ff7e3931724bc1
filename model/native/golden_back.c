
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Steps backwards.  Not all of them can be undone and what is made is only
 * near to a row that leads to the features: it becomes a query like any other.
 */


#include <math.h>

#include "golden_rows.h"


/* The key of a code: the one whose code is nearest. */
static double
knn_back_key(const double *keys, const double *codes, size_t n, double code)
{
    size_t i, best;

    best = 0;

    for (i = 1; i < n; i++) {
        if (fabs(codes[i] - code) < fabs(codes[best] - code)) {
            best = i;
        }
    }

    return (n == 0) ? code : keys[best];
}


/* Codes to keys. */
static void
knn_back_encode(const knn_step_t *step, const double *out, double *in)
{
    size_t        i, n_keys;
    const double *keys;

    keys = step->numbers;
    n_keys = (step->n_numbers - step->n_in) / 2;

    for (i = 0; i < step->n_in; i++) {
        in[i] = knn_back_key(keys, keys + n_keys, step->columns[i], out[i]);
        keys += step->columns[i];
    }
}


/* The number of a bin to a value in it. */
static void
knn_back_bin(const knn_step_t *step, const double *out, double *in)
{
    size_t        i, n, bin;
    const double *edges;

    edges = step->numbers + 2;

    for (i = 0; i < step->n_in; i++) {
        n = step->columns[i];
        bin = (out[i] > 0) ? (size_t) fmin(out[i], (double) n) : 0;

        if (n == 0) {
            in[i] = 0;
        }
        else if (bin == 0 || bin == n) {
            in[i] = (bin == 0) ? edges[0] - 1 : edges[n - 1] + 1;
        }
        else {
            in[i] = edges[bin - 1] / 2 + edges[bin] / 2;
        }

        edges += n;
    }
}


/* The share of a distribution to the value that it reaches up to. */
static void
knn_back_quantile(const knn_step_t *step, const double *out, double *in)
{
    size_t        i, n;
    double        share;
    const double *quantiles;

    n = (step->n_numbers - 1) / (step->n_in + 1);
    quantiles = step->numbers + 1 + n;

    for (i = 0; i < step->n_in && n > 0; i++, quantiles += n) {
        share = (step->kind == KNN_STEP_QUANTILE) ? out[i]
                                                  : erfc(-out[i] / sqrt(2)) / 2;
        share = (share > 0) ? fmin(share, 1) : 0;
        in[i] = quantiles[(size_t) (share * (double) (n - 1))];
    }
}


/* The product with the transposed matrix, which is the inverse of most. */
static void
knn_back_project(const knn_step_t *step, const double *out, double *in)
{
    size_t i, j;

    for (j = 0; j < step->n_in; j++) {
        in[j] = 0;

        for (i = 0; i < step->n_out; i++) {
            in[j] += step->numbers[i * step->n_in + j] * out[i];
        }
    }
}


/* A power, with a base that is never too low for it. */
static double
knn_back_power(double value, double exponent)
{
    return pow(fmax(value * exponent + 1, 0x1p-20), 1 / exponent);
}


/* What each output of a step was made of, input by input. */
static double
knn_back_value(const knn_step_t *step, size_t i, double value)
{
    double number;

    number = (i < step->n_numbers) ? step->numbers[i] : 0;

    switch (step->kind) {

    case KNN_STEP_ADD:
        return value - number;

    case KNN_STEP_SUBTRACT:
        return value + number;

    case KNN_STEP_MULTIPLY:
        return value / number;

    case KNN_STEP_DIVIDE:
        return value * number;

    case KNN_STEP_BOX_COX:
        return (number == 0) ? exp(value) : knn_back_power(value, number);

    case KNN_STEP_YEO_JOHNSON:

        if (value < 0) {
            return (number == 2) ? 1 - exp(-value)
                                 : 1 - knn_back_power(-value, 2 - number);
        }

        return (number == 0) ? exp(value) - 1
                             : knn_back_power(value, number) - 1;

    case KNN_STEP_ABOVE:
        return step->numbers[0] + ((value > 0) ? 1 : -1);

    default: /* what leaves values as they are, or nearly */
        return value;
    }
}


/* Undoes one step. */
static void
knn_back_step(const knn_step_t *step, const double *out, double *in)
{
    size_t i;

    switch (step->kind) {

    case KNN_STEP_CONSTANT:
    case KNN_STEP_PRODUCT:
    case KNN_STEP_MISSING:
        return;

    case KNN_STEP_SELECT:

        for (i = 0; i < step->n_out; i++) {
            in[step->columns[i]] = out[i];
        }

        return;

    case KNN_STEP_EQUAL:

        for (i = 0; i < step->n_out; i++) {
            if (out[i] >= 0.5) {
                in[step->columns[i]] = step->numbers[i];
            }
        }

        return;

    case KNN_STEP_PROJECT:
        knn_back_project(step, out, in);
        return;

    case KNN_STEP_QUANTILE:
    case KNN_STEP_QUANTILE_NORMAL:
        knn_back_quantile(step, out, in);
        return;

    case KNN_STEP_BIN:
        knn_back_bin(step, out, in);
        return;

    case KNN_STEP_ENCODE:
        knn_back_encode(step, out, in);
        return;

    default:

        for (i = 0; i < step->n_in; i++) {
            in[i] = knn_back_value(step, i, out[i]);
        }
    }
}


void
knn_golden_back(const knn_steps_t *steps, double *slots)
{
    size_t            i;
    double           *out;
    const knn_step_t *step;

    out = slots + knn_steps_slots(steps);

    for (i = steps->n_steps; i > 0; i--) {
        step = &steps->steps[i - 1];
        out -= step->n_out;
        knn_back_step(step, out, slots + step->in);
    }
}
