
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdarg.h>
#include <stdio.h>

#include "sklearn_fitted.h"
#include "../utf8.h"


knn_status_e
knn_fitted_fail(knn_fitted_t *fitted, const char *name, knn_status_e status,
                const char *fmt, ...)
{
    char    reason[KNN_ERROR_SIZE];
    va_list args;

    va_start(args, fmt);
    (void) vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);

    return knn_error(fitted->err, status, "%s: %s", name, reason);
}


knn_status_e
knn_fitted_open(knn_fitted_t *fitted, const knn_value_t *object)
{
    const knn_value_t *state;

    state = object->u.object.state;

    if (state == NULL || state->type != KNN_VALUE_DICT) {
        return knn_error(fitted->err, KNN_MALFORMED,
                         "the %s has no attributes, dump it again",
                         knn_symbol_name(object->symbol));
    }

    fitted->object = object;
    fitted->attributes = state;

    return KNN_OK;
}


/* Puts the name of an attribute before an error about it. */
static knn_status_e
knn_fitted_named(knn_fitted_t *fitted, const char *name, knn_status_e status)
{
    if (status != KNN_OK) {
        knn_error_prefix(fitted->err, name);
    }

    return status;
}


const knn_value_t *
knn_fitted_find(knn_fitted_t *fitted, const char *name)
{
    return knn_value_get(fitted->attributes, name);
}


const knn_value_t *
knn_fitted_need(knn_fitted_t *fitted, const char *name)
{
    const knn_value_t *value;

    value = knn_fitted_find(fitted, name);

    if (value == NULL) {
        (void) knn_error(fitted->err, KNN_UNSUPPORTED,
                         "the %s has no %s, it is not fitted; call fit() "
                         "before joblib.dump()",
                         knn_symbol_name(fitted->object->symbol), name);
    }

    return value;
}


knn_status_e
knn_fitted_text(knn_fitted_t *fitted, const char *name, const char **text)
{
    char               buf[KNN_QUOTE_SIZE];
    size_t             len;
    const char        *data;
    const knn_value_t *value;

    value = knn_fitted_need(fitted, name);

    if (value == NULL) {
        return fitted->err->status;
    }

    if (!knn_value_is_text(value, &data, &len)) {
        return knn_fitted_fail(fitted, name, KNN_UNSUPPORTED,
                               "is %s, use a name as str",
                               knn_value_kind(value, buf, sizeof(buf)));
    }

    *text = knn_arena_string(fitted->arena, data, len);

    if (*text == NULL) {
        return knn_fitted_fail(fitted, name, KNN_LIMIT,
                               "needs more memory than allowed");
    }

    return KNN_OK;
}


knn_status_e
knn_fitted_integer(knn_fitted_t *fitted, const char *name, int64_t *integer)
{
    char               buf[KNN_QUOTE_SIZE];
    knn_label_t        label;
    const knn_value_t *value;

    value = knn_fitted_need(fitted, name);

    if (value == NULL) {
        return fitted->err->status;
    }

    if (knn_scalar_read(fitted->arena, value, &label, fitted->err) != KNN_OK
        || label.type != KNN_LABEL_INTEGER)
    {
        return knn_fitted_fail(fitted, name, KNN_UNSUPPORTED,
                               "is %s, use an int",
                               knn_value_kind(value, buf, sizeof(buf)));
    }

    *integer = label.value.integer;

    return KNN_OK;
}


knn_status_e
knn_fitted_number(knn_fitted_t *fitted, const char *name, double *number)
{
    char               buf[KNN_QUOTE_SIZE];
    knn_label_t        label;
    const knn_value_t *value;

    value = knn_fitted_need(fitted, name);

    if (value == NULL) {
        return fitted->err->status;
    }

    if (knn_scalar_read(fitted->arena, value, &label, fitted->err) == KNN_OK) {
        if (label.type == KNN_LABEL_INTEGER) {
            *number = (double) label.value.integer;
            return KNN_OK;
        }

        if (label.type == KNN_LABEL_FLOAT) {
            *number = label.value.number;
            return KNN_OK;
        }
    }

    return knn_fitted_fail(fitted, name, KNN_UNSUPPORTED,
                           "is %s, use a finite number",
                           knn_value_kind(value, buf, sizeof(buf)));
}


knn_status_e
knn_fitted_array(knn_fitted_t *fitted, const char *name, knn_ndarray_t *array)
{
    const knn_value_t *value;

    value = knn_fitted_need(fitted, name);

    if (value == NULL) {
        return fitted->err->status;
    }

    return knn_fitted_named(
        fitted, name,
        knn_ndarray_read(fitted->arena, value, array, fitted->err));
}


knn_status_e
knn_fitted_shape(knn_fitted_t *fitted, const char *name,
                 const knn_ndarray_t *array, size_t ndim, const size_t *shape)
{
    size_t i;

    if (array->ndim != ndim) {
        return knn_fitted_fail(fitted, name, KNN_INCONSISTENT,
                               "has %zu dimensions, not %zu", array->ndim,
                               ndim);
    }

    for (i = 0; i < ndim; i++) {
        if (array->shape[i] != shape[i]) {
            return knn_fitted_fail(fitted, name, KNN_INCONSISTENT,
                                   "has %zu elements in dimension %zu, not %zu",
                                   array->shape[i], i, shape[i]);
        }
    }

    return KNN_OK;
}
