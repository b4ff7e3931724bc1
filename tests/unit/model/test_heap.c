
/*
 * Copyright (C) nginx-knn contributors
 */


/* The heap and its final sorts against their descriptions, step by step. */


#include "fixture.h"

#include "../../../model/heap.h"
#include "../../../model/sort.h"


#define SIZE 400


typedef struct {
    double   values[SIZE];
    uint32_t rows[SIZE];
} pairs_t;


static void
swap(pairs_t *p, size_t i, size_t j)
{
    double   value;
    uint32_t row;

    value = p->values[i];
    p->values[i] = p->values[j];
    p->values[j] = value;

    row = p->rows[i];
    p->rows[i] = p->rows[j];
    p->rows[j] = row;
}


/* Replaces the root and sinks it by exchanges. */
static void
plain_push(pairs_t *p, size_t size, double value, uint32_t row)
{
    size_t i, child;

    if (value >= p->values[0]) {
        return;
    }

    p->values[0] = value;
    p->rows[0] = row;

    for (i = 0;; i = child) {
        child = 2 * i + 1;

        if (child + 1 < size && p->values[child + 1] > p->values[child]) {
            child++;
        }

        if (child >= size || p->values[i] >= p->values[child]) {
            return;
        }

        swap(p, i, child);
    }
}


static double
plain_median(pairs_t *p, size_t n)
{
    if (p->values[0] > p->values[n - 1]) {
        swap(p, 0, n - 1);
    }

    if (p->values[n - 1] > p->values[n / 2]) {
        swap(p, n - 1, n / 2);

        if (p->values[0] > p->values[n - 1]) {
            swap(p, 0, n - 1);
        }
    }

    return p->values[n - 1];
}


/* A part of the pairs, sorted on its own and put back. */
static void
plain_part(pairs_t *p, size_t start, size_t n, size_t depth,
           void (*sort)(pairs_t *p, size_t n, size_t depth))
{
    pairs_t part;

    memcpy(part.values, p->values + start, n * sizeof(double));
    memcpy(part.rows, p->rows + start, n * sizeof(uint32_t));

    sort(&part, n, depth);

    memcpy(p->values + start, part.values, n * sizeof(double));
    memcpy(p->rows + start, part.rows, n * sizeof(uint32_t));
}


static void
plain_quick(pairs_t *p, size_t n, size_t depth)
{
    size_t i, place;
    double pivot;

    if (n < 2) {
        return;
    }

    if (n < 4) {
        if (p->values[0] > p->values[1]) {
            swap(p, 0, 1);
        }

        if (n == 3 && p->values[1] > p->values[2]) {
            swap(p, 1, 2);

            if (p->values[0] > p->values[1]) {
                swap(p, 0, 1);
            }
        }

        return;
    }

    pivot = plain_median(p, n);
    place = 0;

    for (i = 0; i < n - 1; i++) {
        if (p->values[i] < pivot) {
            swap(p, i, place++);
        }
    }

    swap(p, place, n - 1);

    plain_part(p, 0, place, depth, plain_quick);
    plain_part(p, place + 1, n - place - 1, depth, plain_quick);
}


static void
plain_sink(pairs_t *p, size_t root, size_t n)
{
    size_t child;

    while ((child = 2 * root + 1) < n) {
        if (child + 1 < n && p->values[child] < p->values[child + 1]) {
            child++;
        }

        if (p->values[root] >= p->values[child]) {
            return;
        }

        swap(p, root, child);
        root = child;
    }
}


static void
plain_heapsort(pairs_t *p, size_t n)
{
    size_t i;

    for (i = n / 2; i > 0; i--) {
        plain_sink(p, i - 1, n);
    }

    for (i = n - 1; i > 0; i--) {
        swap(p, 0, i);
        plain_sink(p, 0, i);
    }
}


/* how often the last sort ran out of depth */
static unsigned exhausted;


static void
plain_intro(pairs_t *p, size_t n, size_t depth)
{
    size_t i, j;
    double pivot;

    if (n <= 15) {
        for (i = 1; i < n; i++) {
            for (j = i; j > 0 && p->values[j - 1] > p->values[j]; j--) {
                swap(p, j, j - 1);
            }
        }

        return;
    }

    if (depth == 0) {
        exhausted++;
        plain_heapsort(p, n);
        return;
    }

    pivot = plain_median(p, n);
    i = 1;
    j = n - 2;

    for (;;) {
        while (i <= j && p->values[i] < pivot) {
            i++;
        }

        while (i <= j && p->values[j] > pivot) {
            j--;
        }

        if (i >= j) {
            break;
        }

        swap(p, i++, j--);
    }

    swap(p, i, n - 1);

    plain_part(p, 0, i, depth - 1, plain_intro);
    plain_part(p, i + 1, n - i - 1, depth - 1, plain_intro);
}


static size_t
plain_depth(size_t n)
{
    size_t depth;

    for (depth = 0; n > 1; n /= 2) {
        depth += 2;
    }

    return depth;
}


