
/*
 * Copyright (C) nginx-knn contributors
 */


/* What predicts: an estimator, or a Pipeline or a search with one in it. */


#ifndef KNN_SKLEARN_PREDICTOR_H
#define KNN_SKLEARN_PREDICTOR_H


#include "sklearn_step.h"


/* The estimator that predicts in the end; NULL and the error. */
const knn_value_t *knn_predictor_find(knn_arena_t       *arena,
                                      const knn_value_t *value,
                                      knn_error_t       *err);

/* Adds what is done before it, once it was found. */
knn_status_e knn_predictor_steps(knn_program_t     *program,
                                 const knn_value_t *value, knn_block_t *block);


/* what a dict, a list or a tuple has beside its one predictor */
typedef struct {
    const knn_value_t *predictor; /* the value itself if it is no container */
    const knn_value_t *transformer;
    const knn_value_t *encoder; /* of the labels */
    const knn_value_t *dict;    /* all of it, if it has keys */
} knn_bundle_t;


/* sklearn_container.c */

/* Finds what there is in the value of a file; what it means must be clear. */
knn_status_e knn_bundle_open(knn_arena_t *arena, const knn_value_t *value,
                             knn_bundle_t *bundle, knn_error_t *err);

/*
 * Gives the labels that the encoder had before it encoded them: n classes 0 to
 * n - 1 are the n of the encoder, and nothing else is clear.
 */
knn_status_e knn_bundle_labels(knn_arena_t *arena, const knn_bundle_t *bundle,
                               knn_parts_t *parts, knn_error_t *err);

/* Gives names to features that have none, where they fit. */
void knn_bundle_names(knn_arena_t *arena, const knn_bundle_t *bundle,
                      knn_parts_t *parts);


#endif /* KNN_SKLEARN_PREDICTOR_H */
