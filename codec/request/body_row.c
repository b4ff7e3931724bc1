
/*
 * Copyright (C) nginx-knn contributors
 */


/* The rows of a JSON body. */


#include <math.h>
#include <string.h>

#include "body.h"
#include "../text/number.h"


knn_place_t
knn_body_place_row(const knn_body_t *body, size_t row)
{
    knn_place_t place;

    place.n = 0;

    if (body->member != NULL) {
        knn_place_name(&place, body->member, strlen(body->member));
    }

    if (body->at == KNN_AT_NAMES || body->at == KNN_AT_NAME) {
        knn_place_name(&place, "columns", strlen("columns"));
    }
    else if (body->filled) {
        knn_place_name(&place, "data", strlen("data"));
    }

    if (row != SIZE_MAX && !body->matrix->rows.single && body->columns == 0) {
        knn_place_index(&place, row);
    }

    return place;
}


/* The place of the row that is being read, or of all if none is. */
static knn_place_t
knn_body_row(const knn_body_t *body)
{
    switch (body->at) {

    case KNN_AT_LIST:
    case KNN_AT_ROW:
    case KNN_AT_RECORD:
    case KNN_AT_FEATURE:
        return knn_body_place_row(body, body->matrix->rows.rows);

    default:
        return knn_body_place_row(body, SIZE_MAX);
    }
}


knn_place_t
knn_body_place(const knn_body_t *body)
{
    const char *name;
    knn_place_t place;

    place = knn_body_row(body);

    if (body->at == KNN_AT_ROW) {
        knn_place_index(&place, body->matrix->column);
    }

    if (body->at == KNN_AT_FEATURE || body->at == KNN_AT_VALUES
        || (body->at == KNN_AT_COLUMN && !body->scalars))
    {
        name = body->names.list[body->feature];
        knn_place_name(&place, name, strlen(name));
    }

    if (body->at == KNN_AT_COLUMN) {
        knn_place_index(&place, body->matrix->rows.rows);
    }

    return place;
}


int
knn_body_row_begin(knn_body_t *body, knn_at_e at, bool single)
{
    knn_place_t place;

    body->matrix->rows.single = single;

    if (knn_matrix_full(body->matrix)) {
        place = knn_body_row(body);

        if (knn_matrix_room(body->matrix, &place) != KNN_OK) {
            return 0;
        }
    }

    knn_matrix_begin(body->matrix);
    body->position = 0;
    body->at = at;

    return 1;
}


int
knn_body_row_end(knn_body_t *body)
{
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = body->matrix;

    if (matrix->column != matrix->columns) {
        place = knn_body_row(body);
        (void) knn_matrix_ragged(matrix, &place);
        return 0;
    }

    matrix->rows.rows++;

    body->at = matrix->rows.single ? body->behind : body->next;

    return 1;
}


int
knn_body_feature(knn_body_t *body, const char *name, size_t size)
{
    knn_matrix_t *matrix;

    matrix = body->matrix;

    body->feature =
        body->names.count == 0
            ? 0
            : knn_names_find(&body->names, name, size, body->position);

    if (body->feature == body->names.count) {
        if (body->format == KNN_FORMAT_JSON_LINES && matrix->column == 0
            && size == strlen("features")
            && memcmp(name, "features", size) == 0)
        {
            body->at = KNN_AT_FEATURES;
            body->next = KNN_AT_LINE;

            return 1;
        }

        return body->names.count == 0 ? knn_body_nameless(body)
                                      : knn_body_unknown(body, name, size);
    }

    body->position = body->feature + 1;
    body->at = body->at == KNN_AT_RECORD ? KNN_AT_FEATURE : KNN_AT_VALUES;

    if (body->seen[body->feature] == matrix->rows.rows + 1) {
        return knn_body_again(body);
    }

    body->seen[body->feature] = matrix->rows.rows + 1;

    return 1;
}


bool
knn_body_ready(knn_body_t *body)
{
    knn_matrix_t *matrix;

    matrix = body->matrix;

    if (body->at == KNN_AT_LIST && matrix->rows.rows == 0) {
        if (body->format != KNN_FORMAT_V1 || matrix->columns > 1) {
            return knn_body_row_begin(body, KNN_AT_ROW, true);
        }

        body->scalars = true;
        body->feature = 0;
        body->at = KNN_AT_COLUMN;
    }

    return body->at != KNN_AT_COLUMN || knn_body_cell_begin(body);
}


/* Refuses a number that cannot be one of a row. */
static int
knn_body_unusable(knn_body_t *body, size_t feature, size_t size)
{
    knn_place_t place;

    place = knn_body_place(body);

    if (size > KNN_REQUEST_NUMBER) {
        (void) knn_matrix_fail(body->matrix, KNN_VALUE, &place,
                               "row %zu, feature %zu is a number of %zu "
                               "characters, at most %d are read",
                               body->matrix->rows.rows, feature, size,
                               KNN_REQUEST_NUMBER);
        return 0;
    }

    (void) knn_matrix_fail(body->matrix, KNN_VALUE, &place,
                           "row %zu, feature %zu is out of range, numbers go "
                           "up to 1.7976931348623157e+308",
                           body->matrix->rows.rows, feature);

    return 0;
}


int
knn_body_store(knn_body_t *body, double value)
{
    size_t        feature;
    knn_matrix_t *matrix;

    matrix = body->matrix;
    feature = knn_body_column(body);

    /* those beyond the last feature are counted for the error */

    if (feature < matrix->columns) {
        matrix->row[feature] = value;
    }

    matrix->column++;

    if (body->at == KNN_AT_ROW) {
        return 1;
    }

    if (body->at == KNN_AT_FEATURE) {
        body->at = KNN_AT_RECORD;
    }
    else {
        matrix->rows.rows++;
    }

    return 1;
}


int
knn_body_put(knn_body_t *body, const char *text, size_t size, double value)
{
    if (text != NULL
        && (size > KNN_REQUEST_NUMBER
            || knn_number_read(text, text + size, &value) == NULL
            || !isfinite(value)))
    {
        return knn_body_unusable(body, knn_body_column(body), size);
    }

    return knn_body_store(body, value);
}


int
knn_body_record_begin(knn_body_t *body, bool single)
{
    size_t size;

    body->matrix->rows.single = single;

    /* a line may be an object of another kind */

    if (body->names.count == 0 && body->format != KNN_FORMAT_JSON_LINES) {
        return knn_body_nameless(body);
    }

    if (!knn_body_row_begin(body, KNN_AT_RECORD, single)) {
        return 0;
    }

    if (body->seen == NULL) {
        size = body->matrix->columns * sizeof(size_t);
        body->seen = knn_memory_alloc(&body->json.memory, size);
        memset(body->seen, 0, size);
    }

    return 1;
}


int
knn_body_record_end(knn_body_t *body)
{
    if (body->matrix->column < body->matrix->columns) {
        return body->names.count == 0 ? knn_body_nameless(body)
                                      : knn_body_lacks(body);
    }

    return knn_body_row_end(body);
}
