
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "vote.h"


/* up to here numpy sums in eight chains, beyond it halves the range */
#define KNN_PAIRWISE_BLOCK 128


/* The sum of up to KNN_PAIRWISE_BLOCK values. */
static double
knn_pairwise_block(const double *values, size_t n)
{
    size_t i, j;
    double sum, r[8];

    sum = 0;
    i = 0;

    if (n >= 8) {
        for (j = 0; j < 8; j++) {
            r[j] = values[j];
        }

        for (i = 8; i < n - n % 8; i += 8) {
            for (j = 0; j < 8; j++) {
                r[j] += values[i + j];
            }
        }

        sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    }

    for (/* void */; i < n; i++) {
        sum += values[i];
    }

    return sum;
}


/* Recursion halves n, so that its depth is below the bits of a size. */
double
knn_pairwise_sum(const double *values, size_t n)
{
    size_t half;

    if (n <= KNN_PAIRWISE_BLOCK) {
        return knn_pairwise_block(values, n);
    }

    half = n / 2;
    half -= half % 8;

    return knn_pairwise_sum(values, half)
           + knn_pairwise_sum(values + half, n - half);
}


void
knn_vote_weights(const double *distances, size_t n, double *weights)
{
    bool   infinite;
    size_t i;

    infinite = false;

    for (i = 0; i < n; i++) {
        weights[i] = 1 / distances[i];
        infinite |= isinf(weights[i]) != 0;
    }

    if (infinite) {
        for (i = 0; i < n; i++) {
            weights[i] = isinf(weights[i]) ? 1 : 0;
        }
    }
}


/* Most votes; the lowest class wins a tie. */
static uint32_t
knn_vote_count(const knn_vote_t *vote, const uint32_t *targets, size_t stride)
{
    size_t i;
    uint32_t class, winner, most, *votes;

    votes = vote->votes;

    for (i = 0; i < vote->n; i++) {
        votes[targets[vote->rows[i] * stride]] = 0;
    }

    winner = 0;
    most = 0;

    for (i = 0; i < vote->n; i++) {
        votes[targets[vote->rows[i] * stride]]++;
    }

    for (i = 0; i < vote->n; i++) {
        class = targets[vote->rows[i] * stride];

        if (votes[class] > most || (class < winner && votes[class] == most)) {
            most = votes[class];
            winner = class;
        }
    }

    return winner;
}


/*
 * The largest weight; the lowest class wins a tie, and the first of all when
 * no weight is above 0.  A class has the pairwise sum of all the neighbors'
 * weights with those of other classes taken as 0.
 */
static uint32_t
knn_vote_weigh(const knn_vote_t *vote, const uint32_t *targets, size_t stride)
{
    size_t i, j;
    double sum, most;
    uint32_t class, winner;

    winner = 0;
    most = 0;

    for (i = 0; i < vote->n; i++) {
        vote->votes[targets[vote->rows[i] * stride]] = 1;
    }

    for (i = 0; i < vote->n; i++) {
        class = targets[vote->rows[i] * stride];

        if (!vote->votes[class]) {
            continue;
        }

        vote->votes[class] = 0;

        for (j = 0; j < vote->n; j++) {
            vote->terms[j] = (targets[vote->rows[j] * stride] == class)
                                 ? vote->weights[j]
                                 : 0;
        }

        sum = knn_pairwise_sum(vote->terms, vote->n);

        if (sum > most || (sum == most && class < winner)) {
            most = sum;
            winner = class;
        }
    }

    return winner;
}


void
knn_vote_predict(const knn_model_t *model, const knn_vote_t *vote,
                 uint32_t *classes)
{
    size_t o, n_outputs;

    n_outputs = model->info.n_outputs;

    for (o = 0; o < n_outputs; o++) {
        classes[o] = (vote->weights == NULL)
                         ? knn_vote_count(vote, model->targets + o, n_outputs)
                         : knn_vote_weigh(vote, model->targets + o, n_outputs);
    }
}


/* The probabilities of one output's classes. */
static void
knn_vote_shares(const knn_vote_t *vote, const uint32_t *targets, size_t stride,
                double *proba, size_t n_classes)
{
    size_t i;
    double sum;

    for (i = 0; i < n_classes; i++) {
        proba[i] = 0;
    }

    for (i = 0; i < vote->n; i++) {
        proba[targets[vote->rows[i] * stride]] +=
            (vote->weights == NULL) ? 1 : vote->weights[i];
    }

    sum = knn_pairwise_sum(proba, n_classes);

    if (sum == 0) {
        sum = 1;
    }

    for (i = 0; i < n_classes; i++) {
        proba[i] /= sum;
    }
}


void
knn_vote_proba(const knn_model_t *model, const knn_vote_t *vote, double *proba)
{
    size_t o, n_classes;

    for (o = 0; o < model->info.n_outputs; o++) {
        n_classes = model->info.outputs[o].n_classes;

        knn_vote_shares(vote, model->targets + o, model->info.n_outputs, proba,
                        n_classes);

        proba += n_classes;
    }
}
