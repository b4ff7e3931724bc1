
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Replies of the Open Inference Protocol: an object with the tensors that were
 * asked for, then the bytes of those that were asked for in binary.
 */


#include "reply_tensor.h"
#include "../text/text.h"


/* bytes of an integer in text */
#define KNN_V2_DIGITS 20


/* Describes a tensor that was asked for. */
static void
knn_v2_tensor(knn_tensor_t *tensor, const knn_reply_t *reply,
              const knn_query_t *query, const knn_wanted_t *wanted,
              size_t width)
{
    knn_tensor_init(tensor, reply, query, wanted->tensor,
                    wanted->classification, width);
}


/* The most bytes of a reply. */
static size_t
knn_v2_size(const knn_reply_t *reply, const knn_query_t *query,
            const knn_rows_t *rows)
{
    size_t              i, size, total, width;
    knn_tensor_t        tensor;
    const knn_wanted_t *wanted;

    total = reply->head.size + sizeof(",\"id\":\"\",\"outputs\":[]}");
    width = knn_reply_width(reply, query);

    if (!knn_reply_add(&total, rows->id_size, KNN_TEXT_ESCAPE)) {
        return 0;
    }

    for (i = 0; i < rows->n_wanted; i++) {
        wanted = &rows->wanted[i];
        knn_v2_tensor(&tensor, reply, query, wanted, width);
        size = knn_tensor_size(&tensor, reply, wanted->binary);

        if (size == 0 || !knn_reply_add(&total, 1, size)
            || !knn_reply_add(&total, 1,
                              strlen(wanted->name) + 3 * KNN_V2_DIGITS
                                  + sizeof("{\"name\":\"\",\"datatype\":"
                                           "\"BYTES\",\"shape\":[,],"
                                           "\"parameters\":{"
                                           "\"binary_data_size\":}},")))
        {
            return 0;
        }
    }

    return total;
}


/* Begins with the model and the request's name for itself. */
static void
knn_v2_begin(knn_reply_writer_t *writer)
{
    char             *p;
    const knn_rows_t *rows;

    rows = writer->rows;

    writer->start = writer->p;
    writer->width = knn_reply_width(writer->reply, writer->query);
    writer->column = 0;

    p = knn_reply_piece(writer->p, &writer->reply->head);

    if (rows->id != NULL) {
        p = knn_reply_literal(p, ",\"id\":\"");
        p = knn_text_write(p, p + KNN_TEXT_ESCAPE * rows->id_size, rows->id,
                           rows->id_size);
        *p++ = '"';
    }

    writer->p = knn_reply_literal(p, ",\"outputs\":[");
}


/* Writes name, datatype and shape of a tensor. */
static char *
knn_v2_describe(const knn_wanted_t *wanted, const knn_tensor_t *tensor, char *p)
{
    p = knn_reply_literal(p, "{\"name\":\"");
    p = stpcpy(p, wanted->name);
    p = knn_reply_literal(p, "\",\"datatype\":\"");
    p = stpcpy(p, knn_datatypes[tensor->kind->type].name);
    p = knn_reply_literal(p, "\",\"shape\":[");
    p = knn_number_write_unsigned(p, tensor->rows);

    if (tensor->rank == 2) {
        *p++ = ',';
        p = knn_number_write_unsigned(p, tensor->columns);
    }

    *p++ = ']';

    return p;
}


/*
 * Writes the size of a binary tensor, or leaves blanks where that of texts will
 * be, which is known when these are written.
 */
static char *
knn_v2_parameters(knn_reply_writer_t *writer, const knn_tensor_t *tensor,
                  char *p)
{
    p = knn_reply_literal(p, ",\"parameters\":{\"binary_data_size\":");

    if (tensor->kind->type == KNN_BYTES) {
        writer->sizes[writer->member] = p;
        memset(p, ' ', KNN_V2_DIGITS);
        p += KNN_V2_DIGITS;
    }
    else {
        p = knn_number_write_unsigned(p, tensor->rows * tensor->columns
                                             * tensor->kind->binary);
    }

    return knn_reply_literal(p, "}},");
}


/* Writes more of a tensor's JSON; true when it is whole. */
static bool
knn_v2_json(knn_reply_writer_t *writer, const knn_wanted_t *wanted,
            const knn_tensor_t *tensor)
{
    if (writer->row == 0 && writer->column == 0) {
        writer->p = knn_v2_describe(wanted, tensor, writer->p);

        if (wanted->binary) {
            writer->p = knn_v2_parameters(writer, tensor, writer->p);
            return true;
        }

        writer->p = knn_reply_literal(writer->p, ",\"data\":[");
    }

    if (!knn_tensor_json(writer, tensor)) {
        return false;
    }

    /* the last comma */

    writer->p -= tensor->rows > 0 && tensor->columns > 0;
    writer->p = knn_reply_literal(writer->p, "]},");

    return true;
}


/* Ends the JSON. */
static void
knn_v2_outputs(knn_reply_writer_t *writer)
{
    bool              binary;
    size_t            i;
    knn_tensor_t      tensor;
    const knn_rows_t *rows;

    rows = writer->rows;
    binary = false;

    for (i = 0; i < rows->n_wanted; i++) {
        knn_v2_tensor(&tensor, writer->reply, writer->query, &rows->wanted[i],
                      writer->width);

        if (rows->wanted[i].binary && tensor.rows > 0 && tensor.columns > 0) {
            binary = true;
        }
    }

    writer->p = knn_reply_literal(writer->p - (rows->n_wanted > 0), "]}");
    writer->json = binary ? (size_t) (writer->p - writer->start) : 0;
}


/* Writes more of a tensor's bytes; true when all are there. */
static bool
knn_v2_binary(knn_reply_writer_t *writer, size_t i, const knn_tensor_t *tensor)
{
    if (writer->row == 0 && writer->column == 0) {
        writer->start = writer->p;
    }

    if (!knn_tensor_binary(writer, tensor)) {
        return false;
    }

    if (tensor->kind->type == KNN_BYTES) {
        (void) knn_number_write_unsigned(writer->sizes[i],
                                         (size_t) (writer->p - writer->start));
    }

    return true;
}


/* Writes more tensors: first the JSON of all, then the bytes of some. */
static bool
knn_v2_run(knn_reply_writer_t *writer)
{
    bool                whole;
    size_t              i, n;
    knn_tensor_t        tensor;
    const knn_wanted_t *wanted;

    n = writer->rows->n_wanted;

    for (/* void */; writer->member < 2 * n; writer->member++) {
        i = writer->member < n ? writer->member : writer->member - n;
        wanted = &writer->rows->wanted[i];

        if (writer->member >= n && !wanted->binary) {
            continue;
        }

        if (writer->values == 0) {
            return false;
        }

        knn_v2_tensor(&tensor, writer->reply, writer->query, wanted,
                      writer->width);

        whole = writer->member < n ? knn_v2_json(writer, wanted, &tensor)
                                   : knn_v2_binary(writer, i, &tensor);

        if (!whole) {
            return false;
        }

        if (writer->member + 1 == n) {
            knn_v2_outputs(writer);
        }
    }

    return true;
}


const knn_reply_format_t knn_reply_v2 = {knn_v2_size, knn_v2_begin, knn_v2_run};
