
/*
 * Copyright (C) nginx-knn contributors
 */


/* Feeds yajl. */


#include <string.h>

#include "json.h"


/*
 * A token that is cut is read again from its start with every piece, so
 * smaller pieces are gathered first: no feed reads more than this beyond what
 * it is given.
 */
#define KNN_JSON_PIECE 4096

/* fewer bytes are not worth a look for numbers */
#define KNN_JSON_MANY 512

/* bytes of numbers that are worth a call of yajl */
#define KNN_JSON_WORTH 32

/* how long a token may be that is cut to look for numbers */
#define KNN_JSON_NEAR 8192


/* Gives bytes to yajl. */
static knn_status_e
knn_json_lex(knn_json_t *json, const char *data, size_t size)
{
    yajl_status   status;
    knn_matrix_t *matrix;

    matrix = json->matrix;

    status = yajl_parse(json->yajl, (const unsigned char *) data, size);

    if (status == yajl_status_error) {
        return knn_json_syntax(json, data, size);
    }

    if (status == yajl_status_client_canceled) {
        return matrix->rows.error.status != KNN_OK ? matrix->rows.error.status
                                                   : knn_json_gap(json);
    }

    json->base += size;

    if (json->base - json->last > KNN_REQUEST_TOKEN) {
        return knn_json_gap(json);
    }

    return KNN_OK;
}


/*
 * The end of what yajl has to read before numbers may be read without it: the
 * first place for that, from a step on.
 */
static const char *
knn_json_stop(const knn_json_t *json, const char *p, const char *end,
              size_t step)
{
    if (step >= (size_t) (end - p) || json->base - json->last > KNN_JSON_NEAR) {
        return end;
    }

    for (p += step; p < end; p++) {
        if (*p == ',' || *p == '[') {
            return p + 1;
        }
    }

    return end;
}


/*
 * True if yajl has got just to the beginning of an array, or to the comma
 * right behind a value: no token is cut, and in an array, a value is due.
 */
static bool
knn_json_is_due(const knn_json_t *json, const char *p)
{
    return json->base == json->last + (p[-1] == ',');
}


/*
 * Gives bytes to yajl, but for numbers in arrays that are read without it.
 * yajl stops at a comma or where an array begins and waits for a value; so it
 * does behind any number of values and commas, which it is not told of when
 * another value follows.  A token that is cut is read again, so the steps from
 * stop to stop grow while no numbers are found.
 */
static knn_status_e
knn_json_parse(knn_json_t *json, const char *data, size_t size)
{
    size_t       step;
    const char  *p, *stop;
    knn_scan_t   scan;
    knn_status_e status;

    if (size < KNN_JSON_MANY || json->matrix->options.lexed) {
        return knn_json_lex(json, data, size);
    }

    scan.end = data + size;
    step = 0;

    for (p = data; p < scan.end; p = scan.p) {
        stop = knn_json_stop(json, p, scan.end, step);
        status = knn_json_lex(json, p, (size_t) (stop - p));

        if (status != KNN_OK) {
            return status;
        }

        scan.p = scan.last = stop;

        if (stop < scan.end && knn_json_is_due(json, stop)) {
            json->meaning->scan(json->ctx, &scan);
        }

        if (scan.p > stop) {
            json->last = json->base + (size_t) (scan.last - stop);
            json->base += (size_t) (scan.p - stop);
        }

        if (scan.p == stop) {
            step = 2 * step + 1;
        }
        else if (scan.p - stop >= KNN_JSON_WORTH) {
            step = 0;
        }
    }

    return KNN_OK;
}


