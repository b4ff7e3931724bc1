
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a reply is made of. */


#ifndef KNN_REPLY_ROW_H
#define KNN_REPLY_ROW_H


#include <string.h>

#include "label.h"
#include "reply.h"


#define KNN_REPLY_MEMBERS 4


struct knn_reply_s {
    const knn_model_t      *model;
    const knn_model_info_t *info;
    knn_labels_t            labels;
    size_t                  target; /* bytes of one row's labels or values */
    char                   *tail;   /* ,"model":"iris","version":… */
    size_t                  tail_size;
};


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


/* in the order of the reply */
extern const knn_reply_member_t knn_reply_members[KNN_REPLY_MEMBERS];


/* Copies text; returns its end. */
static inline char *
knn_reply_copy(char *p, const char *data, size_t size)
{
    return (char *) memcpy(p, data, size) + size;
}


#define knn_reply_literal(p, text) knn_reply_copy(p, text, sizeof(text) - 1)


#endif /* KNN_REPLY_ROW_H */
