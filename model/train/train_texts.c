
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "train_plan.h"


/* The codes in the column: NaN too, as the last one. */
static size_t
knn_plan_keys(knn_plan_t *plan, size_t n_texts, bool *seen, double *keys)
{
    size_t i, n;
    bool   missing;

    memset(seen, 0, n_texts * sizeof(bool));
    missing = false;
    n = 0;

    for (i = 0; i < plan->n_rows; i++) {
        if (isnan(plan->column[i])) {
            missing = true;
        }
        else {
            seen[(size_t) plan->column[i]] = true;
        }
    }

    for (i = 0; i < n_texts; i++) {
        if (seen[i]) {
            keys[n++] = (double) i;
        }
    }

    if (missing) {
        keys[n++] = NAN;
    }

    return n;
}


/* Finds the keys of these inputs, one behind the other; returns their number. */
static size_t
knn_plan_all_keys(knn_plan_t *plan, const uint32_t *chosen, size_t n,
                  uint32_t *counts, double *keys)
{
    bool  *seen;
    size_t i, count, most, n_keys;

    most = 0;

    for (i = 0; i < n; i++) {
        count = plan->data->inputs[chosen[i]].n_texts;
        most = count > most ? count : most;
    }

    seen = knn_plan_array(plan, most, sizeof(bool));
    n_keys = 0;

    for (i = 0; i < n && seen != NULL; i++) {
        (void) knn_plan_column(plan, chosen[i]);
        count = knn_plan_keys(plan, plan->data->inputs[chosen[i]].n_texts, seen,
                              keys + n_keys);
        counts[i] = (uint32_t) count;
        n_keys += count;
    }

    return n_keys;
}


/* Fills a slot for each key of n inputs, behind the n_keys keys themselves. */
static void
knn_plan_codes(const uint32_t *counts, size_t n, size_t n_keys,
               uint32_t *columns, double *keys, double *equal)
{
    size_t i, j, k;

    for (i = 0, k = 0; i < n; i++) {
        for (j = 0; j < counts[i]; j++, k++) {
            columns[k] = (uint32_t) i;
            keys[n_keys + k] = (double) j;
            equal[k] = (double) j;
        }

        keys[2 * n_keys + i] = KNN_TEXT_UNKNOWN;
    }
}


void
knn_train_texts(knn_plan_t *plan, const uint32_t *chosen, size_t n)
{
    size_t      i, n_keys;
    double     *keys, *equal;
    uint32_t   *counts, *columns;
    knn_step_t *step;

    n_keys = 0;

    for (i = 0; i < n; i++) {
        n_keys += plan->data->inputs[chosen[i]].n_texts + 1;
    }

    counts = knn_plan_array(plan, n, sizeof(uint32_t));
    columns = knn_plan_array(plan, n_keys, sizeof(uint32_t));
    keys = knn_plan_array(plan, 2 * n_keys + n, sizeof(double));
    equal = knn_plan_array(plan, n_keys, sizeof(double));

    if (plan->failed || n == 0) {
        return;
    }

    n_keys = knn_plan_all_keys(plan, chosen, n, counts, keys);
    knn_plan_codes(counts, n, n_keys, columns, keys, equal);

    if (n < plan->data->n_inputs) {
        knn_plan_select(plan, plan->data->n_inputs, chosen, n);
    }

    plan->names[plan->n_names++] = "OneHotEncoder";
    step = knn_plan_numbers(plan, KNN_STEP_ENCODE, "OneHotEncoder", n, keys);
    step->missing = true;
    step->n_numbers = 2 * n_keys + n;
    step->n_columns = n;
    step->columns = counts;

    step = knn_plan_step(plan, KNN_STEP_EQUAL, "OneHotEncoder",
                         plan->n_slots - n, n, n_keys);
    step->n_numbers = n_keys;
    step->numbers = equal;
    step->n_columns = n_keys;
    step->columns = columns;
}
