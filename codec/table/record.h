
/*
 * Copyright (C) nginx-knn contributors
 */


/* The records of CSV text: lines, and more where quotes span them. */


#ifndef KNN_RECORD_H
#define KNN_RECORD_H


#include <stdbool.h>
#include <stddef.h>


typedef struct {
    const char *data; /* without the line feed */
    const char *end;
    const char *next; /* behind it */
    size_t      line; /* the number of its first line */
    size_t      lines;
    bool        open; /* a quote is not closed */
} knn_record_t;


/* Begins before the first record of text whose first line has this number. */
void knn_record_init(knn_record_t *record, const char *data, size_t line);

/* Moves to the next record that is not blank; false if there is none. */
bool knn_record_next(knn_record_t *record, const char *end);


#endif /* KNN_RECORD_H */
