
/*
 * Copyright (C) nginx-knn contributors
 */


/* Votes: who wins, with which probability, summed in which order. */


#include "fixture.h"

#include "../../../model/vote.h"


#define MANY 1000


/* numpy's order, written as what it does to one value after the other */
static double
plain_sum(const double *v, size_t n)
{
    size_t i, half;
    double r[8], sum;

    if (n > 128) {
        half = n / 2 / 8 * 8;
        return plain_sum(v, half) + plain_sum(v + half, n - half);
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

        sum = knn_pairwise_sum(v, n);
        ck_assert_double_eq(sum, plain_sum(v, n));

        if (n < 8) {
            ck_assert_double_eq(sum, forward);
        }

        other += sum != forward;
    }

    ck_assert_uint_gt(other, MANY / 2);
}
END_TEST


START_TEST(weights)
{
    size_t i;
    double w[4];

    static const double given[][4] = {{0.5, 1, 2, 3},
                                      {0, 1, 0, 3},
                                      {5e-324, 1, 1e-309, 3},
                                      {INFINITY, 1, 2, 4}};
    static const double expected[][4] = {
        {2, 1, 0.5, 1.0 / 3}, {1, 0, 1, 0}, {1, 0, 1, 0}, {0, 1, 0.5, 0.25}};

    for (i = 0; i < 4; i++) {
        knn_vote_weights(given[i], 4, w);
        ck_assert_msg(memcmp(w, expected[i], sizeof(w)) == 0, "weights %zu", i);
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

    for (i = 0; i < MANY; i++) {
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

    return plain_sum(terms, e->vote.n);
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

        sum = plain_sum(expected, e->outputs[o].n_classes);
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


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("vote");
    tcase = tcase_create("vote");

    tcase_add_test(tcase, pairwise);
    tcase_add_test(tcase, weights);
    tcase_add_loop_test(tcase, elections, 0, 2);
    suite_add_tcase(suite, tcase);

    return suite;
}
