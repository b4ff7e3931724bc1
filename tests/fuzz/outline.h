
/*
 * Copyright (C) nginx-knn contributors
 */


/* Where the values of a pickle are in its bytes, told without reading them. */


#ifndef KNN_OUTLINE_H
#define KNN_OUTLINE_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


#define OUTLINE_MAX 16384


/* bytes from start to end */
typedef struct {
    size_t start;
    size_t end;
} span_t;


/* an opcode and its operand, without the operand's length */
typedef struct {
    uint8_t code;
    span_t  whole;
    span_t  operand;
} op_t;


typedef struct {
    size_t n_ops;
    size_t n_values;
    size_t n_pairs;
    size_t n_raws;
    size_t end; /* of what was understood */
    op_t   ops[OUTLINE_MAX];
    span_t values[OUTLINE_MAX]; /* each with all that makes it */
    span_t pairs[OUTLINE_MAX];  /* of dicts, a key and its value */
    span_t raws[OUTLINE_MAX];   /* joblib's arrays, and bytes */
} outline_t;


/* How the operand of an opcode is written, see outline.c; 0 for no opcode. */
char outline_form(uint8_t code);

/* Reads as far as it is a pickle; false when that is not far. */
bool outline_read(outline_t *outline, const uint8_t *data, size_t size);


#endif /* KNN_OUTLINE_H */
