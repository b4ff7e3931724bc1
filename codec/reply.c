
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "reply_row.h"
#include "text.h"


#define KNN_REPLY_TAIL ",\"model\":\"\",\"version\":\"\"}"


/* Begins a member with its name. */
static inline char *
knn_reply_name(knn_reply_writer_t *writer, const knn_reply_member_t *member,
               char *p)
{
    const knn_piece_t *name;

    name = writer->single ? &member->single : &member->list;

    return knn_reply_copy(p, name->data, name->size);
}


/*
 * Writes more of a member, with a comma behind it; writer->row is the last
 * when it is whole.  Returns its end.
 */
static inline char *
knn_reply_rows(knn_reply_writer_t *writer, const knn_reply_member_t *member,
               char *p)
{
    if (writer->row == writer->first && writer->neighbor == 0) {
        p = knn_reply_name(writer, member, p);
    }

    do {
        p = member->write(writer, p);

        if (writer->neighbor == 0) {
            *p++ = ',';
            writer->row++;
        }

    } while (writer->row < writer->last && writer->values > 0);

    return p;
}


/* Writes more members; true when all are there, each with a comma behind it. */
static bool
knn_reply_some(knn_reply_writer_t *writer, size_t values)
{
    char                     *p;
    const knn_reply_member_t *member;

    p = writer->p;
    writer->values = values;

    for (/* void */; writer->member < KNN_REPLY_MEMBERS; writer->member++) {
        member = &knn_reply_members[writer->member];

        if (!(writer->query->outputs & member->outputs)) {
            continue;
        }

        if (writer->values == 0) {
            break;
        }

        p = knn_reply_rows(writer, member, p);

        if (writer->row < writer->last) {
            break;
        }

        writer->row = writer->first;

        if (!writer->single) {
            p[-1] = ']';
            *p++ = ',';
        }
    }

    writer->p = p;

    return writer->member == KNN_REPLY_MEMBERS;
}


/* Begins the object of some rows, of one when single. */
static void
knn_reply_object(knn_reply_writer_t *writer, const knn_reply_t *reply,
                 const knn_query_t *query, bool single, char *p)
{
    *p++ = '{';

    writer->p = p;
    writer->json = 0;
    writer->reply = reply;
    writer->query = query;
    writer->single = single;
    writer->member = 0;
    writer->first = 0;
    writer->last = single ? 1 : query->rows;
    writer->row = 0;
    writer->neighbor = 0;
}


void
knn_reply_begin(knn_reply_writer_t *writer, const knn_reply_t *reply,
                const knn_query_t *query, const knn_rows_t *rows,
                knn_reply_form_e form, char *p)
{
    (void) form;

    writer->rows = rows;
    knn_reply_object(writer, reply, query, rows->single, p);
}


knn_status_e
knn_reply_check(const knn_reply_t *reply, knn_reply_form_e form,
                unsigned outputs, knn_error_t *err)
{
    (void) reply;
    (void) form;
    (void) outputs;
    (void) err;

    return KNN_OK;
}


bool
knn_reply_run(knn_reply_writer_t *writer, size_t values)
{
    const knn_reply_t *reply;

    if (!knn_reply_some(writer, values)) {
        return false;
    }

    /* the tail has the comma */

    reply = writer->reply;
    writer->p = knn_reply_copy(writer->p - 1, reply->tail, reply->tail_size);

    return true;
}


char *
knn_reply_write_row(const knn_reply_t *reply, const knn_query_t *query,
                    size_t row, char *p)
{
    knn_reply_writer_t writer;

    knn_reply_object(&writer, reply, query, true, p);

    writer.first = row;
    writer.last = row + 1;
    writer.row = row;

    (void) knn_reply_some(&writer, SIZE_MAX);

    writer.p[-1] = '}';

    return writer.p;
}


/* Adds count * size to total; false on overflow. */
static bool
knn_reply_add(size_t *total, size_t count, size_t size)
{
    return !__builtin_mul_overflow(count, size, &size)
           && !__builtin_add_overflow(*total, size, total);
}


/* Adds the most bytes of the neighbors of rows; false on overflow. */
static bool
knn_reply_neighbors_size(const knn_reply_t *reply, size_t rows,
                         size_t neighbors, size_t *total)
{
    return knn_reply_add(total, rows, sizeof("[],"))
           && knn_reply_add(total, neighbors, reply->target)
           && knn_reply_add(total, neighbors,
                            2 * KNN_NUMBER_WRITE
                                + sizeof("{\"index\":,\"distance\":,"
                                         "\"label\":},"));
}


/* Adds the most bytes of the probabilities of rows; false on overflow. */
static bool
knn_reply_proba_size(const knn_reply_t *reply, size_t rows, size_t *total)
{
    size_t size;

    size = sizeof("[],");

    return knn_reply_add(&size, 1, reply->labels.keys_size)
           && knn_reply_add(&size, reply->labels.count, KNN_NUMBER_WRITE + 1)
           && knn_reply_add(&size, reply->info->n_outputs, sizeof("{},"))
           && knn_reply_add(total, rows, size);
}


/* The most bytes of so many rows with so many neighbors, 0 beyond size_t. */
static size_t
knn_reply_room(const knn_reply_t *reply, unsigned outputs, size_t rows,
               size_t neighbors)
{
    size_t i, total;

    total = sizeof("{}");

    for (i = 0; i < KNN_REPLY_MEMBERS; i++) {
        total += knn_reply_members[i].list.size + sizeof("],");
    }

    /* novelty and commas */

    if (!knn_reply_add(&total, rows, KNN_NUMBER_WRITE + KNN_REPLY_MEMBERS)
        || ((outputs & KNN_PREDICT)
            && !knn_reply_add(&total, rows, reply->target))
        || ((outputs & KNN_PREDICT_PROBA)
            && !knn_reply_proba_size(reply, rows, &total))
        || ((outputs & KNN_KNEIGHBORS)
            && !knn_reply_neighbors_size(reply, rows, neighbors, &total))
        || !knn_reply_add(&total, 1, reply->tail_size))
    {
        return 0;
    }

    return total;
}


size_t
knn_reply_row_size(const knn_reply_t *reply, const knn_query_t *query,
                   size_t row)
{
    return knn_reply_room(
        reply, query->outputs, 1,
        query->first == NULL ? 0 : query->first[row + 1] - query->first[row]);
}


size_t
knn_reply_size(const knn_reply_t *reply, const knn_query_t *query,
               const knn_rows_t *rows, knn_reply_form_e form)
{
    (void) rows;
    (void) form;

    return knn_reply_room(reply, query->outputs, query->rows,
                          query->first == NULL ? 0 : query->first[query->rows]);
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


/* Writes what ends every reply. */
static bool
knn_reply_end(knn_reply_t *reply, const char *name, const char *version)
{
    char  *p, *last;
    size_t size;

    size = sizeof(KNN_REPLY_TAIL)
           + KNN_TEXT_ESCAPE * (strlen(name) + strlen(version));

    reply->tail = malloc(size);

    if (reply->tail == NULL) {
        return false;
    }

    last = reply->tail + size;

    p = knn_reply_literal(reply->tail, ",\"model\":\"");
    p = knn_text_write(p, last, name, strlen(name));
    p = knn_reply_literal(p, "\",\"version\":\"");
    p = knn_text_write(p, last, version, strlen(version));
    p = knn_reply_literal(p, "\"}");

    reply->tail_size = (size_t) (p - reply->tail);

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

    if (knn_labels_init(&reply->labels, reply->info)
        && knn_reply_end(reply, name, version))
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
    free(reply->tail);
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
