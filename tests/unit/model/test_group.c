
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Rows of a query that are searched for together: the bits of the same rows
 * one by one, in whatever portions, and up to the row that fails.
 */


#include "fixture.h"

#include "../../../model/query.h"


#define ROWS     100
#define FEATURES 3
#define SAMPLES  300
#define TOGETHER 32
#define WIDE     40
#define CODED    129 /* rows, one more than are swept at once */
#define ALL      (KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS)


/* what the way that is under test was given */
static struct {
    const knn_way_t *way; /* in the place of which it is */
    size_t           calls;
    size_t           most; /* points at once */
} seen;


/* Walks to every point, one after the other. */
static bool
walk_group(const knn_model_t *model, knn_group_t *group)
{
    knn_walk_e    walk;
    knn_search_t *search;
    const double *q;

    seen.calls++;
    seen.most = (group->n > seen.most) ? group->n : seen.most;

    for (/* void */; group->step < group->n; group->step++) {
        search = &group->searches[group->step];
        q = group->q + group->step * model->space.n_features;
        search->left = group->left;

        if (search->way == NULL) {
            knn_search_begin(model, q, search, model->way);
        }

        walk = search->way->walk(model, q, search);
        group->left = search->left;

        if (walk == KNN_WALK_PAUSED) {
            return false;
        }

        if (walk == KNN_WALK_REFUSED) {
            search->way = NULL;
        }
    }

    return true;
}


typedef struct {
    fixture_t    f;
    knn_model_t *model;
    knn_way_t    way;
    knn_step_t   step;
    double       factors[FEATURES];
    double       q[ROWS * FEATURES];
} sample_t;


/* One step that makes infinite what is above 1e300. */
static void
sample_step(sample_t *s)
{
    size_t i;

    for (i = 0; i < FEATURES; i++) {
        s->factors[i] = 0x1p10;
    }

    s->step.kind = KNN_STEP_MULTIPLY;
    s->step.name = "StandardScaler";
    s->step.n_in = FEATURES;
    s->step.n_out = FEATURES;
    s->step.n_numbers = FEATURES;
    s->step.numbers = s->factors;

    s->f.parts.steps.n_inputs = FEATURES;
    s->f.parts.steps.n_steps = 1;
    s->f.parts.steps.steps = &s->step;
}


/* A model of which the way has a group, with steps or without. */
static void
sample_create(sample_t *s, int number)
{
    size_t i;

    static const int64_t k[] = {1, 5, 16};

    memset(s, 0, sizeof(sample_t));

    fixture_create(&s->f, (knn_algorithm_e) (number % 3), KNN_EUCLIDEAN,
                   SAMPLES, FEATURES, k[number / 3 % 3], 30, 0x1p8);

    s->f.parts.weights = (knn_weights_e) (number / 2 % 2);

    if (number % 2 == 1) {
        sample_step(s);
    }

    for (i = 0; i < ROWS * FEATURES; i++) {
        s->q[i] =
            (i % 7 < 3) ? s->f.x[i] : fixture_value(&s->f, 0x40000000, 0x1p-19);
        s->q[i] /= (number % 2 == 1) ? 0x1p10 : 1;
    }

    s->model = fixture_build(&s->f);
    ck_assert_str_eq(s->model->way->name, "quick");

    seen.way = s->model->way;
    s->way = *seen.way;
    s->way.group = walk_group;
    s->way.together = TOGETHER;
}


static void
sample_destroy(sample_t *s)
{
    knn_model_free(s->model);
    fixture_destroy(&s->f);
}


/* A query that is laid out, with one row after the other or together. */
static knn_query_t *
lay(sample_t *s, const double *q, size_t rows, unsigned outputs, bool together)
{
    void  *memory;
    size_t size;

    s->model->way = together ? &s->way : seen.way;

    size = knn_query_size(s->model, rows, outputs);
    memory = aligned_alloc(KNN_ALIGNMENT, size);
    ck_assert_ptr_nonnull(memory);
    memset(memory, 0x5a, size);

    return knn_query_init(memory, s->model, q, rows, outputs);
}


