
/*
 * Copyright (C) nginx-knn contributors
 */


/* Votes and means: who wins, by how much, summed in which order. */


#include "fixture.h"

#include "../../../model/sum.h"
#include "../../../model/vote.h"


#define MANY 1000


/* numpy's order, written as what it does to one value after the other */
static double
numpy_sum(const double *v, size_t n)
{
    size_t i, half;
    double r[8], sum;

    if (n > 128) {
        half = n / 2 / 8 * 8;
        return numpy_sum(v, half) + numpy_sum(v + half, n - half);
    }

    if (n < 8) {
        for (i = 0, sum = 0; i < n; i++) {
            sum += v[i];
        }

        return sum;
    }

    for (i = 0; i < n / 8 * 8; i++) {
        r[i % 8] = (i < 8) ? v[i] : r[i % 8] + v[i];
    }

    sum = r[0] + r[1];
    sum += r[2] + r[3];
    sum += (r[4] + r[5]) + (r[6] + r[7]);

    for (; i < n; i++) {
        sum += v[i];
    }

    return sum;
}


START_TEST(pairwise)
{
    size_t    i, n, other;
    double    v[MANY], sum, forward;
    fixture_t f;

    f.seed = 3;
    other = 0;
    memset(v, 0, sizeof(v));

    for (n = 0; n <= MANY; n++) {
        forward = 0;

        for (i = 0; i < n; i++) {
            v[i] = 1 / (1 + fixture_value(&f, 1000, 1));
            forward += v[i];
        }

        sum = knn_sum_pairwise(v, n, false);
        ck_assert_double_eq(sum, numpy_sum(v, n));
        ck_assert_double_eq(knn_sum_plain(v, n, false), forward);

        if (n < 8) {
            ck_assert_double_eq(sum, forward);
        }

        other += sum != forward;
    }

    ck_assert_uint_gt(other, MANY / 2);
}
END_TEST


/* The same in float32, as the compiler adds floats. */
static float
single_sum(const float *v, size_t n)
{
    size_t i, half;
    float  r[8], sum;

    if (n > 128) {
        half = n / 2 / 8 * 8;
        return single_sum(v, half) + single_sum(v + half, n - half);
    }

    for (i = 0, sum = 0; i < n && n < 8; i++) {
        sum += v[i];
    }

    if (n < 8) {
        return sum;
    }

    for (i = 0; i < n / 8 * 8; i++) {
        r[i % 8] = (i < 8) ? v[i] : r[i % 8] + v[i];
    }

    sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));

    for (; i < n; i++) {
        sum += v[i];
    }

    return sum;
}


START_TEST(singles)
{
    size_t    i, n;
    float     v[MANY], forward;
    double    d[MANY];
    fixture_t f;

    f.seed = 4;
    memset(v, 0, sizeof(v));

    for (n = 0; n <= MANY; n++) {
        forward = 0;

        for (i = 0; i < n; i++) {
            v[i] = 1 / (1 + (float) fixture_value(&f, 1000, 1));
            d[i] = v[i];
            forward += v[i];
        }

        ck_assert_double_eq(knn_sum_pairwise(d, n, true), single_sum(v, n));
        ck_assert_double_eq(knn_sum_plain(d, n, true), forward);
        ck_assert_double_eq(knn_single((double) forward / (double) (n + 1), 1),
                            forward / (float) (n + 1));
    }
}
END_TEST


START_TEST(weights)
{
    size_t      i;
    double      w[4];
    knn_vote_t  vote;
    knn_model_t model;

    static const double given[][4] = {{0.5, 1, 2, 3},
                                      {0, 1, 0, 3},
                                      {5e-324, 1, 1e-309, 3},
                                      {INFINITY, 1, 2, 4}};
    static const double expected[][4] = {
        {2, 1, 0.5, 1.0 / 3}, {1, 0, 1, 0}, {1, 0, 1, 0}, {0, 1, 0.5, 0.25}};
    static const double within[][4] = {{2, 1, 0.5, 1.0 / 3},
                                       {1, 0, 1, 0},
                                       {INFINITY, 1, INFINITY, 1.0 / 3},
                                       {0, 1, 0.5, 0.25}};

    memset(&model, 0, sizeof(model));
    model.metric = knn_metric_get(KNN_MANHATTAN);
    vote.n = 4;
    vote.weights = w;

    for (i = 0; i < 4; i++) {
        model.within = false;
        knn_vote_weigh(&model, given[i], &vote);
        ck_assert_msg(memcmp(w, expected[i], sizeof(w)) == 0, "weights %zu", i);
        ck_assert_int_eq(vote.masked, i == 1 || i == 2);

        model.within = true;
        knn_vote_weigh(&model, given[i], &vote);
        ck_assert_msg(memcmp(w, within[i], sizeof(w)) == 0,
                      "weights %zu within a radius", i);
        ck_assert_int_eq(vote.masked, i == 1);
    }
}
END_TEST


