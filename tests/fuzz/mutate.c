
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "mutate.h"
#include "outline.h"


/* one change in so many is any bytes */
#define WILD 8


size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);


typedef struct {
    uint8_t *data;
    size_t   size;
    size_t   max;
    uint32_t seed;
} edit_t;


static outline_t outline;


/* The same choices for the same seed. */
static size_t
draw(edit_t *edit, size_t n)
{
    edit->seed = edit->seed * 1664525u + 1013904223u;

    return n == 0 ? 0 : (edit->seed >> 8) % n;
}


/* Puts bytes in the place of a span; nothing when they have no room. */
static void
put(edit_t *edit, span_t span, const void *bytes, size_t size)
{
    size_t   tail;
    uint8_t *copy;

    tail = edit->size - span.end;

    if (size > edit->max - span.start || tail > edit->max - span.start - size) {
        return;
    }

    /* the bytes may be some of those that move */
    copy = malloc(size + 1);

    if (copy == NULL) {
        abort();
    }

    memcpy(copy, bytes, size);
    memmove(edit->data + span.start + size, edit->data + span.end, tail);
    memcpy(edit->data + span.start, copy, size);
    free(copy);

    edit->size = span.start + size + tail;
}


/*
 * Frames would be wrong in length, and counted entries of the memo in number:
 * the first are left out, the others get the numbers that they have.
 */
static void
normalize(edit_t *edit)
{
    size_t      i, shift, n_memo, outer;
    op_t        op;
    span_t      span;
    uint8_t     store[5];
    const op_t *ops;

    ops = outline.ops;
    n_memo = outer = 0;
    shift = 0;

    for (i = 0; i < outline.n_ops; i++) {
        op = ops[i];
        span = (span_t){op.whole.start + shift, op.whole.end + shift};
        shift -= edit->size;

        if (op.code == 0x95) {
            put(edit, span, "", 0);
        }

        if (op.code == 0x94) {
            store[0] = 'r';
            store[1] = (uint8_t) n_memo;
            store[2] = (uint8_t) (n_memo >> 8);
            store[3] = store[4] = 0;
            put(edit, span, store, sizeof(store));
        }

        shift += edit->size;
        n_memo += op.code == 0x94 || op.code == 'q' || op.code == 'r';

        /* a pickle within the pickle has a memo of its own */
        if (op.code == 0x80 && i > 0) {
            outer = n_memo;
            n_memo = 0;
        }

        if (op.code == '.') {
            n_memo = outer;
        }
    }
}


/* Numbers that are the end of something. */
static uint64_t
draw_integer(edit_t *edit)
{
    static const int64_t ends[] = {
        0,   1,     -1,        2,         3,         4,        5,
        7,   8,     23,        24,        25,        127,      255,
        256, 65535, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};

    return (uint64_t) ends[draw(edit, sizeof(ends) / sizeof(ends[0]))];
}


static uint64_t
draw_double(edit_t *edit)
{
    static const uint64_t bits[] = {
        0,
        0x8000000000000000, /* -0.0 */
        0x3ff0000000000000, /* 1 */
        0xbff0000000000000, /* -1 */
        0x7ff0000000000000, /* inf */
        0xfff0000000000000,
        0x7ff8000000000000, /* NaN */
        0x0000000000000001, /* the least */
        0x7fefffffffffffff, /* the most */
        0xffefffffffffffff,
        0x3fe0000000000000, /* 0.5 */
        0x4340000000000000, /* 2^53 */
    };

    return bits[draw(edit, sizeof(bits) / sizeof(bits[0]))];
}


