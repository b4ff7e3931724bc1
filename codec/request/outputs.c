
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <string.h>

#include "request.h"


/* names up to this size may be repeated in an error */
#define KNN_OUTPUT_ECHO 32

/* room for all of them */
#define KNN_OUTPUT_LIST 64


const knn_output_name_t knn_output_names[KNN_OUTPUTS] = {
    {"predict", KNN_PREDICT},
    {"predict_proba", KNN_PREDICT_PROBA},
    {"kneighbors", KNN_KNEIGHBORS}};


const char *const knn_tensor_names[KNN_TENSORS] = {
    "predict", "predict_proba", "kneighbors", "distances", "novelty"};


/* The output of this name, 0 if there is none. */
static unsigned
knn_output_find(const char *data, size_t size)
{
    size_t i;

    for (i = 0; i < KNN_OUTPUTS; i++) {
        if (size == strlen(knn_output_names[i].name)
            && memcmp(data, knn_output_names[i].name, size) == 0)
        {
            return knn_output_names[i].output;
        }
    }

    return 0;
}


/* True for a name of letters and underscores that may be repeated. */
static bool
knn_output_plain(const char *data, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++) {
        if (data[i] != '_' && (data[i] < 'a' || data[i] > 'z')
            && (data[i] < 'A' || data[i] > 'Z'))
        {
            return false;
        }
    }

    return size <= KNN_OUTPUT_ECHO;
}


unsigned
knn_outputs_parse(const char *data, size_t size, knn_error_t *err)
{
    unsigned    outputs, output;
    const char *end, *name;

    outputs = 0;

    end = data + size;

    while (data < end) {
        if (*data == ',' || *data == ' ') {
            data++;
            continue;
        }

        for (name = data; data < end && *data != ',' && *data != ' '; data++) {
            /* void */
        }

        size = (size_t) (data - name);
        output = knn_output_find(name, size);

        if (output == 0) {
            err->status = KNN_MALFORMED;
            (void) snprintf(err->message, sizeof(err->message),
                            "unknown output%s%.*s%s, known are \"predict\", "
                            "\"predict_proba\" and \"kneighbors\"",
                            knn_output_plain(name, size) ? " \"" : "",
                            knn_output_plain(name, size) ? (int) size : 0, name,
                            knn_output_plain(name, size) ? "\"" : "");
            return 0;
        }

        outputs |= output;
    }

    if (outputs == 0) {
        err->status = KNN_MALFORMED;
        (void) snprintf(err->message, sizeof(err->message),
                        "no output is named, known are \"predict\", "
                        "\"predict_proba\" and \"kneighbors\"");
    }

    return outputs;
}


/* The names of outputs: "predict", "predict_proba" and "kneighbors". */
static void
knn_outputs_names(unsigned outputs, char *buf, size_t size)
{
    size_t   i, used;
    unsigned rest;

    used = 0;
    rest = outputs;
    *buf = '\0';

    for (i = 0; i < KNN_OUTPUTS; i++) {
        if (!(outputs & knn_output_names[i].output)) {
            continue;
        }

        rest &= ~knn_output_names[i].output;
        used += (size_t) snprintf(buf + used, size - used, "\"%s\"%s",
                                  knn_output_names[i].name,
                                  rest == 0                  ? ""
                                  : (rest & (rest - 1)) == 0 ? " and "
                                                             : ", ");
    }
}


knn_status_e
knn_outputs_check(unsigned outputs, const knn_model_info_t *info,
                  const char *model, knn_error_t *err)
{
    char     lacking[KNN_OUTPUT_LIST], served[KNN_OUTPUT_LIST];
    unsigned missing;

    missing = outputs & ~info->serves;

    if (missing == 0) {
        return KNN_OK;
    }

    knn_outputs_names(missing, lacking, sizeof(lacking));
    knn_outputs_names(info->serves, served, sizeof(served));

    err->status = KNN_UNSUPPORTED;
    (void) snprintf(err->message, sizeof(err->message),
                    "model \"%s\" is a %s, which does not serve %s, it serves "
                    "%s",
                    model, info->estimator, lacking, served);

    return KNN_UNSUPPORTED;
}


unsigned
knn_outputs_default(unsigned outputs, unsigned serves)
{
    return outputs & serves ? outputs & serves : serves;
}
