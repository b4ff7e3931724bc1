
/*
 * Copyright (C) nginx-knn contributors
 */


/* The life of a query: its memory, its slices, and what a model tells. */


#include "fixture.h"


#define ROWS  50
#define ALL   (KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS)
#define GUARD 4096
#define WIDE  16 /* which is measured in no time */


#define KINDS 12 /* of each estimator */


typedef struct {
    fixture_t    f;
    knn_model_t *model;
    double      *q;
    double       values[400];
} bench_t;


static const knn_estimator_e estimators[] = {
    KNN_CLASSIFIER, KNN_REGRESSOR, KNN_RADIUS_CLASSIFIER, KNN_RADIUS_REGRESSOR,
    KNN_NEIGHBORS};


/* What the estimator needs besides what a classifier has. */
static void
become(bench_t *b, knn_estimator_e estimator)
{
    size_t i;

    b->f.parts.estimator = estimator;
    b->f.parts.radius = 0.8;
    b->f.outputs[0].outlier = &b->f.labels[0];
    b->f.outputs[1].outlier = &b->f.labels[2];

    if (estimator == KNN_REGRESSOR || estimator == KNN_RADIUS_REGRESSOR) {
        for (i = 0; i < 400; i++) {
            b->values[i] = fixture_value(&b->f, 1000, 0.01);
        }

        b->f.parts.values = b->values;
        b->f.parts.y = NULL;
        b->f.parts.outputs = NULL;
    }

    if (estimator == KNN_NEIGHBORS) {
        b->f.parts.n_outputs = 0;
    }
}


/* the kinds of model that a query lays out differently */
static void
setup(bench_t *b, int number)
{
    int    kind;
    size_t i;

    kind = number % KINDS;

    fixture_create(&b->f, (knn_algorithm_e) (kind % 3),
                   kind % 2 == 0 ? KNN_EUCLIDEAN : KNN_MANHATTAN, 200, 3,
                   kind < 6 ? 5 : 33, 20, 0.5);

    b->f.parts.weights = (knn_weights_e) (kind / 3 % 2);
    b->f.parts.n_outputs = 1 + (size_t) kind % 2;
    become(b, estimators[number / KINDS]);

    b->model = fixture_build(&b->f);
    b->q = fixture_alloc(ROWS * 3, sizeof(double));

    for (i = 0; i < ROWS * 3; i++) {
        b->q[i] = fixture_value(&b->f, 30, 0.1);
    }
}


static void
teardown(bench_t *b)
{
    free(b->q);
    knn_model_free(b->model);
    fixture_destroy(&b->f);
}


/* The results of both queries, as far as the second has them. */
static void
compare(const bench_t *b, const knn_query_t *whole, const knn_query_t *some)
{
    size_t n, o;

    o = b->f.parts.n_outputs;
    n = whole->first[ROWS];

    ck_assert_uint_eq(some->done, ROWS);

    ck_assert_int_eq((some->outputs & KNN_PREDICT) != 0,
                     some->classes != NULL || some->values != NULL);
    ck_assert(some->classes == NULL || some->values == NULL);
    ck_assert((some->outputs & KNN_PREDICT_PROBA) ? some->proba != NULL
                                                  : some->proba == NULL);
    ck_assert((some->outputs & KNN_KNEIGHBORS) ? some->indices != NULL
                                               : some->indices == NULL);
    ck_assert((some->outputs & KNN_KNEIGHBORS) ? some->distances != NULL
                                               : some->distances == NULL);

    if (some->classes != NULL) {
        ck_assert(memcmp(some->classes, whole->classes, ROWS * o * 4) == 0);
    }

    if (some->values != NULL) {
        ck_assert(memcmp(some->values, whole->values, ROWS * o * 8) == 0);
    }

    if (some->proba != NULL) {
        ck_assert(
            memcmp(some->proba, whole->proba, ROWS * o * FIXTURE_CLASSES * 8)
            == 0);
    }

    if (some->indices != NULL) {
        ck_assert(memcmp(some->first, whole->first, (ROWS + 1) * 8) == 0);
        ck_assert(memcmp(some->indices, whole->indices, n * 8) == 0);
        ck_assert(memcmp(some->distances, whole->distances, n * 8) == 0);
    }

    ck_assert(memcmp(some->nearest, whole->nearest, ROWS * 8) == 0);
    ck_assert(memcmp(some->novelty, whole->novelty, ROWS * 8) == 0);
}


