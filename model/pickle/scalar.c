
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "scalar.h"
#include "../utf8.h"


/* what multiarray.scalar is called with: (dtype, data) */
#define KNN_SCALAR_ARGS 2

/* U holds UTF-32 */
#define KNN_SCALAR_UNIT 4


/*
 * Makes a string label of valid UTF-8, maybe padded with NUL.  What is read is
 * copied first, padding too: so the arena's limit is one of time as well, for
 * files that use the same bytes over and over.
 */
static knn_status_e
knn_scalar_string(knn_arena_t *arena, const char *data, size_t len, bool padded,
                  knn_label_t *label, knn_error_t *err)
{
    char *copy;

    copy = knn_arena_string(arena, data, len);

    if (copy == NULL) {
        return knn_error(err, KNN_LIMIT, "needs more memory than allowed");
    }

    while (padded && len > 0 && copy[len - 1] == '\0') {
        len--;
    }

    if (!knn_utf8_valid(copy, len)) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "holds bytes that are not UTF-8, use str");
    }

    label->type = KNN_LABEL_STRING;
    label->value.string.data = copy;
    label->value.string.len = len;

    return KNN_OK;
}


/* Makes a string label of UTF-32 that is padded with NUL. */
static knn_status_e
knn_scalar_utf32(knn_arena_t *arena, const knn_dtype_t *dtype, const char *p,
                 knn_label_t *label, knn_error_t *err)
{
    char    *to, *start;
    size_t   i, n, len;
    uint64_t unit;

    /* no character is longer as UTF-8, and padding counts as in a string */
    start = knn_arena_small(arena, dtype->size + 1);

    if (start == NULL) {
        return knn_error(err, KNN_LIMIT, "needs more memory than allowed");
    }

    n = dtype->size / KNN_SCALAR_UNIT;

    while (
        n > 0
        && knn_dtype_unit(dtype, p + (n - 1) * KNN_SCALAR_UNIT, KNN_SCALAR_UNIT)
               == 0)
    {
        n--;
    }

    to = start;

    for (i = 0; i < n; i++) {
        unit = knn_dtype_unit(dtype, p + i * KNN_SCALAR_UNIT, KNN_SCALAR_UNIT);
        len = knn_utf8_put(to, (uint32_t) unit);

        if (len == 0) {
            return knn_error(err, KNN_UNSUPPORTED,
                             "holds U+%llX, which is no character",
                             (unsigned long long) unit);
        }

        to += len;
    }

    *to = '\0';

    label->type = KNN_LABEL_STRING;
    label->value.string.data = start;
    label->value.string.len = (size_t) (to - start);

    return KNN_OK;
}


/* Makes a float label; JSON has no other than finite ones. */
static knn_status_e
knn_scalar_float(double number, knn_label_t *label, knn_error_t *err)
{
    if (!isfinite(number)) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "holds NaN or infinity, use finite numbers");
    }

    label->type = KNN_LABEL_FLOAT;
    label->value.number = number;

    return KNN_OK;
}


/* Makes an integer label of an array's element. */
static knn_status_e
knn_scalar_integer(const knn_dtype_t *dtype, const char *p, knn_label_t *label,
                   knn_error_t *err)
{
    int64_t integer;

    integer = knn_dtype_integer(dtype, p);

    if (dtype->kind == 'u' && integer < 0) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "holds an integer beyond 63 bits, use int64");
    }

    label->type = KNN_LABEL_INTEGER;
    label->value.integer = integer;

    return KNN_OK;
}


