
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Golden queries: rows with the answers that a model gave when its file was
 * written, which show at every load that it still gives them.
 */


#ifndef KNN_GOLDEN_H
#define KNN_GOLDEN_H


#include "../arena.h"
#include "../error.h"
#include "../parts.h"


/* arrays that the model does not serve are NULL */
typedef struct {
    size_t         n;
    size_t         n_indices; /* of neighbors, of all rows */
    const double  *x;         /* [n][inputs] */
    const int64_t *classes;   /* [n][n_outputs], -1 for an outlier's label */
    const double  *values;    /* [n][n_outputs] */
    const int64_t *first;     /* [n + 1], a row's place in these two: */
    const int64_t *indices;   /* [n_indices] */
    const double  *distances; /* [n_indices] */
    const double  *novelty;   /* [n] */
} knn_golden_t;


/*
 * Finds queries for a model of these parts, in the arena; how many depends on
 * what they cost.
 */
knn_status_e knn_golden_make(knn_arena_t *arena, const knn_model_t *model,
                             const knn_parts_t *parts, knn_golden_t *golden,
                             knn_error_t *err);

/* KNN_OK when the model answers as is written, else the first difference. */
knn_status_e knn_golden_replay(const knn_model_t  *model,
                               const knn_golden_t *golden, knn_error_t *err);


#endif /* KNN_GOLDEN_H */