/* Tells yajl that this was all. */
static knn_status_e
knn_json_complete(knn_json_t *json)
{
    yajl_status    status;
    const char    *text;
    knn_matrix_t  *matrix;
    unsigned char *error;

    matrix = json->matrix;

    if (json->literal != NULL) {
        json->literal = NULL;
        matrix->rows.error.status = KNN_MALFORMED;
        return KNN_MALFORMED;
    }

    status = yajl_complete_parse(json->yajl);

    if (status == yajl_status_client_canceled) {
        return matrix->rows.error.status;
    }

    if (status == yajl_status_error) {
        error = yajl_get_error(json->yajl, 0, NULL, 0);
        text = (const char *) error;

        if (strstr(text, "premature EOF") == NULL
            && strncmp(text, "lexical", strlen("lexical")) != 0)
        {
            return knn_json_syntax(json, NULL, 0);
        }

        return knn_json_truncated(json);
    }

    return KNN_OK;
}


/* Gives what is gathered to yajl. */
static knn_status_e
knn_json_flush(knn_json_t *json)
{
    size_t size;

    size = json->staged;
    json->staged = 0;

    return knn_json_parse(json, json->staging, size);
}


/* Takes a piece, and gathers it if it is small and not the whole body. */
static knn_status_e
knn_json_take(knn_json_t *json, const char *data, size_t size)
{
    size_t       n;
    knn_status_e status;

    if (json->literal != NULL) {
        return knn_json_literal(json, data, size);
    }

    if (json->staged == 0
        && (size >= KNN_JSON_PIECE || json->base + size >= json->size))
    {
        return knn_json_parse(json, data, size);
    }

    if (json->staging == NULL) {
        json->staging = knn_memory_alloc(&json->memory, KNN_JSON_PIECE);
    }

    n = KNN_JSON_PIECE - json->staged;
    n = size < n ? size : n;

    memcpy(json->staging + json->staged, data, n);
    json->staged += n;

    if (json->staged < KNN_JSON_PIECE) {
        return KNN_OK;
    }

    status = knn_json_flush(json);

    if (status != KNN_OK || size == n) {
        return status;
    }

    return knn_json_take(json, data + n, size - n);
}


/* Does the work, from which a lack of memory jumps out. */
static knn_status_e
knn_json_run(knn_json_t *json, const char *data, size_t size)
{
    knn_status_e     status;
    yajl_alloc_funcs funcs;

    if (json->yajl == NULL) {
        funcs.malloc = knn_memory_alloc;
        funcs.realloc = knn_memory_realloc;
        funcs.free = knn_memory_free;
        funcs.ctx = &json->memory;

        json->yajl = yajl_alloc(&json->meaning->values, &funcs, json->ctx);

        if (json->many) {
            (void) yajl_config(json->yajl, yajl_allow_multiple_values, 1);
        }
    }

    if (data != NULL) {
        return knn_json_take(json, data, size);
    }

    if (json->staged > 0) {
        status = knn_json_flush(json);

        if (status != KNN_OK) {
            return status;
        }
    }

    return knn_json_complete(json);
}


/* Runs with a way out. */
static knn_status_e
knn_json_guard(knn_json_t *json, const char *data, size_t size)
{
    if (_setjmp(json->memory.escape) != 0) {
        return knn_matrix_fail(json->matrix, KNN_NO_MEMORY, NULL,
                               "no memory to read the body");
    }

    return knn_json_run(json, data, size);
}


void
knn_json_init(knn_json_t *json, knn_matrix_t *matrix,
              const knn_json_meaning_t *meaning, void *ctx, size_t skipped,
              size_t size)
{
    json->matrix = matrix;
    json->meaning = meaning;
    json->ctx = ctx;
    json->yajl = NULL;
    json->size = size;
    json->base = skipped;
    json->last = skipped;
    json->depth = 0;
    json->many = false;
    json->literal = NULL;
    json->literal_name = NULL;
    json->staging = NULL;
    json->staged = 0;

    knn_memory_init(&json->memory);
}


knn_status_e
knn_json_feed(knn_json_t *json, const char *data, size_t size)
{
    return knn_json_guard(json, data, size);
}


knn_status_e
knn_json_finish(knn_json_t *json)
{
    return knn_json_guard(json, NULL, 0);
}


void
knn_json_free(knn_json_t *json)
{
    knn_memory_free_all(&json->memory);
}
