
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Codes of rows of every kind: no row is nearer or farther than its bounds say,
 * and what they find is what measuring all rows does, to the last bit.
 */


#include "fixture.h"

#include "../../../model/codes.h"
#include "../../../model/layout.h"
#include "../../../model/query.h"


#define POINTS 12
#define KINDS  9


/* one value of a kind of rows, which differ in what is hard about them */
static double
value(fixture_t *f, size_t kind, size_t i, size_t j)
{
    double normal;

    normal = ldexp((double) (fixture_random(f) % 0x10000), -15)
             + ldexp((double) (fixture_random(f) % 0x10000), -15)
             + ldexp((double) (fixture_random(f) % 0x10000), -15) - 3;

    switch (kind) {
    case 0: /* few different integers: masses of ties */
        return fixture_value(f, 3, 1);
    case 1: /* integers that have exact codes, and are floats */
        return fixture_value(f, 200, 1) - 100;
    case 2: /* outliers in some rows */
        return (i % 37 == 0 && j == i % 5) ? normal * 1e6 : normal;
    case 3: /* a constant column, and one that rules */
        return (j == 0) ? 7.25 : (j == 1) ? normal * 1e5 : normal;
    case 4: /* all magnitudes */
        return ldexp(normal, (int) (fixture_random(f) % 120) - 60);
    case 5: /* the rows of before once more, and their neighbors */
        return (i % 2 == 0) ? fixture_value(f, 2, 0.1) : 0.1;
    case 6: /* far from zero */
        return 0x1p40 + normal;
    case 7: /* small */
        return normal * 0x1p-300;
    default: /* nothing special */
        return normal;
    }
}


/* A model with codes; wherever that makes sense, of a kind of rows. */
static void
create(fixture_t *f, size_t kind, knn_algorithm_e algorithm, size_t n, size_t d,
       int64_t k)
{
    size_t i, j;

    fixture_create(f, KNN_BRUTE,
                   (kind % 3 == 2) ? KNN_SQEUCLIDEAN : KNN_EUCLIDEAN, n, d, k,
                   30, 1);

    if (algorithm != KNN_BRUTE) {
        free(f->w);
        free(f->vi);
        fixture_metric(f, KNN_EUCLIDEAN);
    }

    for (i = 0; i < n; i++) {
        for (j = 0; j < d; j++) {
            f->x[i * d + j] = value(f, kind, i, j);
        }
    }

    f->parts.algorithm = algorithm;

    if (algorithm != KNN_BRUTE) {
        fixture_tree(f, fixture_levels(n, 30));
    }
}


static knn_model_t *
build(fixture_t *f, const char *way)
{
    f->parts.search = way;

    return fixture_build(f);
}


/* Points on rows, between them, beside them, and far off. */
static double *
points(fixture_t *f)
{
    size_t        i, j, d;
    double       *q;
    const double *a, *b;

    d = f->parts.n_features;
    q = fixture_alloc(POINTS * d, sizeof(double));

    for (i = 0; i < POINTS; i++) {
        a = f->x + fixture_random(f) % f->parts.n_samples * d;
        b = f->x + fixture_random(f) % f->parts.n_samples * d;

        for (j = 0; j < d; j++) {
            q[i * d + j] = (i % 4 == 0)   ? a[j]
                           : (i % 4 == 1) ? (a[j] + b[j]) / 2
                           : (i % 4 == 2) ? 2 * a[j] - b[j]
                                          : a[j] * 0.75 + b[j] * 0.25;
        }
    }

    for (j = 0; j < d; j++) {
        q[j] = (j == 3) ? -1e3 : q[j];
        q[d + j] = (j == 4) ? 1e30 : q[d + j];
        q[2 * d + j] = (j == 5) ? 1.5e308 : q[2 * d + j];
    }

    return q;
}


