
/*
 * Copyright (C) nginx-knn contributors
 */


/* How every kernel picks and orders what is near, against plain loops. */


#include "fixture.h"

#include "../../../model/kernels/kernels.h"


/* more than there are kernels for any processor */
#define VARIANTS 8

#define BLOCKS   21
#define LANES    (BLOCKS * KNN_LANES)
#define PLACES   (KNN_PICKED + KNN_SPARE + 1)


/* a list, and what lies behind it */
typedef struct {
    knn_heap_t list;
    double     values[PLACES] __attribute__((aligned(KNN_ALIGNMENT)));
    uint32_t   rows[PLACES];
} list_t;


/* An empty list. */
static void
start(list_t *l)
{
    l->list = (knn_heap_t){.values = l->values, .rows = l->rows};
    l->values[PLACES - 1] = -1;
    l->rows[PLACES - 1] = 12345;
}


/* Picks from n blocks behind what the list has, and compares all of it. */
static void
compare_pick(const knn_kernels_t *kernels, const double *rdist,
             const uint32_t *rows, size_t n, double limit, size_t before)
{
    bool   fits;
    size_t i, size;
    list_t l;

    start(&l);
    l.list.size = before;

    for (i = 0; i < before; i++) {
        l.values[i] = -2;
        l.rows[i] = (uint32_t) i;
    }

    for (i = 0, size = before; i < n * KNN_LANES; i++) {
        size += rdist[i] <= limit;
    }

    fits = kernels->scans->pick(rdist, rows, n, limit, &l.list);
    ck_assert_int_eq(fits, size <= KNN_PICKED);

    for (i = 0; i < before; i++) {
        ck_assert(l.values[i] == -2 && l.rows[i] == i);
    }

    for (i = 0, size = before; fits && i < n * KNN_LANES; i++) {
        if (rdist[i] <= limit) {
            ck_assert(l.values[size] == rdist[i] && l.rows[size] == rows[i]);
            size++;
        }
    }

    ck_assert(!fits || l.list.size == size);
    ck_assert(l.values[PLACES - 1] == -1 && l.rows[PLACES - 1] == 12345);
}


START_TEST(pick)
{
    size_t               i, n, round;
    double               limit;
    double               rdist[LANES] __attribute__((aligned(KNN_ALIGNMENT)));
    uint32_t             rows[LANES];
    fixture_t            f;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 29;

    for (n = 0; n <= BLOCKS; n++) {
        for (round = 0; round < 60; round++) {
            for (i = 0; i < n * KNN_LANES; i++) {
                rdist[i] = fixture_value(&f, 40, 1);
                rdist[i] = (rdist[i] == 39) ? INFINITY : rdist[i];
                rows[i] = (uint32_t) fixture_random(&f);
            }

            limit = (round == 0) ? INFINITY : fixture_value(&f, 40, 1) - 1;
            compare_pick(kernels, rdist, rows, n, limit,
                         fixture_random(&f) % (KNN_PICKED + 1));
        }
    }
}
END_TEST


/* Orders n pairs, those of equal values as they lie. */
static void
compare_order(const knn_kernels_t *kernels, fixture_t *f, size_t n,
              unsigned steps)
{
    size_t   i, j, place;
    double   values[KNN_ENOUGH];
    list_t   from, to;
    unsigned ties;

    start(&from);
    start(&to);
    from.list.size = n;
    to.list.size = n;

    for (i = 0; i < n; i++) {
        from.values[i] = fixture_value(f, steps, 0.5);
        from.rows[i] = (uint32_t) fixture_random(f);
        values[i] = from.values[i];
    }

    ties = kernels->scans->order(&from.list, &to.list);

    for (i = 0; i < n; i++) {
        for (place = 0, j = 0; j < n; j++) {
            place += values[j] < values[i] || (values[j] == values[i] && j < i);
        }

        ck_assert(to.values[place] == values[i]);
        ck_assert_uint_eq(to.rows[place], from.rows[i]);
    }

    for (i = 0; i < n; i++) {
        ck_assert_uint_eq(ties >> i & 1,
                          i > 0 && to.values[i] == to.values[i - 1]);
    }

    ck_assert_uint_eq(ties >> n, 0);
}


START_TEST(order)
{
    size_t               n, round;
    fixture_t            f;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_at((size_t) _i);

    if (kernels == NULL) {
        return;
    }

    f.seed = 31;

    for (n = 1; n <= KNN_ENOUGH; n++) {
        for (round = 0; round < 200; round++) {
            compare_order(kernels, &f, n, (round % 2 == 0) ? 7 : 1u << 30);
        }
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("kernels_select");
    tcase = tcase_create("kernels_select");

    tcase_add_loop_test(tcase, pick, 0, VARIANTS);
    tcase_add_loop_test(tcase, order, 0, VARIANTS);
    suite_add_tcase(suite, tcase);

    return suite;
}
