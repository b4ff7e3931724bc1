
/*
 * Copyright (C) nginx-knn contributors
 */


/* The rows of a JSON body. */


#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "number.h"
#include "text.h"


/* names up to this size may be repeated in an error */
#define KNN_ECHO 64

/* the features named in an error */
#define KNN_ECHO_LIST 240


knn_place_t
knn_json_place(const knn_json_t *json)
{
    bool        in_row;
    knn_place_t place;

    in_row = json->at == KNN_AT_ROW || json->at == KNN_AT_RECORD
             || json->at == KNN_AT_FEATURE;

    memset(&place, 0, sizeof(knn_place_t));
    place.member = json->member;
    place.has_row =
        (in_row || json->at == KNN_AT_LIST) && !json->matrix->rows.single;
    place.row = json->matrix->rows.rows;

    if (json->at == KNN_AT_ROW) {
        place.has_column = true;
        place.column = json->matrix->column;
    }

    if (json->at == KNN_AT_FEATURE) {
        place.name = json->names.list[json->feature];
        place.size = strlen(place.name);
    }

    return place;
}


knn_place_t
knn_json_row(const knn_json_t *json)
{
    knn_place_t place;

    place = knn_json_place(json);
    place.has_column = false;
    place.name = NULL;

    return place;
}


void
knn_json_rows_end(knn_json_t *json)
{
    json->at = json->member == NULL ? KNN_AT_END : KNN_AT_MEMBER;
}


int
knn_json_row_begin(knn_json_t *json, knn_at_e at, bool single)
{
    knn_place_t place;

    json->matrix->rows.single = single;

    if (knn_matrix_full(json->matrix)) {
        place = knn_json_row(json);

        if (knn_matrix_room(json->matrix, &place) != KNN_OK) {
            return 0;
        }
    }

    knn_matrix_begin(json->matrix);
    json->position = 0;
    json->at = at;

    return 1;
}


int
knn_json_row_end(knn_json_t *json)
{
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = json->matrix;

    if (matrix->column != matrix->columns) {
        place = knn_json_row(json);
        (void) knn_matrix_ragged(matrix, &place);
        return 0;
    }

    matrix->rows.rows++;

    if (matrix->rows.single) {
        knn_json_rows_end(json);
    }
    else {
        json->at = KNN_AT_LIST;
    }

    return 1;
}


/* Refuses a record that lacks a feature. */
static int
knn_json_lacks(knn_json_t *json)
{
    size_t        i;
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = json->matrix;
    place = knn_json_row(json);

    for (i = 0; i < matrix->columns; i++) {
        if (json->seen[i] != matrix->rows.rows + 1) {
            break;
        }
    }

    (void) knn_matrix_fail(matrix, KNN_SHAPE, &place,
                           "row %zu lacks feature \"%s\" of the %zu that "
                           "model \"%s\" expects",
                           matrix->rows.rows, json->names.list[i],
                           matrix->columns, matrix->options.model);

    return 0;
}


/* Refuses a name that is no feature. */
static int
knn_json_unknown(knn_json_t *json, const char *name, size_t size)
{
    int           length;
    char          known[KNN_ECHO_LIST];
    size_t        i, used;
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = json->matrix;
    place = knn_json_row(json);
    used = 0;

    for (i = 0; i < matrix->columns; i++) {
        length = snprintf(known + used, sizeof(known) - used, "%s\"%s\"",
                          i == 0 ? "" : ", ", json->names.list[i]);

        if ((size_t) length >= sizeof(known) - used - sizeof(", ...")) {
            (void) snprintf(known + used, sizeof(known) - used, "%s",
                            i == 0 ? "other names" : ", ...");
            break;
        }

        used += (size_t) length;
    }

    if (size > KNN_ECHO || !knn_text_printable(name, size)) {
        name = "(not shown)";
        size = strlen(name);
    }

    (void) knn_matrix_fail(matrix, KNN_SHAPE, &place,
                           "row %zu has the unknown feature \"%.*s\", model "
                           "\"%s\" expects %s",
                           matrix->rows.rows, (int) size, name,
                           matrix->options.model, known);

    return 0;
}


int
knn_json_feature(knn_json_t *json, const char *name, size_t size)
{
    size_t        feature;
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = json->matrix;
    feature = knn_names_find(&json->names, name, size, json->position);

    if (feature == json->names.count) {
        return knn_json_unknown(json, name, size);
    }

    json->feature = feature;
    json->position = feature + 1;
    json->at = KNN_AT_FEATURE;

    if (json->seen[feature] == matrix->rows.rows + 1) {
        place = knn_json_place(json);
        (void) knn_matrix_fail(matrix, KNN_MALFORMED, &place,
                               "row %zu has feature \"%s\" twice",
                               matrix->rows.rows, json->names.list[feature]);
        return 0;
    }

    json->seen[feature] = matrix->rows.rows + 1;

    return 1;
}


/* Refuses a number that cannot be one of a row. */
static int
knn_json_unusable(knn_json_t *json, size_t feature, size_t size)
{
    knn_place_t place;

    place = knn_json_place(json);

    if (size > KNN_REQUEST_NUMBER) {
        (void) knn_matrix_fail(json->matrix, KNN_VALUE, &place,
                               "row %zu, feature %zu is a number of %zu "
                               "characters, at most %d are read",
                               json->matrix->rows.rows, feature, size,
                               KNN_REQUEST_NUMBER);
        return 0;
    }

    (void) knn_matrix_fail(json->matrix, KNN_VALUE, &place,
                           "row %zu, feature %zu is out of range, numbers go "
                           "up to 1.7976931348623157e+308",
                           json->matrix->rows.rows, feature);

    return 0;
}


int
knn_json_store(knn_json_t *json, double value)
{
    size_t        feature;
    knn_matrix_t *matrix;

    matrix = json->matrix;
    feature = knn_json_column(json);

    /* those beyond the last feature are counted for the error */

    if (feature < matrix->columns) {
        matrix->row[feature] = value;
    }

    matrix->column++;

    if (json->at == KNN_AT_FEATURE) {
        json->at = KNN_AT_RECORD;
    }

    return 1;
}


int
knn_json_put(knn_json_t *json, const char *text, size_t size, double value)
{
    if (text != NULL
        && (size > KNN_REQUEST_NUMBER
            || knn_number_read(text, text + size, &value) == NULL
            || !isfinite(value)))
    {
        return knn_json_unusable(json, knn_json_column(json), size);
    }

    return knn_json_store(json, value);
}


int
knn_json_record_begin(knn_json_t *json, bool single)
{
    size_t        size;
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = json->matrix;

    if (matrix->options.info->feature_names == NULL) {
        place = knn_json_row(json);
        (void) knn_matrix_fail(matrix, KNN_SHAPE, &place,
                               "row %zu is an object, but model \"%s\" has no "
                               "feature names, send an array of %zu values",
                               matrix->rows.rows, matrix->options.model,
                               matrix->columns);
        return 0;
    }

    if (!knn_json_row_begin(json, KNN_AT_RECORD, single)) {
        return 0;
    }

    if (json->seen == NULL) {
        size = matrix->columns * sizeof(size_t);
        json->seen = knn_memory_alloc(&json->memory, size);
        memset(json->seen, 0, size);
    }

    return 1;
}


int
knn_json_record_end(knn_json_t *json)
{
    if (json->matrix->column < json->matrix->columns) {
        return knn_json_lacks(json);
    }

    return knn_json_row_end(json);
}
