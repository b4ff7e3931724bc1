
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Lines of numbers separated by commas to rows.
 *
 * A first line with a cell that is no number is a header.  If it names all
 * features of a model that has names, each column is what its name says, in
 * any order, and other columns are ignored; if it names none of them, the order
 * counts.  One that names some is refused: to guess would be to mix them up.
 */


#ifndef KNN_CSV_H
#define KNN_CSV_H


#include "matrix.h"
#include "names.h"


typedef struct {
    knn_matrix_t *matrix;
    knn_names_t   names;

    size_t *map; /* column to feature, or NULL */
    size_t  map_size;

    char  *carry; /* a line whose end is yet to come */
    size_t carried;
    size_t carry_size;
    size_t longest; /* line that is read */

    bool quoted; /* between quotes */
    bool begun;  /* the first line is behind */
    bool header; /* and it was a header */
    bool ended;  /* a line end was seen */
} knn_csv_t;


void         knn_csv_init(knn_csv_t *csv, knn_matrix_t *matrix);
knn_status_e knn_csv_feed(knn_csv_t *csv, const char *data, size_t size);
knn_status_e knn_csv_finish(knn_csv_t *csv);
void         knn_csv_free(knn_csv_t *csv);

/* The parts of the above: lines without their ends. */
bool         knn_csv_is_header(const char *p, const char *end);
knn_status_e knn_csv_header(knn_csv_t *csv, const char *p, const char *end);
knn_status_e knn_csv_row(knn_csv_t *csv, const char *p, const char *end);


static inline bool
knn_csv_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}


/* The first byte from p on that is not blank. */
static inline const char *
knn_csv_skip(const char *p, const char *end)
{
    while (p < end && knn_csv_blank(*p)) {
        p++;
    }

    return p;
}


#endif /* KNN_CSV_H */