/* Changes the operand of one opcode, and its length with it. */
static void
change_operand(edit_t *edit)
{
    char     form;
    size_t   i, width, len;
    op_t     op;
    uint64_t number;
    uint8_t  room[256];

    op = outline.ops[draw(edit, outline.n_ops)];
    form = outline_form(op.code);
    len = op.operand.end - op.operand.start;

    switch (form) {

    case 1:
    case 2:
    case 4:
    case 8:
        number = op.code == 'G' ? __builtin_bswap64(draw_double(edit))
                                : draw_integer(edit);
        put(edit, op.operand, &number, len);
        break;

    case 'a':
    case 'l':

        if (len > sizeof(room) / 2) {
            break;
        }

        memcpy(room, edit->data + op.operand.start, len);
        len = LLVMFuzzerMutate(room, len, form == 'a' ? 255 : sizeof(room));

        for (i = 0; form == 'l' && i < len; i++) {
            room[i] = room[i] == '\n' ? ' ' : room[i];
        }

        if (form == 'a') {
            edit->data[op.whole.start + 1] = (uint8_t) len;
        }

        put(edit, op.operand, room, len);
        break;

    case '-':
        width = op.whole.end - op.whole.start;
        room[0] = outline.ops[draw(edit, outline.n_ops)].code;

        if (outline_form(room[0]) == '-') {
            put(edit, op.whole, room, width);
        }

        break;

    default:
        break;
    }
}


/* Changes one element of an array. */
static void
change_element(edit_t *edit)
{
    size_t   at, size;
    span_t   raw;
    uint64_t number;

    if (outline.n_raws == 0) {
        return;
    }

    raw = outline.raws[draw(edit, outline.n_raws)];
    size = draw(edit, 4) == 0 ? 4 : 8;

    if (raw.end - raw.start < size) {
        (void) LLVMFuzzerMutate(edit->data + raw.start, raw.end - raw.start,
                                raw.end - raw.start);
        return;
    }

    at = raw.start + draw(edit, (raw.end - raw.start) / size) * size;

    switch (draw(edit, 4)) {

    case 0:
        number = draw_double(edit);
        memcpy(edit->data + at, &number, size);
        break;

    case 1:
        memmove(edit->data + at,
                edit->data + raw.start
                    + draw(edit, (raw.end - raw.start) / size) * size,
                size);
        break;

    case 2:
        (void) LLVMFuzzerMutate(edit->data + at, size, size);
        break;

    default:
        number = draw_integer(edit);
        memcpy(edit->data + at, &number, size);
        break;
    }
}


/* Puts another value, or a plain one, in the place of a value. */
static void
change_value(edit_t *edit)
{
    span_t      from, to;
    const char *plain;

    static const char *const plains[] = {
        "N",    "\x88",  "\x89",   ")",      "]",
        "}",    "K\1",   "K\2",    "C\1a",   "\x8c\1a",
        "I0\n", "I-1\n", "F0.5\n", "Fnan\n", "L9999999999999999999999L\n"};

    if (outline.n_values == 0) {
        return;
    }

    to = outline.values[draw(edit, outline.n_values)];

    if (draw(edit, 3) == 0) {
        plain = plains[draw(edit, sizeof(plains) / sizeof(plains[0]))];
        put(edit, to, plain, strlen(plain));
        return;
    }

    from = outline.values[draw(edit, outline.n_values)];
    put(edit, to, edit->data + from.start, from.end - from.start);
}


/* Removes an attribute, or puts it in the place of or beside another one. */
static void
change_pair(edit_t *edit)
{
    span_t from, to;

    if (outline.n_pairs == 0) {
        return;
    }

    to = outline.pairs[draw(edit, outline.n_pairs)];
    from = outline.pairs[draw(edit, outline.n_pairs)];

    switch (draw(edit, 3)) {

    case 0:
        put(edit, to, "", 0);
        break;

    case 1:
        put(edit, (span_t){to.start, to.start}, edit->data + from.start,
            from.end - from.start);
        break;

    default:
        put(edit, to, edit->data + from.start, from.end - from.start);
        break;
    }
}


size_t
knn_mutate(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    edit_t edit;

    edit = (edit_t){.data = data, .size = size, .max = max, .seed = seed};

    if (draw(&edit, WILD) == 0 || !outline_read(&outline, data, size)) {
        return LLVMFuzzerMutate(data, size, max);
    }

    normalize(&edit);

    if (!outline_read(&outline, data, edit.size)) {
        return edit.size;
    }

    switch (draw(&edit, 4)) {

    case 0:
        change_operand(&edit);
        break;

    case 1:
        change_element(&edit);
        break;

    case 2:
        change_value(&edit);
        break;

    default:
        change_pair(&edit);
        break;
    }

    return edit.size;
}
