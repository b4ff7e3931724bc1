
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>

#include "novelty.h"


/* multiplications that may be spent: some tenths of a second */
#define KNN_NOVELTY_BUDGET 0x80000000


/* a sampled row, the two least reduced distances from it: its own is 0 */
typedef struct {
    const double *x;
    double        first;
    double        second;
} knn_novelty_row_t;


/* How many rows there is time for. */
static size_t
knn_novelty_samples(const knn_model_t *model)
{
    double rows, cost;

    cost = (double) model->info.n_samples * (double) model->info.n_features
           * model->metric->cost;

    rows = KNN_NOVELTY_BUDGET / cost;

    if (rows >= (double) model->info.n_samples) {
        return model->info.n_samples;
    }

    return (rows < 1) ? 1 : (size_t) rows;
}


/* Keeps the two least distances; lanes are those worth a look. */
static inline void
knn_novelty_least(knn_novelty_row_t *row, const double *rdist, uint64_t lanes)
{
    size_t i;

    while (lanes != 0) {
        i = (size_t) __builtin_ctzll(lanes);
        lanes &= lanes - 1;

        if (rdist[i] < row->first) {
            row->second = row->first;
            row->first = rdist[i];
        }
        else if (rdist[i] < row->second) {
            row->second = rdist[i];
        }
    }
}


/* Compares sampled rows with a cacheful of all. */
static void
knn_novelty_blocks(const knn_model_t *model, const double *x, size_t blocks,
                   knn_novelty_row_t *rows, size_t n)
{
    size_t i, j;
    double limit;
    double rdist[KNN_SCAN_BLOCKS * KNN_LANES]
        __attribute__((aligned(KNN_ALIGNMENT)));
    uint64_t             below[KNN_SCAN_BLOCKS / 8];
    const knn_kernels_t *kernels;

    kernels = model->kernels;

    for (i = 0; i < n; i++) {
        kernels->scan[model->kind](x, blocks, rows[i].x, model->info.n_features,
                                   model->p, rdist);

        /* the two least of these are enough, should all be nearer */

        limit = kernels->enough(rdist, blocks, 2);
        limit = (limit < rows[i].second) ? limit : rows[i].second;

        kernels->below(rdist, blocks, limit, below);

        for (j = 0; j < blocks; j += 8) {
            knn_novelty_least(&rows[i], rdist + j * KNN_LANES, below[j / 8]);
        }
    }
}


/* Compares sampled rows with all. */
static void
knn_novelty_scan(const knn_model_t *model, knn_novelty_row_t *rows, size_t n)
{
    size_t block, blocks;

    for (block = 0; block < model->n_blocks; block += blocks) {
        blocks = model->n_blocks - block;
        blocks = (blocks < KNN_SCAN_BLOCKS) ? blocks : KNN_SCAN_BLOCKS;

        knn_novelty_blocks(
            model, model->blocks + block * KNN_LANES * model->info.n_features,
            blocks, rows, n);
    }
}


/* The order of numbers, for qsort(). */
static int
knn_novelty_compare(const void *a, const void *b)
{
    double x, y;

    x = *(const double *) a;
    y = *(const double *) b;

    return (x > y) - (x < y);
}


int
knn_novelty_build(knn_model_t *model, const double *x)
{
    size_t             i, n;
    double            *nearest;
    knn_novelty_row_t *rows;

    n = knn_novelty_samples(model);

    nearest = knn_arena_array(model->arena, n, sizeof(double));
    rows = malloc(n * sizeof(knn_novelty_row_t));

    if (nearest == NULL || rows == NULL) {
        free(rows);
        return -1;
    }

    for (i = 0; i < n; i++) {
        rows[i].x = x + i * model->info.n_samples / n * model->info.n_features;
        rows[i].first = INFINITY;
        rows[i].second = INFINITY;
    }

    knn_novelty_scan(model, rows, n);

    for (i = 0; i < n; i++) {
        nearest[i] = model->metric->to_dist(rows[i].second, model->p);
    }

    free(rows);
    qsort(nearest, n, sizeof(double), knn_novelty_compare);

    model->nearest = nearest;
    model->info.novelty_samples = n;

    return 0;
}


double
knn_novelty(const knn_model_t *model, double dist)
{
    size_t        n, half;
    const double *base;

    /* base: as many entries before it as are known to be below dist */

    base = model->nearest;

    for (n = model->info.novelty_samples; n > 1; n -= half) {
        half = n / 2;
        base = (base[half - 1] < dist) ? base + half : base;
    }

    n = (size_t) (base - model->nearest) + (*base < dist);

    return (double) n / (double) model->info.novelty_samples;
}
