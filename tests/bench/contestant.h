/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Contestants of the benchmark of searches: a process that has a workload in
 * memory and answers its queries in turns with others, as library.py asks:
 *
 *     time NAME FIRST COUNT BATCH WARM  {"ns": CPU time of the thread for COUNT
 *                                       queries, behind WARM others}
 *     answer NAME COUNT BATCH PATH      writes indices, distances to PATH
 */


#ifndef CONTESTANT_H
#define CONTESTANT_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif


/* what stands in the arguments: ROWS QUERIES N D K f4|f8 */
typedef struct {
    size_t      n;
    size_t      d;
    size_t      k;
    size_t      n_queries;
    bool        narrow; /* rows and queries are floats, not doubles */
    const void *rows;   /* [n][d] */
    const void *queries;
} workload_t;


/*
 * Answers queries from number first as one batch: the k nearest rows of each
 * and the distances.
 */
typedef void (*contestant_search_pt)(void *self, size_t first, size_t count,
                                     int64_t *indices, double *distances);


typedef struct {
    const char          *name;
    contestant_search_pt search;
    void                *self;
    bool                 squares; /* of the distances is what it tells */
} contestant_t;


#define WORKLOAD_ARGS 6

/* Reads a workload into huge pages, without the rows if they are "-". */
void workload_read(workload_t *workload, char **args);

/* Memory on the boundary of huge pages, of which it is made where it can. */
void *workload_alloc(size_t size);

/* Serves the driver until its end of file. */
void contestant_serve(const workload_t   *workload,
                      const contestant_t *contestants, size_t n);


#ifdef __cplusplus
}
#endif


#endif /* CONTESTANT_H */