/* Both sorts of the same pairs must leave the same pairs. */
static void
compare_sorts(const pairs_t *given, size_t n)
{
    int        kind;
    pairs_t    got, plain;
    knn_heap_t heap;

    for (kind = KNN_SORT_QUICK; kind <= KNN_SORT_INTRO; kind++) {
        got = *given;
        plain = *given;

        heap = (knn_heap_t){got.values, got.rows, n};
        knn_sort(&heap, (knn_sort_e) kind);

        if (kind == KNN_SORT_QUICK) {
            plain_quick(&plain, n, 0);
        }
        else {
            plain_intro(&plain, n, plain_depth(n));
        }

        ck_assert_msg(memcmp(got.values, plain.values, n * sizeof(double)) == 0,
                      "values of sort %d, %zu pairs", kind, n);
        ck_assert_msg(memcmp(got.rows, plain.rows, n * sizeof(uint32_t)) == 0,
                      "order of equal values of sort %d, %zu pairs", kind, n);
    }
}


START_TEST(push)
{
    size_t     i, k, steps;
    double     value;
    pairs_t    got, plain;
    fixture_t  f;
    knn_heap_t heap;

    f.seed = (uint64_t) _i;

    for (k = 1; k <= 40; k++) {
        heap = (knn_heap_t){got.values, got.rows, k};
        knn_heap_reset(&heap, INFINITY, 0);

        plain = got;
        steps = 2 + fixture_random(&f) % 60;

        for (i = 0; i < 200; i++) {
            value = fixture_value(&f, (unsigned) steps, 1);

            knn_heap_push(&heap, value, (uint32_t) i);
            plain_push(&plain, k, value, (uint32_t) i);
        }

        ck_assert(memcmp(got.values, plain.values, k * sizeof(double)) == 0);
        ck_assert_msg(memcmp(got.rows, plain.rows, k * sizeof(uint32_t)) == 0,
                      "other rows stay among equal values, k %zu", k);

        for (i = 0, value = INFINITY; i < k; i++) {
            value = fmin(value, plain.values[i]);
        }

        ck_assert_double_eq(knn_heap_least(&heap), value);
    }
}
END_TEST


START_TEST(push_ordered)
{
    size_t     i, j, k;
    double     values[200];
    size_t     before;
    pairs_t    got;
    fixture_t  f;
    knn_heap_t heap;

    f.seed = (uint64_t) _i;

    for (k = 1; k <= 40; k++) {
        heap = (knn_heap_t){got.values, got.rows, k};
        knn_heap_reset(&heap, INFINITY, UINT32_MAX);

        for (i = 0; i < 200; i++) {
            values[i] = (i % 9 == 0) ? INFINITY : fixture_value(&f, 20, 1);
            knn_heap_push_ordered(&heap, values[i], (uint32_t) i);
        }

        knn_heap_sort_ordered(&heap);

        for (i = 0; i < k; i++) {
            before = 0;

            for (j = 0; j < 200; j++) {
                before += values[j] < got.values[i]
                          || (values[j] == got.values[i] && j < got.rows[i]);
            }

            ck_assert_uint_eq(before, i);
            ck_assert_double_eq(values[got.rows[i]], got.values[i]);
        }
    }
}
END_TEST


START_TEST(sort)
{
    size_t    i, n, steps;
    pairs_t   p;
    fixture_t f;

    f.seed = (uint64_t) _i;

    for (n = 1; n <= SIZE; n += (n < 80) ? 1 : 29) {
        steps = 1 + fixture_random(&f) % (2 * n);

        for (i = 0; i < n; i++) {
            p.values[i] = fixture_value(&f, (unsigned) steps, 1);
            p.rows[i] = (uint32_t) i;
        }

        compare_sorts(&p, n);
    }
}
END_TEST


/* the largest values where the median is looked for: quicksort's worst case */
START_TEST(sort_without_depth)
{
    size_t  i, half;
    pairs_t p;

    half = SIZE / 2;

    for (i = 0; i < half; i++) {
        p.values[i] = (double) ((i % 2 == 0) ? i + 1 : half + i);
        p.values[half + i] = (double) (2 * (i + 1));
    }

    for (i = 0; i < SIZE; i++) {
        p.rows[i] = (uint32_t) i;
    }

    exhausted = 0;
    compare_sorts(&p, SIZE);
    ck_assert_uint_gt(exhausted, 0);
}
END_TEST


/* as many equal values as a model may have neighbors, within the time limit */
START_TEST(sort_equal)
{
    size_t     i, n;
    double    *values;
    uint32_t  *rows;
    knn_heap_t heap;

    n = 3000000;
    values = fixture_alloc(n, sizeof(double));
    rows = fixture_alloc(n, sizeof(uint32_t));

    for (i = 0; i < n; i++) {
        values[i] = (double) (i % 2);
    }

    heap = (knn_heap_t){values, rows, n};
    knn_sort(&heap, (knn_sort_e) _i);

    for (i = 0; i < n && values[i] == (i < n / 2 ? 0 : 1); i++) {
        /* void */
    }

    ck_assert_uint_eq(i, n);

    free(values);
    free(rows);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("heap");
    tcase = tcase_create("heap");

    tcase_add_loop_test(tcase, push, 1, 20);
    tcase_add_loop_test(tcase, push_ordered, 1, 5);
    tcase_add_loop_test(tcase, sort, 1, 20);
    tcase_add_test(tcase, sort_without_depth);
    tcase_add_loop_test(tcase, sort_equal, KNN_SORT_QUICK, KNN_SORT_INTRO + 1);
    suite_add_tcase(suite, tcase);

    return suite;
}
