
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * CSV text, whole, to the columns of a table.
 *
 * A column is what all its cells are that are not missing: truth values
 * ("True", "true", "TRUE" and so on), integers, numbers; anything else makes
 * it text.  The first row is a header if no cell of it is a number, or if one
 * is text above a column of numbers or truth values.
 *
 * The text is read twice: once to see what the columns are, which the caller
 * may then change to KNN_COLUMN_TEXT or KNN_COLUMN_NUMBER, and once for the
 * values.
 */


#ifndef KNN_TABLE_READER_H
#define KNN_TABLE_READER_H


#include "../../model/train/table.h"


/* bytes of a cell, and of a name */
#define KNN_TABLE_CELL 65536
#define KNN_TABLE_NAME 256


typedef enum {
    KNN_HEADER_AUTO = 0,
    KNN_HEADER_YES,
    KNN_HEADER_NO
} knn_header_e;


typedef struct {
    knn_table_t table;
    const char *data; /* the first row that is no header */
    const char *end;
    size_t      line;  /* its number, from 1 */
    char       *names; /* of all columns */

    knn_error_t error; /* of what failed */
    size_t      fault; /* its line, 0 if it has none */
} knn_table_reader_t;


/*
 * Finds rows, columns and their types.  The text stays the caller's and must
 * outlive the second pass; the table is to be freed in any case.
 */
knn_status_e knn_table_scan(knn_table_reader_t *reader, const char *data,
                            size_t size, knn_header_e header);

/*
 * Reads the values of the columns that are not KNN_COLUMN_EMPTY.  A cell of a
 * KNN_COLUMN_NUMBER that is text is read as missing.
 */
knn_status_e knn_table_fill(knn_table_reader_t *reader);

void knn_table_free(knn_table_reader_t *reader);

/* Records a fault; returns status. */
knn_status_e knn_table_fail(knn_table_reader_t *reader, knn_status_e status,
                            size_t line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));


#endif /* KNN_TABLE_READER_H */