/* Makes a label of the element of an array that is not of objects. */
static knn_status_e
knn_scalar_element(knn_arena_t *arena, const knn_dtype_t *dtype, const char *p,
                   knn_label_t *label, knn_error_t *err)
{
    char buf[KNN_QUOTE_SIZE];

    if (dtype->kind == 'U') {
        return knn_scalar_utf32(arena, dtype, p, label, err);
    }

    if (dtype->kind == 'S') {
        return knn_scalar_string(arena, p, dtype->size, true, label, err);
    }

    if (!knn_dtype_is_number(dtype)) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "has %s, use str, int, float or bool",
                         knn_dtype_name(dtype, buf, sizeof(buf)));
    }

    if (dtype->kind == 'b') {
        label->type = KNN_LABEL_BOOLEAN;
        label->value.boolean = knn_dtype_integer(dtype, p) != 0;
        return KNN_OK;
    }

    if (dtype->kind == 'f') {
        return knn_scalar_float(knn_dtype_double(dtype, p), label, err);
    }

    return knn_scalar_integer(dtype, p, label, err);
}


/* Makes a label of what multiarray.scalar is called with. */
static knn_status_e
knn_scalar_numpy(knn_arena_t *arena, const knn_value_t *args,
                 knn_label_t *label, knn_error_t *err)
{
    size_t       len;
    const char  *data;
    knn_dtype_t  dtype;
    knn_status_e rc;

    if (args->u.list.n != KNN_SCALAR_ARGS) {
        return knn_error(err, KNN_MALFORMED,
                         "is a numpy scalar without its %d arguments",
                         KNN_SCALAR_ARGS);
    }

    rc = knn_dtype_read(args->u.list.items[0], &dtype, err);

    if (rc != KNN_OK) {
        return rc;
    }

    if (!knn_value_is_bytes(args->u.list.items[1], &data, &len)
        || len != dtype.size)
    {
        return knn_error(err, KNN_MALFORMED,
                         "is a numpy scalar without its %zu bytes", dtype.size);
    }

    return knn_scalar_element(arena, &dtype, data, label, err);
}


knn_status_e
knn_scalar_read(knn_arena_t *arena, const knn_value_t *value,
                knn_label_t *label, knn_error_t *err)
{
    char buf[KNN_QUOTE_SIZE];

    switch (value->type) {

    case KNN_VALUE_BOOL:
        label->type = KNN_LABEL_BOOLEAN;
        label->value.boolean = value->u.boolean;
        return KNN_OK;

    case KNN_VALUE_INT:
        label->type = KNN_LABEL_INTEGER;
        label->value.integer = value->u.integer;
        return KNN_OK;

    case KNN_VALUE_FLOAT:
        return knn_scalar_float(value->u.number, label, err);

    case KNN_VALUE_TEXT:
    case KNN_VALUE_BYTES:
    case KNN_VALUE_STRING:
        return knn_scalar_string(arena, value->u.text.data, value->u.text.len,
                                 false, label, err);

    case KNN_VALUE_OBJECT:

        if (value->symbol == KNN_SYMBOL_SCALAR) {
            return knn_scalar_numpy(arena, value->u.object.args, label, err);
        }

        /* fall through */

    default:
        return knn_error(err, KNN_UNSUPPORTED,
                         "is %s, use str, int, float or bool",
                         knn_value_kind(value, buf, sizeof(buf)));
    }
}


knn_label_t *
knn_scalar_labels(knn_arena_t *arena, const knn_ndarray_t *array,
                  knn_error_t *err)
{
    size_t       i;
    knn_label_t *labels;
    knn_status_e rc;

    if (array->ndim != 1) {
        (void) knn_error(err, KNN_MALFORMED, "has %zu dimensions, not 1",
                         array->ndim);
        return NULL;
    }

    labels = knn_arena_array(arena, array->count, sizeof(knn_label_t));

    if (labels == NULL) {
        (void) knn_error(err, KNN_LIMIT, "needs more memory than allowed");
        return NULL;
    }

    for (i = 0; i < array->count; i++) {
        if (array->dtype.kind == 'O') {
            rc = knn_scalar_read(arena, array->items[i], &labels[i], err);
        }
        else {
            rc = knn_scalar_element(arena, &array->dtype,
                                    array->data + i * array->dtype.size,
                                    &labels[i], err);
        }

        if (rc != KNN_OK) {
            return NULL;
        }
    }

    return labels;
}
