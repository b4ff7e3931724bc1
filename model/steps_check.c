
/*
 * Copyright (C) nginx-knn contributors
 */


/* Whether steps make sense: their sizes, their numbers and how they join. */


#include <math.h>

#include "model.h"
#include "steps.h"


/* True when a step has these sizes. */
static bool
knn_check_sizes(const knn_step_t *step, uint64_t n_out, uint64_t n_columns,
                uint64_t n_numbers)
{
    return step->n_out == n_out && step->n_columns == n_columns
           && step->n_numbers == n_numbers;
}


/* The sum of a step's columns, which are counts there. */
static uint64_t
knn_check_total(const knn_step_t *step)
{
    size_t   i;
    uint64_t total;

    total = 0;

    for (i = 0; i < step->n_columns; i++) {
        total += step->columns[i];
    }

    return total;
}


/* True when a step's arrays are as long as its kind takes them. */
static bool
knn_check_shape(const knn_step_t *step)
{
    size_t n, out;

    n = step->n_in;
    out = step->n_out;

    switch (step->kind) {

    case KNN_STEP_SELECT:
        return knn_check_sizes(step, out, out, 0);

    case KNN_STEP_CONSTANT:
        return n == 0 && knn_check_sizes(step, out, 0, out);

    case KNN_STEP_PRODUCT:
        return knn_check_sizes(step, out, (uint64_t) out * 2, 0);

    case KNN_STEP_PROJECT:
        return knn_check_sizes(step, out, 0, (uint64_t) out * n);

    case KNN_STEP_EQUAL:
        return knn_check_sizes(step, out, out, out);

    case KNN_STEP_CLIP:
        return knn_check_sizes(step, n, 0, 2);

    case KNN_STEP_NORM_L1:
    case KNN_STEP_NORM_L2:
    case KNN_STEP_NORM_L2_OLD:
    case KNN_STEP_NORM_MAX:
    case KNN_STEP_NORM_MAX_OLD:
    case KNN_STEP_ABOVE:
        return knn_check_sizes(step, n, 0, 1);

    case KNN_STEP_QUANTILE:
    case KNN_STEP_QUANTILE_NORMAL:
        return step->n_numbers > n + 1 && (step->n_numbers - 1) % (n + 1) == 0
               && knn_check_sizes(step, n, 0, step->n_numbers);

    case KNN_STEP_IMPUTE:
        return knn_check_sizes(step, n, 0, (uint64_t) n * 2);

    case KNN_STEP_BIN:
        return knn_check_sizes(step, n, n, knn_check_total(step) + 2);

    case KNN_STEP_ENCODE:
        return knn_check_sizes(step, n, n, knn_check_total(step) * 2 + n);

    default:
        return knn_check_sizes(step, n, 0, n);
    }
}


/* True when numbers are finite. */
static bool
knn_check_finite(const double *numbers, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!isfinite(numbers[i])) {
            return false;
        }
    }

    return true;
}


/* True when numbers ascend; each one is above the one before if strict. */
static bool
knn_check_ascend(const double *numbers, size_t n, bool strict)
{
    size_t i;

    for (i = 1; i < n; i++) {
        if (strict ? !(numbers[i] > numbers[i - 1])
                   : !(numbers[i] >= numbers[i - 1])) {
            return false;
        }
    }

    return true;
}


/* True when no number is 0. */
static bool
knn_check_nonzero(const double *numbers, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (numbers[i] == 0) {
            return false;
        }
    }

    return true;
}


/* True when each run of so many edges ascends. */
static bool
knn_check_edges(const knn_step_t *step)
{
    size_t        i;
    const double *edges;

    edges = step->numbers + 2;

    for (i = 0; i < step->n_in; i++) {
        if (!knn_check_ascend(edges, step->columns[i], false)) {
            return false;
        }

        edges += step->columns[i];
    }

    return true;
}


/* True when references ascend; quantiles need not, by their last bits. */
static bool
knn_check_references(const knn_step_t *step)
{
    size_t n;

    n = (step->n_numbers - 1) / (step->n_in + 1);

    return step->numbers[0] >= 0
           && knn_check_ascend(step->numbers + 1, n, false);
}


/* True when keys ascend, NaN only at their end, and codes are not infinite. */
static bool
knn_check_codes(const knn_step_t *step)
{
    size_t        i, n, n_keys;
    const double *keys;

    keys = step->numbers;
    n_keys = (step->n_numbers - step->n_in) / 2;

    for (i = 0; i < step->n_in; i++) {
        n = step->columns[i];

        if (n > 0 && isnan(keys[n - 1])) {
            n--;
        }

        if (!knn_check_finite(keys, n) || !knn_check_ascend(keys, n, true)) {
            return false;
        }

        keys += step->columns[i];
    }

    for (i = 0; i < n_keys; i++) {
        if (isinf(keys[i])) {
            return false;
        }
    }

    return true;
}


