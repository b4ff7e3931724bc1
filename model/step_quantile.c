
/*
 * Copyright (C) nginx-knn contributors
 */


/* The step that replaces values by their ranks among the training data. */


#include <math.h>
#include <stddef.h>

#include "step.h"


/* what scikit-learn clips normal quantiles at, those of 1e-7 and 1 - 1e-7 */
#define KNN_NORMAL_LEAST    (-5.199337582605575)
#define KNN_NORMAL_GREATEST 5.19933758270342

/* what numpy looks at before it halves */
#define KNN_QUANTILE_FIRST 4
#define KNN_QUANTILE_NEAR  9

/* the share of a normal distribution that another formula is used for */
#define KNN_NORMAL_TAIL 0.13533528323661269189

#define KNN_NORMAL_ROOT 2.50662827463100050242 /* of 2 pi */


/* one input's quantiles and what they mean, from either end */
typedef struct {
    size_t        n;
    double        sign; /* -1 from the end, so that they ascend all the same */
    ptrdiff_t     step;
    const double *quantiles;
    const double *references;
} knn_ranks_t;


/* The k-th quantile from where it begins. */
static inline double
knn_quantile_at(const knn_ranks_t *ranks, size_t k)
{
    return ranks->sign * ranks->quantiles[(ptrdiff_t) k * ranks->step];
}


/*
 * The last quantile that is not above x, which is between the first and the
 * last.  Old releases kept quantiles whose last bits do not ascend, where it
 * matters that they are looked at in numpy's order.
 */
static size_t
knn_quantile_search(const knn_ranks_t *ranks, double x)
{
    size_t low, high, middle;

    for (low = 1; low < KNN_QUANTILE_FIRST && low < ranks->n; low++) {
        if (x < knn_quantile_at(ranks, low)) {
            return low - 1;
        }
    }

    high = ranks->n;

    if (high > KNN_QUANTILE_NEAR + 1
        && x < knn_quantile_at(ranks, KNN_QUANTILE_NEAR))
    {
        high = KNN_QUANTILE_NEAR;
    }

    while (low < high) {
        middle = low + (high - low) / 2;

        if (knn_quantile_at(ranks, middle) <= x) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }

    return low - 1;
}


/* What numpy's interp() gives for x. */
static double
knn_quantile_interpolate(const knn_ranks_t *ranks, double x)
{
    size_t    k;
    double    x0, x1, y0, y1;
    ptrdiff_t last;

    last = (ptrdiff_t) (ranks->n - 1) * ranks->step;

    if (x < knn_quantile_at(ranks, 0)) {
        return ranks->sign * ranks->references[0];
    }

    k = (x > knn_quantile_at(ranks, ranks->n - 1))
            ? ranks->n - 1
            : knn_quantile_search(ranks, x);

    if (k == ranks->n - 1) {
        return ranks->sign * ranks->references[last];
    }

    x0 = knn_quantile_at(ranks, k);
    x1 = knn_quantile_at(ranks, k + 1);
    y0 = ranks->sign * ranks->references[(ptrdiff_t) k * ranks->step];
    y1 = ranks->sign * ranks->references[(ptrdiff_t) (k + 1) * ranks->step];

    return (y1 - y0) / (x1 - x0) * (x - x0) + y0;
}


/*
 * The rank of a value, 0 to 1.  Near either end it is that end's: within the
 * bound or, without one, on the very quantile.
 */
static double
knn_quantile_rank(const knn_ranks_t *ranks, double bound, double x)
{
    double      first, last;
    knn_ranks_t from_end;

    first = ranks->quantiles[0];
    last = ranks->quantiles[ranks->n - 1];

    if (isnan(x)) {
        return x;
    }

    if ((bound > 0) ? x - bound < first : x == first) {
        return 0;
    }

    if ((bound > 0) ? x + bound > last : x == last) {
        return 1;
    }

    from_end = (knn_ranks_t){.n = ranks->n,
                             .sign = -1,
                             .step = -1,
                             .quantiles = ranks->quantiles + ranks->n - 1,
                             .references = ranks->references + ranks->n - 1};

    return 0.5
           * (knn_quantile_interpolate(ranks, x)
              - knn_quantile_interpolate(&from_end, -x));
}


