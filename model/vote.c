
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "sum.h"
#include "vote.h"


/* Whether a neighbor is so near that only such ones count. */
static inline bool
knn_vote_nearest(const knn_model_t *model, double distance)
{
    return model->within ? distance == 0 : isinf(1 / distance);
}


void
knn_vote_weigh(const knn_model_t *model, const double *rdist, knn_vote_t *vote)
{
    size_t  i;
    double *weights;

    vote->masked = false;
    weights = vote->weights;

    for (i = 0; i < vote->n; i++) {
        weights[i] = model->metric->to_dist(&model->space, rdist[i]);
        vote->masked |= knn_vote_nearest(model, weights[i]);
    }

    for (i = 0; i < vote->n; i++) {
        if (vote->masked) {
            weights[i] = knn_vote_nearest(model, weights[i]) ? 1 : 0;
        }
        else {
            weights[i] = 1 / weights[i];
        }
    }
}


/* Most votes; the lowest class wins a tie. */
static uint32_t
knn_vote_count(const knn_vote_t *vote, const uint32_t *targets, size_t stride)
{
    size_t i;
    uint32_t class, *votes;
    uint64_t count, most;

    votes = vote->votes;

    for (i = 0; i < vote->n; i++) {
        votes[targets[vote->rows[i] * stride]] = 0;
    }

    most = 0;

    /* the last vote of a class is the one that tells how many it has */

    for (i = 0; i < vote->n; i++) {
        class = targets[vote->rows[i] * stride];
        count = ((uint64_t) ++votes[class] << 32) | ~class;
        most = (count > most) ? count : most;
    }

    return ~(uint32_t) most;
}


/*
 * The largest sum of weights; the lowest class wins a tie, and the first of all when
 * no weight is above 0.  A class has the pairwise sum of all the neighbors'
 * weights with those of other classes taken as 0.
 */
static uint32_t
knn_vote_sum(const knn_vote_t *vote, const uint32_t *targets, size_t stride)
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

        sum = knn_sum_pairwise(vote->terms, vote->n, false);

        if (sum > most || (sum == most && class < winner)) {
            most = sum;
            winner = class;
        }
    }

    return winner;
}


/* The probabilities of one output's classes. */
static void
knn_vote_shares(const knn_vote_t *vote, const uint32_t *targets, size_t stride,
                double *shares, size_t n_classes)
{
    size_t i;
    double sum;

    for (i = 0; i < n_classes; i++) {
        shares[i] = 0;
    }

    for (i = 0; i < vote->n; i++) {
        shares[targets[vote->rows[i] * stride]] +=
            (vote->weights == NULL) ? 1 : vote->weights[i];
    }

    sum = knn_sum_pairwise(shares, n_classes, false);

    if (sum == 0) {
        sum = 1;
    }

    for (i = 0; i < n_classes; i++) {
        shares[i] /= sum;
    }
}


/* The first of the most probable classes; NaN is more than any number. */
static uint32_t
knn_vote_likeliest(const double *shares, size_t n_classes)
{
    uint32_t i, winner;

    winner = 0;

    for (i = 1; i < n_classes && !isnan(shares[winner]); i++) {
        if (!(shares[i] <= shares[winner])) {
            winner = i;
        }
    }

    return winner;
}


/* The most probable class: no weight at all is as good as no neighbor. */
static uint32_t
knn_vote_share(const knn_model_t *model, const knn_vote_t *vote, size_t o)
{
    size_t   n_classes;
    uint32_t winner;

    n_classes = model->info.outputs[o].n_classes;

    knn_vote_shares(vote, model->targets + o, model->info.n_outputs,
                    vote->shares, n_classes);

    winner = knn_vote_likeliest(vote->shares, n_classes);

    return (vote->shares[winner] == 0) ? model->outliers[o] : winner;
}


/* The winner of one output. */
static uint32_t
knn_vote_winner(const knn_model_t *model, const knn_vote_t *vote, size_t o)
{
    size_t          stride;
    const uint32_t *targets;

    stride = model->info.n_outputs;
    targets = model->targets + o;

    if (vote->n == 0) {
        return model->outliers[o];
    }

    if (vote->weights == NULL) {
        return knn_vote_count(vote, targets, stride);
    }

    return model->likeliest ? knn_vote_share(model, vote, o)
                            : knn_vote_sum(vote, targets, stride);
}


void
knn_vote_predict(const knn_model_t *model, const knn_vote_t *vote,
                 uint32_t *classes)
{
    size_t o;

    for (o = 0; o < model->info.n_outputs; o++) {
        classes[o] = knn_vote_winner(model, vote, o);
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

        if (vote->n == 0 && model->outliers[o] != KNN_CLASS_OUTLIER) {
            proba[model->outliers[o]] = 1;
        }

        proba += n_classes;
    }
}
