
/*
 * Copyright (C) nginx-knn contributors
 */


/* One piece of memory for arrays of many kinds. */


#ifndef KNN_CARVE_H
#define KNN_CARVE_H


#include "heap.h"


/* a memory that is handed out piece by piece; with base NULL it only counts */
typedef struct {
    char  *base;
    size_t size;
    bool   overflow;
} knn_carve_t;


/* The next count elements of size bytes. */
static inline void *
knn_carve(knn_carve_t *carve, size_t count, size_t size)
{
    void  *p;
    size_t total;

    p = (carve->base == NULL) ? NULL : carve->base + carve->size;

    carve->overflow |= __builtin_mul_overflow(count, size, &total);
    carve->overflow |= __builtin_add_overflow(total, KNN_ALIGNMENT - 1, &total);

    total &= ~((size_t) KNN_ALIGNMENT - 1);

    carve->overflow |= __builtin_add_overflow(carve->size, total, &carve->size);

    return p;
}


/* The same for so many elements of size bytes in each of the rows. */
static inline void *
knn_carve_rows(knn_carve_t *carve, size_t rows, size_t count, size_t size)
{
    size_t total;

    carve->overflow |= __builtin_mul_overflow(rows, count, &total);

    return knn_carve(carve, total, size);
}


/* A heap, or a list, of so many rows. */
static inline void
knn_carve_heap(knn_carve_t *carve, size_t size, knn_heap_t *heap)
{
    heap->size = size;
    heap->values = knn_carve(carve, size, sizeof(double));
    heap->rows = knn_carve(carve, size, sizeof(uint32_t));
}


#endif /* KNN_CARVE_H */
