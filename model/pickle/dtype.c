
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dtype.h"
#include "../utf8.h"


/* numpy.dtype is called with (spec, align, copy) */
#define KNN_DTYPE_SPEC     0

#define KNN_DTYPE_MAX_SIZE 0x7fffffff


static const char knn_dtype_kinds[] = {'b', 'i', 'u', 'f', 'c', 'm',
                                       'M', 'S', 'U', 'O', 'V'};


/*
 * The states of a dtype, each version by its length:
 *
 *   0      (order, subdtype, fields, size, align)
 *   1  (1, order, subdtype, fields, size, align)
 *   2  (2, order, subdtype, names, fields, size, align)
 *   3  the same, and flags
 *   4  the same, and metadata
 */
typedef struct {
    uint32_t len;
    uint32_t order;
    uint32_t subdtype;
    uint32_t fields;
    uint32_t size;
} knn_dtype_state_t;

static const knn_dtype_state_t knn_dtype_states[] = {
    {5, 0, 1, 2, 3}, {6, 1, 2, 3, 4}, {7, 1, 2, 4, 5},
    {8, 1, 2, 4, 5}, {9, 1, 2, 4, 5}, {0, 0, 0, 0, 0},
};


/* True when elements of a kind may have the size that a name has. */
static bool
knn_dtype_has_size(char kind, size_t len, size_t size)
{
    switch (kind) {

    case 'O':
        return true;

    case 'S':
    case 'U':
    case 'V':
        return len > 1;

    default:
        return size != 0;
    }
}


knn_status_e
knn_dtype_spec(const char *spec, size_t len, knn_dtype_t *dtype,
               knn_error_t *err)
{
    char   shown[KNN_QUOTE_SIZE];
    size_t i, size;

    size = 0;

    for (i = 1; i < len && spec[i] >= '0' && spec[i] <= '9'; i++) {
        size = size * 10 + (size_t) (spec[i] - '0');

        if (size > KNN_DTYPE_MAX_SIZE / 4) {
            break;
        }
    }

    /* the unit of times, which nothing here needs */
    if (i < len && spec[i] == '[' && (spec[0] == 'M' || spec[0] == 'm')) {
        i = len;
    }

    /* numpy writes no zeros in front */
    if (len == 0 || i != len || (len > 2 && spec[1] == '0')
        || memchr(knn_dtype_kinds, spec[0], sizeof(knn_dtype_kinds)) == NULL
        || !knn_dtype_has_size(spec[0], len, size))
    {
        return knn_error(err, KNN_UNSUPPORTED,
                         "dtype \"%s\" is not known, use a number or text",
                         knn_utf8_quote(shown, sizeof(shown), spec, len));
    }

    *dtype = (knn_dtype_t){.kind = spec[0],
                           .size = spec[0] == 'U' ? size * 4 : size};

    return KNN_OK;
}


/* Applies the state: byte order and fields. */
static knn_status_e
knn_dtype_state(const knn_value_t *state, knn_dtype_t *dtype, knn_error_t *err)
{
    const knn_value_t       *size;
    knn_value_t *const      *items;
    const knn_dtype_state_t *row;

    row = knn_dtype_states;

    if (state->type == KNN_VALUE_TUPLE) {
        while (row->len != 0 && row->len != state->u.list.n) {
            row++;
        }
    }

    if (state->type != KNN_VALUE_TUPLE || row->len == 0) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "a dtype whose state is none of numpy's versions 0 "
                         "to 4");
    }

    items = state->u.list.items;

    dtype->swapped = knn_value_is(items[row->order], ">");

    if (items[row->subdtype]->type != KNN_VALUE_NONE) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "a dtype of arrays, use a plain one");
    }

    if (items[row->fields]->type == KNN_VALUE_DICT) {
        dtype->fields = items[row->fields];
    }

    size = items[row->size];

    if (size->type != KNN_VALUE_INT
        || (size->u.integer != -1 && size->u.integer != (int64_t) dtype->size))
    {
        return knn_error(err, KNN_MALFORMED,
                         "a dtype whose size contradicts its name");
    }

    return KNN_OK;
}


knn_status_e
knn_dtype_read(const knn_value_t *value, knn_dtype_t *dtype, knn_error_t *err)
{
    char               buf[KNN_QUOTE_SIZE];
    size_t             len;
    const char        *spec;
    knn_status_e       rc;
    const knn_value_t *args;

    if (value->type != KNN_VALUE_OBJECT || value->symbol != KNN_SYMBOL_DTYPE
        || value->u.object.args->u.list.n == 0)
    {
        return knn_error(err, KNN_MALFORMED, "%s stands for a dtype",
                         knn_value_kind(value, buf, sizeof(buf)));
    }

    args = value->u.object.args;

    if (!knn_value_is_text(args->u.list.items[KNN_DTYPE_SPEC], &spec, &len)) {
        return knn_error(err, KNN_MALFORMED, "a dtype without a name");
    }

    rc = knn_dtype_spec(spec, len, dtype, err);

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

    if (dtype->fields != NULL && dtype->fields->type == KNN_VALUE_LIST) {
        return knn_dtype_descr_field(dtype->fields, name, field, offset, err);
    }

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
           || (dtype->kind == 'f'
               && (dtype->size == 2 || dtype->size == 4 || dtype->size == 8));
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


/* A float of 16 bits: a sign, 5 bits of exponent and 10 of fraction. */
static double
knn_dtype_half(unsigned bits)
{
    int    exponent;
    double number;

    number = bits & 0x3ff;
    exponent = (int) (bits >> 10 & 0x1f);

    if (exponent == 0x1f) {
        number = number == 0 ? INFINITY : NAN;
    }
    else if (exponent == 0) {
        number = ldexp(number, -24);
    }
    else {
        number = ldexp(number + 0x400, exponent - 25);
    }

    return (bits & 0x8000) != 0 ? -number : number;
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

    if (dtype->kind == 'f' && dtype->size == 4) {
        half = (uint32_t) unit;
        memcpy(&single, &half, sizeof(single));
        return (double) single;
    }

    if (dtype->kind == 'f') {
        return knn_dtype_half((unsigned) unit);
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
