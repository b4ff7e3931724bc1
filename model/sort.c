
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdbool.h>

#include "sort.h"


/* introsort leaves ranges up to this size to the insertion sort */
#define KNN_SORT_SMALL 15

/* quicksort is spared the steps that change little from this size on */
#define KNN_SORT_PEEL 32

/* the longer parts wait here, at most one a bit of a size, and a shorter one */
#define KNN_SORT_STACK 66


typedef struct {
    size_t start;
    size_t n;
    size_t depth; /* what introsort may still split */
} knn_slice_t;


/* Exchanges two pairs. */
static inline void
knn_sort_swap(knn_heap_t *heap, size_t i, size_t j)
{
    double   value;
    uint32_t row;

    value = heap->values[i];
    heap->values[i] = heap->values[j];
    heap->values[j] = value;

    row = heap->rows[i];
    heap->rows[i] = heap->rows[j];
    heap->rows[j] = row;
}


/* Exchanges two pairs if they are in the wrong order; tells whether it did. */
static inline bool
knn_sort_pair(knn_heap_t *heap, size_t i, size_t j)
{
    if (heap->values[i] > heap->values[j]) {
        knn_sort_swap(heap, i, j);
        return true;
    }

    return false;
}


/* Moves the median of first, middle and last to the end, as the pivot. */
static double
knn_sort_pivot(knn_heap_t *heap, size_t start, size_t n)
{
    size_t last, middle;

    last = start + n - 1;
    middle = start + n / 2;

    (void) knn_sort_pair(heap, start, last);

    if (knn_sort_pair(heap, last, middle)) {
        (void) knn_sort_pair(heap, start, last);
    }

    return heap->values[last];
}


/* Puts both parts of a range on the stack, the shorter one to be next. */
static inline void
knn_sort_later(knn_slice_t *stack, size_t top, const knn_slice_t *left,
               const knn_slice_t *right)
{
    bool shorter;

    shorter = left->n < right->n;

    stack[top] = shorter ? *right : *left;
    stack[top + 1] = shorter ? *left : *right;
}


/* Sorts up to three pairs as quicksort does. */
static void
knn_quick_small(knn_heap_t *heap, size_t start, size_t n)
{
    if (n < 2) {
        return;
    }

    (void) knn_sort_pair(heap, start, start + 1);

    if (n == 3 && knn_sort_pair(heap, start + 1, start + 2)) {
        (void) knn_sort_pair(heap, start, start + 1);
    }
}


/*
 * Splits off the first place as often as the pivot is the least value: then
 * nothing is below it, and looking for that would take quadratic time where
 * many values are equal.  The split that ends this finds its pivot in place.
 */
static void
knn_quick_peel(knn_heap_t *heap, knn_slice_t *r)
{
    size_t i, count;
    double least;

    count = 0;
    least = heap->values[r->start];

    for (i = r->start; i < r->start + r->n; i++) {
        if (heap->values[i] < least) {
            least = heap->values[i];
            count = 0;
        }

        count += heap->values[i] == least;
    }

    while (r->n >= 4 && count > 0) {
        if (knn_sort_pivot(heap, r->start, r->n) != least) {
            return;
        }

        knn_sort_swap(heap, r->start, r->start + r->n - 1);

        r->start++;
        r->n--;
        count--;
    }
}


/* Splits a range at its pivot; returns the pivot's final place. */
static size_t
knn_quick_split(knn_heap_t *heap, size_t start, size_t n)
{
    size_t i, place;
    double pivot;

    pivot = knn_sort_pivot(heap, start, n);
    place = start;

    for (i = start; i < start + n - 1; i++) {
        if (heap->values[i] < pivot) {
            knn_sort_swap(heap, i, place);
            place++;
        }
    }

    knn_sort_swap(heap, place, start + n - 1);

    return place;
}


/* The sort of the releases before 1.9. */
static void
knn_quick_sort(knn_heap_t *heap)
{
    size_t      top, place;
    knn_slice_t r, left, right, stack[KNN_SORT_STACK];

    top = 1;
    stack[0] = (knn_slice_t){0, heap->size, 0};

    while (top > 0) {
        r = stack[--top];

        if (r.n >= KNN_SORT_PEEL) {
            knn_quick_peel(heap, &r);
        }

        if (r.n < 4) {
            knn_quick_small(heap, r.start, r.n);
            continue;
        }

        place = knn_quick_split(heap, r.start, r.n);

        left = (knn_slice_t){r.start, place - r.start, 0};
        right = (knn_slice_t){place + 1, r.n - left.n - 1, 0};

        knn_sort_later(stack, top, &left, &right);
        top += 2;
    }
}


