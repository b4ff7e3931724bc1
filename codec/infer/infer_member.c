
/*
 * Copyright (C) nginx-knn contributors
 */


/* The members of an inference request. */


#include <string.h>

#include "infer.h"
#include "../text/text.h"


/* a member, and where its value is due */
typedef struct {
    const char    *name;
    knn_infer_at_e at;
} knn_infer_member_t;


#define KNN_INFER_MEMBERS 5

/* by scope; others are skipped */
static const knn_infer_member_t knn_infer_members[][KNN_INFER_MEMBERS] = {
    [KNN_INFER_BODY] = {{"id", KNN_INFER_ID},
                        {"inputs", KNN_INFER_INPUTS},
                        {"outputs", KNN_INFER_OUTPUTS},
                        {"parameters", KNN_INFER_PARAMETERS}},
    [KNN_INFER_INPUT] = {{"name", KNN_INFER_NAME},
                         {"shape", KNN_INFER_SHAPE},
                         {"datatype", KNN_INFER_DATATYPE},
                         {"data", KNN_INFER_DATA},
                         {"parameters", KNN_INFER_PARAMETERS}},
    [KNN_INFER_OUTPUT] = {{"name", KNN_INFER_NAME},
                          {"parameters", KNN_INFER_PARAMETERS}}};


/* what a value begins with, and what is due in it */
typedef struct {
    knn_token_e    type;
    knn_infer_at_e at;
} knn_infer_inside_t;


/* by what is due */
static const knn_infer_inside_t knn_infer_insides[] = {
    [KNN_INFER_START] = {KNN_TOKEN_OBJECT, KNN_INFER_BODY},
    [KNN_INFER_INPUTS] = {KNN_TOKEN_ARRAY, KNN_INFER_EACH_INPUT},
    [KNN_INFER_OUTPUTS] = {KNN_TOKEN_ARRAY, KNN_INFER_EACH_OUTPUT},
    [KNN_INFER_SHAPE] = {KNN_TOKEN_ARRAY, KNN_INFER_DIM},
    [KNN_INFER_PARAMETERS] = {KNN_TOKEN_OBJECT, KNN_INFER_PARAMETER},
    [KNN_INFER_EACH_INPUT] = {KNN_TOKEN_OBJECT, KNN_INFER_INPUT},
    [KNN_INFER_EACH_OUTPUT] = {KNN_TOKEN_OBJECT, KNN_INFER_OUTPUT}};


/* A member of the body, an input or an output. */
static int
knn_infer_member(knn_infer_t *infer, const char *name, size_t size)
{
    size_t                    i;
    unsigned                 *seen;
    const knn_infer_member_t *member;

    for (i = 0; i < KNN_INFER_MEMBERS; i++) {
        member = &knn_infer_members[infer->scope][i];

        if (member->name == NULL || size != strlen(member->name)
            || memcmp(name, member->name, size) != 0)
        {
            continue;
        }

        seen = &infer->members[infer->scope];

        if (*seen & 1u << member->at) {
            return knn_infer_fail(infer, member->at, KNN_MALFORMED,
                                  "\"%s\" is there twice, leave one out",
                                  member->name);
        }

        *seen |= 1u << member->at;
        infer->at = member->at;

        return 1;
    }

    infer->at = KNN_INFER_OTHER;
    infer->depth = 0;

    return 1;
}


int
knn_infer_key(knn_infer_t *infer, const char *name, size_t size)
{
    switch (infer->at) {

    case KNN_INFER_BODY:
    case KNN_INFER_INPUT:
    case KNN_INFER_OUTPUT:
        return knn_infer_member(infer, name, size);

    case KNN_INFER_PARAMETER:
        return knn_infer_parameter(infer, name, size);

    default:
        return 1;
    }
}


/* Goes on behind a value that was skipped. */
static void
knn_infer_skipped(knn_infer_t *infer)
{
    if (infer->depth == 0) {
        infer->at = infer->within ? KNN_INFER_PARAMETER : infer->scope;
    }
}


int
knn_infer_end(knn_infer_t *infer)
{
    switch (infer->at) {

    case KNN_INFER_BODY:
        infer->at = KNN_INFER_END;
        return 1;

    case KNN_INFER_INPUT:
        return knn_infer_input_end(infer);

    case KNN_INFER_OUTPUT:
        return knn_infer_output_end(infer);

    case KNN_INFER_PARAMETER:
        infer->within = false;
        infer->at = infer->scope;
        return 1;

    default:
        infer->depth--;
        knn_infer_skipped(infer);
        return 1;
    }
}


