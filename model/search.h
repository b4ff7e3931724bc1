
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The training rows near one point: the k nearest in scikit-learn's very heap,
 * or all within a radius in the order in which it finds them.
 */


#ifndef KNN_SEARCH_H
#define KNN_SEARCH_H


#include "heap.h"
#include "model.h"


/* rows that the quick store holds, for k up to KNN_ENOUGH */
#define KNN_QUICK_SIZE (4 * KNN_LANES)


typedef struct knn_search_s knn_search_t;

/* Takes count rows, the first of which lies in that lane; false gives up. */
typedef bool (*knn_lanes_pt)(const knn_model_t *model, const double *q,
                             size_t first, size_t count, knn_search_t *search);


/* what one query needs while it runs */
struct knn_search_s {
    bool         ordered; /* the final order matters */
    double       worst;   /* the k-th distance so far */
    knn_lanes_pt lanes;

    knn_heap_t heap;   /* the answer: reduced distances */
    knn_heap_t serial; /* of brute, before the last heap */
    knn_heap_t quick;  /* all that may be among the k */
    knn_heap_t found;  /* all within the radius, no heap: reduced distances */

    double   *rdist; /* [KNN_SCAN_BLOCKS][KNN_LANES] */
    uint64_t *below; /* the same as bits */
};


/*
 * Finds the k nearest rows as the model says.  Their order, once it matters,
 * is that of the heap before its last sort, which knn_sort() does.
 */
void knn_search(const knn_model_t *model, const double *q,
                knn_search_t *search);

/* What reduced distances are compared with, a model's limit. */
double knn_radius_limit(const knn_model_t *model);

/* Finds all rows within the model's radius, in the order of sums. */
void knn_radius_search(const knn_model_t *model, const double *q,
                       knn_search_t *search);

/* Rows of a scan that may be among the nearest, NaN too, a word of lanes. */
static inline uint64_t
knn_search_nearest(const knn_model_t *model, const knn_search_t *search,
                   size_t word)
{
    return (model->metric->wild && model->sort != KNN_SORT_EARLY)
               ? UINT64_MAX
               : search->below[word];
}


/* Distances to n blocks, and which rows are within search->worst. */
void knn_search_scan(const knn_model_t *model, const double *q, size_t block,
                     size_t n, knn_search_t *search);

/*
 * Which lanes of the word from lane i on belong to rows from first to end:
 * others are of the leaves before and after.
 */
static inline uint64_t
knn_search_mask(size_t i, size_t first, size_t end)
{
    uint64_t lanes;

    lanes = UINT64_MAX;

    if (i == 0) {
        lanes <<= first;
    }

    if (end - i < 64) {
        lanes &= ((uint64_t) 1 << (end - i)) - 1;
    }

    return lanes;
}


/* The faithful way: pushes rows into search->heap one by one. */
bool knn_search_lanes(const knn_model_t *model, const double *q, size_t first,
                      size_t count, knn_search_t *search);

/*
 * The quick way: keeps what may be among the k nearest, and gives up where a
 * tie makes the faithful way decide.
 */
bool knn_quick_possible(const knn_model_t *model, const knn_search_t *search);
bool knn_quick_search(const knn_model_t *model, const double *q,
                      knn_search_t *search);

bool knn_tree_search(const knn_model_t *model, const double *q,
                     knn_search_t *search);

void knn_brute_search(const knn_model_t *model, const double *q,
                      knn_search_t *search);


#endif /* KNN_SEARCH_H */
