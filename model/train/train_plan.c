
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "train_plan.h"


void *
knn_plan_array(knn_plan_t *plan, size_t count, size_t size)
{
    void *array;

    array = knn_arena_array(plan->arena, count + 1, size);
    plan->failed |= array == NULL;

    return array;
}


knn_step_t *
knn_plan_step(knn_plan_t *plan, knn_step_e kind, const char *name, size_t in,
              size_t n_in, size_t n_out)
{
    knn_step_t *step;

    step = &plan->steps[plan->n_steps++];
    step->kind = kind;
    step->name = name;
    step->in = in;
    step->n_in = n_in;
    step->n_out = n_out;

    plan->n_slots += n_out;

    return step;
}


knn_step_t *
knn_plan_numbers(knn_plan_t *plan, knn_step_e kind, const char *name, size_t n,
                 const double *numbers)
{
    knn_step_t *step;

    step = knn_plan_step(plan, kind, name, plan->n_slots - n, n, n);
    step->n_numbers = n;
    step->numbers = numbers;

    return step;
}


void
knn_plan_select(knn_plan_t *plan, size_t n_in, const uint32_t *columns,
                size_t n)
{
    knn_step_t *step;

    step =
        knn_plan_step(plan, KNN_STEP_SELECT, "ColumnTransformer", 0, n_in, n);
    step->missing = true; /* it does not look at what it moves */
    step->n_columns = n;
    step->columns = columns;
}


size_t
knn_plan_column(knn_plan_t *plan, size_t input)
{
    size_t        i, count;
    const double *values;

    values = plan->data->columns[input];
    count = 0;

    for (i = 0; i < plan->n_rows; i++) {
        plan->column[i] = values[plan->rows[i]];
        count += isnan(plan->column[i]) ? 0 : 1;
    }

    return count;
}
