
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Calls that make bytes.  Protocols below 3 have no other form for them than
 * text, of which each character is a byte: numpy's arrays are written so.
 */


#include "pickle_machine.h"
#include "../utf8.h"


/* What a call makes bytes of: its only argument, or text in latin-1. */
static knn_value_t *
knn_bytes_source(const knn_value_t *args)
{
    knn_value_t *const *items;

    items = args->u.list.items;

    if (args->u.list.n == 1 && items[0]->type == KNN_VALUE_BYTES) {
        return items[0];
    }

    if (args->u.list.n == 2
        && (items[0]->type == KNN_VALUE_TEXT
            || items[0]->type == KNN_VALUE_STRING)
        && (knn_value_is(items[1], "latin1")
            || knn_value_is(items[1], "latin-1")))
    {
        return items[0];
    }

    return NULL;
}


/* The number of characters of text, or -1 when one of them is no byte. */
static ptrdiff_t
knn_bytes_count(const knn_value_t *text)
{
    ptrdiff_t   n;
    const char *p, *end;

    p = text->u.text.data;
    end = p + text->u.text.len;

    for (n = 0; p < end; n++) {
        if (knn_utf8_next(&p) > 0xff) {
            return -1;
        }
    }

    return n;
}


/* Pushes the n bytes that text stands for. */
static int
knn_bytes_decode(knn_pickle_t *pickle, const knn_value_t *text, size_t n)
{
    char       *to;
    size_t      i;
    const char *p;

    to = knn_arena_alloc(pickle->arena, n);

    if (to == NULL) {
        return knn_pickle_full(pickle);
    }

    p = text->u.text.data;

    for (i = 0; i < n; i++) {
        to[i] = (char) knn_utf8_next(&p);
    }

    return knn_pickle_push_text(pickle, KNN_VALUE_BYTES, to, n);
}


int
knn_pickle_push_bytes(knn_pickle_t *pickle, knn_symbol_e symbol,
                      knn_value_t *args)
{
    ptrdiff_t    n;
    knn_value_t *source;

    if (args->u.list.n == 0) {
        return knn_pickle_push_text(pickle, KNN_VALUE_BYTES, "", 0);
    }

    source = knn_bytes_source(args);

    if (source == NULL) {
        return knn_pickle_push_object(pickle, symbol, args);
    }

    n = source->type == KNN_VALUE_TEXT ? knn_bytes_count(source)
                                       : (ptrdiff_t) source->u.text.len;

    if (n < 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "bytes of characters that are none");
    }

    /* without any character above 0x7f the text has them already */
    if ((size_t) n == source->u.text.len) {
        return knn_pickle_push_text(pickle, KNN_VALUE_BYTES,
                                    source->u.text.data, (size_t) n);
    }

    return knn_bytes_decode(pickle, source, (size_t) n);
}
