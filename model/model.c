
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "centroid.h"
#include "check.h"
#include "novelty.h"
#include "plan.h"
#include "range.h"
#include "search.h"
#include "targets.h"


/* what an estimator is called and what it can answer */
typedef struct {
    const char *name;
    unsigned    serves;
    bool        regressor;
    bool        within; /* neighbors are all rows within a radius */
} knn_estimator_t;


#define KNN_LABELS (KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS)
#define KNN_VALUES (KNN_PREDICT | KNN_KNEIGHBORS)

static const knn_estimator_t knn_estimators[] = {
    [KNN_CLASSIFIER] = {"KNeighborsClassifier", KNN_LABELS, false, false},
    [KNN_REGRESSOR] = {"KNeighborsRegressor", KNN_VALUES, true, false},
    [KNN_RADIUS_CLASSIFIER] = {"RadiusNeighborsClassifier", KNN_LABELS, false,
                               true},
    [KNN_RADIUS_REGRESSOR] = {"RadiusNeighborsRegressor", KNN_VALUES, true,
                              true},
    [KNN_NEIGHBORS] = {"NearestNeighbors", KNN_KNEIGHBORS, false, false},
    [KNN_CENTROID] = {"NearestCentroid", KNN_PREDICT, false, false}};

static const char *const knn_algorithm_names[] = {[KNN_BRUTE] = "brute",
                                                  [KNN_KD_TREE] = "kd_tree",
                                                  [KNN_BALL_TREE] =
                                                      "ball_tree"};

static const char *const knn_weights_names[] = {
    [KNN_UNIFORM] = "uniform", [KNN_DISTANCE] = "distance"};


/* A copy of a string; NULL when there is no memory. */
static const char *
knn_model_string(knn_model_t *model, const char *s)
{
    return knn_arena_string(model->arena, s, strlen(s));
}


bool
knn_model_lowest(const knn_parts_t *parts)
{
    if (parts->algorithm != KNN_BRUTE) {
        return false;
    }

    return parts->sort == KNN_SORT_LOWEST
           || (parts->metric == KNN_EUCLIDEAN
               && strcmp(parts->metric_name, "l2") != 0
               && strcmp(parts->metric_name, "p") != 0)
           || parts->metric == KNN_SQEUCLIDEAN;
}


/* The model's description of itself. */
static int
knn_model_describe(knn_model_t *model, const knn_parts_t *parts)
{
    knn_model_info_t      *info;
    const knn_estimator_t *estimator;

    info = &model->info;
    estimator = &knn_estimators[parts->estimator];

    info->estimator = estimator->name;
    info->algorithm = knn_algorithm_names[parts->algorithm];
    info->metric = knn_model_string(model, parts->metric_name);
    info->producer = knn_model_string(model, parts->producer);
    info->p = knn_metric_has_p(parts->metric) ? parts->p : 0;
    info->serves = estimator->serves;
    info->regressor = estimator->regressor;

    info->n_samples = parts->n_samples;
    info->n_features = (parts->steps.n_inputs != 0) ? parts->steps.n_inputs
                                                    : parts->n_features;
    info->n_outputs = parts->n_outputs;

    if (parts->estimator != KNN_NEIGHBORS && parts->estimator != KNN_CENTROID) {
        info->weights = knn_weights_names[parts->weights];
    }

    if (estimator->within) {
        info->radius = parts->radius;
    }
    else if (parts->estimator != KNN_CENTROID) {
        info->n_neighbors = (size_t) parts->n_neighbors;
    }

    return (info->metric == NULL || info->producer == NULL) ? -1 : 0;
}


/* Copies the names of the features, if there are any. */
static int
knn_model_names(knn_model_t *model, const knn_parts_t *parts)
{
    size_t       i;
    const char **names;

    if (parts->feature_names == NULL) {
        return 0;
    }

    names =
        knn_arena_array(model->arena, model->info.n_features, sizeof(char *));

    if (names == NULL) {
        return -1;
    }

    for (i = 0; i < model->info.n_features; i++) {
        names[i] = knn_model_string(model, parts->feature_names[i]);

        if (names[i] == NULL) {
            return -1;
        }
    }

    model->info.feature_names = names;

    return 0;
}


/* Copies the steps, and finds what a row may hold before them. */
static int
knn_model_steps(knn_model_t *model, const knn_parts_t *parts)
{
    bool           missing;
    size_t         i;
    knn_steps_t    none;
    knn_error_t    err;
    knn_feature_t *features;

    missing = (parts->metric == KNN_NAN_EUCLIDEAN);

    if (parts->steps.n_inputs == 0 && !missing) {
        return 0;
    }

    if (knn_steps_copy(model->arena, &parts->steps, &model->steps) != 0) {
        return -1;
    }

    none = (knn_steps_t){.n_inputs = parts->n_features};
    features = knn_arena_array(model->arena, model->info.n_features,
                               sizeof(knn_feature_t));

    if (features == NULL
        || knn_steps_features((parts->steps.n_inputs != 0) ? &model->steps
                                                           : &none,
                              missing, features, &err)
               != KNN_OK)
    {
        return -1;
    }

    for (i = 0; i < model->info.n_features; i++) {
        if (features[i].missing || features[i].open || features[i].n_texts > 0)
        {
            model->info.features = features;
            break;
        }
    }

    model->info.n_steps = model->steps.n_names;
    model->info.steps = model->steps.names;

    return 0;
}


