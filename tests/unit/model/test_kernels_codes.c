
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every sweep over codes that this processor can run, against plain loops. */


#include "fixture.h"

#include <float.h>

#include "../../../model/kernels/kernels.h"


/* more than there are kernels for any processor */
#define VARIANTS 8

#define BLOCKS   19
#define ROWS     (BLOCKS * KNN_CODES_ROWS)


/* blocks of codes, and a point */
typedef struct {
    size_t   n_groups;
    size_t   n;
    uint8_t *codes;
    int32_t *sums;
    int8_t  *q;
} sweep_t;


/* Memory as the kernels want it, nothing behind it. */
static void *
allocate(size_t size)
{
    void *p;

    p = aligned_alloc(KNN_ALIGNMENT,
                      (size + KNN_ALIGNMENT - 1) & ~(KNN_ALIGNMENT - 1ul));
    ck_assert_ptr_nonnull(p);

    return p;
}


/* The code of a row, shifted as the point's are. */
static int64_t
code(const sweep_t *s, size_t row, size_t j)
{
    size_t group;

    group = row / KNN_CODES_ROWS * s->n_groups + j / KNN_CODES_GROUP;

    return s->codes[group * KNN_CODES_BYTES
                    + row % KNN_CODES_ROWS * KNN_CODES_GROUP
                    + j % KNN_CODES_GROUP]
           - KNN_CODES_SHIFT;
}


/* Codes of all sizes; round decides about extreme ones. */
static void
create(sweep_t *s, fixture_t *f, size_t n_groups, size_t n, size_t round)
{
    size_t  i, j, d;
    int64_t c;

    s->n_groups = n_groups;
    s->n = n;
    s->codes = allocate(n * n_groups * KNN_CODES_BYTES);
    s->sums = allocate(n * KNN_CODES_ROWS * sizeof(int32_t));

    d = n_groups * KNN_CODES_GROUP;
    i = (d + KNN_CODES_POINT - 1) / KNN_CODES_POINT * KNN_CODES_POINT;
    s->q = allocate(i);
    memset(s->q, 0, i);

    for (i = 0; i < n * n_groups * KNN_CODES_BYTES; i++) {
        s->codes[i] = (uint8_t) ((round == 0)   ? 255
                                 : (round == 1) ? 0
                                                : fixture_random(f));
    }

    for (j = 0; j < d; j++) {
        s->q[j] = (int8_t) ((round == 0) ? INT8_MIN
                            : (round == 1)
                                ? INT8_MAX
                                : (int) (fixture_random(f) % 256) + INT8_MIN);
    }

    for (i = 0; i < n * KNN_CODES_ROWS; i++) {
        s->sums[i] = 0;

        for (j = 0; j < d; j++) {
            c = code(s, i, j) + KNN_CODES_SHIFT;
            s->sums[i] += (int32_t) (c * c - 2 * KNN_CODES_SHIFT * c);
        }
    }
}


static void
destroy(sweep_t *s)
{
    free(s->codes);
    free(s->sums);
    free(s->q);
}


/* The square of a row's distance to the point, less the point's own. */
static int64_t
square(const sweep_t *s, size_t row)
{
    size_t  j;
    int64_t own, sum, t;

    own = 0;
    sum = 0;

    for (j = 0; j < s->n_groups * KNN_CODES_GROUP; j++) {
        t = code(s, row, j) - s->q[j];
        sum += t * t;
        own += (s->q[j] + KNN_CODES_SHIFT) * (s->q[j] + KNN_CODES_SHIFT);
    }

    return sum - own;
}


/* One sweep, the memory behind watched; the last row may be an empty one. */
static void
compare(const knn_kernels_t *kernels, fixture_t *f, size_t n_groups, size_t n,
        size_t round)
{
    size_t   i, j, rows;
    int64_t  expected;
    int32_t *squares;
    sweep_t  s;

    create(&s, f, n_groups, n, round);

    rows = n * KNN_CODES_ROWS;
    squares = allocate((rows + KNN_CODES_ROWS) * sizeof(int32_t));
    memset(squares, 0x5a, (rows + KNN_CODES_ROWS) * sizeof(int32_t));

    if (round == 3 && n > 0) {
        for (j = 0; j < n_groups * KNN_CODES_GROUP; j++) {
            s.codes[(n - 1) * n_groups * KNN_CODES_BYTES
                    + j / KNN_CODES_GROUP * KNN_CODES_BYTES
                    + (KNN_CODES_ROWS - 1) * KNN_CODES_GROUP
                    + j % KNN_CODES_GROUP] = 0;
        }

        s.sums[rows - 1] = KNN_CODES_EMPTY;
    }

    kernels->sweeps->sweep(s.codes, s.sums, n_groups, n, s.q, squares);

    for (i = 0; i < rows; i++) {
        expected =
            (round == 3 && i == rows - 1) ? KNN_CODES_EMPTY : square(&s, i);

        if (squares[i] != expected) {
            ck_abort_msg("%s, %zu groups, row %zu of %zu: %d, must be %lld",
                         kernels->name, n_groups, i, rows, squares[i],
                         (long long) expected);
        }
    }

    for (i = rows; i < rows + KNN_CODES_ROWS; i++) {
        ck_assert_int_eq(squares[i], 0x5a5a5a5a);
    }

    free(squares);
    destroy(&s);
}


