
/*
 * Copyright (C) nginx-knn contributors
 */


/* The first record of a table: names of columns, or a row. */


#ifndef KNN_TABLE_HEADER_H
#define KNN_TABLE_HEADER_H


#include "record.h"
#include "table.h"


/* True if it looks like names over the columns below it. */
bool knn_table_is_header(const knn_table_t *table, const knn_record_t *record);

/* Names the columns. */
knn_status_e knn_table_header(knn_table_reader_t *reader,
                              const knn_record_t *record);


#endif /* KNN_TABLE_HEADER_H */
