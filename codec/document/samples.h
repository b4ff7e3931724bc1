
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows of a model's training data as JSON, written piece by piece. */


#ifndef KNN_SAMPLES_H
#define KNN_SAMPLES_H


#include "../../model/knn.h"


/* the most rows of a reply, and about the most values of their columns */
#define KNN_SAMPLES_ROWS   10000
#define KNN_SAMPLES_VALUES 64000


/* what all replies about one model need, prepared once, then read-only */
typedef struct knn_samples_s knn_samples_t;


/* a reply that is being written; what follows rows is the writer's own */
typedef struct {
    const knn_samples_t *samples;
    size_t               n;
    const int64_t       *rows; /* [n], or NULL: evenly spaced ones */

    double  *x;      /* memory of knn_samples_memory() bytes */
    unsigned member; /* that is being written */
    size_t   row;
    size_t   column;
} knn_samples_writer_t;


/* NULL when there is no memory; model must outlive it. */
knn_samples_t *knn_samples_create(const knn_model_t *model, const char *name,
                                  const char *version);

void knn_samples_destroy(knn_samples_t *samples);

/* The rows that there are: none of a model that keeps centroids alone. */
size_t knn_samples_total(const knn_samples_t *samples);

/* The most rows that a reply has, about a model of so many features. */
size_t knn_samples_most(const knn_model_info_t *info);

/* What a writer needs, and the least size of a piece. */
size_t knn_samples_memory(const knn_samples_t *samples);
size_t knn_samples_piece(const knn_samples_t *samples);

/* Begins the reply about n rows. */
void knn_samples_begin(knn_samples_writer_t *writer,
                       const knn_samples_t *samples, const int64_t *rows,
                       size_t n, void *memory);

/* How the reply begins, which stays the samples'; the pieces go on there. */
const char *knn_samples_head(const knn_samples_t *samples, size_t *size);

/* Writes the next piece into buf of size bytes; returns its length. */
size_t knn_samples_run(knn_samples_writer_t *writer, char *buf, size_t size);

/* True when there is no next one. */
bool knn_samples_done(const knn_samples_writer_t *writer);


#endif /* KNN_SAMPLES_H */
