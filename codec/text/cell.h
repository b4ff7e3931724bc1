
/*
 * Copyright (C) nginx-knn contributors
 */


/* The cells of a line of CSV. */


#ifndef KNN_CELL_H
#define KNN_CELL_H


#include <stdbool.h>
#include <stddef.h>


/* as it stands in the line, without the blanks around it */
typedef struct {
    const char *data;
    size_t      size;
    bool        quoted; /* data is what is between the quotes */
} knn_cell_t;


/* Reads the cell at p; returns the comma behind it, or end. */
const char *knn_cell_read(const char *p, const char *end, knn_cell_t *cell);

/*
 * True for the text of a number, wholly; NaN and infinity read as such, what
 * is beyond the range of doubles as infinity.
 */
bool knn_cell_number(const knn_cell_t *cell, double *value);

/* True for a truth value as pandas reads it, which is 1 or 0. */
bool knn_cell_boolean(const knn_cell_t *cell, double *value);

/*
 * True for what stands for no value: nothing, a question mark, and what
 * pandas takes as such ("NA", "NaN", "null", "None" and so on).
 */
bool knn_cell_missing(const knn_cell_t *cell);

/*
 * True for what a column of numbers takes: a finite number, a truth value
 * and, if missing, what stands for no value, which is NaN.
 */
bool knn_cell_value(const knn_cell_t *cell, bool missing, double *value);

/*
 * Writes the cell with its doubled quotes made single, at most as many bytes
 * as it has; returns their number.
 */
size_t knn_cell_text(const knn_cell_t *cell, char *text);


static inline bool
knn_cell_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}


/* The first byte from p on that is not blank. */
static inline const char *
knn_cell_skip(const char *p, const char *end)
{
    while (p < end && knn_cell_blank(*p)) {
        p++;
    }

    return p;
}


#endif /* KNN_CELL_H */
