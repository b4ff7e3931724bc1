
/*
 * Copyright (C) nginx-knn contributors
 */


/* What is wrong with a body that is JSON. */


#include <stdio.h>
#include <string.h>

#include "body.h"
#include "../text/feature.h"
#include "../text/text.h"


/* names up to this size may be repeated in an error */
#define KNN_ECHO 64

/* the features named in an error */
#define KNN_ECHO_LIST 240


int
knn_body_twice(knn_body_t *body, const char *name, const char *other)
{
    knn_place_t place;

    place.n = 0;

    if (body->at == KNN_AT_PART) {
        knn_place_name(&place, body->member, strlen(body->member));
    }

    knn_place_name(&place, name, strlen(name));

    (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                           "%s%s%s has \"%s\" after \"%s\", one of them is "
                           "enough",
                           place.n > 1 ? "\"" : "",
                           place.n > 1 ? body->member : "the body",
                           place.n > 1 ? "\"" : "", name, other);

    return 0;
}


int
knn_body_nameless(knn_body_t *body)
{
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = body->matrix;
    place = knn_body_place_row(body, matrix->rows.rows);

    (void) knn_matrix_fail(matrix, KNN_SHAPE, &place,
                           "row %zu is an object, but model \"%s\" has no "
                           "feature names, send %s of %zu values",
                           matrix->rows.rows, matrix->options.model,
                           body->format == KNN_FORMAT_EXAMPLES
                               ? "arrays by \"instances\" to :predict,"
                           : body->format == KNN_FORMAT_JSON_LINES
                               ? "{\"features\":[...]} or an array"
                               : "an array",
                           matrix->columns);

    return 0;
}


/* The names of the features, as many as fit. */
static const char *
knn_body_list(const knn_body_t *body, char *buf, size_t size)
{
    int    length;
    size_t i, used;

    used = 0;

    for (i = 0; i < body->names.count; i++) {
        length = snprintf(buf + used, size - used, "%s\"%s\"",
                          i == 0 ? "" : ", ", body->names.list[i]);

        if ((size_t) length >= size - used - sizeof(", ...")) {
            (void) snprintf(buf + used, size - used, "%s",
                            i == 0 ? "other names" : ", ...");
            break;
        }

        used += (size_t) length;
    }

    return buf;
}


/* What is being read: "row 3", or the names of columns. */
static const char *
knn_body_what(const knn_body_t *body, char *buf, size_t size)
{
    if (body->at == KNN_AT_NAME) {
        return "\"columns\"";
    }

    (void) snprintf(buf, size, "row %zu", body->matrix->rows.rows);

    return buf;
}


int
knn_body_unknown(knn_body_t *body, const char *name, size_t size)
{
    char          known[KNN_ECHO_LIST], what[KNN_ECHO];
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = body->matrix;
    place = knn_body_place(body);

    if (size > KNN_ECHO || !knn_text_printable(name, size)) {
        name = "(not shown)";
        size = strlen(name);
    }

    (void) knn_matrix_fail(
        matrix, KNN_SHAPE, &place,
        "%s has the unknown feature \"%.*s\", model \"%s\" expects %s",
        knn_body_what(body, what, sizeof(what)), (int) size, name,
        matrix->options.model, knn_body_list(body, known, sizeof(known)));

    return 0;
}


int
knn_body_again(knn_body_t *body)
{
    char        what[KNN_ECHO];
    knn_place_t place;

    place = knn_body_place(body);

    (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                           "%s has feature \"%s\" twice",
                           knn_body_what(body, what, sizeof(what)),
                           body->names.list[body->feature]);

    return 0;
}


int
knn_body_lacks(knn_body_t *body)
{
    char          what[KNN_ECHO];
    size_t        i, mark;
    knn_place_t   place;
    knn_matrix_t *matrix;

    matrix = body->matrix;
    place = knn_body_place(body);
    mark = body->at == KNN_AT_NAME ? SIZE_MAX : matrix->rows.rows + 1;

    for (i = 0; i < matrix->columns - 1; i++) {
        if (body->seen == NULL || body->seen[i] != mark) {
            break;
        }
    }

    (void) knn_matrix_fail(matrix, KNN_SHAPE, &place,
                           "%s lacks feature \"%s\" of the %zu that model "
                           "\"%s\" expects",
                           knn_body_what(body, what, sizeof(what)),
                           body->names.list[i], matrix->columns,
                           matrix->options.model);

    return 0;
}


/* Refuses a value of a row. */
static void
knn_body_wrong_value(knn_body_t *body, const knn_place_t *place,
                     const char *type)
{
    size_t               index;
    const knn_feature_t *feature;

    index = knn_body_column(body);
    feature = knn_body_takes(body);

    if (feature != NULL && feature->n_texts > 0) {
        (void) knn_feature_no_text(body->matrix, index, place, type);
        return;
    }

    (void) knn_matrix_fail(
        body->matrix, KNN_MALFORMED, place,
        "row %zu, feature %zu is %s, but a row holds numbers, true and "
        "false%s%s",
        body->matrix->rows.rows, index, type, feature == NULL ? "" : " there",
        strcmp(type, "null") == 0 ? ", the model has no imputer for it" : "");
}


