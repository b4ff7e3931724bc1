
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The steps before an estimator: what each kind makes of a row, what is
 * refused of them, and what a row may hold before them.
 */


#include "fixture.h"


#define MOST 16


/* a step alone, what it reads and what it must make of that */
typedef struct {
    knn_step_e kind;
    size_t     n_in;
    size_t     n_out;
    size_t     n_columns;
    uint32_t   columns[MOST];
    size_t     n_numbers;
    double     numbers[MOST];
    double     in[MOST];
    double     out[MOST];
} kind_t;


static const kind_t kinds[] = {
    {KNN_STEP_SELECT, 3, 2, 2, {2, 0}, 0, {0}, {1, 2, 3}, {3, 1}},
    {KNN_STEP_CONSTANT, 0, 2, 0, {0}, 2, {4, 5}, {0}, {4, 5}},
    {KNN_STEP_ADD, 2, 2, 0, {0}, 2, {1, -1}, {1, NAN}, {2, NAN}},
    {KNN_STEP_SUBTRACT, 2, 2, 0, {0}, 2, {1, -1}, {1, 2}, {0, 3}},
    {KNN_STEP_MULTIPLY, 2, 2, 0, {0}, 2, {3, -1}, {2, 2}, {6, -2}},
    {KNN_STEP_DIVIDE, 2, 2, 0, {0}, 2, {3, -1}, {1, 2}, {1.0 / 3, -2}},
    {KNN_STEP_PRODUCT, 2, 2, 4, {0, 0, 0, 1}, 0, {0}, {3, 5}, {9, 15}},
    {KNN_STEP_PROJECT, 2, 3, 0, {0}, 6, {1, 0, 0, 1, 1, 2}, {3, 5}, {3, 5, 13}},
    {KNN_STEP_CLIP,
     4,
     4,
     0,
     {0},
     2,
     {0, 1},
     {-3, 2, 0.5, NAN},
     {0, 1, 0.5, NAN}},
    {KNN_STEP_NORM_L1, 2, 2, 0, {0}, 1, {1e-9}, {3, -1}, {0.75, -0.25}},
    {KNN_STEP_NORM_L1, 2, 2, 0, {0}, 1, {1e-9}, {0, -1e-10}, {0, -1e-10}},
    {KNN_STEP_NORM_L2,
     3,
     3,
     0,
     {0},
     1,
     {1e-9},
     {2, -3, 6},
     {2.0 / 7, -3.0 / 7, 6.0 / 7}},
    {KNN_STEP_NORM_L2_OLD,
     3,
     3,
     0,
     {0},
     1,
     {1e-9},
     {2, -3, 6},
     {2.0 / 7, -3.0 / 7, 6.0 / 7}},
    {KNN_STEP_NORM_MAX, 2, 2, 0, {0}, 1, {1e-9}, {3, -4}, {0.75, -1}},
    {KNN_STEP_NORM_MAX_OLD, 2, 2, 0, {0}, 1, {1e-9}, {2, -4}, {1, -2}},
    {KNN_STEP_NORM_MAX_OLD, 2, 2, 0, {0}, 1, {1e-9}, {-2, -4}, {1, 2}},
    {KNN_STEP_NORM_MAX_OLD, 2, 2, 0, {0}, 1, {1e-9}, {0, -4}, {0, -4}},
    {KNN_STEP_BOX_COX, 3, 3, 0, {0}, 3, {1, 0, 1}, {3, 1, NAN}, {2, 0, NAN}},
    {KNN_STEP_YEO_JOHNSON, 3, 3, 0, {0}, 3, {1, 0, 2}, {3, 0, -0.0}, {3, 0, 0}},
    {KNN_STEP_YEO_JOHNSON_POWER,
     4,
     4,
     0,
     {0},
     4,
     {2, 0, 2, 0},
     {1, 0, 0, -1},
     {1.5, 0, 0, -1.5}},
    {KNN_STEP_QUANTILE,
     2,
     2,
     0,
     {0},
     10,
     {0, 0, 0.5, 1, 0, 1, 2, 4, 4, 8},
     {0.5, 9},
     {0.25, 1}},
    {KNN_STEP_QUANTILE,
     2,
     2,
     0,
     {0},
     10,
     {0, 0, 0.5, 1, 0, 1, 2, 4, 4, 8},
     {-1, 4},
     {0, 0}},
    {KNN_STEP_QUANTILE_NORMAL,
     2,
     2,
     0,
     {0},
     7,
     {1e-7, 0, 1, 0, 1, 0, 1},
     {0.5, NAN},
     {0, NAN}},
    {KNN_STEP_ABOVE, 3, 3, 0, {0}, 1, {1}, {1, 1.5, -2}, {0, 1, 0}},
    {KNN_STEP_EQUAL, 2, 3, 3, {0, 0, 1}, 3, {1, 2, 1}, {2, NAN}, {0, 1, 0}},
    {KNN_STEP_MISSING, 3, 3, 0, {0}, 3, {NAN, 1, NAN}, {NAN, 1, 0}, {1, 1, 0}},
    {KNN_STEP_IMPUTE,
     3,
     3,
     0,
     {0},
     6,
     {NAN, -1, NAN, 7, 8, 9},
     {NAN, -1, 0},
     {7, 8, 0}},
    {KNN_STEP_BIN, 2, 2, 2, {2, 0}, 4, {0, 0, 1, 2}, {1, 5}, {1, 0}},
    {KNN_STEP_BIN, 2, 2, 2, {1, 1}, 4, {0.25, 0.5, 1, -1}, {0.5, -3}, {1, 0}},
    {KNN_STEP_ENCODE,
     3,
     3,
     3,
     {2, 1, 0},
     9,
     {1, NAN, 5, 10, 20, 30, -1, -2, -3},
     {NAN, 6, 7},
     {20, -2, -3}},
    {KNN_STEP_ENCODE,
     2,
     2,
     2,
     {1, 2},
     8,
     {1, -3, 5, 10, 20, 30, -1, -2},
     {1, -3},
     {10, 20}},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))


