
/*
 * Copyright (C) nginx-knn contributors
 */


/* What replies are made of. */


#ifndef KNN_REPLY_ROW_H
#define KNN_REPLY_ROW_H


#include <math.h>
#include <string.h>

#include "label.h"
#include "../text/number.h"
#include "reply.h"


#define KNN_REPLY_MEMBERS 4


struct knn_reply_s {
    const knn_model_t      *model;
    const knn_model_info_t *info;
    knn_labels_t            labels;
    knn_datatype_e          type;   /* of predictions, all outputs together */
    size_t                  target; /* bytes of one row's labels or values */
    knn_piece_t             tail;   /* ,"model":"iris","version":… */
    knn_piece_t             head;   /* {"model_name":"iris",… */
    char                   *names;  /* memory of both */
};


/* a form of replies: each is the work of one file */
typedef struct {
    size_t (*size)(const knn_reply_t *reply, const knn_query_t *query,
                   const knn_rows_t *rows);
    void (*begin)(knn_reply_writer_t *writer);
    bool (*run)(knn_reply_writer_t *writer);
} knn_reply_format_t;


extern const knn_reply_format_t knn_reply_json;
extern const knn_reply_format_t knn_reply_json_lines;
extern const knn_reply_format_t knn_reply_csv;
extern const knn_reply_format_t knn_reply_npy;
extern const knn_reply_format_t knn_reply_v1;
extern const knn_reply_format_t knn_reply_classify;
extern const knn_reply_format_t knn_reply_v2;


/*
 * Writes what a member holds for the writer's row, or as much more of it as
 * may be written: writer->neighbor is 0 when that is whole.  Returns its end.
 */
typedef char *(*knn_reply_pt)(knn_reply_writer_t *writer, char *p);


/* a member is there for any of its outputs */
typedef struct {
    unsigned     outputs;
    knn_piece_t  single; /* its name for one row */
    knn_piece_t  list;   /* and what begins an array of rows */
    knn_reply_pt write;
} knn_reply_member_t;


#define KNN_PIECE(text)                                                        \
    {                                                                          \
        text, sizeof(text) - 1                                                 \
    }


/* in the order of the reply */
extern const knn_reply_member_t knn_reply_members[KNN_REPLY_MEMBERS];

/* What a row has of a member. */
char *knn_reply_prediction(knn_reply_writer_t *writer, char *p);
char *knn_reply_neighbors(knn_reply_writer_t *writer, char *p);

/*
 * Writes more of n members, each an array of what the rows have or, if
 * writer->single, what the only row has; true when all are there, each with a
 * comma behind it.
 */
bool knn_reply_columns(knn_reply_writer_t       *writer,
                       const knn_reply_member_t *members, size_t n);


/* how each row is written on its own */
typedef struct {
    const knn_reply_member_t *members;
    size_t                    n;
    knn_piece_t               open;
    knn_piece_t               close; /* in the place of its last comma */
} knn_reply_layout_t;


/* Writes more rows; true when all are there. */
bool knn_reply_lines(knn_reply_writer_t       *writer,
                     const knn_reply_layout_t *layout);


/*
 * The most bytes of what the rows have as JSON with its names, and of what
 * stands around it, 0 beyond size_t.
 */
size_t knn_reply_room(const knn_reply_t *reply, unsigned outputs, size_t rows,
                      size_t neighbors);

/* The neighbors of all rows. */
size_t knn_reply_found(const knn_query_t *query);

/* The most neighbors of a row. */
size_t knn_reply_width(const knn_reply_t *reply, const knn_query_t *query);


/* Adds count * size to total; false on overflow. */
static inline bool
knn_reply_add(size_t *total, size_t count, size_t size)
{
    return !__builtin_mul_overflow(count, size, &size)
           && !__builtin_add_overflow(*total, size, total);
}


/* Counts values as written. */
static inline void
knn_reply_spend(knn_reply_writer_t *writer, size_t values)
{
    writer->values -= values < writer->values ? values : writer->values;
}


/* Copies text; returns its end. */
static inline char *
knn_reply_copy(char *p, const char *data, size_t size)
{
    return (char *) memcpy(p, data, size) + size;
}


#define knn_reply_literal(p, text) knn_reply_copy(p, text, sizeof(text) - 1)


static inline char *
knn_reply_piece(char *p, const knn_piece_t *piece)
{
    return knn_reply_copy(p, piece->data, piece->size);
}


/* A number, if it is one of JSON. */
static inline char *
knn_reply_number(double value, char *p)
{
    return isfinite(value) ? knn_number_write(p, value)
                           : knn_reply_literal(p, "null");
}


/*
 * Writes something of one output, of a row of the query or of the training
 * data; returns its end.
 */
typedef char *(*knn_reply_output_pt)(const knn_reply_t *reply,
                                     const knn_query_t *query, size_t row,
                                     size_t output, char *p);


/* What one output has, or an array of what all have. */
static inline __attribute__((always_inline)) char *
knn_reply_outputs(const knn_reply_t *reply, const knn_query_t *query,
                  size_t row, knn_reply_output_pt write, char *p)
{
    size_t i, n;

    n = reply->info->n_outputs;

    if (n == 1) {
        return write(reply, query, row, 0, p);
    }

    *p++ = '[';

    for (i = 0; i < n; i++) {
        p = write(reply, query, row, i, p);
        *p++ = ',';
    }

    p[-1] = ']';

    return p;
}


#endif /* KNN_REPLY_ROW_H */
