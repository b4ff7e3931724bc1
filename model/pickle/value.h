
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What a pickle says, as inert data: numbers, text, containers, and objects
 * that are nothing but the name of a callable, its arguments and its state.
 * An opaque one is the name alone, whatever it was called with and given.
 * All of it lives in the arena of one reading.
 */


#ifndef KNN_VALUE_H
#define KNN_VALUE_H


#include "../arena.h"
#include "../error.h"
#include "symbols.h"


/* room for a name of the file in a message */
#define KNN_QUOTE_SIZE 96


typedef enum {
    KNN_VALUE_NONE = 0,
    KNN_VALUE_BOOL,
    KNN_VALUE_INT,
    KNN_VALUE_HUGE, /* an int beyond 64 bits; its value is not kept */
    KNN_VALUE_FLOAT,
    KNN_VALUE_TEXT, /* valid UTF-8 */
    KNN_VALUE_BYTES,
    KNN_VALUE_STRING, /* of Python 2: text or bytes, as it is used */
    KNN_VALUE_TUPLE,
    KNN_VALUE_LIST,
    KNN_VALUE_DICT,
    KNN_VALUE_SET,
    KNN_VALUE_SYMBOL,
    KNN_VALUE_OBJECT,
    KNN_VALUE_OPAQUE, /* an object of a KNN_SYMBOL_OPAQUE */
    KNN_VALUE_ARRAY   /* joblib's, whose bytes follow in the stream */
} knn_value_e;


typedef struct knn_value_s   knn_value_t;
typedef struct knn_ndarray_s knn_ndarray_t;


struct knn_value_s {
    knn_value_e  type;
    knn_symbol_e symbol; /* SYMBOL; OBJECT: what was called */
    union {
        bool                 boolean;
        int64_t              integer;
        double               number;
        const knn_ndarray_t *array;
        const char          *global; /* OPAQUE, and SYMBOL of it */
        struct {
            size_t      len;
            const char *data; /* not NUL-terminated */
        } text;
        struct {
            uint32_t      n;
            uint32_t      allocated;
            knn_value_t **items; /* DICT: key, value, key, value, … */
        } list;
        struct {
            knn_value_t *args;  /* a tuple */
            knn_value_t *state; /* NULL without BUILD */
        } object;
    } u;
};


/* More bytes than the values take that an honest pickle of this size has. */
size_t knn_value_limit(size_t size);

/* NULL when the arena is full. */
knn_value_t *knn_value_new(knn_arena_t *arena, knn_value_e type);
knn_value_t *knn_value_text(knn_arena_t *arena, knn_value_e type,
                            const char *data, size_t len);

/* Appends n items to a TUPLE, LIST, DICT or SET; -1 when the arena is full. */
int knn_value_append(knn_arena_t *arena, knn_value_t *list,
                     knn_value_t *const *items, size_t n);

/* The value of a DICT under a text key, the last one; NULL without it. */
knn_value_t *knn_value_get(const knn_value_t *dict, const char *key);

/* The text of a TEXT or of a STRING that is ASCII; false for all else. */
bool knn_value_is_text(const knn_value_t *value, const char **data,
                       size_t *len);

bool knn_value_is(const knn_value_t *value, const char *text);

/* The bytes of BYTES or of a STRING; false for all else. */
bool knn_value_is_bytes(const knn_value_t *value, const char **data,
                        size_t *len);

/* For messages: "a list", "a numpy.dtype", "a __main__.Cleaner", … */
const char *knn_value_kind(const knn_value_t *value, char *buf, size_t size);


#endif /* KNN_VALUE_H */
