
/*
 * Copyright (C) nginx-knn contributors
 */


/* Trees that are built: rows are divided, and the model takes them. */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "../../../model/split.h"
#include "../../../model/tree_build.h"


#define ROWS 5000


/* Numbers that are the same in every run. */
static uint64_t
next(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;

    return state;
}


/* Splits rows at several places and looks at what stands where. */
static void
check_split(const double *values, size_t n)
{
    size_t      i, j, middle;
    int64_t    *rows, low, high;
    knn_split_t by = {values, 1};

    rows = malloc(n * sizeof(int64_t));

    for (i = 0; i < 7; i++) {
        for (j = 0; j < n; j++) {
            rows[j] = (int64_t) j;
        }

        middle = i == 0 ? n / 2 : next() % n;
        knn_split(&by, rows, n, middle);
        high = rows[middle];

        for (j = 0; j < middle; j++) {
            low = rows[j];
            ck_assert(values[low] < values[high]
                      || (values[low] == values[high] && low < high));
        }

        for (j = middle + 1; j < n; j++) {
            low = rows[j];
            ck_assert(values[low] > values[high]
                      || (values[low] == values[high] && low > high));
        }
    }

    free(rows);
}


START_TEST(split)
{
    size_t i, n, kind;
    double values[ROWS];

    for (kind = 0; kind < 6; kind++) {
        for (n = 1; n <= ROWS; n = n * 3 + 1) {
            for (i = 0; i < n; i++) {
                values[i] = kind == 0   ? (double) next()
                            : kind == 1 ? (double) (next() % 3)
                            : kind == 2 ? 0
                            : kind == 3 ? (double) i
                            : kind == 4 ? -(double) i
                                        : fabs((double) i - (double) n / 2);
            }

            check_split(values, n);
        }
    }
}
END_TEST


/*
 * Rows made against the choice of pivots: with each, only two go away.  A heap
 * must take over.
 */
START_TEST(split_of_bad_pivots)
{
    size_t  i;
    double  values[ROWS];
    int64_t rows[ROWS];

    const knn_split_t bad = {values, 1};

    for (i = 0; i < ROWS; i++) {
        rows[i] = (int64_t) i;
        values[i] = i >= ROWS / 2 ? (double) (2 * (i - ROWS / 2))
                    : i % 2 == 1  ? (double) i
                                  : (double) (ROWS + i);
    }

    knn_split(&bad, rows, ROWS, ROWS - 1);
    ck_assert(values[rows[ROWS - 1]] == ROWS + ROWS / 2 - 2);
    check_split(values, ROWS);
}
END_TEST


/* Builds a tree over random rows and has the model check it. */
static void
check_tree(knn_algorithm_e algorithm, knn_metric_e metric, const char *name,
           size_t n, size_t n_features)
{
    size_t       i;
    double      *x;
    int64_t     *y;
    knn_arena_t *arena;
    knn_error_t  err;
    knn_model_t *model;
    knn_parts_t  parts;

    const knn_label_t  label = {.type = KNN_LABEL_INTEGER};
    const knn_output_t output = {1, &label, NULL};

    arena = knn_arena_create(SIZE_MAX);
    x = knn_arena_array(arena, n * n_features, sizeof(double));
    y = knn_arena_array(arena, n, sizeof(int64_t));

    for (i = 0; i < n * n_features; i++) {
        x[i] = (double) (next() % 1000) / 7 - 50;
    }

    memset(&parts, 0, sizeof(knn_parts_t));
    parts.algorithm = algorithm;
    parts.metric = metric;
    parts.metric_name = name;
    parts.p = 2;
    parts.producer = "test";
    parts.n_samples = n;
    parts.n_features = n_features;
    parts.n_neighbors = 1;
    parts.n_outputs = 1;
    parts.outputs = &output;
    parts.x = x;
    parts.y = y;

    ck_assert(knn_tree_build(&parts, arena, &err) == KNN_OK);
    ck_assert((parts.tree == NULL) == (algorithm == KNN_BRUTE));

    model = knn_model_build(&parts, &err);
    ck_assert_msg(model != NULL, "%zu rows: %s", n, err.message);
    knn_model_free(model);
    knn_arena_destroy(arena);
}


START_TEST(trees)
{
    size_t i, n;

    static const struct {
        knn_algorithm_e algorithm;
        knn_metric_e    metric;
        const char     *name;
    } kinds[] = {{KNN_KD_TREE, KNN_MINKOWSKI, "minkowski"},
                 {KNN_KD_TREE, KNN_MANHATTAN, "l1"},
                 {KNN_KD_TREE, KNN_CHEBYSHEV, "chebyshev"},
                 {KNN_BALL_TREE, KNN_MINKOWSKI, "minkowski"},
                 {KNN_BALL_TREE, KNN_CANBERRA, "canberra"},
                 {KNN_BRUTE, KNN_MINKOWSKI, "minkowski"}};

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (n = 1; n < 1200; n = n < 64 ? n + 1 : n * 2 - 3) {
            check_tree(kinds[i].algorithm, kinds[i].metric, kinds[i].name, n,
                       1 + n % 4);
        }
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tests;

    suite = suite_create("tree_build");
    tests = tcase_create("tree_build");
    tcase_add_test(tests, split);
    tcase_add_test(tests, split_of_bad_pivots);
    tcase_add_test(tests, trees);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);

    return suite;
}