START_TEST(sweep)
{
    size_t               n_groups, n, round;
    fixture_t            f;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 3;

    for (n_groups = 1; n_groups <= 70; n_groups += (n_groups < 34) ? 1 : 9) {
        for (n = 0; n <= 9; n += (n < 5) ? 1 : 4) {
            for (round = 0; round < 4; round++) {
                compare(kernels, &f, n_groups, n, round);
            }
        }
    }

    /* squares that barely fit */

    for (round = 0; round < 4; round++) {
        compare(kernels, &f, KNN_CODES_FEATURES / KNN_CODES_GROUP, 5, round);
    }
}
END_TEST


/* A number near codes, between two of them, or far from all. */
static double
number(fixture_t *f, double low, double per)
{
    switch (fixture_random(f) % 12) {

    case 0:
        return low + ((double) (fixture_random(f) % 256) + 0.5) / per;

    case 1:
        return low + (double) (fixture_random(f) % 1000) / per - 300 / per;

    case 2:
        return ldexp((double) (fixture_random(f) % 1000) - 500,
                     (int) (fixture_random(f) % 1000));

    case 3:
        return DBL_MAX;

    case 4:
        return (double) (fixture_random(f) % 300);

    default:
        return low + (double) (fixture_random(f) % 0x10000) * 0x1p-8 / per;
    }
}


/* Codes a point, and looks at all features one by one. */
static void
compare_codes(const knn_kernels_t *kernels, const double *x, const double *low,
              double per, size_t n)
{
    bool        whole;
    size_t      j, room;
    double      t, most;
    int8_t     *q;
    int32_t     own, c;
    knn_coded_t made, plain;

    room = (n + KNN_CODES_LANES - 1) / KNN_CODES_LANES * KNN_CODES_LANES;
    q = fixture_alloc(room, 1);

    knn_sweeps_generic.code(x, low, per, n, q, &plain);
    memset(q, 0x5a, room);
    kernels->sweeps->code(x, low, per, n, q, &made);

    own = 0;
    most = KNN_CODES_MOST;
    whole = true;

    for (j = 0; j < room; j++) {
        t = (j < n) ? (x[j] - low[j]) * per : 0;
        c = (int32_t) fmax(0, fmin(KNN_CODES_MOST, t + 0.5));
        own += c * c;
        most = fmax(most, fabs(t));
        whole =
            whole && (j >= n || (fabs(x[j]) <= 0x1p51 && x[j] == floor(x[j])));

        if (q[j] + KNN_CODES_SHIFT != c) {
            ck_abort_msg("%s, feature %zu of %zu: %d, must be %d",
                         kernels->name, j, n, q[j] + KNN_CODES_SHIFT, c);
        }
    }

    ck_assert_int_eq(made.own, own);
    ck_assert(made.most == most);
    ck_assert_int_eq(made.whole, whole);
    ck_assert_mem_eq(&made.off, &plain.off, sizeof(double));

    free(q);
}


START_TEST(coded)
{
    size_t               j, n, round;
    double              *x, *low, per;
    fixture_t            f;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 7;

    for (n = 1; n <= 70; n++) {
        x = fixture_alloc(n, sizeof(double));
        low = fixture_alloc(n, sizeof(double));

        for (round = 0; round < 30; round++) {
            per = ldexp(1 + (double) (round % 3) / 3, (int) round - 15);

            for (j = 0; j < n; j++) {
                low[j] = (double) (fixture_random(&f) % 100) - 50;
                x[j] = (round % 5 == 0) ? low[j] + (double) j
                                        : number(&f, low[j], per);
            }

            compare_codes(kernels, x, low, per, n);
        }

        free(x);
        free(low);
    }
}
END_TEST


/* Squares in plenty of ties, some of them of empty rows. */
static void
fill(fixture_t *f, size_t n, int32_t own, int32_t *squares)
{
    size_t i;

    for (i = 0; i < n * KNN_CODES_ROWS; i++) {
        squares[i] = (fixture_random(f) % 5 == 0)
                         ? KNN_CODES_EMPTY - own
                         : (int32_t) (fixture_random(f) % 300) - own;
    }
}


