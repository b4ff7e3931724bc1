
/*
 * Copyright (C) nginx-knn contributors
 */


/* One golden query: how it is asked and compared. */


#ifndef KNN_GOLDEN_ASK_H
#define KNN_GOLDEN_ASK_H


#include <stdio.h>

#include "golden.h"
#include "../model.h"


/* a file has no more of them */
#define KNN_GOLDEN_QUERIES 32

/* neighbors of a query that are compared, the nearest ones */
#define KNN_GOLDEN_NEIGHBORS 64


/* What is asked for. */
unsigned knn_golden_outputs(const knn_model_t *model);

/* Memory for a query of one row, for free(); NULL when there is none. */
void *knn_golden_memory(const knn_model_t *model);

/* Asks for one row; done is 0 when it has no answer. */
const knn_query_t *knn_golden_ask(const knn_model_t *model, void *memory,
                                  const double *x);

/* The neighbors of a query that are compared. */
size_t knn_golden_count(const knn_query_t *query);

/* KNN_OK when the query has the answers of a row. */
knn_status_e knn_golden_compare(const knn_query_t  *query,
                                const knn_golden_t *golden, size_t row,
                                knn_error_t *err);


#endif /* KNN_GOLDEN_ASK_H */
