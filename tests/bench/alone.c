/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What the library alone takes for the predictions of a batch, in seconds of
 * CPU: the median of so many rounds, each with a query of its own.
 *
 *     alone MODEL ROWS N ROUNDS
 *
 * ROWS is a file of float32, N rows of the model's features.
 */


#include "../../model/knn.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>


static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);

    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}


/* Memory on the boundary that matrices and queries have. */
static void *
aligned(size_t size)
{
    void *memory;

    memory = aligned_alloc(KNN_ALIGNMENT, (size + KNN_ALIGNMENT - 1)
                                              / KNN_ALIGNMENT * KNN_ALIGNMENT);

    if (memory == NULL) {
        perror("alone");
        exit(1);
    }

    return memory;
}


/* Floats as the doubles that queries have. */
static double *
read_rows(const char *path, size_t count)
{
    float   value;
    size_t  i;
    FILE   *file;
    double *x;

    x = aligned(count * sizeof(double));
    file = fopen(path, "rb");

    if (file == NULL) {
        perror(path);
        exit(1);
    }

    for (i = 0; i < count; i++) {
        if (fread(&value, sizeof(float), 1, file) != 1) {
            fprintf(stderr, "%s: too short\n", path);
            exit(1);
        }

        x[i] = (double) value;
    }

    fclose(file);

    return x;
}


static int
compare(const void *a, const void *b)
{
    const double *one = a;
    const double *two = b;

    return (*one > *two) - (*one < *two);
}


int
main(int argc, char **argv)
{
    void        *memory;
    size_t       i, rows, rounds;
    double      *x, *times;
    knn_error_t  error;
    knn_model_t *model;
    knn_query_t *query;

    if (argc != 5) {
        fprintf(stderr, "usage: alone MODEL ROWS N ROUNDS\n");
        return 2;
    }

    model = knn_model_load(argv[1], SIZE_MAX, &error);

    if (model == NULL) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }

    rows = strtoul(argv[3], NULL, 10);
    rounds = strtoul(argv[4], NULL, 10);
    x = read_rows(argv[2], rows * knn_model_info(model)->n_features);
    times = aligned(rounds * sizeof(double));
    memory = aligned(knn_query_size(model, rows, KNN_PREDICT));

    for (i = 0; i < rounds; i++) {
        times[i] = -seconds();
        query = knn_query_init(memory, model, x, rows, KNN_PREDICT);
        (void) knn_query_run(query, SIZE_MAX);
        times[i] += seconds();
    }

    qsort(times, rounds, sizeof(double), compare);
    printf("%.9f\n", times[rounds / 2]);

    free(memory);
    free(times);
    free(x);
    knn_model_free(model);

    return 0;
}
