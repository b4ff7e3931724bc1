
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdbool.h>

#include "split.h"


/* so few rows are sorted */
#define KNN_SPLIT_FEW 3


/* True if a row comes before another one. */
static inline bool
knn_split_before(const knn_split_t *split, int64_t a, int64_t b)
{
    double x, y;

    x = split->values[(size_t) a * split->stride];
    y = split->values[(size_t) b * split->stride];

    return x == y ? a < b : x < y;
}


/* Exchanges two rows. */
static inline void
knn_split_swap(int64_t *a, int64_t *b)
{
    int64_t row;

    row = *a;
    *a = *b;
    *b = row;
}


/* Sorts rows by insertion. */
static void
knn_split_sort(const knn_split_t *split, int64_t *rows, size_t n)
{
    size_t  i, j;
    int64_t row;

    for (i = 1; i < n; i++) {
        row = rows[i];

        for (j = i; j > 0 && knn_split_before(split, row, rows[j - 1]); j--) {
            rows[j] = rows[j - 1];
        }

        rows[j] = row;
    }
}


/* Puts the median of the second, the middle and the last row first. */
static void
knn_split_pivot(const knn_split_t *split, int64_t *rows, size_t n)
{
    int64_t *a, *b, *c, *median;

    a = rows + 1;
    b = rows + n / 2;
    c = rows + n - 1;

    if (knn_split_before(split, *a, *b)) {
        median = knn_split_before(split, *b, *c)   ? b
                 : knn_split_before(split, *a, *c) ? c
                                                   : a;
    }
    else {
        median = knn_split_before(split, *a, *c)   ? a
                 : knn_split_before(split, *b, *c) ? c
                                                   : b;
    }

    knn_split_swap(rows, median);
}


/* Divides rows by the first of them; returns where the upper part begins. */
static size_t
knn_split_part(const knn_split_t *split, int64_t *rows, size_t n)
{
    size_t  low, high;
    int64_t pivot;

    pivot = rows[0];
    low = 1;
    high = n;

    for (;;) {
        while (knn_split_before(split, rows[low], pivot)) {
            low++;
        }

        do {
            high--;
        } while (knn_split_before(split, pivot, rows[high]));

        if (low >= high) {
            return low;
        }

        knn_split_swap(&rows[low], &rows[high]);
        low++;
    }
}


/* Moves a row down a heap whose first is the last to come. */
static void
knn_split_sink(const knn_split_t *split, int64_t *rows, size_t n, size_t i)
{
    size_t child;

    for (;;) {
        child = 2 * i + 1;

        if (child >= n) {
            break;
        }

        child += child + 1 < n
                 && knn_split_before(split, rows[child], rows[child + 1]);

        if (!knn_split_before(split, rows[i], rows[child])) {
            break;
        }

        knn_split_swap(&rows[i], &rows[child]);
        i = child;
    }
}


/* The same with a heap, whatever the rows are. */
static void
knn_split_heap(const knn_split_t *split, int64_t *rows, size_t n, size_t middle)
{
    size_t i, size;

    size = middle + 1;

    for (i = size / 2; i > 0; i--) {
        knn_split_sink(split, rows, size, i - 1);
    }

    for (i = size; i < n; i++) {
        if (knn_split_before(split, rows[i], rows[0])) {
            knn_split_swap(&rows[0], &rows[i]);
            knn_split_sink(split, rows, size, 0);
        }
    }

    knn_split_swap(&rows[0], &rows[middle]);
}


/* So many bad pivots mean that rows were made to have them. */
static unsigned
knn_split_patience(size_t n)
{
    return 2 * (unsigned) (63 - __builtin_clzll(n));
}


void
knn_split(const knn_split_t *split, int64_t *rows, size_t n, size_t middle)
{
    size_t   part;
    unsigned patience;

    patience = knn_split_patience(n);

    while (n > KNN_SPLIT_FEW) {
        if (patience-- == 0) {
            knn_split_heap(split, rows, n, middle);
            return;
        }

        knn_split_pivot(split, rows, n);
        part = knn_split_part(split, rows, n);

        if (part <= middle) {
            rows += part;
            n -= part;
            middle -= part;
        }
        else {
            n = part;
        }
    }

    knn_split_sort(split, rows, n);
}