/* A polynomial, the highest power first. */
static double
knn_normal_polynomial(const double *factors, size_t n, double x)
{
    size_t i;
    double sum;

    sum = factors[0];

    for (i = 1; i < n; i++) {
        sum = sum * x + factors[i];
    }

    return sum;
}


/* The normal quantile of a share in the middle, of which a half is taken. */
static double
knn_normal_middle(double share)
{
    double square;

    static const double above[] = {
        -5.99633501014107895267e1, 9.80010754185999661536e1,
        -5.66762857469070293439e1, 1.39312609387279679503e1,
        -1.23916583867381258016e0};

    static const double below[] = {1,
                                   1.95448858338141759834e0,
                                   4.67627912898881538453e0,
                                   8.63602421390890590575e1,
                                   -2.25462687854119370527e2,
                                   2.00260212380060660359e2,
                                   -8.20372256168333339912e1,
                                   1.59056225126211695515e1,
                                   -1.18331621121330003142e0};

    square = share * share;

    return (share
            + share
                  * (square * knn_normal_polynomial(above, 5, square)
                     / knn_normal_polynomial(below, 9, square)))
           * KNN_NORMAL_ROOT;
}


/* The normal quantile of a small share, without its sign. */
static double
knn_normal_tail(double share)
{
    double x, inverse;

    static const double above[] = {
        4.05544892305962419923e0,   3.15251094599893866154e1,
        5.71628192246421288162e1,   4.40805073893200834700e1,
        1.46849561928858024014e1,   2.18663306850790267539e0,
        -1.40256079171354495875e-1, -3.50424626827848203418e-2,
        -8.57456785154685413611e-4};

    static const double below[] = {1,
                                   1.57799883256466749731e1,
                                   4.53907635128879210584e1,
                                   4.13172038254672030440e1,
                                   1.50425385692907503408e1,
                                   2.50464946208309415979e0,
                                   -1.42182922854787788574e-1,
                                   -3.80806407691578277194e-2,
                                   -9.33259480895457427372e-4};

    x = sqrt(-2 * log(share));
    inverse = 1 / x;

    return x - log(x) / x
           - inverse * knn_normal_polynomial(above, 9, inverse)
                 / knn_normal_polynomial(below, 9, inverse);
}


/* The normal quantile of a share, as far as scikit-learn does not clip it. */
static double
knn_normal_quantile(double share)
{
    double x;

    if (share <= 0) {
        return KNN_NORMAL_LEAST;
    }

    if (share >= 1) {
        return KNN_NORMAL_GREATEST;
    }

    if (share > 1 - KNN_NORMAL_TAIL) {
        x = knn_normal_tail(1 - share);
    }
    else if (share > KNN_NORMAL_TAIL) {
        x = knn_normal_middle(share - 0.5);
    }
    else {
        x = -knn_normal_tail(share);
    }

    return (x < KNN_NORMAL_LEAST)      ? KNN_NORMAL_LEAST
           : (x > KNN_NORMAL_GREATEST) ? KNN_NORMAL_GREATEST
                                       : x;
}


size_t
knn_step_quantile(const knn_step_t *step, const double *in, double *out)
{
    size_t      i;
    knn_ranks_t ranks;

    ranks.sign = 1;
    ranks.step = 1;
    ranks.n = (step->n_numbers - 1) / (step->n_in + 1);
    ranks.references = step->numbers + 1;
    ranks.quantiles = ranks.references;

    for (i = 0; i < step->n_in; i++) {
        ranks.quantiles += ranks.n;
        out[i] = knn_quantile_rank(&ranks, step->numbers[0], in[i]);
    }

    return step->n_in;
}


size_t
knn_step_quantile_normal(const knn_step_t *step, const double *in, double *out)
{
    size_t i;

    (void) knn_step_quantile(step, in, out);

    for (i = 0; i < step->n_in; i++) {
        out[i] = knn_normal_quantile(out[i]);
    }

    return step->n_in;
}
