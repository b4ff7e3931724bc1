/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Contestants that measure every row: "loop", which is plain C, and
 * "simsimd", the kernels of SimSIMD.  "reference" is the loop in double, of
 * floats too, whose answers are those that the others are held against.
 *
 *     rows ROWS QUERIES N D K f4|f8
 */


#include "contestant.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIMSIMD_NATIVE_F16  0
#define SIMSIMD_NATIVE_BF16 0
#include <simsimd/simsimd.h>


/* Puts a row among the nearest, behind those as near. */
static inline void
rows_insert(int64_t *indices, double *distances, size_t k, int64_t row,
            double distance)
{
    size_t i;

    for (i = k - 1; i > 0 && distance < distances[i - 1]; i--) {
        distances[i] = distances[i - 1];
        indices[i] = indices[i - 1];
    }

    distances[i] = distance;
    indices[i] = row;
}


/* The squares of the differences of two rows, summed in order. */
static inline double
plain_double(const double *a, const double *b, size_t d)
{
    size_t i;
    double s, t;

    for (i = 0, s = 0; i < d; i++) {
        t = a[i] - b[i];
        s += t * t;
    }

    return s;
}


static inline float
plain_float(const float *a, const float *b, size_t d)
{
    float  s, t;
    size_t i;

    for (i = 0, s = 0; i < d; i++) {
        t = a[i] - b[i];
        s += t * t;
    }

    return s;
}


static inline double
plain_wide(const float *a, const float *b, size_t d)
{
    size_t i;
    double s, t;

    for (i = 0, s = 0; i < d; i++) {
        t = (double) a[i] - (double) b[i];
        s += t * t;
    }

    return s;
}


static inline double
simsimd_double(const double *a, const double *b, size_t d)
{
    simsimd_distance_t s;

    simsimd_l2sq_f64(a, b, d, &s);

    return s;
}


static inline double
simsimd_float(const float *a, const float *b, size_t d)
{
    simsimd_distance_t s;

    simsimd_l2sq_f32(a, b, d, &s);

    return s;
}


#define ROWS_NAME             search_double
#define ROWS_TYPE             double
#define ROWS_MEASURE(a, b, d) plain_double(a, b, d)
#include "rows.h"

#define ROWS_NAME             search_float
#define ROWS_TYPE             float
#define ROWS_MEASURE(a, b, d) plain_float(a, b, d)
#include "rows.h"

#define ROWS_NAME             search_wide
#define ROWS_TYPE             float
#define ROWS_MEASURE(a, b, d) plain_wide(a, b, d)
#include "rows.h"

#define ROWS_NAME             search_simsimd_double
#define ROWS_TYPE             double
#define ROWS_MEASURE(a, b, d) simsimd_double(a, b, d)
#include "rows.h"

#define ROWS_NAME             search_simsimd_float
#define ROWS_TYPE             float
#define ROWS_MEASURE(a, b, d) simsimd_float(a, b, d)
#include "rows.h"


int
main(int argc, char **argv)
{
    workload_t   workload;
    contestant_t contestants[] = {
        {"loop", search_double, &workload, true},
        {"simsimd", search_simsimd_double, &workload, true},
        {"reference", search_double, &workload, true},
    };

    if (argc != 1 + WORKLOAD_ARGS) {
        fprintf(stderr, "usage: rows ROWS QUERIES N D K f4|f8\n");
        return 2;
    }

    workload_read(&workload, argv + 1);

    if (workload.narrow) {
        contestants[0].search = search_float;
        contestants[1].search = search_simsimd_float;
        contestants[2].search = search_wide;
    }

    printf("{\"versions\": {\"simsimd\": \"%d.%d.%d\"}}\n",
           SIMSIMD_VERSION_MAJOR, SIMSIMD_VERSION_MINOR, SIMSIMD_VERSION_PATCH);
    fflush(stdout);

    contestant_serve(&workload, contestants, 3);

    return 0;
}