/* True when the numbers of a step are such that it can be done. */
static bool
knn_check_numbers(const knn_step_t *step)
{
    size_t        n;
    const double *numbers;

    n = step->n_in;
    numbers = step->numbers;

    switch (step->kind) {

    case KNN_STEP_MISSING:
        return true;

    case KNN_STEP_IMPUTE:
        return knn_check_finite(numbers + n, n);

    case KNN_STEP_ENCODE:
        return knn_check_codes(step);

    default:
        break;
    }

    if (!knn_check_finite(numbers, step->n_numbers)) {
        return false;
    }

    switch (step->kind) {

    case KNN_STEP_DIVIDE:
        return knn_check_nonzero(numbers, n);

    case KNN_STEP_CLIP:
        return numbers[0] <= numbers[1];

    case KNN_STEP_NORM_L1:
    case KNN_STEP_NORM_L2:
    case KNN_STEP_NORM_L2_OLD:
    case KNN_STEP_NORM_MAX:
    case KNN_STEP_NORM_MAX_OLD:
        return numbers[0] > 0;

    case KNN_STEP_QUANTILE:
    case KNN_STEP_QUANTILE_NORMAL:
        return knn_check_references(step);

    case KNN_STEP_BIN:
        return knn_check_edges(step);

    default:
        return true;
    }
}


/* True when the columns of a step are among what it reads. */
static bool
knn_check_columns(const knn_step_t *step)
{
    size_t i;

    if (step->kind == KNN_STEP_BIN || step->kind == KNN_STEP_ENCODE) {
        return true;
    }

    for (i = 0; i < step->n_columns; i++) {
        if (step->columns[i] >= step->n_in) {
            return false;
        }
    }

    return true;
}


/* One step, which may read what stands before so many slots. */
static knn_status_e
knn_check_step(const knn_step_t *step, size_t slots, knn_error_t *err)
{
    if (step->in > slots || step->n_in > slots - step->in) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the step %s reads values that are not there yet",
                         step->name);
    }

    if (step->n_out == 0 || step->n_out > KNN_MAX_FEATURES - slots) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the step %s makes %zu features, it must be 1 to %d "
                         "of all steps",
                         step->name, step->n_out, KNN_MAX_FEATURES);
    }

    if (!knn_check_shape(step) || !knn_check_columns(step)) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the step %s has arrays that do not fit its %zu "
                         "inputs and %zu outputs",
                         step->name, step->n_in, step->n_out);
    }

    if (!knn_check_numbers(step)) {
        return knn_error(err, KNN_VALUE,
                         "the step %s has parameters that are NaN, infinite, "
                         "0 or out of order, fit it on finite numbers",
                         step->name);
    }

    return KNN_OK;
}


/* Every text of an input is found where it stands: they ascend. */
static knn_status_e
knn_check_texts(const knn_feature_t *input, size_t number, knn_error_t *err)
{
    size_t            i;
    const knn_text_t *text;

    for (i = 0; i < input->n_texts; i++) {
        text = &input->texts[i];

        if (knn_feature_code(input, text->data, text->len) != (double) i) {
            return knn_error(err, KNN_INCONSISTENT,
                             "the texts of feature %zu do not ascend", number);
        }
    }

    return KNN_OK;
}


knn_status_e
knn_check_steps(const knn_steps_t *steps, size_t n_features, knn_error_t *err)
{
    size_t i, slots, width;

    if (steps->n_inputs == 0 || steps->n_inputs > KNN_MAX_FEATURES) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the steps take %zu features, it must be 1 to %d",
                         steps->n_inputs, KNN_MAX_FEATURES);
    }

    for (i = 0; steps->inputs != NULL && i < steps->n_inputs; i++) {
        if (knn_check_texts(&steps->inputs[i], i, err) != KNN_OK) {
            return err->status;
        }
    }

    slots = steps->n_inputs;
    width = steps->n_inputs;

    for (i = 0; i < steps->n_steps; i++) {
        if (knn_check_step(&steps->steps[i], slots, err) != KNN_OK) {
            return err->status;
        }

        width = steps->steps[i].n_out;
        slots += width;
    }

    if (width != n_features) {
        return knn_error(err, KNN_INCONSISTENT,
                         "the steps make %zu features, but the estimator has "
                         "%zu",
                         width, n_features);
    }

    return knn_steps_features(steps, false, NULL, err);
}
