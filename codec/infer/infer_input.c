
/*
 * Copyright (C) nginx-knn contributors
 */


/* An input: what it says of itself, and where its elements go. */


#include <stdio.h>
#include <string.h>

#include "infer.h"
#include "../text/text.h"


void
knn_infer_input_begin(knn_infer_t *infer)
{
    knn_infer_input_t *input;

    infer->scope = KNN_INFER_INPUT;
    infer->index = infer->n_inputs;
    infer->members[KNN_INFER_INPUT] = 0;
    infer->input.called[0] = '\0';

    input = &infer->input;
    input->feature = infer->names.count;
    input->dims = 0;
    input->count = 1;
    input->table = false;
    input->data = false;
    input->binary = false;
    input->placed = false;
    input->late.count = 0;
    input->late.used = 0;
}


int
knn_infer_name(knn_infer_t *infer, const char *name, size_t size)
{
    (void) knn_text_quote(infer->input.called, sizeof(infer->input.called),
                          name, size);

    infer->input.feature =
        knn_names_find(&infer->names, name, size, infer->n_columns);

    return 1;
}


int
knn_infer_datatype(knn_infer_t *infer, const char *name, size_t size)
{
    char echo[KNN_INFER_ECHO];

    infer->input.datatype = knn_datatype_find(name, size);

    if (infer->input.datatype < KNN_DATATYPES) {
        return 1;
    }

    return knn_infer_fail(infer, KNN_INFER_DATATYPE, KNN_UNSUPPORTED,
                          "the datatype %s is not known, send FP64, FP32 or "
                          "another one of numbers, BOOL or BYTES",
                          knn_text_quote(echo, sizeof(echo), name, size));
}


int
knn_infer_dim(knn_infer_t *infer, const knn_token_t *token)
{
    size_t             dim;
    knn_infer_input_t *input;

    input = &infer->input;

    if (token->type == KNN_TOKEN_ARRAY_END) {
        infer->at = KNN_INFER_INPUT;
        return 1;
    }

    if (token->type != KNN_TOKEN_NUMBER) {
        return knn_infer_wrong(infer, token);
    }

    if (!knn_infer_size(token, &dim)) {
        return knn_infer_fail(infer, KNN_INFER_DIM, KNN_MALFORMED,
                              "\"shape\" holds what is no integer from 0 on");
    }

    if (input->dims == KNN_INFER_DIMS) {
        return knn_infer_fail(infer, KNN_INFER_SHAPE, KNN_LIMIT,
                              "\"shape\" has more than %d dimensions",
                              KNN_INFER_DIMS);
    }

    if (__builtin_mul_overflow(input->count, dim, &input->count)) {
        return knn_infer_fail(infer, KNN_INFER_SHAPE, KNN_LIMIT,
                              "\"shape\" is of more elements than can be "
                              "counted");
    }

    input->shape[input->dims++] = dim;

    return 1;
}


const char *
knn_infer_shape(const knn_infer_t *infer, char *buf, size_t size)
{
    int    length;
    size_t i, used;

    used = 0;

    for (i = 0; i < infer->input.dims; i++) {
        length = snprintf(buf + used, size - used, "%s%zu", i == 0 ? "[" : ",",
                          infer->input.shape[i]);

        if ((size_t) length >= size - used - sizeof(",...]")) {
            (void) snprintf(buf + used, size - used, "%s",
                            i == 0 ? "[...]" : ",...]");
            return buf;
        }

        used += (size_t) length;
    }

    (void) snprintf(buf + used, size - used, i == 0 ? "[]" : "]");

    return buf;
}


bool
knn_infer_known(const knn_infer_t *infer)
{
    unsigned members;

    members =
        1u << KNN_INFER_NAME | 1u << KNN_INFER_SHAPE | 1u << KNN_INFER_DATATYPE;

    return (infer->members[KNN_INFER_INPUT] & members) == members;
}


/* Refuses an input that lacks a member. */
static int
knn_infer_lacks(knn_infer_t *infer)
{
    unsigned members;

    members = infer->members[KNN_INFER_INPUT];

    return knn_infer_fail(infer, KNN_INFER_INPUT, KNN_MALFORMED,
                          "it lacks \"%s\", an input has \"name\", \"shape\", "
                          "\"datatype\" and \"data\"",
                          !(members & 1u << KNN_INFER_NAME)    ? "name"
                          : !(members & 1u << KNN_INFER_SHAPE) ? "shape"
                                                               : "datatype");
}


/* Refuses an input whose elements are in two places, in none or in a wrong. */
static int
knn_infer_source(knn_infer_t *infer)
{
    const knn_infer_input_t *input;

    input = &infer->input;

    if (input->data == input->binary) {
        return knn_infer_fail(infer, KNN_INFER_INPUT, KNN_MALFORMED,
                              "it has %s, send one of them",
                              input->data
                                  ? "\"data\" and \"binary_data_size\""
                                  : "neither \"data\" nor the parameter "
                                    "\"binary_data_size\"");
    }

    if (input->data
        && (input->datatype == KNN_FP16 || input->datatype == KNN_BF16)) {
        return knn_infer_fail(infer, KNN_INFER_DATATYPE, KNN_MALFORMED,
                              "%s is not for JSON, send it as binary, or FP32",
                              knn_datatypes[input->datatype].name);
    }

    return 1;
}


int
knn_infer_input_end(knn_infer_t *infer)
{
    knn_infer_input_t *input;

    input = &infer->input;

    if (!knn_infer_known(infer)) {
        return knn_infer_lacks(infer);
    }

    if (!knn_infer_source(infer)) {
        return 0;
    }

    if (!input->placed
        && (!knn_infer_place(infer) || (input->data && !knn_infer_late(infer))))
    {
        return 0;
    }

    if (input->binary && !knn_infer_tensor(infer)) {
        return 0;
    }

    infer->n_inputs++;
    infer->scope = KNN_INFER_BODY;
    infer->at = KNN_INFER_EACH_INPUT;

    return 1;
}
