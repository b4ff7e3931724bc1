
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
#define KNN_QUICK_SIZE (KNN_PICKED + KNN_SPARE)

/* the least room of the heap, in which so many are sorted */
#define KNN_HEAP_LEAST (KNN_ENOUGH + KNN_LANES)


/* a node to visit, its lower bound in [low, high] */
typedef struct {
    size_t node;
    bool   exact;
    double low;
    double high;
} knn_visit_t;


typedef enum {
    KNN_ACROSS = 0,
    KNN_OUTSIDE,
    KNN_INSIDE
} knn_place_e;


/* a node to visit, and how it lies to the radius */
typedef struct {
    size_t      node;
    knn_place_e place;
} knn_within_t;


typedef struct knn_search_s knn_search_t;
typedef struct knn_group_s  knn_group_t;

/* of wide.h */
typedef struct knn_wide_walk_s knn_wide_walk_t;

/* of codes.h */
typedef struct knn_probe_s knn_probe_t;


/* how far a walk has come */
typedef enum {
    KNN_WALK_DONE = 0,
    KNN_WALK_PAUSED, /* the work is used up, and there is more */
    KNN_WALK_REFUSED /* the way does not lead to the answer */
} knn_walk_e;


/* one of several ways to find rows */
struct knn_way_s {
    const char *name;

    void (*begin)(const knn_model_t *model, const double *q,
                  knn_search_t *search);

    /* Goes to the rows that may be near. */
    knn_walk_e (*walk)(const knn_model_t *model, const double *q,
                       knn_search_t *search);

    /* Takes rows that were measured, those of lanes from first to end. */
    bool (*take)(const knn_model_t *model, size_t first, size_t end,
                 knn_search_t *search);

    /* Whether the answer is found. */
    bool (*end)(const knn_model_t *model, knn_search_t *search);

    /*
     * Looks for several points at once, as far as that is of use: each one's
     * search goes on from there by itself, one after the other.  False when
     * the work is used up; the next call goes on.  NULL when the way has
     * nothing that points could share.
     */
    bool (*group)(const knn_model_t *model, knn_group_t *group);

    size_t together; /* the most points of a group */
};


/* what one query needs while it runs, and where it stopped */
struct knn_search_s {
    bool             ordered; /* the final order matters */
    bool             sorted;  /* the answer is in its final order */
    double           worst;   /* the k-th distance so far */
    int64_t          left;    /* work before the next pause */
    const knn_way_t *way;     /* NULL between two points */

    size_t        next; /* lanes of a leaf that are not yet measured */
    size_t        end;
    size_t        top;     /* nodes to visit, one of these stacks: */
    knn_visit_t  *visits;  /* [KNN_MAX_LEVELS + 1] */
    knn_within_t *withins; /* [KNN_MAX_LEVELS + 1] */

    knn_heap_t heap;   /* the answer: reduced distances */
    knn_heap_t serial; /* of brute, before the last heap */
    knn_heap_t quick;  /* all that may be among the k */
    knn_heap_t found;  /* all within the radius, no heap: reduced distances */

    knn_wide_walk_t *wide;  /* NULL without an index */
    knn_probe_t     *probe; /* NULL without codes */

    double   *rdist; /* [KNN_SCAN_BLOCKS][KNN_LANES] */
    uint64_t *below; /* the same as bits */

    int32_t *squares; /* [KNN_CODES_SLICE][KNN_CODES_ROWS], with codes */
};


/*
 * Points that are looked for together.  A search of a group shares with the
 * others what only its last part needs, which they reach one by one: all but
 * what knn_query_own() gives to each.
 */
struct knn_group_s {
    size_t        n;
    const double *q;        /* [n][features] */
    knn_search_t *searches; /* [n], with way NULL at first */
    knn_batch_t  *batch;    /* of codes, NULL without */
    size_t        step;     /* how far the way has come, 0 at first */
    int64_t       left;     /* work before the next pause */
};


