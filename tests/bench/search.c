/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * libknn as a contestant, through its public header: a query is laid out for
 * batches of a size, and run for each.
 *
 *     search MODEL - QUERIES N D K f4|f8
 */


#include "contestant.h"

#include "../../model/knn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


typedef struct {
    knn_model_t *model;
    void        *memory;
    knn_query_t *query; /* the last one, in that memory */
    size_t       d;
    size_t       k;
    double      *queries;
} library_t;


/* A query for so many rows, the last one if that was for as many. */
static knn_query_t *
prepared(library_t *library, const double *x, size_t count)
{
    if (library->query == NULL || library->query->rows != count) {
        library->query = knn_query_init(library->memory, library->model, x,
                                        count, KNN_KNEIGHBORS);
    }
    else {
        knn_query_again(library->query, x);
    }

    return library->query;
}


/* One query of the library. */
static void
library_search(void *self, size_t first, size_t count, int64_t *indices,
               double *distances)
{
    library_t   *library = self;
    knn_query_t *query;

    query = prepared(library, library->queries + first * library->d, count);

    if (!knn_query_run(query, SIZE_MAX) || query->error.status != KNN_OK) {
        fprintf(stderr, "search: %s\n", query->error.message);
        exit(1);
    }

    memcpy(indices, query->indices, count * library->k * sizeof(*indices));
    memcpy(distances, query->distances,
           count * library->k * sizeof(*distances));
}


/* The queries as requests have them, in doubles. */
static double *
widened(const workload_t *workload)
{
    size_t       i, n;
    double      *wide;
    const float *narrow;

    if (!workload->narrow) {
        return (double *) workload->queries;
    }

    n = workload->n_queries * workload->d;
    narrow = workload->queries;
    wide = workload_alloc(n * sizeof(*wide));

    for (i = 0; i < n; i++) {
        wide[i] = (double) narrow[i];
    }

    return wide;
}


/* Loads the model and tells what that took. */
static knn_model_t *
load(const char *path)
{
    double                  seconds;
    knn_error_t             error;
    knn_model_t            *model;
    struct timespec         start, end;
    const knn_model_info_t *info;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    model = knn_model_load(path, SIZE_MAX, &error);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);

    if (model == NULL) {
        fprintf(stderr, "search: %s\n", error.message);
        exit(1);
    }

    seconds = (double) (end.tv_sec - start.tv_sec)
              + (double) (end.tv_nsec - start.tv_nsec) * 1e-9;
    info = knn_model_info(model);

    printf("{\"load\": %.6f, \"memory\": %zu, \"algorithm\": \"%s\", "
           "\"kernel\": \"%s\", \"version\": \"%s\"}\n",
           seconds, info->memory, info->algorithm, info->kernel, KNN_VERSION);
    fflush(stdout);

    return model;
}


int
main(int argc, char **argv)
{
    library_t    library;
    workload_t   workload;
    contestant_t contestant = {"ours", library_search, &library, false};

    if (argc != 2 + WORKLOAD_ARGS) {
        fprintf(stderr, "usage: search MODEL - QUERIES N D K f4|f8\n");
        return 2;
    }

    library.model = load(argv[1]);
    library.query = NULL;

    workload_read(&workload, argv + 2);
    library.d = workload.d;
    library.k = workload.k;
    library.queries = widened(&workload);
    library.memory =
        workload_alloc(knn_query_size(library.model, 1000, KNN_KNEIGHBORS));

    contestant_serve(&workload, &contestant, 1);

    knn_model_free(library.model);
    free(library.memory);

    return 0;
}
