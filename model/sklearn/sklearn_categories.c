
/*
 * Copyright (C) nginx-knn contributors
 */


/* Categories, as all encoders have them. */


#include <math.h>

#include "sklearn_categories.h"


/* Reads the categories of a feature, which get their places as codes. */
static knn_status_e
knn_encode_entries(knn_program_t *program, const knn_value_t *value,
                   size_t number, knn_categories_t *categories)
{
    bool         text;
    size_t       i, missing;
    knn_status_e rc;

    rc = KNN_OK;
    text = false;
    missing = 0;

    categories->entries =
        knn_entry_array(program->arena, value, &categories->n, program->err);

    if (categories->entries == NULL) {
        return program->err->status;
    }

    categories->codes = knn_program_numbers(program, categories->n);

    if (categories->codes == NULL) {
        return program->err->status;
    }

    for (i = 0; i < categories->n; i++) {
        categories->codes[i] = (double) i;
        text |= categories->entries[i].text;
    }

    for (i = 0; i < categories->n && rc == KNN_OK; i++) {
        if (categories->entries[i].text) {
            continue;
        }

        if (isnan(categories->entries[i].number)) {
            missing++;
        }
        else if (text) {
            rc = knn_error(program->err, KNN_UNSUPPORTED,
                           "feature %zu has texts and numbers, make all of "
                           "them texts",
                           number);
        }
    }

    return (missing < 2)
               ? rc
               : knn_error(program->err, KNN_UNSUPPORTED,
                           "feature %zu has both None and NaN, make both NaN",
                           number);
}


knn_categories_t *
knn_encode_categories(knn_program_t *program, knn_fitted_t *fitted,
                      knn_block_t *block)
{
    size_t             i;
    knn_categories_t  *categories;
    const knn_value_t *list;

    list = knn_fitted_need(fitted, "categories_");

    if (list == NULL) {
        return NULL;
    }

    if (list->type != KNN_VALUE_LIST) {
        (void) knn_fitted_fail(fitted, "categories_", KNN_MALFORMED,
                               "is no list of arrays");
        return NULL;
    }

    if (knn_program_width(program, fitted, block, list->u.list.n) != KNN_OK) {
        return NULL;
    }

    categories =
        knn_arena_array(program->arena, block->n, sizeof(knn_categories_t));

    if (categories == NULL) {
        (void) knn_fitted_fail(fitted, "categories_", KNN_LIMIT,
                               "needs more memory than allowed");
        return NULL;
    }

    for (i = 0; i < block->n; i++) {
        if (knn_encode_entries(program, list->u.list.items[i], i,
                               &categories[i])
            != KNN_OK)
        {
            knn_error_prefix(program->err, "categories_");
            return NULL;
        }
    }

    return categories;
}


/* The key of a category: its number, or that of its text. */
static knn_status_e
knn_encode_key(knn_program_t *program, size_t slot, const knn_entry_t *entry,
               double *key)
{
    if (entry->text) {
        return knn_program_text(program, slot, entry, key);
    }

    *key = entry->number;

    return isnan(*key) ? KNN_OK : knn_program_number(program, slot);
}


knn_status_e
knn_encode_add(knn_program_t *program, const knn_categories_t *categories,
               bool missing, knn_block_t *block)
{
    size_t    i, j, k, n;
    double   *numbers;
    uint32_t *counts;

    for (i = 0, n = 0; i < block->n; i++) {
        n += categories[i].n;
    }

    counts = knn_program_columns(program, block->n);
    numbers = knn_program_numbers(program, 2 * n + block->n);

    if (counts == NULL || numbers == NULL) {
        return program->err->status;
    }

    for (i = 0, k = 0; i < block->n; i++) {
        counts[i] = (uint32_t) categories[i].n;

        for (j = 0; j < categories[i].n; j++, k++) {
            if (knn_encode_key(program, block->in + i,
                               &categories[i].entries[j], &numbers[k])
                != KNN_OK)
            {
                return program->err->status;
            }

            numbers[n + k] = categories[i].codes[j];
        }

        numbers[2 * n + i] = categories[i].other;
    }

    return knn_program_add(program,
                           (knn_step_t){.kind = KNN_STEP_ENCODE,
                                        .missing = missing,
                                        .n_out = block->n,
                                        .n_columns = block->n,
                                        .columns = counts,
                                        .n_numbers = 2 * n + block->n,
                                        .numbers = numbers},
                           block);
}


/* The codes of a feature's categories, where rare ones have one together. */
static knn_status_e
knn_encode_mapping(knn_program_t *program, const knn_value_t *value,
                   knn_categories_t *categories)
{
    size_t         i;
    knn_ndarray_t  array;
    const int64_t *codes;

    if (knn_ndarray_read(program->arena, value, &array, program->err) != KNN_OK)
    {
        return program->err->status;
    }

    codes = knn_ndarray_integers(program->arena, &array, program->err);

    if (codes == NULL) {
        return program->err->status;
    }

    for (i = 0; i < array.count; i++) {
        if (array.count != categories->n || codes[i] < 0
            || (uint64_t) codes[i] >= array.count)
        {
            return knn_error(program->err, KNN_INCONSISTENT,
                             "has %zu codes for %zu categories, or others",
                             array.count, categories->n);
        }

        categories->codes[i] = (double) codes[i];
    }

    return KNN_OK;
}


knn_status_e
knn_encode_rare(knn_program_t *program, knn_fitted_t *fitted, bool shared,
                knn_categories_t *categories, size_t n)
{
    bool               enabled;
    size_t             i, j;
    const char        *name;
    const knn_value_t *list;

    enabled = false;
    name = "_default_to_infrequent_mappings";

    if (knn_fitted_flag(fitted, "_infrequent_enabled", &enabled) != KNN_OK) {
        return program->err->status;
    }

    list = enabled ? knn_fitted_need(fitted, name) : NULL;

    if (list == NULL) {
        return enabled ? program->err->status : KNN_OK;
    }

    if (list->type != KNN_VALUE_LIST || list->u.list.n != n) {
        return knn_fitted_fail(fitted, name, KNN_MALFORMED, "is no list of %zu",
                               n);
    }

    for (i = 0; i < n; i++) {
        if (list->u.list.items[i]->type == KNN_VALUE_NONE) {
            continue;
        }

        if (knn_encode_mapping(program, list->u.list.items[i], &categories[i])
            != KNN_OK)
        {
            knn_error_prefix(program->err, name);
            return program->err->status;
        }

        /* the rare ones have the last code */

        for (j = 0; shared && j < categories[i].n; j++) {
            categories[i].other =
                fmax(categories[i].other, categories[i].codes[j]);
        }
    }

    return KNN_OK;
}
