
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pickle.h"
#include "pickle_machine.h"


#define KNN_PICKLE_VECTOR 64


/* A vector with room for index, twice as large when it has to grow. */
static void *
knn_pickle_grow(knn_pickle_t *pickle, void *vector, size_t *size, size_t index,
                size_t element)
{
    char  *p;
    size_t n;

    if (index < *size) {
        return vector;
    }

    n = index < KNN_PICKLE_VECTOR ? KNN_PICKLE_VECTOR : index * 2;

    if (knn_arena_charge(pickle->arena, (n - *size) * element) != 0) {
        (void) knn_pickle_full(pickle);
        return NULL;
    }

    pickle->charged += (n - *size) * element;
    p = realloc(vector, n * element);

    if (p == NULL) {
        (void) knn_pickle_full(pickle);
        return NULL;
    }

    memset(p + *size * element, 0, (n - *size) * element);
    *size = n;

    return p;
}


int
knn_pickle_fail(knn_pickle_t *pickle, knn_status_e status, const char *fmt, ...)
{
    char        reason[KNN_ERROR_SIZE / 2 + KNN_QUOTE_SIZE];
    va_list     args;
    const char *cure;

    va_start(args, fmt);
    (void) vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);

    cure = status == KNN_MALFORMED
               ? "; the file is truncated or damaged, write it again"
               : "";

    (void) knn_error(pickle->err, status, "byte %zu: %s: %s%s",
                     (size_t) (pickle->at - pickle->start),
                     pickle->opcode == NULL ? "pickle" : pickle->opcode->name,
                     reason, cure);

    return -1;
}


int
knn_pickle_full(knn_pickle_t *pickle)
{
    return knn_pickle_fail(pickle, KNN_LIMIT,
                           "the file needs more memory than allowed, "
                           "dump the fitted estimator alone");
}


const unsigned char *
knn_pickle_take(knn_pickle_t *pickle, size_t len)
{
    const unsigned char *p;

    if (len > (size_t) (pickle->end - pickle->pos)) {
        (void) knn_pickle_fail(pickle, KNN_MALFORMED,
                               "needs %zu bytes, %zu are left", len,
                               (size_t) (pickle->end - pickle->pos));
        return NULL;
    }

    p = pickle->pos;
    pickle->pos += len;

    return p;
}


int
knn_pickle_number(knn_pickle_t *pickle, unsigned width, uint64_t *number)
{
    const unsigned char *p;

    p = knn_pickle_take(pickle, width);

    if (p == NULL) {
        return -1;
    }

    *number = 0;

    while (width > 0) {
        *number = (*number << 8) | p[--width];
    }

    return 0;
}


const char *
knn_pickle_line(knn_pickle_t *pickle, size_t *len)
{
    const unsigned char *p, *lf;

    p = pickle->pos;
    lf = p == pickle->end ? NULL : memchr(p, '\n', pickle->end - p);

    if (lf == NULL) {
        (void) knn_pickle_fail(pickle, KNN_MALFORMED, "its line has no end");
        return NULL;
    }

    *len = lf - p;
    pickle->pos = lf + 1;

    return (const char *) p;
}


int
knn_pickle_push(knn_pickle_t *pickle, knn_value_t *value)
{
    knn_value_t **stack;

    if (value == NULL) {
        return knn_pickle_full(pickle);
    }

    if (pickle->depth >= KNN_PICKLE_MAX_DEPTH) {
        return knn_pickle_fail(pickle, KNN_LIMIT,
                               "more than %d values on the stack",
                               KNN_PICKLE_MAX_DEPTH);
    }

    stack = knn_pickle_grow(pickle, pickle->stack, &pickle->stack_size,
                            pickle->depth, sizeof(knn_value_t *));

    if (stack == NULL) {
        return -1;
    }

    stack[pickle->depth++] = value;
    pickle->stack = stack;

    return 0;
}


knn_value_t **
knn_pickle_top(knn_pickle_t *pickle, size_t n)
{
    size_t have;

    have = pickle->depth;

    if (pickle->n_marks != 0) {
        have -= pickle->marks[pickle->n_marks - 1];
    }

    if (have < n) {
        (void) knn_pickle_fail(pickle, KNN_MALFORMED,
                               "needs %zu values on the stack, %zu are there",
                               n, have);
        return NULL;
    }

    return pickle->stack + pickle->depth - n;
}


int
knn_pickle_mark(knn_pickle_t *pickle)
{
    size_t *marks;

    if (pickle->n_marks >= KNN_PICKLE_MAX_MARKS) {
        return knn_pickle_fail(pickle, KNN_LIMIT,
                               "more than %d containers inside each other",
                               KNN_PICKLE_MAX_MARKS);
    }

    marks = knn_pickle_grow(pickle, pickle->marks, &pickle->marks_size,
                            pickle->n_marks, sizeof(size_t));

    if (marks == NULL) {
        return -1;
    }

    marks[pickle->n_marks++] = pickle->depth;
    pickle->marks = marks;

    return 0;
}


