
/*
 * Copyright (C) nginx-knn contributors
 */


/* Results and errors to the bytes of replies. */


#ifndef KNN_REPLY_H
#define KNN_REPLY_H


#include "../request/request.h"


/* the pieces of one model's replies, prepared once, then read-only */
typedef struct knn_reply_s knn_reply_t;


typedef enum {
    KNN_REPLY_JSON = 0,   /* the object of a location of knn_predict */
    KNN_REPLY_JSON_LINES, /* an object for each row, without the model */
    KNN_REPLY_CSV,        /* a line for each row */
    KNN_REPLY_CSV_HEADER, /* below the names of its columns */
    KNN_REPLY_NPY,        /* the array of the only output */
    KNN_REPLY_V1,         /* of :predict */
    KNN_REPLY_CLASSIFY,   /* of V1's :classify */
    KNN_REPLY_V2,
    KNN_REPLY_FORMS
} knn_reply_form_e;


/* a reply that is being written; all but p and json is the writer's own */
typedef struct {
    char  *p;    /* the end of what is written */
    size_t json; /* V2: bytes of JSON before binary tensors, 0 without them */

    const knn_reply_t *reply;
    const knn_query_t *query;
    const knn_rows_t  *rows;
    knn_reply_form_e   form;
    bool               single;

    size_t member;   /* that is being written, or tensor */
    size_t first;    /* its rows */
    size_t last;     /* and their end */
    size_t row;      /* that is being written */
    size_t neighbor; /* of the row, the next */
    size_t values;   /* that may be written until the next pause */

    /* of tables and tensors */

    bool   names;            /* of the columns are being written */
    size_t width;            /* neighbors of a row, those that are padded too */
    size_t column;           /* of the row, the next */
    size_t class;            /* the last in order of probability */
    char *start;             /* of the reply, then of a binary tensor */
    char *sizes[KNN_WANTED]; /* places for the sizes of tensors of texts */
} knn_reply_writer_t;


/* NULL when there is no memory; model must outlive it. */
knn_reply_t *knn_reply_create(const knn_model_t *model, const char *name,
                              const char *version);

void knn_reply_destroy(knn_reply_t *reply);

/* KNN_UNSUPPORTED and err when outputs cannot be told in this form. */
knn_status_e knn_reply_check(const knn_reply_t *reply, knn_reply_form_e form,
                             unsigned outputs, knn_error_t *err);

/* The bytes that a reply needs at most, 0 beyond size_t. */
size_t knn_reply_size(const knn_reply_t *reply, const knn_query_t *query,
                      const knn_rows_t *rows, knn_reply_form_e form);

/* Begins at p the reply to a finished query and to the rows that it is of. */
void knn_reply_begin(knn_reply_writer_t *writer, const knn_reply_t *reply,
                     const knn_query_t *query, const knn_rows_t *rows,
                     knn_reply_form_e form, char *p);

/*
 * Writes more of the reply, about so many values: labels, probabilities,
 * indices and distances.  What a row has of one output is written together,
 * but for its neighbors and the elements of tensors.  True when the reply is
 * whole, which ends at writer->p; it must not be called again then.
 */
bool knn_reply_run(knn_reply_writer_t *writer, size_t values);

/* The bytes that knn_reply_write_row() needs at most, 0 beyond size_t. */
size_t knn_reply_row_size(const knn_reply_t *reply, const knn_query_t *query,
                          size_t row);

/*
 * Writes the results of one row as an object that does not name the model;
 * returns its end.
 */
char *knn_reply_write_row(const knn_reply_t *reply, const knn_query_t *query,
                          size_t row, char *p);

/* The JSON text of a class: "setosa" in quotes, 1, 0.5, true. */
void knn_reply_label(const knn_reply_t *reply, size_t output, uint32_t class,
                     const char **data, size_t *size);


#define KNN_PROBLEM_SIZE 4096

/*
 * Writes the error object that every client can read (RFC 9457 and the
 * members of other servers' errors) into buf of KNN_PROBLEM_SIZE bytes;
 * pointer may be NULL or empty.  Returns its length.
 */
size_t knn_problem_write(char *buf, unsigned status, const char *title,
                         const char *detail, const char *pointer);


#endif /* KNN_REPLY_H */
