
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "batch.h"


/* rows and numbers that are worked on at a time */
#define KNN_BATCH_ROWS   4096
#define KNN_BATCH_VALUES 4194304


/* Memory of count elements on the boundary that the library wants. */
static void *
knn_batch_memory(size_t count, size_t size)
{
    if (__builtin_mul_overflow(count, size, &size) || size == 0
        || size > SIZE_MAX - KNN_ALIGNMENT)
    {
        return NULL;
    }

    size = (size + KNN_ALIGNMENT - 1) & ~(size_t) (KNN_ALIGNMENT - 1);

    return aligned_alloc(KNN_ALIGNMENT, size);
}


/* The rows of one query, so that its memory has a bound. */
static size_t
knn_batch_rows(const knn_model_info_t *info, unsigned outputs)
{
    size_t i, values, rows;

    values = info->n_features;

    for (i = 0; i < info->n_outputs; i++) {
        values += 1 + info->outputs[i].n_classes;
    }

    if (outputs & KNN_KNEIGHBORS) {
        values += info->n_neighbors > 0 ? info->n_neighbors : info->n_samples;
    }

    rows = KNN_BATCH_VALUES / values + 1;

    return rows < KNN_BATCH_ROWS ? rows : KNN_BATCH_ROWS;
}


/* The matrix is there before it is asked for. */
static void *
knn_batch_alloc(void *ctx, size_t size)
{
    (void) size;

    return ctx;
}


bool
knn_batch_init(knn_batch_t *batch, const knn_model_t *model, unsigned outputs)
{
    const knn_model_info_t *info;

    info = knn_model_info(model);

    batch->model = model;
    batch->outputs = outputs;
    batch->rows = knn_batch_rows(info, outputs);
    batch->x = knn_batch_memory(batch->rows * info->n_features, sizeof(double));
    batch->lines = calloc(batch->rows, sizeof(size_t));
    batch->line = 0;
    batch->query =
        knn_batch_memory(knn_query_size(model, batch->rows, outputs), 1);

    return batch->x != NULL && batch->lines != NULL && batch->query != NULL;
}


void
knn_batch_free(knn_batch_t *batch)
{
    free(batch->query);
    free(batch->lines);
    free(batch->x);
}


void
knn_batch_matrix(knn_batch_t *batch, const char *name, knn_flush_pt flush,
                 void *ctx, knn_matrix_t *matrix)
{
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.model = name;
    options.info = knn_model_info(batch->model);
    options.max_rows = batch->rows;
    options.size = SIZE_MAX;
    options.alloc = knn_batch_alloc;
    options.alloc_ctx = batch->x;

    knn_matrix_init(matrix, &options);
    matrix->flush = flush;
    matrix->flush_ctx = ctx;
}


const knn_query_t *
knn_batch_run(knn_batch_t *batch, knn_matrix_t *matrix)
{
    knn_query_t *query;

    query = knn_query_init(batch->query, batch->model, matrix->rows.x,
                           matrix->rows.rows, batch->outputs);

    while (!knn_query_run(query, SIZE_MAX)) {
        /* void */
    }

    if (query->error.status == KNN_OK) {
        return query;
    }

    batch->line = batch->lines[query->failed];
    (void) knn_matrix_fail(matrix, query->error.status, NULL, "row %zu %s",
                           matrix->flushed + query->failed,
                           query->error.message);

    return NULL;
}
