
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "sum.h"
#include "vote.h"


/*
 * numpy sums along the neighbors.  With one output they lie side by side and
 * are summed pairwise, with several the rows are added one after the other;
 * only where scikit-learn takes the outputs one by one they are all pairwise.
 */


/* The mean of one output's values. */
static double
knn_regress_mean(const knn_model_t *model, const knn_vote_t *vote,
                 const double *values, size_t stride)
{
    size_t i;
    double sum;

    for (i = 0; i < vote->n; i++) {
        vote->terms[i] = values[vote->rows[i] * stride];
    }

    sum = (stride == 1) ? knn_sum_pairwise(vote->terms, vote->n, model->single)
                        : knn_sum_plain(vote->terms, vote->n, model->single);

    return knn_single(sum / (double) vote->n, model->single);
}


/* The weighted mean: weights that are a mask leave float32 as it is. */
static double
knn_regress_average(const knn_model_t *model, const knn_vote_t *vote,
                    const double *values, size_t stride)
{
    bool   radius, single;
    size_t i;
    double sum, weight;

    radius = model->within;
    single = model->single && radius && vote->masked;

    for (i = 0; i < vote->n; i++) {
        vote->terms[i] = values[vote->rows[i] * stride] * vote->weights[i];
    }

    sum = (stride == 1 || !radius)
              ? knn_sum_pairwise(vote->terms, vote->n, single)
              : knn_sum_plain(vote->terms, vote->n, single);

    weight = knn_sum_pairwise(vote->weights, vote->n, single);

    return knn_single(sum / weight, single);
}


void
knn_regress(const knn_model_t *model, const knn_vote_t *vote, double *values)
{
    size_t        o, n;
    const double *from;

    n = model->info.n_outputs;

    for (o = 0; o < n; o++) {
        from = model->values + o;

        if (vote->n == 0) {
            values[o] = NAN;
        }
        else {
            values[o] = (vote->weights == NULL)
                            ? knn_regress_mean(model, vote, from, n)
                            : knn_regress_average(model, vote, from, n);
        }
    }
}
