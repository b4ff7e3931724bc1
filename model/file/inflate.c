
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "decompress.h"
#include "inflate.h"


/* the first size of what grows by half of its own */
#define KNN_INFLATE_CHUNK 65536

/* small streams cost more to open than to read */
#define KNN_INFLATE_STREAMS 4096

/* "ZF", a number as Python's hex() has it, and blanks up to here at most */
#define KNN_ZFILE_HEADER 22


typedef struct {
    knn_container_e kind;
    unsigned char  *data;
    size_t          size;
    size_t          allocated;
    size_t          limit;
    knn_error_t    *err;
} knn_inflated_t;


/* Makes room behind what was decompressed, one byte beyond the limit. */
static knn_status_e
knn_inflate_grow(knn_inflated_t *to)
{
    size_t         size;
    unsigned char *p;

    if (to->size > to->limit) {
        return knn_error(to->err, KNN_LIMIT,
                         "holds more than the %zu bytes allowed when "
                         "decompressed",
                         to->limit);
    }

    if (to->size < to->allocated) {
        return KNN_OK;
    }

    size = to->allocated + to->allocated / 2 + KNN_INFLATE_CHUNK;

    if (size > to->limit) {
        size = to->limit + 1;
    }

    p = realloc(to->data, size);

    if (p == NULL) {
        return knn_error(to->err, KNN_NO_MEMORY,
                         "no memory for %zu decompressed bytes", size);
    }

    to->data = p;
    to->allocated = size;

    return KNN_OK;
}


/* Decompresses one stream; window moves behind it. */
static knn_status_e
knn_inflate_stream(knn_inflated_t *to, void *state, knn_window_t *window)
{
    size_t       left;
    knn_status_e rc;
    knn_stream_e step;

    for (;;) {
        rc = knn_inflate_grow(to);

        if (rc != KNN_OK) {
            return rc;
        }

        left = window->in_left;
        window->out = to->data + to->size;
        window->out_left = to->allocated - to->size;

        step = knn_decompressors[to->kind].step(state, window);

        switch (step) {

        case KNN_STREAM_MEMORY:
            return knn_error(to->err, KNN_LIMIT,
                             "its %s stream needs too large a dictionary, "
                             "compress it with a preset",
                             knn_container_name(to->kind));

        case KNN_STREAM_DAMAGED:
            return knn_error(to->err, KNN_MALFORMED,
                             "its %s stream is damaged, write it again",
                             knn_container_name(to->kind));

        case KNN_STREAM_MORE:

            if (window->in_left == left && window->out == to->data + to->size) {
                return knn_error(to->err, KNN_MALFORMED,
                                 "its %s stream is truncated, write it again",
                                 knn_container_name(to->kind));
            }

            /* fall through */

        case KNN_STREAM_END:
            to->size = (size_t) (window->out - to->data);
            break;
        }

        if (step == KNN_STREAM_END) {
            return KNN_OK;
        }
    }
}


/* Skips the zeros that may lie between the members of gzip. */
static void
knn_inflate_padding(knn_container_e kind, knn_window_t *window)
{
    while (kind == KNN_GZIP && window->in_left > 0 && *window->in == 0) {
        window->in++;
        window->in_left--;
    }
}


/* Decompresses the streams that follow each other. */
static knn_status_e
knn_inflate_all(knn_inflated_t *to, knn_window_t *window)
{
    void                     *state;
    size_t                    streams;
    knn_status_e              rc;
    const knn_decompressor_t *codec;

    codec = &knn_decompressors[to->kind];

    streams = 0;

    do {
        if (++streams > KNN_INFLATE_STREAMS) {
            return knn_error(to->err, KNN_LIMIT,
                             "has more than %d %s streams, compress it as one",
                             KNN_INFLATE_STREAMS, knn_container_name(to->kind));
        }

        state = codec->open(to->kind);

        if (state == NULL) {
            return knn_error(to->err, KNN_NO_MEMORY, "no memory for %s",
                             knn_container_name(to->kind));
        }

        rc = knn_inflate_stream(to, state, window);
        codec->close(state);
        knn_inflate_padding(to->kind, window);

    } while (rc == KNN_OK && codec->many && window->in_left > 0);

    if (rc == KNN_OK && window->in_left > 0) {
        return knn_error(to->err, KNN_MALFORMED,
                         "%zu bytes follow its %s stream, write it again",
                         window->in_left, knn_container_name(to->kind));
    }

    if (rc == KNN_OK && to->size > to->limit) {
        return knn_inflate_grow(to);
    }

    return rc;
}


/* Reads the header of a zfile: how many bytes it holds. */
static knn_status_e
knn_inflate_zfile(knn_window_t *window, size_t *declared, knn_error_t *err)
{
    char   text[KNN_ZFILE_HEADER + 1], *end;
    size_t n;

    n = window->in_left < KNN_ZFILE_HEADER ? window->in_left : KNN_ZFILE_HEADER;
    memcpy(text, window->in, n);
    text[n] = '\0';

    *declared = strtoull(text + 2, &end, 16);

    /* Python 2 has longs */
    if (*end == 'L') {
        end++;
    }

    if (text[2] != '0' || *end != ' ') {
        return knn_error(err, KNN_MALFORMED,
                         "has no length in its header, write it again");
    }

    end += strspn(end, " ");

    window->in += end - text;
    window->in_left -= (size_t) (end - text);

    return KNN_OK;
}


knn_status_e
knn_inflate(knn_container_e kind, const void *data, size_t size,
            size_t max_bytes, void **to, size_t *to_size, knn_error_t *err)
{
    size_t         declared;
    knn_status_e   rc;
    knn_window_t   window;
    knn_inflated_t inflated;

    window = (knn_window_t){.in = data, .in_left = size};
    declared = 0;

    inflated = (knn_inflated_t){
        .kind = kind,
        .limit = max_bytes < SIZE_MAX / 2 ? max_bytes : SIZE_MAX / 2,
        .err = err};

    rc =
        kind == KNN_ZFILE ? knn_inflate_zfile(&window, &declared, err) : KNN_OK;

    if (rc == KNN_OK) {
        rc = knn_inflate_all(&inflated, &window);
    }

    if (rc == KNN_OK && kind == KNN_ZFILE && inflated.size != declared) {
        rc = knn_error(err, KNN_MALFORMED,
                       "holds %zu bytes, but its header says %zu",
                       inflated.size, declared);
    }

    if (rc != KNN_OK) {
        free(inflated.data);
        return rc;
    }

    *to = inflated.data;
    *to_size = inflated.size;

    return KNN_OK;
}
