
/*
 * Copyright (C) nginx-knn contributors
 */


/* What the members of a JSON body mean. */


#include <string.h>

#include "body.h"


/* formats as bits */
#define KNN_JSON     (1u << KNN_FORMAT_JSON)
#define KNN_V1       (1u << KNN_FORMAT_V1)
#define KNN_EXAMPLES (1u << KNN_FORMAT_EXAMPLES)


/* the members that are known, by format, and where their values are */
static const struct {
    const char *name;
    unsigned    formats;
    knn_at_e    at;
} knn_body_known[] = {
    {"X", KNN_JSON, KNN_AT_ROWS},
    {"instances", KNN_JSON | KNN_V1, KNN_AT_ROWS},
    {"inputs", KNN_JSON | KNN_V1, KNN_AT_ROWS},
    {"dataframe_split", KNN_JSON, KNN_AT_FRAME},
    {"dataframe_records", KNN_JSON, KNN_AT_ROWS},
    {"data", KNN_JSON, KNN_AT_ROWS},
    {"input_data", KNN_JSON, KNN_AT_FRAME},
    {"examples", KNN_EXAMPLES, KNN_AT_ROWS},
    {"outputs", KNN_JSON | KNN_V1, KNN_AT_OUTPUTS},
};

#define KNN_BODY_KNOWN (sizeof(knn_body_known) / sizeof(knn_body_known[0]))


const char *
knn_body_members(knn_format_e format)
{
    switch (format) {

    case KNN_FORMAT_V1:
        return "\"instances\" or \"inputs\"";

    case KNN_FORMAT_EXAMPLES:
        return "\"examples\"";

    default:
        return "\"X\", \"instances\", \"inputs\", \"dataframe_split\", "
               "\"dataframe_records\", \"data\" or \"input_data\"";
    }
}


int
knn_body_skip(knn_body_t *body)
{
    body->back = body->at;
    body->at = KNN_AT_OTHER;
    body->depth = 0;

    return 1;
}


int
knn_body_other(knn_body_t *body, const char *type)
{
    if (body->at == KNN_AT_NAME && body->names.count == 0) {
        return 1;
    }

    if (body->at != KNN_AT_OTHER) {
        return knn_body_wrong(body, type);
    }

    if (body->depth == 0) {
        body->at = body->back;
    }

    return 1;
}


/* A member of the body. */
static int
knn_body_member(knn_body_t *body, const char *name, size_t size)
{
    size_t i;

    for (i = 0; i < KNN_BODY_KNOWN; i++) {
        if (size == strlen(knn_body_known[i].name)
            && memcmp(name, knn_body_known[i].name, size) == 0
            && (knn_body_known[i].formats & 1u << body->format))
        {
            break;
        }
    }

    if (i == KNN_BODY_KNOWN) {
        return knn_body_skip(body);
    }

    name = knn_body_known[i].name;
    body->at = knn_body_known[i].at;

    if (body->at == KNN_AT_OUTPUTS) {
        if (body->outputs) {
            return knn_body_twice(body, name, name);
        }

        body->outputs = true;

        return 1;
    }

    if (body->member != NULL) {
        return knn_body_twice(body, name, body->member);
    }

    body->member = name;
    body->behind = KNN_AT_MEMBER;
    body->matrix->rows.columnar =
        body->format == KNN_FORMAT_V1 && strcmp(name, "inputs") == 0;

    return 1;
}


int
knn_body_key(void *ctx, const unsigned char *text, size_t size)
{
    knn_body_t *body;
    const char *name;

    body = ctx;
    name = (const char *) text;

    if (!knn_json_step(&body->json)) {
        return 0;
    }

    switch (body->at) {

    case KNN_AT_MEMBER:
        return knn_body_member(body, name, size);

    case KNN_AT_RECORD:
    case KNN_AT_COLUMNS:
        return knn_body_feature(body, name, size);

    case KNN_AT_PART:
        return knn_body_part(body, name, size);

    case KNN_AT_LINE:
        return knn_body_skip(body);

    case KNN_AT_CODED:
        body->at = KNN_AT_BASE64;

        return (size == 3 && memcmp(name, "b64", 3) == 0)
               || knn_body_wrong(body, "another member");

    case KNN_AT_CODED_END:
        return knn_body_wrong(body, "another member");

    default:
        return 1;
    }
}


void
knn_body_init(knn_body_t *body, knn_matrix_t *matrix, knn_format_e format,
              size_t skipped)
{
    const knn_model_info_t *info;

    info = matrix->options.info;

    body->matrix = matrix;
    body->format = format;
    body->at = KNN_AT_START;
    body->next = format == KNN_FORMAT_JSON_LINES ? KNN_AT_START : KNN_AT_LIST;
    body->behind = KNN_AT_END;
    body->outputs = false;
    body->member = NULL;
    body->named = false;
    body->filled = false;
    body->feature = 0;
    body->seen = NULL;
    body->columns = 0;
    body->cell = 0;
    body->scalars = false;
    body->map = NULL;
    body->mapped = 0;
    body->moved = false;

    knn_names_init(&body->names, info->feature_names, info->n_features);
    knn_json_init(&body->json, matrix,
                  info->features == NULL ? &knn_body_plain : &knn_body_mixed,
                  body, skipped, matrix->options.size);
    body->json.many = format == KNN_FORMAT_JSON_LINES;
}


knn_status_e
knn_body_feed(knn_body_t *body, const char *data, size_t size)
{
    return knn_json_feed(&body->json, data, size);
}


knn_status_e
knn_body_finish(knn_body_t *body)
{
    knn_status_e status;

    status = knn_json_finish(&body->json);

    if (status == KNN_OK && body->matrix->rows.rows == 0) {
        return knn_matrix_fail(body->matrix, KNN_MALFORMED, NULL,
                               "the body lacks the member that holds the "
                               "rows: %s",
                               knn_body_members(body->format));
    }

    return status;
}


void
knn_body_free(knn_body_t *body)
{
    knn_names_free(&body->names);
    knn_json_free(&body->json);
}
