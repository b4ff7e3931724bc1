
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>

#include "wide.h"


/*
 * The wide way: from node to node, the nearest child first, past those that
 * cannot hold a row as near as the k-th.  What is kept depends on the rows
 * alone: they are ordered by distance and then by number.  That is the answer
 * where the lowest row wins a tie; where a tree decides it, there must be none
 * up to knn_tree_limit() that is not among the k.  Distances near overflow are
 * left to the faithful way.
 */

#define KNN_WIDE_HUGE 0x1p1000

/* multiplications that a node takes as long as, for each feature and beside */
#define KNN_WIDE_COST  8
#define KNN_WIDE_VISIT 64

/* bytes of a node or a block, and how many of them, that are fetched at once */
#define KNN_WIDE_FETCH 1024
#define KNN_WIDE_AHEAD 4

/*
 * Points that go on in turns: what more of them fetch is driven out again.  In
 * many features each by itself has enough to do while it waits.
 */
#define KNN_WIDE_TOGETHER 8
#define KNN_WIDE_SHALLOW  4


/* Whether a list holds what is asked for, else search->heap does. */
static inline bool
knn_wide_short(const knn_search_t *search)
{
    return search->heap.size <= KNN_WIDE_ENOUGH;
}


/* Where the point is from the middle; far out it may be nearer. */
static void
knn_wide_point(const knn_wide_t *wide, size_t d, const double *q,
               knn_wide_walk_t *walk)
{
    size_t j;
    double t;

    for (j = 0; j < d; j++) {
        t = q[j] - wide->middle[j];
        t = (t < 2 * KNN_WIDE_FAR) ? t : 2 * KNN_WIDE_FAR;
        t = (t > -2 * KNN_WIDE_FAR) ? t : -2 * KNN_WIDE_FAR;

        walk->above[j] = -knn_wide_down(-t);
        walk->below[j] = knn_wide_down(t);
    }
}


/* Starts at the root, without rows. */
static void
knn_wide_begin(const knn_model_t *model, const double *q, knn_search_t *search)
{
    size_t           i;
    knn_wide_walk_t *walk;

    walk = search->wide;
    knn_wide_point(model->wide, model->space.n_features, q, walk);

    walk->list.k = search->heap.size;
    walk->list.margin = model->wide->margin;
    walk->list.spread = model->wide->spread;
    walk->list.limit = KNN_WIDE_ALL;
    walk->spare = INFINITY;

    for (i = 0; i < KNN_WIDE_CHILDREN; i++) {
        walk->list.values[i] = INFINITY;
        walk->list.rows[i] = KNN_WIDE_NONE;
        walk->frames[0].keys[i] = KNN_WIDE_NONE;
    }

    if (!knn_wide_short(search)) {
        knn_heap_reset(&search->heap, INFINITY, KNN_WIDE_NONE);
    }

    walk->frames[0].keys[0] = 0;
    walk->frames[0].first = 0;
    walk->top = 1;
    walk->stage = KNN_WIDE_PICK;
}


/* Keeps rows of a block in search->heap, and the last distance beyond. */
static void
knn_wide_heap(const uint32_t *rows, uint64_t lanes, knn_search_t *search)
{
    size_t      i;
    knn_heap_t *heap;

    heap = &search->heap;

    for (/* void */; lanes != 0; lanes &= lanes - 1) {
        i = (size_t) __builtin_ctzll(lanes);

        /* the root goes, or a row as far as the root */

        if (search->rdist[i] <= heap->values[0]) {
            search->wide->spare = heap->values[0];
            knn_heap_push_ordered(heap, search->rdist[i], rows[i]);
        }
        else if (search->rdist[i] < search->wide->spare) {
            search->wide->spare = search->rdist[i];
        }
    }
}


/* Measures the blocks of a node for search->heap, the nearest box first. */
static size_t
knn_wide_blocks(const knn_model_t *model, const double *q,
                const knn_wide_leaf_t *leaf, knn_wide_frame_t *frame,
                knn_search_t *search)
{
    size_t               n, block;
    uint32_t             key;
    const knn_kernels_t *kernels;

    kernels = model->kernels;

    for (n = 0;; n++) {
        key = kernels->wides->next(frame->keys);

        if (key > search->wide->list.limit) {
            return n;
        }

        block = (key & KNN_WIDE_CHILD) * KNN_LANES;

        kernels->scans->scan[model->kind](
            &model->space, leaf->blocks + block * model->space.n_features, 1, q,
            search->rdist);
        kernels->scans->below(search->rdist, 1,
                              knn_tree_limit(model, search->heap.values[0]),
                              search->below);

        knn_wide_heap(leaf->rows + block, search->below[0], search);
        search->wide->list.limit = knn_wide_limit(
            search->heap.values[0], model->wide->margin, model->wide->spread);
    }
}


