
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Any bytes as a model's file.  What is taken for a model must answer: labels
 * that exist, neighbors that exist, each at the distance of its row, nearest
 * first, and none nearer left out.
 */


#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../model/model.h"


#define MAX_BYTES (16 * 1024 * 1024)
#define POINTS    3

/* rounding of bounds and of powers, generously */
#define TOLERANCE 1e-9


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
demand(bool holds)
{
    if (!holds) {
        abort();
    }
}


/* The distance from q to the row in a lane, without any kernel. */
static double
plain_distance(const knn_model_t *model, size_t lane, const double *q)
{
    size_t        j, d;
    double        t, sum;
    const double *x;

    d = model->info.n_features;
    x = model->blocks + lane / KNN_LANES * KNN_LANES * d + lane % KNN_LANES;
    sum = 0;

    for (j = 0; j < d; j++) {
        t = fabs(x[j * KNN_LANES] - q[j]);

        switch (model->kind) {

        case KNN_EUCLIDEAN:
            sum += t * t;
            break;

        case KNN_MANHATTAN:
            sum += t;
            break;

        case KNN_CHEBYSHEV:
            sum = t > sum ? t : sum;
            break;

        case KNN_MINKOWSKI:
            sum += pow(t, model->p);
            break;
        }
    }

    if (model->kind == KNN_EUCLIDEAN) {
        return sqrt(sum);
    }

    return model->kind == KNN_MINKOWSKI ? pow(sum, 1 / model->p) : sum;
}


/* The lane of every training row; the lanes between are empty. */
static size_t *
row_lanes(const knn_model_t *model)
{
    size_t i, d, found, *lanes;

    d = model->info.n_features;
    found = 0;
    lanes = calloc(model->info.n_samples, sizeof(size_t));
    demand(lanes != NULL);

    for (i = 0; i < model->n_blocks * KNN_LANES; i++) {
        if (isfinite(
                model->blocks[i / KNN_LANES * KNN_LANES * d + i % KNN_LANES])) {
            demand(model->rows[i] < model->info.n_samples);
            lanes[model->rows[i]] = i;
            found++;
        }
    }

    demand(found == model->info.n_samples);

    return lanes;
}


/* Points on, between and outside of training rows. */
static double *
make_points(const knn_model_t *model, const size_t *lanes)
{
    size_t        j, d, last;
    double       *x;
    const double *a, *b;

    d = model->info.n_features;
    last = lanes[model->info.n_samples - 1];
    x = calloc(POINTS * d, sizeof(double));
    demand(x != NULL);

    a = model->blocks + lanes[0] / KNN_LANES * KNN_LANES * d
        + lanes[0] % KNN_LANES;
    b = model->blocks + last / KNN_LANES * KNN_LANES * d + last % KNN_LANES;

    for (j = 0; j < d; j++) {
        x[j] = a[j * KNN_LANES];
        x[d + j] = a[j * KNN_LANES] / 2 + b[j * KNN_LANES] / 2;
    }

    return x;
}


static int
compare(const void *a, const void *b)
{
    double x, y;

    x = *(const double *) a;
    y = *(const double *) b;

    return (x > y) - (x < y);
}


/* The neighbors of one point against all rows. */
static void
check_neighbors(const knn_model_t *model, const size_t *lanes, const double *q,
                const int64_t *indices, const double *distances)
{
    size_t i, k, n;
    double far, limit, *all;

    n = model->info.n_samples;
    k = model->info.n_neighbors;

    /* beyond, what the heap began with is the answer, as in scikit-learn */
    limit = model->metric->to_dist(DBL_MAX, model->p);

    all = calloc(n, sizeof(double));
    demand(all != NULL);

    for (i = 0; i < n; i++) {
        all[i] = plain_distance(model, lanes[i], q);
    }

    for (i = 0; i < k; i++) {
        demand(indices[i] >= 0 && (size_t) indices[i] < n);
        demand(i == 0 || !(distances[i] < distances[i - 1]));

        if (distances[i] < limit) {
            far = all[indices[i]];
            demand(fabs(far - distances[i]) <= TOLERANCE * far);
        }
    }

    qsort(all, n, sizeof(double), compare);

    /* a ball may lie anywhere, its bound is as exact as its center is near */
    for (i = 0; model->algorithm != KNN_BALL_TREE && i < k; i++) {
        demand(!(all[i] < limit)
               || fabs(all[i] - distances[i]) <= TOLERANCE * all[i] + DBL_MIN);
    }

    free(all);
}


static void
check_classes(const knn_model_t *model, const knn_query_t *query)
{
    size_t i, j;

    for (i = 0; i < POINTS; i++) {
        for (j = 0; j < model->info.n_outputs; j++) {
            demand(query->classes[i * model->info.n_outputs + j]
                   < model->info.outputs[j].n_classes);
        }

        demand(query->novelty[i] >= 0 && query->novelty[i] <= 1);
    }
}


static void
check_answers(const knn_model_t *model)
{
    void        *memory;
    size_t       i, k, size, *lanes;
    double      *x;
    unsigned     outputs;
    knn_query_t *query;

    lanes = row_lanes(model);
    x = make_points(model, lanes);

    outputs = KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS;
    size = knn_query_size(model, POINTS, outputs);
    demand(size != 0);

    memory = aligned_alloc(KNN_ALIGNMENT, (size + KNN_ALIGNMENT - 1)
                                              / KNN_ALIGNMENT * KNN_ALIGNMENT);
    demand(memory != NULL);

    query = knn_query_init(memory, model, x, POINTS, outputs);
    demand(knn_query_run(query, POINTS));

    check_classes(model, query);

    k = model->info.n_neighbors;

    for (i = 0; i < POINTS; i++) {
        check_neighbors(model, lanes, x + i * model->info.n_features,
                        query->indices + i * k, query->distances + i * k);
    }

    free(memory);
    free(x);
    free(lanes);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    knn_error_t  err;
    knn_model_t *model;

    model = knn_model_read(data, size, "fuzz", MAX_BYTES, &err);

    if (model == NULL) {
        demand(err.status != KNN_OK);
        demand(memchr(err.message, '\n', strlen(err.message)) == NULL);
        demand(strncmp(err.message, "fuzz: ", 6) == 0);
        return 0;
    }

    check_answers(model);
    knn_model_free(model);

    return 0;
}
