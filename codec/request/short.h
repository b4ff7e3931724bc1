
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The body that is sent most, {"X":[5.1,3.5,1.4,0.2]}: one row of plain
 * numbers, and nothing else.  It is read without a lexer, or not at all.
 */


#ifndef KNN_SHORT_H
#define KNN_SHORT_H


#include "matrix.h"


/* the member that holds the row */
#define KNN_SHORT_MEMBER "X"


/*
 * Reads a whole body that is one.  False for any other, of which nothing is
 * said then; the matrix is as it was, but for the room that it may have now.
 */
bool knn_short_read(knn_matrix_t *matrix, const char *data, size_t size);


#endif /* KNN_SHORT_H */