/* Fetches what is needed a step later; of much the processor sees the rest. */
static inline void
knn_wide_fetch(const void *p, size_t size)
{
    size_t i;

    size = (size < KNN_WIDE_FETCH) ? size : KNN_WIDE_FETCH;

    for (i = 0; i < size; i += KNN_ALIGNMENT) {
        __builtin_prefetch((const char *) p + i);
    }
}


/* Fetches the nodes that a frame leads to next, or at least the first. */
static inline void
knn_wide_fetch_nodes(const knn_wide_t *wide, size_t first, uint32_t near)
{
    size_t i;

    for (i = 0; near != 0 && i < KNN_WIDE_AHEAD; i++) {
        knn_wide_fetch(
            wide->boxes + (first + (size_t) __builtin_ctz(near)) * wide->stride,
            wide->stride * sizeof(float));
        near &= near - 1;
    }
}


/* Where the blocks of a node of the last level are. */
static inline knn_wide_leaf_t
knn_wide_leaf(const knn_model_t *model, size_t node)
{
    size_t            first;
    const knn_wide_t *wide;

    wide = model->wide;
    first = wide->blocks[node - wide->levels[wide->n_levels - 1]];

    return (knn_wide_leaf_t){model->blocks
                                 + first * KNN_LANES * model->space.n_features,
                             model->rows + first * KNN_LANES};
}


/* Fetches the blocks that are likely to be measured. */
static void
knn_wide_fetch_blocks(const knn_model_t *model, const knn_wide_walk_t *walk,
                      uint32_t near)
{
    size_t          i, block, size;
    uint32_t        keys[KNN_WIDE_CHILDREN] __attribute__((aligned(64)));
    knn_wide_leaf_t leaf;

    leaf = knn_wide_leaf(model, walk->node);
    size = KNN_LANES * model->space.n_features;

    memcpy(keys, walk->last.keys, sizeof(keys));

    for (i = 0; near != 0 && i < KNN_WIDE_AHEAD; i++) {
        block = model->kernels->wides->next(keys) & KNN_WIDE_CHILD;
        knn_wide_fetch(leaf.blocks + block * size, size * sizeof(double));
        knn_wide_fetch(leaf.rows + block * KNN_LANES, sizeof(uint32_t));
        near &= near - 1;
    }
}


/* Fetches the node that may be next when this one is done. */
static void
knn_wide_fetch_next(const knn_model_t *model, const knn_wide_walk_t *walk)
{
    uint32_t key, keys[KNN_WIDE_CHILDREN] __attribute__((aligned(64)));
    const knn_wide_frame_t *frame;

    frame = &walk->frames[walk->top - 1];

    memcpy(keys, frame->keys, sizeof(keys));
    key = model->kernels->wides->next(keys);

    if (key <= walk->list.limit) {
        knn_wide_fetch_nodes(model->wide, frame->first + (key & KNN_WIDE_CHILD),
                             1);
    }
}


/* Looks at a node of the last level and fetches the blocks it leads to. */
static void
knn_wide_look_last(const knn_model_t *model, const knn_wide_point_t *point,
                   knn_wide_walk_t *walk)
{
    uint32_t          near;
    const knn_wide_t *wide;

    wide = model->wide;
    near = model->kernels->wides->look[wide->kind](
        point, wide->boxes + walk->node * wide->stride, walk->list.limit,
        walk->last.keys);

    knn_wide_fetch_blocks(model, walk, near);
    knn_wide_fetch_next(model, walk);

    walk->stage = KNN_WIDE_MEASURE;
}


/* Looks at a node of another level. */
static void
knn_wide_look(const knn_model_t *model, const knn_wide_point_t *point,
              knn_wide_walk_t *walk)
{
    uint32_t          near;
    knn_wide_frame_t *frame;
    const knn_wide_t *wide;

    wide = model->wide;
    frame = &walk->frames[walk->top];
    frame->first =
        wide->levels[walk->top]
        + (walk->node - wide->levels[walk->top - 1]) * KNN_WIDE_CHILDREN;
    walk->top++;

    near = model->kernels->wides->look[wide->kind](
        point, wide->boxes + walk->node * wide->stride, walk->list.limit,
        frame->keys);

    if (walk->list.limit != KNN_WIDE_ALL) {
        knn_wide_fetch_nodes(wide, frame->first, near);
    }

    walk->stage = KNN_WIDE_PICK;
}


/* Measures the blocks of a node; returns how many. */
static size_t
knn_wide_measure(const knn_model_t *model, const knn_wide_point_t *point,
                 knn_search_t *search)
{
    knn_wide_leaf_t  leaf;
    knn_wide_walk_t *walk;

    walk = search->wide;
    walk->stage = KNN_WIDE_PICK;
    leaf = knn_wide_leaf(model, walk->node);

    return knn_wide_short(search)
               ? model->kernels->wides->take[model->wide->kind](
                   point, &leaf, walk->last.keys, &walk->list)
               : knn_wide_blocks(model, point->q, &leaf, &walk->last, search);
}


