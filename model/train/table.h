
/*
 * Copyright (C) nginx-knn contributors
 */


/* A table in memory: what models are trained from and judged by. */


#ifndef KNN_TABLE_H
#define KNN_TABLE_H


#include "../knn.h"


/* what the cells of a column are that are not missing */
typedef enum {
    KNN_COLUMN_EMPTY = 0, /* all are missing */
    KNN_COLUMN_BOOLEAN,
    KNN_COLUMN_INTEGER, /* all fit into 64 bits */
    KNN_COLUMN_NUMBER,
    KNN_COLUMN_TEXT
} knn_column_e;


typedef struct {
    const char  *name; /* printable UTF-8, NULL without a header */
    knn_column_e type;
    bool         wide;     /* integers that doubles do not hold */
    size_t       missing;  /* cells */
    size_t       infinite; /* the line of the first infinite cell, or 0 */
    size_t       text;     /* the line of the first text, or 0 */
    double      *values;   /* [rows], NaN if missing, a text's index */
    int64_t     *integers; /* [rows] if wide, 0 if missing, else NULL */
    size_t       n_texts;
    knn_text_t  *texts; /* [n_texts], ascending as memcmp() has it */
} knn_column_t;


typedef struct {
    size_t        rows;
    size_t        n_columns;
    knn_column_t *columns; /* [n_columns] */
} knn_table_t;


#endif /* KNN_TABLE_H */
