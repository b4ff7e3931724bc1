
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every kernel that this processor can run, bit for bit, against loops. */


#include "fixture.h"


#define BLOCKS 13


static const char *const variants[] = {"generic", "avx2", "avx512"};


static const knn_kernels_t *
variant(int i)
{
    return knn_kernels_find(variants[i]);
}


/* Values of all magnitudes, with both zeros and what overflows. */
static double
wild(fixture_t *f)
{
    switch (fixture_random(f) % 12) {
    case 0:
        return 0.0;
    case 1:
        return -0.0;
    case 2:
        return 1.7e308;
    case 3:
        return -1.7e308;
    case 4:
        return 5e-324;
    case 5:
        return 1e-170;
    default:
        return ldexp((double) fixture_random(f) - 0x1p30, -29);
    }
}


/* A value that makes a difference to the metric. */
static double
number(fixture_t *f)
{
    switch (f->parts.metric) {
    case KNN_NAN_EUCLIDEAN:
        return (fixture_random(f) % 4 == 0) ? NAN : wild(f);
    case KNN_COSINE:
    case KNN_CORRELATION:
    case KNN_CANBERRA:
    case KNN_BRAYCURTIS:
    case KNN_SCIPY_BRAYCURTIS:
    case KNN_EARLY_MANHATTAN:
    case KNN_EARLY_BRAYCURTIS:
    case KNN_SCIPY_SEUCLIDEAN:
    case KNN_SCIPY_MAHALANOBIS:
        return (fixture_random(f) % 4 == 0)
                   ? 0
                   : ldexp((double) fixture_random(f) - 0x1p30, -29);
    default:
        break;
    }

    return (knn_metric_get(f->parts.metric)->weighted
            && !knn_metric_has_p(f->parts.metric))
               ? fixture_value(f, 3, 0.5)
               : wild(f);
}


/* One scan of n blocks, q at an odd place, the memory behind watched. */
static void
compare_scan(const knn_kernels_t *kernels, fixture_t *f, size_t n)
{
    size_t      i, j, d;
    double     *x, *q, *row, *rdist, expected;
    knn_space_t space;

    d = f->parts.n_features;
    x = aligned_alloc(64, n * d * 64);
    row = fixture_alloc(d, sizeof(double));
    q = (double *) fixture_alloc(d + 8, sizeof(double)) + n % 8;
    rdist = aligned_alloc(64, (n + 1) * 64);

    for (i = 0; i < n * d * 8; i++) {
        x[i] = number(f);
    }

    for (j = 0; j < d; j++) {
        q[j] = number(f);
    }

    /* the last lane is empty */

    for (j = 0; j < d; j++) {
        x[(n - 1) * d * 8 + j * 8 + 7] = INFINITY;
    }

    for (i = 0; i < (n + 1) * 8; i++) {
        rdist[i] = -1;
    }

    space = knn_metric_space(&f->parts);
    kernels->scans->scan[f->parts.metric](&space, x, n, q, rdist);

    for (i = 0; i < n * 8; i++) {
        for (j = 0; j < d; j++) {
            row[j] = x[(i / 8 * d + j) * 8 + i % 8];
        }

        expected = (i == n * 8 - 1) ? INFINITY : plain_rdist(&f->parts, q, row);

        if (!plain_same(expected, rdist[i])) {
            ck_abort_msg("%s, metric %d, %zu features, row %zu of %zu: %a, "
                         "must be %a",
                         kernels->name, f->parts.metric, d, i, n * 8, rdist[i],
                         expected);
        }
    }

    for (i = n * 8; i < (n + 1) * 8; i++) {
        ck_assert_double_eq(rdist[i], -1);
    }

    free(x);
    free(row);
    free(q - n % 8);
    free(rdist);
}


