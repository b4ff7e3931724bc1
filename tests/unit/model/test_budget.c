
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * A query in small portions: the bits of one that runs whole, and no call
 * that measures more than its budget and one portion beyond.
 */


#include "fixture.h"

#include "../../../model/query.h"


#define ROWS     6
#define FEATURES 3
#define SAMPLES  600 /* more than are measured at once */
#define SLOW     200 /* of a pow() each, of which fewer are */


/* what the kernel in use has measured, in the place of which this one is */
static struct {
    knn_scan_pt scan;
    size_t      rows;
    size_t      most; /* at once */
} counted;


static void
count_scan(const knn_space_t *space, const double *x, size_t n, const double *q,
           double *rdist)
{
    counted.rows += n * KNN_LANES;
    counted.most = (n > counted.most) ? n : counted.most;
    counted.scan(space, x, n, q, rdist);
}


static void
count(knn_model_t *model, knn_kernels_t *kernels, knn_scans_t *scans)
{
    *kernels = *model->kernels;
    *scans = *kernels->scans;

    counted.scan = scans->scan[model->kind];
    counted.rows = 0;
    counted.most = 0;

    scans->scan[model->kind] = count_scan;
    kernels->scans = scans;
    knn_model_use(model, kernels);
}


static const knn_estimator_e estimators[] = {
    KNN_CLASSIFIER, KNN_REGRESSOR, KNN_RADIUS_CLASSIFIER, KNN_RADIUS_REGRESSOR,
    KNN_NEIGHBORS};

#define ESTIMATORS (sizeof(estimators) / sizeof(estimators[0]))


/* one of many models, as a number says */
typedef struct {
    fixture_t    f;
    knn_model_t *model;
    double      *values;
    double       q[ROWS * FEATURES];
} sample_t;


/* Points on rows of the lattice, which has ties in plenty, and beside it. */
static void
sample_points(sample_t *s, knn_metric_e metric)
{
    size_t i, d, n;

    d = s->f.parts.n_features;
    n = s->f.parts.n_samples * d;

    for (i = 0; i < n && metric == KNN_HAVERSINE; i++) {
        s->f.x[i] *= 0.3;
    }

    for (i = 0; i < ROWS * d; i++) {
        s->q[i] = (i < 2 * d) ? s->f.x[i] : fixture_value(&s->f, 30, 0.1);
    }

    /* far from all */

    s->q[ROWS * d - 1] = (metric == KNN_HAVERSINE) ? 1.5 : 40;
}


/* false when there is no such model */
static bool
sample_create(sample_t *s, knn_algorithm_e algorithm, knn_metric_e metric,
              size_t number)
{
    size_t      i, n, d;
    knn_error_t err;

    static const int64_t    k[] = {1, 5, 17, SLOW - 20, SAMPLES - 20};
    static const knn_sort_e sorts[] = {KNN_SORT_QUICK, KNN_SORT_INTRO,
                                       KNN_SORT_LOWEST, KNN_SORT_EARLY};

    memset(s, 0, sizeof(sample_t));
    n = knn_metric_has_p(metric) ? SLOW : SAMPLES;
    d = (metric == KNN_HAVERSINE) ? 2 : FEATURES;
    i = (number % 4 < 3 || n == SLOW) ? number % 4 : 4;

    fixture_create(&s->f, algorithm, metric, n, d, k[i],
                   number % 3 == 0 ? 700 : 7, number % 5 == 0 ? 0.37 : 0.5);

    s->f.parts.estimator = estimators[number % ESTIMATORS];
    s->f.parts.weights = (knn_weights_e) (number / 2 % 2);
    s->f.parts.sort = sorts[(number / 4) % (algorithm == KNN_BRUTE ? 4 : 2)];
    s->f.parts.radius = 0.3 + 0.4 * (double) (number % 3);
    s->f.outputs[0].outlier = &s->f.labels[0];

    if (s->f.parts.estimator == KNN_REGRESSOR
        || s->f.parts.estimator == KNN_RADIUS_REGRESSOR)
    {
        s->values = fixture_alloc(n, sizeof(double));

        for (i = 0; i < n; i++) {
            s->values[i] = fixture_value(&s->f, 1000, 0.01);
        }

        s->f.parts.values = s->values;
        s->f.parts.y = NULL;
        s->f.parts.outputs = NULL;
    }

    if (s->f.parts.estimator == KNN_NEIGHBORS) {
        s->f.parts.n_outputs = 0;
    }

    sample_points(s, metric);
    s->model = knn_model_build(&s->f.parts, &err);

    return s->model != NULL;
}


static void
sample_destroy(sample_t *s)
{
    if (s->model != NULL) {
        knn_model_free(s->model);
    }

    free(s->values);
    fixture_destroy(&s->f);
}


/* Every array that both have. */
static void
compare(const knn_query_t *whole, const knn_query_t *query)
{
    size_t n;

    ck_assert_uint_eq(query->done, whole->done);
    ck_assert_int_eq(query->error.status, KNN_OK);
    ck_assert_mem_eq(query->nearest, whole->nearest, ROWS * 8);
    ck_assert_mem_eq(query->novelty, whole->novelty, ROWS * 8);

    if (query->classes != NULL) {
        ck_assert_mem_eq(query->classes, whole->classes, ROWS * 4);
    }

    if (query->values != NULL) {
        ck_assert_mem_eq(query->values, whole->values, ROWS * 8);
    }

    if (query->proba != NULL) {
        ck_assert_mem_eq(query->proba, whole->proba,
                         ROWS * FIXTURE_CLASSES * 8);
    }

    if (query->first != NULL) {
        n = whole->first[ROWS];

        ck_assert_mem_eq(query->first, whole->first, (ROWS + 1) * 8);
        ck_assert(n == 0 || memcmp(query->indices, whole->indices, n * 8) == 0);
        ck_assert(n == 0
                  || memcmp(query->distances, whole->distances, n * 8) == 0);
    }
}