/* Refuses a value of something that is known by its name. */
static void
knn_body_wrong_member(knn_body_t *body, const char *type)
{
    knn_place_t place;

    place = knn_body_place(body);

    switch (body->at) {

    case KNN_AT_OUTPUTS:
    case KNN_AT_OUTPUT:
        place.n = 0;
        knn_place_name(&place, "outputs", strlen("outputs"));
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                               "\"outputs\" holds %s, but is an array of "
                               "\"predict\", \"predict_proba\" and "
                               "\"kneighbors\"",
                               type);
        break;

    case KNN_AT_FRAME:
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                               "\"%s\" is %s, but is an object of the members "
                               "\"columns\" and \"data\"",
                               body->member, type);
        break;

    case KNN_AT_NAMES:
    case KNN_AT_NAME:
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                               "\"columns\" holds %s, but is an array of "
                               "feature names",
                               type);
        break;

    default:
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                               "\"%s\" is %s, but holds a row or a list of "
                               "rows: arrays of numbers, or objects by "
                               "feature name",
                               body->member, type);
        break;
    }
}


/* Refuses what is no body, or no line of one. */
static void
knn_body_wrong_body(knn_body_t *body, const char *type)
{
    if (body->format == KNN_FORMAT_JSON_LINES) {
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, NULL,
                               "row %zu is %s, but a line is an array of "
                               "numbers, an object by feature name or "
                               "{\"features\":[...]}",
                               body->matrix->rows.rows, type);
        return;
    }

    (void) knn_matrix_fail(
        body->matrix, KNN_MALFORMED, NULL,
        "the body is %s, but must be an object with the member %s%s", type,
        knn_body_members(body->format),
        body->format == KNN_FORMAT_JSON ? ", or an array of rows" : "");
}


int
knn_body_wrong(knn_body_t *body, const char *type)
{
    knn_place_t place;

    place = knn_body_place(body);

    switch (body->at) {

    case KNN_AT_ROW:
    case KNN_AT_FEATURE:
    case KNN_AT_COLUMN:
        knn_body_wrong_value(body, &place, type);
        break;

    case KNN_AT_LIST:
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                               "row %zu is %s, but a row is an array of "
                               "numbers or an object by feature name",
                               body->matrix->rows.rows, type);
        break;

    case KNN_AT_VALUES:
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                               "column \"%s\" is %s, but the first one is an "
                               "array",
                               body->names.list[body->feature], type);
        break;

    case KNN_AT_FEATURES:
    case KNN_AT_START:
        knn_body_wrong_body(body, type);
        break;

    case KNN_AT_CODED:
    case KNN_AT_BASE64:
    case KNN_AT_CODED_END:
        body->at = body->back;
        place = knn_body_place(body);
        (void) knn_matrix_fail(body->matrix, KNN_MALFORMED, &place,
                               "a text in base64 holds %s, but is "
                               "{\"b64\":\"...\"}",
                               type);
        break;

    default:
        knn_body_wrong_member(body, type);
        break;
    }

    return 0;
}


bool
knn_body_surplus(void *ctx)
{
    knn_body_t *body;
    knn_place_t place;

    body = ctx;

    if (body->at != KNN_AT_ROW || body->matrix->column <= body->matrix->columns)
    {
        return false;
    }

    place = knn_body_place_row(body, body->matrix->rows.rows);
    (void) knn_matrix_ragged(body->matrix, &place);

    return true;
}


void
knn_body_not_finite(void *ctx, const char *name)
{
    size_t               feature;
    knn_body_t          *body;
    knn_place_t          place;
    knn_matrix_t        *matrix;
    const knn_feature_t *takes;

    body = ctx;
    matrix = body->matrix;
    place = knn_body_place(body);

    if (body->at == KNN_AT_LIST) {
        feature = 0;

        if (matrix->rows.rows == 0) {
            /* it would have been the only row's first value */
            place = knn_body_place_row(body, SIZE_MAX);
            knn_place_index(&place, 0);
        }
    }
    else if (knn_body_in_row(body)) {
        feature = knn_body_column(body);
    }
    else {
        (void) knn_matrix_fail(matrix, KNN_VALUE, NULL,
                               "the body holds %s, which is no number of JSON",
                               name);
        return;
    }

    takes = knn_body_takes(body);

    (void) knn_matrix_fail(matrix, KNN_VALUE, &place,
                           "row %zu, feature %zu is %s, but %s",
                           matrix->rows.rows, feature, name,
                           takes != NULL && takes->missing && *name == 'N'
                               ? "JSON has null for missing values"
                               : "features are finite numbers");
}