/* Turns to the nearest child that is left; false when there is none. */
static bool
knn_wide_pick(const knn_model_t *model, knn_wide_walk_t *walk)
{
    uint32_t          key;
    knn_wide_frame_t *frame;

    for (/* void */; walk->top > 0; walk->top--) {
        frame = &walk->frames[walk->top - 1];
        key = model->kernels->wides->next(frame->keys);

        if (key <= walk->list.limit) {
            walk->node = frame->first + (key & KNN_WIDE_CHILD);
            walk->stage = KNN_WIDE_LOOK;
            knn_wide_fetch_nodes(model->wide, walk->node, 1);
            return true;
        }
    }

    return false;
}


/*
 * Goes on by what the step before has fetched, and fetches what the next one
 * needs; adds the work it was, and is false when all is done.
 */
static bool
knn_wide_step(const knn_model_t *model, const double *q, knn_search_t *search,
              size_t *work)
{
    knn_wide_walk_t *walk;
    knn_wide_point_t point;

    walk = search->wide;
    point = (knn_wide_point_t){&model->space, q, walk->above, walk->below};
    *work += KNN_WIDE_VISIT;

    if (walk->stage == KNN_WIDE_MEASURE) {
        *work +=
            knn_wide_measure(model, &point, search) * KNN_LANES * model->cost;
    }
    else if (walk->stage == KNN_WIDE_LOOK) {
        *work += KNN_WIDE_COST * model->space.n_features;

        if (walk->top == model->wide->n_levels) {
            knn_wide_look_last(model, &point, walk);
        }
        else {
            knn_wide_look(model, &point, walk);
        }
    }

    return walk->stage != KNN_WIDE_PICK || knn_wide_pick(model, walk);
}


/* Goes to the nodes that may hold one of the k nearest rows. */
static knn_walk_e
knn_wide_walk(const knn_model_t *model, const double *q, knn_search_t *search)
{
    bool   more;
    size_t work;

    do {
        work = 0;
        more = knn_wide_step(model, q, search, &work);
        knn_search_spend(search, work);
    } while (more && search->left > 0);

    return more ? KNN_WALK_PAUSED : KNN_WALK_DONE;
}


/*
 * Steps in turns, so that what one has fetched arrives while others go on.
 * There is but one heap for all, so that those which need it go one by one.
 */
static bool
knn_wide_group(const knn_model_t *model, knn_group_t *group)
{
    bool          more;
    size_t        i, d, work;
    knn_search_t *search;

    d = model->space.n_features;

    if (d > KNN_WIDE_SHALLOW || !knn_wide_short(&group->searches[0])) {
        return true;
    }

    do {
        more = false;
        work = 0;

        for (i = 0; i < group->n; i++) {
            search = &group->searches[i];

            if (search->way == NULL) {
                knn_search_begin(model, group->q + i * d, search, model->way);
            }

            if (search->wide->stage != KNN_WIDE_PICK || search->wide->top > 0) {
                more |= knn_wide_step(model, group->q + i * d, search, &work);
            }
        }

        group->left -= (int64_t) work;
    } while (more && group->left > 0);

    return !more;
}


/* Takes the list for an answer; whether no two of it are as far. */
static bool
knn_wide_list(knn_search_t *search)
{
    size_t                 i;
    bool                   distinct;
    const knn_wide_list_t *list;

    distinct = true;
    list = &search->wide->list;
    search->sorted = true;

    for (i = 0; i < list->k; i++) {
        distinct =
            distinct && (i == 0 || list->values[i] != list->values[i - 1]);
        search->heap.values[i] = list->values[i];
        search->heap.rows[i] = list->rows[i];
    }

    search->wide->spare = list->values[list->k];

    return distinct;
}


/* Whether no tie decides which rows are the nearest, or their order. */
static bool
knn_wide_end(const knn_model_t *model, knn_search_t *search)
{
    bool   distinct;
    double worst;

    if (knn_wide_short(search)) {
        distinct = knn_wide_list(search);
        worst = search->heap.values[search->heap.size - 1];
    }
    else {
        worst = search->heap.values[0];
        distinct = !search->ordered || model->algorithm == KNN_BRUTE
                   || knn_search_distinct(search);
    }

    if (worst >= KNN_WIDE_HUGE) {
        return false;
    }

    return model->algorithm == KNN_BRUTE
           || (search->wide->spare > knn_tree_limit(model, worst)
               && (distinct || !search->ordered));
}


const knn_way_t knn_way_wide = {
    "wide",       knn_wide_begin, knn_wide_walk,    NULL,
    knn_wide_end, knn_wide_group, KNN_WIDE_TOGETHER};
