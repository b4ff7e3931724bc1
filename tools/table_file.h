
/*
 * Copyright (C) nginx-knn contributors
 */


/* A CSV file, or standard input, as a table. */


#ifndef KNN_TABLE_FILE_H
#define KNN_TABLE_FILE_H


#include "../codec/table/table.h"
#include "tool.h"


typedef struct {
    const char        *name; /* for messages */
    char              *data;
    size_t             size;
    knn_table_reader_t reader;
} knn_table_file_t;


/* Reads the option --header; KNN_EXIT_DONE or KNN_EXIT_USAGE. */
int knn_table_file_header(const knn_arguments_t *arguments,
                          knn_header_e          *header);

/*
 * Reads the file at path ("-" is standard input) and finds its columns.  False
 * when it was refused; to be closed in any case.
 */
bool knn_table_file_open(knn_table_file_t *file, const char *path,
                         knn_header_e header);

/* Reads the values. */
bool knn_table_file_fill(knn_table_file_t *file);

/* Frees the text, of which nothing is left in the table. */
void knn_table_file_drop(knn_table_file_t *file);

void knn_table_file_close(knn_table_file_t *file);

/*
 * The column of a name or, without a header, of a number from 1; n_columns
 * after a refusal.
 */
size_t knn_table_file_column(const knn_table_file_t *file, const char *name);


#endif /* KNN_TABLE_FILE_H */
