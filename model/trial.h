
/*
 * Copyright (C) nginx-knn contributors
 */


/* Ways to find the nearest rows, timed one against the other. */


#ifndef KNN_TRIAL_H
#define KNN_TRIAL_H


#include "query.h"


/* the most that are timed, and how often each is */
#define KNN_TRIALS       8
#define KNN_TRIAL_ROUNDS 9


/* a way of a model as far as it is laid out */
typedef struct {
    knn_model_t    model;
    double         scale; /* rows of the model for each that there is here */
    knn_scratch_t *scratch;
    double         took[KNN_TRIAL_ROUNDS]; /* ns, of the same queries each */
} knn_trial_t;


/*
 * Finds the fastest of n ways for points near n_rows rows of x; -1 without
 * memory.  Takes some 20 ms, of small models some 300 us, and longer only if
 * a few queries do.
 */
int knn_trials_run(knn_trial_t *trials, size_t n, const double *x,
                   size_t n_rows, size_t *fastest);


#endif /* KNN_TRIAL_H */
