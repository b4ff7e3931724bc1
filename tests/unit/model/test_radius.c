
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * All rows within a radius, against scikit-learn's walk written down plainly:
 * which rows, in which order, sorted how, and what follows from there being
 * none.
 */


#include "fixture.h"

#include "../../../model/query.h"
#include "../../../model/sort.h"


#define QUERIES 40


/* distances from q to the nearest and the farthest point of a box */
static void
plain_box(const fixture_t *f, size_t node, const double *q, double *reach)
{
    size_t          j, d;
    double          a, b;
    volatile double p;

    d = f->parts.n_features;
    p = (f->parts.metric == KNN_MANHATTAN) ? 1 : f->parts.p;
    reach[0] = 0;
    reach[1] = 0;

    for (j = 0; j < d; j++) {
        a = f->bounds[node * d + j] - q[j];
        b = q[j] - f->bounds[(f->tree.n_nodes + node) * d + j];

        if (f->parts.metric == KNN_CHEBYSHEV) {
            reach[0] = fmax(reach[0], 0.5 * ((a + fabs(a)) + (b + fabs(b))));
            reach[1] = fmax(reach[1], fmax(fabs(a), fabs(b)));
        }
        else {
            reach[0] += pow(0.5 * ((a + fabs(a)) + (b + fabs(b))), p);
            reach[1] += pow(fmax(fabs(a), fabs(b)), p);
        }
    }

    if (f->parts.metric != KNN_CHEBYSHEV) {
        reach[0] = pow(reach[0], 1 / p);
        reach[1] = pow(reach[1], 1 / p);
    }
}


static void
plain_ball(const fixture_t *f, size_t node, const double *q, double *reach)
{
    double dist;

    dist = plain_dist(
        &f->parts,
        plain_rdist(&f->parts, q, f->bounds + node * f->parts.n_features));

    reach[0] = fmax(0, dist - f->nodes[node].radius);
    reach[1] = dist + f->nodes[node].radius;
}


static void
plain_take(const fixture_t *f, size_t row, const double *q, double limit,
           knn_heap_t *list)
{
    double rdist;

    rdist = plain_rdist(&f->parts, q, f->x + row * f->parts.n_features);

    if (rdist <= limit) {
        list->values[list->size] = rdist;
        list->rows[list->size++] = (uint32_t) row;
    }
}


static void
plain_visit(const fixture_t *f, size_t node, const double *q, knn_heap_t *list)
{
    double            r, limit, reach[2];
    int64_t           i;
    const knn_node_t *n;

    n = &f->nodes[node];
    r = f->parts.radius;

    if (f->parts.algorithm == KNN_KD_TREE) {
        plain_box(f, node, q, reach);
    }
    else {
        plain_ball(f, node, q, reach);
    }

    if (reach[0] > r) {
        return;
    }

    if (reach[1] <= r || n->is_leaf) {
        limit = (reach[1] <= r) ? INFINITY : plain_reduced(&f->parts, r);

        for (i = n->start; i < n->end; i++) {
            plain_take(f, (size_t) f->idx[i], q, limit, list);
        }

        return;
    }

    plain_visit(f, 2 * node + 1, q, list);
    plain_visit(f, 2 * node + 2, q, list);
}


static void
plain_search(const fixture_t *f, const double *q, knn_heap_t *list)
{
    size_t i;

    list->size = 0;

    if (f->parts.algorithm != KNN_BRUTE) {
        plain_visit(f, 0, q, list);
        return;
    }

    for (i = 0; i < f->parts.n_samples; i++) {
        plain_take(f, i, q, plain_reduced(&f->parts, f->parts.radius), list);
    }
}


/* The rows in the order in which they are found, that of sums. */
static void
check_found(const fixture_t *f, const knn_model_t *model, const double *q,
            knn_heap_t *list)
{
    size_t            i;
    knn_query_t      *query;
    const knn_heap_t *found;

    plain_search(f, q, list);

    query = fixture_query(model, q, 1, KNN_PREDICT);
    found = &((knn_scratch_t *) query->scratch)->search.found;

    ck_assert_uint_eq(found->size, list->size);

    for (i = 0; i < list->size; i++) {
        ck_assert_uint_eq(found->rows[i], list->rows[i]);
        ck_assert_double_eq(found->values[i], list->values[i]);
    }

    free(query);
}


/* The same rows as neighbors, the nearest first. */
static void
check_sorted(const fixture_t *f, const knn_model_t *model,
             const knn_query_t *query, size_t row, knn_heap_t *list)
{
    bool   reduced;
    size_t i, at;

    reduced = f->parts.algorithm == KNN_BRUTE && !model->lowest;

    if (reduced) {
        knn_sort(list, model->sort);
    }

    for (i = 0; i < list->size; i++) {
        list->values[i] = plain_dist(&f->parts, list->values[i]);
    }

    if (!reduced) {
        knn_sort(list, model->sort);
    }

    at = query->first[row];
    ck_assert_uint_eq(query->first[row + 1] - at, list->size);

    for (i = 0; i < list->size; i++) {
        ck_assert_uint_eq((uint64_t) query->indices[at + i], list->rows[i]);
        ck_assert_double_eq(query->distances[at + i], list->values[i]);
    }
}


