
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "range.h"


/* decimal digits that a double keeps in any case */
#define KNN_RANGE_DIGITS 15

/* a power of ten up to which all are exact */
#define KNN_RANGE_POWER 22


/* Ten to the power of the places that a number of so many digits has. */
static double
knn_range_grid(double value)
{
    int    i;
    double grid, places;

    /* infinite for 0, minus that for infinity */

    places = KNN_RANGE_DIGITS - 1 - floor(log10(fabs(value)));

    if (!(places >= 0 && places <= KNN_RANGE_POWER)) {
        return KNN_GRID_NONE;
    }

    for (grid = 1, i = 0; i < (int) places; i++) {
        grid *= 10;
    }

    return grid;
}


double
knn_range_round(double value, double grid)
{
    if (isinf(grid)) {
        grid = knn_range_grid(value);
    }

    /* both numbers are exact, so the quotient is the nearest to a decimal */

    return (grid == KNN_GRID_NONE) ? value : nearbyint(value * grid) / grid;
}


/* The least and the greatest value of each column of x, NaN passed over. */
static void
knn_range_scan(const double *restrict x, size_t rows, size_t n,
               double *restrict least, double *restrict greatest)
{
    size_t i, j;

    for (j = 0; j < n; j++) {
        least[j] = INFINITY;
        greatest[j] = -INFINITY;
    }

    for (i = 0; i < rows; i++, x += n) {
        for (j = 0; j < n; j++) {
            least[j] = (x[j] < least[j]) ? x[j] : least[j];
            greatest[j] = (x[j] > greatest[j]) ? x[j] : greatest[j];
        }
    }
}


/* The root of a kd_tree knows them, and so does a file that can be mapped. */
void
knn_range_features(const knn_model_t *model, const knn_parts_t *parts,
                   double *least, double *greatest)
{
    size_t j, n;

    n = parts->n_features;

    if (parts->mapped) {
        memcpy(least, parts->layout->ranges, n * sizeof(double));
        memcpy(greatest, parts->layout->ranges + n, n * sizeof(double));
        return;
    }

    if (parts->algorithm != KNN_KD_TREE) {
        knn_range_scan(parts->x, parts->n_samples, n, least, greatest);
        return;
    }

    for (j = 0; j < n; j++) {
        least[j] = model->root[j * KNN_BOX_DOUBLES];
        greatest[j] = model->root[j * KNN_BOX_DOUBLES + 2];
    }
}


/* A range of what may be its ends, in either order. */
static knn_range_t
knn_range_of(double one, double other)
{
    if (!isfinite(one) || !isfinite(other)) {
        return (knn_range_t){NAN, NAN};
    }

    return (one < other) ? (knn_range_t){one, other}
                         : (knn_range_t){other, one};
}


/* The numbers that are looked up; arithmetic on their codes tells nothing. */
static void
knn_range_keys(const knn_steps_t *steps, knn_range_t *ranges)
{
    size_t            i, j, n;
    const double     *keys;
    const knn_step_t *step;

    for (i = 0; i < steps->n_steps; i++) {
        step = &steps->steps[i];
        keys = step->numbers;

        for (j = 0; step->kind == KNN_STEP_ENCODE && j < step->n_in; j++) {
            n = step->columns[j];
            n -= (n > 0 && isnan(keys[n - 1])) ? 1 : 0;

            if (n > 0 && step->in + j < steps->n_inputs) {
                ranges[step->in + j] = (knn_range_t){keys[0], keys[n - 1]};
            }

            keys += step->columns[j];
        }
    }
}


/* Rounds what was reckoned, and keeps how. */
static void
knn_range_grids(const knn_back_e *backs, size_t n, knn_range_t *ranges,
                double *grids)
{
    size_t j;
    double greatest;

    for (j = 0; j < n; j++) {
        greatest = fmax(fabs(ranges[j].min), fabs(ranges[j].max));

        grids[j] = (backs[j] == KNN_BACK_BENT) ? KNN_GRID_OWN
                   : (backs[j] == KNN_BACK_LINEAR && isfinite(greatest))
                       ? knn_range_grid(greatest)
                       : KNN_GRID_NONE;

        ranges[j].min = knn_range_round(ranges[j].min, grids[j]);
        ranges[j].max = knn_range_round(ranges[j].max, grids[j]);
    }
}


/* Goes from the features back to what a request has. */
static void
knn_range_back(const knn_steps_t *steps, const double *least,
               const double *greatest, double *slots, knn_range_t *ranges)
{
    size_t i, n;

    n = steps->steps[steps->n_steps - 1].n_out;

    memcpy(slots + knn_steps_slots(steps) - n, least, n * sizeof(double));
    knn_steps_back(steps, slots);

    for (i = 0; i < steps->n_inputs; i++) {
        ranges[i].min = slots[i];
    }

    memcpy(slots + knn_steps_slots(steps) - n, greatest, n * sizeof(double));
    knn_steps_back(steps, slots);

    for (i = 0; i < steps->n_inputs; i++) {
        ranges[i] = knn_range_of(ranges[i].min, slots[i]);
    }

    knn_range_keys(steps, ranges);

    for (i = 0; steps->inputs != NULL && i < steps->n_inputs; i++) {
        if (steps->inputs[i].n_texts > 0) {
            ranges[i] = (knn_range_t){NAN, NAN};
        }
    }
}


/* The same in memory for the while, and grids; -1 without memory. */
static int
knn_range_steps(knn_model_t *model, const double *least, const double *greatest,
                knn_range_t *ranges)
{
    double     *slots, *grids;
    knn_back_e *backs;

    slots = malloc(knn_steps_slots(&model->steps) * sizeof(double));
    backs = malloc(knn_steps_slots(&model->steps) * sizeof(knn_back_e));
    grids =
        knn_arena_array(model->arena, model->info.n_features, sizeof(double));

    if (slots == NULL || backs == NULL || grids == NULL) {
        free(slots);
        free(backs);
        return -1;
    }

    knn_range_back(&model->steps, least, greatest, slots, ranges);
    knn_steps_backs(&model->steps, backs);
    knn_range_grids(backs, model->info.n_features, ranges, grids);
    model->grids = grids;

    free(slots);
    free(backs);

    return 0;
}


int
knn_range_build(knn_model_t *model, const knn_parts_t *parts)
{
    int          rc;
    size_t       j, n;
    double      *least, *greatest;
    knn_range_t *ranges;

    rc = -1;
    n = parts->n_features;
    least = malloc(n * sizeof(double));
    greatest = malloc(n * sizeof(double));
    ranges = knn_arena_array(model->arena, model->info.n_features,
                             sizeof(knn_range_t));

    if (least != NULL && greatest != NULL && ranges != NULL) {
        knn_range_features(model, parts, least, greatest);

        if (model->steps.n_steps > 0) {
            rc = knn_range_steps(model, least, greatest, ranges);
        }
        else {
            for (j = 0; j < n; j++) {
                ranges[j] = knn_range_of(least[j], greatest[j]);
            }

            rc = 0;
        }
    }

    model->info.ranges = ranges;

    free(least);
    free(greatest);

    return rc;
}
