
/*
 * Copyright (C) nginx-knn contributors
 */


/* Rows that come as an object of columns, and the names of a data frame. */


#include <string.h>

#include "body.h"


int
knn_body_column_begin(knn_body_t *body)
{
    knn_matrix_t *matrix;

    matrix = body->matrix;

    if (body->at == KNN_AT_COLUMN) {
        /* a value may be the only one of an array */

        if (body->cell > 0) {
            return knn_body_wrong(body, "an array");
        }

        body->cell = matrix->rows.rows + 1;

        return 1;
    }

    if (body->at == KNN_AT_FEATURE) {
        /* the first value tells that the only row is none */

        if (!matrix->rows.single || matrix->column > 0) {
            return knn_body_wrong(body, "an array");
        }

        matrix->rows.single = false;
    }

    body->at = KNN_AT_COLUMN;

    return 1;
}


int
knn_body_cell_begin(knn_body_t *body)
{
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = body->matrix;

    if (knn_matrix_full(matrix)) {
        place = knn_body_place(body);

        /* the other columns of the body cannot be as long */

        if (matrix->capacity > 0 && matrix->capacity < matrix->options.max_rows)
        {
            (void) knn_matrix_fail(matrix, KNN_SHAPE, &place,
                                   "column \"%s\" has more than %zu values, "
                                   "which is more than the others have",
                                   body->names.list[body->feature],
                                   matrix->capacity);
            return 0;
        }

        if (knn_matrix_room(matrix, &place) != KNN_OK) {
            return 0;
        }
    }

    knn_matrix_begin(matrix);

    return 1;
}


/* Ends the array of a value. */
static int
knn_body_cell_end(knn_body_t *body)
{
    size_t      count;
    knn_place_t place;

    count = body->matrix->rows.rows + 1 - body->cell;

    if (count != 1) {
        place = knn_body_place(body);
        (void) knn_matrix_fail(body->matrix, KNN_SHAPE, &place,
                               "row %zu, feature %zu is an array of %zu "
                               "values, but a feature has one",
                               body->cell - 1, body->feature, count);
        return 0;
    }

    body->cell = 0;

    return 1;
}


int
knn_body_column_end(knn_body_t *body)
{
    size_t        rows;
    knn_place_t   place;
    knn_matrix_t *matrix;

    if (body->cell > 0) {
        return knn_body_cell_end(body);
    }

    if (body->scalars) {
        body->at = body->behind;
        return 1;
    }

    matrix = body->matrix;
    rows = matrix->rows.rows;
    body->at = KNN_AT_VALUES;

    if (rows == 0) {
        place = knn_body_place(body);
        (void) knn_matrix_fail(matrix, KNN_SHAPE, &place,
                               "there is no row, column \"%s\" is empty",
                               body->names.list[body->feature]);
        return 0;
    }

    if (body->columns > 0 && rows != body->height) {
        place = knn_body_place(body);
        (void) knn_matrix_fail(matrix, KNN_SHAPE, &place,
                               "column \"%s\" has %zu values, but the first "
                               "one has %zu",
                               body->names.list[body->feature], rows,
                               body->height);
        return 0;
    }

    body->height = rows;
    body->columns++;
    matrix->rows.rows = 0;
    body->at = KNN_AT_COLUMNS;

    return 1;
}


int
knn_body_columns_end(knn_body_t *body)
{
    if (body->columns < body->matrix->columns) {
        return knn_body_lacks(body);
    }

    body->matrix->rows.rows = body->height;
    body->at = body->behind;

    return 1;
}


int
knn_body_part(knn_body_t *body, const char *name, size_t size)
{
    if (size == strlen("data") && memcmp(name, "data", size) == 0) {
        if (body->filled) {
            return knn_body_twice(body, "data", "data");
        }

        body->filled = true;
        body->at = KNN_AT_ROWS;
        body->behind = KNN_AT_PART;

        return 1;
    }

    if (size == strlen("columns") && memcmp(name, "columns", size) == 0) {
        if (body->named) {
            return knn_body_twice(body, "columns", "columns");
        }

        body->named = true;
        body->at = KNN_AT_NAMES;

        return 1;
    }

    return knn_body_skip(body);
}


int
knn_body_name(knn_body_t *body, const char *name, size_t size)
{
    size_t        bytes;
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = body->matrix;

    if (body->names.count == 0) {
        return 1;
    }

    if (body->map == NULL) {
        bytes = matrix->columns * sizeof(size_t);
        body->map = knn_memory_alloc(&body->json.memory, bytes);
        body->seen = knn_memory_alloc(&body->json.memory, bytes);
        memset(body->seen, 0, bytes);
    }

    body->feature = knn_names_find(&body->names, name, size, body->mapped);

    if (body->feature == body->names.count) {
        return knn_body_unknown(body, name, size);
    }

    if (body->seen[body->feature] == SIZE_MAX) {
        return knn_body_again(body);
    }

    body->moved |= body->feature != body->mapped;

    if (body->moved && body->filled) {
        place = knn_body_place(body);
        (void) knn_matrix_fail(matrix, KNN_MALFORMED, &place,
                               "\"columns\" comes after \"data\" and is not "
                               "in the model's order, send it before");
        return 0;
    }

    body->seen[body->feature] = SIZE_MAX;
    body->map[body->mapped++] = body->feature;

    return 1;
}


int
knn_body_names_end(knn_body_t *body)
{
    if (body->names.count > 0 && body->mapped < body->matrix->columns) {
        return knn_body_lacks(body);
    }

    body->at = KNN_AT_PART;

    if (!body->moved) {
        body->map = NULL;
    }

    return 1;
}


int
knn_body_frame_end(knn_body_t *body)
{
    knn_place_t place;

    body->at = KNN_AT_MEMBER;

    if (body->filled) {
        return 1;
    }

    place = knn_body_place(body);
    (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                           "\"%s\" lacks the member that holds the rows: "
                           "\"data\"",
                           body->member);
    return 0;
}
