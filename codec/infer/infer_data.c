
/*
 * Copyright (C) nginx-knn contributors
 */


/* The elements of "data". */


#include <math.h>
#include <string.h>

#include "../text/feature_value.h"
#include "infer.h"
#include "../text/text.h"


size_t
knn_infer_row(const knn_infer_t *infer, size_t element)
{
    return infer->tensor.feature == KNN_INFER_MATRIX
               ? element / infer->matrix->columns
               : element;
}


size_t
knn_infer_feature(const knn_infer_t *infer, size_t element)
{
    return infer->tensor.feature == KNN_INFER_MATRIX
               ? element % infer->matrix->columns
               : infer->tensor.feature;
}


bool
knn_infer_missing(const knn_infer_t *infer, size_t element)
{
    const knn_feature_t *features;

    features = infer->matrix->options.info->features;

    return features != NULL
           && features[knn_infer_feature(infer, element)].missing;
}


int
knn_infer_refuse(knn_infer_t *infer, size_t element, knn_status_e status,
                 const char *reason)
{
    return knn_infer_fail(infer, infer->at, status, "row %zu, feature %zu %s",
                          knn_infer_row(infer, element),
                          knn_infer_feature(infer, element), reason);
}


int
knn_infer_text(knn_infer_t *infer, const char *text, size_t size, double *value)
{
    char                    echo[KNN_INFER_ECHO];
    size_t                  row, feature;
    knn_status_e            status;
    const knn_model_info_t *info;

    info = infer->matrix->options.info;
    row = knn_infer_row(infer, infer->tensor.done);
    feature = knn_infer_feature(infer, infer->tensor.done);
    status = knn_feature_read(info, feature, text, size, value);

    if (status == KNN_OK) {
        return 1;
    }

    return knn_infer_fail(
        infer, infer->at, KNN_VALUE,
        "row %zu, feature %zu is %s, which is none of the %s that it takes",
        row, feature, knn_text_quote(echo, sizeof(echo), text, size),
        info->features != NULL && info->features[feature].n_texts > 0
            ? "texts"
            : "finite numbers");
}


/* Reads null, which is a missing value. */
static int
knn_infer_null(knn_infer_t *infer, double *value)
{
    knn_datatype_e type;

    type = infer->tensor.datatype;

    if (type != KNN_FP64 && type != KNN_FP32 && type != KNN_BYTES) {
        return knn_infer_refuse(infer, infer->tensor.done, KNN_MALFORMED,
                                "is null, which integers and truth values "
                                "cannot be, send FP64");
    }

    if (!knn_infer_missing(infer, infer->tensor.done)) {
        return knn_infer_refuse(infer, infer->tensor.done, KNN_VALUE,
                                "is null, but must be there, the model has no "
                                "imputer for it");
    }

    *value = NAN;

    return 1;
}


int
knn_infer_value(knn_infer_t *infer, const knn_token_t *token, double *value)
{
    size_t                  element;
    const char             *reason;
    knn_datatype_e          type;
    const knn_model_info_t *info;

    info = infer->matrix->options.info;
    element = infer->tensor.done;
    type = infer->tensor.datatype;

    if (type == KNN_BYTES) {
        if (info->features != NULL
            && info->features[knn_infer_feature(infer, element)].n_texts > 0)
        {
            return knn_infer_refuse(infer, element, KNN_MALFORMED,
                                    "is a number, but takes texts");
        }

        type = KNN_FP64;
    }

    reason = token == NULL
                 ? knn_infer_double(type, value)
                 : knn_infer_number(type, token->text, token->size, value);

    if (reason == NULL) {
        return 1;
    }

    return knn_infer_fail(
        infer, KNN_INFER_ELEMENT, KNN_VALUE, "row %zu, feature %zu %s of %s",
        knn_infer_row(infer, element), knn_infer_feature(infer, element),
        reason, knn_datatypes[type].name);
}