/* Runs a query by calls of that budget; returns how many there were. */
static size_t
run(const sample_t *s, knn_query_t *query, size_t budget)
{
    bool   done;
    size_t calls, limit;

    limit = budget / s->model->cost + s->model->n_scan * KNN_LANES;

    for (calls = 0, done = false; !done; calls++) {
        counted.rows = 0;
        done = knn_query_run(query, budget);

        ck_assert_msg(counted.rows <= limit,
                      "a call with %zu measured %zu rows of %zu", budget,
                      counted.rows, limit);
    }

    return calls;
}


/* One choice of outputs, in portions of several sizes. */
static void
check_outputs(const sample_t *s, unsigned outputs)
{
    size_t       size, calls, budget;
    void        *memory;
    knn_query_t *whole, *query;

    whole = fixture_query(s->model, s->q, ROWS, outputs);

    size = knn_query_size(s->model, ROWS, outputs);
    memory = aligned_alloc(KNN_ALIGNMENT, size);
    ck_assert_ptr_nonnull(memory);

    for (budget = 1; budget < 1000000; budget *= 29) {
        memset(memory, 0x5a, size);
        query = knn_query_init(memory, s->model, s->q, ROWS, outputs);

        ck_assert(!knn_query_run(query, 0));
        ck_assert_uint_eq(query->done, 0);

        calls = run(s, query, budget);
        compare(whole, query);

        if (budget == 1) {
            ck_assert_uint_ge(calls, ROWS);
        }
    }

    free(memory);
    free(whole);
}


/* each metric, with all estimators and all k, in a tree or without */
START_TEST(sweep)
{
    size_t              i, built;
    unsigned            outputs;
    sample_t            s;
    knn_scans_t         scans;
    knn_kernels_t       kernels;
    const knn_metric_t *metric;

    built = 0;

    for (i = (size_t) _i % CHECKING_EVERY; i < 20; i += CHECKING_EVERY) {
        if (sample_create(&s, (knn_algorithm_e) (_i % 3),
                          (knn_metric_e) (_i / 3), i)) {
            count(s.model, &kernels, &scans);
            built++;

            outputs = 1 + i * 5 % 7;
            outputs &= s.model->info.serves;
            check_outputs(&s, outputs ? outputs : s.model->info.serves);

            ck_assert_uint_gt(counted.most, 0);
        }

        sample_destroy(&s);
    }

    metric = knn_metric_get((knn_metric_e) (_i / 3));

    ck_assert_int_eq(
        built > 0,
        _i % 3 == KNN_BRUTE
            || (_i % 3 == KNN_KD_TREE ? metric->boxes != NULL : metric->ball));
}
END_TEST


/* a row of NearestCentroid is not divided */
START_TEST(centroid)
{
    size_t       i;
    void        *memory;
    sample_t     s;
    knn_query_t *whole, *query;

    ck_assert(sample_create(&s, KNN_BRUTE, KNN_EUCLIDEAN, 0));
    knn_model_free(s.model);

    s.f.parts.estimator = KNN_CENTROID;
    s.f.parts.n_samples = FIXTURE_CLASSES;
    s.model = fixture_build(&s.f);

    whole = fixture_query(s.model, s.q, ROWS, KNN_PREDICT);

    memory = aligned_alloc(KNN_ALIGNMENT,
                           knn_query_size(s.model, ROWS, KNN_PREDICT));
    query = knn_query_init(memory, s.model, s.q, ROWS, KNN_PREDICT);

    for (i = 1; i <= ROWS; i++) {
        ck_assert_int_eq(knn_query_run(query, 1), i == ROWS);
        ck_assert_uint_eq(query->done, i);
    }

    ck_assert_mem_eq(query->classes, whole->classes, ROWS * 4);

    free(memory);
    free(whole);
    sample_destroy(&s);
}
END_TEST


/* wide rows are measured in smaller portions */
START_TEST(portions)
{
    double      *q;
    fixture_t    f;
    knn_model_t *model;

    fixture_create(&f, KNN_BRUTE, KNN_EUCLIDEAN, 300, (size_t) _i, 5, 5, 0.5);
    model = fixture_build(&f);

    ck_assert_uint_ge(model->n_scan, KNN_SCAN_LEAST);
    ck_assert_uint_le(model->n_scan, KNN_SCAN_BLOCKS);
    ck_assert(model->n_scan == KNN_SCAN_LEAST
              || model->n_scan * KNN_LANES * (size_t) _i <= KNN_SCAN_WORK);

    q = fixture_alloc((size_t) _i, sizeof(double));
    free(fixture_query(model, q, 1, KNN_PREDICT));

    free(q);
    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("budget");
    tcase = tcase_create("budget");
    tcase_set_timeout(tcase, 60);

    tcase_add_loop_test(tcase, sweep, 0, 3 * KNN_METRICS);
    tcase_add_test(tcase, centroid);
    tcase_add_loop_test(tcase, portions, 60, 70);
    tcase_add_loop_test(tcase, portions, 1500, 1501);
    suite_add_tcase(suite, tcase);

    return suite;
}
