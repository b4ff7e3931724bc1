
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "native_file.h"


/* the columns and numbers of all steps, which are handed out one by one */
typedef struct {
    size_t          n_columns;
    const uint32_t *columns;
    size_t          n_numbers;
    const double   *numbers;
} knn_native_pool_t;


/* Reads the columns of all steps. */
static knn_status_e
knn_native_columns(knn_native_t *native, knn_native_pool_t *pool)
{
    size_t         i;
    uint32_t      *columns;
    const int64_t *integers;

    pool->n_columns = KNN_NATIVE_ANY;

    if (knn_native_integers(native, "steps.columns", 1, &pool->n_columns,
                            &integers)
        != KNN_OK)
    {
        return native->err->status;
    }

    if (integers == NULL) {
        pool->n_columns = 0;
    }

    columns = knn_arena_array(native->arena, pool->n_columns, sizeof(uint32_t));

    if (columns == NULL) {
        return knn_native_full(native);
    }

    for (i = 0; i < pool->n_columns; i++) {
        if (integers[i] < 0 || integers[i] > UINT32_MAX) {
            return knn_error(native->err, KNN_INCONSISTENT,
                             "tensor \"steps.columns\" has %lld, it must "
                             "have counts",
                             (long long) integers[i]);
        }

        columns[i] = (uint32_t) integers[i];
    }

    pool->columns = columns;

    return KNN_OK;
}


/* Reads the columns and numbers of all steps. */
static knn_status_e
knn_native_pool(knn_native_t *native, knn_native_pool_t *pool)
{
    if (knn_native_columns(native, pool) != KNN_OK) {
        return native->err->status;
    }

    pool->n_numbers = KNN_NATIVE_ANY;

    if (knn_native_doubles(native, "steps.numbers", 1, &pool->n_numbers,
                           &pool->numbers)
        != KNN_OK)
    {
        return native->err->status;
    }

    if (pool->numbers == NULL) {
        pool->n_numbers = 0;
        pool->numbers = knn_arena_array(native->arena, 0, sizeof(double));
    }

    return (pool->numbers == NULL) ? knn_native_full(native) : KNN_OK;
}


/* Reads a count of a step; 0 when it is not there. */
static knn_status_e
knn_native_count(knn_native_t *native, const knn_value_t *step,
                 const char *name, size_t *count)
{
    const knn_value_t *value;

    *count = 0;
    value = knn_value_get(step, name);

    if (value == NULL) {
        return KNN_OK;
    }

    if (value->type != KNN_VALUE_INT || value->u.integer < 0) {
        return knn_native_fail(native, "steps", KNN_MALFORMED,
                               "\"%s\" of a step is no count, write one", name);
    }

    *count = (size_t) value->u.integer;

    return KNN_OK;
}


/* Reads what a step is and what it is called. */
static knn_status_e
knn_native_kind(knn_native_t *native, const knn_value_t *value,
                knn_step_t *step)
{
    const knn_value_t *kind, *name, *missing;

    kind = knn_value_get(value, "kind");
    name = knn_value_get(value, "name");
    missing = knn_value_get(value, "missing");

    step->kind = (kind != NULL && kind->type == KNN_VALUE_TEXT)
                     ? knn_step_kind_find(kind->u.text.data, kind->u.text.len)
                     : KNN_STEP_KINDS;

    if (step->kind == KNN_STEP_KINDS) {
        return knn_native_fail(native, "steps", KNN_UNSUPPORTED,
                               "a step has a \"kind\" that is not known, "
                               "convert the file again");
    }

    step->name = (name != NULL && name->type == KNN_VALUE_TEXT)
                     ? name->u.text.data
                     : knn_step_kind_name(step->kind);

    step->missing = missing != NULL && missing->type == KNN_VALUE_BOOL
                    && missing->u.boolean;

    return KNN_OK;
}


/* Reads a step, which takes its columns and numbers from the pool. */
static knn_status_e
knn_native_step(knn_native_t *native, const knn_value_t *value,
                knn_native_pool_t *pool, knn_step_t *step)
{
    if (value->type != KNN_VALUE_DICT) {
        return knn_native_fail(native, "steps", KNN_MALFORMED,
                               "a step is no object, write one");
    }

    if (knn_native_kind(native, value, step) != KNN_OK
        || knn_native_count(native, value, "in", &step->in) != KNN_OK
        || knn_native_count(native, value, "n_in", &step->n_in) != KNN_OK
        || knn_native_count(native, value, "n_out", &step->n_out) != KNN_OK
        || knn_native_count(native, value, "columns", &step->n_columns)
               != KNN_OK
        || knn_native_count(native, value, "numbers", &step->n_numbers)
               != KNN_OK)
    {
        return native->err->status;
    }

    if (step->n_columns > pool->n_columns || step->n_numbers > pool->n_numbers)
    {
        return knn_native_fail(native, "steps", KNN_INCONSISTENT,
                               "the steps have more columns or numbers than "
                               "the tensors \"steps.columns\" and "
                               "\"steps.numbers\"");
    }

    step->columns = pool->columns;
    step->numbers = pool->numbers;

    pool->columns += step->n_columns;
    pool->numbers += step->n_numbers;
    pool->n_columns -= step->n_columns;
    pool->n_numbers -= step->n_numbers;

    return KNN_OK;
}