/* a program of one step, which reads all inputs */
typedef struct {
    knn_steps_t steps;
    knn_step_t  step;
    const char *name;
} single_t;


static void
single(single_t *one, const kind_t *kind)
{
    memset(one, 0, sizeof(single_t));

    one->name = "OneStep";
    one->step = (knn_step_t){.kind = kind->kind,
                             .name = one->name,
                             .missing = true,
                             .n_in = kind->n_in,
                             .n_out = kind->n_out,
                             .n_columns = kind->n_columns,
                             .columns = kind->columns,
                             .n_numbers = kind->n_numbers,
                             .numbers = kind->numbers};
    one->steps = (knn_steps_t){.n_inputs = (kind->n_in == 0) ? 1 : kind->n_in,
                               .n_steps = 1,
                               .steps = &one->step,
                               .n_names = 1,
                               .names = &one->name};
}


START_TEST(computed)
{
    size_t        i;
    double        slots[2 * MOST];
    single_t      one;
    knn_error_t   err;
    const double *out;
    const kind_t *kind;

    kind = &kinds[_i];
    single(&one, kind);
    ck_assert_msg(knn_check_steps(&one.steps, kind->n_out, &err) == KNN_OK,
                  "%s: %s", knn_step_kind_name(kind->kind), err.message);
    ck_assert_uint_eq(knn_steps_slots(&one.steps),
                      one.steps.n_inputs + kind->n_out);

    memcpy(slots, kind->in, sizeof(kind->in));
    out = knn_steps_run(&one.steps, slots, &err);
    ck_assert_ptr_nonnull(out);

    for (i = 0; i < kind->n_out; i++) {
        ck_assert_msg(isnan(kind->out[i]) ? isnan(out[i])
                                          : fabs(out[i] - kind->out[i]) < 1e-15,
                      "%s: output %zu is %.17g, not %.17g",
                      knn_step_kind_name(kind->kind), i, out[i], kind->out[i]);
    }
}
END_TEST


