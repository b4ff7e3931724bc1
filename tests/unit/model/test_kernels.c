
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every kernel that this processor can run, bit for bit, against loops. */


#include "fixture.h"

#include "../../../model/kernels/processor.h"

#include <sys/wait.h>
#include <unistd.h>

#if (KNN_AMX)
#include <immintrin.h>
#endif


/* more than there are kernels for any processor */
#define VARIANTS 8

#define BLOCKS   13


/* NULL when there are no more for this processor. */
static const knn_kernels_t *
variant(int i)
{
    return knn_kernels_at((size_t) i);
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


/* Sums of squares of rows, at any place in memory that a number may be at. */
static void
compare_rows(const knn_kernels_t *kernels, fixture_t *f, size_t d, bool narrow)
{
    size_t      i, j, size;
    char       *memory[KNN_LANES];
    double     *q, t, sum[KNN_LANES];
    double      rdist[KNN_LANES + 1] __attribute__((aligned(KNN_ALIGNMENT)));
    const void *rows[KNN_LANES];

    size = narrow ? sizeof(float) : sizeof(double);
    q = (double *) fixture_alloc(d + 8, sizeof(double)) + d % 8;
    rdist[KNN_LANES] = -1;

    for (j = 0; j < d; j++) {
        q[j] = ldexp((double) fixture_random(f) - 0x1p30, -29);
    }

    for (i = 0; i < KNN_LANES; i++) {
        memory[i] = fixture_alloc(d + i, size);
        rows[i] = memory[i] + i * size;
        sum[i] = 0;

        for (j = 0; j < d; j++) {
            t = ldexp((double) fixture_random(f) - 0x1p30, -29);
            t = narrow ? (float) t : t;

            if (narrow) {
                ((float *) rows[i])[j] = (float) t;
            }
            else {
                ((double *) rows[i])[j] = t;
            }

            t -= q[j];
            sum[i] += t * t;
        }
    }

    kernels->scans->rows[narrow](rows, d, q, rdist);

    for (i = 0; i < KNN_LANES; i++) {
        if (memcmp(&sum[i], &rdist[i], sizeof(double)) != 0) {
            ck_abort_msg("%s, %s, %zu features, row %zu: %a, must be %a",
                         kernels->name, narrow ? "floats" : "doubles", d, i,
                         rdist[i], sum[i]);
        }

        free(memory[i]);
    }

    ck_assert_double_eq(rdist[KNN_LANES], -1);
    free(q - d % 8);
}


START_TEST(rows)
{
    size_t    d, round;
    fixture_t f;

    if (variant(_i) == NULL) {
        return;
    }

    f.seed = 15;

    for (d = KNN_LANES; d <= 80; d++) {
        for (round = 0; round < 4; round++) {
            compare_rows(variant(_i), &f, d, round % 2 == 0);
        }
    }
}
END_TEST


START_TEST(names)
{
    int i;

    for (i = 0; variant(i) != NULL; i++) {
        ck_assert_ptr_eq(knn_kernels_find(variant(i)->name), variant(i));
    }

    ck_assert_int_lt(i, VARIANTS);
    ck_assert_str_eq(variant(i - 1)->name, "generic");
    ck_assert_ptr_eq(knn_kernels_best(), variant(0));
    ck_assert_ptr_null(knn_kernels_find("abacus"));
}
END_TEST


START_TEST(choice)
{
    int         i;
    knn_error_t err;

    ck_assert_int_eq(unsetenv(KNN_KERNELS_VARIABLE), 0);
    ck_assert_ptr_eq(knn_kernels_choose(&err), knn_kernels_best());
    ck_assert_str_eq(knn_kernel(), knn_kernels_best()->name);

    ck_assert_int_eq(setenv(KNN_KERNELS_VARIABLE, "", 1), 0);
    ck_assert_ptr_eq(knn_kernels_choose(&err), knn_kernels_best());

    for (i = 0; variant(i) != NULL; i++) {
        ck_assert_int_eq(setenv(KNN_KERNELS_VARIABLE, variant(i)->name, 1), 0);
        ck_assert_ptr_eq(knn_kernels_choose(&err), variant(i));
        ck_assert_str_eq(knn_kernel(), variant(i)->name);
    }

    ck_assert_int_eq(setenv(KNN_KERNELS_VARIABLE, "abacus", 1), 0);
    ck_assert_ptr_null(knn_kernels_choose(&err));
    ck_assert_int_eq(err.status, KNN_UNSUPPORTED);
    ck_assert_str_eq(knn_kernel(), "");

    for (i = 0; variant(i) != NULL; i++) {
        ck_assert_ptr_nonnull(strstr(err.message, variant(i)->name));
    }
}
END_TEST


#if (KNN_AMX)

/* Uses a tile: without the permission that is a signal. */
__attribute__((target("amx-tile"))) static void
use_tile(void)
{
    /* one row of 16 bytes in tile 0 */
    static const uint8_t config[64] = {[0] = 1, [16] = 16, [48] = 1};

    _tile_loadconfig(config);
    _tile_zero(0);
    _tile_release();
}


/* As workers of a server do, which forks after it has read its models. */
START_TEST(tiles_after_fork)
{
    int   status;
    pid_t pid;

    if (knn_kernels_find("amx") == NULL) {
        return;
    }

    pid = fork();
    ck_assert_int_ne(pid, -1);

    if (pid == 0) {
        use_tile();
        _exit(0);
    }

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

#endif


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("kernels");
    tcase = tcase_create("kernels");

    tcase_add_loop_test(tcase, scan, 0, VARIANTS);
    tcase_add_loop_test(tcase, below, 0, VARIANTS);
    tcase_add_loop_test(tcase, enough, 0, VARIANTS);
    tcase_add_loop_test(tcase, rows, 0, VARIANTS);
    tcase_add_test(tcase, names);
    tcase_add_test(tcase, choice);
#if (KNN_AMX)
    tcase_add_test(tcase, tiles_after_fork);
#endif
    suite_add_tcase(suite, tcase);

    return suite;
}