/* Reads the texts that an input may be. */
static knn_status_e
knn_native_input(knn_native_t *native, const knn_value_t *value,
                 knn_feature_t *input)
{
    size_t       i;
    knn_text_t  *texts;
    knn_value_t *text;

    if (value->type == KNN_VALUE_NONE) {
        return KNN_OK;
    }

    if (value->type != KNN_VALUE_LIST) {
        return knn_native_fail(native, "inputs", KNN_MALFORMED,
                               "an input is neither null, for a number, nor "
                               "an array of texts");
    }

    texts = knn_arena_array(native->arena, value->u.list.n, sizeof(knn_text_t));

    if (texts == NULL) {
        return knn_native_full(native);
    }

    for (i = 0; i < value->u.list.n; i++) {
        text = value->u.list.items[i];

        if (text->type != KNN_VALUE_TEXT) {
            return knn_native_fail(native, "inputs", KNN_MALFORMED,
                                   "a text of an input is no string");
        }

        texts[i].len = text->u.text.len;
        texts[i].data = text->u.text.data;
    }

    input->n_texts = value->u.list.n;
    input->texts = texts;

    return KNN_OK;
}


/* Reads what a row has before the steps. */
static knn_status_e
knn_native_inputs(knn_native_t *native, const knn_value_t *list)
{
    size_t         i, n;
    knn_steps_t   *steps;
    knn_feature_t *inputs;

    steps = &native->parts->steps;
    n = list->u.list.n;
    inputs = knn_arena_array(native->arena, n, sizeof(knn_feature_t));

    if (inputs == NULL) {
        return knn_native_full(native);
    }

    for (i = 0; i < n; i++) {
        if (knn_native_input(native, list->u.list.items[i], &inputs[i])
            != KNN_OK) {
            return native->err->status;
        }

        if (inputs[i].n_texts > 0) {
            steps->inputs = inputs;
        }
    }

    steps->n_inputs = n;

    return KNN_OK;
}


/* Reads the program of the steps. */
static knn_status_e
knn_native_program(knn_native_t *native, const knn_value_t *list)
{
    size_t            i, n;
    knn_step_t       *steps;
    knn_native_pool_t pool;

    n = list->u.list.n;
    memset(&pool, 0, sizeof(knn_native_pool_t));
    steps = knn_arena_array(native->arena, n, sizeof(knn_step_t));

    if (steps == NULL) {
        return knn_native_full(native);
    }

    if (knn_native_pool(native, &pool) != KNN_OK) {
        return native->err->status;
    }

    for (i = 0; i < n; i++) {
        if (knn_native_step(native, list->u.list.items[i], &pool, &steps[i])
            != KNN_OK) {
            return native->err->status;
        }
    }

    native->parts->steps.n_steps = n;
    native->parts->steps.steps = steps;

    return KNN_OK;
}


knn_status_e
knn_native_steps(knn_native_t *native)
{
    knn_parts_t       *parts;
    const knn_value_t *inputs, *steps, *names, *features;

    parts = native->parts;

    if (knn_native_list(native, "inputs", &inputs) != KNN_OK
        || knn_native_list(native, "steps", &steps) != KNN_OK
        || knn_native_list(native, "transformers", &names) != KNN_OK
        || knn_native_list(native, "feature_names", &features) != KNN_OK)
    {
        return native->err->status;
    }

    if ((inputs == NULL || inputs->u.list.n == 0) && steps != NULL) {
        return knn_native_fail(native, "inputs", KNN_INCONSISTENT,
                               "is missing or empty, steps must have inputs");
    }

    if (inputs != NULL && knn_native_inputs(native, inputs) != KNN_OK) {
        return native->err->status;
    }

    if (steps != NULL && knn_native_program(native, steps) != KNN_OK) {
        return native->err->status;
    }

    if (names != NULL) {
        parts->steps.n_names = names->u.list.n;

        if (knn_native_texts(native, "transformers", names, names->u.list.n,
                             &parts->steps.names)
            != KNN_OK)
        {
            return native->err->status;
        }
    }

    return features == NULL
               ? KNN_OK
               : knn_native_texts(native, "feature_names", features,
                                  parts->steps.n_inputs == 0
                                      ? parts->n_features
                                      : parts->steps.n_inputs,
                                  &parts->feature_names);
}