/* The rows that are done in the second query as the first one has them. */
static void
compare(const knn_query_t *alone, const knn_query_t *query)
{
    size_t n, rows;

    rows = query->done;

    ck_assert_mem_eq(query->nearest, alone->nearest, rows * 8);
    ck_assert_mem_eq(query->novelty, alone->novelty, rows * 8);

    if (query->classes != NULL) {
        ck_assert_mem_eq(query->classes, alone->classes, rows * 4);
    }

    if (query->proba != NULL) {
        ck_assert_mem_eq(query->proba, alone->proba,
                         rows * FIXTURE_CLASSES * 8);
    }

    if (query->first != NULL) {
        n = alone->first[rows];

        ck_assert_mem_eq(query->first, alone->first, (rows + 1) * 8);
        ck_assert_mem_eq(query->indices, alone->indices, n * 8);
        ck_assert_mem_eq(query->distances, alone->distances, n * 8);
    }
}


/* A budget: the least, some, any, all. */
static size_t
portion(sample_t *s, size_t kind)
{
    switch (kind) {
    case 0:
        return 1;
    case 1:
        return 5000;
    case 2:
        return 1 + fixture_random(&s->f) % 100000;
    default:
        return SIZE_MAX;
    }
}


/* Runs a query, and checks what its calls say. */
static void
run(sample_t *s, knn_query_t *query, size_t kind)
{
    bool   over;
    size_t done;

    ck_assert(!knn_query_run(query, 0));
    ck_assert_uint_eq(query->done, 0);

    do {
        done = query->done;
        over = knn_query_run(query, portion(s, kind));
        ck_assert_uint_ge(query->done, done);
        ck_assert_int_eq(over, query->done == query->rows
                                   || query->error.status != KNN_OK);
    } while (!over);
}


/* batches of all sizes, with all that can be asked for */
START_TEST(sizes)
{
    size_t       rows, kind;
    unsigned     outputs;
    sample_t     s;
    knn_query_t *alone, *query;

    sample_create(&s, _i);
    alone = lay(&s, s.q, ROWS, ALL, false);
    ck_assert(knn_query_run(alone, SIZE_MAX));

    for (rows = 1; rows <= ROWS; rows += CHECKING_EVERY) {
        outputs = (rows % 3 == 0) ? KNN_PREDICT : ALL;

        for (kind = 0; kind < 4; kind++) {
            seen.calls = 0;
            seen.most = 0;

            query = lay(&s, s.q, rows, outputs, true);
            run(&s, query, kind);

            ck_assert_uint_eq(query->done, rows);
            ck_assert_int_eq(query->error.status, KNN_OK);
            compare(alone, query);

            ck_assert_int_eq(seen.calls > 0, rows > 1);
            ck_assert_uint_eq(seen.most, (rows == 1)         ? 0
                                         : (rows < TOGETHER) ? rows
                                                             : TOGETHER);
            free(query);
        }
    }

    free(alone);
    sample_destroy(&s);
}
END_TEST


/* a row that the estimator cannot take, wherever it is in a group */
START_TEST(failing)
{
    size_t       row, kind;
    double       q[ROWS * FEATURES];
    sample_t     s;
    knn_query_t *alone, *query;

    sample_create(&s, 2 * _i + 1);
    alone = lay(&s, s.q, ROWS, ALL, false);
    ck_assert(knn_query_run(alone, SIZE_MAX));

    for (row = 0; row < ROWS; row += CHECKING_EVERY) {
        memcpy(q, s.q, sizeof(q));
        q[row * FEATURES + row % FEATURES] = 1e308;
        q[(ROWS - 1) * FEATURES] = -1e308;

        for (kind = 0; kind < 4; kind++) {
            query = lay(&s, q, ROWS, ALL, true);
            run(&s, query, kind);

            ck_assert_uint_eq(query->done, row);
            ck_assert_uint_eq(query->failed, row);
            ck_assert_int_eq(query->error.status, KNN_VALUE);
            compare(alone, query);

            free(query);
        }
    }

    free(alone);
    sample_destroy(&s);
}
END_TEST


