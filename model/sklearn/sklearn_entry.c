
/*
 * Copyright (C) nginx-knn contributors
 */


/* Values of the training data that transformers keep. */


#include <math.h>

#include "sklearn_program.h"


/* what multiarray.scalar is called with: (dtype, data) */
#define KNN_ENTRY_ARGS 2


/* An integer, which must be one that doubles hold. */
static knn_status_e
knn_entry_integer(int64_t integer, knn_entry_t *entry, knn_error_t *err)
{
    entry->number = (double) integer;

    if (entry->number >= 0x1p63 || (int64_t) entry->number != integer) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "holds the integer %lld, which float64 does not, use "
                         "smaller ones",
                         (long long) integer);
    }

    return KNN_OK;
}


/* A numpy scalar that is a number; false for any other. */
static bool
knn_entry_numpy(const knn_value_t *value, knn_entry_t *entry)
{
    size_t             len;
    const char        *data;
    knn_error_t        err;
    knn_dtype_t        dtype;
    const knn_value_t *args;

    args = value->u.object.args;

    if (args->u.list.n != KNN_ENTRY_ARGS
        || knn_dtype_read(args->u.list.items[0], &dtype, &err) != KNN_OK
        || dtype.kind != 'f' || !knn_dtype_is_number(&dtype)
        || !knn_value_is_bytes(args->u.list.items[1], &data, &len)
        || len != dtype.size)
    {
        return false;
    }

    entry->number = knn_dtype_double(&dtype, data);

    return true;
}


knn_status_e
knn_entry_read(knn_arena_t *arena, const knn_value_t *value, knn_entry_t *entry,
               knn_error_t *err)
{
    knn_label_t label;

    *entry = (knn_entry_t){.number = NAN};

    if (value->type == KNN_VALUE_NONE) {
        entry->none = true;
        return KNN_OK;
    }

    if (value->type == KNN_VALUE_FLOAT) {
        entry->number = value->u.number;
        return KNN_OK;
    }

    if (value->type == KNN_VALUE_OBJECT && value->symbol == KNN_SYMBOL_SCALAR
        && knn_entry_numpy(value, entry))
    {
        return KNN_OK;
    }

    if (knn_scalar_read(arena, value, &label, err) != KNN_OK) {
        return err->status;
    }

    switch (label.type) {

    case KNN_LABEL_STRING:
        entry->text = true;
        entry->data = label.value.string.data;
        entry->len = label.value.string.len;
        return KNN_OK;

    case KNN_LABEL_BOOLEAN:
        entry->number = label.value.boolean ? 1 : 0;
        return KNN_OK;

    case KNN_LABEL_FLOAT:
        entry->number = label.value.number;
        return KNN_OK;

    default:
        return knn_entry_integer(label.value.integer, entry, err);
    }
}


/* The elements of an array that is not of objects. */
static knn_status_e
knn_entry_elements(knn_arena_t *arena, const knn_ndarray_t *array,
                   knn_entry_t *entries, knn_error_t *err)
{
    size_t         i;
    knn_label_t   *labels;
    const double  *numbers;
    const int64_t *integers;

    if (array->dtype.kind == 'f') {
        numbers = knn_ndarray_doubles(arena, array, err);

        for (i = 0; numbers != NULL && i < array->count; i++) {
            entries[i].number = numbers[i];
        }

        return (numbers == NULL) ? err->status : KNN_OK;
    }

    if (knn_dtype_is_integer(&array->dtype)) {
        integers = knn_ndarray_integers(arena, array, err);

        for (i = 0; integers != NULL && i < array->count; i++) {
            if (knn_entry_integer(integers[i], &entries[i], err) != KNN_OK) {
                return err->status;
            }
        }

        return (integers == NULL) ? err->status : KNN_OK;
    }

    labels = knn_scalar_labels(arena, array, err);

    for (i = 0; labels != NULL && i < array->count; i++) {
        entries[i].text = true;
        entries[i].data = labels[i].value.string.data;
        entries[i].len = labels[i].value.string.len;
    }

    return (labels == NULL) ? err->status : KNN_OK;
}


/* Reads values one by one. */
static knn_entry_t *
knn_entry_each(knn_arena_t *arena, knn_value_t *const *items, size_t n,
               knn_error_t *err)
{
    size_t       i;
    knn_entry_t *entries;

    entries = knn_arena_array(arena, n, sizeof(knn_entry_t));

    if (entries == NULL) {
        (void) knn_error(err, KNN_LIMIT, "needs more memory than allowed");
        return NULL;
    }

    for (i = 0; i < n; i++) {
        if (knn_entry_read(arena, items[i], &entries[i], err) != KNN_OK) {
            return NULL;
        }
    }

    return entries;
}


knn_entry_t *
knn_entry_array(knn_arena_t *arena, const knn_value_t *value, size_t *n,
                knn_error_t *err)
{
    knn_entry_t  *entries;
    knn_ndarray_t array;

    if (knn_ndarray_read(arena, value, &array, err) != KNN_OK) {
        return NULL;
    }

    if (array.ndim != 1) {
        (void) knn_error(err, KNN_MALFORMED, "has %zu dimensions, not 1",
                         array.ndim);
        return NULL;
    }

    *n = array.count;

    if (array.dtype.kind == 'O') {
        return knn_entry_each(arena, array.items, array.count, err);
    }

    entries = knn_arena_array(arena, array.count, sizeof(knn_entry_t));

    if (entries == NULL) {
        (void) knn_error(err, KNN_LIMIT, "needs more memory than allowed");
        return NULL;
    }

    return knn_entry_elements(arena, &array, entries, err) == KNN_OK ? entries
                                                                     : NULL;
}


knn_entry_t *
knn_entry_list(knn_arena_t *arena, const knn_value_t *value, size_t *n,
               knn_error_t *err)
{
    if (value->type != KNN_VALUE_LIST && value->type != KNN_VALUE_TUPLE) {
        return knn_entry_array(arena, value, n, err);
    }

    *n = value->u.list.n;

    return knn_entry_each(arena, value->u.list.items, value->u.list.n, err);
}
