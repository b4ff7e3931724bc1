/*
 * Copyright (C) nginx-knn contributors
 */


#include "contestant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>


#define HUGE_PAGE ((size_t) 2 << 20)


/* Ends the process with one line. */
static _Noreturn void
fail(const char *what)
{
    perror(what);
    exit(1);
}


void *
workload_alloc(size_t size)
{
    void *memory;

    size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    memory = aligned_alloc(HUGE_PAGE, size);

    if (memory == NULL) {
        fail("memory for a workload");
    }

    (void) madvise(memory, size, MADV_HUGEPAGE);

    return memory;
}


/* A file of size bytes, in huge pages. */
static void *
workload_file(const char *path, size_t *size)
{
    FILE *file;
    long  length;
    void *data;

    file = fopen(path, "rb");

    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fail(path);
    }

    length = ftell(file);
    rewind(file);

    if (length < 0) {
        fail(path);
    }

    *size = (size_t) length;
    data = workload_alloc(*size + 1);

    if (fread(data, 1, *size, file) != *size) {
        fail(path);
    }

    fclose(file);

    return data;
}


void
workload_read(workload_t *workload, char **args)
{
    size_t size;

    workload->n = strtoul(args[2], NULL, 10);
    workload->d = strtoul(args[3], NULL, 10);
    workload->k = strtoul(args[4], NULL, 10);
    workload->narrow = strcmp(args[5], "f4") == 0;
    workload->rows = NULL;

    if (strcmp(args[0], "-") != 0) {
        workload->rows = workload_file(args[0], &size);
    }

    workload->queries = workload_file(args[1], &size);
    workload->n_queries = size / workload->d
                          / (workload->narrow ? sizeof(float) : sizeof(double));
}


/* CPU time of this thread, in nanoseconds. */
static uint64_t
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);

    return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}


/* Answers count queries, to places that move on by stride for each. */
static void
answer(const contestant_t *contestant, size_t first, size_t count, size_t batch,
       int64_t *indices, double *distances, size_t stride)
{
    size_t done, rows;

    for (done = 0; done < count; done += rows) {
        rows = count - done < batch ? count - done : batch;
        contestant->search(contestant->self, first + done, rows,
                           indices + done * stride, distances + done * stride);
    }
}


/* Writes the answers to the first queries, for comparison. */
static void
tell(const workload_t *workload, const contestant_t *contestant, size_t count,
     size_t batch, const char *path)
{
    FILE    *file;
    size_t   i, size;
    double  *distances;
    int64_t *indices;

    size = count * workload->k;
    indices = workload_alloc(size * sizeof(*indices));
    distances = workload_alloc(size * sizeof(*distances));

    answer(contestant, 0, count, batch, indices, distances, workload->k);

    for (i = 0; contestant->squares && i < size; i++) {
        distances[i] = sqrt(distances[i]);
    }

    file = fopen(path, "wb");

    if (file == NULL || fwrite(indices, sizeof(*indices), size, file) != size
        || fwrite(distances, sizeof(*distances), size, file) != size
        || fclose(file) != 0)
    {
        fail(path);
    }

    free(indices);
    free(distances);
    printf("{}\n");
}


/* Tells the CPU time of count queries, behind some that warm the caches. */
static void
measure(const workload_t *workload, const contestant_t *contestant,
        size_t first, size_t count, size_t batch, size_t warm)
{
    double  *distances;
    int64_t *indices;
    uint64_t start, end;

    indices = workload_alloc(batch * workload->k * sizeof(*indices));
    distances = workload_alloc(batch * workload->k * sizeof(*distances));

    answer(contestant, first, warm, batch, indices, distances, 0);

    start = now();
    answer(contestant, first + warm, count, batch, indices, distances, 0);
    end = now();

    free(indices);
    free(distances);
    printf("{\"ns\": %llu}\n", (unsigned long long) (end - start));
}


/* Splits a line in place; words that are not there are empty. */
static void
split(char *line, char *words[], size_t n)
{
    char  *rest;
    size_t i;

    for (i = 0, rest = line; i < n; i++) {
        words[i] = strsep(&rest, " \n");

        if (words[i] == NULL) {
            words[i] = "";
            rest = NULL;
        }
    }
}


void
contestant_serve(const workload_t *workload, const contestant_t *contestants,
                 size_t n)
{
    char               *words[6], line[4096];
    size_t              i, numbers[4];
    const contestant_t *contestant;

    while (fgets(line, sizeof(line), stdin) != NULL) {
        split(line, words, 6);

        for (i = 0; i < 4; i++) {
            numbers[i] = strtoul(words[2 + i], NULL, 10);
        }

        for (i = 0; i + 1 < n && strcmp(contestants[i].name, words[1]) != 0;
             i++) {
            /* void */
        }

        contestant = &contestants[i];

        if (strcmp(words[0], "time") == 0) {
            measure(workload, contestant, numbers[0], numbers[1], numbers[2],
                    numbers[3]);
        }
        else {
            tell(workload, contestant, numbers[0], numbers[1], words[4]);
        }

        fflush(stdout);
    }
}