START_TEST(kinds_have_names)
{
    size_t      i, kind;
    bool        shown[KNN_STEP_KINDS] = {false};
    const char *name;

    for (kind = 0; kind < KNN_STEP_KINDS; kind++) {
        name = knn_step_kind_name((knn_step_e) kind);
        ck_assert_uint_eq(knn_step_kind_find(name, strlen(name)), kind);
    }

    ck_assert_uint_eq(knn_step_kind_find("selec", 5), KNN_STEP_KINDS);
    ck_assert_uint_eq(knn_step_kind_find("selects", 7), KNN_STEP_KINDS);

    for (i = 0; i < KINDS; i++) {
        shown[kinds[i].kind] = true;
    }

    for (kind = 0; kind < KNN_STEP_KINDS; kind++) {
        ck_assert_msg(shown[kind], "nothing shows what %s does",
                      knn_step_kind_name((knn_step_e) kind));
    }
}
END_TEST


/* Clipped where scikit-learn does, and symmetrical. */
START_TEST(normal_quantiles)
{
    size_t        i;
    double        share, slots[2];
    single_t      one;
    knn_error_t   err;
    const double *out;

    static const kind_t kind = {KNN_STEP_QUANTILE_NORMAL, 1,   1,  0, {0}, 5,
                                {1e-7, 0, 1, 0, 1},       {0}, {0}};

    single(&one, &kind);

    for (i = 0; i <= 1000; i++) {
        share = (double) i / 1000;
        slots[0] = share;
        out = knn_steps_run(&one.steps, slots, &err);

        /* erfc is the inverse, up to what it loses itself */

        ck_assert_msg((i == 0 && out[0] == -5.199337582605575)
                          || (i == 1000 && out[0] == 5.19933758270342)
                          || fabs(erfc(-out[0] / sqrt(2)) / 2 - share) < 1e-15,
                      "%g is the quantile of %g", out[0], share);
    }
}
END_TEST


typedef struct {
    kind_t      kind;
    const char *message;
} spoilt_t;


