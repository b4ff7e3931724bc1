
/*
 * Copyright (C) nginx-knn contributors
 */


/* Opcodes that push numbers, text and bytes of known length. */


#include <string.h>

#include "pickle_machine.h"
#include "../utf8.h"


int
knn_op_none(knn_pickle_t *pickle, unsigned arg)
{
    (void) arg;

    return knn_pickle_push(pickle,
                           knn_value_new(pickle->arena, KNN_VALUE_NONE));
}


int
knn_op_bool(knn_pickle_t *pickle, unsigned value)
{
    knn_value_t *result;

    result = knn_value_new(pickle->arena, KNN_VALUE_BOOL);

    if (result != NULL) {
        result->u.boolean = value != 0;
    }

    return knn_pickle_push(pickle, result);
}


int
knn_pickle_push_int(knn_pickle_t *pickle, int64_t integer)
{
    knn_value_t *value;

    value = knn_value_new(pickle->arena, KNN_VALUE_INT);

    if (value != NULL) {
        value->u.integer = integer;
    }

    return knn_pickle_push(pickle, value);
}


int
knn_op_int(knn_pickle_t *pickle, unsigned width)
{
    uint64_t number;

    if (knn_pickle_number(pickle, width, &number) != 0) {
        return -1;
    }

    /* only the widest is signed */
    return knn_pickle_push_int(pickle, width == 4 ? (int32_t) (uint32_t) number
                                                  : (int64_t) number);
}


/* Reads a length of so many bytes, and as many bytes as it says. */
static const char *
knn_pickle_counted(knn_pickle_t *pickle, unsigned width, uint64_t limit,
                   size_t *len)
{
    uint64_t n;

    if (knn_pickle_number(pickle, width, &n) != 0) {
        return NULL;
    }

    if (n > limit) {
        (void) knn_pickle_fail(pickle, KNN_MALFORMED, "its length is negative");
        return NULL;
    }

    *len = (size_t) n;

    return (const char *) knn_pickle_take(pickle, *len);
}


int
knn_op_long(knn_pickle_t *pickle, unsigned width)
{
    size_t               i, len;
    uint64_t             number;
    const unsigned char *p;

    p = (const unsigned char *) knn_pickle_counted(pickle, width, INT32_MAX,
                                                   &len);

    if (p == NULL) {
        return -1;
    }

    if (len > sizeof(number)) {
        return knn_pickle_push(pickle,
                               knn_value_new(pickle->arena, KNN_VALUE_HUGE));
    }

    number = len != 0 && (p[len - 1] & 0x80) != 0 ? UINT64_MAX : 0;

    for (i = len; i > 0; i--) {
        number = (number << 8) | p[i - 1];
    }

    return knn_pickle_push_int(pickle, (int64_t) number);
}


int
knn_op_float(knn_pickle_t *pickle, unsigned arg)
{
    uint64_t     bits;
    knn_value_t *value;

    (void) arg;

    if (knn_pickle_number(pickle, sizeof(bits), &bits) != 0) {
        return -1;
    }

    value = knn_value_new(pickle->arena, KNN_VALUE_FLOAT);

    if (value != NULL) {
        /* the one number that is big-endian */
        bits = __builtin_bswap64(bits);
        memcpy(&value->u.number, &bits, sizeof(bits));
    }

    return knn_pickle_push(pickle, value);
}


int
knn_pickle_push_text(knn_pickle_t *pickle, knn_value_e type, const char *data,
                     size_t len)
{
    return knn_pickle_push(pickle,
                           knn_value_text(pickle->arena, type, data, len));
}


int
knn_op_text(knn_pickle_t *pickle, unsigned width)
{
    size_t      len;
    const char *data;

    data = knn_pickle_counted(pickle, width, UINT64_MAX, &len);

    if (data == NULL) {
        return -1;
    }

    if (!knn_utf8_valid(data, len)) {
        return knn_pickle_fail(pickle, KNN_MALFORMED, "it is not UTF-8");
    }

    return knn_pickle_push_text(pickle, KNN_VALUE_TEXT, data, len);
}


int
knn_op_bytes(knn_pickle_t *pickle, unsigned width)
{
    size_t      len;
    const char *data;

    data = knn_pickle_counted(pickle, width, UINT64_MAX, &len);

    return data == NULL
               ? -1
               : knn_pickle_push_text(pickle, KNN_VALUE_BYTES, data, len);
}


int
knn_op_string(knn_pickle_t *pickle, unsigned width)
{
    size_t      len;
    const char *data;

    data = knn_pickle_counted(pickle, width, INT32_MAX, &len);

    return data == NULL
               ? -1
               : knn_pickle_push_text(pickle, KNN_VALUE_STRING, data, len);
}