int
knn_infer_read(knn_infer_t *infer, const knn_token_t *token, double *value)
{
    bool text;

    text = infer->tensor.datatype == KNN_BYTES;

    switch (token->type) {

    case KNN_TOKEN_NUMBER:
        return knn_infer_value(infer, token, value);

    case KNN_TOKEN_STRING:
        if (text) {
            return knn_infer_text(infer, token->text, token->size, value);
        }

        return knn_infer_refuse(infer, infer->tensor.done, KNN_MALFORMED,
                                "is a string, send the datatype BYTES or "
                                "numbers");

    case KNN_TOKEN_NULL:
        return knn_infer_null(infer, value);

    default:
        *value = token->type == KNN_TOKEN_TRUE;

        return !text
               || knn_infer_refuse(infer, infer->tensor.done, KNN_MALFORMED,
                                   "is true or false, but BYTES are strings");
    }
}


/* Refuses arrays of different lengths. */
static int
knn_infer_ragged(knn_infer_t *infer)
{
    return knn_infer_fail(infer, KNN_INFER_ELEMENT, KNN_MALFORMED,
                          "\"data\" is ragged here, nest all elements alike");
}


/* Refuses "data" that is not what its shape says. */
static int
knn_infer_count(knn_infer_t *infer)
{
    char shape[KNN_INFER_ECHO];

    return knn_infer_fail(infer, KNN_INFER_DATA, KNN_MALFORMED,
                          "\"data\" has not the %zu elements of the shape %s",
                          infer->input.count,
                          knn_infer_shape(infer, shape, sizeof(shape)));
}


int
knn_infer_whole(knn_infer_t *infer, size_t count)
{
    const knn_infer_input_t *input;

    input = &infer->input;

    if (count != input->count) {
        return knn_infer_count(infer);
    }

    if (knn_nest_fits(&input->nest, input->shape, input->dims)) {
        return 1;
    }

    return knn_infer_fail(infer, KNN_INFER_DATA, KNN_MALFORMED,
                          "\"data\" is nested in another way than its shape "
                          "says, nest it alike or send it flat");
}


/* Puts an element to its place, or keeps it until that is known. */
static int
knn_infer_store(knn_infer_t *infer, const knn_token_t *token)
{
    knn_nest_t   *nest;
    knn_tensor_t *tensor;

    nest = &infer->input.nest;
    tensor = &infer->tensor;

    if (nest->leaf != nest->depth && !knn_nest_element(nest)) {
        return knn_infer_ragged(infer);
    }

    if (!infer->input.placed) {
        knn_late_put(&infer->input.late, &infer->json.memory, token);
        nest->length[nest->depth]++;

        return 1;
    }

    if (tensor->done == tensor->count) {
        return knn_infer_count(infer);
    }

    if (!knn_infer_read(infer, token,
                        tensor->values + tensor->done * tensor->stride))
    {
        return 0;
    }

    tensor->done++;
    nest->length[nest->depth]++;

    return 1;
}


int
knn_infer_element(knn_infer_t *infer, const knn_token_t *token)
{
    knn_nest_t *nest;

    nest = &infer->input.nest;

    switch (token->type) {

    case KNN_TOKEN_OBJECT:
        return knn_infer_wrong(infer, token);

    case KNN_TOKEN_ARRAY:
        return knn_nest_down(nest) || knn_infer_ragged(infer);

    case KNN_TOKEN_ARRAY_END:
        if (!knn_nest_up(nest)) {
            return knn_infer_ragged(infer);
        }

        if (nest->depth > 0) {
            return 1;
        }

        infer->at = KNN_INFER_INPUT;

        return !infer->input.placed
               || knn_infer_whole(infer, infer->tensor.done);

    default:
        return knn_infer_store(infer, token);
    }
}


int
knn_infer_data(knn_infer_t *infer, const knn_token_t *token)
{
    if (token->type != KNN_TOKEN_ARRAY) {
        return knn_infer_wrong(infer, token);
    }

    if (knn_infer_known(infer) && !knn_infer_place(infer)) {
        return 0;
    }

    infer->at = KNN_INFER_ELEMENT;
    infer->input.data = true;
    knn_nest_init(&infer->input.nest);

    return knn_infer_element(infer, token);
}
