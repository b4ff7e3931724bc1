
/*
 * Copyright (C) nginx-knn contributors
 */


/* What is wrong with JSON that is none. */


#include <string.h>

#include "json.h"


knn_status_e
knn_json_gap(knn_json_t *json)
{
    if (json->meaning->outranks(json->ctx)) {
        return json->matrix->rows.error.status;
    }

    return knn_matrix_fail(json->matrix, KNN_MALFORMED, NULL,
                           "a value of the body is longer than the %d bytes "
                           "that are read, after byte offset %zu",
                           KNN_REQUEST_TOKEN, json->last);
}


void
knn_json_deep(knn_json_t *json)
{
    (void) knn_matrix_fail(json->matrix, KNN_MALFORMED, NULL,
                           "the body is nested more than %d levels deep, at "
                           "byte offset %zu",
                           KNN_REQUEST_DEPTH, json->last - 1);
}


knn_status_e
knn_json_truncated(knn_json_t *json)
{
    if (json->meaning->outranks(json->ctx)) {
        return json->matrix->rows.error.status;
    }

    return knn_matrix_fail(json->matrix, KNN_MALFORMED, NULL,
                           "the body is not JSON: it ends too early, at byte "
                           "offset %zu",
                           json->base);
}


knn_status_e
knn_json_literal(knn_json_t *json, const char *data, size_t size)
{
    size_t i;

    for (i = 0; i < size && *json->literal != '\0'; i++) {
        if (data[i] != *json->literal) {
            json->literal = NULL;
            json->matrix->rows.error.status = KNN_MALFORMED;
            return KNN_MALFORMED;
        }

        json->literal++;
    }

    if (*json->literal == '\0') {
        json->literal = NULL;
        json->matrix->rows.error.status = KNN_OK;
        json->meaning->not_finite(json->ctx, json->literal_name);

        return json->matrix->rows.error.status;
    }

    /* the rest is still to come: no fault until then */
    json->matrix->rows.error.status = KNN_OK;

    return KNN_OK;
}


/* Takes a NaN or infinity that may begin where yajl has stopped. */
static knn_status_e
knn_json_look(knn_json_t *json, const char *data, size_t size, size_t at,
              const char *text)
{
    bool minus;

    minus = strstr(text, "after the minus") != NULL;

    if (!minus && strstr(text, "invalid char in json") == NULL) {
        return KNN_MALFORMED;
    }

    if (at < size && data[at] == 'N') {
        json->literal = json->literal_name = "NaN";
    }
    else if (at < size && data[at] == 'I') {
        json->literal = "Infinity";
        json->literal_name = minus ? "-Infinity" : "Infinity";
    }
    else {
        return KNN_MALFORMED;
    }

    return knn_json_literal(json, data + at, size - at);
}


/* The byte offset of an error, whatever the pieces; text is yajl's. */
static size_t
knn_json_offset(const knn_json_t *json, const char *text)
{
    size_t offset;

    /* yajl may have gone back by the length of a token that was cut */

    if (strstr(text, "after key and value") != NULL) {
        return json->last;
    }

    offset = json->base + yajl_get_bytes_consumed(json->yajl);

    /* the offending byte is the one consumed last, but for these cases */

    if (strncmp(text, "lexical", strlen("lexical")) == 0
        && strstr(text, "invalid char in json") == NULL
        && strstr(text, "invalid bytes in UTF8") == NULL)
    {
        return offset;
    }

    return offset - 1;
}


knn_status_e
knn_json_syntax(knn_json_t *json, const char *data, size_t size)
{
    int            length;
    size_t         offset;
    const char    *text, *reason;
    unsigned char *error;

    error = yajl_get_error(json->yajl, 0, NULL, 0);
    text = (const char *) error;
    offset = knn_json_offset(json, text);

    if (json->base + yajl_get_bytes_consumed(json->yajl)
        > json->last + KNN_REQUEST_TOKEN)
    {
        return knn_json_gap(json);
    }

    if (json->meaning->outranks(json->ctx)) {
        return json->matrix->rows.error.status;
    }

    reason = strstr(text, ": ");
    reason = reason == NULL ? text : reason + 2;
    length = (int) strcspn(reason, ".\n");

    (void) knn_matrix_fail(json->matrix, KNN_MALFORMED, NULL,
                           "the body is not JSON at byte offset %zu: %.*s",
                           offset, length, reason);

    return knn_json_look(json, data, size, offset - json->base, text);
}