static const spoilt_t spoilt[] = {
    {{KNN_STEP_SELECT, 2, 1, 1, {2}, 0, {0}, {0}, {0}},
     "arrays that do not fit"},
    {{KNN_STEP_SELECT, 2, 2, 1, {0}, 0, {0}, {0}, {0}},
     "arrays that do not fit"},
    {{KNN_STEP_SELECT, 2, 1, 1, {0}, 1, {0}, {0}, {0}},
     "arrays that do not fit"},
    {{KNN_STEP_CONSTANT, 1, 1, 0, {0}, 1, {1}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_CONSTANT, 0, 1, 0, {0}, 1, {NAN}, {0}, {0}}, "NaN, infinite"},
    {{KNN_STEP_ADD, 2, 2, 0, {0}, 1, {1}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_ADD, 2, 1, 0, {0}, 2, {1, 1}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_ADD, 1, 1, 0, {0}, 1, {INFINITY}, {0}, {0}}, "NaN, infinite"},
    {{KNN_STEP_DIVIDE, 2, 2, 0, {0}, 2, {1, 0}, {0}, {0}}, "NaN, infinite, 0"},
    {{KNN_STEP_DIVIDE, 2, 2, 0, {0}, 2, {1, NAN}, {0}, {0}}, "NaN, infinite"},
    {{KNN_STEP_PRODUCT, 2, 1, 2, {0, 2}, 0, {0}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_PRODUCT, 2, 2, 2, {0, 1}, 0, {0}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_PROJECT, 2, 2, 0, {0}, 3, {1, 1, 1}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_PROJECT, 1, 1, 0, {0}, 1, {NAN}, {0}, {0}}, "NaN, infinite"},
    {{KNN_STEP_CLIP, 1, 1, 0, {0}, 2, {1, 0}, {0}, {0}}, "out of order"},
    {{KNN_STEP_CLIP, 1, 1, 0, {0}, 1, {1}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_NORM_L1, 1, 1, 0, {0}, 1, {0}, {0}, {0}}, "infinite, 0"},
    {{KNN_STEP_NORM_L2, 1, 1, 0, {0}, 1, {-1}, {0}, {0}}, "infinite, 0"},
    {{KNN_STEP_NORM_MAX, 1, 1, 0, {0}, 0, {0}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_BOX_COX, 1, 1, 0, {0}, 1, {NAN}, {0}, {0}}, "NaN, infinite"},
    {{KNN_STEP_QUANTILE, 1, 1, 0, {0}, 1, {0}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_QUANTILE, 1, 1, 0, {0}, 4, {0, 0, 1, 0}, {0}, {0}},
     "do not fit"},
    {{KNN_STEP_QUANTILE, 1, 1, 0, {0}, 5, {0, 1, 0, 0, 1}, {0}, {0}}, "order"},
    {{KNN_STEP_QUANTILE, 1, 1, 0, {0}, 5, {-1, 0, 1, 0, 1}, {0}, {0}}, "order"},
    {{KNN_STEP_QUANTILE_NORMAL, 1, 1, 0, {0}, 5, {0, 0, 1, 0, NAN}, {0}, {0}},
     "NaN"},
    {{KNN_STEP_ABOVE, 1, 1, 0, {0}, 1, {NAN}, {0}, {0}}, "NaN"},
    {{KNN_STEP_EQUAL, 1, 1, 1, {1}, 1, {0}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_EQUAL, 1, 1, 1, {0}, 2, {0, 0}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_MISSING, 2, 2, 0, {0}, 1, {0}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_IMPUTE, 1, 1, 0, {0}, 2, {NAN, NAN}, {0}, {0}}, "NaN"},
    {{KNN_STEP_IMPUTE, 1, 1, 0, {0}, 1, {NAN}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_BIN, 1, 1, 1, {2}, 4, {0, 0, 2, 1}, {0}, {0}}, "out of order"},
    {{KNN_STEP_BIN, 1, 1, 1, {3}, 4, {0, 0, 1, 2}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_BIN, 1, 1, 0, {0}, 2, {0, 0}, {0}, {0}}, "do not fit"},
    {{KNN_STEP_ENCODE, 1, 1, 1, {2}, 5, {2, 1, 0, 1, 0}, {0}, {0}}, "order"},
    {{KNN_STEP_ENCODE, 1, 1, 1, {2}, 5, {1, 1, 0, 1, 0}, {0}, {0}}, "order"},
    {{KNN_STEP_ENCODE, 1, 1, 1, {2}, 5, {NAN, NAN, 0, 1, 0}, {0}, {0}}, "NaN"},
    {{KNN_STEP_ENCODE, 1, 1, 1, {2}, 5, {NAN, 1, 0, 1, 0}, {0}, {0}}, "order"},
    {{KNN_STEP_ENCODE, 1, 1, 1, {1}, 3, {1, INFINITY, 0}, {0}, {0}},
     "infinite"},
    {{KNN_STEP_ENCODE, 1, 1, 1, {UINT32_MAX}, 3, {1, 0, 0}, {0}, {0}},
     "not fit"},
    {{KNN_STEP_SELECT, 1, 0, 0, {0}, 0, {0}, {0}, {0}}, "makes 0 features"},
};


START_TEST(refused)
{
    single_t        one;
    knn_error_t     err;
    const spoilt_t *bad;

    bad = &spoilt[_i];
    single(&one, &bad->kind);
    err.message[0] = '\0';
    ck_assert_msg(knn_check_steps(&one.steps, bad->kind.n_out, &err) != KNN_OK,
                  "case %d, %s, is accepted", _i,
                  knn_step_kind_name(bad->kind.kind));
    ck_assert_msg(strstr(err.message, bad->message) != NULL, "case %d: %s", _i,
                  err.message);
    ck_assert_ptr_nonnull(strstr(err.message, "the step OneStep "));
}
END_TEST