/* A copy of numbers, if there are any. */
static int
knn_model_numbers(knn_model_t *model, const double **numbers, size_t n)
{
    double *copy;

    if (*numbers == NULL) {
        return 0;
    }

    copy = knn_arena_array(model->arena, n, sizeof(double));

    if (copy == NULL) {
        return -1;
    }

    memcpy(copy, *numbers, n * sizeof(double));
    *numbers = copy;

    return 0;
}


/* Copies the parameters of the metric. */
static int
knn_model_space(knn_model_t *model, const knn_parts_t *parts)
{
    size_t d;

    d = parts->n_features;
    model->space = knn_metric_space(parts);

    if (knn_model_numbers(model, &model->space.w, d) != 0) {
        return -1;
    }

    return knn_model_numbers(model, &model->space.vi, d * d);
}


/* Rows and nodes as searches want them. */
static int
knn_model_rows(knn_model_t *model, const knn_parts_t *parts)
{
    if (parts->estimator == KNN_CENTROID) {
        model->info.search = "centroids";
        return knn_centroid_build(model, parts);
    }

    if (model->within) {
        model->limit = knn_radius_limit(model);
    }

    if (knn_plan_build(model, parts) != 0 || knn_range_build(model, parts) != 0)
    {
        return -1;
    }

    return knn_novelty_build(model, parts);
}


/* Copies what was checked. */
static int
knn_model_fill(knn_model_t *model, const knn_parts_t *parts)
{
    model->estimator = parts->estimator;
    model->algorithm = parts->algorithm;
    model->weights = parts->weights;
    model->lowest = knn_model_lowest(parts);
    model->sort = model->lowest ? KNN_SORT_LOWEST : parts->sort;
    model->within = knn_estimators[parts->estimator].within;
    model->radius = parts->radius;
    model->likeliest = model->within && !parts->summed;
    model->kind = parts->metric;
    model->metric = knn_metric_get(parts->metric);

    if (knn_model_space(model, parts) != 0
        || knn_model_describe(model, parts) != 0
        || knn_model_names(model, parts) != 0
        || knn_model_steps(model, parts) != 0
        || knn_targets_build(model, parts) != 0)
    {
        return -1;
    }

    knn_cost_reckon(model);

    if (knn_model_rows(model, parts) != 0) {
        return -1;
    }

    model->info.memory = knn_arena_size(model->arena);

    return 0;
}


knn_model_t *
knn_model_build(const knn_parts_t *parts, knn_error_t *err)
{
    knn_parts_t          meant;
    knn_arena_t         *arena;
    knn_model_t         *model;
    const knn_kernels_t *kernels;

    meant = *parts;
    knn_metric_resolve(&meant);

    if (knn_check_parts(&meant, err) != KNN_OK) {
        return NULL;
    }

    kernels = knn_kernels_choose(err);

    if (kernels == NULL) {
        return NULL;
    }

    arena = knn_arena_create(SIZE_MAX);

    if (arena != NULL) {
        model = knn_arena_alloc(arena, sizeof(knn_model_t));

        if (model != NULL) {
            model->arena = arena;
            knn_model_use(model, kernels);

            if (knn_model_fill(model, &meant) == 0) {
                return model;
            }
        }

        knn_arena_destroy(arena);
    }

    (void) knn_error(err, KNN_NO_MEMORY,
                     "no memory for a model of %zu training rows and %zu "
                     "features",
                     parts->n_samples, parts->n_features);

    return NULL;
}


void
knn_model_use(knn_model_t *model, const knn_kernels_t *kernels)
{
    model->info.kernel = kernels->name;
    model->kernels = kernels;
}


void
knn_model_seal(knn_model_t *model)
{
    knn_arena_seal(model->arena);
}


void
knn_model_free(knn_model_t *model)
{
    knn_source_t source;

    source = model->source;

    knn_arena_destroy(model->arena);
    knn_source_free(&source);
}


const knn_model_info_t *
knn_model_info(const knn_model_t *model)
{
    return &model->info;
}


uint32_t
knn_model_target(const knn_model_t *model, int64_t row, size_t output)
{
    return model->targets[(size_t) row * model->info.n_outputs + output];
}


double
knn_model_value(const knn_model_t *model, int64_t row, size_t output)
{
    return model->values[(size_t) row * model->info.n_outputs + output];
}
