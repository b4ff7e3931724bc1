
/*
 * Copyright (C) nginx-knn contributors
 */


/* Steps that look at what a value is, not at how large. */


#include <math.h>

#include "step.h"


/* True for a value that stands for another one, NaN for any NaN. */
static inline bool
knn_step_is(double value, double other)
{
    return value == other || (isnan(value) && isnan(other));
}


/* The numbers, ascending and NaN last, that are not above a value. */
static size_t
knn_step_rank(const double *numbers, size_t n, double value)
{
    size_t low, high, middle;

    low = 0;
    high = n;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (numbers[middle] <= value || isnan(value)) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }

    return low;
}


size_t
knn_step_above(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = (in[i] > step->numbers[0]) ? 1 : 0;
    }

    return step->n_in;
}


size_t
knn_step_missing(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        out[i] = knn_step_is(in[i], step->numbers[i]) ? 1 : 0;
    }

    return step->n_in;
}


size_t
knn_step_impute(const knn_step_t *step, const double *in, double *out)
{
    size_t        i;
    const double *instead;

    instead = step->numbers + step->n_in;

    for (i = 0; i < step->n_in; i++) {
        out[i] = knn_step_is(in[i], step->numbers[i]) ? instead[i] : in[i];
    }

    return step->n_in;
}


size_t
knn_step_bin(const knn_step_t *step, const double *in, double *out)
{
    size_t        i;
    double        value;
    const double *edges;

    edges = step->numbers + 2;

    for (i = 0; i < step->n_in; i++) {
        value = in[i] + (step->numbers[0] + step->numbers[1] * fabs(in[i]));
        out[i] = (double) knn_step_rank(edges, step->columns[i], value);
        edges += step->columns[i];
    }

    return step->n_in;
}


size_t
knn_step_encode(const knn_step_t *step, const double *in, double *out)
{
    size_t        i, n_keys, rank;
    const double *keys, *codes, *others;

    n_keys = (step->n_numbers - step->n_in) / 2;
    keys = step->numbers;
    codes = keys + n_keys;
    others = codes + n_keys;

    for (i = 0; i < step->n_in; i++) {
        rank = knn_step_rank(keys, step->columns[i], in[i]);

        out[i] = (rank > 0 && knn_step_is(keys[rank - 1], in[i]))
                     ? codes[rank - 1]
                     : others[i];

        if (isinf(out[i])) {
            break;
        }

        keys += step->columns[i];
        codes += step->columns[i];
    }

    return i;
}
