
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <string.h>

#include "dtype.h"
#include "utf8.h"


/* the state of a dtype: (3, order, subdtype, names, fields, size, …) */
#define KNN_DTYPE_STATE    8
#define KNN_DTYPE_ORDER    1
#define KNN_DTYPE_SUBDTYPE 2
#define KNN_DTYPE_FIELDS   4
#define KNN_DTYPE_SIZE     5

#define KNN_DTYPE_MAX_SIZE 0x7fffffff


static const char knn_dtype_kinds[] = {'b', 'i', 'u', 'f', 'c', 'm',
                                       'M', 'S', 'U', 'O', 'V'};


/* Reads "f8", "U10", … */
static knn_status_e
knn_dtype_spec(const knn_value_t *value, knn_dtype_t *dtype, knn_error_t *err)
{
    char        shown[KNN_QUOTE_SIZE];
    size_t      i, len, size;
    const char *spec;

    if (!knn_value_is_text(value, &spec, &len)) {
        return knn_error(err, KNN_MALFORMED, "a dtype without a name");
    }

    size = 0;

    for (i = 1; i < len && spec[i] >= '0' && spec[i] <= '9'; i++) {
        size = size * 10 + (size_t) (spec[i] - '0');

        /* numpy writes no zeros in front */
        if (size == 0 || size > KNN_DTYPE_MAX_SIZE / 4) {
            break;
        }
    }

    if (len < 2 || i != len
        || memchr(knn_dtype_kinds, spec[0], sizeof(knn_dtype_kinds)) == NULL)
    {
        return knn_error(err, KNN_UNSUPPORTED,
                         "dtype \"%s\" is not known, use a number or text",
                         knn_utf8_quote(shown, sizeof(shown), spec, len));
    }

    dtype->kind = spec[0];
    dtype->size = spec[0] == 'U' ? size * 4 : size;
    dtype->swapped = false;
    dtype->fields = NULL;

    return KNN_OK;
}


/* Applies the state: byte order and fields. */
static knn_status_e
knn_dtype_state(const knn_value_t *state, knn_dtype_t *dtype, knn_error_t *err)
{
    knn_value_t *const *items;

    if (state->type != KNN_VALUE_TUPLE || state->u.list.n < KNN_DTYPE_STATE) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "a dtype whose state is not numpy's version 3");
    }

    items = state->u.list.items;

    dtype->swapped = knn_value_is(items[KNN_DTYPE_ORDER], ">");

    if (items[KNN_DTYPE_SUBDTYPE]->type != KNN_VALUE_NONE) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "a dtype of arrays, use a plain one");
    }

    if (items[KNN_DTYPE_FIELDS]->type == KNN_VALUE_DICT) {
        dtype->fields = items[KNN_DTYPE_FIELDS];
    }

    if (items[KNN_DTYPE_SIZE]->type != KNN_VALUE_INT
        || (items[KNN_DTYPE_SIZE]->u.integer != -1
            && items[KNN_DTYPE_SIZE]->u.integer != (int64_t) dtype->size))
    {
        return knn_error(err, KNN_MALFORMED,
                         "a dtype whose size contradicts its name");
    }

    return KNN_OK;
}


knn_status_e
knn_dtype_read(const knn_value_t *value, knn_dtype_t *dtype, knn_error_t *err)
{
    char         buf[KNN_QUOTE_SIZE];
    knn_status_e rc;

    if (value->type != KNN_VALUE_OBJECT || value->symbol != KNN_SYMBOL_DTYPE
        || value->u.object.args->u.list.n == 0)
    {
        return knn_error(err, KNN_MALFORMED, "%s stands for a dtype",
                         knn_value_kind(value, buf, sizeof(buf)));
    }

    rc = knn_dtype_spec(value->u.object.args->u.list.items[0], dtype, err);

    if (rc != KNN_OK || value->u.object.state == NULL) {
        return rc;
    }

    return knn_dtype_state(value->u.object.state, dtype, err);
}


knn_status_e
knn_dtype_field(const knn_dtype_t *dtype, const char *name, knn_dtype_t *field,
                size_t *offset, knn_error_t *err)
{
    knn_status_e       rc;
    const knn_value_t *value, *at;

    value = dtype->fields == NULL ? NULL : knn_value_get(dtype->fields, name);

    if (value == NULL || value->type != KNN_VALUE_TUPLE || value->u.list.n < 2)
    {
        return knn_error(err, KNN_MALFORMED, "a record has no field \"%s\"",
                         name);
    }

    rc = knn_dtype_read(value->u.list.items[0], field, err);

    if (rc != KNN_OK) {
        return rc;
    }

    at = value->u.list.items[1];

    if (at->type != KNN_VALUE_INT || at->u.integer < 0
        || (uint64_t) at->u.integer > dtype->size
        || field->size > dtype->size - (size_t) at->u.integer)
    {
        return knn_error(err, KNN_MALFORMED,
                         "field \"%s\" lies outside of its record", name);
    }

    *offset = (size_t) at->u.integer;

    return KNN_OK;
}


bool
knn_dtype_is_integer(const knn_dtype_t *dtype)
{
    switch (dtype->kind) {

    case 'b':
        return dtype->size == 1;

    case 'i':
    case 'u':
        return dtype->size == 1 || dtype->size == 2 || dtype->size == 4
               || dtype->size == 8;

    default:
        return false;
    }
}


bool
knn_dtype_is_number(const knn_dtype_t *dtype)
{
    return knn_dtype_is_integer(dtype)
           || (dtype->kind == 'f' && (dtype->size == 4 || dtype->size == 8));
}


uint64_t
knn_dtype_unit(const knn_dtype_t *dtype, const char *p, size_t width)
{
    size_t   i;
    uint64_t unit;

    unit = 0;

    for (i = 0; i < width; i++) {
        unit =
            (unit << 8) | (unsigned char) p[dtype->swapped ? i : width - 1 - i];
    }

    return unit;
}


double
knn_dtype_double(const knn_dtype_t *dtype, const char *p)
{
    float    single;
    double   number;
    uint32_t half;
    uint64_t unit;

    unit = knn_dtype_unit(dtype, p, dtype->size);

    if (dtype->kind == 'f' && dtype->size == 8) {
        memcpy(&number, &unit, sizeof(number));
        return number;
    }

    if (dtype->kind == 'f') {
        half = (uint32_t) unit;
        memcpy(&single, &half, sizeof(single));
        return (double) single;
    }

    if (dtype->kind == 'u') {
        return (double) unit;
    }

    return (double) knn_dtype_integer(dtype, p);
}


int64_t
knn_dtype_integer(const knn_dtype_t *dtype, const char *p)
{
    uint64_t unit;

    unit = knn_dtype_unit(dtype, p, dtype->size);

    if (dtype->kind == 'b') {
        return unit != 0;
    }

    if (dtype->kind == 'u') {
        return (int64_t) unit;
    }

    switch (dtype->size) {

    case 1:
        return (int8_t) unit;

    case 2:
        return (int16_t) unit;

    case 4:
        return (int32_t) unit;

    default:
        return (int64_t) unit;
    }
}


const char *
knn_dtype_name(const knn_dtype_t *dtype, char *buf, size_t size)
{
    (void) snprintf(buf, size, "dtype %s%c%zu", dtype->swapped ? ">" : "",
                    dtype->kind,
                    dtype->kind == 'U' ? dtype->size / 4 : dtype->size);

    return buf;
}
