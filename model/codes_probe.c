
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "codes.h"


/* Selecting candidates by their bounds; why that is right, codes_search.c. */

#define KNN_CODES_WIDER (1 + 0x1p-20)

/* the bits of infinity */
#define KNN_CODES_INFINITE 0x7f800000

/* candidates, beside some for each neighbor, before the reach is found anew */
#define KNN_CODES_SOME 64


/* floats that are not negative are in the order of their bits */
typedef int32_t knn_float_bits_t __attribute__((may_alias));


/* The float of such bits. */
static inline float
knn_bits_float(int32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));

    return value;
}


/* How many bounds are not above limit. */
static inline size_t
knn_bounds_count(const float *bounds, size_t n, float limit)
{
    size_t   i;
    uint32_t count;

    count = 0;

    for (i = 0; i < n; i++) {
        count += bounds[i] <= limit;
    }

    return count;
}


/* A number that at least k of n bounds are not above, and hardly any more. */
static float
knn_bounds_many(const float *bounds, size_t n, size_t k)
{
    size_t  count;
    int32_t low, high, middle;

    low = 0;
    high = KNN_CODES_INFINITE;

    while (low < high) {
        middle = low + (high - low) / 2;
        count = knn_bounds_count(bounds, n, knn_bits_float(middle));

        if (count < k) {
            low = middle + 1;
            continue;
        }

        high = middle;

        if (count == k) {
            break;
        }
    }

    return knn_bits_float(high);
}


/* A number that at least k upper bounds are not above, by their bits. */
static float
knn_bounds_enough(const knn_model_t *model, knn_candidates_t *list, size_t k)
{
    size_t      i, n;
    int32_t     bits;
    const void *upper;

    if (k > KNN_CODES_ENOUGH) {
        return knn_bounds_many(list->upper, list->size, k);
    }

    n = (list->size + KNN_CODES_ROWS - 1) / KNN_CODES_ROWS;

    for (i = list->size; i < n * KNN_CODES_ROWS; i++) {
        list->upper[i] = INFINITY;
    }

    upper = list->upper;
    bits = model->kernels->sweeps->enough(upper, n, k);

    return (bits < KNN_CODES_INFINITE) ? knn_bits_float(bits) : INFINITY;
}


void
knn_probe_reach(knn_probe_t *probe, double dist)
{
    float most;

    most = (float) ((dist + (double) probe->error) * KNN_CODES_WIDER);

    if (most < probe->reach.most) {
        probe->reach.most = most;
    }
}


float
knn_probe_narrow(const knn_model_t *model, knn_search_t *search)
{
    float        upper;
    knn_probe_t *probe;

    probe = search->probe;

    if (probe->list.size < search->heap.size) {
        return INFINITY;
    }

    upper = knn_bounds_enough(model, &probe->list, search->heap.size);
    knn_probe_reach(probe, (double) upper + (double) probe->error);

    return upper;
}


void
knn_probe_sift(knn_probe_t *probe, float enough)
{
    float             lower, upper;
    size_t            i, n, first, at;
    uint32_t          lane;
    knn_candidates_t *list;

    n = 0;
    first = 0;
    list = &probe->list;

    for (i = 0; i < list->size; i++) {
        lower = list->lower[i];
        upper = list->upper[i];
        lane = list->lanes[i];

        if (lower > probe->reach.most) {
            continue;
        }

        at = n++;

        if (upper <= enough) {
            list->lower[at] = list->lower[first];
            list->upper[at] = list->upper[first];
            list->lanes[at] = list->lanes[first];
            at = first++;
        }

        list->lower[at] = lower;
        list->upper[at] = upper;
        list->lanes[at] = lane;
    }

    list->size = n;
    probe->settle = 2 * n + KNN_CODES_SOME;
}


void
knn_probe_settle(const knn_model_t *model, knn_search_t *search)
{
    (void) knn_probe_narrow(model, search);
    knn_probe_sift(search->probe, -1);
}


bool
knn_probe_room(const knn_model_t *model, size_t n, knn_search_t *search)
{
    size_t       rows;
    knn_probe_t *probe;

    probe = search->probe;
    rows = (n + 1) * KNN_CODES_ROWS;

    if (rows + probe->list.size > probe->room) {
        knn_probe_settle(model, search);
    }

    return rows + probe->list.size <= probe->room;
}


void
knn_probe_first(const knn_model_t *model, size_t n, const int32_t *squares,
                float error, knn_search_t *search)
{
    double       upper;
    int32_t      square;
    knn_probe_t *probe;

    if (search->heap.size > KNN_CODES_ENOUGH) {
        return;
    }

    probe = search->probe;
    square = model->kernels->sweeps->enough(squares, n, search->heap.size);

    if (square == KNN_CODES_EMPTY) {
        return;
    }

    upper = sqrt((double) square + (double) probe->reach.own) + (double) error;
    knn_probe_reach(probe, upper + (double) probe->error);
}


float
knn_codes_error(const knn_codes_t *codes, size_t block, size_t n)
{
    size_t                  i;
    int32_t                 bits;
    const void             *first;
    const knn_float_bits_t *errors;

    bits = 0;
    first = codes->errors + block;
    errors = first;

    for (i = 0; i < n; i++) {
        bits = (errors[i] > bits) ? errors[i] : bits;
    }

    return knn_bits_float(bits);
}


void
knn_probe_take(const knn_model_t *model, size_t block, size_t n,
               const int32_t *squares, knn_search_t *search)
{
    knn_probe_t *probe;

    probe = search->probe;

    if (probe->reach.most == INFINITY) {
        knn_probe_first(model, n, squares,
                        knn_codes_error(model->codes, block, n), search);
    }

    model->kernels->sweeps->collect(
        squares, model->codes->errors + block, n, probe->reach,
        (uint32_t) (block * KNN_CODES_ROWS), &probe->list);

    if (probe->list.size >= probe->settle) {
        knn_probe_settle(model, search);
    }
}


void
knn_probe_begin(const knn_model_t *model, const double *q, knn_search_t *search)
{
    size_t       n;
    double       error;
    knn_coded_t  coded;
    knn_probe_t *probe;

    n = model->space.n_features;
    probe = search->probe;

    error = knn_codes_code(model->codes, model->kernels->sweeps, q, n, probe->q,
                           &coded);
    memset(probe->q + n, 0, knn_codes_room(n) - n);

    probe->error = knn_codes_up(error);
    probe->reach.own = coded.own;
    probe->reach.most = INFINITY;

    probe->block = 0;
    probe->measuring = false;
    probe->measured = false;
    probe->spare = INFINITY;
    probe->list.size = 0;
    probe->settle = 2 * search->heap.size + KNN_CODES_SOME;
}
