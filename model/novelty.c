
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "novelty.h"


/* multiplications that may be spent: some tenths of a second */
#define KNN_NOVELTY_BUDGET 0x80000000

/* rows below which shares near 1 would be too coarse to tell anything */
#define KNN_NOVELTY_LEAST 200


/* a sampled row, and the least distance from it to another one, or reduced */
typedef struct {
    size_t        number;
    const double *x;
    double        nearest;
} knn_novelty_row_t;


/* How many rows there is time for. */
static size_t
knn_novelty_samples(const knn_model_t *model)
{
    double rows;

    rows = KNN_NOVELTY_BUDGET
           / ((double) model->info.n_samples * (double) model->cost);

    rows = fmax(rows, KNN_NOVELTY_LEAST);

    return (rows < (double) model->info.n_samples) ? (size_t) rows
                                                   : model->info.n_samples;
}


/* Keeps the least distance; lanes are those worth a look. */
static inline void
knn_novelty_least(knn_novelty_row_t *row, const double *rdist,
                  const uint32_t *numbers, uint64_t lanes)
{
    size_t i;

    while (lanes != 0) {
        i = (size_t) __builtin_ctzll(lanes);
        lanes &= lanes - 1;

        if (rdist[i] < row->nearest && numbers[i] != row->number) {
            row->nearest = rdist[i];
        }
    }
}


/* Compares sampled rows with a cacheful of all. */
static void
knn_novelty_blocks(const knn_model_t *model, size_t block, size_t blocks,
                   knn_novelty_row_t *rows, size_t n)
{
    size_t i, j;
    double limit;
    double rdist[KNN_SCAN_BLOCKS * KNN_LANES]
        __attribute__((aligned(KNN_ALIGNMENT)));
    uint64_t             below[KNN_SCAN_BLOCKS / 8];
    const uint32_t      *numbers;
    const knn_kernels_t *kernels;

    kernels = model->kernels;
    numbers = model->rows + block * KNN_LANES;

    for (i = 0; i < n; i++) {
        knn_layout_scan(model, block, blocks, rows[i].x, rdist);

        /* the two least of these are enough, should all be nearer */

        limit = model->metric->wild ? INFINITY
                                    : kernels->scans->enough(rdist, blocks, 2);
        limit = (limit < rows[i].nearest) ? limit : rows[i].nearest;

        kernels->scans->below(rdist, blocks, limit, below);

        for (j = 0; j < blocks; j += 8) {
            knn_novelty_least(&rows[i], rdist + j * KNN_LANES,
                              numbers + j * KNN_LANES, below[j / 8]);
        }
    }
}


/* Compares sampled rows with all, and makes distances of the least ones. */
static void
knn_novelty_scan(const knn_model_t *model, knn_novelty_row_t *rows, size_t n)
{
    size_t i, block, blocks;

    for (block = 0; block < model->n_blocks; block += blocks) {
        blocks = model->n_blocks - block;
        blocks = (blocks < KNN_SCAN_BLOCKS) ? blocks : KNN_SCAN_BLOCKS;

        knn_novelty_blocks(model, block, blocks, rows, n);
    }

    for (i = 0; i < n; i++) {
        rows[i].nearest =
            model->metric->to_dist(&model->space, rows[i].nearest);
    }
}


/* Keeps the nearest of two rows that is not the sampled one. */
static void
knn_novelty_keep(const knn_query_t *query, knn_novelty_row_t *rows, size_t n)
{
    size_t i, first;

    for (i = 0; i < n; i++) {
        first = query->first[i];
        first += (size_t) query->indices[first] == rows[i].number;
        rows[i].nearest = query->distances[first];
    }
}


/* Has the model's search find the two nearest of each; -1 without memory. */
static int
knn_novelty_search(const knn_model_t *model, knn_novelty_row_t *rows, size_t n)
{
    size_t       i, d;
    double      *x;
    void        *memory;
    knn_model_t  two;
    knn_arena_t *arena;
    knn_query_t *query;

    d = model->space.n_features;

    two = *model;
    two.info.n_neighbors = 2;
    two.info.n_features = d;
    two.steps.n_inputs = 0;
    two.nearest = &rows[0].nearest;
    two.info.novelty_samples = 1;

    arena = knn_arena_create(SIZE_MAX);

    if (arena == NULL) {
        return -1;
    }

    x = knn_arena_array(arena, n * d, sizeof(double));
    memory = knn_arena_alloc(arena, knn_query_size(&two, n, KNN_KNEIGHBORS));

    if (x == NULL || memory == NULL) {
        knn_arena_destroy(arena);
        return -1;
    }

    for (i = 0; i < n; i++) {
        memcpy(x + i * d, rows[i].x, d * sizeof(double));
    }

    query = knn_query_init(memory, &two, x, n, KNN_KNEIGHBORS);

    while (!knn_query_run(query, SIZE_MAX)) {
        /* void */
    }

    knn_novelty_keep(query, rows, n);

    knn_arena_destroy(arena);

    return 0;
}


/* A distance, infinite when it is NaN. */
static inline double
knn_novelty_number(double dist)
{
    return isnan(dist) ? INFINITY : dist;
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
knn_novelty_build(knn_model_t *model, const knn_parts_t *parts)
{
    size_t             i, n;
    double            *nearest;
    knn_novelty_row_t *rows;

    if (parts->layout != NULL) {
        model->nearest = parts->layout->nearest;
        model->info.novelty_samples = parts->layout->n_nearest;
        return 0;
    }

    n = knn_novelty_samples(model);

    nearest = knn_arena_array(model->arena, n, sizeof(double));
    rows = malloc(n * sizeof(knn_novelty_row_t));

    if (nearest == NULL || rows == NULL) {
        free(rows);
        return -1;
    }

    for (i = 0; i < n; i++) {
        rows[i].number = i * model->info.n_samples / n;
        rows[i].x = parts->x + rows[i].number * model->space.n_features;
        rows[i].nearest = INFINITY;
    }

    if (model->codes == NULL) {
        knn_novelty_scan(model, rows, n);
    }
    else if (knn_novelty_search(model, rows, n) != 0) {
        free(rows);
        return -1;
    }

    for (i = 0; i < n; i++) {
        nearest[i] = knn_novelty_number(rows[i].nearest);
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
    size_t        i, n, quarter;
    const double *base, *first, *second, *third;

    dist = knn_novelty_number(dist);
    base = model->nearest;

    /* all before base are below dist; three looks at once, and no branches */

    for (n = model->info.novelty_samples; n > 3; n -= 3 * quarter) {
        quarter = n / 4;

        first = base + quarter;
        second = first + quarter;
        third = second + quarter;

        base = (first[-1] < dist) ? first : base;
        base = (second[-1] < dist) ? second : base;
        base = (third[-1] < dist) ? third : base;
    }

    for (i = 0, first = base; i < n; i++) {
        base += first[i] < dist;
    }

    return (double) (base - model->nearest)
           / (double) (int64_t) model->info.novelty_samples;
}
