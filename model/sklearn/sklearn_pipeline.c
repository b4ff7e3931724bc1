
/*
 * Copyright (C) nginx-knn contributors
 */


/* Transformers one behind the other, and side by side. */


#include <string.h>

#include "sklearn_step.h"


const knn_value_t *
knn_fitted_tuples(knn_fitted_t *fitted, const char *name, size_t width)
{
    size_t             i;
    const knn_value_t *list, *item;

    list = knn_fitted_need(fitted, name);

    if (list == NULL) {
        return NULL;
    }

    if (list->type != KNN_VALUE_LIST && list->type != KNN_VALUE_TUPLE) {
        (void) knn_fitted_fail(fitted, name, KNN_MALFORMED, "is no list");
        return NULL;
    }

    for (i = 0; i < list->u.list.n; i++) {
        item = list->u.list.items[i];

        if ((item->type != KNN_VALUE_TUPLE && item->type != KNN_VALUE_LIST)
            || item->u.list.n != width)
        {
            (void) knn_fitted_fail(fitted, name, KNN_MALFORMED,
                                   "has an element that is no tuple of %zu",
                                   width);
            return NULL;
        }
    }

    return list;
}


/* True for what imbalanced-learn does to training data alone. */
static bool
knn_pipeline_is_sampler(const knn_value_t *value)
{
    size_t i, n;

    static const char *const packages[] = {"imblearn.over_sampling",
                                           "imblearn.under_sampling",
                                           "imblearn.combine"};

    n = (value->type == KNN_VALUE_OPAQUE) ? sizeof(packages) / sizeof(char *)
                                          : 0;

    for (i = 0; i < n; i++) {
        if (strncmp(value->u.global, packages[i], strlen(packages[i])) == 0) {
            return true;
        }
    }

    return false;
}


knn_status_e
knn_transform_steps(knn_program_t *program, const knn_value_t *steps, size_t n,
                    knn_block_t *block)
{
    size_t              i;
    knn_status_e        rc;
    knn_value_t *const *pair;

    rc = KNN_OK;

    for (i = 0; i < n && rc == KNN_OK; i++) {
        pair = steps->u.list.items[i]->u.list.items;

        if (!knn_pipeline_is_sampler(pair[1])) {
            rc = knn_transform_named(program, pair[0], pair[1], block);
        }
    }

    return rc;
}


knn_status_e
knn_transform_pipeline(knn_program_t *program, knn_fitted_t *fitted,
                       knn_block_t *block)
{
    const knn_value_t *steps;

    steps = knn_fitted_tuples(fitted, "steps", 2);

    return (steps == NULL)
               ? program->err->status
               : knn_transform_steps(program, steps, steps->u.list.n, block);
}


knn_status_e
knn_transform_weight(knn_program_t *program, knn_fitted_t *fitted,
                     const knn_value_t *name, knn_block_t *block)
{
    char               buf[KNN_QUOTE_SIZE];
    size_t             i, len;
    double            *numbers;
    const char        *data, *key;
    knn_entry_t        weight;
    const knn_value_t *weights, *value;

    weights = knn_fitted_find(fitted, "transformer_weights");

    if (weights == NULL || weights->type == KNN_VALUE_NONE) {
        return KNN_OK;
    }

    if (weights->type != KNN_VALUE_DICT
        || !knn_value_is_text(name, &data, &len)) {
        return knn_fitted_fail(fitted, "transformer_weights", KNN_UNSUPPORTED,
                               "is %s, use a dict of numbers",
                               knn_value_kind(weights, buf, sizeof(buf)));
    }

    key = knn_arena_string(program->arena, data, len);
    value = (key == NULL) ? NULL : knn_value_get(weights, key);

    if (value == NULL || value->type == KNN_VALUE_NONE) {
        return KNN_OK;
    }

    if (knn_entry_read(program->arena, value, &weight, program->err) != KNN_OK
        || weight.text)
    {
        return knn_fitted_fail(fitted, "transformer_weights", KNN_UNSUPPORTED,
                               "holds %s, use numbers",
                               knn_value_kind(value, buf, sizeof(buf)));
    }

    numbers = knn_program_numbers(program, block->n);

    for (i = 0; numbers != NULL && i < block->n; i++) {
        numbers[i] = weight.number;
    }

    return knn_program_each(program, KNN_STEP_MULTIPLY, true, numbers, block);
}


knn_status_e
knn_transform_union(knn_program_t *program, knn_fitted_t *fitted,
                    knn_block_t *block)
{
    size_t              i, n;
    const char         *name;
    knn_block_t        *blocks;
    knn_value_t *const *pair;
    const knn_value_t  *list;

    list = knn_fitted_tuples(fitted, "transformer_list", 2);

    if (list == NULL) {
        return program->err->status;
    }

    name = program->name;
    blocks =
        knn_arena_array(program->arena, list->u.list.n, sizeof(knn_block_t));

    if (blocks == NULL) {
        return knn_error(program->err, KNN_LIMIT,
                         "needs more memory than allowed");
    }

    for (i = 0, n = 0; i < list->u.list.n; i++) {
        pair = list->u.list.items[i]->u.list.items;

        if (pair[1]->type == KNN_VALUE_NONE || knn_value_is(pair[1], "drop")) {
            continue;
        }

        blocks[n] = *block;

        if (knn_transform_named(program, pair[0], pair[1], &blocks[n]) != KNN_OK
            || knn_transform_weight(program, fitted, pair[0], &blocks[n])
                   != KNN_OK)
        {
            return program->err->status;
        }

        if (block->n == 0) {
            block->n = program->n_inputs;
        }

        block->sparse |= blocks[n].sparse;
        n++;
    }

    program->name = name;

    return knn_program_join(program, blocks, n, block);
}
