
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>

#include "golden_ask.h"


/* what distances and values of other machines may differ by, relatively */
#define KNN_GOLDEN_TOLERANCE 1e-6


size_t
knn_golden_count(const knn_query_t *query)
{
    size_t n;

    n = query->first[1];

    return (n < KNN_GOLDEN_NEIGHBORS) ? n : KNN_GOLDEN_NEIGHBORS;
}


/* Whether two numbers are equal up to rounding. */
static bool
knn_golden_near(double a, double b)
{
    return a == b || (isnan(a) && isnan(b))
           || fabs(a - b) <= KNN_GOLDEN_TOLERANCE * fmax(fabs(a), fabs(b));
}


/* Compares the predictions of a row. */
static knn_status_e
knn_golden_predicts(const knn_query_t *query, const knn_golden_t *golden,
                    size_t row, knn_error_t *err)
{
    size_t i, at, n_outputs;
    int64_t class;

    n_outputs = query->model->info.n_outputs;

    for (i = 0; i < n_outputs; i++) {
        at = row * n_outputs + i;

        if (query->classes != NULL && golden->classes != NULL) {
            class = (int32_t) query->classes[i];

            if (class != golden->classes[at]) {
                return knn_error(err, KNN_INCONSISTENT,
                                 "class %lld is predicted in place of %lld",
                                 (long long) class,
                                 (long long) golden->classes[at]);
            }
        }

        if (query->values != NULL && golden->values != NULL
            && !knn_golden_near(query->values[i], golden->values[at]))
        {
            return knn_error(err, KNN_INCONSISTENT,
                             "%.17g is predicted in place of %.17g",
                             query->values[i], golden->values[at]);
        }
    }

    return KNN_OK;
}


/* Compares the neighbors of a row. */
static knn_status_e
knn_golden_neighbors(const knn_query_t *query, const knn_golden_t *golden,
                     size_t row, knn_error_t *err)
{
    size_t i, n, at;

    at = (size_t) golden->first[row];
    n = (size_t) golden->first[row + 1] - at;

    if (n != knn_golden_count(query)) {
        return knn_error(err, KNN_INCONSISTENT,
                         "%zu neighbors are found in place of %zu",
                         knn_golden_count(query), n);
    }

    for (i = 0; i < n; i++, at++) {
        if (query->indices[i] != golden->indices[at]) {
            return knn_error(err, KNN_INCONSISTENT,
                             "neighbor %zu is row %lld in place of %lld", i,
                             (long long) query->indices[i],
                             (long long) golden->indices[at]);
        }

        if (!knn_golden_near(query->distances[i], golden->distances[at])) {
            return knn_error(err, KNN_INCONSISTENT,
                             "neighbor %zu is %.17g away in place of %.17g", i,
                             query->distances[i], golden->distances[at]);
        }
    }

    return KNN_OK;
}


knn_status_e
knn_golden_compare(const knn_query_t *query, const knn_golden_t *golden,
                   size_t row, knn_error_t *err)
{
    if (knn_golden_predicts(query, golden, row, err) != KNN_OK) {
        return err->status;
    }

    if (query->indices == NULL || golden->indices == NULL) {
        return KNN_OK;
    }

    if (golden->novelty != NULL && !(query->novelty[0] == golden->novelty[row]))
    {
        return knn_error(err, KNN_INCONSISTENT,
                         "the novelty is %.17g in place of %.17g",
                         query->novelty[0], golden->novelty[row]);
    }

    return knn_golden_neighbors(query, golden, row, err);
}


unsigned
knn_golden_outputs(const knn_model_t *model)
{
    return model->info.serves & (KNN_PREDICT | KNN_KNEIGHBORS);
}


void *
knn_golden_memory(const knn_model_t *model)
{
    size_t size;

    size = knn_query_size(model, 1, knn_golden_outputs(model));

    return (size == 0) ? NULL : aligned_alloc(KNN_ALIGNMENT, size);
}


const knn_query_t *
knn_golden_ask(const knn_model_t *model, void *memory, const double *x)
{
    knn_query_t *query;

    query = knn_query_init(memory, model, x, 1, knn_golden_outputs(model));
    (void) knn_query_run(query, SIZE_MAX);

    return query;
}


/* Whether a row may hold a value, as requests are checked too. */
static bool
knn_golden_fits(const knn_feature_t *feature, double value)
{
    if (feature == NULL) {
        return isfinite(value) != 0;
    }

    if (isnan(value)) {
        return feature->missing;
    }

    if (feature->n_texts == 0) {
        return isfinite(value) != 0;
    }

    return (value == KNN_TEXT_UNKNOWN && feature->open)
           || (value >= 0 && value < (double) feature->n_texts
               && value == floor(value));
}


/* Whether the queries are few and rows that could be asked for. */
static knn_status_e
knn_golden_check(const knn_model_info_t *info, const knn_golden_t *golden,
                 knn_error_t *err)
{
    size_t i, j;

    if (golden->n > KNN_GOLDEN_QUERIES) {
        return knn_error(err, KNN_LIMIT,
                         "has %zu golden queries, it must have at most %d",
                         golden->n, KNN_GOLDEN_QUERIES);
    }

    for (i = 0; i < golden->n * info->n_features; i++) {
        j = i % info->n_features;

        if (!knn_golden_fits((info->features == NULL) ? NULL
                                                      : &info->features[j],
                             golden->x[i]))
        {
            return knn_error(err, KNN_VALUE,
                             "golden query %zu has %g as feature %zu, which "
                             "the model does not take",
                             i / info->n_features, golden->x[i], j);
        }
    }

    return KNN_OK;
}


/* Replays one query. */
static knn_status_e
knn_golden_one(const knn_model_t *model, const knn_golden_t *golden, size_t row,
               void *memory, knn_error_t *err)
{
    char               name[KNN_ERROR_SIZE / 2];
    knn_status_e       rc;
    const knn_query_t *query;

    query =
        knn_golden_ask(model, memory, golden->x + row * model->info.n_features);

    rc = (query->done == 1)
             ? knn_golden_compare(query, golden, row, err)
             : knn_error(err, KNN_INCONSISTENT, "%s", query->error.message);

    if (rc != KNN_OK) {
        (void) snprintf(name, sizeof(name), "golden query %zu", row);
        knn_error_prefix(err, name);
    }

    return rc;
}


knn_status_e
knn_golden_replay(const knn_model_t *model, const knn_golden_t *golden,
                  knn_error_t *err)
{
    void        *memory;
    size_t       i;
    knn_status_e rc;

    if (golden->n == 0 || knn_golden_check(&model->info, golden, err) != KNN_OK)
    {
        return (golden->n == 0) ? KNN_OK : err->status;
    }

    memory = knn_golden_memory(model);

    if (memory == NULL) {
        return knn_error(err, KNN_NO_MEMORY,
                         "no memory to replay its golden queries");
    }

    rc = KNN_OK;

    for (i = 0; rc == KNN_OK && i < golden->n; i++) {
        rc = knn_golden_one(model, golden, i, memory, err);
    }

    free(memory);

    return rc;
}
