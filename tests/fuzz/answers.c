
/*
 * Copyright (C) nginx-knn contributors
 */


#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"

#include "../../model/layout.h"


#define POINTS 3

/* rounding of bounds and of powers, generously */
#define TOLERANCE 1e-9


void
demand(bool holds)
{
    if (!holds) {
        abort();
    }
}


/* Points of values that the features take, of which the first is a row. */
static double *
make_points(const knn_model_t *model)
{
    size_t                  i, n;
    double                 *x;
    const knn_feature_t    *feature;
    const knn_model_info_t *info;

    info = knn_model_info(model);
    n = POINTS * info->n_features;
    x = calloc(n, sizeof(double));
    demand(x != NULL);

    for (i = 0; i < n; i++) {
        feature = (info->features == NULL)
                      ? NULL
                      : &info->features[i % info->n_features];

        if (feature != NULL && feature->missing && i % 5 == 0) {
            x[i] = NAN;
        }
        else if (feature != NULL && feature->n_texts > 0) {
            x[i] = (feature->open && i % 3 == 0)
                       ? KNN_TEXT_UNKNOWN
                       : (double) (i % feature->n_texts);
        }
        else if (i < info->n_features && model->steps.n_inputs == 0
                 && model->blocks != NULL && model->n_blocks > 0
                 && isfinite(model->blocks[i * KNN_LANES]))
        {
            x[i] = model->blocks[i * KNN_LANES];
        }
        else {
            x[i] = (double) (i % 7) * 0.75 - 1;
        }
    }

    return x;
}


static void
check_row(const knn_query_t *query, size_t row)
{
    size_t                  i;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);

    for (i = 0; query->classes != NULL && i < info->n_outputs; i++) {
        demand(query->classes[row * info->n_outputs + i]
                   < info->outputs[i].n_classes
               || info->outputs[i].outlier != NULL);
    }

    if (query->indices == NULL) {
        return;
    }

    demand(query->novelty[row] >= 0 && query->novelty[row] <= 1);

    for (i = query->first[row]; i < query->first[row + 1]; i++) {
        demand(query->indices[i] >= 0
               && (size_t) query->indices[i] < info->n_samples);
        demand(i == query->first[row]
               || !(query->distances[i] < query->distances[i - 1]));

        if (info->n_outputs > 0 && !info->regressor) {
            demand(knn_model_target(query->model, query->indices[i], 0)
                   < info->outputs[0].n_classes);
        }
    }
}


static int
compare(const void *a, const void *b)
{
    double x, y;

    x = *(const double *) a;
    y = *(const double *) b;

    return (x > y) - (x < y);
}


/*
 * The distance from q to every training row, by their numbers; NULL when one
 * is NaN, as infinity is with a weight of 0.
 */
static double *
plain_distances(const knn_model_t *model, const double *q)
{
    bool          nan;
    size_t        i, j, d, found;
    double       *all, *row;
    const double *block;

    d = model->space.n_features;
    found = 0;
    nan = false;

    all = calloc(model->info.n_samples, sizeof(double));
    row = calloc(d, sizeof(double));
    demand(all != NULL && row != NULL);

    for (i = 0; i < model->n_blocks * KNN_LANES; i++) {
        if (model->rows[i] >= model->info.n_samples) {
            continue;
        }

        block = model->blocks + i / KNN_LANES * KNN_LANES * d;

        for (j = 0; j < d && model->points == NULL; j++) {
            row[j] = block[j * KNN_LANES + i % KNN_LANES];
        }

        if (model->points != NULL) {
            knn_points_row(model, i, row);
        }

        all[model->rows[i]] = model->metric->to_dist(
            &model->space, model->metric->rdist(&model->space, q, row));
        nan = nan || isnan(all[model->rows[i]]);
        found++;
    }

    demand(found == model->info.n_samples);
    free(row);

    if (nan) {
        free(all);
        return NULL;
    }

    return all;
}


/* The neighbors of one point against all rows. */
static void
check_nearest(const knn_model_t *model, const double *q, const int64_t *indices,
              const double *distances)
{
    size_t i, k;
    double far, limit, *all;

    k = model->info.n_neighbors;
    all = plain_distances(model, q);

    if (all == NULL) {
        return;
    }

    /* beyond, what the heap began with is the answer, as in scikit-learn */
    limit = model->metric->to_dist(&model->space, DBL_MAX);

    for (i = 0; i < k; i++) {
        far = all[indices[i]];
        demand(!(distances[i] < limit)
               || fabs(far - distances[i]) <= TOLERANCE * far);
    }

    qsort(all, model->info.n_samples, sizeof(double), compare);

    /* a ball may lie anywhere, its bound is as exact as its center is near */
    for (i = 0; model->algorithm != KNN_BALL_TREE && i < k; i++) {
        demand(!(all[i] < limit)
               || fabs(all[i] - distances[i]) <= TOLERANCE * all[i] + DBL_MIN);
    }

    free(all);
}


void
check_answers(const knn_model_t *model)
{
    void                   *memory;
    size_t                  i, size;
    double                 *x;
    knn_query_t            *query;
    const knn_model_info_t *info;

    info = knn_model_info(model);
    size = knn_query_size(model, POINTS, info->serves);
    demand(size != 0);

    x = make_points(model);
    memory = aligned_alloc(KNN_ALIGNMENT, size);
    demand(memory != NULL);

    query = knn_query_init(memory, model, x, POINTS, info->serves);
    demand(knn_query_run(query, SIZE_MAX));

    for (i = 0; i < query->done; i++) {
        check_row(query, i);

        /* where the order of NaN does not decide, nor anything before */
        if (query->indices != NULL && model->steps.n_inputs == 0
            && !model->within && !model->metric->wild)
        {
            check_nearest(model, x + i * info->n_features,
                          query->indices + query->first[i],
                          query->distances + query->first[i]);
        }
    }

    free(memory);
    free(x);
}


void
check_refusal(const knn_error_t *err, const char *name)
{
    size_t len;

    len = strlen(name);

    demand(err->status != KNN_OK);
    demand(strchr(err->message, '\n') == NULL);
    demand(strncmp(err->message, name, len) == 0
           && strncmp(err->message + len, ": ", 2) == 0);
}
