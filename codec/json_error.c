
/*
 * Copyright (C) nginx-knn contributors
 */


/* What is wrong with JSON that is none. */


#include <string.h>

#include "feature.h"
#include "json.h"


/* Refuses a value of a row. */
static void
knn_json_wrong_value(knn_json_t *json, const knn_place_t *place,
                     const char *type)
{
    size_t               index;
    const knn_feature_t *feature;

    index = knn_json_column(json);
    feature = knn_json_takes(json);

    if (feature != NULL && feature->n_texts > 0) {
        (void) knn_feature_no_text(json->matrix, index, place, type);
        return;
    }

    (void) knn_matrix_fail(
        json->matrix, KNN_MALFORMED, place,
        "row %zu, feature %zu is %s, but a row holds numbers, true and "
        "false%s%s",
        json->matrix->rows.rows, index, type, feature == NULL ? "" : " there",
        strcmp(type, "null") == 0 ? ", the model has no imputer for it" : "");
}


int
knn_json_wrong(knn_json_t *json, const char *type)
{
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = json->matrix;
    place = knn_json_place(json);

    switch (json->at) {

    case KNN_AT_ROW:
    case KNN_AT_FEATURE:
        knn_json_wrong_value(json, &place, type);
        break;

    case KNN_AT_LIST:
        (void) knn_matrix_fail(matrix, KNN_MALFORMED, &place,
                               "row %zu is %s, but a row is an array of "
                               "numbers or an object by feature name",
                               matrix->rows.rows, type);
        break;

    case KNN_AT_OUTPUTS:
    case KNN_AT_OUTPUT:
        place.member = "outputs";
        (void) knn_matrix_fail(matrix, KNN_MALFORMED, &place,
                               "\"outputs\" holds %s, but is an array of "
                               "\"predict\", \"predict_proba\" and "
                               "\"kneighbors\"",
                               type);
        break;

    case KNN_AT_ROWS:
        (void) knn_matrix_fail(matrix, KNN_MALFORMED, &place,
                               "\"%s\" is %s, but holds a row or a list of "
                               "rows: arrays of numbers, or objects by "
                               "feature name",
                               json->member, type);
        break;

    default:
        (void) knn_matrix_fail(matrix, KNN_MALFORMED, NULL,
                               "the body is %s, but must be an object with "
                               "the member " KNN_JSON_MEMBERS
                               ", or an array of rows",
                               type);
        break;
    }

    return 0;
}


/* True after the refusal of a row that had too many features already. */
static bool
knn_json_surplus(knn_json_t *json)
{
    knn_place_t place;

    if (json->at != KNN_AT_ROW || json->matrix->column <= json->matrix->columns)
    {
        return false;
    }

    place = knn_json_row(json);
    (void) knn_matrix_ragged(json->matrix, &place);

    return true;
}


knn_status_e
knn_json_gap(knn_json_t *json)
{
    if (knn_json_surplus(json)) {
        return KNN_SHAPE;
    }

    return knn_matrix_fail(json->matrix, KNN_MALFORMED, NULL,
                           "a value of the body is longer than the %d bytes "
                           "that are read, after byte offset %zu",
                           KNN_REQUEST_TOKEN, json->last);
}


knn_status_e
knn_json_truncated(knn_json_t *json)
{
    if (knn_json_surplus(json)) {
        return KNN_SHAPE;
    }

    return knn_matrix_fail(json->matrix, KNN_MALFORMED, NULL,
                           "the body is not JSON: it ends too early, at byte "
                           "offset %zu",
                           json->base);
}


/* Refuses a NaN or infinity at the place that it has. */
static knn_status_e
knn_json_not_finite(knn_json_t *json, const char *name)
{
    size_t               feature;
    knn_place_t          place;
    knn_matrix_t        *matrix;
    const knn_feature_t *takes;

    matrix = json->matrix;
    matrix->rows.error.status = KNN_OK;

    place = knn_json_place(json);
    feature = 0;

    switch (json->at) {

    case KNN_AT_LIST:
        if (matrix->rows.rows == 0) {
            /* it would have been the only row's first value */
            place.has_row = false;
            place.has_column = true;
        }

        break;

    case KNN_AT_ROW:
        feature = matrix->column;
        break;

    case KNN_AT_FEATURE:
        feature = json->feature;
        break;

    default:
        return knn_matrix_fail(matrix, KNN_VALUE, NULL,
                               "the body holds %s, which is no number of JSON",
                               name);
    }

    takes = knn_json_takes(json);

    return knn_matrix_fail(matrix, KNN_VALUE, &place,
                           "row %zu, feature %zu is %s, but %s",
                           matrix->rows.rows, feature, name,
                           takes != NULL && takes->missing && *name == 'N'
                               ? "JSON has null for missing values"
                               : "features are finite numbers");
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
        return knn_json_not_finite(json, json->literal_name);
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

    if (knn_json_surplus(json)) {
        return KNN_SHAPE;
    }

    reason = strstr(text, ": ");
    reason = reason == NULL ? text : reason + 2;
    length = (int) strcspn(reason, ".\n");

    (void) knn_matrix_fail(json->matrix, KNN_MALFORMED, NULL,
                           "the body is not JSON at byte offset %zu: %.*s",
                           offset, length, reason);

    return knn_json_look(json, data, size, offset - json->base, text);
}
