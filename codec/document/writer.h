
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * JSON documents of any size: what writes one is called twice, to nowhere for
 * its size, then into the memory.
 */


#ifndef KNN_WRITER_H
#define KNN_WRITER_H


#include <stdbool.h>
#include <stddef.h>


typedef struct {
    char  *p; /* NULL: only the size is counted */
    size_t size;
    bool   quoted; /* in a string that holds JSON */
} knn_writer_t;


/* Writes a document of data; it must write the same every time. */
typedef void (*knn_writer_pt)(knn_writer_t *writer, const void *data);


/*
 * What write writes, in memory of malloc(), NUL-terminated; NULL when there is
 * none.
 */
char *knn_writer_document(knn_writer_pt write, const void *data, size_t *size);

/* Bytes as they are. */
void knn_writer_add(knn_writer_t *writer, const char *data, size_t size);
void knn_writer_literal(knn_writer_t *writer, const char *text);

/* What is written between these two is JSON in a string. */
void knn_writer_open(knn_writer_t *writer);
void knn_writer_close(knn_writer_t *writer);

/* Text as a string, in its quotes. */
void knn_writer_string(knn_writer_t *writer, const char *text, size_t size);

/*
 * These write name as it is before the value: ",\"metric\":".  Neither is
 * written where the text or the list is NULL.
 */
void knn_writer_text(knn_writer_t *writer, const char *name, const char *text);
void knn_writer_list(knn_writer_t *writer, const char *name,
                     const char *const *list, size_t count);
void knn_writer_count(knn_writer_t *writer, const char *name, size_t count);
void knn_writer_number(knn_writer_t *writer, const char *name, double value);


#endif /* KNN_WRITER_H */
