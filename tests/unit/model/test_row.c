
/*
 * Copyright (C) nginx-knn contributors
 */


/* Training rows and their ranges as requests have them, before the steps. */


#include "fixture.h"


#define ROWS     150
#define FEATURES 3
#define MOST     16


/* a step that loses nothing of these values, and one of its own parameters */
typedef struct {
    knn_step_e kind;
    size_t     n_out;
    size_t     n_columns;
    uint32_t   columns[MOST];
    size_t     n_numbers;
    double     numbers[MOST];
    double     in[FEATURES];
} back_t;


static const back_t backs[] = {
    {KNN_STEP_SELECT, 4, 4, {2, 0, 0, 1}, 0, {0}, {0.1, 7, -1e300}},
    {KNN_STEP_ADD, 3, 0, {0}, 3, {0.7, -1, 0}, {0.1, 7, -2}},
    {KNN_STEP_SUBTRACT, 3, 0, {0}, 3, {5.843333333333334, -1, 0}, {5.1, 0, 3}},
    {KNN_STEP_MULTIPLY, 3, 0, {0}, 3, {3, -1.1, 0.1}, {0.1, 7, -2}},
    {KNN_STEP_DIVIDE, 3, 0, {0}, 3, {3, -1.1, 0.1}, {0.1, 7, -2}},
    {KNN_STEP_CLIP, 3, 0, {0}, 2, {0, 1}, {0, 1, 0.3}},
    {KNN_STEP_IMPUTE, 3, 0, {0}, 6, {NAN, -1, NAN, 7, 8, 9}, {0.1, 7, -2}},
    {KNN_STEP_BOX_COX, 3, 0, {0}, 3, {0, -1.3, 2}, {0.1, 7, 1e-3}},
    {KNN_STEP_YEO_JOHNSON, 3, 0, {0}, 3, {0, 2, -1.3}, {0.1, -7, 3}},
    {KNN_STEP_YEO_JOHNSON, 3, 0, {0}, 3, {2, 0, 3.1}, {0, -7, -3.3}},
    {KNN_STEP_YEO_JOHNSON_POWER, 3, 0, {0}, 3, {0.5, 1, 0}, {0.1, -7, 3}},
    {KNN_STEP_QUANTILE,
     3,
     0,
     {0},
     13,
     {1e-7, 0, 0.5, 1, 0, 1, 2, 4, 4, 8, -3, -2, -1},
     {0.3, 8, -1.7}},
    {KNN_STEP_QUANTILE_NORMAL,
     3,
     0,
     {0},
     13,
     {1e-7, 0, 0.5, 1, 0, 1, 2, 4, 4, 8, -3, -2, -1},
     {0.3, 4, -1.7}},
    {KNN_STEP_EQUAL,
     7,
     7,
     {0, 0, 0, 1, 1, 2, 2},
     7,
     {0, 1, 2, 1, 2, 0, 1},
     {
         2,
         0,
         1,
     }},
    {KNN_STEP_ENCODE,
     3,
     3,
     {2, 1, 3},
     15,
     {1, 4, 5, 0, 1, 2, 10, 20, 30, 2, 1, 0, -1, -1, -1},
     {4, 5, 1}},
};

#define BACKS (sizeof(backs) / sizeof(backs[0]))


/* kinds behind which a value cannot be told, reading two inputs */
static const struct {
    knn_step_e kind;
    size_t     n_columns;
    uint32_t   columns[4];
    size_t     n_numbers;
    double     numbers[4];
} losses[] = {
    {KNN_STEP_PROJECT, 0, {0}, 4, {1, 0, 0, 1}},
    {KNN_STEP_PRODUCT, 4, {0, 0, 0, 1}, 0, {0}},
    {KNN_STEP_NORM_L2, 0, {0}, 1, {1e-9}},
    {KNN_STEP_ABOVE, 0, {0}, 1, {0.5}},
    {KNN_STEP_BIN, 2, {1, 1}, 4, {0, 0, 1, 2}},
    {KNN_STEP_MULTIPLY, 0, {0}, 2, {0, 0}},
    {KNN_STEP_EQUAL, 2, {0, 1}, 2, {7, 7}},
    {KNN_STEP_ENCODE, 2, {0, 0}, 2, {-1, -1}},
};

#define LOSSES (sizeof(losses) / sizeof(losses[0]))


