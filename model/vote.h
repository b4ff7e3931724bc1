
/*
 * Copyright (C) nginx-knn contributors
 */


/* From neighbors to predictions, with scikit-learn's order of summation. */


#ifndef KNN_VOTE_H
#define KNN_VOTE_H


#include "model.h"


typedef struct {
    size_t          n;       /* neighbors */
    const uint32_t *rows;    /* [n], in their final order */
    const double   *weights; /* [n], NULL when all are 1 */
    uint32_t       *votes;   /* [classes of an output], scratch */
    double         *terms;   /* [n], scratch */
} knn_vote_t;


/* Weights of neighbors at these distances, for KNN_DISTANCE. */
void knn_vote_weights(const double *distances, size_t n, double *weights);

/* The winner of each output. */
void knn_vote_predict(const knn_model_t *model, const knn_vote_t *vote,
                      uint32_t *classes);

/* The probabilities of all classes of all outputs. */
void knn_vote_proba(const knn_model_t *model, const knn_vote_t *vote,
                    double *proba);

/* numpy's sum of a contiguous axis. */
double knn_pairwise_sum(const double *values, size_t n);


#endif /* KNN_VOTE_H */