START_TEST(refused_joints)
{
    single_t      one;
    knn_error_t   err;
    knn_feature_t input;

    static const knn_text_t texts[] = {{1, "b"}, {1, "a"}};
    static const kind_t     kind = {KNN_STEP_ADD, 2,   2,  0, {0}, 2,
                                    {1, 1},       {0}, {0}};

    single(&one, &kind);
    ck_assert_int_eq(knn_check_steps(&one.steps, 3, &err), KNN_INCONSISTENT);
    ck_assert_ptr_nonnull(strstr(err.message, "make 2 features, but the "
                                              "estimator has 3"));

    one.step.in = 1;
    ck_assert_int_eq(knn_check_steps(&one.steps, 2, &err), KNN_INCONSISTENT);
    ck_assert_ptr_nonnull(strstr(err.message, "not there yet"));

    one.step.in = SIZE_MAX;
    ck_assert_int_eq(knn_check_steps(&one.steps, 2, &err), KNN_INCONSISTENT);

    single(&one, &kind);
    one.steps.n_inputs = (size_t) KNN_MAX_FEATURES + 1;
    ck_assert_int_eq(knn_check_steps(&one.steps, 2, &err), KNN_INCONSISTENT);
    ck_assert_ptr_nonnull(strstr(err.message, "take 16777217 features"));

    one.steps.n_inputs = KNN_MAX_FEATURES - 1;
    ck_assert_int_eq(knn_check_steps(&one.steps, 2, &err), KNN_INCONSISTENT);
    ck_assert_ptr_nonnull(strstr(err.message, "of all steps"));

    single(&one, &kind);
    one.steps.n_inputs = 1;
    one.step.n_in = 1;
    one.step.n_out = 1;
    one.step.n_numbers = 1;
    one.steps.inputs = &input;
    input = (knn_feature_t){.n_texts = 2, .texts = texts};
    ck_assert_int_eq(knn_check_steps(&one.steps, 1, &err), KNN_INCONSISTENT);
    ck_assert_ptr_nonnull(strstr(err.message, "do not ascend"));

    input = (knn_feature_t){.n_texts = 1, .texts = texts};
    ck_assert_int_eq(knn_check_steps(&one.steps, 1, &err), KNN_INCONSISTENT);
    ck_assert_ptr_nonnull(strstr(err.message, "takes it as a number"));
}
END_TEST


/*
 * A table of six columns: 0 a number that may be missing, 1 and 2 texts of an
 * encoder that refuses others and of one that takes them, 3 a number, 4 is
 * not used, 5 is given to both an imputer and a scaler.
 */
typedef struct {
    knn_steps_t   steps;
    knn_step_t    step[7];
    knn_feature_t inputs[6];
    const char   *names[2];
} table_t;


static const knn_text_t colours[] = {{4, "blue"}, {5, "green"}, {3, "red"}};

static const double mean[] = {NAN, 2.5};
static const double shift[] = {1};
static const double zero[] = {NAN, 0};
static const double strict[] = {0, 2, 0, 1, INFINITY};
static const double lenient[] = {0, 1, 2, 0, 1, 2, -1};
static const double one_hot[] = {0, 1, 0, 1, 2};

static const uint32_t two[] = {2};
static const uint32_t three[] = {3};
static const uint32_t hot[] = {0, 0, 1, 1, 1};
static const uint32_t all[] = {6, 11, 12, 13, 14, 15, 3, 10};


static void
table(table_t *t)
{
    size_t i;

    memset(t, 0, sizeof(table_t));

    /* slots: 6 and 7 to 10 in turn, 11 to 15 the columns of texts */

    t->step[0] = (knn_step_t){.kind = KNN_STEP_IMPUTE,
                              .in = 0,
                              .n_in = 1,
                              .n_out = 1,
                              .n_numbers = 2,
                              .numbers = mean};
    t->step[1] = (knn_step_t){.kind = KNN_STEP_ENCODE,
                              .in = 1,
                              .n_in = 1,
                              .n_out = 1,
                              .n_columns = 1,
                              .columns = two,
                              .n_numbers = 5,
                              .numbers = strict};
    t->step[2] = (knn_step_t){.kind = KNN_STEP_ENCODE,
                              .in = 2,
                              .n_in = 1,
                              .n_out = 1,
                              .n_columns = 1,
                              .columns = three,
                              .n_numbers = 7,
                              .numbers = lenient};
    t->step[3] = (knn_step_t){.kind = KNN_STEP_IMPUTE,
                              .in = 5,
                              .n_in = 1,
                              .n_out = 1,
                              .n_numbers = 2,
                              .numbers = zero};
    t->step[4] = (knn_step_t){.kind = KNN_STEP_ADD,
                              .in = 5,
                              .n_in = 1,
                              .n_out = 1,
                              .n_numbers = 1,
                              .numbers = shift};
    t->step[5] = (knn_step_t){.kind = KNN_STEP_EQUAL,
                              .in = 7,
                              .n_in = 2,
                              .n_out = 5,
                              .n_columns = 5,
                              .columns = hot,
                              .n_numbers = 5,
                              .numbers = one_hot};
    t->step[6] = (knn_step_t){.kind = KNN_STEP_SELECT,
                              .in = 0,
                              .n_in = 16,
                              .n_out = 8,
                              .n_columns = 8,
                              .columns = all};

    for (i = 0; i < 7; i++) {
        t->step[i].name = (i == 1 || i == 2) ? "OneHotEncoder" : "Other";
        t->step[i].missing = true;
    }

    t->inputs[1] = (knn_feature_t){.n_texts = 3, .texts = colours};
    t->inputs[2] = (knn_feature_t){.n_texts = 3, .texts = colours};
    t->names[0] = "SimpleImputer";
    t->names[1] = "OneHotEncoder";

    t->steps = (knn_steps_t){.n_inputs = 6,
                             .inputs = t->inputs,
                             .n_steps = 7,
                             .steps = t->step,
                             .n_names = 2,
                             .names = t->names};
}


