
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Rows divided for cross-validation as scikit-learn divides them: KFold for
 * values, StratifiedKFold (that of its release 0.22 and later) for classes.
 */


#ifndef KNN_FOLD_H
#define KNN_FOLD_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


typedef struct {
    size_t   count;   /* at least 2, at most the number of rows */
    bool     shuffle; /* shuffle=True, random_state=seed */
    uint32_t seed;
} knn_folds_t;


/* Fills fold [n] with the number of the fold that tests each row. */
bool knn_folds_plain(const knn_folds_t *folds, size_t n, uint32_t *fold);

/* The same, so that each fold has its share of every class. */
bool knn_folds_stratified(const knn_folds_t *folds, const uint32_t *classes,
                          size_t n, size_t n_classes, uint32_t *fold);


#endif /* KNN_FOLD_H */
