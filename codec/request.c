
/*
 * Copyright (C) nginx-knn contributors
 */


/* Tells the form of a body, and what a request asks for. */


#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "json.h"


#define KNN_BOM "\xEF\xBB\xBF"


struct knn_request_s {
    knn_matrix_t matrix;
    knn_format_e format;
    bool         started;
    size_t       bom;     /* bytes of a byte order mark */
    size_t       skipped; /* bytes before the first that counts */
    size_t       blanks;  /* those of them that begin its line */

    union {
        knn_json_t json;
        knn_csv_t  csv;
    } body;
};


/* Begins to read the body, whose first byte is known. */
static void
knn_request_start(knn_request_t *request, char first)
{
    if (request->format == KNN_FORMAT_AUTO) {
        request->format =
            first == '{' || first == '[' ? KNN_FORMAT_JSON : KNN_FORMAT_CSV;
    }

    request->started = true;

    if (request->format == KNN_FORMAT_JSON) {
        knn_json_init(&request->body.json, &request->matrix, request->skipped);
        return;
    }

    knn_csv_init(&request->body.csv, &request->matrix,
                 request->format != KNN_FORMAT_LINE);
}


/* Passes bytes on. */
static knn_status_e
knn_request_pass(knn_request_t *request, const char *data, size_t size)
{
    if (request->matrix.rows.error.status != KNN_OK) {
        return request->matrix.rows.error.status;
    }

    return request->format == KNN_FORMAT_JSON
               ? knn_json_feed(&request->body.json, data, size)
               : knn_csv_feed(&request->body.csv, data, size);
}


/* Skips a byte order mark and white space; returns what is left. */
static const char *
knn_request_skip(knn_request_t *request, const char *p, const char *end)
{
    while (p < end && request->skipped == request->bom
           && request->bom < strlen(KNN_BOM) && *p == KNN_BOM[request->bom])
    {
        p++;
        request->bom++;
        request->skipped++;
    }

    /* a part of a mark is none */
    if (request->bom % strlen(KNN_BOM) != 0) {
        return p;
    }

    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
        request->blanks = *p == '\n' ? 0 : request->blanks + 1;
        p++;
        request->skipped++;
    }

    return p;
}


/* Passes the blanks on that a text may begin with. */
static void
knn_request_indent(knn_request_t *request)
{
    size_t            n;
    static const char blanks[] = "                                ";

    for (/* void */; request->blanks > 0; request->blanks -= n) {
        n = request->blanks < strlen(blanks) ? request->blanks : strlen(blanks);
        (void) knn_request_pass(request, blanks, n);
    }
}


knn_request_t *
knn_request_create(const knn_request_options_t *options)
{
    knn_request_t *request;

    request = malloc(sizeof(knn_request_t));

    if (request == NULL) {
        return NULL;
    }

    knn_matrix_init(&request->matrix, options);
    request->format = options->format;
    request->started = false;
    request->bom = 0;
    request->skipped = 0;
    request->blanks = 0;

    return request;
}


knn_status_e
knn_request_feed(knn_request_t *request, const char *data, size_t size)
{
    size_t      bom;
    const char *end;

    end = data + size;

    if (request->matrix.rows.error.status != KNN_OK || size == 0) {
        return request->matrix.rows.error.status;
    }

    if (!request->started) {
        data = knn_request_skip(request, data, end);

        if (request->skipped > KNN_REQUEST_TOKEN) {
            return knn_matrix_fail(&request->matrix, KNN_MALFORMED, NULL,
                                   "the body begins with more than %d bytes "
                                   "of white space, leave them out",
                                   KNN_REQUEST_TOKEN);
        }

        if (data == end) {
            return KNN_OK;
        }

        bom = request->bom % strlen(KNN_BOM);
        request->skipped -= bom;
        knn_request_start(request, bom == 0 ? *data : *KNN_BOM);

        if (bom > 0) {
            (void) knn_request_pass(request, KNN_BOM, bom);
        }

        if (request->format != KNN_FORMAT_JSON) {
            knn_request_indent(request);
        }
    }

    return knn_request_pass(request, data, (size_t) (end - data));
}


knn_status_e
knn_request_finish(knn_request_t *request)
{
    if (request->matrix.rows.error.status != KNN_OK) {
        return request->matrix.rows.error.status;
    }

    if (!request->started) {
        return knn_matrix_fail(&request->matrix, KNN_MALFORMED, NULL,
                               "the body is empty, send an object with the "
                               "member " KNN_JSON_MEMBERS ", or rows as CSV");
    }

    return request->format == KNN_FORMAT_JSON
               ? knn_json_finish(&request->body.json)
               : knn_csv_finish(&request->body.csv);
}


void
knn_request_fail(knn_request_t *request, size_t row, const knn_error_t *err)
{
    knn_place_t place;

    memset(&place, 0, sizeof(knn_place_t));
    place.has_row = !request->matrix.rows.single;
    place.row = row;

    if (request->format == KNN_FORMAT_JSON) {
        place.member = request->body.json.member;
    }

    (void) knn_matrix_fail(&request->matrix, err->status,
                           request->format == KNN_FORMAT_JSON ? &place : NULL,
                           "row %zu %s", row, err->message);
}


const knn_rows_t *
knn_request_rows(const knn_request_t *request)
{
    return &request->matrix.rows;
}


void
knn_request_destroy(knn_request_t *request)
{
    if (request == NULL) {
        return;
    }

    if (request->started && request->format == KNN_FORMAT_JSON) {
        knn_json_free(&request->body.json);
    }
    else if (request->started) {
        knn_csv_free(&request->body.csv);
    }

    free(request);
}
