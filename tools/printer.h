
/*
 * Copyright (C) nginx-knn contributors
 */


/* Standard output, in large pieces. */


#ifndef KNN_PRINTER_H
#define KNN_PRINTER_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


typedef struct {
    char *buf;
    char *p;
    char *last;
    int   error; /* errno of the first failure */
} knn_printer_t;


/* False when there is no memory. */
bool knn_printer_init(knn_printer_t *out);

/*
 * Makes room for so many bytes at out->p, writing what is there if need be;
 * false after a failure.
 */
bool knn_printer_room(knn_printer_t *out, size_t size);

/* These add text, bytes, a string in JSON's escapes, and numbers. */
void knn_printer_text(knn_printer_t *out, const char *text);
void knn_printer_bytes(knn_printer_t *out, const char *data, size_t size);
void knn_printer_escaped(knn_printer_t *out, const char *data, size_t size);
void knn_printer_count(knn_printer_t *out, size_t count);
void knn_printer_number(knn_printer_t *out, double value);

/* Writes the rest and frees all; returns the command's exit status. */
int knn_printer_finish(knn_printer_t *out);

/* Frees all without writing. */
void knn_printer_discard(knn_printer_t *out);


#endif /* KNN_PRINTER_H */