/* A model whose row i has the class i % classes in each output. */
typedef struct {
    knn_model_t  model;
    knn_output_t outputs[2];
    uint32_t     targets[2 * MANY];
    uint32_t     rows[MANY];
    uint32_t     votes[MANY];
    uint32_t     outliers[2];
    double       values[2 * MANY];
    double       shares[MANY];
    double       weights[MANY];
    double       terms[MANY];
    knn_vote_t   vote;
} election_t;


static void
election(election_t *e, fixture_t *f, size_t n, size_t classes, bool weighted)
{
    size_t i;

    memset(&e->model, 0, sizeof(knn_model_t));

    e->outputs[0].n_classes = classes;
    e->outputs[1].n_classes = classes + 1;

    e->model.info.n_outputs = 2;
    e->model.info.outputs = e->outputs;
    e->model.targets = e->targets;
    e->model.values = e->values;
    e->model.outliers = e->outliers;

    e->outliers[0] = 0;
    e->outliers[1] = KNN_CLASS_OUTLIER;

    for (i = 0; i < MANY; i++) {
        e->values[2 * i] = fixture_value(f, 1000, 0.01) - 5;
        e->values[2 * i + 1] = fixture_value(f, 1000, 0.01) - 5;
        e->targets[2 * i] = (uint32_t) (fixture_random(f) % classes);
        e->targets[2 * i + 1] = (uint32_t) (fixture_random(f) % (classes + 1));
        e->rows[i] = (uint32_t) (fixture_random(f) % MANY);
        e->weights[i] = 1 / (1 + fixture_value(f, 3, 1));
        e->votes[i] = 77;
    }

    e->vote.n = n;
    e->vote.rows = e->rows;
    e->vote.votes = e->votes;
    e->vote.terms = e->terms;
    e->vote.shares = e->shares;
    e->vote.masked = false;
    e->vote.weights = weighted ? e->weights : NULL;
}


/* The pairwise sum of a class's weights, or its count. */
static double
share(const election_t *e, size_t output, uint32_t class)
{
    size_t i;
    double terms[MANY];

    for (i = 0; i < e->vote.n; i++) {
        terms[i] = 0;

        if (e->targets[2 * e->rows[i] + output] == class) {
            terms[i] = (e->vote.weights == NULL) ? 1 : e->weights[i];
        }
    }

    return numpy_sum(terms, e->vote.n);
}


static void
check_winner(election_t *e)
{
    size_t   o;
    double   most;
    uint32_t c, winner, classes[2];

    knn_vote_predict(&e->model, &e->vote, classes);

    for (o = 0; o < 2; o++) {
        most = 0;
        winner = 0;

        for (c = 0; c < e->outputs[o].n_classes; c++) {
            if (share(e, o, c) > most) {
                most = share(e, o, c);
                winner = c;
            }
        }

        ck_assert_msg(classes[o] == winner,
                      "output %zu of %zu neighbors: class %u wins, must be %u",
                      o, e->vote.n, classes[o], winner);
    }
}


static void
check_proba(election_t *e)
{
    size_t i, o;
    double got[2 * MANY], expected[MANY], sum, *p;

    memset(got, 0xff, sizeof(got));
    knn_vote_proba(&e->model, &e->vote, got);

    for (p = got, o = 0; o < 2; p += e->outputs[o++].n_classes) {
        memset(expected, 0, sizeof(expected));

        for (i = 0; i < e->vote.n; i++) {
            expected[e->targets[2 * e->rows[i] + o]] +=
                (e->vote.weights == NULL) ? 1 : e->weights[i];
        }

        sum = numpy_sum(expected, e->outputs[o].n_classes);
        sum = (sum == 0) ? 1 : sum;

        for (i = 0; i < e->outputs[o].n_classes; i++) {
            if (p[i] != expected[i] / sum) {
                ck_abort_msg("class %zu of output %zu has %a, must have %a", i,
                             o, p[i], expected[i] / sum);
            }
        }
    }
}


START_TEST(elections)
{
    size_t     i, n, classes;
    fixture_t  f;
    election_t e;

    f.seed = 5;

    for (i = 0; i < 2000; i++) {
        n = 1 + fixture_random(&f) % ((i % 10 == 0) ? 300 : 20);
        classes = 1 + fixture_random(&f) % ((i % 7 == 0) ? 200 : 4);

        election(&e, &f, n, classes, _i == 1);

        if (i % 50 == 1) {
            memset(e.weights, 0, sizeof(e.weights));
        }

        check_winner(&e);
        check_proba(&e);
    }
}
END_TEST


