
/*
 * Copyright (C) nginx-knn contributors
 */


/* A body of JSON, of tensors, or of the one and the others. */


#include <stdlib.h>
#include <string.h>

#include "infer.h"


#define KNN_INFER_HEADER "Inference-Header-Content-Length"


/* Takes a token where one ends. */
static inline int
knn_infer_take(knn_infer_t *infer, knn_token_e type, const char *text,
               size_t size)
{
    knn_token_t token;

    token.type = type;
    token.text = text;
    token.size = size;

    return knn_infer_token(infer, &token);
}


static int
knn_infer_on_null(void *ctx)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_step(&infer->json)
           && knn_infer_take(infer, KNN_TOKEN_NULL, NULL, 0);
}


static int
knn_infer_on_boolean(void *ctx, int value)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_step(&infer->json)
           && knn_infer_take(
               infer, value != 0 ? KNN_TOKEN_TRUE : KNN_TOKEN_FALSE, NULL, 0);
}


static int
knn_infer_on_number(void *ctx, const char *text, size_t size)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_step(&infer->json)
           && knn_infer_take(infer, KNN_TOKEN_NUMBER, text, size);
}


static int
knn_infer_on_string(void *ctx, const unsigned char *text, size_t size)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_step(&infer->json)
           && knn_infer_take(infer, KNN_TOKEN_STRING, (const char *) text,
                             size);
}


static int
knn_infer_on_map(void *ctx)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_down(&infer->json)
           && knn_infer_take(infer, KNN_TOKEN_OBJECT, NULL, 0);
}


static int
knn_infer_on_key(void *ctx, const unsigned char *text, size_t size)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_step(&infer->json)
           && knn_infer_key(infer, (const char *) text, size);
}


static int
knn_infer_on_map_end(void *ctx)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_up(&infer->json) && knn_infer_end(infer);
}


static int
knn_infer_on_array(void *ctx)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_down(&infer->json)
           && knn_infer_take(infer, KNN_TOKEN_ARRAY, NULL, 0);
}


static int
knn_infer_on_array_end(void *ctx)
{
    knn_infer_t *infer;

    infer = ctx;

    return knn_json_up(&infer->json)
           && knn_infer_take(infer, KNN_TOKEN_ARRAY_END, NULL, 0);
}


/* Refuses NaN or Infinity where a value is due. */
static void
knn_infer_not_finite(void *ctx, const char *name)
{
    knn_infer_t *infer;

    infer = ctx;

    (void) knn_infer_fail(infer, infer->at, KNN_VALUE,
                          "there is %s, which is no number of JSON%s", name,
                          *name == 'N' ? ", send null for a missing value"
                                       : "");
}


/* No fault counts more than one of syntax. */
static bool
knn_infer_outranks(void *ctx)
{
    (void) ctx;

    return false;
}


static const knn_json_meaning_t knn_infer_meaning = {
    .values = {.yajl_null = knn_infer_on_null,
               .yajl_boolean = knn_infer_on_boolean,
               .yajl_number = knn_infer_on_number,
               .yajl_string = knn_infer_on_string,
               .yajl_start_map = knn_infer_on_map,
               .yajl_map_key = knn_infer_on_key,
               .yajl_end_map = knn_infer_on_map_end,
               .yajl_start_array = knn_infer_on_array,
               .yajl_end_array = knn_infer_on_array_end},
    .not_finite = knn_infer_not_finite,
    .outranks = knn_infer_outranks,
    .scan = knn_infer_scan};


/* Makes an input of a body without JSON: one row of FP64. */
static void
knn_infer_raw(knn_infer_t *infer)
{
    knn_infer_input_t *input;

    knn_infer_input_begin(infer);

    input = &infer->input;
    input->datatype = KNN_FP64;
    input->dims = 2;
    input->shape[0] = 1;
    input->shape[1] = infer->matrix->columns;
    input->count = infer->matrix->columns;

    if (knn_infer_place(infer)) {
        infer->tensor.size = input->count * sizeof(double);
    }

    infer->n_inputs = 1;
    infer->binary = true;
    infer->headed = true;
    knn_infer_outputs(infer);
}