/* any choice of outputs, any slices, and not a byte beyond its memory */
START_TEST(outputs_and_slices)
{
    char        *memory;
    size_t       i, size, budget;
    bench_t      b;
    unsigned     outputs;
    knn_query_t *whole, *query;

    setup(&b, _i);
    knn_model_seal(b.model);

    whole = fixture_query(b.model, b.q, ROWS, b.model->info.serves);

    for (outputs = 1; outputs <= ALL; outputs++) {
        if ((outputs & ~b.model->info.serves) != 0) {
            continue;
        }

        for (budget = 1; budget < 1000000; budget *= 30) {
            size = knn_query_size(b.model, ROWS, outputs);
            ck_assert_uint_gt(size, 0);

            memory = aligned_alloc(KNN_ALIGNMENT, (size + GUARD + 63) & ~63ul);
            memset(memory, 0x5a, size + GUARD);

            query = knn_query_init(memory, b.model, b.q, ROWS, outputs);
            ck_assert_ptr_eq(query, memory);

            while (!knn_query_run(query, budget)) {
                ck_assert_uint_lt(query->done, ROWS);
            }

            compare(&b, whole, query);

            for (i = size; i < size + GUARD && memory[i] == 0x5a; i++) {
                /* void */
            }

            ck_assert_uint_eq(i, size + GUARD);
            free(memory);
        }
    }

    free(whole);
    teardown(&b);
}
END_TEST


START_TEST(sizes)
{
    bench_t      b;
    knn_query_t *query;

    setup(&b, 0);

    ck_assert_uint_eq(knn_query_size(b.model, SIZE_MAX, ALL), 0);
    ck_assert_uint_eq(knn_query_size(b.model, SIZE_MAX / 8, ALL), 0);
    ck_assert_uint_eq(knn_query_size(b.model, SIZE_MAX / 39, KNN_KNEIGHBORS),
                      0);
    ck_assert_uint_gt(knn_query_size(b.model, 1000000, ALL), 1000000);

    query = fixture_query(b.model, b.q, 0, ALL);
    ck_assert_uint_eq(query->done, 0);
    ck_assert_uint_eq(query->first[0], 0);
    ck_assert_int_eq(query->error.status, KNN_OK);

    free(query);
    teardown(&b);
}
END_TEST


START_TEST(description)
{
    size_t                  i, o;
    bench_t                 b;
    const knn_model_info_t *info;

    static const char *const names[] = {"a", "", "c c"};
    static const char *const algorithms[] = {"brute", "kd_tree", "ball_tree"};

    setup(&b, _i);
    knn_model_free(b.model);

    b.f.parts.feature_names = names;
    b.f.labels[1].type = KNN_LABEL_STRING;
    b.f.labels[1].value.string.data = "a\0b";
    b.f.labels[1].value.string.len = 3;

    b.model = fixture_build(&b.f);
    info = knn_model_info(b.model);

    b.f.labels[1].value.string.data = NULL;

    ck_assert_str_eq(info->estimator, "KNeighborsClassifier");
    ck_assert_str_eq(info->algorithm, algorithms[_i % 3]);
    ck_assert_str_eq(info->metric, b.f.parts.metric_name);
    ck_assert_str_eq(info->weights, _i / 3 % 2 ? "distance" : "uniform");
    ck_assert_str_eq(info->producer, "a test");
    ck_assert_str_eq(info->kernel, knn_kernel());
    ck_assert_double_eq(info->p, 0);
    ck_assert_uint_eq(info->n_samples, 200);
    ck_assert_uint_eq(info->n_features, 3);
    ck_assert_uint_eq(info->n_neighbors, (size_t) b.f.parts.n_neighbors);
    ck_assert_uint_eq(info->n_outputs, b.f.parts.n_outputs);
    ck_assert_uint_eq(info->novelty_samples, 200);
    ck_assert_uint_ge(info->memory, 200 * 3 * sizeof(double));

    for (i = 0; i < 3; i++) {
        ck_assert_str_eq(info->feature_names[i], names[i]);
    }

    for (o = 0; o < info->n_outputs; o++) {
        ck_assert_uint_eq(info->outputs[o].n_classes, FIXTURE_CLASSES);
        ck_assert_int_eq(info->outputs[o].classes[2].value.integer, 2);
        ck_assert_mem_eq(info->outputs[o].classes[1].value.string.data, "a\0b",
                         4);

        for (i = 0; i < 200; i++) {
            ck_assert_uint_eq(knn_model_target(b.model, (int64_t) i, o),
                              (uint32_t) b.f.y[i * b.f.parts.n_outputs + o]);
        }
    }

    teardown(&b);
}
END_TEST


