
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "printer.h"
#include "tool.h"


/* Adds a count and what is counted. */
static void
knn_verify_count(knn_printer_t *out, size_t count, const char *what)
{
    knn_printer_text(out, ", ");
    knn_printer_count(out, count);
    knn_printer_text(out, what);
    knn_printer_text(out, count == 1 ? "" : "s");
}


/* Adds a word of the model, which may hold anything. */
static void
knn_verify_word(knn_printer_t *out, const char *word)
{
    knn_printer_text(out, ", ");
    knn_printer_escaped(out, word, strlen(word));
}


/* Adds how many golden queries were replayed; a pickle has none. */
static void
knn_verify_golden(knn_printer_t *out, size_t count)
{
    if (count == 0) {
        knn_printer_text(out, ", no golden queries");
        return;
    }

    knn_printer_text(out, ", ");
    knn_printer_count(out, count);
    knn_printer_text(out, count == 1 ? " golden query" : " golden queries");
    knn_printer_text(out, " replayed");
}


int
knn_tool_verify(const knn_arguments_t *arguments)
{
    size_t                  i, classes;
    knn_model_t            *model;
    knn_printer_t           out;
    const knn_model_info_t *info;

    model = knn_tool_check(arguments);

    if (model == NULL) {
        return KNN_EXIT_REFUSED;
    }

    if (!knn_printer_init(&out)) {
        knn_model_free(model);
        return knn_tool_refuse("no memory");
    }

    info = knn_model_info(model);
    classes = 0;

    for (i = 0; i < info->n_outputs; i++) {
        classes += info->outputs[i].n_classes;
    }

    knn_printer_text(&out, arguments->model);
    knn_printer_text(&out, ": OK");
    knn_verify_word(&out, info->estimator);
    knn_verify_word(&out, info->algorithm);
    knn_verify_word(&out, info->metric);
    knn_verify_count(&out, info->n_samples, " sample");
    knn_verify_count(&out, info->n_features, " feature");

    if (classes != 0) {
        knn_verify_count(&out, classes, " label");
    }

    knn_verify_word(&out, info->producer);
    knn_verify_golden(&out, info->n_golden);
    knn_printer_text(&out, "\n");

    knn_model_free(model);

    return knn_printer_finish(&out);
}
