
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a cell of a table is. */


#ifndef KNN_TABLE_CELL_H
#define KNN_TABLE_CELL_H


#include "../../model/train/table.h"
#include "../text/cell.h"


typedef struct {
    knn_column_e type;    /* KNN_COLUMN_EMPTY if it is missing */
    double       value;   /* of a boolean too, NaN if it is missing or text */
    int64_t      integer; /* of KNN_COLUMN_INTEGER, else 0 */
} knn_datum_t;


void knn_cell_datum(const knn_cell_t *cell, knn_datum_t *datum);


#endif /* KNN_TABLE_CELL_H */
