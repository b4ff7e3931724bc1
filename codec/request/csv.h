
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Lines of cells separated by commas to rows: KNN_FORMAT_CSV, _CSV_HEADER,
 * _CSV_ROWS and _LINE.
 *
 * A column of numbers takes numbers and, as 1 and 0, truth values; if NaN is
 * taken, also what cell.h calls missing.  A column of texts takes the text of
 * the cell as it stands there, also if that is a number, else without the
 * blanks around it; what is no known text may be missing, too.
 *
 * Unless it is told, the first line is a header if one of its cells stands in a column of
 * numbers and is none of these nor missing, or if it names all features of
 * a model that has names, or nothing but features.  So a line of texts alone
 * is a row, unless it is made of names.  If a header names all features, each
 * column is what its name says, in any order, and other columns are ignored;
 * if it names none of them, the order counts.  One that names some is
 * refused: to guess would be to mix them up.
 */


#ifndef KNN_CSV_H
#define KNN_CSV_H


#include "../text/cell.h"
#include "../text/line.h"
#include "matrix.h"
#include "../text/names.h"


/* the column belongs to no feature */
#define KNN_CSV_IGNORED SIZE_MAX


typedef struct {
    knn_matrix_t *matrix;
    knn_format_e  format;
    knn_lines_t   lines;
    knn_names_t   names;

    size_t *map; /* column to feature, or NULL */
    size_t  map_size;
    size_t *row_lines; /* takes the line of each row in the matrix, or NULL */

    char  *text; /* of a cell with doubled quotes */
    size_t text_size;

    bool begun;  /* the first line is behind */
    bool header; /* and it was a header */
} knn_csv_t;


/* format: one of those of CSV */
void knn_csv_init(knn_csv_t *csv, knn_matrix_t *matrix, knn_format_e format);
knn_status_e knn_csv_feed(knn_csv_t *csv, const char *data, size_t size);
knn_status_e knn_csv_finish(knn_csv_t *csv);
void         knn_csv_free(knn_csv_t *csv);

/* The parts of the above: lines without their ends. */
knn_status_e knn_csv_first(knn_csv_t *csv, const char *p, const char *end);
knn_status_e knn_csv_row(knn_csv_t *csv, const char *p, const char *end);

/* Refuses a line that is no text. */
knn_status_e knn_csv_check_text(knn_csv_t *csv, const char *p, const char *end);

/*
 * The text of a cell, in the line or in csv->text, and its size; NULL when
 * there is no memory.
 */
const char *knn_csv_text(knn_csv_t *csv, const knn_cell_t *cell, size_t *size);


#endif /* KNN_CSV_H */
