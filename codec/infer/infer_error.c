
/*
 * Copyright (C) nginx-knn contributors
 */


/* What is wrong with an inference request, and where. */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "infer.h"


/* what a value is called and what it must be */
typedef struct {
    const char *name;
    const char *due;
} knn_infer_value_t;


static const knn_infer_value_t knn_infer_values[] = {
    [KNN_INFER_START] = {NULL, "an object with the member \"inputs\""},
    [KNN_INFER_ID] = {"id", "a string"},
    [KNN_INFER_INPUTS] = {"inputs", "an array of objects"},
    [KNN_INFER_OUTPUTS] = {"outputs", "an array of objects"},
    [KNN_INFER_NAME] = {"name", "a string"},
    [KNN_INFER_SHAPE] = {"shape", "an array of integers"},
    [KNN_INFER_DATATYPE] = {"datatype", "a string"},
    [KNN_INFER_DATA] = {"data", "an array"},
    [KNN_INFER_PARAMETERS] = {"parameters", "an object"},
    [KNN_INFER_EACH_INPUT] = {"inputs", "an array of objects"},
    [KNN_INFER_EACH_OUTPUT] = {"outputs", "an array of objects"},
    [KNN_INFER_DIM] = {"shape", "an array of integers"},
    [KNN_INFER_ELEMENT] = {"data", "an array"},
    [KNN_INFER_END] = {NULL, NULL}};

static const char *const knn_infer_types[] = {
    [KNN_TOKEN_NULL] = "null",          [KNN_TOKEN_FALSE] = "true or false",
    [KNN_TOKEN_TRUE] = "true or false", [KNN_TOKEN_NUMBER] = "a number",
    [KNN_TOKEN_STRING] = "a string",    [KNN_TOKEN_ARRAY] = "an array",
    [KNN_TOKEN_OBJECT] = "an object"};


/* Goes on to a member. */
static void
knn_infer_step(knn_place_t *place, const char *name)
{
    knn_place_name(place, name, strlen(name));
}


/* Goes on to an element of "data", as deep as a place may be. */
static void
knn_infer_steps(knn_place_t *place, const knn_nest_t *nest)
{
    unsigned d;

    for (d = 1; d <= nest->depth && place->n < KNN_PLACE_STEPS; d++) {
        knn_place_index(place, nest->length[d]);
    }
}


knn_place_t
knn_infer_where(const knn_infer_t *infer, knn_infer_at_e at)
{
    knn_place_t place;

    place.n = 0;

    if (infer->scope != KNN_INFER_BODY) {
        knn_infer_step(&place,
                       infer->scope == KNN_INFER_INPUT ? "inputs" : "outputs");
        knn_place_index(&place, infer->index);
    }

    if (at == KNN_INFER_SETTING) {
        knn_infer_step(&place, "parameters");
        knn_infer_step(&place, infer->setting);
    }
    else if (knn_infer_values[at].name != NULL) {
        knn_infer_step(&place, knn_infer_values[at].name);
    }

    if (at == KNN_INFER_EACH_INPUT) {
        knn_place_index(&place, infer->n_inputs);
    }
    else if (at == KNN_INFER_EACH_OUTPUT) {
        knn_place_index(&place, infer->n_outputs);
    }
    else if (at == KNN_INFER_DIM) {
        knn_place_index(&place, infer->input.dims);
    }
    else if (at == KNN_INFER_ELEMENT) {
        knn_infer_steps(&place, &infer->input.nest);
    }

    return place;
}


int
knn_infer_fail(knn_infer_t *infer, knn_infer_at_e at, knn_status_e status,
               const char *fmt, ...)
{
    char        message[KNN_ERROR_SIZE];
    va_list     args;
    knn_place_t place;

    va_start(args, fmt);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is not */
    (void) vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);

    place = knn_infer_where(infer, at);

    switch (infer->scope) {

    case KNN_INFER_INPUT:
        (void) knn_matrix_fail(infer->matrix, status, &place,
                               "input %zu%s%s: %s", infer->index,
                               *infer->input.called == '\0' ? "" : " ",
                               infer->input.called, message);
        break;

    case KNN_INFER_OUTPUT:
        (void) knn_matrix_fail(infer->matrix, status, &place, "output %zu: %s",
                               infer->index, message);
        break;

    default:
        (void) knn_matrix_fail(infer->matrix, status, &place, "%s", message);
        break;
    }

    return 0;
}


int
knn_infer_wrong(knn_infer_t *infer, const knn_token_t *token)
{
    const char              *type;
    const knn_infer_value_t *value;

    type = knn_infer_types[token->type];
    value = &knn_infer_values[infer->at];

    if (value->name == NULL) {
        return knn_infer_fail(infer, infer->at, KNN_MALFORMED,
                              "the body is %s, but must be %s", type,
                              value->due);
    }

    return knn_infer_fail(infer, infer->at, KNN_MALFORMED,
                          "\"%s\" %s %s, but must be %s", value->name,
                          infer->at > KNN_INFER_PARAMETERS ? "holds" : "is",
                          type, value->due);
}
