
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies row by row, and an object for each of them as JSON Lines. */


#include "reply_row.h"


/* Writes more of a row; true when it is whole. */
static bool
knn_reply_line(knn_reply_writer_t *writer, const knn_reply_layout_t *layout)
{
    char                     *p;
    const knn_reply_member_t *member;

    p = writer->p;

    if (writer->member == 0 && writer->neighbor == 0) {
        p = knn_reply_piece(p, &layout->open);
    }

    for (/* void */; writer->member < layout->n; writer->member++) {
        member = &layout->members[writer->member];

        if (!(writer->query->outputs & member->outputs)) {
            continue;
        }

        if (writer->values == 0) {
            break;
        }

        if (writer->neighbor == 0) {
            p = knn_reply_piece(p, &member->single);
        }

        p = member->write(writer, p);

        if (writer->neighbor > 0) {
            break;
        }

        *p++ = ',';
    }

    if (writer->member < layout->n) {
        writer->p = p;
        return false;
    }

    writer->p = knn_reply_piece(p - 1, &layout->close);
    writer->member = 0;

    return true;
}


bool
knn_reply_lines(knn_reply_writer_t *writer, const knn_reply_layout_t *layout)
{
    while (writer->row < writer->last && writer->values > 0) {
        if (knn_reply_line(writer, layout)) {
            writer->row++;
        }
    }

    return writer->row == writer->last;
}


static const knn_reply_layout_t knn_reply_object = {
    knn_reply_members, KNN_REPLY_MEMBERS, KNN_PIECE("{"), KNN_PIECE("}\n")};


/* The most bytes of an object for each row. */
static size_t
knn_reply_objects_size(const knn_reply_t *reply, const knn_query_t *query,
                       const knn_rows_t *rows)
{
    size_t i, size, total;

    (void) rows;

    total = knn_reply_room(reply, query->outputs, query->rows,
                           knn_reply_found(query));

    size = sizeof("{}\n");

    for (i = 0; i < KNN_REPLY_MEMBERS; i++) {
        size += knn_reply_members[i].single.size;
    }

    return total > 0 && knn_reply_add(&total, query->rows, size) ? total : 0;
}


/* There is nothing before the first row. */
static void
knn_reply_objects_begin(knn_reply_writer_t *writer)
{
    (void) writer;
}


/* Writes more objects. */
static bool
knn_reply_objects_run(knn_reply_writer_t *writer)
{
    return knn_reply_lines(writer, &knn_reply_object);
}


const knn_reply_format_t knn_reply_json_lines = {
    knn_reply_objects_size, knn_reply_objects_begin, knn_reply_objects_run};


size_t
knn_reply_row_size(const knn_reply_t *reply, const knn_query_t *query,
                   size_t row)
{
    return knn_reply_room(
        reply, query->outputs, 1,
        query->first == NULL ? 0 : query->first[row + 1] - query->first[row]);
}


char *
knn_reply_write_row(const knn_reply_t *reply, const knn_query_t *query,
                    size_t row, char *p)
{
    knn_reply_writer_t writer = {
        .p = p, .reply = reply, .query = query, .row = row, .values = SIZE_MAX};

    (void) knn_reply_line(&writer, &knn_reply_object);

    /* without the line feed */

    return writer.p - 1;
}