void
knn_infer_init(knn_infer_t *infer, knn_matrix_t *matrix)
{
    size_t                       header;
    const knn_request_options_t *options;

    options = &matrix->options;
    header = options->header;

    memset(infer, 0, sizeof(knn_infer_t));

    infer->matrix = matrix;
    infer->scope = KNN_INFER_BODY;

    knn_names_init(&infer->names, options->info->feature_names,
                   options->info->n_features);
    knn_json_init(&infer->json, matrix, &knn_infer_meaning, infer, 0,
                  header < options->size ? header : options->size);

    if (header == 0) {
        knn_infer_raw(infer);
    }
    else if (header != KNN_NO_HEADER && header > options->size) {
        (void) knn_matrix_fail(matrix, KNN_MALFORMED, NULL,
                               "the header " KNN_INFER_HEADER
                               " says %zu bytes of JSON, but the body has not "
                               "so many",
                               header);
    }
}


/* Settles what the JSON has said. */
static knn_status_e
knn_infer_settle(knn_infer_t *infer)
{
    const knn_infer_input_t *input;

    infer->headed = true;
    input = &infer->input;

    if (!knn_infer_inputs_end(infer)) {
        return infer->matrix->rows.error.status;
    }

    infer->scope = KNN_INFER_INPUT;
    infer->index = 0;

    if ((infer->table || input->table) && infer->n_columns == 0
        && input->dims == 1 && infer->matrix->columns > 1)
    {
        (void) knn_infer_fail(infer, KNN_INFER_NAME, KNN_SHAPE,
                              "it is a column by the content type \"pd\", but "
                              "no feature of model \"%s\" has this name",
                              infer->matrix->options.model);
    }

    if (infer->n_tensors > 0 && infer->matrix->options.header == KNN_NO_HEADER)
    {
        infer->index = infer->tensors[0].input;
        (void) knn_infer_fail(infer, KNN_INFER_INPUT, KNN_MALFORMED,
                              "it is binary, but the header " KNN_INFER_HEADER
                              " is missing, which tells where it begins");
    }

    knn_infer_outputs(infer);
    infer->tensor.size = 0;

    return infer->matrix->rows.error.status;
}


/* The JSON has ended. */
static knn_status_e
knn_infer_header_end(knn_infer_t *infer)
{
    knn_status_e status;

    status = knn_json_finish(&infer->json);

    return status == KNN_OK ? knn_infer_settle(infer) : status;
}


knn_status_e
knn_infer_feed(knn_infer_t *infer, const char *data, size_t size)
{
    size_t       n, left;
    knn_status_e status;

    if (!infer->headed) {
        left = infer->matrix->options.header - infer->read;
        n = size < left ? size : left;
        status = knn_json_feed(&infer->json, data, n);

        if (status != KNN_OK) {
            return status;
        }

        infer->read += n;
        data += n;
        size -= n;

        if (infer->read == infer->matrix->options.header) {
            status = knn_infer_header_end(infer);
        }

        if (status != KNN_OK || size == 0) {
            return status;
        }
    }

    return knn_infer_tensors(infer, data, size);
}


knn_status_e
knn_infer_finish(knn_infer_t *infer)
{
    knn_status_e status;

    if (!infer->headed) {
        status = knn_infer_header_end(infer);

        if (status != KNN_OK) {
            return status;
        }

        if (infer->matrix->options.header != KNN_NO_HEADER) {
            return knn_matrix_fail(infer->matrix, KNN_MALFORMED, NULL,
                                   "the body ends before the %zu bytes of JSON "
                                   "that the header " KNN_INFER_HEADER " says",
                                   infer->matrix->options.header);
        }
    }

    return knn_infer_tensors_end(infer);
}


void
knn_infer_free(knn_infer_t *infer)
{
    knn_names_free(&infer->names);
    knn_json_free(&infer->json);
    free(infer->carry);
}
