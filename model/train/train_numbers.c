
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "scale.h"
#include "train_plan.h"


/* What the imputer puts in the place of missing values, which it gets. */
static void
knn_plan_impute(knn_plan_t *plan, double *numbers, size_t n, size_t i)
{
    size_t row;

    numbers[i] = NAN;
    numbers[n + i] = knn_scale_mean(plan->column, plan->n_rows, plan->scratch);

    for (row = 0; row < plan->n_rows; row++) {
        if (isnan(plan->column[row])) {
            plan->column[row] = numbers[n + i];
        }
    }
}


/* What a scaler learns from the column: first and second of its numbers. */
static void
knn_plan_fit(knn_plan_t *plan, knn_scale_e scale, double *first, double *second)
{
    switch (scale) {

    case KNN_SCALE_STANDARD:
        knn_scale_standard(plan->column, plan->n_rows, plan->scratch, first,
                           second);
        break;

    case KNN_SCALE_MINMAX:
        knn_scale_minmax(plan->column, plan->n_rows, first, second);
        break;

    case KNN_SCALE_ROBUST:
        knn_scale_robust(plan->column, plan->n_rows, plan->scratch, first,
                         second);
        break;

    case KNN_SCALE_NONE:
        break;
    }
}


/* Adds the steps of a scaler. */
static void
knn_plan_scaler(knn_plan_t *plan, knn_scale_e scale, size_t n,
                const double *first, const double *second)
{
    static const char *const names[] = {[KNN_SCALE_STANDARD] = "StandardScaler",
                                        [KNN_SCALE_MINMAX] = "MinMaxScaler",
                                        [KNN_SCALE_ROBUST] = "RobustScaler"};

    bool minmax;

    if (scale == KNN_SCALE_NONE) {
        return;
    }

    minmax = scale == KNN_SCALE_MINMAX;
    plan->names[plan->n_names++] = names[scale];

    (void) knn_plan_numbers(plan,
                            minmax ? KNN_STEP_MULTIPLY : KNN_STEP_SUBTRACT,
                            names[scale], n, first);
    (void) knn_plan_numbers(plan, minmax ? KNN_STEP_ADD : KNN_STEP_DIVIDE,
                            names[scale], n, second);
}


void
knn_train_numbers(knn_plan_t *plan, knn_scale_e scale, const uint32_t *chosen,
                  size_t n)
{
    size_t      i;
    double     *first, *second, *instead;
    knn_step_t *step;

    first = knn_plan_array(plan, n, sizeof(double));
    second = knn_plan_array(plan, n, sizeof(double));
    instead = knn_plan_array(plan, 2 * n, sizeof(double));

    if (plan->failed || n == 0) {
        return;
    }

    for (i = 0; i < n; i++) {
        (void) knn_plan_column(plan, chosen[i]);

        if (plan->data->missing) {
            knn_plan_impute(plan, instead, n, i);
        }

        knn_plan_fit(plan, scale, &first[i], &second[i]);
    }

    if (n < plan->data->n_inputs) {
        knn_plan_select(plan, plan->data->n_inputs, chosen, n);
    }

    if (plan->data->missing) {
        plan->names[plan->n_names++] = "SimpleImputer";
        step = knn_plan_numbers(plan, KNN_STEP_IMPUTE, "SimpleImputer", n,
                                instead);
        step->missing = true;
        step->n_numbers = 2 * n;
    }

    knn_plan_scaler(plan, scale, n, first, second);
}
