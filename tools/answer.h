
/*
 * Copyright (C) nginx-knn contributors
 */


/* The results of one row as a line of text. */


#ifndef KNN_ANSWER_H
#define KNN_ANSWER_H


#include "../codec/reply/reply.h"
#include "printer.h"


/*
 * Adds a line of columns that tabs separate: predictions, label=probability,
 * index:distance:label or value of each neighbor, and novelty=.
 */
void knn_answer_print(knn_printer_t *out, const knn_reply_t *reply,
                      const knn_query_t *query, size_t row);


#endif /* KNN_ANSWER_H */
