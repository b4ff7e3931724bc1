
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <string.h>

#include "step.h"
#include "utf8.h"


#define KNN_STEPS_QUOTE 64


typedef struct {
    const char     *name;
    knn_step_run_pt run;
} knn_step_kind_t;


static const knn_step_kind_t knn_step_kinds[] = {
    [KNN_STEP_SELECT] = {"select", knn_step_select},
    [KNN_STEP_CONSTANT] = {"constant", knn_step_constant},
    [KNN_STEP_ADD] = {"add", knn_step_add},
    [KNN_STEP_SUBTRACT] = {"subtract", knn_step_subtract},
    [KNN_STEP_MULTIPLY] = {"multiply", knn_step_multiply},
    [KNN_STEP_DIVIDE] = {"divide", knn_step_divide},
    [KNN_STEP_PRODUCT] = {"product", knn_step_product},
    [KNN_STEP_PROJECT] = {"project", knn_step_project},
    [KNN_STEP_CLIP] = {"clip", knn_step_clip},
    [KNN_STEP_NORM_L1] = {"norm_l1", knn_step_norm_l1},
    [KNN_STEP_NORM_L2] = {"norm_l2", knn_step_norm_l2},
    [KNN_STEP_NORM_L2_OLD] = {"norm_l2_old", knn_step_norm_l2_old},
    [KNN_STEP_NORM_MAX] = {"norm_max", knn_step_norm_max},
    [KNN_STEP_NORM_MAX_OLD] = {"norm_max_old", knn_step_norm_max_old},
    [KNN_STEP_BOX_COX] = {"box_cox", knn_step_box_cox},
    [KNN_STEP_YEO_JOHNSON] = {"yeo_johnson", knn_step_yeo_johnson},
    [KNN_STEP_YEO_JOHNSON_POWER] = {"yeo_johnson_power",
                                    knn_step_yeo_johnson_power},
    [KNN_STEP_QUANTILE] = {"quantile", knn_step_quantile},
    [KNN_STEP_QUANTILE_NORMAL] = {"quantile_normal", knn_step_quantile_normal},
    [KNN_STEP_ABOVE] = {"above", knn_step_above},
    [KNN_STEP_EQUAL] = {"equal", knn_step_equal},
    [KNN_STEP_MISSING] = {"missing", knn_step_missing},
    [KNN_STEP_IMPUTE] = {"impute", knn_step_impute},
    [KNN_STEP_BIN] = {"bin", knn_step_bin},
    [KNN_STEP_ENCODE] = {"encode", knn_step_encode},
};


const char *
knn_step_kind_name(knn_step_e kind)
{
    return knn_step_kinds[kind].name;
}


knn_step_e
knn_step_kind_find(const char *data, size_t len)
{
    size_t      kind;
    const char *name;

    for (kind = 0; kind < KNN_STEP_KINDS; kind++) {
        name = knn_step_kinds[kind].name;

        if (strlen(name) == len && memcmp(name, data, len) == 0) {
            break;
        }
    }

    return (knn_step_e) kind;
}


size_t
knn_steps_slots(const knn_steps_t *steps)
{
    size_t i, n;

    n = steps->n_inputs;

    for (i = 0; i < steps->n_steps; i++) {
        n += steps->steps[i].n_out;
    }

    return n;
}


/* The input that a slot is the value of, as far as values keep their places. */
static size_t
knn_steps_origin(const knn_steps_t *steps, size_t slot)
{
    size_t            i, first;
    const knn_step_t *step;

    first = knn_steps_slots(steps);

    for (i = steps->n_steps; i > 0; i--) {
        step = &steps->steps[i - 1];
        first -= step->n_out;

        if (slot < first) {
            continue;
        }

        slot -= first;

        if (step->kind == KNN_STEP_SELECT || step->kind == KNN_STEP_EQUAL) {
            slot = step->columns[slot];
        }
        else if (step->n_in != step->n_out) {
            return steps->n_inputs;
        }

        slot += step->in;
    }

    return slot;
}


/* Says which value a step does not take. */
static const double *
knn_steps_fail(const knn_steps_t *steps, const knn_step_t *step, size_t slot,
               const double *slots, knn_error_t *err)
{
    char                 name[KNN_STEPS_QUOTE], value[KNN_STEPS_QUOTE + 2];
    size_t               input;
    const knn_text_t    *text;
    const knn_feature_t *feature;

    input = knn_steps_origin(steps, slot);
    feature = (input < steps->n_inputs && steps->inputs != NULL)
                  ? &steps->inputs[input]
                  : NULL;

    if (feature != NULL && slots[slot] >= 0
        && slots[slot] < (double) feature->n_texts)
    {
        text = &feature->texts[(size_t) slots[slot]];
        (void) snprintf(
            value, sizeof(value), "\"%s\"",
            knn_utf8_quote(name, sizeof(name), text->data, text->len));
    }
    else {
        (void) snprintf(value, sizeof(value), "%g", slots[slot]);
    }

    if (input < steps->n_inputs) {
        (void) snprintf(name, sizeof(name), "as feature %zu", input);
    }
    else {
        (void) snprintf(name, sizeof(name), "before this step");
    }

    (void) knn_error(err, KNN_VALUE,
                     (step->kind == KNN_STEP_BOX_COX)
                         ? "has %s %s, but %s takes numbers above 0"
                         : "has %s %s, but %s takes only what it saw in the "
                           "training data",
                     value, name, step->name);

    return NULL;
}


const double *
knn_steps_run(const knn_steps_t *steps, double *slots, knn_error_t *err)
{
    size_t            i, taken;
    double           *out;
    const knn_step_t *step;

    out = slots + steps->n_inputs;

    for (i = 0; i < steps->n_steps; i++) {
        step = &steps->steps[i];
        taken = knn_step_kinds[step->kind].run(step, slots + step->in, out);

        if (taken < step->n_in) {
            return knn_steps_fail(steps, step, step->in + taken, slots, err);
        }

        out += step->n_out;
    }

    return (i == 0) ? slots : out - steps->steps[i - 1].n_out;
}
