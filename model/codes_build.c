
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

/* sums that are made side by side */
#define KNN_CODES_SUMS 4


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


/* Codes a feature, adds what that is off; returns the code. */
static inline uint8_t
knn_codes_feature(const knn_codes_t *codes, double x, double low, double *sum,
                  double *most)
{
    double t, code;

    t = (x - low) * codes->per;
    *most = (fabs(t) > *most) ? fabs(t) : *most;

    code = t + 0.5;
    code = (code > 0) ? code : 0;
    code = (code < KNN_CODES_MOST) ? code : KNN_CODES_MOST;

    t -= (int) code;
    *sum += t * t;

    return (uint8_t) (int) code;
}


/*
 * A feature is off by t = (x - low) / step - code.  What is computed of it is
 * off by less than 2^-51 (x - low) / step, three roundings, which the second
 * term stands for; the sum and its root by far less than 2^-24 of themselves.
 */
double
knn_codes_code(const knn_codes_t *codes, const double *x, size_t n, uint8_t *to)
{
    size_t i, j;
    double t, sums[KNN_CODES_SUMS], most[KNN_CODES_SUMS];

    for (i = 0; i < KNN_CODES_SUMS; i++) {
        sums[i] = 0;
        most[i] = KNN_CODES_MOST;
    }

    for (j = 0; j + KNN_CODES_SUMS <= n; j += KNN_CODES_SUMS) {
        for (i = 0; i < KNN_CODES_SUMS; i++) {
            to[j + i] = knn_codes_feature(codes, x[j + i], codes->low[j + i],
                                          &sums[i], &most[i]);
        }
    }

    for (/* void */; j < n; j++) {
        to[j] =
            knn_codes_feature(codes, x[j], codes->low[j], &sums[0], &most[0]);
    }

    for (i = 1; i < KNN_CODES_SUMS; i++) {
        sums[0] += sums[i];
        most[0] = (most[i] > most[0]) ? most[i] : most[0];
    }

    t = sqrt(sums[0]) * (1 + 0x1p-20);

    return (codes->whole && knn_codes_whole(x, n))
               ? t
               : t + sqrt((double) n) * most[0] * 0x1p-50;
}


float
knn_codes_up(double error)
{
    return (error < FLT_MAX / 2) ? (float) (error * (1 + 0x1p-20)) : INFINITY;
}


/* Puts the code of a row in its place; returns its sum. */
static int32_t
knn_codes_put(const uint8_t *code, size_t n, uint8_t *to)
{
    size_t  j;
    int32_t c, sum;

    sum = 0;

    for (j = 0; j < n; j++) {
        c = code[j];
        sum += c * c - 2 * KNN_CODES_SHIFT * c;
        to[j / KNN_CODES_GROUP * KNN_CODES_BYTES + j % KNN_CODES_GROUP] =
            code[j];
    }

    return sum;
}


void
knn_codes_block(const knn_codes_t *codes, const knn_parts_t *parts,
                const uint32_t *rows, size_t block, knn_codes_block_t *to)
{
    float         error;
    size_t        i, d, lane;
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
        error = knn_codes_up(knn_codes_code(codes, row, d, to->code));
        to->error = (error > to->error) ? error : to->error;

        to->sums[i] =
            knn_codes_put(to->code, d, to->codes + i * KNN_CODES_GROUP);
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
knn_codes_fill(const knn_model_t *model, const knn_parts_t *parts,
               uint8_t *code, uint8_t *bytes, int32_t *sums, float *errors)
{
    size_t             i;
    knn_codes_block_t  to;
    const knn_codes_t *codes;

    codes = model->codes;
    to.code = code;

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
    uint8_t     *code, *bytes;
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
    code = malloc(parts->n_features);

    if (bytes == NULL || sums == NULL || errors == NULL || code == NULL) {
        free(code);
        return -1;
    }

    knn_codes_fill(model, parts, code, bytes, sums, errors);
    free(code);

    codes->codes = bytes;
    codes->sums = sums;
    codes->errors = errors;

    return 0;
}
