
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies as one JSON object that names the model. */


#include "reply_row.h"


/* Begins a member with its name. */
static inline char *
knn_reply_name(knn_reply_writer_t *writer, const knn_reply_member_t *member,
               char *p)
{
    const knn_piece_t *name;

    name = writer->single ? &member->single : &member->list;

    return knn_reply_piece(p, name);
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

    while (writer->row < writer->last && writer->values > 0) {
        p = member->write(writer, p);

        if (writer->neighbor == 0) {
            *p++ = ',';
            writer->row++;
        }
    }

    return p;
}


bool
knn_reply_columns(knn_reply_writer_t *writer, const knn_reply_member_t *members,
                  size_t n)
{
    char                     *p;
    const knn_reply_member_t *member;

    p = writer->p;

    for (/* void */; writer->member < n; writer->member++) {
        member = &members[writer->member];

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
            p -= writer->first < writer->last;
            p = knn_reply_literal(p, "],");
        }
    }

    writer->p = p;

    return writer->member == n;
}


/* The most bytes of an object of all rows. */
static size_t
knn_reply_json_size(const knn_reply_t *reply, const knn_query_t *query,
                    const knn_rows_t *rows)
{
    (void) rows;

    return knn_reply_room(reply, query->outputs, query->rows,
                          knn_reply_found(query));
}


/* Begins the object. */
static void
knn_reply_json_begin(knn_reply_writer_t *writer)
{
    writer->single = writer->rows->single;
    writer->last = writer->single ? 1 : writer->last;
    *writer->p++ = '{';
}


/* Writes more members, then the model. */
static bool
knn_reply_json_run(knn_reply_writer_t *writer)
{
    if (!knn_reply_columns(writer, knn_reply_members, KNN_REPLY_MEMBERS)) {
        return false;
    }

    /* the tail has the comma */

    writer->p = knn_reply_piece(writer->p - 1, &writer->reply->tail);

    return true;
}


const knn_reply_format_t knn_reply_json = {
    knn_reply_json_size, knn_reply_json_begin, knn_reply_json_run};