START_TEST(features)
{
    size_t        i;
    table_t       t;
    knn_error_t   err;
    knn_feature_t found[6];

    static const bool missing[] = {true, false, true, false, true, false};
    static const bool open[] = {false, false, true, false, true, false};

    table(&t);
    ck_assert_msg(knn_check_steps(&t.steps, 8, &err) == KNN_OK, "%s",
                  err.message);
    ck_assert_int_eq(knn_steps_features(&t.steps, false, found, &err), KNN_OK);

    for (i = 0; i < 6; i++) {
        ck_assert_msg(found[i].missing == missing[i], "missing of %zu", i);
        ck_assert_msg(found[i].open == open[i], "open of %zu", i);
        ck_assert_uint_eq(found[i].n_texts, (i == 1 || i == 2) ? 3 : 0);
    }

    /* an estimator that takes NaN gets what is passed on */

    ck_assert_int_eq(knn_steps_features(&t.steps, true, found, &err), KNN_OK);
    ck_assert(found[3].missing && found[5].missing && !found[1].missing);

    /* a step that looks at all it is given, as numbers */

    t.step[4].missing = false;
    ck_assert_int_eq(knn_steps_features(&t.steps, true, found, &err), KNN_OK);
    ck_assert(found[3].missing && !found[5].missing);
}
END_TEST


/* A model with these steps, of rows that they make. */
static knn_model_t *
table_model(fixture_t *f, table_t *t)
{
    knn_model_t *model;

    table(t);
    fixture_create(f, KNN_BRUTE, KNN_EUCLIDEAN, 20, 8, 3, 30, 1);
    f->parts.steps = t->steps;
    f->parts.feature_names =
        (const char *const[]){"a", "b", "c", "d", "e", "f"};
    model = fixture_build(f);
    memset(t, 0xff, sizeof(table_t));

    return model;
}


START_TEST(served)
{
    table_t      t;
    fixture_t    f;
    double       code;
    knn_model_t *model, *plain;
    knn_query_t *query, *other;

    static const double rows[] = {
        1.5, 0,   1,
        3,   0,   2, /* blue, green */
        NAN, 2,   KNN_TEXT_UNKNOWN,
        4,   NAN, 1, /* red, and a new text */
    };

    static const double made[] = {1.5, 1, 0, 0, 1, 0, 3, 3,
                                  2.5, 0, 1, 0, 0, 0, 4, 2};

    model = table_model(&f, &t);
    f.parts.steps = (knn_steps_t){.n_inputs = 0};
    f.parts.feature_names = NULL;
    plain = fixture_build(&f);

    ck_assert_uint_eq(model->info.n_features, 6);
    ck_assert_uint_eq(model->info.n_steps, 2);
    ck_assert_str_eq(model->info.steps[1], "OneHotEncoder");
    ck_assert_str_eq(model->info.feature_names[5], "f");
    ck_assert_ptr_nonnull(model->info.features);
    ck_assert_ptr_null(plain->info.features);

    code = knn_feature_code(&model->info.features[2], "red", 3);
    ck_assert_double_eq(code, 2);

    query = fixture_query(model, rows, 2, KNN_PREDICT | KNN_KNEIGHBORS);
    other = fixture_query(plain, made, 2, KNN_PREDICT | KNN_KNEIGHBORS);

    ck_assert_uint_eq(query->done, 2);
    ck_assert_int_eq(query->error.status, KNN_OK);
    ck_assert_mem_eq(query->distances, other->distances, 6 * sizeof(double));
    ck_assert_mem_eq(query->indices, other->indices, 6 * sizeof(int64_t));
    ck_assert_mem_eq(query->classes, other->classes, 2 * sizeof(uint32_t));

    free(query);
    free(other);
    knn_model_free(model);
    knn_model_free(plain);
    fixture_destroy(&f);
}
END_TEST