/* Skips a value, or more of it. */
static int
knn_infer_skip(knn_infer_t *infer, const knn_token_t *token)
{
    if (token->type == KNN_TOKEN_ARRAY || token->type == KNN_TOKEN_OBJECT) {
        infer->depth++;
        return 1;
    }

    infer->depth -= token->type == KNN_TOKEN_ARRAY_END;
    knn_infer_skipped(infer);

    return 1;
}


/* Keeps the name of the request. */
static int
knn_infer_id(knn_infer_t *infer, const knn_token_t *token)
{
    char       *id;
    size_t      n;
    knn_rows_t *rows;
    const char *p, *end;

    rows = &infer->matrix->rows;
    end = token->text + token->size;

    for (p = token->text; p < end; p += n) {
        n = knn_text_char(p, end);

        if (n == 0) {
            return knn_infer_fail(infer, KNN_INFER_ID, KNN_MALFORMED,
                                  "\"id\" has half of a surrogate pair, send "
                                  "valid text");
        }
    }

    id = knn_memory_alloc(&infer->json.memory, token->size + 1);
    memcpy(id, token->text, token->size);

    rows->id = id;
    rows->id_size = token->size;

    return 1;
}


/* Takes a string. */
static int
knn_infer_string(knn_infer_t *infer, const knn_token_t *token)
{
    knn_infer_at_e at;

    at = infer->at;

    if (token->type != KNN_TOKEN_STRING) {
        return knn_infer_wrong(infer, token);
    }

    infer->at = infer->scope;

    if (at == KNN_INFER_ID) {
        return knn_infer_id(infer, token);
    }

    if (at == KNN_INFER_DATATYPE) {
        return knn_infer_datatype(infer, token->text, token->size);
    }

    return infer->scope == KNN_INFER_INPUT
               ? knn_infer_name(infer, token->text, token->size)
               : knn_infer_output_name(infer, token->text, token->size);
}


/* Goes into an object or an array, or on behind the end of one. */
static int
knn_infer_open(knn_infer_t *infer, const knn_token_t *token)
{
    const knn_infer_inside_t *inside;

    inside = &knn_infer_insides[infer->at];

    if (token->type == KNN_TOKEN_ARRAY_END) {
        infer->at = infer->scope;
        return 1;
    }

    if (token->type != inside->type) {
        return knn_infer_wrong(infer, token);
    }

    infer->at = inside->at;

    if (infer->at == KNN_INFER_INPUT) {
        knn_infer_input_begin(infer);
    }
    else if (infer->at == KNN_INFER_OUTPUT) {
        knn_infer_output_begin(infer);
    }
    else if (infer->at == KNN_INFER_PARAMETER) {
        infer->within = true;
        infer->settings = 0;
    }

    return 1;
}


/* True for null in the place of what may be left out. */
static bool
knn_infer_absent(const knn_infer_t *infer, const knn_token_t *token)
{
    return token->type == KNN_TOKEN_NULL
           && (infer->at == KNN_INFER_ID || infer->at == KNN_INFER_OUTPUTS
               || infer->at == KNN_INFER_DATA
               || infer->at == KNN_INFER_PARAMETERS);
}


int
knn_infer_token(knn_infer_t *infer, const knn_token_t *token)
{
    if (knn_infer_absent(infer, token)) {
        infer->at = infer->scope;
        return 1;
    }

    switch (infer->at) {

    case KNN_INFER_ID:
    case KNN_INFER_NAME:
    case KNN_INFER_DATATYPE:
        return knn_infer_string(infer, token);

    case KNN_INFER_DATA:
        return knn_infer_data(infer, token);

    case KNN_INFER_DIM:
        return knn_infer_dim(infer, token);

    case KNN_INFER_ELEMENT:
        return knn_infer_element(infer, token);

    case KNN_INFER_SETTING:
        return knn_infer_setting(infer, token);

    case KNN_INFER_OTHER:
        return knn_infer_skip(infer, token);

    default:
        return knn_infer_open(infer, token);
    }
}
