
/*
 * Copyright (C) nginx-knn contributors
 */


/* The different texts of a column, numbered as they come, then sorted. */


#ifndef KNN_TEXTS_H
#define KNN_TEXTS_H


#include "../../model/train/table.h"


/* none when all is 0 */
typedef struct {
    char     *bytes; /* all of them, each with a NUL behind */
    size_t    size;
    size_t    capacity;
    size_t    count;
    size_t    max;
    size_t   *at;    /* [max], into bytes */
    uint32_t *slots; /* 1 + the number, 0 is free */
    size_t    mask;
} knn_texts_t;


/* The number of a text, UINT32_MAX when there is no memory. */
uint32_t knn_texts_add(knn_texts_t *texts, const char *data, size_t len);

/*
 * Gives the column its texts, ascending, and its values their indices in place
 * of their numbers.  False when there is no memory.
 */
bool knn_texts_finish(knn_texts_t *texts, knn_column_t *column, size_t rows);

void knn_texts_free(knn_texts_t *texts);


#endif /* KNN_TEXTS_H */
