
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codes.h"


/* How long the steps of codes are, and where they begin. */

/* rows that the length of a step is chosen by */
#define KNN_CODES_SAMPLE 512

/* the share of the rows that may be neighbors */
#define KNN_CODES_SHARE 4

/* lengths that are tried, each the root of a half of the one before */
#define KNN_CODES_TRIES 8

/* steps whose squares neither overflow nor vanish, by far */
#define KNN_CODES_LEAST_STEP    0x1p-400
#define KNN_CODES_GREATEST_STEP 0x1p400


/* rows from which the frame is reckoned, and what is known of them */
typedef struct {
    const double *x;
    size_t        n;
    size_t        rows;   /* of the sample */
    size_t        stride; /* from one to the next */
    double       *least;
    double       *greatest;
    double       *mean;
    double        range; /* the greatest one of a feature */
} knn_codes_sample_t;


/* Finds what there is in the columns of a sample. */
static void
knn_codes_scan(knn_codes_sample_t *sample)
{
    size_t        i, j, n;
    const double *x;

    n = sample->n;

    for (j = 0; j < n; j++) {
        sample->least[j] = INFINITY;
        sample->greatest[j] = -INFINITY;
        sample->mean[j] = 0;
    }

    for (i = 0; i < sample->rows; i++) {
        x = sample->x + i * sample->stride * n;

        for (j = 0; j < n; j++) {
            sample->least[j] = fmin(sample->least[j], x[j]);
            sample->greatest[j] = fmax(sample->greatest[j], x[j]);
            sample->mean[j] += x[j] / (double) sample->rows;
        }
    }

    sample->range = 0;

    for (j = 0; j < n; j++) {
        sample->range =
            fmax(sample->range, sample->greatest[j] - sample->least[j]);
    }
}


/*
 * Lays the codes over each feature, around the mean where they are too short
 * for it; but not beyond what there is.
 */
static void
knn_codes_place(const knn_codes_sample_t *sample, double step, double *low)
{
    size_t j;
    double length;

    length = KNN_CODES_MOST * step;

    for (j = 0; j < sample->n; j++) {
        if (sample->greatest[j] - sample->least[j] <= length) {
            low[j] = sample->least[j]
                     - (length - (sample->greatest[j] - sample->least[j])) / 2;
            continue;
        }

        low[j] = fmax(sample->least[j], fmin(sample->mean[j] - length / 2,
                                             sample->greatest[j] - length));
    }
}


/* What codes of such a step would be off, a point's and those of a block. */
static double
knn_codes_try(const knn_codes_sample_t *sample, const knn_codes_t *codes,
              const knn_sweeps_t *sweeps, int8_t *q)
{
    size_t      i, j;
    double      error, worst, sum;
    knn_coded_t coded;

    sum = 0;

    for (i = 0; i < sample->rows; i += j) {
        worst = 0;

        for (j = 0; j < KNN_CODES_ROWS && i + j < sample->rows; j++) {
            error = knn_codes_code(
                codes, sweeps, sample->x + (i + j) * sample->stride * sample->n,
                sample->n, q, &coded);
            worst = fmax(worst, error);
            sum += error;
        }

        sum += worst * (double) j;
    }

    return sum;
}


/* Integers of a short range have exact codes, in steps of a power of two. */
static bool
knn_codes_integers(const knn_codes_sample_t *sample, const knn_parts_t *parts,
                   double *low, knn_codes_t *codes)
{
    size_t j;

    if (sample->range > KNN_CODES_MOST
        || !knn_codes_whole(parts->x, parts->n_samples * parts->n_features))
    {
        return false;
    }

    codes->whole = true;
    codes->per = exp2(floor(log2(KNN_CODES_MOST / sample->range)));
    codes->step = 1 / codes->per;

    for (j = 0; j < sample->n; j++) {
        low[j] = sample->least[j]
                 - floor((KNN_CODES_MOST * codes->step - sample->greatest[j]
                          + sample->least[j])
                         / 2);
    }

    return true;
}


