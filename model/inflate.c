
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>

#include "decompress.h"
#include "inflate.h"


/* the first size of what grows by half of its own */
#define KNN_INFLATE_CHUNK 65536

/* small streams cost more to open than to read */
#define KNN_INFLATE_STREAMS 4096


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


knn_status_e
knn_inflate(knn_container_e kind, const void *data, size_t size,
            size_t max_bytes, void **to, size_t *to_size, knn_error_t *err)
{
    knn_status_e   rc;
    knn_window_t   window;
    knn_inflated_t inflated;

    window = (knn_window_t){.in = data, .in_left = size};

    inflated = (knn_inflated_t){
        .kind = kind,
        .limit = max_bytes < SIZE_MAX / 2 ? max_bytes : SIZE_MAX / 2,
        .err = err};

    rc = knn_inflate_all(&inflated, &window);

    if (rc != KNN_OK) {
        free(inflated.data);
        return rc;
    }

    *to = inflated.data;
    *to_size = inflated.size;

    return KNN_OK;
}
