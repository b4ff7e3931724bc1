
/*
 * Copyright (C) nginx-knn contributors
 */


/* Steps whose outputs are not one for each input. */


#include <math.h>

#include "step.h"


size_t
knn_step_select(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_out; i++) {
        out[i] = in[step->columns[i]];
    }

    return step->n_in;
}


size_t
knn_step_constant(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    (void) in;

    for (i = 0; i < step->n_out; i++) {
        out[i] = step->numbers[i];
    }

    return step->n_in;
}


size_t
knn_step_equal(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    for (i = 0; i < step->n_out; i++) {
        out[i] = (in[step->columns[i]] == step->numbers[i]) ? 1 : 0;
    }

    return step->n_in;
}


size_t
knn_step_product(const knn_step_t *step, const double *in, double *out)
{
    size_t          i;
    const uint32_t *pair;

    for (i = 0; i < step->n_out; i++) {
        pair = step->columns + 2 * i;
        out[i] = in[pair[0]] * in[pair[1]];
    }

    return step->n_in;
}


/*
 * The products of scikit-learn are those of a BLAS, most of which add the
 * terms in order and round each sum once.
 */
size_t
knn_step_project(const knn_step_t *step, const double *in, double *out)
{
    size_t        i, j;
    double        sum;
    const double *row;

    for (i = 0; i < step->n_out; i++) {
        row = step->numbers + i * step->n_in;
        sum = 0;

        for (j = 0; j < step->n_in; j++) {
            sum = fma(in[j], row[j], sum);
        }

        out[i] = sum;
    }

    return step->n_in;
}
