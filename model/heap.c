
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdbool.h>

#include "heap.h"


/* Whether pair a comes after the pair (value, row). */
static inline bool
knn_heap_after(const knn_heap_t *heap, size_t a, double value, uint32_t row)
{
    return heap->values[a] > value
           || (heap->values[a] == value && heap->rows[a] > row);
}


/* Puts a pair into the hole at the root and sinks it among size pairs. */
static void
knn_heap_sink_ordered(knn_heap_t *heap, size_t size, double value, uint32_t row)
{
    size_t i, child;

    i = 0;

    for (;;) {
        child = 2 * i + 1;

        if (child >= size) {
            break;
        }

        if (child + 1 < size
            && knn_heap_after(heap, child + 1, heap->values[child],
                              heap->rows[child]))
        {
            child++;
        }

        if (!knn_heap_after(heap, child, value, row)) {
            break;
        }

        heap->values[i] = heap->values[child];
        heap->rows[i] = heap->rows[child];
        i = child;
    }

    heap->values[i] = value;
    heap->rows[i] = row;
}


void
knn_heap_reset(knn_heap_t *heap, double value, uint32_t row)
{
    size_t i;

    for (i = 0; i < heap->size; i++) {
        heap->values[i] = value;
        heap->rows[i] = row;
    }
}


void
knn_heap_push_ordered(knn_heap_t *heap, double value, uint32_t row)
{
    if (knn_heap_after(heap, 0, value, row)) {
        knn_heap_sink_ordered(heap, heap->size, value, row);
    }
}


void
knn_heap_sort_ordered(knn_heap_t *heap)
{
    size_t   last;
    double   value;
    uint32_t row;

    for (last = heap->size - 1; last > 0; last--) {
        value = heap->values[last];
        row = heap->rows[last];

        heap->values[last] = heap->values[0];
        heap->rows[last] = heap->rows[0];

        knn_heap_sink_ordered(heap, last, value, row);
    }
}


double
knn_heap_least(const knn_heap_t *heap)
{
    size_t i;
    double least;

    least = heap->values[0];

    for (i = 1; i < heap->size; i++) {
        if (heap->values[i] < least) {
            least = heap->values[i];
        }
    }

    return least;
}