/* Rows of several kinds, of more blocks than are swept at once. */
static void
codes_rows(fixture_t *f, size_t n, size_t d, int kind)
{
    size_t i;

    for (i = 0; i < n * d; i++) {
        switch (kind) {

        case 0: /* in clusters */
            f->x[i] = (double) (i / d % 50 * (i % d) % 17)
                      + fixture_value(f, 1000, 0x1p-9);
            break;

        case 1: /* masses of ties */
            f->x[i] = fixture_value(f, 3, 1);
            break;

        default: /* half of all are at one place */
            f->x[i] = (i % d == 0) ? fixture_value(f, 2, 1) : 0;
            break;
        }
    }
}


/* Runs rows of codes together, as a kernel sweeps. */
static void
codes_check(sample_t *s, const knn_query_t *alone, const double *q,
            const char *name)
{
    size_t               i, kind;
    knn_query_t         *query;
    const knn_kernels_t *kernels;

    static const size_t rows[] = {1, 2, 15, 16, 17, 33, 128, CODED};

    kernels = knn_kernels_find(name);

    if (kernels == NULL) {
        return;
    }

    knn_model_use(s->model, kernels);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (kind = 0; kind < 4; kind++) {
            if (kind == 0 && rows[i] > 33) {
                continue;
            }

            query = lay(s, q, rows[i], ALL, false);
            ck_assert(((knn_scratch_t *) query->scratch)->rows != NULL
                      || rows[i] == 1);
            run(s, query, kind);

            ck_assert_uint_eq(query->done, rows[i]);
            compare(alone, query);
            free(query);
        }
    }
}


/* the sweeps of codes, and what they leave to the searches of each row */
START_TEST(codes)
{
    size_t       i, n, d;
    double      *q;
    sample_t     s;
    knn_model_t *plain;
    knn_query_t *alone;

    static const size_t  samples[] = {200, 1100, 6000, 2500};
    static const int64_t k[] = {1, 5, 40};

    n = samples[_i % 4];
    d = (_i % 2 == 0) ? 9 : WIDE;
    memset(&s, 0, sizeof(sample_t));

    fixture_create(&s.f, KNN_BRUTE, KNN_EUCLIDEAN, n, d, k[_i % 3], 30, 1);
    s.f.parts.sort = (_i % 5 < 3) ? KNN_SORT_LOWEST : KNN_SORT_QUICK;
    codes_rows(&s.f, n, d, _i / 4);

    s.f.parts.search =
        (s.f.parts.sort == KNN_SORT_LOWEST) ? "lowest" : "serial";
    plain = fixture_build(&s.f);

    s.f.parts.search = "codes";
    s.model = fixture_build(&s.f);
    ck_assert_str_eq(s.model->way->name, "codes");
    seen.way = s.model->way;

    q = fixture_alloc(CODED * d, sizeof(double));

    for (i = 0; i < CODED * d; i++) {
        q[i] =
            s.f.x[i] + ((i / d % 3 == 0) ? 0 : fixture_value(&s.f, 64, 0x1p-7));
        q[i] *= (i / d % 50 == 49) ? 1e6 : 1;
    }

    alone = fixture_query(plain, q, CODED, ALL);
    ck_assert_ptr_null(((knn_scratch_t *) alone->scratch)->rows);

    codes_check(&s, alone, q, "avx512vnni");
    codes_check(&s, alone, q, "amx");

    free(q);
    free(alone);
    knn_model_free(plain);
    sample_destroy(&s);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("group");
    tcase = tcase_create("group");
    tcase_set_timeout(tcase, 60);

    tcase_add_loop_test(tcase, sizes, 0, 18);
    tcase_add_loop_test(tcase, failing, 0, 9);
    tcase_add_loop_test(tcase, codes, 0, 12);
    suite_add_tcase(suite, tcase);

    return suite;
}
