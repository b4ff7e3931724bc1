
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Training rows as they are, one after the other, for ways that measure them
 * here and there; as floats when that loses nothing.
 */


#include <math.h>
#include <string.h>

#include "layout.h"


bool
knn_points_narrow(const knn_parts_t *parts)
{
    size_t i;

    for (i = 0; i < parts->n_samples * parts->n_features; i++) {
        if ((double) (float) parts->x[i] != parts->x[i]) {
            return false;
        }
    }

    return true;
}


int
knn_points_build(knn_model_t *model, const knn_parts_t *parts)
{
    void         *to;
    char         *points;
    size_t        i, j, d;
    uint32_t     *rows;
    const double *from;

    d = parts->n_features;
    model->narrow = knn_points_narrow(parts);
    rows = knn_arena_array(model->arena, model->n_blocks * KNN_LANES,
                           sizeof(uint32_t));
    points = knn_arena_array(model->arena, parts->n_samples * d,
                             model->narrow ? sizeof(float) : sizeof(double));

    if (rows == NULL || points == NULL) {
        return -1;
    }

    knn_layout_rows(parts, model->nodes, model->n_blocks, rows);

    for (i = 0; i < parts->n_samples; i++) {
        from = parts->x + rows[i] * d;
        to = points + i * d * (model->narrow ? sizeof(float) : sizeof(double));

        if (!model->narrow) {
            memcpy(to, from, d * sizeof(double));
            continue;
        }

        for (j = 0; j < d; j++) {
            ((float *) to)[j] = (float) from[j];
        }
    }

    model->rows = rows;
    model->points = points;

    return 0;
}


bool
knn_points_same(const knn_parts_t *parts, const uint32_t *rows)
{
    size_t              i, j, d;
    double              point;
    const double       *row;
    const knn_layout_t *layout;

    d = parts->n_features;
    layout = parts->layout;

    for (i = 0; i < parts->n_samples; i++) {
        row = parts->x + rows[i] * d;

        for (j = 0; j < d; j++) {
            point = layout->narrow
                        ? (double) ((const float *) layout->points)[i * d + j]
                        : ((const double *) layout->points)[i * d + j];

            if (point != row[j]) {
                return false;
            }
        }
    }

    return true;
}


void
knn_points_row(const knn_model_t *model, size_t lane, double *row)
{
    size_t      j;
    const void *from;

    from = knn_points_at(model, lane);

    for (j = 0; j < model->space.n_features; j++) {
        row[j] = model->narrow ? ((const float *) from)[j]
                               : ((const double *) from)[j];
    }
}


void
knn_points_scan(const knn_model_t *model, size_t block, size_t n,
                const double *q, double *rdist)
{
    size_t      i, lane, last;
    const void *rows[KNN_LANES];

    last = model->info.n_samples - 1;
    lane = block * KNN_LANES;

    for (/* void */; n > 0; n--) {
        for (i = 0; i < KNN_LANES; i++) {
            rows[i] = knn_points_at(model, (lane + i < last) ? lane + i : last);
        }

        model->kernels->scans->rows[model->narrow](
            rows, model->space.n_features, q, rdist);

        for (i = 0; i < KNN_LANES; i++) {
            rdist[i] = (lane + i > last) ? INFINITY : rdist[i];
        }

        lane += KNN_LANES;
        rdist += KNN_LANES;
    }
}
