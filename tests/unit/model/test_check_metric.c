
/*
 * Copyright (C) nginx-knn contributors
 */


/* Metrics and their parameters: what is taken, and what is refused. */


#include "../../../model/check.h"
#include "fixture.h"


#define ROWS     20
#define FEATURES 3


typedef struct {
    knn_algorithm_e algorithm;
    knn_metric_e    metric;
    double          p;
    double          w;  /* of feature 1; below -1: there are none */
    double          vi; /* of row 1, column 2; the same */
    const char     *word;
} metric_case_t;

#define NONE (-2)

static const metric_case_t cases[] = {
    {KNN_BRUTE, KNN_MINKOWSKI, 0.5, NONE, NONE, NULL},
    {KNN_BRUTE, KNN_MINKOWSKI, 0.5, 0, NONE, NULL},
    {KNN_BRUTE, KNN_MINKOWSKI, INFINITY, NONE, NONE, NULL},
    {KNN_BRUTE, KNN_MINKOWSKI, INFINITY, 1, NONE, "p of the metric"},
    {KNN_BRUTE, KNN_MINKOWSKI, 0, NONE, NONE, "p of the metric"},
    {KNN_BRUTE, KNN_MINKOWSKI, NAN, 1, NONE, "p of the metric"},
    {KNN_BRUTE, KNN_MINKOWSKI, 3, NAN, NONE, "w of the metric"},
    {KNN_BRUTE, KNN_MINKOWSKI, 3, INFINITY, NONE, "for feature 1"},
    {KNN_BRUTE, KNN_MINKOWSKI, 3, -0.5, NONE, "not below 0"},
    {KNN_BRUTE, KNN_WMINKOWSKI, 3, NONE, NONE, "has no w"},
    {KNN_BRUTE, KNN_WMINKOWSKI, -3, 1, NONE, "p of the metric"},
    {KNN_BRUTE, KNN_HAMMING, 2, 0.5, NONE, NULL},
    {KNN_BRUTE, KNN_YULE, 2, 0.5, NONE, NULL},
    {KNN_BRUTE, KNN_EUCLIDEAN, 2, 0.5, NONE, "w is not served"},
    {KNN_BRUTE, KNN_COSINE, 2, 0.5, NONE, "w is not served"},
    {KNN_BRUTE, KNN_SEUCLIDEAN, 2, 0.5, NONE, NULL},
    {KNN_BRUTE, KNN_SEUCLIDEAN, 2, NONE, NONE, "has no V"},
    {KNN_BRUTE, KNN_SEUCLIDEAN, 2, 0, NONE, "V of the metric"},
    {KNN_BRUTE, KNN_SEUCLIDEAN, 2, NAN, NONE, "above 0"},
    {KNN_BRUTE, KNN_MAHALANOBIS, 2, NONE, 0.5, NULL},
    {KNN_BRUTE, KNN_MAHALANOBIS, 2, NONE, NONE, "has no VI"},
    {KNN_BRUTE, KNN_MAHALANOBIS, 2, NONE, NAN, "row 1, column 2"},
    {KNN_BRUTE, KNN_HAVERSINE, 2, NONE, NONE, "2 features"},
    {KNN_BALL_TREE, KNN_CANBERRA, 2, NONE, NONE, NULL},
    {KNN_BALL_TREE, KNN_COSINE, 2, NONE, NONE, "use brute"},
    {KNN_BALL_TREE, KNN_SCIPY_BRAYCURTIS, 2, NONE, NONE, "use brute"},
    {KNN_KD_TREE, KNN_CHEBYSHEV, 2, NONE, NONE, NULL},
    {KNN_KD_TREE, KNN_CANBERRA, 2, NONE, NONE, "use ball_tree or brute"},
};


START_TEST(parameters)
{
    size_t               i;
    double               w[FEATURES], vi[FEATURES * FEATURES];
    fixture_t            f;
    knn_error_t          err;
    knn_model_t         *model;
    const metric_case_t *c;

    c = &cases[_i];

    fixture_create(&f, c->algorithm,
                   (c->word == NULL) ? c->metric : KNN_EUCLIDEAN, ROWS,
                   FEATURES, 3, 4, 1);

    for (i = 0; i < FEATURES * FEATURES; i++) {
        vi[i] = (i == FEATURES + 2) ? c->vi : 0.25;
    }

    w[0] = 1;
    w[1] = c->w;
    w[2] = 1;

    f.parts.metric = c->metric;
    f.parts.p = c->p;
    f.parts.w = (c->w < -1) ? NULL : w;
    f.parts.vi = (c->vi < -1) ? NULL : vi;

    model = knn_model_build(&f.parts, &err);

    if (c->word == NULL) {
        ck_assert_msg(model != NULL, "case %d: %s", _i, err.message);
        knn_model_free(model);
    }
    else {
        ck_assert_msg(model == NULL, "case %d is taken", _i);
        ck_assert_msg(strstr(err.message, c->word) != NULL, "case %d: %s", _i,
                      err.message);
    }

    fixture_destroy(&f);
}
END_TEST


/* Weights that are all 0 leave nothing to compare. */
START_TEST(no_weight)
{
    fixture_t    f;
    knn_error_t  err;
    const double w[FEATURES] = {0, 0, 0};

    fixture_create(&f, KNN_BRUTE, KNN_HAMMING, ROWS, FEATURES, 3, 4, 1);
    f.parts.w = w;

    ck_assert_ptr_null(knn_model_build(&f.parts, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "0 for all features"));

    fixture_destroy(&f);
}
END_TEST


/* Every name leads to a metric, and a metric's own name to itself. */
START_TEST(names)
{
    int          i;
    knn_metric_e metric;

    ck_assert(knn_metric_find("l2", &metric));
    ck_assert_int_eq(metric, KNN_EUCLIDEAN);
    ck_assert(!knn_metric_find("hassanat", &metric));
    ck_assert(!knn_metric_find("precomputed", &metric));

    for (i = 0; i < KNN_METRICS; i++) {
        if (i == KNN_SCIPY_SEUCLIDEAN || i == KNN_SCIPY_MAHALANOBIS
            || i == KNN_SCIPY_BRAYCURTIS || i == KNN_EARLY_MANHATTAN
            || i == KNN_EARLY_BRAYCURTIS)
        {
            continue;
        }

        ck_assert(
            knn_metric_find(knn_metric_get((knn_metric_e) i)->name, &metric));
        ck_assert_int_eq(metric, i);
    }
}
END_TEST


/* A distance is what its reduced distance comes from. */
START_TEST(reduced)
{
    double              dist, again;
    knn_space_t         space;
    const knn_metric_t *metric;

    memset(&space, 0, sizeof(knn_space_t));
    space.p = 3;
    metric = knn_metric_get((knn_metric_e) _i);

    for (dist = 0; dist <= 2; dist += 0.125) {
        again = metric->to_dist(&space, metric->to_rdist(&space, dist));
        ck_assert_double_eq_tol(again, dist, 1e-14);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("check_metric");
    tcase = tcase_create("check_metric");

    tcase_add_loop_test(tcase, parameters, 0, sizeof(cases) / sizeof(cases[0]));
    tcase_add_test(tcase, no_weight);
    tcase_add_test(tcase, names);
    tcase_add_loop_test(tcase, reduced, 0, KNN_METRICS);
    suite_add_tcase(suite, tcase);

    return suite;
}
