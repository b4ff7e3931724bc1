
/*
 * Copyright (C) nginx-knn contributors
 */


/* What the members, objects and arrays of a JSON body mean. */


#include <string.h>

#include "json.h"


static const char *const knn_rows_members[] = {"X", "instances", "inputs",
                                               "dataframe_records"};


int
knn_json_other(knn_json_t *json, const char *type)
{
    if (json->at != KNN_AT_OTHER) {
        return knn_json_wrong(json, type);
    }

    if (json->depth_other == 0) {
        json->at = KNN_AT_MEMBER;
    }

    return 1;
}


/* Refuses a member for another of its kind. */
static int
knn_json_twice(knn_json_t *json, const char *name, const char *other)
{
    knn_place_t place;

    memset(&place, 0, sizeof(knn_place_t));
    place.member = name;

    (void) knn_matrix_fail(json->matrix, KNN_MALFORMED, &place,
                           "the body has \"%s\" after \"%s\", one of them is "
                           "enough",
                           name, other);

    return 0;
}


/* A member of the body. */
static int
knn_json_member(knn_json_t *json, const char *name, size_t size)
{
    size_t i;

    if (size == strlen("outputs") && memcmp(name, "outputs", size) == 0) {
        if (json->has_outputs) {
            return knn_json_twice(json, "outputs", "outputs");
        }

        json->has_outputs = true;
        json->at = KNN_AT_OUTPUTS;

        return 1;
    }

    for (i = 0; i < sizeof(knn_rows_members) / sizeof(char *); i++) {
        if (size != strlen(knn_rows_members[i])
            || memcmp(name, knn_rows_members[i], size) != 0)
        {
            continue;
        }

        if (json->member != NULL) {
            return knn_json_twice(json, knn_rows_members[i], json->member);
        }

        json->member = knn_rows_members[i];
        json->at = KNN_AT_ROWS;

        return 1;
    }

    json->at = KNN_AT_OTHER;
    json->depth_other = 0;

    return 1;
}


int
knn_json_key(void *ctx, const unsigned char *text, size_t size)
{
    knn_json_t *json;

    json = ctx;

    if (!knn_json_step(json)) {
        return 0;
    }

    switch (json->at) {

    case KNN_AT_MEMBER:
        return knn_json_member(json, (const char *) text, size);

    case KNN_AT_RECORD:
        return knn_json_feature(json, (const char *) text, size);

    default:
        return 1;
    }
}


/* Goes one level down. */
static bool
knn_json_down(knn_json_t *json)
{
    if (!knn_json_step(json)) {
        return false;
    }

    if (++json->depth <= KNN_REQUEST_DEPTH) {
        return true;
    }

    (void) knn_matrix_fail(json->matrix, KNN_MALFORMED, NULL,
                           "the body is nested more than %d levels deep, at "
                           "byte offset %zu",
                           KNN_REQUEST_DEPTH, json->last - 1);

    return false;
}


int
knn_json_map_begin(void *ctx)
{
    knn_json_t *json;

    json = ctx;

    if (!knn_json_down(json)) {
        return 0;
    }

    switch (json->at) {

    case KNN_AT_START:
        json->at = KNN_AT_MEMBER;
        return 1;

    case KNN_AT_ROWS:
        return knn_json_record_begin(json, true);

    case KNN_AT_LIST:
        return knn_json_record_begin(json, false);

    case KNN_AT_OTHER:
        json->depth_other++;
        return 1;

    default:
        return knn_json_wrong(json, "an object");
    }
}


int
knn_json_map_end(void *ctx)
{
    knn_json_t *json;

    json = ctx;
    json->depth--;

    if (!knn_json_step(json)) {
        return 0;
    }

    switch (json->at) {

    case KNN_AT_MEMBER:
        json->at = KNN_AT_END;
        return 1;

    case KNN_AT_RECORD:
        return knn_json_record_end(json);

    default:
        json->depth_other--;
        return knn_json_other(json, NULL);
    }
}


int
knn_json_array_begin(void *ctx)
{
    knn_json_t *json;

    json = ctx;

    if (!knn_json_down(json)) {
        return 0;
    }

    switch (json->at) {

    case KNN_AT_START:
    case KNN_AT_ROWS:
        json->at = KNN_AT_LIST;
        return 1;

    case KNN_AT_LIST:
        return knn_json_row_begin(json, KNN_AT_ROW, false);

    case KNN_AT_OUTPUTS:
        json->at = KNN_AT_OUTPUT;
        json->matrix->rows.outputs = 0;
        return 1;

    case KNN_AT_OTHER:
        json->depth_other++;
        return 1;

    default:
        return knn_json_wrong(json, "an array");
    }
}


/* Ends the list of rows, which may not be empty. */
static int
knn_json_list_end(knn_json_t *json)
{
    knn_place_t place;

    if (json->matrix->rows.rows == 0) {
        place = knn_json_row(json);
        place.has_row = false;
        (void) knn_matrix_fail(json->matrix, KNN_SHAPE, &place,
                               "there is no row, model \"%s\" expects rows of "
                               "%zu features",
                               json->matrix->options.model,
                               json->matrix->columns);
        return 0;
    }

    knn_json_rows_end(json);

    return 1;
}


/* Ends the list of outputs, which may not be empty. */
static int
knn_json_outputs_end(knn_json_t *json)
{
    if (json->matrix->rows.outputs == 0) {
        return knn_json_wrong(json, "nothing");
    }

    json->at = KNN_AT_MEMBER;

    return 1;
}


int
knn_json_array_end(void *ctx)
{
    knn_json_t *json;

    json = ctx;
    json->depth--;

    if (!knn_json_step(json)) {
        return 0;
    }

    switch (json->at) {

    case KNN_AT_ROW:
        return knn_json_row_end(json);

    case KNN_AT_LIST:
        return knn_json_list_end(json);

    case KNN_AT_OUTPUT:
        return knn_json_outputs_end(json);

    default:
        json->depth_other--;
        return knn_json_other(json, NULL);
    }
}