typedef struct {
    double      row[6];
    const char *message;
} failure_t;


static const failure_t failures[] = {
    {{1, 1, 0, 0, 0, 0},
     "has \"green\" as feature 1, but OneHotEncoder takes only what it saw"},
    {{1, KNN_TEXT_UNKNOWN, 0, 0, 0, 0}, "has -1 as feature 1, but OneHot"},
    {{1, 0, 0, NAN, 0, 0}, "becomes NaN as feature 6 of the estimator, use"},
    {{1, 0, 0, INFINITY, 0, 0}, "becomes infinite as feature 6 of the"},
};


START_TEST(failed)
{
    double       rows[12] = {0};
    table_t      t;
    fixture_t    f;
    knn_model_t *model;
    knn_query_t *query;

    model = table_model(&f, &t);
    memcpy(rows + 6, failures[_i].row, sizeof(failures[_i].row));
    query = fixture_query(model, rows, 2, KNN_PREDICT);

    ck_assert_uint_eq(query->done, 1);
    ck_assert_uint_eq(query->failed, 1);
    ck_assert_int_eq(query->error.status, KNN_VALUE);
    ck_assert_msg(strstr(query->error.message, failures[_i].message) != NULL,
                  "%s", query->error.message);

    free(query);
    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


/* The power of numbers that are not positive, and of one with no origin. */
START_TEST(failed_power)
{
    double      slots[3] = {1, -2, 0};
    single_t    one;
    knn_step_t  steps[2];
    knn_error_t err;

    static const kind_t power = {KNN_STEP_BOX_COX, 2,   2,  0, {0}, 2,
                                 {1, 1},           {0}, {0}};
    static const double matrix[] = {1, -1};
    static const double exponent[] = {1};

    single(&one, &power);
    ck_assert_ptr_null(knn_steps_run(&one.steps, slots, &err));
    ck_assert_str_eq(err.message,
                     "has -2 as feature 1, but OneStep takes numbers above 0");

    steps[0] = (knn_step_t){.kind = KNN_STEP_PROJECT,
                            .name = "PCA",
                            .n_in = 2,
                            .n_out = 1,
                            .n_numbers = 2,
                            .numbers = matrix};
    steps[1] = (knn_step_t){.kind = KNN_STEP_BOX_COX,
                            .name = "OneStep",
                            .in = 2,
                            .n_in = 1,
                            .n_out = 1,
                            .n_numbers = 1,
                            .numbers = exponent};
    one.steps.n_steps = 2;
    one.steps.steps = steps;
    slots[0] = -4;
    slots[1] = 1;
    ck_assert_ptr_null(knn_steps_run(&one.steps, slots, &err));
    ck_assert_str_eq(err.message, "has -5 before this step, but OneStep takes "
                                  "numbers above 0");
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("steps");
    tcase = tcase_create("steps");

    tcase_add_loop_test(tcase, computed, 0, KINDS);
    tcase_add_test(tcase, kinds_have_names);
    tcase_add_test(tcase, normal_quantiles);
    tcase_add_loop_test(tcase, refused, 0, sizeof(spoilt) / sizeof(spoilt[0]));
    tcase_add_test(tcase, refused_joints);
    tcase_add_test(tcase, features);
    tcase_add_test(tcase, served);
    tcase_add_loop_test(tcase, failed, 0,
                        sizeof(failures) / sizeof(failures[0]));
    tcase_add_test(tcase, failed_power);
    suite_add_tcase(suite, tcase);

    return suite;
}