static knn_steps_t
single(const knn_step_t *step, size_t n_inputs)
{
    return (knn_steps_t){.n_inputs = n_inputs, .n_steps = 1, .steps = step};
}


START_TEST(told)
{
    size_t        i;
    double        slots[FEATURES + MOST];
    knn_step_t    step;
    knn_error_t   err;
    knn_steps_t   steps;
    const back_t *back;

    back = &backs[_i];
    step = (knn_step_t){.kind = back->kind,
                        .name = "OneStep",
                        .missing = true,
                        .n_in = FEATURES,
                        .n_out = back->n_out,
                        .n_columns = back->n_columns,
                        .columns = back->columns,
                        .n_numbers = back->n_numbers,
                        .numbers = back->numbers};
    steps = single(&step, FEATURES);
    ck_assert_msg(knn_check_steps(&steps, back->n_out, &err) == KNN_OK,
                  "%s: %s", knn_step_kind_name(back->kind), err.message);

    memcpy(slots, back->in, sizeof(back->in));
    ck_assert_ptr_nonnull(knn_steps_run(&steps, slots, &err));

    memset(slots, 0, sizeof(back->in));
    knn_steps_back(&steps, slots);

    for (i = 0; i < FEATURES; i++) {
        ck_assert_msg(fabs(slots[i] - back->in[i])
                          <= 1e-13 * (1 + fabs(back->in[i])),
                      "%s: input %zu is told as %.17g, but was %.17g",
                      knn_step_kind_name(back->kind), i, slots[i], back->in[i]);
    }
}
END_TEST


START_TEST(not_told)
{
    double      slots[4] = {1, 2, 1, 0};
    knn_step_t  step;
    knn_back_e  ways[4];
    knn_error_t err;
    knn_steps_t steps;

    step = (knn_step_t){.kind = losses[_i].kind,
                        .name = "OneStep",
                        .missing = true,
                        .n_in = 2,
                        .n_out = 2,
                        .n_columns = losses[_i].n_columns,
                        .columns = losses[_i].columns,
                        .n_numbers = losses[_i].n_numbers,
                        .numbers = losses[_i].numbers};
    steps = single(&step, 2);
    ck_assert_msg(knn_check_steps(&steps, 2, &err) == KNN_OK, "%s: %s",
                  knn_step_kind_name(step.kind), err.message);

    if (step.kind == KNN_STEP_EQUAL) {
        slots[2] = 0; /* neither is 7, so they may be anything else */
    }

    knn_steps_back(&steps, slots);
    ck_assert_msg(isnan(slots[0]) && isnan(slots[1]),
                  "%s: %g, %g are told, which nobody knows",
                  knn_step_kind_name(step.kind), slots[0], slots[1]);

    knn_steps_backs(&steps, ways);
    ck_assert(ways[2] == KNN_BACK_EXACT && ways[3] == KNN_BACK_EXACT);
}
END_TEST


/* A model of random rows, of which some are the same. */
static knn_model_t *
build(fixture_t *f, knn_algorithm_e algorithm, const knn_steps_t *steps)
{
    fixture_create(f, algorithm, KNN_EUCLIDEAN, ROWS, FEATURES, 3, 7, 0.1);

    if (steps != NULL) {
        f->parts.steps = *steps;
    }

    return fixture_build(f);
}


