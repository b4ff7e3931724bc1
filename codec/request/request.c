
/*
 * Copyright (C) nginx-knn contributors
 */


/* Tells the form of a body, and what a request asks for. */


#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "coding.h"
#include "csv.h"
#include "../infer/infer.h"
#include "lead.h"
#include "npy.h"
#include "short.h"


/* who reads the body */
typedef enum {
    KNN_READER_NONE = 0, /* not known yet */
    KNN_READER_SHORT,    /* at once */
    KNN_READER_BODY,
    KNN_READER_CSV,
    KNN_READER_NPY,
    KNN_READER_INFER
} knn_reader_e;


struct knn_request_s {
    knn_matrix_t  matrix;
    knn_coding_t *coding; /* NULL if there is none */
    knn_format_e  format;
    knn_reader_e  reader;
    knn_lead_t    lead;
    bool          ended; /* the body */

    union {
        knn_body_t  body;
        knn_csv_t   csv;
        knn_npy_t   npy;
        knn_infer_t infer;
    } as;
};


/* Tells the form of a body from its first byte. */
static knn_format_e
knn_request_guess(char first)
{
    switch (first) {

    case '{':
    case '[':
        return KNN_FORMAT_JSON;

    case KNN_NPY_MAGIC:
        return KNN_FORMAT_NPY;

    default:
        return KNN_FORMAT_CSV;
    }
}


/* Begins to read the body, whose first byte is known. */
static void
knn_request_start(knn_request_t *request, char first)
{
    if (request->format == KNN_FORMAT_AUTO) {
        request->format = knn_request_guess(first);
    }

    switch (request->format) {

    case KNN_FORMAT_NPY:
        request->reader = KNN_READER_NPY;
        knn_npy_init(&request->as.npy, &request->matrix);
        break;

    case KNN_FORMAT_V2:
        request->reader = KNN_READER_INFER;
        knn_infer_init(&request->as.infer, &request->matrix);
        break;

    case KNN_FORMAT_CSV:
    case KNN_FORMAT_CSV_HEADER:
    case KNN_FORMAT_CSV_ROWS:
    case KNN_FORMAT_LINE:
        request->reader = KNN_READER_CSV;
        knn_csv_init(&request->as.csv, &request->matrix, request->format);
        break;

    default:
        request->reader = KNN_READER_BODY;
        knn_body_init(&request->as.body, &request->matrix, request->format,
                      request->lead.skipped);
        break;
    }
}


/* Passes bytes on. */
static knn_status_e
knn_request_pass(knn_request_t *request, const char *data, size_t size)
{
    if (request->matrix.rows.error.status != KNN_OK) {
        return request->matrix.rows.error.status;
    }

    switch (request->reader) {

    case KNN_READER_BODY:
        return knn_body_feed(&request->as.body, data, size);

    case KNN_READER_CSV:
        return knn_csv_feed(&request->as.csv, data, size);

    case KNN_READER_NPY:
        return knn_npy_feed(&request->as.npy, data, size);

    case KNN_READER_INFER:
        return knn_infer_feed(&request->as.infer, data, size);

    default:
        return knn_matrix_fail(&request->matrix, KNN_LIMIT, NULL,
                               "the body is longer than the %zu bytes that "
                               "were announced",
                               request->matrix.options.size);
    }
}


/* Passes the blanks on that a text may begin with. */
static void
knn_request_indent(knn_request_t *request, size_t rest)
{
    size_t            n;
    static const char blanks[] = "                                ";

    for (/* void */; rest > 0; rest -= n) {
        n = rest < strlen(blanks) ? rest : strlen(blanks);
        (void) knn_request_pass(request, blanks, n);
    }
}


/* Looks for the first byte that counts; returns where it is, or end. */
static const char *
knn_request_begin(knn_request_t *request, const char *data, const char *end)
{
    size_t bom;

    if (request->format == KNN_FORMAT_NPY || request->format == KNN_FORMAT_V2) {
        knn_request_start(request, *data);
        return data;
    }

    data = knn_lead_skip(&request->lead, data, end);

    if (request->lead.skipped > KNN_REQUEST_TOKEN) {
        (void) knn_matrix_fail(&request->matrix, KNN_MALFORMED, NULL,
                               "the body begins with more than %d bytes "
                               "of white space, leave them out",
                               KNN_REQUEST_TOKEN);
        return end;
    }

    if (data == end) {
        return end;
    }

    bom = request->lead.bom % strlen(KNN_BOM);
    request->lead.skipped -= bom;
    knn_request_start(request, bom == 0 ? *data : *KNN_BOM);

    if (bom > 0) {
        (void) knn_request_pass(request, KNN_BOM, bom);
    }

    if (request->reader == KNN_READER_CSV) {
        knn_request_indent(request, request->lead.blanks);
    }

    return data;
}


/* Reads a body of one row that is here as a whole; false if it is another. */
static bool
knn_request_brief(knn_request_t *request, const char *data, size_t size)
{
    const knn_request_options_t *options;

    options = &request->matrix.options;

    if (size != options->size || request->coding != NULL
        || options->info->features != NULL || options->lexed
        || (request->format != KNN_FORMAT_AUTO
            && request->format != KNN_FORMAT_JSON)
        || !knn_short_read(&request->matrix, data, size))
    {
        return false;
    }

    request->reader = KNN_READER_SHORT;

    return true;
}


/* Reads more of what is not coded, or no longer. */
static knn_status_e
knn_request_read(void *ctx, const char *data, size_t size)
{
    const char    *end;
    knn_request_t *request;

    request = ctx;
    end = data + size;

    if (request->reader == KNN_READER_NONE) {
        if (knn_request_brief(request, data, size)) {
            return KNN_OK;
        }

        data = knn_request_begin(request, data, end);
    }

    return data == end ? request->matrix.rows.error.status
                       : knn_request_pass(request, data, (size_t) (end - data));
}


