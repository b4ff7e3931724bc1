
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <string.h>

#include "value.h"


/* bytes of memory for each byte of a pickle, of which most are arrays' */
#define KNN_VALUE_FACTOR 3

/* and for each of the first ones, which may all be small values */
#define KNN_VALUE_SMALL 64
#define KNN_VALUE_FIRST (1024 * 1024)


static const char *const knn_value_kinds[] = {
    [KNN_VALUE_NONE] = "None",
    [KNN_VALUE_BOOL] = "a bool",
    [KNN_VALUE_INT] = "an int",
    [KNN_VALUE_HUGE] = "an int beyond 64 bits",
    [KNN_VALUE_FLOAT] = "a float",
    [KNN_VALUE_TEXT] = "a str",
    [KNN_VALUE_BYTES] = "bytes",
    [KNN_VALUE_STRING] = "a str",
    [KNN_VALUE_TUPLE] = "a tuple",
    [KNN_VALUE_LIST] = "a list",
    [KNN_VALUE_DICT] = "a dict",
    [KNN_VALUE_SET] = "a set",
    [KNN_VALUE_SYMBOL] = "a class or function",
    [KNN_VALUE_OBJECT] = "an object",
    [KNN_VALUE_OPAQUE] = "an object",
    [KNN_VALUE_ARRAY] = "a numpy.ndarray"};


size_t
knn_value_limit(size_t size)
{
    size_t first, limit;

    first = size < KNN_VALUE_FIRST ? size : KNN_VALUE_FIRST;
    first *= KNN_VALUE_SMALL - KNN_VALUE_FACTOR;

    return __builtin_mul_overflow(size, KNN_VALUE_FACTOR, &limit)
                   || __builtin_add_overflow(limit, first, &limit)
               ? SIZE_MAX
               : limit;
}


knn_value_t *
knn_value_new(knn_arena_t *arena, knn_value_e type)
{
    knn_value_t *value;

    value = knn_arena_small(arena, sizeof(knn_value_t));

    if (value != NULL) {
        value->type = type;
    }

    return value;
}


knn_value_t *
knn_value_text(knn_arena_t *arena, knn_value_e type, const char *data,
               size_t len)
{
    knn_value_t *value;

    value = knn_value_new(arena, type);

    if (value != NULL) {
        value->u.text.data = data;
        value->u.text.len = len;
    }

    return value;
}


/* Makes room for n more items. */
static int
knn_value_reserve(knn_arena_t *arena, knn_value_t *list, size_t n)
{
    size_t        size;
    knn_value_t **items;

    if (n <= list->u.list.allocated - list->u.list.n) {
        return 0;
    }

    /* a tuple is complete at once, the others grow */
    size = list->u.list.n + n;

    if (list->type != KNN_VALUE_TUPLE) {
        size += size < 4 ? 4 : size;
    }

    if (size > UINT32_MAX) {
        return -1;
    }

    items = knn_arena_small(arena, size * sizeof(knn_value_t *));

    if (items == NULL) {
        return -1;
    }

    if (list->u.list.n != 0) {
        memcpy(items, list->u.list.items,
               list->u.list.n * sizeof(knn_value_t *));
    }

    list->u.list.items = items;
    list->u.list.allocated = (uint32_t) size;

    return 0;
}


int
knn_value_append(knn_arena_t *arena, knn_value_t *list,
                 knn_value_t *const *items, size_t n)
{
    if (n == 0) {
        return 0;
    }

    if (knn_value_reserve(arena, list, n) != 0) {
        return -1;
    }

    memcpy(list->u.list.items + list->u.list.n, items,
           n * sizeof(knn_value_t *));
    list->u.list.n += (uint32_t) n;

    return 0;
}


knn_value_t *
knn_value_get(const knn_value_t *dict, const char *key)
{
    size_t        i;
    knn_value_t **items;

    items = dict->u.list.items;

    for (i = dict->u.list.n; i > 0; i -= 2) {
        if (knn_value_is(items[i - 2], key)) {
            return items[i - 1];
        }
    }

    return NULL;
}


/* True when all bytes are below 0x80. */
static bool
knn_value_is_ascii(const char *data, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if ((unsigned char) data[i] >= 0x80) {
            return false;
        }
    }

    return true;
}


bool
knn_value_is_text(const knn_value_t *value, const char **data, size_t *len)
{
    if (value->type != KNN_VALUE_TEXT
        && (value->type != KNN_VALUE_STRING
            || !knn_value_is_ascii(value->u.text.data, value->u.text.len)))
    {
        return false;
    }

    *data = value->u.text.data;
    *len = value->u.text.len;

    return true;
}


bool
knn_value_is(const knn_value_t *value, const char *text)
{
    return (value->type == KNN_VALUE_TEXT || value->type == KNN_VALUE_STRING)
           && value->u.text.len == strlen(text)
           && memcmp(value->u.text.data, text, value->u.text.len) == 0;
}


bool
knn_value_is_bytes(const knn_value_t *value, const char **data, size_t *len)
{
    if (value->type != KNN_VALUE_BYTES && value->type != KNN_VALUE_STRING) {
        return false;
    }

    *data = value->u.text.data;
    *len = value->u.text.len;

    return true;
}


const char *
knn_value_kind(const knn_value_t *value, char *buf, size_t size)
{
    switch (value->type) {

    case KNN_VALUE_OBJECT:
        (void) snprintf(buf, size, "a %s", knn_symbol_name(value->symbol));
        return buf;

    case KNN_VALUE_OPAQUE:
        (void) snprintf(buf, size, "a %s", value->u.global);
        return buf;

    case KNN_VALUE_SYMBOL:

        if (value->symbol == KNN_SYMBOL_OPAQUE) {
            return value->u.global;
        }

        /* fall through */

    default:
        return knn_value_kinds[value->type];
    }
}