START_TEST(enough)
{
    size_t               i, k, n, round, below;
    int32_t              got, least[KNN_CODES_ENOUGH], *lane;
    int32_t              squares[ROWS] __attribute__((aligned(KNN_ALIGNMENT)));
    fixture_t            f;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 5;

    for (n = 1; n <= BLOCKS; n++) {
        for (round = 0; round < 20; round++) {
            fill(&f, n, 0, squares);

            for (i = 0; i < KNN_CODES_ENOUGH; i++) {
                least[i] = KNN_CODES_EMPTY;
            }

            for (i = 0; i < n * KNN_CODES_ROWS; i++) {
                lane = &least[i % KNN_CODES_ENOUGH];
                *lane = (squares[i] < *lane) ? squares[i] : *lane;
            }

            for (k = 1; k <= KNN_CODES_ENOUGH; k++) {
                got = kernels->sweeps->enough(squares, n, k);

                for (below = 0, i = 0; i < KNN_CODES_ENOUGH; i++) {
                    ck_assert(least[i] != got || below < k);
                    below += least[i] < got;
                }

                ck_assert_uint_lt(below, k);

                for (below = 0, i = 0; i < KNN_CODES_ENOUGH; i++) {
                    below += least[i] <= got;
                }

                ck_assert_uint_ge(below, k);
            }
        }
    }
}
END_TEST


/* Candidates by lane, each as often as it is listed. */
typedef struct {
    unsigned times[ROWS + 1];
    float    lower[ROWS + 1];
    float    upper[ROWS + 1];
} listed_t;


/* Sorts a list, what was there before it left out. */
static void
sort(const knn_candidates_t *list, uint32_t lane, listed_t *listed)
{
    size_t i, l;

    memset(listed, 0, sizeof(listed_t));

    for (i = 1; i < list->size; i++) {
        l = list->lanes[i] - lane;
        ck_assert_uint_lt(l, ROWS);

        listed->times[l]++;
        listed->lower[l] = list->lower[i];
        listed->upper[l] = list->upper[i];
    }
}


/* Collects from n blocks, and looks at all rows one by one. */
static void
compare_collected(const knn_kernels_t *kernels, fixture_t *f, size_t n,
                  knn_reach_t reach)
{
    size_t           i;
    bool             near;
    float            r, root, errors[BLOCKS];
    int32_t          squares[ROWS] __attribute__((aligned(KNN_ALIGNMENT)));
    uint32_t         lane;
    listed_t         listed;
    knn_candidates_t list;

    lane = (uint32_t) (16 * (fixture_random(f) % 1000000));
    list.lower = fixture_alloc(1 + n * 16 + 16, sizeof(float));
    list.upper = fixture_alloc(1 + n * 16 + 16, sizeof(float));
    list.lanes = fixture_alloc(1 + n * 16 + 16, sizeof(uint32_t));
    list.size = 1;
    list.lower[0] = -1;
    list.upper[0] = -2;
    list.lanes[0] = 3;

    fill(f, n, reach.own, squares);

    for (i = 0; i < n; i++) {
        errors[i] = (float) fixture_value(f, 9, 0.17);
    }

    kernels->sweeps->collect(squares, errors, n, reach, lane, &list);
    sort(&list, lane, &listed);

    ck_assert(list.lower[0] == -1 && list.upper[0] == -2 && list.lanes[0] == 3);

    for (i = 0; i < n * KNN_CODES_ROWS; i++) {
        r = reach.most + errors[i / 16];
        r = r * r;
        near = squares[i] + reach.own
               <= (int32_t) ((r < KNN_CODES_LARGEST) ? r : KNN_CODES_LARGEST);

        if (listed.times[i] != near) {
            ck_abort_msg("%s, row %zu of %zu: listed %u times, must be %d",
                         kernels->name, i, n * 16, listed.times[i], near);
        }

        if (near) {
            root = sqrtf((float) (squares[i] + reach.own));
            ck_assert(listed.lower[i]
                      == root * KNN_CODES_LESS - errors[i / 16]);
            ck_assert(listed.upper[i]
                      == root * KNN_CODES_MORE + errors[i / 16]);
        }
    }

    free(list.lower);
    free(list.upper);
    free(list.lanes);
}


START_TEST(collect)
{
    size_t               n, round;
    fixture_t            f;
    knn_reach_t          reach;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 13;

    for (n = 0; n <= BLOCKS; n++) {
        for (round = 0; round < 40; round++) {
            reach.own = (round % 3 == 0) ? 0 : (int32_t) fixture_random(&f) / 2;
            reach.most = (round == 0)   ? INFINITY
                         : (round == 1) ? 0
                                        : (float) fixture_value(&f, 200, 0.1);
            compare_collected(kernels, &f, n, reach);
        }
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("kernels_codes");
    tcase = tcase_create("kernels_codes");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, coded, 0, VARIANTS);
    tcase_add_loop_test(tcase, sweep, 0, VARIANTS);
    tcase_add_loop_test(tcase, enough, 0, VARIANTS);
    tcase_add_loop_test(tcase, collect, 0, VARIANTS);
    suite_add_tcase(suite, tcase);

    return suite;
}
