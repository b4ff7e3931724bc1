
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Every way leads where the faithful one does: the same rows at the same bits
 * of distances, whatever the rows are, with each kernel, in one go or in small
 * portions.
 */


#include "fixture.h"

#include "../../../model/kernels/kernels.h"
#include "../../../model/query.h"


#define MODELS  108
#define POINTS  9
#define FORMS   9
#define SAMPLES 900
#define LOOSE   2100 /* rows of brute that lie in any order */
#define LARGE   40
#define SLOW    3 /* features, each of which takes a pow() */


/* those that a model may be searched in; one that it cannot take is passed */
static const char *const ways[] = {"wide", "codes", "scan", "quick"};

#define WAYS (sizeof(ways) / sizeof(ways[0]))


/* what rows look like */
static double
value(fixture_t *f, size_t form, size_t feature)
{
    double t;

    t = (double) fixture_random(f) / 0x1p31;

    switch (form) {

    case 0: /* ties in plenty */
        return fixture_value(f, 5, 1);

    case 1: /* the same rows again and again */
        return fixture_value(f, 2, 0.37);

    case 2:
        return t;

    case 3: /* any magnitude, up to infinite distances */
        return (t - 0.5) * pow(10, (double) (fixture_random(f) % 600) - 300);

    case 4: /* denormals */
        return fixture_value(f, 9, 0x1p-1074);

    case 5: /* columns that are constant */
        return (feature % 3 == 0) ? t : 7;

    case 6: /* floats, a few far off */
        return (double) (float) (fixture_random(f) % 50 == 0 ? 1e15 * t : t);

    case 7: /* near each other, far from zero */
        return 1e9 + fixture_value(f, 90, 0.01);

    default: /* of which squares underflow */
        return fixture_value(f, 40, 0x1p-537);
    }
}


/* A model, by number. */
static void
parts_create(fixture_t *f, size_t number)
{
    size_t          i, n, d, leaf;
    int64_t         k;
    knn_metric_e    metric;
    knn_algorithm_e algorithm;

    static const knn_metric_e metrics[] = {KNN_EUCLIDEAN, KNN_EUCLIDEAN,
                                           KNN_MANHATTAN, KNN_CHEBYSHEV,
                                           KNN_MINKOWSKI, KNN_SQEUCLIDEAN};

    algorithm = (knn_algorithm_e) (number % 3);
    metric = metrics[number / 3 % ((algorithm == KNN_BRUTE) ? 6 : 5)];

    f->seed = number;
    n = 20 + fixture_random(f) % SAMPLES;
    n = (algorithm == KNN_BRUTE && metric != KNN_MINKOWSKI && number % 2 == 0)
            ? LOOSE
            : n;
    d = 1 + fixture_random(f) % ((number % 7 == 0) ? LARGE : 20);
    leaf = 1 + fixture_random(f) % 200;
    d = (metric == KNN_MINKOWSKI) ? 1 + d % SLOW : d;
    k = 1 + (int64_t) (fixture_random(f) % LARGE);
    k = (k < (int64_t) n) ? k : 1;

    fixture_create(f, KNN_BRUTE, metric, n, d, k, leaf, 1);
    f->seed = number;

    for (i = 0; i < n * d; i++) {
        f->x[i] = value(f, number / 2 % FORMS, i % d);
    }

    f->parts.algorithm = algorithm;
    f->parts.weights = (knn_weights_e) (number / 4 % 2);
    f->parts.sort = (number % 2 == 0) ? KNN_SORT_QUICK : KNN_SORT_INTRO;

    if (algorithm != KNN_BRUTE) {
        fixture_tree(f, fixture_levels(n, leaf));
    }
}


/* Rows, what is between two of them, others like them, and far ones. */
static void
points_create(fixture_t *f, size_t form, double *q)
{
    size_t        i, j, d;
    const double *a, *b;

    d = f->parts.n_features;

    for (i = 0; i < POINTS; i++) {
        a = f->x + fixture_random(f) % f->parts.n_samples * d;
        b = f->x + fixture_random(f) % f->parts.n_samples * d;

        for (j = 0; j < d; j++) {
            q[i * d + j] = (i < 2)             ? a[j]
                           : (i < 4)           ? a[j] / 2 + b[j] / 2
                           : (i < POINTS - 2)  ? value(f, form, j)
                           : (i == POINTS - 2) ? a[j] * 1000
                           : (j == 0)          ? 1e300
                                               : b[j];
        }
    }
}


/* The model with a way; NULL when it cannot be. */
static knn_model_t *
model_create(fixture_t *f, const char *way)
{
    knn_error_t  err;
    knn_model_t *model;

    f->parts.search = way;
    model = knn_model_build(&f->parts, &err);

    if (model != NULL && way != NULL
        && strcmp(knn_model_info(model)->search, way) != 0)
    {
        knn_model_free(model);
        model = NULL;
    }

    return model;
}


