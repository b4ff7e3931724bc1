
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "golden_rows.h"


/* of so many rows, one lacks so much of what may be missing */
#define KNN_GOLDEN_LACK 4


/*
 * Mixes two rows: near a line between them, where no row is met, or some
 * features of the one and some of the other.
 */
static void
knn_golden_mix(const double *a, const double *b, size_t n, size_t i,
               bool between, double *to)
{
    size_t j;

    for (j = 0; j < n; j++) {
        if (between) {
            to[j] = a[j] * 0.75 + b[j] * 0.3125;
        }
        else {
            to[j] = ((i / 2 + j) % 3 == 0) ? b[j] : a[j];
        }
    }
}


/* Makes of the values of a row ones that the inputs take. */
static void
knn_golden_tame(const knn_model_info_t *info, size_t i, double *x)
{
    bool   missing;
    size_t j;

    for (j = 0; j < info->n_features; j++) {
        missing = info->features != NULL && info->features[j].missing;

        if (!missing && !isfinite(x[j])) {
            x[j] = 0;
        }

        if (missing && i % KNN_GOLDEN_LACK == 0
            && (i / KNN_GOLDEN_LACK + j) % KNN_GOLDEN_LACK == 0)
        {
            x[j] = NAN;
        }
    }
}


void
knn_golden_row(const knn_model_t *model, const knn_parts_t *parts, size_t i,
               size_t n, double *slots, double *x)
{
    size_t  a, b, d;
    double *last;

    d = parts->n_features;

    a = i * parts->n_samples / n;
    b = (a + parts->n_samples / 2 + i) % parts->n_samples;

    memset(slots, 0, knn_steps_slots(&parts->steps) * sizeof(double));
    last = (parts->steps.n_inputs == 0)
               ? x
               : slots + knn_steps_slots(&parts->steps) - d;

    /* rows are equal in a feature, or not: between them is no third way */

    knn_golden_mix(parts->x + a * d, parts->x + b * d, d, i,
                   i % 2 == 0 && model->kind != KNN_HAMMING, last);

    if (parts->steps.n_inputs != 0) {
        knn_golden_back(&parts->steps, slots);
        memcpy(x, slots, parts->steps.n_inputs * sizeof(double));
    }

    knn_golden_tame(&model->info, i, x);
}


/* Finds in a step the inputs of it that are keys. */
static void
knn_golden_step_keys(const knn_step_t *step, const bool *out, bool *in)
{
    size_t i;

    for (i = 0; i < step->n_out; i++) {
        switch (step->kind) {

        case KNN_STEP_EQUAL:
            in[step->columns[i]] = true;
            break;

        case KNN_STEP_SELECT:
            in[step->columns[i]] |= out[i];
            break;

        case KNN_STEP_ENCODE:
            in[i] = true;
            break;

        default:

            if (step->n_in == step->n_out) {
                in[i] |= out[i];
            }
        }
    }
}


void
knn_golden_keys(const knn_steps_t *steps, bool *keys)
{
    size_t            i;
    bool             *out;
    const knn_step_t *step;

    memset(keys, 0, knn_steps_slots(steps) * sizeof(bool));
    out = keys + knn_steps_slots(steps);

    for (i = steps->n_steps; i > 0; i--) {
        step = &steps->steps[i - 1];
        out -= step->n_out;
        knn_golden_step_keys(step, out, keys + step->in);
    }

    for (i = 0; i < steps->n_inputs && steps->inputs != NULL; i++) {
        keys[i] |= steps->inputs[i].n_texts > 0;
    }
}
