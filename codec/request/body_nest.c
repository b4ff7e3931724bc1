
/*
 * Copyright (C) nginx-knn contributors
 */


/* What the objects and arrays of a JSON body mean. */


#include <string.h>

#include "body.h"


int
knn_body_map_begin(void *ctx)
{
    knn_body_t *body;

    body = ctx;

    if (!knn_json_down(&body->json)) {
        return 0;
    }

    switch (body->at) {

    case KNN_AT_START:
        if (body->format == KNN_FORMAT_JSON_LINES) {
            return knn_body_record_begin(body, false);
        }

        body->at = KNN_AT_MEMBER;
        return 1;

    case KNN_AT_ROWS:
        return knn_body_record_begin(body, true);

    case KNN_AT_LIST:
        return knn_body_record_begin(body, false);

    case KNN_AT_FRAME:
        body->at = KNN_AT_PART;
        return 1;

    case KNN_AT_OTHER:
        body->depth++;
        return 1;

    default:
        if (!knn_body_takes_coded(body)) {
            return knn_body_wrong(body, "an object");
        }

        if (!knn_body_ready(body)) {
            return 0;
        }

        body->back = body->at;
        body->at = KNN_AT_CODED;

        return 1;
    }
}


int
knn_body_map_end(void *ctx)
{
    knn_body_t *body;

    body = ctx;

    if (!knn_json_up(&body->json)) {
        return 0;
    }

    switch (body->at) {

    case KNN_AT_MEMBER:
        body->at = KNN_AT_END;
        return 1;

    case KNN_AT_RECORD:
        return knn_body_record_end(body);

    case KNN_AT_COLUMNS:
        return knn_body_columns_end(body);

    case KNN_AT_PART:
        return knn_body_frame_end(body);

    case KNN_AT_LINE:
        body->at = body->next = KNN_AT_START;
        return 1;

    case KNN_AT_CODED:
        return knn_body_wrong(body, "nothing");

    case KNN_AT_CODED_END:
        body->at = body->back;
        return 1;

    default:
        body->depth--;
        return knn_body_other(body, NULL);
    }
}


/* Begins the list of rows where one may be. */
static int
knn_body_list_begin(knn_body_t *body, bool expected)
{
    if (!expected) {
        return knn_body_wrong(body, "an array");
    }

    body->at = KNN_AT_LIST;

    return 1;
}


int
knn_body_array_begin(void *ctx)
{
    knn_body_t *body;

    body = ctx;

    if (!knn_json_down(&body->json)) {
        return 0;
    }

    switch (body->at) {

    case KNN_AT_START:
        if (body->format == KNN_FORMAT_JSON_LINES) {
            return knn_body_row_begin(body, KNN_AT_ROW, false);
        }

        return knn_body_list_begin(body, body->format == KNN_FORMAT_JSON);

    case KNN_AT_FRAME:
        return knn_body_list_begin(body,
                                   strcmp(body->member, "input_data") == 0);

    case KNN_AT_ROWS:
        return knn_body_list_begin(body, true);

    case KNN_AT_LIST:
        return knn_body_row_begin(body, KNN_AT_ROW, false);

    case KNN_AT_FEATURES:
        body->at = KNN_AT_ROW;
        return 1;

    case KNN_AT_FEATURE:
    case KNN_AT_VALUES:
    case KNN_AT_COLUMN:
        return knn_body_column_begin(body);

    case KNN_AT_NAMES:
        body->at = KNN_AT_NAME;
        return 1;

    case KNN_AT_OUTPUTS:
        body->at = KNN_AT_OUTPUT;
        body->matrix->rows.outputs = 0;
        return 1;

    case KNN_AT_OTHER:
        body->depth++;
        return 1;

    default:
        return knn_body_wrong(body, "an array");
    }
}


/* Ends the list of rows, which may not be empty. */
static int
knn_body_list_end(knn_body_t *body)
{
    knn_place_t place;

    if (body->matrix->rows.rows == 0) {
        place = knn_body_place_row(body, SIZE_MAX);
        (void) knn_matrix_fail(body->matrix, KNN_SHAPE, &place,
                               "there is no row, model \"%s\" expects rows of "
                               "%zu features",
                               body->matrix->options.model,
                               body->matrix->columns);
        return 0;
    }

    body->at = body->behind;

    return 1;
}


/* Ends the list of outputs, which may not be empty. */
static int
knn_body_outputs_end(knn_body_t *body)
{
    if (body->matrix->rows.outputs == 0) {
        return knn_body_wrong(body, "nothing");
    }

    body->at = KNN_AT_MEMBER;

    return 1;
}


int
knn_body_array_end(void *ctx)
{
    knn_body_t *body;

    body = ctx;

    if (!knn_json_up(&body->json)) {
        return 0;
    }

    switch (body->at) {

    case KNN_AT_ROW:
        return knn_body_row_end(body);

    case KNN_AT_LIST:
        return knn_body_list_end(body);

    case KNN_AT_COLUMN:
        return knn_body_column_end(body);

    case KNN_AT_NAME:
        return knn_body_names_end(body);

    case KNN_AT_OUTPUT:
        return knn_body_outputs_end(body);

    default:
        body->depth--;
        return knn_body_other(body, NULL);
    }
}
