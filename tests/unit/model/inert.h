
/*
 * Copyright (C) nginx-knn contributors
 */


/* Pickles written by hand, what is read of them as text, and refusals. */


#ifndef INERT_H
#define INERT_H


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "../../../model/pickle/pickle.h"


#define ARENA_LIMIT (64 * 1024 * 1024)
#define SHOWN       1024

/* a literal that may hold NUL, as two arguments */
#define BYTES(s) (s), sizeof(s) - 1

/* numpy in protocol 0; data is escaped twice, once for C, once for pickle */
#define DTYPE_STATE(spec, order, fields, size)                                 \
    "cnumpy\ndtype\n(S'" spec "'\nI00\nI01\ntR(I3\nS'" order "'\nNN" fields    \
    "I" size "\nI-1\nI0\ntb"
#define DTYPE(spec) DTYPE_STATE(spec, "<", "N", "-1")
#define RECONSTRUCT                                                            \
    "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
#define ARRAY_OF(shape, dtype, fortran, data)                                  \
    RECONSTRUCT "(I1\n(" shape "t" dtype fortran data "tb"
#define ARRAY(shape, dtype, data)                                              \
    ARRAY_OF(shape, dtype, "I00\n", "S'" data "'\n")
#define WRAPPER(shape, order, dtype, more)                                     \
    "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(S'subclass'\n"            \
    "cnumpy\nndarray\nS'shape'\n(" shape "tS'order'\nS'" order                 \
    "'\nS'dtype'\n" dtype more "ub"


/* a pickle that values point into */
typedef struct text_s text_t;

struct text_s {
    text_t *next;
    char    data[];
};


/* the arena that values of the running test live in, and their pickles */
static knn_arena_t *arena;
static text_t      *texts;
static knn_beside_t beside;
static knn_error_t  err;


static void
arena_setup(void)
{
    arena = knn_arena_create(ARENA_LIMIT);
    ck_assert_ptr_nonnull(arena);
}


/*
 * Makes the arena one that has but so many bytes left, and may have the
 * machine's own three vectors beside.
 */
static inline void
arena_leave(size_t bytes)
{
    size_t  size, room;
    ssize_t left;

    knn_arena_destroy(arena);
    arena = knn_arena_create(0);
    ck_assert_ptr_nonnull(arena);
    room = 0;

    for (size = 65536; size >= sizeof(void *); size /= 2) {
        while (knn_arena_small(arena, size) != NULL) {
            room += size;
        }
    }

    left = (ssize_t) room - (ssize_t) bytes;
    ck_assert_int_gt(left, 0);

    knn_arena_destroy(arena);
    arena = knn_arena_create(0);
    ck_assert_ptr_nonnull(knn_arena_small(arena, (size_t) left));
    knn_arena_allow(arena, knn_arena_size(arena) + 3 * 64 * sizeof(void *));
    beside.arena = arena;
}


static void
arena_teardown(void)
{
    text_t *next;

    knn_arena_destroy(arena);

    while (texts != NULL) {
        next = texts->next;
        free(texts);
        texts = next;
    }
}


/* Reads from memory that ends where the pickle does. */
static inline knn_value_t *
read_bytes(const char *data, size_t size)
{
    text_t *text;

    memset(&err, 0, sizeof(err));

    text = malloc(sizeof(text_t) + size);
    ck_assert_ptr_nonnull(text);
    memcpy(text->data, data, size);

    text->next = texts;
    texts = text;

    return knn_pickle_read(arena, text->data, size, &beside, &err);
}


static inline knn_value_t *
accept(const char *data, size_t size)
{
    knn_value_t *value;

    value = read_bytes(data, size);
    ck_assert_msg(value != NULL, "refused: %s", err.message);

    return value;
}


static inline void
check_message(const char *word)
{
    ck_assert_int_ne(err.status, KNN_OK);
    ck_assert_msg(strstr(err.message, word) != NULL, "\"%s\" lacks \"%s\"",
                  err.message, word);
    ck_assert_ptr_null(strchr(err.message, '\n'));
}


static inline void
refuse(const char *data, size_t size, const char *word)
{
    ck_assert_msg(read_bytes(data, size) == NULL, "accepted, not refused: %s",
                  word);
    check_message(word);
}


#endif /* INERT_H */
