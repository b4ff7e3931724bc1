
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "table_cell.h"


/* True for a number that is written in digits alone and fits into 64 bits. */
static bool
knn_cell_integer(const knn_cell_t *cell, int64_t *integer)
{
    int         digit;
    bool        negative;
    const char *p, *end;

    end = cell->data + cell->size;
    p = knn_cell_skip(cell->data, end);
    negative = *p == '-';
    p += *p == '-' || *p == '+';

    for (*integer = 0; p < end && *p >= '0' && *p <= '9'; p++) {
        digit = negative ? '0' - *p : *p - '0';

        if (__builtin_mul_overflow(*integer, 10, integer)
            || __builtin_add_overflow(*integer, digit, integer))
        {
            return false;
        }
    }

    return knn_cell_skip(p, end) == end;
}


void
knn_cell_datum(const knn_cell_t *cell, knn_datum_t *datum)
{
    datum->integer = 0;

    if (knn_cell_number(cell, &datum->value)) {
        datum->type = isnan(datum->value) ? KNN_COLUMN_EMPTY
                      : knn_cell_integer(cell, &datum->integer)
                          ? KNN_COLUMN_INTEGER
                          : KNN_COLUMN_NUMBER;
        return;
    }

    if (knn_cell_boolean(cell, &datum->value)) {
        datum->type = KNN_COLUMN_BOOLEAN;
        return;
    }

    datum->type = knn_cell_missing(cell) ? KNN_COLUMN_EMPTY : KNN_COLUMN_TEXT;
    datum->value = NAN;
}
