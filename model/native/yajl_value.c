
/*
 * Copyright (C) nginx-knn contributors
 */


#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "yajl_value.h"
#include "../real.h"
#include "../utf8.h"


/* the header of a safetensors file needs 3, metadata too */
#define KNN_YAJL_DEPTH 6

/* every key is compared with those before it */
#define KNN_YAJL_MEMBERS 4096


/* a text while it is read; yajl does not expect to be refused memory */
typedef struct {
    knn_arena_t *arena;
    knn_error_t *err;
    knn_value_t *value;                /* of the whole text */
    knn_value_t *open[KNN_YAJL_DEPTH]; /* the containers around */
    size_t       depth;
    jmp_buf      full;
} knn_yajl_reader_t;

/* before each memory of yajl's */
typedef union {
    size_t      size;
    max_align_t aligned;
} knn_yajl_room_t;


/* Memory for yajl, which goes with the arena. */
static void *
knn_yajl_alloc(void *ctx, size_t size)
{
    knn_yajl_room_t   *room;
    knn_yajl_reader_t *reader;

    reader = ctx;

    room = (size > SIZE_MAX / 2)
               ? NULL
               : knn_arena_alloc(reader->arena, sizeof(knn_yajl_room_t) + size);

    if (room == NULL) {
        _longjmp(reader->full, 1);
    }

    room->size = size;

    return room + 1;
}


/* The same, with what is there already. */
static void *
knn_yajl_realloc(void *ctx, void *p, size_t size)
{
    void            *fresh;
    knn_yajl_room_t *room;

    if (p == NULL) {
        return knn_yajl_alloc(ctx, size);
    }

    room = (knn_yajl_room_t *) p - 1;

    if (size <= room->size) {
        return p;
    }

    fresh = knn_yajl_alloc(ctx, size);
    memcpy(fresh, p, room->size);

    return fresh;
}


/* Nothing: the arena goes as a whole. */
static void
knn_yajl_release(void *ctx, void *p)
{
    (void) ctx;
    (void) p;
}


/* Refuses the text; stops yajl. */
static int
knn_yajl_refuse(knn_yajl_reader_t *reader, knn_status_e status,
                const char *reason)
{
    (void) knn_error(reader->err, status, "%s", reason);

    return 0;
}


/* Puts a value where it belongs. */
static int
knn_yajl_add(knn_yajl_reader_t *reader, knn_value_t *value)
{
    if (value == NULL) {
        _longjmp(reader->full, 1);
    }

    if (reader->depth == 0) {
        reader->value = value;
        return 1;
    }

    if (knn_value_append(reader->arena, reader->open[reader->depth - 1], &value,
                         1)
        != 0)
    {
        _longjmp(reader->full, 1);
    }

    return 1;
}


/* A NUL-terminated copy of a string. */
static knn_value_t *
knn_yajl_copy(knn_yajl_reader_t *reader, const unsigned char *data, size_t len)
{
    char *copy;

    if (!knn_utf8_valid((const char *) data, len)) {
        (void) knn_yajl_refuse(reader, KNN_MALFORMED,
                               "holds a string that is not UTF-8, write it "
                               "again");
        return NULL;
    }

    copy = knn_arena_string(reader->arena, (const char *) data, len);

    if (copy == NULL) {
        _longjmp(reader->full, 1);
    }

    return knn_value_text(reader->arena, KNN_VALUE_TEXT, copy, len);
}


static int
knn_yajl_null(void *ctx)
{
    knn_yajl_reader_t *reader;

    reader = ctx;

    return knn_yajl_add(reader, knn_value_new(reader->arena, KNN_VALUE_NONE));
}


static int
knn_yajl_boolean(void *ctx, int boolean)
{
    knn_value_t       *value;
    knn_yajl_reader_t *reader;

    reader = ctx;
    value = knn_value_new(reader->arena, KNN_VALUE_BOOL);

    if (value != NULL) {
        value->u.boolean = boolean != 0;
    }

    return knn_yajl_add(reader, value);
}


/* Reads the digits of an integer; false when it is beyond 64 bits. */
static bool
knn_yajl_integer(const char *p, size_t len, int64_t *integer)
{
    int64_t n;
    bool    minus;
    size_t  i;

    n = 0;
    minus = *p == '-';

    for (i = minus ? 1 : 0; i < len; i++) {
        /* downwards, as there is one negative number more */
        if (__builtin_mul_overflow(n, 10, &n)
            || __builtin_sub_overflow(n, p[i] - '0', &n))
        {
            return false;
        }
    }

    if (!minus && n == INT64_MIN) {
        return false;
    }

    *integer = minus ? n : -n;

    return true;
}


