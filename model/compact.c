
/*
 * Copyright (C) nginx-knn contributors
 */


#include "compact.h"
#include "kernels/scan.h"
#include "split.h"


/* parts that wait at once: a halving leaves one behind */
#define KNN_COMPACT_PARTS 64


/* rows that are still to be halved */
typedef struct {
    int64_t *rows;
    size_t   n;
} knn_compact_t;


/* The feature in which rows are the farthest apart. */
static size_t
knn_compact_widest(const double *x, size_t d, const int64_t *rows, size_t n)
{
    size_t i, j, widest;
    double value, low, high, most;

    most = -1;
    widest = 0;

    for (j = 0; j < d; j++) {
        low = x[(size_t) rows[0] * d + j];
        high = low;

        for (i = 1; i < n; i++) {
            value = x[(size_t) rows[i] * d + j];
            low = (value < low) ? value : low;
            high = (value > high) ? value : high;
        }

        if (high - low > most) {
            most = high - low;
            widest = j;
        }
    }

    return widest;
}


void
knn_compact(const double *x, size_t d, int64_t *rows, size_t n)
{
    size_t        top, left;
    knn_split_t   split;
    knn_compact_t part, parts[KNN_COMPACT_PARTS];

    parts[0] = (knn_compact_t){rows, n};

    for (top = 1; top > 0; /* void */) {
        part = parts[--top];

        if (part.n <= KNN_LANES) {
            continue;
        }

        left = ((part.n + KNN_LANES - 1) / KNN_LANES + 1) / 2 * KNN_LANES;

        split.values = x + knn_compact_widest(x, d, part.rows, part.n);
        split.stride = d;
        knn_split(&split, part.rows, part.n, left);

        parts[top++] = (knn_compact_t){part.rows, left};
        parts[top++] = (knn_compact_t){part.rows + left, part.n - left};
    }
}