/*
 * Finds the k nearest rows as the model says, or all within its radius; when
 * there is none, the one that is nearest.  The order of the nearest ones, once
 * it matters, is that of the heap before its last sort, which knn_sort() does;
 * that of those within the radius is the order of sums.
 *
 * Stops soon after search->left is used up and is false then: the next call,
 * with the same point, goes on.
 */
bool knn_search(const knn_model_t *model, const double *q,
                knn_search_t *search);

/* How the k nearest rows are looked for when every tie must come out right. */
const knn_way_t *knn_search_faithful(const knn_model_t *model);

/* What reduced distances are compared with, a model's limit. */
double knn_radius_limit(const knn_model_t *model);

/* Sets out for a point. */
void knn_search_begin(const knn_model_t *model, const double *q,
                      knn_search_t *search, const knn_way_t *way);

/* Takes work off what is left, in multiplications. */
static inline void
knn_search_spend(knn_search_t *search, size_t work)
{
    search->left -= (int64_t) work;
}


/* Finds out which of the measured lanes are within search->worst. */
static inline void
knn_search_mark(const knn_model_t *model, size_t lanes, knn_search_t *search)
{
    model->kernels->scans->below(search->rdist,
                                 (lanes + KNN_LANES - 1) / KNN_LANES,
                                 search->worst, search->below);
}


/* Rows of a scan that may be among the nearest, NaN too, a word of lanes. */
static inline uint64_t
knn_search_near(const knn_model_t *model, const knn_search_t *search,
                size_t word)
{
    return (model->metric->wild && model->sort != KNN_SORT_EARLY)
               ? UINT64_MAX
               : search->below[word];
}


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


/* Measures what is left of a leaf and has the way take it. */
knn_walk_e knn_search_lanes(const knn_model_t *model, const double *q,
                            knn_search_t *search);

/* Goes to the leaves that may hold one of the k nearest rows. */
knn_walk_e knn_tree_walk(const knn_model_t *model, const double *q,
                         knn_search_t *search);

/* The root, where a walk begins; of brute, all rows. */
void knn_tree_begin(const knn_model_t *model, knn_search_t *search);

/*
 * The reduced distance from which on a row cannot be one that scikit-learn's
 * tree finds instead of the k-th, worst, whatever the rounding of its bounds; of
 * brute force worst itself, which is a tie.
 */
double knn_tree_limit(const knn_model_t *model, double worst);

/* Whether no two of the nearest rows are as far, so that one order is right. */
bool knn_search_distinct(knn_search_t *search);

/* The faithful way: pushes rows into search->heap one by one. */
bool knn_heap_take(const knn_model_t *model, size_t first, size_t end,
                   knn_search_t *search);

/*
 * The quick way: keeps what may be among the k nearest, and gives up where a
 * tie makes the faithful way decide.
 */
bool knn_quick_possible(const knn_model_t *model);

/* Lists what may be near of rows that were measured; false: too many. */
bool knn_quick_pick(const knn_model_t *model, size_t first, size_t end,
                    knn_search_t *search);

/* Finds the k-th distance and drops what is above; false if that is slow. */
bool knn_quick_settle(const knn_model_t *model, knn_search_t *search);

/* Whether no tie decides which listed rows are the nearest, or their order. */
bool knn_quick_end(const knn_model_t *model, knn_search_t *search);

extern const knn_way_t knn_way_quick;  /* of trees and of brute force */
extern const knn_way_t knn_way_scan;   /* the same, of all rows */
extern const knn_way_t knn_way_wide;   /* of those with an index */
extern const knn_way_t knn_way_heap;   /* of trees */
extern const knn_way_t knn_way_lowest; /* of brute force, as scipy does it */
extern const knn_way_t knn_way_serial; /* of brute force, in one thread */
extern const knn_way_t knn_way_within; /* all rows within the radius */


#endif /* KNN_SEARCH_H */
