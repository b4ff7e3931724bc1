
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdbool.h>

#include "heap.h"


/* Whether pair a comes after the pair (value, row); NaN is after all numbers. */
static inline bool
knn_heap_after(const knn_heap_t *heap, size_t a, double value, uint32_t row)
{
    double other;

    other = heap->values[a];

    if (isnan(other) || isnan(value)) {
        return isnan(other) && (!isnan(value) || heap->rows[a] > row);
    }

    return other > value || (other == value && heap->rows[a] > row);
}


/* Puts a pair into the hole at i and sinks it among size pairs. */
static void
knn_heap_sink_ordered(knn_heap_t *heap, size_t i, size_t size, double value,
                      uint32_t row)
{
    size_t child;

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
        knn_heap_sink_ordered(heap, 0, heap->size, value, row);
    }
}


void
knn_heap_sort_ordered(knn_heap_t *heap)
{
    size_t   i, last;
    double   value;
    uint32_t row;

    for (i = heap->size / 2; i > 0; i--) {
        knn_heap_sink_ordered(heap, i - 1, heap->size, heap->values[i - 1],
                              heap->rows[i - 1]);
    }

    for (last = heap->size - 1; last > 0; last--) {
        value = heap->values[last];
        row = heap->rows[last];

        heap->values[last] = heap->values[0];
        heap->rows[last] = heap->rows[0];

        knn_heap_sink_ordered(heap, 0, last, value, row);
    }
}


double
knn_heap_least(const knn_heap_t *heap)
{
    size_t i;
    double least;

    least = INFINITY;

    for (i = 0; i < heap->size; i++) {
        least = (heap->values[i] < least) ? heap->values[i] : least;
    }

    return (least == INFINITY) ? heap->values[0] : least;
}