/* The answers of so many points at once, in portions. */
static knn_query_t *
answer(const knn_model_t *model, const double *q, unsigned outputs,
       size_t budget)
{
    void        *memory;
    knn_query_t *query;

    memory =
        aligned_alloc(KNN_ALIGNMENT, knn_query_size(model, POINTS, outputs));
    ck_assert_ptr_nonnull(memory);

    query = knn_query_init(memory, model, q, POINTS, outputs);

    while (!knn_query_run(query, budget)) {
        /* void */
    }

    return query;
}


/* Whether two queries have the same answers. */
static void
compare(const knn_query_t *right, const knn_query_t *query, size_t number,
        const char *way, const char *kernel)
{
    size_t i, k;

    k = query->model->info.n_neighbors;

    ck_assert_uint_eq(query->done, POINTS);
    ck_assert_mem_eq(query->nearest, right->nearest, POINTS * 8);

    if (right->classes != NULL) {
        ck_assert_mem_eq(query->classes, right->classes, POINTS * 4);
    }

    if (right->proba != NULL) {
        ck_assert_mem_eq(query->proba, right->proba,
                         POINTS * FIXTURE_CLASSES * 8);
    }

    for (i = 0; right->indices != NULL && i < POINTS * k; i++) {
        if (query->indices[i] != right->indices[i]
            || memcmp(&query->distances[i], &right->distances[i], 8) != 0)
        {
            ck_abort_msg("model %zu, %s, %s: neighbor %zu of point %zu is row "
                         "%lld at %a, and not row %lld at %a",
                         number, way, kernel, i % k, i / k,
                         (long long) query->indices[i], query->distances[i],
                         (long long) right->indices[i], right->distances[i]);
        }
    }
}


/* Compares a way with each kernel. */
static void
compare_way(knn_model_t *model, const double *q, size_t number, const char *way,
            knn_query_t *const *right, const unsigned *outputs)
{
    size_t               i, j;
    knn_query_t         *query;
    const knn_kernels_t *kernels;

    for (i = 0; (kernels = knn_kernels_at(i)) != NULL; i++) {
        knn_model_use(model, kernels);

        for (j = 0; j < 4; j++) {
            query = answer(model, q, outputs[j % 2],
                           (j < 2) ? SIZE_MAX : 1 + number * 97 % 5000);
            compare(right[j % 2], query, number, way, kernels->name);
            free(query);
        }
    }
}


START_TEST(faithful_answers)
{
    size_t       i, number;
    double       q[POINTS * LARGE];
    fixture_t    f;
    knn_model_t *model, *faithful;
    knn_query_t *right[2];

    static const unsigned outputs[] = {KNN_KNEIGHBORS,
                                       KNN_PREDICT | KNN_PREDICT_PROBA};

    for (number = (size_t) _i; number < MODELS;
         number += FORMS * CHECKING_EVERY) {
        parts_create(&f, number);
        points_create(&f, number / 2 % FORMS, q);

        faithful = model_create(&f, (f.parts.algorithm != KNN_BRUTE) ? "heap"
                                    : knn_model_lowest(&f.parts)     ? "lowest"
                                                                 : "serial");

        /* no ball holds rows of any magnitude */

        if (faithful == NULL) {
            fixture_destroy(&f);
            continue;
        }

        right[0] = answer(faithful, q, outputs[0], SIZE_MAX);
        right[1] = answer(faithful, q, outputs[1], SIZE_MAX);

        for (i = 0; i < WAYS; i++) {
            model = model_create(&f, ways[i]);

            if (model != NULL) {
                compare_way(model, q, number, ways[i], right, outputs);
                knn_model_free(model);
            }
        }

        free(right[0]);
        free(right[1]);
        knn_model_free(faithful);
        fixture_destroy(&f);
    }
}
END_TEST


/* Else the comparison would be of nothing. */
START_TEST(possible)
{
    size_t       i, j;
    fixture_t    f;
    knn_model_t *model;

    fixture_create(&f, KNN_KD_TREE, KNN_EUCLIDEAN, SAMPLES, LARGE, 5, 30, 1);

    for (i = 0; i < WAYS; i++) {
        model = model_create(&f, ways[i]);
        ck_assert_msg(model != NULL, "no model is searched by %s", ways[i]);
        knn_model_free(model);
    }

    fixture_destroy(&f);

    /* rows of brute that are loose */

    for (j = 0; j < 2; j++) {
        fixture_create(&f, KNN_BRUTE, j ? KNN_SQEUCLIDEAN : KNN_EUCLIDEAN,
                       LOOSE, 3, 5, 30, 1);
        model = model_create(&f, "wide");
        ck_assert_msg(model != NULL, "brute is not searched by wide");
        knn_model_free(model);
        fixture_destroy(&f);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("ways");
    tcase = tcase_create("ways");

    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, possible);
    tcase_add_loop_test(tcase, faithful_answers, 0, FORMS);
    suite_add_tcase(suite, tcase);

    return suite;
}
