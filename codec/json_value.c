
/*
 * Copyright (C) nginx-knn contributors
 */


/* The numbers, texts, true, false and null of a JSON body. */


#include <math.h>
#include <string.h>

#include "feature.h"
#include "json.h"


/* Begins the only row where its first value is; false after a fault. */
static inline bool
knn_json_begin(knn_json_t *json)
{
    if (!knn_json_step(json)) {
        return false;
    }

    return json->at != KNN_AT_LIST || json->matrix->rows.rows != 0
           || knn_json_row_begin(json, KNN_AT_ROW, true);
}


/* True if the value is one of a row. */
static inline bool
knn_json_in_row(const knn_json_t *json)
{
    return json->at == KNN_AT_ROW || json->at == KNN_AT_FEATURE;
}


/* A number, true or false. */
static int
knn_json_scalar(knn_json_t *json, const char *text, size_t size, double value)
{
    if (!knn_json_begin(json)) {
        return 0;
    }

    return knn_json_in_row(json)
               ? knn_json_put(json, text, size, value)
               : knn_json_other(json,
                                text != NULL ? "a number" : "true or false");
}


static int
knn_json_number(void *ctx, const char *text, size_t size)
{
    return knn_json_scalar(ctx, text, size, 0);
}


static int
knn_json_boolean(void *ctx, int value)
{
    return knn_json_scalar(ctx, NULL, 0, value != 0);
}


static int
knn_json_null(void *ctx)
{
    return knn_json_step(ctx) && knn_json_other(ctx, "null");
}


/* The name of an output, or what is none. */
static int
knn_json_name(knn_json_t *json, const char *text, size_t size)
{
    unsigned      output;
    knn_error_t   err;
    knn_place_t   place;
    knn_matrix_t *matrix;

    if (json->at != KNN_AT_OUTPUT) {
        return knn_json_other(json, "a string");
    }

    matrix = json->matrix;
    output = knn_outputs_parse(text, size, &err);

    if (output == 0
        || knn_outputs_check(output, matrix->options.info,
                             matrix->options.model, &err)
               != KNN_OK)
    {
        memset(&place, 0, sizeof(knn_place_t));
        place.member = "outputs";
        (void) knn_matrix_fail(matrix, err.status, &place, "%s", err.message);
        return 0;
    }

    matrix->rows.outputs |= output;

    return 1;
}


static int
knn_json_string(void *ctx, const unsigned char *text, size_t size)
{
    return knn_json_step(ctx) && knn_json_name(ctx, (const char *) text, size);
}


/* Takes a number, true or false where there may be texts. */
static int
knn_json_mixed_scalar(knn_json_t *json, const char *text, size_t size,
                      double value)
{
    const char          *type;
    const knn_feature_t *feature;

    if (!knn_json_begin(json)) {
        return 0;
    }

    type = text != NULL ? "a number" : "true or false";

    if (!knn_json_in_row(json)) {
        return knn_json_other(json, type);
    }

    feature = knn_json_takes(json);

    if (feature != NULL && feature->n_texts > 0) {
        return knn_json_wrong(json, type);
    }

    return knn_json_put(json, text, size, value);
}


static int
knn_json_mixed_number(void *ctx, const char *text, size_t size)
{
    return knn_json_mixed_scalar(ctx, text, size, 0);
}


static int
knn_json_mixed_boolean(void *ctx, int value)
{
    return knn_json_mixed_scalar(ctx, NULL, 0, value != 0);
}


static int
knn_json_mixed_null(void *ctx)
{
    knn_json_t          *json;
    const knn_feature_t *feature;

    json = ctx;

    if (!knn_json_begin(json)) {
        return 0;
    }

    if (!knn_json_in_row(json)) {
        return knn_json_other(json, "null");
    }

    feature = knn_json_takes(json);

    if (feature != NULL && !feature->missing) {
        return knn_json_wrong(json, "null");
    }

    return knn_json_store(json, NAN);
}


static int
knn_json_mixed_string(void *ctx, const unsigned char *text, size_t size)
{
    double               code;
    knn_json_t          *json;
    knn_place_t          place;
    const char          *s;
    const knn_feature_t *feature;

    json = ctx;
    s = (const char *) text;

    if (!knn_json_begin(json)) {
        return 0;
    }

    if (!knn_json_in_row(json)) {
        return knn_json_name(json, s, size);
    }

    feature = knn_json_takes(json);

    if (feature == NULL) {
        return knn_json_store(json, 0);
    }

    if (knn_feature_is_number(feature)) {
        return knn_json_wrong(json, "a string");
    }

    code = knn_feature_code(feature, s, size);

    if (code == KNN_TEXT_UNKNOWN && !feature->open) {
        place = knn_json_place(json);
        (void) knn_feature_unknown(json->matrix, knn_json_column(json), &place,
                                   s, size);
        return 0;
    }

    return knn_json_store(json, code);
}


const yajl_callbacks knn_json_plain = {.yajl_null = knn_json_null,
                                       .yajl_boolean = knn_json_boolean,
                                       .yajl_number = knn_json_number,
                                       .yajl_string = knn_json_string,
                                       .yajl_start_map = knn_json_map_begin,
                                       .yajl_map_key = knn_json_key,
                                       .yajl_end_map = knn_json_map_end,
                                       .yajl_start_array = knn_json_array_begin,
                                       .yajl_end_array = knn_json_array_end};

const yajl_callbacks knn_json_mixed = {.yajl_null = knn_json_mixed_null,
                                       .yajl_boolean = knn_json_mixed_boolean,
                                       .yajl_number = knn_json_mixed_number,
                                       .yajl_string = knn_json_mixed_string,
                                       .yajl_start_map = knn_json_map_begin,
                                       .yajl_map_key = knn_json_key,
                                       .yajl_end_map = knn_json_map_end,
                                       .yajl_start_array = knn_json_array_begin,
                                       .yajl_end_array = knn_json_array_end};
