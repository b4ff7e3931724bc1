
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "codes.h"
#include "layout.h"


/* integers whose differences are exact, a half of 2^53 */
#define KNN_CODES_WHOLE 0x1p52

bool
knn_codes_whole(const double *x, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!(fabs(x[i]) <= KNN_CODES_WHOLE) || x[i] != (double) (int64_t) x[i])
        {
            return false;
        }
    }

    return true;
}


/*
 * A feature is off by t = (x - low) / step - code.  What is computed of it is
 * off by less than 2^-51 (x - low) / step, three roundings, which the second
 * term stands for; the sum and its root by far less than 2^-24 of themselves.
 */
double
knn_codes_code(const knn_codes_t *codes, const knn_sweeps_t *sweeps,
               const double *x, size_t n, int8_t *q, knn_coded_t *coded)
{
    double t;

    sweeps->code(x, codes->low, codes->per, n, q, coded);

    t = sqrt(coded->off) * (1 + 0x1p-20);

    return (codes->whole && coded->whole)
               ? t
               : t + sqrt((double) n) * coded->most * 0x1p-50;
}


float
knn_codes_up(double error)
{
    return (error < FLT_MAX / 2) ? (float) (error * (1 + 0x1p-20)) : INFINITY;
}


/* Puts the code of a row in its place; returns its sum. */
static int32_t
knn_codes_put(const int8_t *q, size_t n, uint8_t *to)
{
    size_t  j;
    int32_t c, sum;

    sum = 0;

    for (j = 0; j < n; j++) {
        c = q[j] + KNN_CODES_SHIFT;
        sum += c * c - 2 * KNN_CODES_SHIFT * c;
        to[j / KNN_CODES_GROUP * KNN_CODES_BYTES + j % KNN_CODES_GROUP] =
            (uint8_t) c;
    }

    return sum;
}


void
knn_codes_block(const knn_codes_t *codes, const knn_parts_t *parts,
                const uint32_t *rows, size_t block, knn_codes_block_t *to)
{
    float         error;
    size_t        i, d, lane;
    knn_coded_t   coded;
    const double *row;

    d = parts->n_features;
    to->error = 0;

    for (i = 0; i < KNN_CODES_ROWS; i++) {
        lane = block * KNN_CODES_ROWS + i;

        if (lane >= parts->n_samples) {
            to->sums[i] = KNN_CODES_EMPTY;
            continue;
        }

        row = parts->x + rows[lane] * d;
        error = knn_codes_up(
            knn_codes_code(codes, to->sweeps, row, d, to->q, &coded));
        to->error = (error > to->error) ? error : to->error;

        to->sums[i] = knn_codes_put(to->q, d, to->codes + i * KNN_CODES_GROUP);
    }
}


void
knn_codes_shape(knn_codes_t *codes, size_t n, size_t d)
{
    codes->n_groups = (d + KNN_CODES_GROUP - 1) / KNN_CODES_GROUP;
    codes->n_blocks = (n + KNN_CODES_ROWS - 1) / KNN_CODES_ROWS;
    codes->n_slice = KNN_CODES_WORK / (codes->n_groups * KNN_CODES_BYTES);
    codes->n_slice =
        (codes->n_slice < KNN_CODES_SLICE) ? codes->n_slice : KNN_CODES_SLICE;
    codes->n_slice = (codes->n_slice > 0) ? codes->n_slice : 1;
}


/* Codes all rows into arrays. */
static void
knn_codes_fill(const knn_model_t *model, const knn_parts_t *parts, int8_t *q,
               uint8_t *bytes, int32_t *sums, float *errors)
{
    size_t             i;
    knn_codes_block_t  to;
    const knn_codes_t *codes;

    codes = model->codes;
    to.q = q;
    to.sweeps = model->kernels->sweeps;

    for (i = 0; i < codes->n_blocks; i++) {
        to.codes = bytes + i * codes->n_groups * KNN_CODES_BYTES;
        to.sums = sums + i * KNN_CODES_ROWS;

        knn_codes_block(codes, parts, model->rows, i, &to);
        errors[i] = to.error;
    }
}


int
knn_codes_build(knn_model_t *model, const knn_parts_t *parts)
{
    float       *errors;
    int32_t     *sums;
    int8_t      *q;
    uint8_t     *bytes;
    knn_codes_t *codes;

    if (knn_points_build(model, parts) != 0) {
        return -1;
    }

    codes = model->codes;
    knn_codes_shape(codes, parts->n_samples, parts->n_features);

    bytes = knn_arena_array(model->arena, codes->n_blocks,
                            codes->n_groups * KNN_CODES_BYTES);
    sums = knn_arena_array(model->arena, codes->n_blocks * KNN_CODES_ROWS,
                           sizeof(int32_t));
    errors = knn_arena_array(model->arena, codes->n_blocks, sizeof(float));
    q = malloc(knn_codes_room(parts->n_features));

    if (bytes == NULL || sums == NULL || errors == NULL || q == NULL) {
        free(q);
        return -1;
    }

    knn_codes_fill(model, parts, q, bytes, sums, errors);
    free(q);

    codes->codes = bytes;
    codes->sums = sums;
    codes->errors = errors;

    return 0;
}