/* The squares of all rows to one point, one sweep. */
static int32_t *
sweep(const knn_model_t *model, const knn_probe_t *probe)
{
    int32_t           *squares;
    const knn_codes_t *codes;

    codes = model->codes;
    squares = aligned_alloc(KNN_ALIGNMENT, codes->n_blocks * KNN_CODES_BYTES);
    ck_assert_ptr_nonnull(squares);

    model->kernels->sweeps->sweep(codes->codes, codes->sums, codes->n_groups,
                                  codes->n_blocks, probe->q, squares);

    return squares;
}


/* How far a row is, more exactly than doubles are. */
static long double
distance(const double *a, const double *b, size_t d)
{
    size_t      j;
    long double t, sum;

    sum = 0;

    for (j = 0; j < d; j++) {
        t = (long double) a[j] - (long double) b[j];
        sum += t * t;
    }

    return sqrtl(sum);
}


/* Looks at each row's bounds for one point. */
static void
check_bounds(const fixture_t *f, const knn_model_t *model, const double *q,
             const knn_probe_t *probe)
{
    size_t      i, d;
    int32_t    *squares;
    long double dist, coded, off;

    d = f->parts.n_features;
    squares = sweep(model, probe);

    for (i = 0; i < f->parts.n_samples; i++) {
        dist = distance(q, f->x + model->rows[i] * d, d)
               / (long double) model->codes->step;
        coded = sqrtl((long double) squares[i] + probe->reach.own);
        off = (long double) model->codes->errors[i / KNN_CODES_ROWS]
              + (long double) probe->error;

        if (!(fabsl(dist - coded) <= off)) {
            ck_abort_msg("%zu rows of %zu features, row %zu: %Lg steps away, "
                         "but %Lg by codes that are %Lg off",
                         f->parts.n_samples, d, i, dist, coded, off);
        }
    }

    free(squares);
}


static const size_t features[] = {8, 9, 30, 67, 99};

#define FEATURES (sizeof(features) / sizeof(features[0]))


