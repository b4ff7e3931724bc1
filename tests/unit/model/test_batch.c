
/*
 * Copyright (C) nginx-knn contributors
 */


/* Sweeps for many points at once, integer for integer, against loops. */


#include "fixture.h"

#include "../../../model/kernels/batch.h"


#define BLOCKS KNN_BATCH_BLOCKS
#define POINTS KNN_BATCH_POINTS


static const char *const variants[] = {"avx512vnni", "amx"};


/* NULL when this processor cannot run it. */
static knn_batch_pt
variant(int i)
{
    const knn_kernels_t *kernels;

    kernels = knn_kernels_find(variants[i]);

    return (kernels == NULL) ? NULL : kernels->batch;
}


typedef struct {
    fixture_t   f;
    size_t      n;
    knn_batch_t batch;
    uint8_t    *codes;
    int32_t    *sums;
    int8_t     *q;
    int32_t     limits[POINTS];
    uint32_t    near[POINTS + 1];
} sweep_t;


/* Memory behind which nothing can be read. */
static void *
sweep_alloc(size_t size)
{
    void *p;

    p = aligned_alloc(64, (size + 63) / 64 * 64);
    ck_assert_ptr_nonnull(p);

    return p;
}


/* The square of a row, less the point's own. */
static int32_t
sweep_square(const sweep_t *s, size_t point, size_t row)
{
    size_t         g, j;
    int32_t        dot;
    const int8_t  *q;
    const uint8_t *codes;

    dot = 0;
    q = s->q + point * s->batch.stride;
    codes = s->codes + row / 16 * s->batch.n_groups * 64 + row % 16 * 4;

    for (g = 0; g < s->batch.n_groups; g++) {
        for (j = 0; j < 4; j++) {
            dot += codes[g * 64 + j] * q[g * 4 + j];
        }
    }

    return s->sums[row] - 2 * dot;
}


/* Codes of all kinds; the last row is empty. */
static void
sweep_codes(sweep_t *s)
{
    size_t   i, row, row_size;
    int32_t  c;
    uint8_t *code;

    row_size = s->batch.n_groups * 4;

    for (row = 0; row < s->n * 16; row++) {
        s->sums[row] = 0;

        for (i = 0; i < row_size; i++) {
            code = s->codes + row / 16 * row_size * 16 + i / 4 * 64
                   + row % 16 * 4 + i % 4;
            c = (int32_t) (row % 5 == 0   ? 255
                           : row % 5 == 1 ? 0
                                          : fixture_random(&s->f) % 256);

            c = (row == s->n * 16 - 1) ? 0 : c;
            *code = (uint8_t) c;
            s->sums[row] += c * c - 256 * c;
        }
    }

    s->sums[s->n * 16 - 1] = INT32_MAX;
}


static void
sweep_create(sweep_t *s, size_t n_groups, size_t n, size_t points)
{
    size_t i, j;

    s->n = n;
    s->batch.n_groups = n_groups;
    s->batch.points = points;
    s->batch.stride = ((n_groups * 4 + 63) / 64 | 1) * 64;

    s->codes = sweep_alloc(n * n_groups * 64);
    s->sums = sweep_alloc(n * 64);
    s->q = sweep_alloc((points + 15) / 16 * 16 * s->batch.stride);
    s->batch.squares = sweep_alloc(points * BLOCKS * 64);

    sweep_codes(s);
    memset(s->q, 0, points * s->batch.stride);

    for (i = 0; i < points; i++) {
        for (j = 0; j < n_groups * 4; j++) {
            s->q[i * s->batch.stride + j] =
                (int8_t) (i % 7 == 0 ? -128
                          : i % 7 == 1
                              ? 127
                              : (int) (fixture_random(&s->f) % 256) - 128);
        }

        j = fixture_random(&s->f) % (n * 16);
        s->limits[i] = (i % 4 == 0)   ? INT32_MAX - 1
                       : (i % 4 == 1) ? INT32_MIN
                                      : sweep_square(s, i, j);
        s->limits[i] -= s->limits[i] == INT32_MAX;
    }

    memset(s->near, 0x5a, sizeof(s->near));
    s->batch.q = s->q;
    s->batch.limits = s->limits;
    s->batch.near = s->near;
}


static void
sweep_destroy(sweep_t *s)
{
    free(s->codes);
    free(s->sums);
    free(s->q);
    free(s->batch.squares);
}


/* What one sweep says of one block for one point. */
static void
check_block(const sweep_t *s, const char *name, size_t point, size_t block)
{
    bool           near;
    size_t         i;
    int32_t        expected[16];
    const int32_t *squares;

    near = false;
    squares = s->batch.squares + (point * BLOCKS + block) * 16;

    for (i = 0; i < 16; i++) {
        expected[i] = sweep_square(s, point, block * 16 + i);
        near |= expected[i] <= s->limits[point];
    }

    ck_assert_msg((s->near[point] >> block & 1) == near,
                  "%s, %zu groups, point %zu of %zu, block %zu of %zu: must %s",
                  name, s->batch.n_groups, point, s->batch.points, block, s->n,
                  near ? "be near" : "not be near");

    for (i = 0; near && i < 16; i++) {
        ck_assert_msg(squares[i] == expected[i],
                      "%s, %zu groups, point %zu of %zu, block %zu of %zu, row "
                      "%zu: %d, must be %d",
                      name, s->batch.n_groups, point, s->batch.points, block,
                      s->n, i, squares[i], expected[i]);
    }
}


static void
check_sweep(int i, fixture_t *f, size_t n_groups, size_t n, size_t points)
{
    size_t  point, block;
    sweep_t s;

    s.f = *f;
    sweep_create(&s, n_groups, n, points);
    variant(i)(&s.batch, s.codes, s.sums, n);

    for (point = 0; point < points; point++) {
        for (block = 0; block < n; block++) {
            check_block(&s, variants[i], point, block);
        }

        ck_assert(n == 32 || s.near[point] >> n == 0);
    }

    ck_assert_uint_eq(s.near[points], 0x5a5a5a5a);

    *f = s.f;
    sweep_destroy(&s);
}


/* all lengths of rows, up to what is in several tiles */
START_TEST(lengths)
{
    size_t    n_groups;
    fixture_t f;

    if (variant(_i) == NULL) {
        return;
    }

    f.seed = 17;

    for (n_groups = 1; n_groups < 70; n_groups++) {
        check_sweep(_i, &f, n_groups, 1 + n_groups % 5, 1 + n_groups % 40);
    }

    check_sweep(_i, &f, 196, 3, 33);
    check_sweep(_i, &f, 8000, 2, 2);
}
END_TEST


/* all numbers of points and of blocks */
START_TEST(numbers)
{
    size_t    i;
    fixture_t f;

    if (variant(_i) == NULL) {
        return;
    }

    f.seed = 19;

    for (i = 1; i <= POINTS; i++) {
        check_sweep(_i, &f, 1 + i % 20, 1 + i % BLOCKS, i);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("batch");
    tcase = tcase_create("batch");
    tcase_set_timeout(tcase, 60);

    tcase_add_loop_test(tcase, lengths, 0, 2);
    tcase_add_loop_test(tcase, numbers, 0, 2);
    suite_add_tcase(suite, tcase);

    return suite;
}