size_t
knn_request_size(void)
{
    return sizeof(knn_request_t);
}


knn_request_t *
knn_request_init(void *memory, const knn_request_options_t *options)
{
    knn_matrix_t  *matrix;
    knn_request_t *request;

    request = memory;
    matrix = &request->matrix;

    knn_matrix_init(matrix, options);
    request->coding = NULL;
    request->format = options->format;
    request->reader = KNN_READER_NONE;
    request->lead = (knn_lead_t){.bom = 0};
    request->ended = false;

    if (options->coding == KNN_CODING_IDENTITY) {
        return request;
    }

    matrix->options.size = knn_coding_bound(options->size, options->max_size);
    request->coding = knn_coding_create(matrix, knn_request_read, request);

    return request->coding == NULL ? NULL : request;
}


knn_request_t *
knn_request_create(const knn_request_options_t *options)
{
    void *memory;

    memory = malloc(sizeof(knn_request_t));

    if (memory == NULL || knn_request_init(memory, options) == NULL) {
        free(memory);
        return NULL;
    }

    return memory;
}


size_t
knn_request_take(knn_request_t *request, const char *data, size_t size)
{
    if (size == 0 || request->matrix.rows.error.status != KNN_OK) {
        return size;
    }

    if (request->coding != NULL) {
        return knn_coding_feed(request->coding, data, size);
    }

    (void) knn_request_read(request, data, size);

    return size;
}


knn_status_e
knn_request_feed(knn_request_t *request, const char *data, size_t size)
{
    size_t n;

    for (/* void */; size > 0; size -= n) {
        n = knn_request_take(request, data, size);
        data += n;
    }

    return request->matrix.rows.error.status;
}


/* Refuses a body that has no byte that counts. */
static knn_status_e
knn_request_empty(knn_request_t *request)
{
    const char *expected;

    switch (request->format) {

    case KNN_FORMAT_V1:
    case KNN_FORMAT_EXAMPLES:
    case KNN_FORMAT_JSON:
        return knn_matrix_fail(&request->matrix, KNN_MALFORMED, NULL,
                               "the body is empty, send an object with the "
                               "member %s",
                               knn_body_members(request->format));

    case KNN_FORMAT_V2:
        expected = "an object with the member \"inputs\"";
        break;

    case KNN_FORMAT_JSON_LINES:
        expected = "a row in each line";
        break;

    case KNN_FORMAT_NPY:
        expected = "an array as numpy.save() writes it";
        break;

    default:
        expected = "an object with the member \"X\", or rows as CSV";
        break;
    }

    return knn_matrix_fail(&request->matrix, KNN_MALFORMED, NULL,
                           "the body is empty, send %s", expected);
}


/* Has the reader finish. */
static knn_status_e
knn_request_close(knn_request_t *request)
{
    knn_matrix_t *matrix;

    matrix = &request->matrix;

    if (request->coding != NULL && matrix->rows.error.status == KNN_OK) {
        (void) knn_coding_finish(request->coding);
    }

    if (matrix->rows.error.status != KNN_OK) {
        return matrix->rows.error.status;
    }

    switch (request->reader) {

    case KNN_READER_SHORT:
        return KNN_OK;

    case KNN_READER_BODY:
        return knn_body_finish(&request->as.body);

    case KNN_READER_CSV:
        return knn_csv_finish(&request->as.csv);

    case KNN_READER_NPY:
        return knn_npy_finish(&request->as.npy);

    case KNN_READER_INFER:
        return knn_infer_finish(&request->as.infer);

    default:
        return knn_request_empty(request);
    }
}


bool
knn_request_end(knn_request_t *request)
{
    if (!request->ended) {
        request->ended = true;
        (void) knn_request_close(request);
    }

    return request->matrix.rows.error.status != KNN_OK
           || request->reader != KNN_READER_INFER
           || knn_infer_resume(&request->as.infer);
}


knn_status_e
knn_request_finish(knn_request_t *request)
{
    while (!knn_request_end(request)) {
        /* void */
    }

    return request->matrix.rows.error.status;
}


void
knn_request_fail(knn_request_t *request, size_t row, const knn_error_t *err)
{
    bool        placed;
    knn_place_t place;

    place.n = 0;
    placed = true;

    switch (request->reader) {

    case KNN_READER_SHORT:
        knn_place_name(&place, KNN_SHORT_MEMBER, strlen(KNN_SHORT_MEMBER));
        break;

    case KNN_READER_BODY:
        place = knn_body_place_row(&request->as.body, row);
        break;

    case KNN_READER_INFER:
        knn_place_name(&place, "inputs", strlen("inputs"));
        break;

    default:
        placed = false;
        break;
    }

    (void) knn_matrix_fail(&request->matrix, err->status,
                           placed ? &place : NULL, "row %zu %s", row,
                           err->message);
}


const knn_rows_t *
knn_request_rows(const knn_request_t *request)
{
    return &request->matrix.rows;
}


void
knn_request_free(knn_request_t *request)
{
    switch (request->reader) {

    case KNN_READER_BODY:
        knn_body_free(&request->as.body);
        break;

    case KNN_READER_CSV:
        knn_csv_free(&request->as.csv);
        break;

    case KNN_READER_INFER:
        knn_infer_free(&request->as.infer);
        break;

    default:
        break;
    }

    knn_coding_destroy(request->coding);
}


void
knn_request_destroy(knn_request_t *request)
{
    if (request != NULL) {
        knn_request_free(request);
        free(request);
    }
}
