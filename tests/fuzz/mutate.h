
/*
 * Copyright (C) nginx-knn contributors
 */


/* Changes of pickles that leave them pickles. */


#ifndef KNN_MUTATE_H
#define KNN_MUTATE_H


#include <stddef.h>
#include <stdint.h>


/*
 * Changes one operand, element, value or attribute of the pickle in data, of
 * which joblib's arrays are a part; any bytes at all when it is none.  Returns
 * the new size, up to max.
 */
size_t knn_mutate(uint8_t *data, size_t size, size_t max, unsigned seed);


#endif /* KNN_MUTATE_H */