START_TEST(other_descriptions)
{
    size_t                  i;
    bench_t                 b;
    unsigned                kind;
    const knn_model_info_t *info;

    static const char *const names[] = {
        "KNeighborsClassifier", "KNeighborsRegressor",
        "RadiusNeighborsClassifier", "RadiusNeighborsRegressor",
        "NearestNeighbors"};
    static const unsigned serves[] = {ALL, KNN_PREDICT | KNN_KNEIGHBORS, ALL,
                                      KNN_PREDICT | KNN_KNEIGHBORS,
                                      KNN_KNEIGHBORS};

    for (kind = 0; kind < 5; kind++) {
        setup(&b, (int) kind * KINDS + 1);
        info = knn_model_info(b.model);

        ck_assert_str_eq(info->estimator, names[kind]);
        ck_assert_uint_eq(info->serves, serves[kind]);
        ck_assert_int_eq(info->regressor, kind == 1 || kind == 3);
        ck_assert_uint_eq(info->n_neighbors, kind == 2 || kind == 3 ? 0 : 5);
        ck_assert_double_eq(info->radius, kind == 2 || kind == 3 ? 0.8 : 0);
        ck_assert_uint_eq(info->n_outputs, kind == 4 ? 0 : 2);
        ck_assert_int_eq(info->weights == NULL, kind == 4);

        for (i = 0; info->regressor && i < 400; i++) {
            ck_assert_double_eq(
                knn_model_value(b.model, (int64_t) i / 2, i % 2), b.values[i]);
        }

        teardown(&b);
    }
}
END_TEST


/* the nearest center, with priors among scaled features */
START_TEST(centroids)
{
    size_t       i, c, j;
    double       t, far[FIXTURE_CLASSES];
    bench_t      b;
    uint32_t     nearest;
    knn_query_t *query;

    static const double scale[] = {0.5, 1, 3};
    static const double priors[] = {0.5, 0.25, 0.25};

    setup(&b, 3);
    knn_model_free(b.model);

    b.f.parts.estimator = KNN_CENTROID;
    b.f.parts.algorithm = KNN_BRUTE;
    b.f.parts.tree = NULL;
    b.f.parts.n_samples = FIXTURE_CLASSES;
    b.f.parts.n_outputs = 1;
    b.f.parts.metric = KNN_EUCLIDEAN;
    b.f.parts.metric_name = "euclidean";
    b.f.parts.scale = (_i == 1) ? scale : NULL;
    b.f.parts.priors = (_i == 1) ? priors : NULL;

    b.model = fixture_build(&b.f);
    ck_assert_uint_eq(b.model->info.serves, KNN_PREDICT);
    ck_assert_str_eq(b.model->info.estimator, "NearestCentroid");

    query = fixture_query(b.model, b.q, ROWS, KNN_PREDICT);
    ck_assert_ptr_null(query->nearest);
    ck_assert_ptr_null(query->novelty);

    for (i = 0; i < ROWS; i++) {
        for (c = 0, nearest = 0; c < FIXTURE_CLASSES; c++) {
            for (j = 0, far[c] = 0; j < 3; j++) {
                t = (_i == 1) ? b.q[3 * i + j] / scale[j]
                                    - b.f.x[3 * c + j] / scale[j]
                              : b.q[3 * i + j] - b.f.x[3 * c + j];
                far[c] += t * t;
            }

            if (_i == 1) {
                t = sqrt(far[c]);
                far[c] = t * t - 2 * log(priors[c]);
            }

            nearest = (far[c] < far[nearest]) ? (uint32_t) c : nearest;
        }

        ck_assert_uint_eq(query->classes[i], nearest);
    }

    free(query);
    teardown(&b);
}
END_TEST