/* Every row is found, wherever a tree has put it. */
START_TEST(rows)
{
    size_t       j;
    double       x[FEATURES];
    int64_t      i;
    uint32_t     places[ROWS];
    fixture_t    f;
    knn_model_t *model;

    model = build(&f, (knn_algorithm_e) _i, NULL);
    ck_assert_uint_eq(knn_model_row_size(model), FEATURES);
    knn_model_places(model, places);

    for (i = 0; i < ROWS; i++) {
        knn_model_row(model, places, i, x);

        for (j = 0; j < FEATURES; j++) {
            ck_assert_double_eq(x[j], f.x[(size_t) i * FEATURES + j]);
        }
    }

    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


START_TEST(ranges)
{
    size_t                  i, j;
    double                  least, greatest;
    fixture_t               f;
    knn_model_t            *model;
    const knn_model_info_t *info;

    model = build(&f, (knn_algorithm_e) _i, NULL);
    info = knn_model_info(model);

    for (j = 0; j < FEATURES; j++) {
        least = INFINITY;
        greatest = -INFINITY;

        for (i = 0; i < ROWS; i++) {
            least = fmin(least, f.x[i * FEATURES + j]);
            greatest = fmax(greatest, f.x[i * FEATURES + j]);
        }

        ck_assert_double_eq(info->ranges[j].min, least);
        ck_assert_double_eq(info->ranges[j].max, greatest);
    }

    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


/* Decimals come back as such: what arithmetic leaves of them is rounded. */
START_TEST(decimals)
{
    size_t                  j;
    double                  x[3 * FEATURES];
    int64_t                 i;
    uint32_t                places[ROWS];
    fixture_t               f;
    knn_model_t            *model;
    knn_error_t             err;
    const double           *features;
    const knn_model_info_t *info;

    static const double      shift[] = {-0.17, 5.843333333333334, 0};
    static const double      scale[] = {1.7, -0.3, 11};
    static const char       *names[] = {"StandardScaler"};
    static const knn_step_t  list[] = {{.kind = KNN_STEP_SUBTRACT,
                                        .name = "StandardScaler",
                                        .n_in = FEATURES,
                                        .n_out = FEATURES,
                                        .n_numbers = FEATURES,
                                        .numbers = shift},
                                       {.kind = KNN_STEP_DIVIDE,
                                        .name = "StandardScaler",
                                        .in = FEATURES,
                                        .n_in = FEATURES,
                                        .n_out = FEATURES,
                                        .n_numbers = FEATURES,
                                        .numbers = scale}};
    static const knn_steps_t steps = {.n_inputs = FEATURES,
                                      .n_steps = 2,
                                      .steps = list,
                                      .n_names = 1,
                                      .names = names};

    fixture_create(&f, KNN_BRUTE, KNN_EUCLIDEAN, ROWS, FEATURES, 3, 7, 0);

    for (i = 0; i < ROWS; i++) {
        for (j = 0; j < FEATURES; j++) {
            x[j] = (double) (fixture_random(&f) % 90) / 10;
        }

        features = knn_steps_run(&steps, x, &err);
        memcpy(f.x + i * FEATURES, features, FEATURES * sizeof(double));
    }

    f.parts.steps = steps;
    model = fixture_build(&f);
    info = knn_model_info(model);
    knn_model_places(model, places);
    ck_assert_uint_eq(knn_model_row_size(model), 3 * FEATURES);

    for (i = 0; i < ROWS; i++) {
        knn_model_row(model, places, i, x);

        for (j = 0; j < FEATURES; j++) {
            ck_assert_double_eq(x[j], rint(x[j] * 10) / 10);
            ck_assert_double_ge(x[j], info->ranges[j].min);
            ck_assert_double_le(x[j], info->ranges[j].max);
        }

        features = knn_steps_run(&steps, x, &err);
        ck_assert_mem_eq(features, f.x + i * FEATURES,
                         FEATURES * sizeof(double));
    }

    for (j = 0; j < FEATURES; j++) {
        ck_assert_double_eq(info->ranges[j].max,
                            rint(info->ranges[j].max * 10) / 10);
    }

    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


/* Rows that a metric has laid out otherwise are not made up. */
START_TEST(not_kept)
{
    double       x[FEATURES];
    uint32_t     places[ROWS];
    fixture_t    f;
    knn_model_t *model;

    fixture_create(&f, KNN_BRUTE, KNN_CORRELATION, ROWS, FEATURES, 3, 7, 0.1);
    model = fixture_build(&f);
    knn_model_places(model, places);
    knn_model_row(model, places, 5, x);

    ck_assert(isnan(x[0]) && isnan(x[1]) && isnan(x[2]));
    ck_assert_double_eq(knn_model_info(model)->ranges[0].min, 0);

    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("row");
    tcase = tcase_create("row");

    tcase_add_loop_test(tcase, told, 0, BACKS);
    tcase_add_loop_test(tcase, not_told, 0, LOSSES);
    tcase_add_loop_test(tcase, rows, 0, KNN_BALL_TREE + 1);
    tcase_add_loop_test(tcase, ranges, 0, KNN_BALL_TREE + 1);
    tcase_add_test(tcase, decimals);
    tcase_add_test(tcase, not_kept);
    suite_add_tcase(suite, tcase);

    return suite;
}
