
/*
 * Copyright (C) nginx-knn contributors
 */


/* The outputs that an inference request asks for. */


#include <stdio.h>
#include <string.h>

#include "infer.h"
#include "../text/text.h"


/* another name of "predict" */
#define KNN_INFER_ALIAS "output-0"

/* room for the names of all tensors */
#define KNN_INFER_NAMES 96


/* by tensor: what a model must serve for it */
static const unsigned knn_infer_needs[KNN_TENSORS] = {
    [KNN_TENSOR_PREDICT] = KNN_PREDICT,
    [KNN_TENSOR_PROBA] = KNN_PREDICT_PROBA,
    [KNN_TENSOR_NEIGHBORS] = KNN_KNEIGHBORS,
    [KNN_TENSOR_DISTANCES] = KNN_KNEIGHBORS,
    [KNN_TENSOR_NOVELTY] = KNN_KNEIGHBORS};


void
knn_infer_output_begin(knn_infer_t *infer)
{
    infer->scope = KNN_INFER_OUTPUT;
    infer->index = infer->n_outputs;
    infer->members[KNN_INFER_OUTPUT] = 0;
    memset(&infer->output, 0, sizeof(knn_wanted_t));
}


/* Refuses a name that no tensor has. */
static int
knn_infer_output_unknown(knn_infer_t *infer, const char *name, size_t size)
{
    char         echo[KNN_INFER_ECHO], served[KNN_INFER_NAMES];
    size_t       used;
    unsigned     serves;
    knn_tensor_e tensor;

    used = 0;
    serves = infer->matrix->options.info->serves;

    for (tensor = 0; tensor < KNN_TENSORS; tensor++) {
        if (serves & knn_infer_needs[tensor]) {
            used += (size_t) snprintf(served + used, sizeof(served) - used,
                                      "%s\"%s\"", used == 0 ? "" : ", ",
                                      knn_tensor_names[tensor]);
        }
    }

    return knn_infer_fail(infer, KNN_INFER_NAME, KNN_MALFORMED,
                          "there is no %s, model \"%s\" serves %s",
                          knn_text_quote(echo, sizeof(echo), name, size),
                          infer->matrix->options.model, served);
}


int
knn_infer_output_name(knn_infer_t *infer, const char *name, size_t size)
{
    knn_tensor_e  tensor;
    knn_wanted_t *output;

    output = &infer->output;

    for (tensor = 0; tensor < KNN_TENSORS; tensor++) {
        if (size == strlen(knn_tensor_names[tensor])
            && memcmp(name, knn_tensor_names[tensor], size) == 0)
        {
            output->tensor = tensor;
            output->name = knn_tensor_names[tensor];
            return 1;
        }
    }

    if (size == strlen(KNN_INFER_ALIAS)
        && memcmp(name, KNN_INFER_ALIAS, size) == 0) {
        output->tensor = KNN_TENSOR_PREDICT;
        output->name = KNN_INFER_ALIAS;
        return 1;
    }

    return knn_infer_output_unknown(infer, name, size);
}


/* Refuses an output that the model does not serve. */
static int
knn_infer_output_serve(knn_infer_t *infer)
{
    unsigned                     needs;
    knn_error_t                  err;
    const knn_request_options_t *options;

    options = &infer->matrix->options;
    needs = knn_infer_needs[infer->output.tensor];

    if (infer->output.classification > 0) {
        if (infer->output.tensor != KNN_TENSOR_PREDICT
            && infer->output.tensor != KNN_TENSOR_PROBA)
        {
            return knn_infer_fail(infer, KNN_INFER_PARAMETERS, KNN_UNSUPPORTED,
                                  "\"classification\" is a parameter of "
                                  "\"predict\" and \"predict_proba\", not of "
                                  "\"%s\"",
                                  infer->output.name);
        }

        if (options->info->n_outputs != 1) {
            return knn_infer_fail(infer, KNN_INFER_PARAMETERS, KNN_UNSUPPORTED,
                                  "model \"%s\" has %zu outputs, but "
                                  "\"classification\" is of one",
                                  options->model, options->info->n_outputs);
        }

        needs = KNN_PREDICT_PROBA;
    }

    if (knn_outputs_check(needs, options->info, options->model, &err) != KNN_OK)
    {
        return knn_infer_fail(infer, KNN_INFER_NAME, err.status, "%s",
                              err.message);
    }

    return 1;
}


int
knn_infer_output_end(knn_infer_t *infer)
{
    size_t        i;
    knn_rows_t   *rows;
    knn_wanted_t *output;

    rows = &infer->matrix->rows;
    output = &infer->output;

    if (output->name == NULL) {
        return knn_infer_fail(infer, KNN_INFER_OUTPUT, KNN_MALFORMED,
                              "\"name\" is missing");
    }

    if (!knn_infer_output_serve(infer)) {
        return 0;
    }

    for (i = 0; i < rows->n_wanted; i++) {
        if (rows->wanted[i].name == output->name) {
            return knn_infer_fail(infer, KNN_INFER_NAME, KNN_MALFORMED,
                                  "\"%s\" is asked for twice, leave one out",
                                  output->name);
        }
    }

    /* each name comes once, and KNN_WANTED are more than there are */

    rows->wanted[rows->n_wanted++] = *output;

    infer->n_outputs++;
    infer->scope = KNN_INFER_BODY;
    infer->at = KNN_INFER_EACH_OUTPUT;

    return 1;
}


/* Adds a tensor to what the reply has, if it is served. */
static void
knn_infer_output_add(knn_infer_t *infer, knn_tensor_e tensor)
{
    knn_rows_t   *rows;
    knn_wanted_t *output;

    if (!(infer->matrix->options.info->serves & knn_infer_needs[tensor])) {
        return;
    }

    rows = &infer->matrix->rows;
    output = &rows->wanted[rows->n_wanted++];

    output->tensor = tensor;
    output->name = knn_tensor_names[tensor];
    output->binary = infer->binary;
    output->classification = 0;
}


/* Wants what the location has when a request does not say. */
static void
knn_infer_outputs_default(knn_infer_t *infer, unsigned outputs)
{
    knn_tensor_e tensor;

    for (tensor = 0; tensor < KNN_TENSOR_NOVELTY; tensor++) {
        if (outputs & knn_infer_needs[tensor]) {
            knn_infer_output_add(infer, tensor);
        }
    }

    if (outputs & (KNN_PREDICT_PROBA | KNN_KNEIGHBORS)) {
        knn_infer_output_add(infer, KNN_TENSOR_NOVELTY);
    }
}


void
knn_infer_outputs(knn_infer_t *infer)
{
    size_t      i;
    unsigned    serves;
    knn_rows_t *rows;

    rows = &infer->matrix->rows;
    serves = infer->matrix->options.info->serves;

    if (rows->n_wanted == 0) {
        knn_infer_outputs_default(infer, infer->matrix->options.outputs);
    }

    rows->outputs = 0;

    for (i = 0; i < rows->n_wanted; i++) {
        if (rows->wanted[i].classification > 0) {
            rows->outputs |= KNN_PREDICT_PROBA;
        }
        else if (rows->wanted[i].tensor != KNN_TENSOR_NOVELTY) {
            rows->outputs |= knn_infer_needs[rows->wanted[i].tensor];
        }
    }

    /* novelty always comes, but a query has one output at least */

    if (rows->outputs == 0) {
        rows->outputs = knn_outputs_default(KNN_PREDICT, serves);
    }
}