/* No row is nearer or farther than it may be. */
START_TEST(bounds)
{
    size_t       i, d;
    double      *q;
    fixture_t    f;
    knn_model_t *model;
    knn_query_t *query;
    knn_probe_t *probe;
    knn_search_t search;

    d = features[(size_t) _i / KINDS];
    create(&f, (size_t) _i % KINDS, KNN_BRUTE, 301, d, 5);
    model = build(&f, "codes");
    ck_assert_msg(model->codes != NULL, "kind %d has no codes", _i % KINDS);

    q = points(&f);
    query = fixture_query(model, q, 1, KNN_PREDICT);
    search = ((knn_scratch_t *) query->scratch)->search;
    probe = search.probe;

    for (i = 0; i < POINTS; i++) {
        knn_probe_begin(model, q + i * d, &search);

        if (probe->error < INFINITY) {
            check_bounds(&f, model, q + i * d, probe);
        }
    }

    free(q);
    free(query);
    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


/* The answers of two models, row by row; the second one in small portions. */
static void
check_same(const fixture_t *f, const knn_model_t *faithful,
           const knn_model_t *model, const double *q, unsigned outputs)
{
    size_t       i, k, portion;
    void        *memory;
    knn_query_t *a, *b;

    k = (size_t) f->parts.n_neighbors;
    memory = aligned_alloc(KNN_ALIGNMENT, knn_query_size(model, 1, outputs));
    ck_assert_ptr_nonnull(memory);

    for (i = 0; i < POINTS; i++) {
        portion = (i % 2 == 0) ? 100 : SIZE_MAX;
        a = fixture_query(faithful, q + i * f->parts.n_features, 1, outputs);
        b = knn_query_init(memory, model, q + i * f->parts.n_features, 1,
                           outputs);

        while (!knn_query_run(b, portion)) {
            /* void */
        }

        ck_assert_msg(memcmp(a->nearest, b->nearest, sizeof(double)) == 0
                          && a->novelty[0] == b->novelty[0],
                      "k %zu, point %zu: the nearest row is %a away, not %a", k,
                      i, a->nearest[0], b->nearest[0]);

        if (outputs & KNN_PREDICT) {
            ck_assert_msg(a->classes[0] == b->classes[0],
                          "k %zu, point %zu: another class", k, i);
        }

        if (outputs & KNN_KNEIGHBORS) {
            ck_assert_msg(
                memcmp(a->indices, b->indices, k * sizeof(int64_t)) == 0
                    && memcmp(a->distances, b->distances, k * sizeof(double))
                           == 0,
                "k %zu, point %zu: other neighbors", k, i);
        }

        free(a);
    }

    free(memory);
}


static const knn_algorithm_e algorithms[] = {KNN_BRUTE, KNN_BRUTE, KNN_KD_TREE,
                                             KNN_BALL_TREE};

#define ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

static const int64_t neighbors[] = {1, 5, 16, 33, 150};

#define NEIGHBORS (sizeof(neighbors) / sizeof(neighbors[0]))


/* What codes find is what the faithful way does. */
START_TEST(same)
{
    size_t       i, kind, algorithm;
    double      *q;
    fixture_t    f;
    knn_model_t *model, *faithful;

    kind = (size_t) _i % KINDS;
    algorithm = (size_t) _i / KINDS % ALGORITHMS;

    /* there is but one name of squared distances */

    if (algorithm == 1 && kind % 3 == 2) {
        return;
    }

    for (i = (size_t) _i % CHECKING_EVERY; i < NEIGHBORS; i += CHECKING_EVERY) {
        create(&f, kind, algorithms[algorithm], 1030 + i,
               features[i % FEATURES], neighbors[i]);

        if (algorithm == 1) {
            f.parts.metric_name = "l2";
        }

        model = build(&f, "codes");
        faithful =
            build(&f, (algorithm > 1) ? "heap"
                      : (algorithms[algorithm] == KNN_BRUTE && model->lowest)
                          ? "lowest"
                          : "serial");

        q = points(&f);
        check_same(&f, faithful, model, q, KNN_PREDICT);
        check_same(&f, faithful, model, q, KNN_PREDICT | KNN_KNEIGHBORS);

        free(q);
        knn_model_free(model);
        knn_model_free(faithful);
        fixture_destroy(&f);
    }
}
END_TEST


/* Rows one after the other are measured as a plain loop does. */
START_TEST(rows)
{
    float                narrow[KNN_LANES][80];
    double               wide[KNN_LANES][80], q[80], plain;
    double               rdist[KNN_LANES] __attribute__((aligned(64)));
    size_t               i, j, d, at;
    fixture_t            f;
    const void          *p[KNN_LANES];
    const knn_kernels_t *kernels;

    f.seed = 7;

    for (at = 0; (kernels = knn_kernels_at(at)) != NULL; at++) {
        for (d = KNN_LANES; d < 80; d++) {
            for (j = 0; j < d; j++) {
                q[j] = value(&f, 4, 0, j);

                for (i = 0; i < KNN_LANES; i++) {
                    wide[i][j] = value(&f, 4 + i % 2 * 4, i, j);
                    narrow[i][j] = (float) value(&f, 4, i, j);
                }
            }

            for (j = 0; j < 2; j++) {
                for (i = 0; i < KNN_LANES; i++) {
                    p[i] = (j == 0) ? (void *) wide[i] : (void *) narrow[i];
                }

                kernels->scans->rows[j](p, d, q, rdist);

                for (i = 0; i < KNN_LANES; i++) {
                    size_t c;

                    plain = 0;

                    for (c = 0; c < d; c++) {
                        double t =
                            ((j == 0) ? wide[i][c] : (double) narrow[i][c])
                            - q[c];

                        plain += t * t;
                    }

                    ck_assert_msg(plain == rdist[i],
                                  "%s, %zu features, row %zu: %a, must be %a",
                                  kernels->name, d, i, rdist[i], plain);
                }
            }
        }
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("codes");
    tcase = tcase_create("codes");

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, rows);
    tcase_add_loop_test(tcase, bounds, 0, KINDS * FEATURES);
    tcase_add_loop_test(tcase, same, 0, KINDS * ALGORITHMS);
    suite_add_tcase(suite, tcase);

    return suite;
}
