
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "step.h"


/* the steps that lose nothing, or not always, and what they do to numbers */
typedef struct {
    knn_step_back_pt run; /* NULL: a value cannot be told */
    knn_back_e       back;
} knn_step_way_t;


static const knn_step_way_t knn_step_ways[KNN_STEP_KINDS] = {
    [KNN_STEP_SELECT] = {knn_step_select_back, KNN_BACK_EXACT},
    [KNN_STEP_ADD] = {knn_step_add_back, KNN_BACK_LINEAR},
    [KNN_STEP_SUBTRACT] = {knn_step_subtract_back, KNN_BACK_LINEAR},
    [KNN_STEP_MULTIPLY] = {knn_step_multiply_back, KNN_BACK_LINEAR},
    [KNN_STEP_DIVIDE] = {knn_step_divide_back, KNN_BACK_LINEAR},
    [KNN_STEP_CLIP] = {knn_step_same_back, KNN_BACK_EXACT},
    [KNN_STEP_IMPUTE] = {knn_step_same_back, KNN_BACK_EXACT},
    [KNN_STEP_BOX_COX] = {knn_step_box_cox_back, KNN_BACK_BENT},
    [KNN_STEP_YEO_JOHNSON] = {knn_step_yeo_johnson_back, KNN_BACK_BENT},
    [KNN_STEP_YEO_JOHNSON_POWER] = {knn_step_yeo_johnson_back, KNN_BACK_BENT},
    [KNN_STEP_QUANTILE] = {knn_step_quantile_back, KNN_BACK_BENT},
    [KNN_STEP_QUANTILE_NORMAL] = {knn_step_quantile_back, KNN_BACK_BENT},
    [KNN_STEP_EQUAL] = {knn_step_equal_back, KNN_BACK_EXACT},
    [KNN_STEP_ENCODE] = {knn_step_encode_back, KNN_BACK_EXACT},
};


void
knn_steps_back(const knn_steps_t *steps, double *slots)
{
    size_t            i, n;
    double           *out;
    knn_step_back_pt  run;
    const knn_step_t *step;

    if (steps->n_steps == 0) {
        return;
    }

    n = knn_steps_slots(steps) - steps->steps[steps->n_steps - 1].n_out;
    out = slots + n;

    for (i = 0; i < n; i++) {
        slots[i] = NAN;
    }

    for (i = steps->n_steps; i > 0; i--) {
        step = &steps->steps[i - 1];
        run = knn_step_ways[step->kind].run;

        if (run != NULL) {
            run(step, out, slots + step->in);
        }

        out -= (i > 1) ? steps->steps[i - 2].n_out : 0;
    }
}


/* What a step adds to the way of its inputs. */
static void
knn_steps_back_by(const knn_step_t *step, const knn_back_e *out, knn_back_e *in)
{
    size_t     i;
    bool       named, codes;
    knn_back_e way, *to;

    way = knn_step_ways[step->kind].back;
    codes = step->kind == KNN_STEP_EQUAL || step->kind == KNN_STEP_ENCODE;
    named = step->kind == KNN_STEP_EQUAL || step->kind == KNN_STEP_SELECT;

    for (i = 0; way != KNN_BACK_NEVER && i < step->n_out; i++) {
        to = &in[named ? step->columns[i] : i];

        if (*to == KNN_BACK_NEVER && out[i] != KNN_BACK_NEVER) {
            *to = (codes || way > out[i]) ? way : out[i];
        }
    }
}


void
knn_steps_backs(const knn_steps_t *steps, knn_back_e *backs)
{
    size_t            i, n;
    knn_back_e       *out;
    const knn_step_t *step;

    n = knn_steps_slots(steps);
    out = backs + n;

    for (i = 0; i < n; i++) {
        backs[i] = KNN_BACK_NEVER;
    }

    n -= (steps->n_steps == 0) ? 0 : steps->steps[steps->n_steps - 1].n_out;

    for (i = (steps->n_steps == 0) ? 0 : n; backs + i < out; i++) {
        backs[i] = KNN_BACK_EXACT;
    }

    for (i = steps->n_steps; i > 0; i--) {
        step = &steps->steps[i - 1];
        out -= step->n_out;
        knn_steps_back_by(step, out, backs + step->in);
    }
}
