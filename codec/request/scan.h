
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Numbers of JSON arrays, many times as fast as by a lexer.
 *
 * What is read are whole numbers, or rows of them, each with its comma and
 * the beginning of the next one: to who waits for a value, nothing has changed
 * but the number of those that there were.  Anything else ends the reading
 * before it.
 */


#ifndef KNN_SCAN_H
#define KNN_SCAN_H


#include <stdbool.h>
#include <stddef.h>


typedef struct {
    const char *p;      /* a value is due here */
    const char *end;    /* of the bytes that are there */
    const char *last;   /* the end of the latest value that was read */
    size_t      stride; /* from value to value */
    bool        single; /* values are rounded to single precision */
} knn_scan_t;


/* Reads up to count numbers; returns how many there were. */
size_t knn_scan_numbers(knn_scan_t *scan, double *values, size_t count);

/* The same for arrays of so many columns, "[1,2],". */
size_t knn_scan_rows(knn_scan_t *scan, double *values, size_t count,
                     size_t columns);


#endif /* KNN_SCAN_H */