int
knn_pickle_marked(knn_pickle_t *pickle, knn_value_t ***items, size_t *n)
{
    size_t depth;

    if (pickle->n_marks == 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "there is no mark on the stack");
    }

    depth = pickle->marks[--pickle->n_marks];

    *n = pickle->depth - depth;
    *items = *n == 0 ? NULL : pickle->stack + depth;

    pickle->depth = depth;

    return 0;
}


int
knn_pickle_memo_put(knn_pickle_t *pickle, uint64_t index)
{
    knn_value_t **top, **memo;

    top = knn_pickle_top(pickle, 1);

    if (top == NULL) {
        return -1;
    }

    /* a writer counts what it stores, so this bounds the memo by the pickle */
    if (index > pickle->ops - pickle->first) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "memo index %llu skips ahead",
                               (unsigned long long) index);
    }

    memo = knn_pickle_grow(pickle, pickle->memo, &pickle->memo_size, index,
                           sizeof(knn_value_t *));

    if (memo == NULL) {
        return -1;
    }

    memo[index] = top[0];
    pickle->memo = memo;

    if (index >= pickle->n_memo) {
        pickle->n_memo = index + 1;
    }

    return 0;
}


int
knn_pickle_memo_get(knn_pickle_t *pickle, uint64_t index)
{
    if (index >= pickle->n_memo || pickle->memo[index] == NULL) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "memo index %llu was never stored",
                               (unsigned long long) index);
    }

    return knn_pickle_push(pickle, pickle->memo[index]);
}


/* Runs opcodes until STOP. */
static int
knn_pickle_run(knn_pickle_t *pickle)
{
    const knn_opcode_t *opcode;

    while (!pickle->stopped) {
        pickle->at = pickle->pos;

        if (pickle->pos == pickle->end) {
            pickle->opcode = NULL;
            return knn_pickle_fail(pickle, KNN_MALFORMED,
                                   "the end comes before STOP");
        }

        opcode = &knn_opcodes[*pickle->pos++];
        pickle->opcode = opcode->run == NULL ? NULL : opcode;

        if (opcode->run == NULL) {
            return knn_pickle_fail(pickle, KNN_MALFORMED, "0x%02x is no opcode",
                                   pickle->at[0]);
        }

        if (++pickle->ops > KNN_PICKLE_MAX_OPS) {
            return knn_pickle_fail(pickle, KNN_LIMIT,
                                   "more than %d opcodes, "
                                   "dump the fitted estimator alone",
                                   KNN_PICKLE_MAX_OPS);
        }

        if (opcode->run(pickle, opcode->arg) != 0) {
            return -1;
        }
    }

    return 0;
}


/* Gives back what a machine holds outside of its arena. */
static void
knn_pickle_release(knn_pickle_t *pickle)
{
    free(pickle->stack);
    free(pickle->marks);
    free(pickle->memo);

    knn_arena_credit(pickle->arena, pickle->charged);
}


int
knn_pickle_nested(knn_pickle_t *pickle, const unsigned char **pos,
                  const unsigned char *end)
{
    int          rc;
    knn_value_t *value;
    knn_pickle_t inner;

    inner = (knn_pickle_t){.arena = pickle->arena,
                           .start = end == pickle->end ? pickle->start : *pos,
                           .pos = *pos,
                           .end = end,
                           .ops = pickle->ops,
                           .first = pickle->ops,
                           .nested = true,
                           .err = pickle->err};

    rc = knn_pickle_run(&inner);
    value = rc == 0 ? inner.stack[0] : NULL;
    knn_pickle_release(&inner);

    if (rc != 0) {
        return -1;
    }

    *pos = inner.pos;
    pickle->ops = inner.ops;

    return knn_pickle_push(pickle, value);
}


knn_value_t *
knn_pickle_read(knn_arena_t *arena, const void *data, size_t size,
                knn_beside_t *beside, knn_error_t *err)
{
    int          rc;
    knn_value_t *value;
    knn_pickle_t pickle;

    pickle = (knn_pickle_t){.arena = arena,
                            .beside = beside,
                            .start = data,
                            .pos = data,
                            .end = (const unsigned char *) data + size,
                            .err = err};

    rc = knn_pickle_run(&pickle);

    if (rc == 0 && pickle.pos != pickle.end) {
        rc = knn_pickle_fail(&pickle, KNN_MALFORMED, "%zu bytes follow the end",
                             (size_t) (pickle.end - pickle.pos));
    }

    value = rc == 0 ? pickle.stack[0] : NULL;
    knn_pickle_release(&pickle);

    return value;
}
