
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The store of the k nearest rows while a search runs: scikit-learn's binary
 * max-heap, kept as it keeps it, because which of several equally distant rows
 * stay, and their order, is the history of this heap.
 */


#ifndef KNN_HEAP_H
#define KNN_HEAP_H


#include <stddef.h>
#include <stdint.h>

#include "parts.h"


typedef struct {
    double   *values; /* [size], the root is the largest */
    uint32_t *rows;   /* [size] */
    size_t    size;
} knn_heap_t;


/* Fills the heap with one pair, as it is before the first push. */
void knn_heap_reset(knn_heap_t *heap, double value, uint32_t row);

/* Pushes with ties decided by the row: of equal values the lowest rows stay. */
void knn_heap_push_ordered(knn_heap_t *heap, double value, uint32_t row);

/* Sorts pairs in any order, by value and then by row. */
void knn_heap_sort_ordered(knn_heap_t *heap);

/* The smallest value, sorted or not; the first when none is finite. */
double knn_heap_least(const knn_heap_t *heap);


/* Takes the pair unless it is not below the root: first come wins a tie. */
static inline void
knn_heap_push(knn_heap_t *heap, double value, uint32_t row)
{
    size_t    i, child, size;
    double   *values;
    uint32_t *rows;

    values = heap->values;
    rows = heap->rows;

    if (value >= values[0]) {
        return;
    }

    i = 0;
    size = heap->size;

    for (;;) {
        child = 2 * i + 1;

        if (child >= size) {
            break;
        }

        if (child + 1 < size && values[child + 1] > values[child]) {
            child++;
        }

        if (!(value < values[child])) {
            break;
        }

        values[i] = values[child];
        rows[i] = rows[child];
        i = child;
    }

    values[i] = value;
    rows[i] = row;
}


#endif /* KNN_HEAP_H */
