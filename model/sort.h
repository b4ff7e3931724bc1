
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * scikit-learn's final sort of a heap's pairs.  Neither kind is stable, so the
 * order of equally distant neighbors is whatever these very steps make of it.
 */


#ifndef KNN_SORT_H
#define KNN_SORT_H


#include "heap.h"


void knn_sort(knn_heap_t *heap, knn_sort_e kind);


#endif /* KNN_SORT_H */
