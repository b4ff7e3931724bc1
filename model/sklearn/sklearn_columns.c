
/*
 * Copyright (C) nginx-knn contributors
 */


/* ColumnTransformer: which transformer gets which columns. */


#include "sklearn_choice.h"


/* Reads the names of all columns as releases before 1.0 kept them. */
static knn_status_e
knn_columns_old_names(knn_choice_t *choice, const knn_value_t *value,
                      const char *const **found)
{
    size_t         i;
    const char   **names;
    knn_label_t   *labels;
    knn_ndarray_t  array;
    knn_program_t *program;

    program = choice->program;

    if (knn_choice_array(choice, value, &array) != KNN_OK) {
        return program->err->status;
    }

    if (array.count != choice->n_all) {
        return knn_error(program->err, KNN_INCONSISTENT,
                         "has %zu names for %zu columns", array.count,
                         choice->n_all);
    }

    labels = knn_scalar_labels(program->arena, &array, program->err);

    if (labels == NULL) {
        return program->err->status;
    }

    names = knn_arena_array(program->arena, array.count, sizeof(char *));

    if (names == NULL) {
        return knn_program_full(program);
    }

    for (i = 0; i < array.count; i++) {
        if (labels[i].type != KNN_LABEL_STRING) {
            return KNN_OK;
        }

        names[i] = labels[i].value.string.data;
    }

    *found = names;

    return KNN_OK;
}


/* The names of all columns, wherever a release keeps them. */
static knn_status_e
knn_columns_names(knn_choice_t *choice, const knn_block_t *block)
{
    knn_parts_t        parts;
    knn_status_e       rc;
    const knn_value_t *value;

    parts = (knn_parts_t){.n_features = choice->n_all};
    choice->fitted->parts = &parts;
    rc = knn_fitted_names(choice->fitted);
    choice->fitted->parts = NULL;

    value = knn_fitted_find(choice->fitted, "_feature_names_in");

    if (value == NULL) {
        value = knn_fitted_find(choice->fitted, "_df_columns");
    }

    if (rc == KNN_OK && parts.feature_names == NULL && value != NULL
        && value->type != KNN_VALUE_NONE)
    {
        rc = knn_columns_old_names(choice, value, &parts.feature_names);
    }

    if (parts.feature_names == NULL) {
        parts.feature_names = choice->guessed;
    }

    if (rc != KNN_OK || parts.feature_names == NULL) {
        return rc;
    }

    if (block->in == 0 && choice->program->names == NULL) {
        choice->program->names = parts.feature_names;
    }

    return knn_choice_names(choice, parts.feature_names);
}


/*
 * Release 0.20 kept neither the number of columns nor their names: they are
 * those that are chosen.
 */
static knn_status_e
knn_columns_guess(knn_choice_t *choice, const knn_value_t *list, int64_t *n)
{
    size_t              i;
    knn_value_t *const *tuple;

    for (i = 0; i < list->u.list.n; i++) {
        tuple = list->u.list.items[i]->u.list.items;

        if (knn_choice_count(choice, tuple[2], !knn_value_is(tuple[1], "drop"))
            != KNN_OK)
        {
            return choice->program->err->status;
        }
    }

    if (choice->n_guessed != 0 && choice->numbered) {
        return knn_error(choice->program->err, KNN_UNSUPPORTED,
                         "chooses columns by name and by number, and release "
                         "0.20 did not keep which they are, choose all by "
                         "number");
    }

    *n = (int64_t) ((choice->n_guessed != 0) ? choice->n_guessed
                                             : choice->n_all);

    return KNN_OK;
}


/* The number of columns and their names. */
static knn_status_e
knn_columns_all(knn_choice_t *choice, const knn_value_t *list,
                knn_block_t *block)
{
    int64_t      n;
    const char  *count;
    knn_status_e rc;

    count = (knn_fitted_find(choice->fitted, "n_features_in_") != NULL)
                ? "n_features_in_"
                : "_n_features";
    n = (int64_t) block->n;

    rc = KNN_OK;

    if (knn_fitted_find(choice->fitted, count) != NULL) {
        rc = knn_fitted_integer(choice->fitted, count, &n);
    }
    else if (block->n == 0) {
        rc = knn_columns_guess(choice, list, &n);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    rc = knn_program_width(choice->program, choice->fitted, block,
                           (n < 0) ? 0 : (size_t) n);

    if (rc != KNN_OK) {
        return rc;
    }

    choice->n_all = block->n;

    return knn_columns_names(choice, block);
}


/* What is meant by a transformer's columns; newer releases keep it. */
static const knn_value_t *
knn_columns_meant(knn_choice_t *choice, knn_value_t *const *tuple)
{
    size_t             len;
    const char        *data, *name;
    const knn_value_t *list, *meant;

    meant = knn_fitted_find(choice->fitted, "_transformer_to_input_indices");

    if (meant == NULL || meant->type != KNN_VALUE_DICT
        || !knn_value_is_text(tuple[0], &data, &len))
    {
        return tuple[2];
    }

    name = knn_arena_string(choice->program->arena, data, len);
    list = (name == NULL) ? NULL : knn_value_get(meant, name);

    return (list == NULL) ? tuple[2] : list;
}


/* One transformer of them, on its columns; n of the block is 0 without any. */
static knn_status_e
knn_columns_transform(knn_choice_t *choice, knn_value_t *const *tuple,
                      knn_block_t *block)
{
    knn_program_t *program;

    program = choice->program;

    if (knn_choice_make(choice, knn_columns_meant(choice, tuple)) != KNN_OK) {
        return program->err->status;
    }

    if (choice->n == 0) {
        block->n = 0;
        return KNN_OK;
    }

    if (knn_program_select(program, true, choice->columns, choice->n, block)
            != KNN_OK
        || knn_transform_named(program, tuple[0], tuple[1], block) != KNN_OK)
    {
        return program->err->status;
    }

    return knn_transform_weight(program, choice->fitted, tuple[0], block);
}


knn_status_e
knn_transform_columns(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    size_t              i, n;
    const char         *name;
    knn_block_t        *blocks;
    knn_choice_t        choice;
    knn_value_t *const *tuple;
    const knn_value_t  *list;

    name = program->name;
    choice = (knn_choice_t){.program = program, .fitted = fitted};
    list = knn_fitted_tuples(fitted, "transformers_", 3);

    if (list == NULL || knn_columns_all(&choice, list, block) != KNN_OK) {
        return program->err->status;
    }

    blocks =
        knn_arena_array(program->arena, list->u.list.n, sizeof(knn_block_t));

    if (blocks == NULL) {
        return knn_error(program->err, KNN_LIMIT,
                         "needs more memory than allowed");
    }

    for (i = 0, n = 0; i < list->u.list.n; i++) {
        tuple = list->u.list.items[i]->u.list.items;

        if (knn_value_is(tuple[1], "drop")) {
            continue;
        }

        blocks[n] = *block;
        program->name = name;

        if (knn_columns_transform(&choice, tuple, &blocks[n]) != KNN_OK) {
            return program->err->status;
        }

        n += (blocks[n].n != 0) ? 1 : 0;
    }

    program->name = name;

    if (knn_fitted_flag(fitted, "sparse_output_", &block->sparse) != KNN_OK) {
        return program->err->status;
    }

    return knn_program_join(program, blocks, n, block);
}