/* Sinks the pair at root among the first n of a range. */
static void
knn_intro_sink(knn_heap_t *heap, size_t start, size_t root, size_t n)
{
    size_t        child, largest;
    const double *values;

    values = heap->values + start;

    for (;;) {
        child = 2 * root + 1;
        largest = root;

        if (child < n && values[largest] < values[child]) {
            largest = child;
        }

        if (child + 1 < n && values[largest] < values[child + 1]) {
            largest = child + 1;
        }

        if (largest == root) {
            return;
        }

        knn_sort_swap(heap, start + root, start + largest);
        root = largest;
    }
}


/* Sorts a range that quicksort would take too long for. */
static void
knn_intro_heap(knn_heap_t *heap, size_t start, size_t n)
{
    size_t i;

    for (i = (n - 2) / 2 + 1; i > 0; i--) {
        knn_intro_sink(heap, start, i - 1, n);
    }

    for (i = n - 1; i > 0; i--) {
        knn_sort_swap(heap, start, start + i);
        knn_intro_sink(heap, start, 0, i);
    }
}


/* Sorts a short range. */
static void
knn_intro_insert(knn_heap_t *heap, size_t start, size_t n)
{
    size_t   i, j;
    double   value, *values;
    uint32_t row, *rows;

    values = heap->values + start;
    rows = heap->rows + start;

    for (i = 1; i < n; i++) {
        value = values[i];
        row = rows[i];

        for (j = i; j > 0 && values[j - 1] > value; j--) {
            values[j] = values[j - 1];
            rows[j] = rows[j - 1];
        }

        values[j] = value;
        rows[j] = row;
    }
}


/* Splits a range at its pivot from both ends; returns the pivot's place. */
static size_t
knn_intro_split(knn_heap_t *heap, size_t start, size_t n)
{
    size_t i, j;
    double pivot;

    pivot = knn_sort_pivot(heap, start, n);

    i = start + 1;
    j = start + n - 2;

    for (;;) {
        while (i <= j && heap->values[i] < pivot) {
            i++;
        }

        while (i <= j && heap->values[j] > pivot) {
            j--;
        }

        if (i >= j) {
            break;
        }

        knn_sort_swap(heap, i, j);
        i++;
        j--;
    }

    knn_sort_swap(heap, i, start + n - 1);

    return i;
}


/* The sort of the releases from 1.9 on. */
static void
knn_intro_sort(knn_heap_t *heap)
{
    size_t      top, place, bits;
    knn_slice_t r, left, right, stack[KNN_SORT_STACK];

    bits = 8 * sizeof(long) - 1 - (size_t) __builtin_clzl(heap->size);

    top = 1;
    stack[0] = (knn_slice_t){0, heap->size, 2 * bits};

    while (top > 0) {
        r = stack[--top];

        if (r.n <= KNN_SORT_SMALL) {
            knn_intro_insert(heap, r.start, r.n);
            continue;
        }

        if (r.depth == 0) {
            knn_intro_heap(heap, r.start, r.n);
            continue;
        }

        place = knn_intro_split(heap, r.start, r.n);

        left = (knn_slice_t){r.start, place - r.start, r.depth - 1};
        right = (knn_slice_t){place + 1, r.n - left.n - 1, r.depth - 1};

        knn_sort_later(stack, top, &left, &right);
        top += 2;
    }
}


void
knn_sort(knn_heap_t *heap, knn_sort_e kind)
{
    if (heap->size < 2) {
        return;
    }

    switch (kind) {

    case KNN_SORT_QUICK:
    case KNN_SORT_EARLY:
        knn_quick_sort(heap);
        break;

    case KNN_SORT_INTRO:
        knn_intro_sort(heap);
        break;

    default: /* KNN_SORT_LOWEST */
        knn_heap_sort_ordered(heap);
        break;
    }
}