/* what minkowski is called with these p */
START_TEST(metrics)
{
    size_t    i;
    fixture_t f;

    static const double       p[] = {1, 2, INFINITY, 1.5};
    static const knn_metric_e meant[] = {KNN_MANHATTAN, KNN_EUCLIDEAN,
                                         KNN_CHEBYSHEV, KNN_MINKOWSKI};

    for (i = 0; i < 4; i++) {
        knn_model_t *model;

        fixture_create(&f, KNN_BRUTE, KNN_MINKOWSKI, 20, 2, 3, 5, 1);
        f.parts.p = p[i];

        model = fixture_build(&f);
        ck_assert_int_eq(model->kind, meant[i]);
        ck_assert_double_eq(model->info.p, i == 3 ? 1.5 : 0);

        knn_model_free(model);
        fixture_destroy(&f);
    }
}
END_TEST


/* The distance of a point to its nearest row but one. */
static double
nearest(const fixture_t *f, const double *q, size_t except)
{
    size_t i;
    double least;

    least = INFINITY;

    for (i = 0; i < f->parts.n_samples; i++) {
        if (i != except) {
            least = fmin(least, plain_rdist(&f->parts, q, f->x + 3 * i));
        }
    }

    return plain_dist(&f->parts, least);
}


START_TEST(novelty)
{
    size_t       i, j, below, some;
    double       dist;
    bench_t      b;
    knn_query_t *query;

    setup(&b, _i);

    /* as it is, many rows have others at 0 and at the same distances */

    for (i = 0; i < 600 && _i == 1; i++) {
        b.f.x[i] += fixture_value(&b.f, 100, 1e-3);
    }

    knn_model_free(b.model);
    b.f.parts.algorithm = KNN_BRUTE;
    b.f.parts.tree = NULL;
    b.model = fixture_build(&b.f);

    /* training rows too: 0, and not below another 0 */

    memcpy(b.q, b.f.x, 5 * 3 * sizeof(double));
    query = fixture_query(b.model, b.q, ROWS, KNN_PREDICT_PROBA);

    for (i = 0, some = 0; i < ROWS; i++) {
        dist = nearest(&b.f, b.q + 3 * i, SIZE_MAX);

        for (j = 0, below = 0; j < 200; j++) {
            below += nearest(&b.f, b.f.x + 3 * j, j) < dist;
        }

        ck_assert_double_eq(query->nearest[i], dist);
        ck_assert_double_eq(query->novelty[i], (double) below / 200);
        some += below > 0 && below < 200;
    }

    ck_assert_uint_gt(some, 5);

    free(query);
    teardown(&b);
}
END_TEST


/* so many rows that only some of them can be compared with all */
START_TEST(novelty_sampled)
{
    size_t       i, n;
    double       q[WIDE];
    fixture_t    f;
    knn_model_t *model;
    knn_query_t *query;

    n = 20000;

    fixture_create(&f, KNN_BRUTE, KNN_EUCLIDEAN, n, WIDE, 1, 1, 1);
    memset(f.x, 0, n * WIDE * sizeof(double));

    /* the gap below row i is i: a quarter of the rows have one below n / 4 */

    for (i = 1; i < n; i++) {
        f.x[i * WIDE] = f.x[(i - 1) * WIDE] + (double) i;
    }

    model = fixture_build(&f);

    ck_assert_uint_lt(model->info.novelty_samples, n);
    ck_assert_uint_gt(model->info.novelty_samples, 1000);

    memset(q, 0, sizeof(q));
    q[0] = -(double) (n / 4);
    query = fixture_query(model, q, 1, KNN_KNEIGHBORS);
    ck_assert_double_eq_tol(query->novelty[0], 0.25, 0.001);

    free(query);
    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("query");
    tcase = tcase_create("query");
    tcase_set_timeout(tcase, 60);

    tcase_add_loop_test(
        tcase, outputs_and_slices, 0,
        KINDS * (int) (sizeof(estimators) / sizeof(estimators[0])));
    tcase_add_test(tcase, sizes);
    tcase_add_loop_test(tcase, description, 0, 6);
    tcase_add_test(tcase, other_descriptions);
    tcase_add_loop_test(tcase, centroids, 0, 2);
    tcase_add_test(tcase, metrics);
    tcase_add_loop_test(tcase, novelty, 0, 2);
    tcase_add_test(tcase, novelty_sampled);
    suite_add_tcase(suite, tcase);

    return suite;
}
