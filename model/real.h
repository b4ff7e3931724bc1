
/*
 * Copyright (C) nginx-knn contributors
 */


/* Decimal text to floats and back, whatever the process's locale is. */


#ifndef KNN_REAL_H
#define KNN_REAL_H


#include <stdbool.h>
#include <stddef.h>


/* the longest text that is read, and room for any that is written */
#define KNN_REAL_SIZE 64


/* Reads all of a text, as Python writes floats; false when it is none. */
bool knn_real_read(const char *text, size_t len, double *real);

/*
 * Writes few digits that read back as this real, with a point or an exponent
 * in any case, so that it stays a float: "1.0", "0.1", "1e-05", "inf".
 */
void knn_real_write(char text[KNN_REAL_SIZE], double real);


#endif /* KNN_REAL_H */
