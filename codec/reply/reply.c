
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <stdlib.h>

#include "reply_row.h"
#include "../text/text.h"


static const knn_reply_format_t *const knn_reply_formats[KNN_REPLY_FORMS] = {
    &knn_reply_json, &knn_reply_json_lines, &knn_reply_csv,      &knn_reply_csv,
    &knn_reply_npy,  &knn_reply_v1,         &knn_reply_classify, &knn_reply_v2};


size_t
knn_reply_size(const knn_reply_t *reply, const knn_query_t *query,
               const knn_rows_t *rows, knn_reply_form_e form)
{
    return knn_reply_formats[form]->size(reply, query, rows);
}


void
knn_reply_begin(knn_reply_writer_t *writer, const knn_reply_t *reply,
                const knn_query_t *query, const knn_rows_t *rows,
                knn_reply_form_e form, char *p)
{
    writer->p = p;
    writer->json = 0;
    writer->reply = reply;
    writer->query = query;
    writer->rows = rows;
    writer->form = form;
    writer->single = false;
    writer->member = 0;
    writer->first = 0;
    writer->last = query->rows;
    writer->row = 0;
    writer->neighbor = 0;

    knn_reply_formats[form]->begin(writer);
}


bool
knn_reply_run(knn_reply_writer_t *writer, size_t values)
{
    writer->values = values;

    return knn_reply_formats[writer->form]->run(writer);
}


/* Says why a reply has no such form. */
static knn_status_e
knn_reply_refuse(knn_error_t *err, const char *reason)
{
    err->status = KNN_UNSUPPORTED;
    (void) snprintf(err->message, sizeof(err->message), "%s", reason);

    return KNN_UNSUPPORTED;
}


knn_status_e
knn_reply_check(const knn_reply_t *reply, knn_reply_form_e form,
                unsigned outputs, knn_error_t *err)
{
    if (form == KNN_REPLY_NPY && (outputs & (outputs - 1)) != 0) {
        return knn_reply_refuse(err, "an NPY reply is one array, ask for one "
                                     "of \"predict\", \"predict_proba\" and "
                                     "\"kneighbors\"");
    }

    if (form == KNN_REPLY_CLASSIFY
        && (reply->info->n_outputs != 1
            || !(reply->info->serves & KNN_PREDICT_PROBA)))
    {
        return knn_reply_refuse(err, "only classifiers with probabilities and "
                                     "one output can classify, use :predict");
    }

    return KNN_OK;
}


/* The most bytes of the labels or values of a row, 0 beyond size_t. */
static size_t
knn_reply_target_size(const knn_reply_t *reply)
{
    size_t size;

    /* brackets, and a comma behind each */

    size = sizeof("[]");

    if (!knn_reply_add(&size, reply->info->n_outputs, KNN_NUMBER_WRITE + 1)
        || !knn_reply_add(&size, 1, reply->labels.longest))
    {
        return 0;
    }

    return size;
}


/* Writes a text between two others. */
static char *
knn_reply_text(char *p, char *last, const char *before, const char *text)
{
    p = stpcpy(p, before);

    return knn_text_write(p, last, text, strlen(text));
}


/* Writes what names the model in replies. */
static bool
knn_reply_names(knn_reply_t *reply, const char *name, const char *version)
{
    char  *p, *last;
    size_t size;

    size = sizeof(",\"model\":\"\",\"version\":\"\"}")
           + sizeof("{\"model_name\":\"\",\"model_version\":\"\"")
           + 2 * KNN_TEXT_ESCAPE * (strlen(name) + strlen(version));

    reply->names = malloc(size);

    if (reply->names == NULL) {
        return false;
    }

    last = reply->names + size;

    p = knn_reply_text(reply->names, last, ",\"model\":\"", name);
    p = knn_reply_text(p, last, "\",\"version\":\"", version);
    p = knn_reply_literal(p, "\"}");

    reply->tail = (knn_piece_t){reply->names, (size_t) (p - reply->names)};
    reply->head.data = p;

    p = knn_reply_text(p, last, "{\"model_name\":\"", name);
    p = knn_reply_text(p, last, "\",\"model_version\":\"", version);
    p = knn_reply_literal(p, "\"");

    reply->head.size = (size_t) (p - reply->head.data);

    return true;
}


knn_reply_t *
knn_reply_create(const knn_model_t *model, const char *name,
                 const char *version)
{
    knn_reply_t *reply;

    reply = calloc(1, sizeof(knn_reply_t));

    if (reply == NULL) {
        return NULL;
    }

    reply->model = model;
    reply->info = knn_model_info(model);
    reply->type = knn_labels_type(reply->info);

    if (knn_labels_init(&reply->labels, reply->info)
        && knn_reply_names(reply, name, version))
    {
        reply->target = knn_reply_target_size(reply);
    }

    if (reply->target == 0) {
        knn_reply_destroy(reply);
        return NULL;
    }

    return reply;
}


void
knn_reply_destroy(knn_reply_t *reply)
{
    if (reply == NULL) {
        return;
    }

    knn_labels_free(&reply->labels);
    free(reply->names);
    free(reply);
}


void
knn_reply_label(const knn_reply_t *reply, size_t output, uint32_t class,
                const char **data, size_t *size)
{
    const knn_piece_t *label;

    label = knn_labels_get(&reply->labels, output, class);
    *data = label->data;
    *size = label->size;
}