static int
knn_yajl_number(void *ctx, const char *text, size_t len)
{
    size_t             i;
    knn_value_t       *value;
    knn_yajl_reader_t *reader;

    reader = ctx;
    value = knn_value_new(reader->arena, KNN_VALUE_INT);

    if (value == NULL) {
        _longjmp(reader->full, 1);
    }

    for (i = 0; i < len; i++) {
        if (text[i] == '.' || (text[i] | 0x20) == 'e') {
            value->type = KNN_VALUE_FLOAT;
        }
    }

    if (value->type == KNN_VALUE_INT) {
        if (!knn_yajl_integer(text, len, &value->u.integer)) {
            value->type = KNN_VALUE_HUGE;
        }
    }
    else if (!knn_real_read(text, len, &value->u.number)) {
        return knn_yajl_refuse(reader, KNN_MALFORMED,
                               "holds a number of too many digits, write it "
                               "shorter");
    }

    return knn_yajl_add(reader, value);
}


static int
knn_yajl_string(void *ctx, const unsigned char *data, size_t len)
{
    knn_value_t *value;

    value = knn_yajl_copy(ctx, data, len);

    return value != NULL && knn_yajl_add(ctx, value);
}


/* A list or dict begins. */
static int
knn_yajl_open(knn_yajl_reader_t *reader, knn_value_e type)
{
    knn_value_t *value;

    if (reader->depth == KNN_YAJL_DEPTH) {
        return knn_yajl_refuse(reader, KNN_LIMIT,
                               "is nested too deep, write it flatter");
    }

    value = knn_value_new(reader->arena, type);
    (void) knn_yajl_add(reader, value);
    reader->open[reader->depth++] = value;

    return 1;
}


static int
knn_yajl_list(void *ctx)
{
    return knn_yajl_open(ctx, KNN_VALUE_LIST);
}


static int
knn_yajl_dict(void *ctx)
{
    return knn_yajl_open(ctx, KNN_VALUE_DICT);
}


static int
knn_yajl_key(void *ctx, const unsigned char *data, size_t len)
{
    char               reason[KNN_ERROR_SIZE], shown[KNN_QUOTE_SIZE];
    size_t             i;
    knn_value_t       *key, *dict, **items;
    knn_yajl_reader_t *reader;

    reader = ctx;
    key = knn_yajl_copy(reader, data, len);

    if (key == NULL) {
        return 0;
    }

    dict = reader->open[reader->depth - 1];
    items = dict->u.list.items;

    if (dict->u.list.n == 2 * KNN_YAJL_MEMBERS) {
        return knn_yajl_refuse(reader, KNN_LIMIT,
                               "is an object of too many members, leave out "
                               "what is no model");
    }

    for (i = 0; i < dict->u.list.n; i += 2) {
        if (items[i]->u.text.len == len
            && memcmp(items[i]->u.text.data, data, len) == 0)
        {
            (void) snprintf(
                reason, sizeof(reason), "has \"%s\" twice, write it once",
                knn_utf8_quote(shown, sizeof(shown), key->u.text.data, len));
            return knn_yajl_refuse(reader, KNN_MALFORMED, reason);
        }
    }

    return knn_yajl_add(reader, key);
}


static int
knn_yajl_close(void *ctx)
{
    knn_yajl_reader_t *reader;

    reader = ctx;
    reader->depth--;

    return 1;
}


static const yajl_callbacks knn_yajl_value_callbacks = {
    .yajl_null = knn_yajl_null,
    .yajl_boolean = knn_yajl_boolean,
    .yajl_number = knn_yajl_number,
    .yajl_string = knn_yajl_string,
    .yajl_start_map = knn_yajl_dict,
    .yajl_map_key = knn_yajl_key,
    .yajl_end_map = knn_yajl_close,
    .yajl_start_array = knn_yajl_list,
    .yajl_end_array = knn_yajl_close};


/* Does the work, from which a full arena jumps out. */
static knn_status_e
knn_yajl_run(knn_yajl_reader_t *reader, const char *text, size_t len)
{
    yajl_handle      yajl;
    yajl_status      status;
    yajl_alloc_funcs funcs;

    funcs.malloc = knn_yajl_alloc;
    funcs.realloc = knn_yajl_realloc;
    funcs.free = knn_yajl_release;
    funcs.ctx = reader;

    yajl = yajl_alloc(&knn_yajl_value_callbacks, &funcs, reader);
    status = yajl_parse(yajl, (const unsigned char *) text, len);

    if (status == yajl_status_ok) {
        status = yajl_complete_parse(yajl);
    }

    if (status == yajl_status_error) {
        return knn_error(reader->err, KNN_MALFORMED,
                         "is no JSON from byte %zu on, write it again",
                         yajl_get_bytes_consumed(yajl));
    }

    return status == yajl_status_ok ? KNN_OK : reader->err->status;
}


knn_value_t *
knn_yajl_value(knn_arena_t *arena, const char *text, size_t len,
               knn_error_t *err)
{
    knn_yajl_reader_t reader;

    memset(&reader, 0, sizeof(knn_yajl_reader_t));
    reader.arena = arena;
    reader.err = err;

    if (_setjmp(reader.full) != 0) {
        (void) knn_error(err, KNN_LIMIT, "needs more memory than allowed");
        return NULL;
    }

    return knn_yajl_run(&reader, text, len) == KNN_OK ? reader.value : NULL;
}