/* the label of a radius is that of the first of the largest shares */
START_TEST(likeliest)
{
    size_t     i, o, split;
    double     proba[2 * MANY], *p;
    uint32_t   c, winner, classes[2], heaviest[2];
    fixture_t  f;
    election_t e;

    f.seed = 6;
    split = 0;

    for (i = 0; i < 3000; i++) {
        election(&e, &f, 8 + fixture_random(&f) % 20, 2, true);

        knn_vote_predict(&e.model, &e.vote, heaviest);
        e.model.likeliest = true;
        knn_vote_predict(&e.model, &e.vote, classes);
        knn_vote_proba(&e.model, &e.vote, proba);

        for (p = proba, o = 0; o < 2; p += e.outputs[o++].n_classes) {
            for (c = 0, winner = 0; c < e.outputs[o].n_classes; c++) {
                winner = (p[c] > p[winner]) ? c : winner;
            }

            ck_assert_uint_eq(classes[o], winner);
            split += heaviest[o] != winner;
        }
    }

    ck_assert_uint_gt(split, 0);
}
END_TEST


START_TEST(nobody)
{
    double     proba[4], values[2];
    uint32_t   classes[2];
    fixture_t  f;
    election_t e;

    f.seed = 7;
    election(&e, &f, 0, 1, _i == 1);

    knn_vote_predict(&e.model, &e.vote, classes);
    knn_vote_proba(&e.model, &e.vote, proba);
    knn_regress(&e.model, &e.vote, values);

    ck_assert_uint_eq(classes[0], 0);
    ck_assert_uint_eq(classes[1], KNN_CLASS_OUTLIER);
    ck_assert_double_eq(proba[0], 1);
    ck_assert_double_eq(proba[1], 0);
    ck_assert_double_eq(proba[2], 0);
    ck_assert(isnan(values[0]) && isnan(values[1]));
}
END_TEST


/* the four ways of a mean: pairwise or not, of values and of weights */
START_TEST(means)
{
    size_t     i, j, o, stride;
    double     y, sum, terms[MANY], values[2], expected;
    fixture_t  f;
    election_t e;

    f.seed = 8;

    for (i = 0; i < 500; i++) {
        election(&e, &f, 1 + fixture_random(&f) % 300, 2, i % 2 == 1);
        e.model.within = i % 4 >= 2;
        stride = 1 + i % 8 / 4;
        e.model.info.n_outputs = stride;

        knn_regress(&e.model, &e.vote, values);

        for (o = 0; o < stride; o++) {
            for (j = 0, sum = 0; j < e.vote.n; j++) {
                y = e.values[e.rows[j] * stride + o];
                terms[j] = (i % 2 == 1) ? y * e.weights[j] : y;
                sum += terms[j];
            }

            if (stride == 1 || (i % 2 == 1 && !e.model.within)) {
                sum = numpy_sum(terms, e.vote.n);
            }

            expected = sum
                       / ((i % 2 == 1) ? numpy_sum(e.weights, e.vote.n)
                                       : (double) e.vote.n);
            ck_assert_double_eq(values[o], expected);
        }
    }
}
END_TEST


/* float32 stays what it is without weights and under a mask */
START_TEST(single_means)
{
    size_t     i, j;
    float      v[MANY];
    double     value;
    fixture_t  f;
    election_t e;

    f.seed = 9;

    for (i = 0; i < 300; i++) {
        election(&e, &f, 1 + fixture_random(&f) % 200, 2, i % 2 == 1);
        e.model.info.n_outputs = 1;
        e.model.single = true;
        e.model.within = true;
        e.vote.masked = true;

        for (j = 0; j < MANY; j++) {
            e.values[j] = (float) e.values[j];
            e.weights[j] = 1;
        }

        for (j = 0; j < e.vote.n; j++) {
            v[j] = (float) e.values[e.rows[j]];
        }

        knn_regress(&e.model, &e.vote, &value);
        ck_assert_double_eq(value, single_sum(v, e.vote.n) / (float) e.vote.n);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("vote");
    tcase = tcase_create("vote");

    tcase_add_test(tcase, pairwise);
    tcase_add_test(tcase, singles);
    tcase_add_test(tcase, weights);
    tcase_add_loop_test(tcase, elections, 0, 2);
    tcase_add_test(tcase, likeliest);
    tcase_add_loop_test(tcase, nobody, 0, 2);
    tcase_add_test(tcase, means);
    tcase_add_test(tcase, single_means);
    suite_add_tcase(suite, tcase);

    return suite;
}
