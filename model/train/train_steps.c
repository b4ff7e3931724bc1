
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "train_plan.h"
#include "train_steps.h"


/* Chooses the inputs that are numbers, or texts, and have any value. */
static size_t
knn_plan_choose(knn_plan_t *plan, bool texts, uint32_t *chosen)
{
    size_t i, n;

    n = 0;

    for (i = 0; i < plan->data->n_inputs; i++) {
        if ((plan->data->inputs[i].n_texts > 0) != texts) {
            continue;
        }

        if (knn_plan_column(plan, i) > 0) {
            chosen[n++] = (uint32_t) i;
        }
    }

    return n;
}


/* Adds what puts n numbers, of which these were the slots, before the texts. */
static void
knn_plan_join(knn_plan_t *plan, size_t first, size_t n)
{
    size_t    i, last, width;
    uint32_t *columns;

    width = plan->steps[plan->n_steps - 1].n_out;
    last = plan->n_slots - width;
    columns = knn_plan_array(plan, n + width, sizeof(uint32_t));

    if (plan->failed) {
        return;
    }

    for (i = 0; i < n + width; i++) {
        columns[i] = (uint32_t) (i < n ? first + i : last + i - n);
    }

    knn_plan_select(plan, plan->n_slots, columns, n + width);
}


/* Makes all steps. */
static void
knn_plan_make(knn_plan_t *plan, knn_scale_e scale)
{
    size_t    n, n_texts, first;
    uint32_t *numbers, *texts;

    n = plan->data->n_inputs;
    plan->n_slots = n;
    plan->column = knn_plan_array(plan, plan->n_rows, sizeof(double));
    plan->scratch = knn_plan_array(plan, plan->n_rows, sizeof(double));
    plan->steps = knn_plan_array(plan, KNN_PLAN_STEPS, sizeof(knn_step_t));
    plan->names = knn_plan_array(plan, KNN_PLAN_NAMES, sizeof(char *));
    numbers = knn_plan_array(plan, n, sizeof(uint32_t));
    texts = knn_plan_array(plan, n, sizeof(uint32_t));

    if (plan->failed) {
        return;
    }

    n = knn_plan_choose(plan, false, numbers);
    knn_train_numbers(plan, scale, numbers, n);
    first = plan->n_slots - n;

    n_texts = knn_plan_choose(plan, true, texts);
    knn_train_texts(plan, texts, n_texts);

    if (n > 0 && n_texts > 0 && !plan->failed) {
        knn_plan_join(plan, first, n);
    }
}


knn_status_e
knn_train_steps(const knn_dataset_t *data, knn_scale_e scale,
                const uint32_t *rows, size_t n_rows, knn_arena_t *arena,
                knn_steps_t *steps, size_t *n_features, knn_error_t *err)
{
    knn_plan_t plan;

    memset(&plan, 0, sizeof(knn_plan_t));
    plan.data = data;
    plan.rows = rows;
    plan.n_rows = n_rows;
    plan.arena = arena;

    knn_plan_make(&plan, scale);

    if (plan.failed) {
        return knn_error(err, KNN_NO_MEMORY,
                         "no memory for the steps of %zu rows", n_rows);
    }

    memset(steps, 0, sizeof(knn_steps_t));
    *n_features = data->n_inputs;

    if (plan.n_steps > 0) {
        steps->n_inputs = data->n_inputs;
        steps->inputs = data->inputs;
        steps->n_steps = plan.n_steps;
        steps->steps = plan.steps;
        steps->n_names = plan.n_names;
        steps->names = plan.names;
        *n_features = plan.steps[plan.n_steps - 1].n_out;
    }

    return KNN_OK;
}
