
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What a step read, told by what it made: the values that are not NaN.  An
 * input that was told already is left as it is.
 */


#include <float.h>
#include <math.h>

#include "step.h"


/* how far a code may be off that arithmetic has gone over, in its size */
#define KNN_CODE_BLUR 1e-9

/* where scikit-learn clips the shares of a normal distribution, up to blur */
#define KNN_SHARE_CLIPPED 1.000001e-7


/* Keeps what is told first of a value. */
static inline void
knn_step_tell(double *in, double value)
{
    if (isnan(*in)) {
        *in = value;
    }
}


void
knn_step_select_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i;

    for (i = 0; i < step->n_out; i++) {
        knn_step_tell(&in[step->columns[i]], out[i]);
    }
}


/* Of what is clipped or imputed, the value that passes as it is. */
void
knn_step_same_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        knn_step_tell(&in[i], out[i]);
    }
}


void
knn_step_add_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        knn_step_tell(&in[i], out[i] - step->numbers[i]);
    }
}


void
knn_step_subtract_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        knn_step_tell(&in[i], out[i] + step->numbers[i]);
    }
}


void
knn_step_multiply_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        if (step->numbers[i] != 0) {
            knn_step_tell(&in[i], out[i] / step->numbers[i]);
        }
    }
}


void
knn_step_divide_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        knn_step_tell(&in[i], out[i] * step->numbers[i]);
    }
}


void
knn_step_box_cox_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i;
    double exponent;

    for (i = 0; i < step->n_in; i++) {
        exponent = step->numbers[i];

        knn_step_tell(&in[i], (fabs(exponent) < DBL_EPSILON)
                                  ? exp(out[i])
                                  : exp(log1p(exponent * out[i]) / exponent));
    }
}


/* The branch of numbers from 0 on; the other one is its mirror image. */
static double
knn_step_yeo_back(double value, double exponent)
{
    return (fabs(exponent) < DBL_EPSILON)
               ? expm1(value)
               : expm1(log1p(exponent * value) / exponent);
}


void
knn_step_yeo_johnson_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i;

    for (i = 0; i < step->n_in; i++) {
        knn_step_tell(&in[i],
                      (out[i] < 0)
                          ? -knn_step_yeo_back(-out[i], 2 - step->numbers[i])
                          : knn_step_yeo_back(out[i], step->numbers[i]));
    }
}


/* The value of a rank, between the quantiles around it. */
static double
knn_step_quantile_at(const double *references, const double *quantiles,
                     size_t n, double rank)
{
    double share;
    size_t low, high, middle;

    low = 0;
    high = n - 1;

    if (isnan(rank) || rank >= references[high]) {
        return isnan(rank) ? rank : quantiles[high];
    }

    if (rank <= references[low]) {
        return quantiles[low];
    }

    while (high - low > 1) {
        middle = low + (high - low) / 2;

        if (references[middle] <= rank) {
            low = middle;
        }
        else {
            high = middle;
        }
    }

    share = (rank - references[low]) / (references[high] - references[low]);

    return quantiles[low] + share * (quantiles[high] - quantiles[low]);
}


/* The share of a normal quantile; one that was clipped is that of an end. */
static double
knn_step_share(double quantile)
{
    double share;

    share = erfc(-quantile * M_SQRT1_2) / 2;

    return (share < KNN_SHARE_CLIPPED)       ? 0
           : (share > 1 - KNN_SHARE_CLIPPED) ? 1
                                             : share;
}


void
knn_step_quantile_back(const knn_step_t *step, const double *out, double *in)
{
    size_t        i, n;
    double        rank;
    const double *references;

    n = (step->n_numbers - 1) / (step->n_in + 1);
    references = step->numbers + 1;

    for (i = 0; i < step->n_in; i++) {
        rank = (step->kind == KNN_STEP_QUANTILE_NORMAL) ? knn_step_share(out[i])
                                                        : out[i];

        knn_step_tell(&in[i],
                      knn_step_quantile_at(references, references + (i + 1) * n,
                                           n, rank));
    }
}


/* The only code from 0 to n that is none of n ascending ones, or NaN. */
static double
knn_step_left_out(const double *codes, size_t n)
{
    size_t i;

    for (i = 0; i < n && codes[n - 1] == (double) n; i++) {
        if (codes[i] != (double) i) {
            return (double) i;
        }
    }

    return NAN;
}


/* The code whose column is 1, or the one without a column when all are 0. */
static double
knn_step_code(const double *codes, const double *out, size_t n)
{
    size_t i, known;

    known = 0;

    for (i = 0; i < n; i++) {
        if (out[i] > 0.5) {
            return codes[i];
        }

        known += isnan(out[i]) ? 0 : 1;
    }

    return (known == n) ? knn_step_left_out(codes, n) : NAN;
}


/* Encoders write the columns of an input side by side, codes ascending. */
void
knn_step_equal_back(const knn_step_t *step, const double *out, double *in)
{
    size_t i, n;

    for (i = 0; i < step->n_out; i += n) {
        for (n = 1; i + n < step->n_out; n++) {
            if (step->columns[i + n] != step->columns[i]) {
                break;
            }
        }

        knn_step_tell(&in[step->columns[i]],
                      knn_step_code(step->numbers + i, out + i, n));
    }
}


/* The key of a code, NaN when it is that of none or of several. */
static double
knn_step_key(const double *keys, const double *codes, size_t n, double code)
{
    size_t i;
    double key;
    bool   found;

    key = NAN;
    found = false;

    for (i = 0; i < n; i++) {
        if (fabs(codes[i] - code) <= KNN_CODE_BLUR * fmax(1, fabs(code))) {
            if (found) {
                return NAN;
            }

            key = keys[i];
            found = true;
        }
    }

    return key;
}


void
knn_step_encode_back(const knn_step_t *step, const double *out, double *in)
{
    size_t        i, n_keys;
    const double *keys, *codes;

    n_keys = (step->n_numbers - step->n_in) / 2;
    keys = step->numbers;
    codes = keys + n_keys;

    for (i = 0; i < step->n_in; i++) {
        knn_step_tell(&in[i],
                      knn_step_key(keys, codes, step->columns[i], out[i]));

        keys += step->columns[i];
        codes += step->columns[i];
    }
}
