
/*
 * Copyright (C) nginx-knn contributors
 */


/* The numbers, texts, true, false and null of a JSON body. */


#include <math.h>
#include <string.h>

#include "../text/base64.h"
#include "body.h"
#include "../text/feature.h"


/* Begins a value; false after a fault. */
static inline bool
knn_body_begin(knn_body_t *body)
{
    return knn_json_step(&body->json)
           && (body->at == KNN_AT_ROW || knn_body_ready(body));
}


/* A number, true or false. */
static int
knn_body_scalar(knn_body_t *body, const char *text, size_t size, double value)
{
    if (!knn_body_begin(body)) {
        return 0;
    }

    return knn_body_in_row(body)
               ? knn_body_put(body, text, size, value)
               : knn_body_other(body,
                                text != NULL ? "a number" : "true or false");
}


static int
knn_body_number(void *ctx, const char *text, size_t size)
{
    return knn_body_scalar(ctx, text, size, 0);
}


static int
knn_body_boolean(void *ctx, int value)
{
    return knn_body_scalar(ctx, NULL, 0, value != 0);
}


static int
knn_body_null(void *ctx)
{
    knn_body_t *body;

    body = ctx;

    return knn_json_step(&body->json) && knn_body_other(body, "null");
}


/* The name of an output. */
static int
knn_body_output(knn_body_t *body, const char *text, size_t size)
{
    unsigned      output;
    knn_error_t   err;
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = body->matrix;
    output = knn_outputs_parse(text, size, &err);

    if (output == 0
        || knn_outputs_check(output, matrix->options.info,
                             matrix->options.model, &err)
               != KNN_OK)
    {
        place.n = 0;
        knn_place_name(&place, "outputs", strlen("outputs"));
        (void) knn_matrix_fail(matrix, err.status, &place, "%s", err.message);
        return 0;
    }

    matrix->rows.outputs |= output;

    return 1;
}


/* A string that is no value of a row. */
static int
knn_body_word(knn_body_t *body, const char *text, size_t size)
{
    switch (body->at) {

    case KNN_AT_OUTPUT:
        return knn_body_output(body, text, size);

    case KNN_AT_NAME:
        return knn_body_name(body, text, size);

    default:
        return knn_body_other(body, "a string");
    }
}


static int
knn_body_string(void *ctx, const unsigned char *text, size_t size)
{
    knn_body_t *body;

    body = ctx;

    return knn_json_step(&body->json)
           && knn_body_word(body, (const char *) text, size);
}


/* Takes a number, true or false where there may be texts. */
static int
knn_body_mixed_scalar(knn_body_t *body, const char *text, size_t size,
                      double value)
{
    const char          *type;
    const knn_feature_t *feature;

    if (!knn_body_begin(body)) {
        return 0;
    }

    type = text != NULL ? "a number" : "true or false";

    if (!knn_body_in_row(body)) {
        return knn_body_other(body, type);
    }

    feature = knn_body_takes(body);

    if (feature != NULL && feature->n_texts > 0) {
        return knn_body_wrong(body, type);
    }

    return knn_body_put(body, text, size, value);
}


static int
knn_body_mixed_number(void *ctx, const char *text, size_t size)
{
    return knn_body_mixed_scalar(ctx, text, size, 0);
}


static int
knn_body_mixed_boolean(void *ctx, int value)
{
    return knn_body_mixed_scalar(ctx, NULL, 0, value != 0);
}


static int
knn_body_mixed_null(void *ctx)
{
    knn_body_t          *body;
    const knn_feature_t *feature;

    body = ctx;

    if (!knn_body_begin(body)) {
        return 0;
    }

    if (!knn_body_in_row(body)) {
        return knn_body_other(body, "null");
    }

    feature = knn_body_takes(body);

    if (feature != NULL && !feature->missing) {
        return knn_body_wrong(body, "null");
    }

    return knn_body_store(body, NAN);
}


bool
knn_body_takes_coded(const knn_body_t *body)
{
    const knn_feature_t *feature;

    if (!knn_body_in_row(body)
        || (body->format != KNN_FORMAT_V1
            && body->format != KNN_FORMAT_EXAMPLES))
    {
        return false;
    }

    feature = knn_body_takes(body);

    return feature != NULL && !knn_feature_is_number(feature);
}


/* Takes a text of a row. */
static int
knn_body_text(knn_body_t *body, const char *text, size_t size)
{
    double               code;
    knn_place_t          place;
    const knn_feature_t *feature;

    feature = knn_body_takes(body);

    if (feature == NULL) {
        return knn_body_store(body, 0);
    }

    if (knn_feature_is_number(feature)) {
        return knn_body_wrong(body, "a string");
    }

    code = knn_feature_code(feature, text, size);

    if (code == KNN_TEXT_UNKNOWN && !feature->open) {
        place = knn_body_place(body);
        (void) knn_feature_unknown(body->matrix, knn_body_column(body), &place,
                                   text, size);
        return 0;
    }

    return knn_body_store(body, code);
}


/* Takes a text of a row that is in base64. */
static int
knn_body_coded(knn_body_t *body, const char *text, size_t size)
{
    int         done;
    char       *decoded;
    knn_place_t place;

    decoded = knn_memory_alloc(&body->json.memory, size + 1);
    size = knn_base64_decode(text, size, decoded);
    body->at = body->back;

    if (size == SIZE_MAX) {
        place = knn_body_place(body);
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                               "row %zu, feature %zu is \"b64\", but no "
                               "base64",
                               body->matrix->rows.rows, knn_body_column(body));
        return 0;
    }

    done = knn_body_text(body, decoded, size);
    knn_memory_free(&body->json.memory, decoded);

    body->back = body->at;
    body->at = KNN_AT_CODED_END;

    return done;
}


static int
knn_body_mixed_string(void *ctx, const unsigned char *text, size_t size)
{
    knn_body_t *body;
    const char *s;

    body = ctx;
    s = (const char *) text;

    if (!knn_body_begin(body)) {
        return 0;
    }

    if (knn_body_in_row(body)) {
        return knn_body_text(body, s, size);
    }

    return body->at == KNN_AT_BASE64 ? knn_body_coded(body, s, size)
                                     : knn_body_word(body, s, size);
}


const knn_json_meaning_t knn_body_plain = {
    .values = {.yajl_null = knn_body_null,
               .yajl_boolean = knn_body_boolean,
               .yajl_number = knn_body_number,
               .yajl_string = knn_body_string,
               .yajl_start_map = knn_body_map_begin,
               .yajl_map_key = knn_body_key,
               .yajl_end_map = knn_body_map_end,
               .yajl_start_array = knn_body_array_begin,
               .yajl_end_array = knn_body_array_end},
    .not_finite = knn_body_not_finite,
    .outranks = knn_body_surplus,
    .scan = knn_body_scan};

const knn_json_meaning_t knn_body_mixed = {
    .values = {.yajl_null = knn_body_mixed_null,
               .yajl_boolean = knn_body_mixed_boolean,
               .yajl_number = knn_body_mixed_number,
               .yajl_string = knn_body_mixed_string,
               .yajl_start_map = knn_body_map_begin,
               .yajl_map_key = knn_body_key,
               .yajl_end_map = knn_body_map_end,
               .yajl_start_array = knn_body_array_begin,
               .yajl_end_array = knn_body_array_end},
    .not_finite = knn_body_not_finite,
    .outranks = knn_body_surplus,
    .scan = knn_body_scan};