/* Chooses the step with the least errors; -1 without memory. */
static int
knn_codes_choose(const knn_codes_sample_t *sample, const knn_sweeps_t *sweeps,
                 double *low, knn_codes_t *codes)
{
    size_t  i;
    double  sum, least, best;
    int8_t *q;

    q = malloc(knn_codes_room(sample->n));

    if (q == NULL) {
        return -1;
    }

    best = 0;
    least = INFINITY;
    codes->step = sample->range / KNN_CODES_MOST;

    for (i = 0; i < KNN_CODES_TRIES; i++) {
        codes->per = 1 / codes->step;
        knn_codes_place(sample, codes->step, low);
        sum = knn_codes_try(sample, codes, sweeps, q);

        if (sum < least) {
            least = sum;
            best = codes->step;
        }

        codes->step *= M_SQRT1_2;
    }

    free(q);

    codes->step = best;
    codes->per = 1 / best;
    knn_codes_place(sample, best, low);

    return 0;
}


/* Whether a step can serve; a ball's bounds must be exact enough beside it. */
static bool
knn_codes_serve(const knn_parts_t *parts, double step)
{
    double d;

    d = (double) parts->n_features;

    if (!(step >= KNN_CODES_LEAST_STEP && step <= KNN_CODES_GREATEST_STEP)) {
        return false;
    }

    return parts->algorithm != KNN_BALL_TREE
           || (d + 8) * parts->tree->nodes[0].radius < 0x1p20 * step;
}


/* Finds the frame of a sample; -1 without memory. */
static int
knn_codes_sampled(knn_model_t *model, const knn_parts_t *parts,
                  knn_codes_sample_t *sample)
{
    double      *low;
    knn_codes_t *codes;

    knn_codes_scan(sample);

    if (!knn_codes_serve(parts, sample->range / KNN_CODES_MOST)) {
        return 0;
    }

    low = knn_arena_array(model->arena, sample->n, sizeof(double));
    codes = knn_arena_alloc(model->arena, sizeof(knn_codes_t));

    if (low == NULL || codes == NULL) {
        return -1;
    }

    codes->low = low;

    if (!knn_codes_integers(sample, parts, low, codes)
        && knn_codes_choose(sample, model->kernels->sweeps, low, codes) != 0)
    {
        return -1;
    }

    model->codes = knn_codes_serve(parts, codes->step) ? codes : NULL;

    return 0;
}


bool
knn_codes_possible(const knn_parts_t *parts)
{
    return (parts->metric == KNN_EUCLIDEAN || parts->metric == KNN_SQEUCLIDEAN)
           && (parts->estimator == KNN_CLASSIFIER
               || parts->estimator == KNN_REGRESSOR
               || parts->estimator == KNN_NEIGHBORS)
           && parts->n_features >= KNN_LANES
           && parts->n_features <= KNN_CODES_FEATURES
           && (size_t) parts->n_neighbors <= parts->n_samples / KNN_CODES_SHARE;
}


bool
knn_codes_framed(const knn_codes_t *codes, const knn_parts_t *parts)
{
    size_t j;

    for (j = 0; j < parts->n_features; j++) {
        if (!isfinite(codes->low[j])) {
            return false;
        }
    }

    return knn_codes_possible(parts) && knn_codes_serve(parts, codes->step)
           && (!codes->whole
               || (codes->per == exp2(nearbyint(log2(codes->per)))
                   && knn_codes_whole(codes->low, parts->n_features)
                   && knn_codes_whole(
                       parts->x, parts->mapped
                                     ? 0
                                     : parts->n_samples * parts->n_features)));
}


int
knn_codes_frame(knn_model_t *model, const knn_parts_t *parts)
{
    int                rc;
    double            *columns;
    knn_codes_sample_t sample;

    memset(&sample, 0, sizeof(knn_codes_sample_t));

    sample.x = parts->x;
    sample.n = parts->n_features;
    sample.rows = (parts->n_samples < KNN_CODES_SAMPLE) ? parts->n_samples
                                                        : KNN_CODES_SAMPLE;
    sample.stride = parts->n_samples / sample.rows;

    columns = malloc(3 * sample.n * sizeof(double));

    if (columns == NULL) {
        return -1;
    }

    sample.least = columns;
    sample.greatest = columns + sample.n;
    sample.mean = columns + 2 * sample.n;

    rc = knn_codes_sampled(model, parts, &sample);
    free(columns);

    return rc;
}