static void
within(fixture_t *f, double r)
{
    f->parts.estimator = KNN_RADIUS_CLASSIFIER;
    f->parts.radius = r;
    f->outputs[0].outlier = &f->labels[1];
}


/* returns how many rows were found by all points */
static size_t
compare(fixture_t *f, double scale)
{
    size_t       i, d, total;
    double      *q;
    knn_heap_t   list;
    knn_model_t *model;
    knn_query_t *query;

    d = f->parts.n_features;
    q = fixture_alloc(QUERIES * d, sizeof(double));

    for (i = 0; i < QUERIES * d; i++) {
        q[i] = fixture_value(f, 11, scale / 2);
    }

    model = fixture_build(f);
    query = fixture_query(model, q, QUERIES, KNN_KNEIGHBORS);
    list.values = fixture_alloc(f->parts.n_samples, sizeof(double));
    list.rows = fixture_alloc(f->parts.n_samples, sizeof(uint32_t));
    total = 0;

    for (i = 0; i < QUERIES; i++) {
        check_found(f, model, q + i * d, &list);
        check_sorted(f, model, query, i, &list);
        total += list.size;
    }

    ck_assert_uint_eq(query->first[QUERIES], total);

    free(list.values);
    free(list.rows);
    free(q);
    free(query);
    knn_model_free(model);

    return total;
}


/* all metrics of trees, on a lattice whose points lie on the very boundary */
START_TEST(lattice)
{
    size_t       i, total;
    double       scale;
    fixture_t    f;
    knn_metric_e metric;

    static const double scales[] = {1, 0.1, 1.0 / 3, 1e-160, 1e153, 1e-200};

    total = 0;

    for (i = 0; i < 6 * 4 * 6; i += CHECKING_EVERY) {
        metric = (knn_metric_e) (i / 6 % 4);
        scale = scales[i / 24];

        fixture_create(&f, (knn_algorithm_e) _i, metric, 1 + i * 3, 1 + i % 4,
                       1, 1 + i % 3 * 7, scale);
        within(&f, scale * (double) (i % 6) / 2);
        f.parts.sort = (knn_sort_e) (i % 2);

        total += compare(&f, scale);
        fixture_destroy(&f);
    }

    ck_assert_uint_gt(total, 10000 / CHECKING_EVERY);
}
END_TEST


/* radii that are square roots: pow() is needed to tell inside from across */
START_TEST(roots)
{
    size_t    i, total;
    fixture_t f;

    total = 0;

    for (i = 0; i < 200; i += CHECKING_EVERY) {
        fixture_create(&f, (knn_algorithm_e) _i, KNN_EUCLIDEAN, 150, 2 + i % 3,
                       1, 1 + i % 2 * 4, 0.1);
        within(&f, sqrt((double) (1 + i % 20)) * 0.1);

        total += compare(&f, 0.1);
        fixture_destroy(&f);
    }

    ck_assert_uint_gt(total, 10000 / CHECKING_EVERY);
}
END_TEST


/* rows without neighbors: the outlier's label, or an error that names them */
START_TEST(nobody)
{
    size_t       rows;
    double       q[6], novelty;
    void        *memory;
    fixture_t    f;
    knn_model_t *model;
    knn_query_t *query;

    fixture_create(&f, (knn_algorithm_e) _i, KNN_EUCLIDEAN, 100, 2, 1, 5, 1);
    within(&f, 0.25);
    model = fixture_build(&f);

    memcpy(q, f.x, 4 * sizeof(double));
    q[4] = 100;
    q[5] = 100;

    query = fixture_query(model, q, 3,
                          KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS);
    ck_assert_int_eq(query->error.status, KNN_OK);
    ck_assert_uint_eq(query->classes[2], 1);
    ck_assert_double_eq(query->proba[7], 1);
    ck_assert_uint_eq(query->first[2], query->first[3]);
    ck_assert_double_eq(query->novelty[2], 1);
    novelty = query->novelty[0];
    ck_assert_double_eq(novelty, 0);

    free(query);
    knn_model_free(model);

    f.outputs[0].outlier = NULL;
    model = fixture_build(&f);
    query = fixture_query(model, q, 3, KNN_KNEIGHBORS);
    ck_assert_int_eq(query->error.status, KNN_OK);
    free(query);

    rows = knn_query_size(model, 3, KNN_PREDICT);
    memory = aligned_alloc(KNN_ALIGNMENT, rows);
    query = knn_query_init(memory, model, q, 3, KNN_PREDICT);
    ck_assert(knn_query_run(query, SIZE_MAX));
    ck_assert_uint_eq(query->done, 2);
    ck_assert_uint_eq(query->failed, 2);
    ck_assert_int_eq(query->error.status, KNN_VALUE);
    ck_assert_ptr_nonnull(strstr(query->error.message, "has no neighbors"));
    ck_assert(knn_query_run(query, SIZE_MAX));

    free(memory);
    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("radius");
    tcase = tcase_create("radius");
    tcase_set_timeout(tcase, 60);

    tcase_add_loop_test(tcase, lattice, KNN_BRUTE, KNN_BALL_TREE + 1);
    tcase_add_loop_test(tcase, roots, KNN_BRUTE, KNN_BALL_TREE + 1);
    tcase_add_loop_test(tcase, nobody, KNN_BRUTE, KNN_BALL_TREE + 1);
    suite_add_tcase(suite, tcase);

    return suite;
}
