
/*
 * Copyright (C) nginx-knn contributors
 */


/* The search against scikit-learn's walk, written down without any haste. */


#include "fixture.h"

#include "../../../model/heap.h"
#include "../../../model/sort.h"


#define QUERIES (20 / CHECKING_EVERY)


/* with p out of the compiler's sight */
static double
plain_box(const fixture_t *f, size_t node, const double *q)
{
    size_t          j, d;
    double          a, b, t, sum, lower, upper;
    volatile double p;

    sum = 0;
    d = f->parts.n_features;
    p = (f->parts.metric == KNN_MANHATTAN) ? 1 : f->parts.p;

    for (j = 0; j < d; j++) {
        lower = f->bounds[node * d + j];
        upper = f->bounds[(f->tree.n_nodes + node) * d + j];

        a = lower - q[j];
        b = q[j] - upper;
        t = 0.5 * ((a + fabs(a)) + (b + fabs(b)));

        sum =
            (f->parts.metric == KNN_CHEBYSHEV) ? fmax(sum, t) : sum + pow(t, p);
    }

    return sum;
}


static double
plain_ball(const fixture_t *f, size_t node, const double *q)
{
    double m;

    m = plain_dist(
        &f->parts,
        plain_rdist(&f->parts, q, f->bounds + node * f->parts.n_features));

    return plain_reduced(&f->parts, fmax(0, m - f->nodes[node].radius));
}


static double
plain_bound(const fixture_t *f, size_t node, const double *q)
{
    return (f->parts.algorithm == KNN_KD_TREE) ? plain_box(f, node, q)
                                               : plain_ball(f, node, q);
}


static void
plain_visit(const fixture_t *f, size_t node, const double *q, double bound,
            knn_heap_t *heap)
{
    double            left, right;
    int64_t           i, row;
    const knn_node_t *n;

    n = &f->nodes[node];

    if (bound > heap->values[0]) {
        return;
    }

    if (n->is_leaf) {
        for (i = n->start; i < n->end; i++) {
            row = f->idx[i];
            knn_heap_push(
                heap,
                plain_rdist(&f->parts, q,
                            f->x + (size_t) row * f->parts.n_features),
                (uint32_t) row);
        }

        return;
    }

    left = plain_bound(f, 2 * node + 1, q);
    right = plain_bound(f, 2 * node + 2, q);

    if (left <= right) {
        plain_visit(f, 2 * node + 1, q, left, heap);
        plain_visit(f, 2 * node + 2, q, right, heap);
    }
    else {
        plain_visit(f, 2 * node + 2, q, right, heap);
        plain_visit(f, 2 * node + 1, q, left, heap);
    }
}


/* Brute force as scikit-learn's one thread does it. */
static void
plain_brute(const fixture_t *f, const double *q, knn_heap_t *heap)
{
    size_t     i;
    knn_heap_t last;

    last =
        (knn_heap_t){fixture_alloc(heap->size, sizeof(double)),
                     fixture_alloc(heap->size, sizeof(uint32_t)), heap->size};

    knn_heap_reset(&last, 0x1.fffffffffffffp1023, 0);
    knn_heap_reset(heap, 0x1.fffffffffffffp1023, 0);

    for (i = 0; i < f->parts.n_samples; i++) {
        knn_heap_push(&last,
                      plain_rdist(&f->parts, q, f->x + i * f->parts.n_features),
                      (uint32_t) i);
    }

    for (i = 0; i < heap->size; i++) {
        knn_heap_push(heap, last.values[i], last.rows[i]);
    }

    free(last.values);
    free(last.rows);
}


/* Points of the lattice, between them, and beyond. */
static double *
points(fixture_t *f, double scale)
{
    size_t  i, n;
    double *q;

    n = QUERIES * f->parts.n_features;
    q = fixture_alloc(n, sizeof(double));

    for (i = 0; i < n; i++) {
        q[i] = (i / f->parts.n_features % 2 == 0)
                   ? fixture_value(f, 6, scale)
                   : fixture_value(f, 60, scale / 7) - scale;
    }

    return q;
}


/* What the plain search finds for all points, each from the nearest on. */
static void
plain_answers(const fixture_t *f, const double *q, knn_heap_t *answers)
{
    size_t     i, k;
    knn_heap_t heap;

    k = (size_t) f->parts.n_neighbors;

    answers->size = QUERIES * k;
    answers->values = fixture_alloc(answers->size, sizeof(double));
    answers->rows = fixture_alloc(answers->size, sizeof(uint32_t));

    for (i = 0; i < QUERIES; i++, q += f->parts.n_features) {
        heap = (knn_heap_t){answers->values + i * k, answers->rows + i * k, k};

        if (f->parts.algorithm == KNN_BRUTE) {
            plain_brute(f, q, &heap);
        }
        else {
            knn_heap_reset(&heap, INFINITY, 0);
            plain_visit(f, 0, q, 0, &heap);
        }

        knn_sort(&heap, f->parts.sort);
    }

    for (i = 0; i < answers->size; i++) {
        answers->values[i] = plain_dist(&f->parts, answers->values[i]);
    }
}