/* All numbers of features and blocks, every other time with weights. */
static void
compare_metric(const knn_kernels_t *kernels, fixture_t *f, knn_metric_e metric)
{
    size_t n, d;

    for (d = 1; d <= 40; d += (d < 12) ? 1 : 7) {
        if (metric == KNN_HAVERSINE && d != 2) {
            continue;
        }

        f->parts.n_features = d;
        fixture_metric(f, metric);

        for (n = 1; n <= BLOCKS; n++) {
            if (knn_metric_get(metric)->weighted && metric != KNN_WMINKOWSKI) {
                f->parts.w = (n % 2 == 0) ? f->w : NULL;
            }

            compare_scan(kernels, f, n);
        }

        free(f->w);
        free(f->vi);
    }
}


START_TEST(scan)
{
    int       metric;
    fixture_t f;

    if (variant(_i) == NULL) {
        return;
    }

    for (metric = 0; metric < KNN_METRICS; metric++) {
        memset(&f, 0, sizeof(fixture_t));
        f.seed = 7;
        compare_metric(variant(_i), &f, (knn_metric_e) metric);
    }
}
END_TEST


START_TEST(below)
{
    size_t    n, i, round;
    double    limit, rdist[BLOCKS * 8] __attribute__((aligned(64)));
    uint64_t  words[2];
    fixture_t f;

    if (variant(_i) == NULL) {
        return;
    }

    f.seed = 9;

    for (n = 1; n <= BLOCKS; n++) {
        for (round = 0; round < 50; round++) {
            for (i = 0; i < n * 8; i++) {
                rdist[i] = fixture_value(&f, 6, 1);
                rdist[i] = (rdist[i] == 5) ? INFINITY : rdist[i];
            }

            limit = (round == 0) ? INFINITY : fixture_value(&f, 6, 1);
            memset(words, 0xff, sizeof(words));

            variant(_i)->scans->below(rdist, n, limit, words);

            for (i = 0; i < (n + 7) / 8 * 64; i++) {
                ck_assert_uint_eq(words[i / 64] >> (i % 64) & 1,
                                  i < n * 8 && rdist[i] <= limit);
            }
        }
    }
}
END_TEST


/* How many of n values are not above limit. */
static size_t
count(const double *values, size_t n, double limit)
{
    size_t i, c;

    for (i = 0, c = 0; i < n; i++) {
        c += values[i] <= limit;
    }

    return c;
}


START_TEST(enough)
{
    size_t    n, i, k, round;
    double    got, rdist[BLOCKS * 8] __attribute__((aligned(64)));
    fixture_t f;

    if (variant(_i) == NULL) {
        return;
    }

    f.seed = 11;

    for (n = 1; n <= BLOCKS; n++) {
        for (round = 0; round < 50; round++) {
            for (i = 0; i < n * 8; i++) {
                rdist[i] = (round % 2 == 0) ? fixture_value(&f, 9, 1)
                                            : fixture_value(&f, 1u << 30, 1);
                rdist[i] = (rdist[i] == 8) ? INFINITY : rdist[i];
            }

            for (k = 1; k <= KNN_ENOUGH && k <= n * 8; k++) {
                got = variant(_i)->scans->enough(rdist, n, k);

                ck_assert_uint_ge(count(rdist, n * 8, got), k);

                if (n <= 2 && got > 0) {
                    ck_assert_uint_lt(count(rdist, n * 8, nextafter(got, -1)),
                                      k);
                }
            }
        }
    }
}
END_TEST


START_TEST(names)
{
    size_t i;

    ck_assert_ptr_nonnull(knn_kernels_find("generic"));
    ck_assert_ptr_eq(knn_kernels_find(knn_kernels_best()->name),
                     knn_kernels_best());
    ck_assert_ptr_null(knn_kernels_find("abacus"));

    for (i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        if (variant((int) i) != NULL) {
            ck_assert_str_eq(variant((int) i)->name, variants[i]);
        }
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("kernels");
    tcase = tcase_create("kernels");

    tcase_add_loop_test(tcase, scan, 0, 3);
    tcase_add_loop_test(tcase, below, 0, 3);
    tcase_add_loop_test(tcase, enough, 0, 3);
    tcase_add_test(tcase, names);
    suite_add_tcase(suite, tcase);

    return suite;
}
