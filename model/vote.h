
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
    double         *weights; /* [n], NULL when all are 1 */
    bool            masked;  /* weights are 1 for some rows, 0 for others */
    uint32_t       *votes;   /* [classes of an output], scratch */
    double         *shares;  /* the same */
    double         *terms;   /* [n], scratch */
} knn_vote_t;


/* Fills weights and masked for neighbors at these reduced distances. */
void knn_vote_weigh(const knn_model_t *model, const double *rdist,
                    knn_vote_t *vote);

/* The winner of each output, the outlier's class when there are no rows. */
void knn_vote_predict(const knn_model_t *model, const knn_vote_t *vote,
                      uint32_t *classes);

/* The probabilities of all classes of all outputs. */
void knn_vote_proba(const knn_model_t *model, const knn_vote_t *vote,
                    double *proba);

/* The value of each output of a regressor, NaN when there are no rows. */
void knn_regress(const knn_model_t *model, const knn_vote_t *vote,
                 double *values);


#endif /* KNN_VOTE_H */