static void
compare_answers(const knn_query_t *query, const knn_heap_t *answers)
{
    size_t                  i;
    const knn_model_info_t *info;

    info = &query->model->info;

    for (i = 0; i < answers->size; i++) {
        if (query->indices[i] != answers->rows[i]) {
            ck_abort_msg("%s %s: neighbor %zu of %zu is row %lld, must be %u",
                         info->kernel, info->metric, i % info->n_neighbors,
                         info->n_neighbors, (long long) query->indices[i],
                         answers->rows[i]);
        }

        if (!plain_same(query->distances[i], answers->values[i])) {
            ck_abort_msg("%s %s: distance %zu of %zu is %a, must be %a",
                         info->kernel, info->metric, i % info->n_neighbors,
                         info->n_neighbors, query->distances[i],
                         answers->values[i]);
        }
    }
}


/* The set without the order must give the same votes and the same novelty. */
static void
compare_quick(const knn_model_t *model, const double *q,
              const knn_query_t *whole)
{
    knn_query_t *query;

    query = fixture_query(model, q, QUERIES, KNN_PREDICT | KNN_PREDICT_PROBA);

    ck_assert(memcmp(query->classes, whole->classes, QUERIES * sizeof(uint32_t))
              == 0);
    ck_assert(memcmp(query->proba, whole->proba,
                     QUERIES * FIXTURE_CLASSES * sizeof(double))
              == 0);
    ck_assert(memcmp(query->novelty, whole->novelty, QUERIES * sizeof(double))
              == 0);

    free(query);
}


static void
compare(fixture_t *f, double scale)
{
    size_t               i;
    double              *q;
    knn_heap_t           answers;
    knn_model_t         *model;
    knn_query_t         *query;
    const knn_kernels_t *kernels;

    q = points(f, scale);
    model = fixture_build(f);
    plain_answers(f, q, &answers);

    for (i = 0; (kernels = knn_kernels_at(i)) != NULL; i++) {

        /* rows of the table that differ elsewhere */

        if (i > 0 && kernels->scans == model->kernels->scans) {
            continue;
        }

        knn_model_use(model, kernels);

        query = fixture_query(model, q, QUERIES,
                              KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS);

        compare_answers(query, &answers);
        compare_quick(model, q, query);
        free(query);
    }

    free(answers.values);
    free(answers.rows);
    free(q);
    knn_model_free(model);
}


static const size_t  sizes[] = {1, 2, 8, 9, 40, 150, 300};
static const int64_t neighbors[] = {1, 3, 5, 16, 17, 40};


/*
 * All sizes from a first one, neighbors and leaves of one kind of model.  The
 * largest size is left out where each feature takes a pow(), and of the large
 * ones alone every other number of neighbors is enough.
 */
static void
compare_all(knn_algorithm_e algorithm, knn_metric_e metric, size_t first,
            double scale)
{
    size_t    n, k, leaf_size, n_sizes;
    fixture_t f;

    n_sizes = sizeof(sizes) / sizeof(sizes[0]) - knn_metric_has_p(metric);

    for (n = first; n < n_sizes; n++) {
        for (k = 0; k < sizeof(neighbors) / sizeof(neighbors[0]);
             k += (first == 0) ? 1 : 2)
        {
            if (neighbors[k] > (int64_t) sizes[n]) {
                continue;
            }

            for (leaf_size = 1; leaf_size < (algorithm == KNN_BRUTE ? 2 : 30);
                 leaf_size += 19)
            {
                fixture_create(&f, algorithm, metric, sizes[n],
                               (metric == KNN_HAVERSINE) ? 2 : 1 + n % 4,
                               neighbors[k], leaf_size, scale);

                f.parts.sort = (knn_sort_e) ((n + k) % 2);

                if (algorithm == KNN_BRUTE && metric == KNN_EUCLIDEAN) {
                    f.parts.metric_name = "l2";
                }

                compare(&f, scale);
                fixture_destroy(&f);
            }
        }
    }
}


START_TEST(kd_tree)
{
    compare_all(KNN_KD_TREE, (knn_metric_e) _i, 0, 1);
    compare_all(KNN_KD_TREE, (knn_metric_e) _i, 5, 0.1);
}
END_TEST


