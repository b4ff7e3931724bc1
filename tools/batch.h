
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows of CSV that are predicted so many at a time. */


#ifndef KNN_BATCH_H
#define KNN_BATCH_H


#include "../codec/request/csv.h"


typedef struct {
    const knn_model_t *model;
    unsigned           outputs;
    size_t             rows; /* at a time */
    double            *x;
    size_t            *lines; /* [rows], where they come from */
    size_t             line;  /* of the row that cannot be answered, or 0 */
    void              *query;
} knn_batch_t;


/* False when there is no memory; to be freed in any case. */
bool knn_batch_init(knn_batch_t *batch, const knn_model_t *model,
                    unsigned outputs);

void knn_batch_free(knn_batch_t *batch);

/* A matrix for messages that call the model so. */
void knn_batch_matrix(knn_batch_t *batch, const char *name, knn_flush_pt flush,
                      void *ctx, knn_matrix_t *matrix);

/* Predicts the rows in the matrix; NULL if one of them cannot be answered. */
const knn_query_t *knn_batch_run(knn_batch_t *batch, knn_matrix_t *matrix);


#endif /* KNN_BATCH_H */
