
/*
 * Copyright (C) nginx-knn contributors
 */


/* What becomes of a value that is no number, wherever the steps take it. */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "steps.h"


/* of a slot: what all that read it can do with */
#define KNN_FLOW_NAN     0x01
#define KNN_FLOW_TEXT    0x02 /* the number of a text */
#define KNN_FLOW_UNKNOWN 0x04 /* KNN_TEXT_UNKNOWN */
#define KNN_FLOW_UNUSED  0x08 /* nothing reads it */

#define KNN_FLOW_ALL     0x0f

/* what arithmetic leaves, if what reads its result takes it */
#define KNN_FLOW_NUMBER KNN_FLOW_NAN


/* What a slot's value may be that turns into another one's, of so many. */
static unsigned
knn_flow_of(const unsigned char *to, size_t n)
{
    size_t   i;
    unsigned takes;

    takes = KNN_FLOW_NUMBER;

    for (i = 0; i < n; i++) {
        takes &= to[i];
    }

    return takes;
}


/* What a value may be that is looked up, with its keys and codes. */
static unsigned
knn_flow_encode(const knn_step_t *step, size_t input, size_t first, unsigned to)
{
    size_t   n_keys, last;
    double   other, missing;
    unsigned takes;

    n_keys = (step->n_numbers - step->n_in) / 2;
    other = step->numbers[2 * n_keys + input];
    missing = other;
    last = first + step->columns[input];

    if (last > first && isnan(step->numbers[last - 1])) {
        missing = step->numbers[n_keys + last - 1];
    }

    takes = KNN_FLOW_TEXT;

    if (!isinf(other) && (!isnan(other) || (to & KNN_FLOW_NAN))) {
        takes |= KNN_FLOW_UNKNOWN;
    }

    if (!isinf(missing) && (!isnan(missing) || (to & KNN_FLOW_NAN))) {
        takes |= KNN_FLOW_NAN;
    }

    return takes;
}


/* What the input of a step may be, when its output goes to such readers. */
static unsigned
knn_flow_input(const knn_step_t *step, size_t input, size_t first,
               const unsigned char *to)
{
    switch (step->kind) {

    case KNN_STEP_PROJECT:
    case KNN_STEP_NORM_L1:
    case KNN_STEP_NORM_L2:
    case KNN_STEP_NORM_L2_OLD:
    case KNN_STEP_NORM_MAX:
    case KNN_STEP_NORM_MAX_OLD:
        return knn_flow_of(to, step->n_out);

    case KNN_STEP_ABOVE:
    case KNN_STEP_BIN:
        return KNN_FLOW_NUMBER;

    case KNN_STEP_MISSING:
        return KNN_FLOW_NAN | KNN_FLOW_TEXT | KNN_FLOW_UNKNOWN;

    case KNN_STEP_IMPUTE:
        return (to[input] & ~(unsigned) KNN_FLOW_UNUSED)
               | (isnan(step->numbers[input]) ? KNN_FLOW_NAN : 0);

    case KNN_STEP_ENCODE:
        return knn_flow_encode(step, input, first, to[input]);

    default:
        return knn_flow_of(to + input, 1);
    }
}


/* The same for the inputs that a step names by columns. */
static void
knn_flow_columns(const knn_step_t *step, unsigned char *from,
                 const unsigned char *to)
{
    size_t   i;
    unsigned takes;

    for (i = 0; i < step->n_columns; i++) {
        takes = (step->kind == KNN_STEP_SELECT)  ? to[i]
                : (step->kind == KNN_STEP_EQUAL) ? KNN_FLOW_NUMBER
                                                 : knn_flow_of(to + i / 2, 1);

        from[step->columns[i]] &= (unsigned char) takes;
    }
}


/* What all inputs of a step may be. */
static void
knn_flow_step(const knn_step_t *step, unsigned char *from,
              const unsigned char *to)
{
    size_t   i, first;
    unsigned takes;

    if (step->kind == KNN_STEP_SELECT || step->kind == KNN_STEP_EQUAL
        || step->kind == KNN_STEP_PRODUCT)
    {
        knn_flow_columns(step, from, to);
    }
    else {
        first = 0;

        for (i = 0; i < step->n_in; i++) {
            takes = knn_flow_input(step, i, first, to);
            from[i] &= (unsigned char) takes;
            first += (step->kind == KNN_STEP_ENCODE) ? step->columns[i] : 0;
        }
    }

    /* what does not take NaN looks at all that it is given, as numbers */

    for (i = 0; !step->missing && i < step->n_in; i++) {
        from[i] &= (unsigned char) ~(KNN_FLOW_NAN | KNN_FLOW_UNUSED);
    }
}


/* Follows all values from the estimator back to the inputs. */
static void
knn_flow_all(const knn_steps_t *steps, bool missing, size_t n,
             unsigned char *takes)
{
    size_t            i, first;
    const knn_step_t *step;

    first =
        (steps->n_steps == 0) ? 0 : n - steps->steps[steps->n_steps - 1].n_out;

    memset(takes, KNN_FLOW_ALL, first);
    memset(takes + first, missing ? KNN_FLOW_NAN : 0, n - first);

    first = n;

    for (i = steps->n_steps; i > 0; i--) {
        step = &steps->steps[i - 1];
        first -= step->n_out;
        knn_flow_step(step, takes + step->in, takes + first);
    }
}


/* What a row may hold in a column. */
static void
knn_flow_feature(const knn_feature_t *input, unsigned takes,
                 knn_feature_t *feature)
{
    *feature = (input != NULL) ? *input : (knn_feature_t){.n_texts = 0};

    feature->missing = (takes & KNN_FLOW_NAN) != 0;
    feature->open =
        (takes & KNN_FLOW_UNUSED) != 0
        || (feature->n_texts > 0 && (takes & KNN_FLOW_UNKNOWN) != 0);
}


knn_status_e
knn_steps_features(const knn_steps_t *steps, bool missing,
                   knn_feature_t *features, knn_error_t *err)
{
    size_t               i, n;
    unsigned char       *takes;
    const knn_feature_t *input;

    n = knn_steps_slots(steps);
    takes = malloc(n);

    if (takes == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for %zu features", n);
    }

    knn_flow_all(steps, missing, n, takes);

    for (i = 0; i < steps->n_inputs; i++) {
        input = (steps->inputs != NULL) ? &steps->inputs[i] : NULL;

        if (input != NULL && input->n_texts > 0 && !(takes[i] & KNN_FLOW_TEXT))
        {
            break;
        }

        if (features != NULL) {
            knn_flow_feature(input, takes[i], &features[i]);
        }
    }

    free(takes);

    return (i == steps->n_inputs)
               ? KNN_OK
               : knn_error(err, KNN_INCONSISTENT,
                           "feature %zu has texts, but a step or the "
                           "estimator takes it as a number, encode it first",
                           i);
}