START_TEST(ball_tree)
{
    if (!knn_metric_get((knn_metric_e) _i)->ball) {
        return;
    }

    compare_all(KNN_BALL_TREE, (knn_metric_e) _i, 0, 1);
    compare_all(KNN_BALL_TREE, (knn_metric_e) _i, 5, 0.1);
}
END_TEST


START_TEST(brute)
{
    /* one leaves ties to the lowest row, one lays rows out centered */

    if (_i == KNN_SQEUCLIDEAN || _i == KNN_CORRELATION) {
        return;
    }

    compare_all(KNN_BRUTE, (knn_metric_e) _i, 0, 1);
    compare_all(KNN_BRUTE, (knn_metric_e) _i, 5, 0.1);
}
END_TEST


/* squares that underflow, are subnormal, are huge, and overflow */
START_TEST(extremes)
{
    size_t i;

    static const double scales[] = {1e-200, 1e-162, 1e-157, 3e151,
                                    2e153,  1e160,  1e200,  3e307};

    for (i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
        compare_all(KNN_KD_TREE, (knn_metric_e) _i, 5, scales[i]);
        compare_all(KNN_BRUTE, (knn_metric_e) _i, 5, scales[i]);
    }
}
END_TEST


/*
 * Two rows as far from 0 as each other, (3, 4) and (5, 0) times s, alone in
 * their boxes: the first one visited wins, and that is up to how pow() rounds.
 */
START_TEST(pow_decides)
{
    size_t          i, other;
    double          s, q[2], left, right;
    fixture_t       f;
    knn_model_t    *model;
    knn_query_t    *query;
    volatile double p;

    p = 2;
    other = 0;
    q[0] = 0;
    q[1] = 0;

    for (i = 0; i < 30000; i++) {
        fixture_create(&f, KNN_BRUTE, KNN_EUCLIDEAN, 2, 2, 1, 1, 1);

        s = 1 + (double) i * 0x1.2345678abcdefp-16;

        f.x[0] = 3 * s;
        f.x[1] = 4 * s;
        f.x[2] = 5 * s;
        f.x[3] = 0;

        f.parts.algorithm = KNN_KD_TREE;
        fixture_tree(&f, 2);

        model = fixture_build(&f);
        query = fixture_query(model, q, 1, KNN_KNEIGHBORS);

        left = f.x[0] * f.x[0] + f.x[1] * f.x[1];
        right = f.x[2] * f.x[2];

        if (left == right) {
            left = pow(f.x[0], p) + pow(f.x[1], p);
            right = pow(f.x[2], p);

            ck_assert_int_eq(query->indices[0], left <= right ? 0 : 1);
            other += left > right;
        }

        free(query);
        knn_model_free(model);
        fixture_destroy(&f);
    }

    ck_assert_uint_gt(other, 0);
}
END_TEST


/* brute euclidean: the lowest row of equally distant ones, first */
START_TEST(lowest)
{
    size_t       i, j, k, before;
    double      *q, rdist, other;
    int64_t      row;
    fixture_t    f;
    knn_model_t *model;
    knn_query_t *query;

    k = (size_t) neighbors[_i];

    fixture_create(&f, KNN_BRUTE, KNN_EUCLIDEAN, 700, 3, neighbors[_i], 1, 1);
    q = points(&f, 1);
    model = fixture_build(&f);
    query = fixture_query(model, q, QUERIES, 7);

    for (i = 0; i < QUERIES * k; i++) {
        row = query->indices[i];
        rdist = plain_rdist(&f.parts, q + i / k * 3, f.x + row * 3);
        before = 0;

        for (j = 0; j < 700; j++) {
            other = plain_rdist(&f.parts, q + i / k * 3, f.x + j * 3);
            before += other < rdist || (other == rdist && j < (size_t) row);
        }

        ck_assert_uint_eq(before, i % k);
        ck_assert_double_eq(query->distances[i], sqrt(rdist));
    }

    compare_quick(model, q, query);

    free(query);
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

    suite = suite_create("tree");
    tcase = tcase_create("tree");
    tcase_set_timeout(tcase, 120);

    tcase_add_loop_test(tcase, kd_tree, 0, FIXTURE_METRICS);
    tcase_add_loop_test(tcase, ball_tree, 0, KNN_METRICS);
    tcase_add_loop_test(tcase, brute, 0, KNN_METRICS);
    tcase_add_loop_test(tcase, extremes, 0, FIXTURE_METRICS);
    tcase_add_test(tcase, pow_decides);
    tcase_add_loop_test(tcase, lowest, 0, 6);
    suite_add_tcase(suite, tcase);

    return suite;
}
