
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "codes.h"
#include "layout.h"
#include "plan.h"
#include "trial.h"
#include "wide.h"


/* bytes of values up to which two layouts may be there at once */
#define KNN_PLAN_LARGE ((size_t) 64 * 1024 * 1024)

/* bytes of values of the rows that stand for all of a larger model */
#define KNN_PLAN_SAMPLE ((size_t) 16 * 1024 * 1024)


typedef struct {
    knn_model_t      bare;   /* before anything was laid out */
    knn_model_t      blocks; /* what is laid out in blocks */
    knn_arena_mark_t start;
    knn_arena_mark_t indexed; /* behind the blocks */
    knn_arena_mark_t end;     /* behind an index of them */
    knn_trial_t      trials[KNN_TRIALS];
    size_t           n;
} knn_plan_t;


/* Whether a model has what a way takes. */
static bool
knn_plan_possible(const knn_model_t *model, const knn_way_t *way)
{
    if (way == &knn_way_wide) {
        return model->wide != NULL;
    }

    if (way == &knn_way_codes) {
        return model->codes != NULL;
    }

    /* a tree misses rows of what is no metric, and a scan would find them */

    if (way == &knn_way_scan && model->algorithm != KNN_BRUTE
        && !knn_wide_metric(model->kind))
    {
        return false;
    }

    /* a leaf is taken as whole blocks; where they are not, trees are small */

    if (!model->aligned
        && (way == &knn_way_quick
            || (way == &knn_way_scan
                && model->info.n_samples > KNN_LAYOUT_FEW)))
    {
        return false;
    }

    return model->codes == NULL
           && (way == knn_search_faithful(model) || knn_quick_possible(model));
}


/* The ways of a layout, the one that makes the most of it first. */
static size_t
knn_plan_ways(const knn_model_t *model, const knn_way_t **ways)
{
    size_t                        i, n;
    static const knn_way_t *const all[] = {&knn_way_codes, &knn_way_wide,
                                           &knn_way_scan, &knn_way_quick};

    n = 0;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (knn_plan_possible(model, all[i])) {
            ways[n++] = all[i];
        }
    }

    if (model->codes == NULL) {
        ways[n++] = knn_search_faithful(model);
    }

    return n;
}


/* Lays out rows in blocks, with an index of them. */
static int
knn_plan_blocks(knn_model_t *model, const knn_parts_t *parts,
                knn_arena_mark_t *behind)
{
    if (knn_layout_build(model, parts, false) != 0) {
        return -1;
    }

    *behind = knn_arena_mark(model->arena);

    if (!knn_wide_possible(model)) {
        return 0;
    }

    return parts->mapped ? knn_wide_take(model, parts->layout)
                         : knn_wide_build(model);
}


/* Adds the ways of a layout to those that are timed. */
static void
knn_plan_add(knn_plan_t *plan, const knn_model_t *model, double scale)
{
    size_t           i, n;
    const knn_way_t *ways[KNN_TRIALS];

    n = knn_plan_ways(model, ways);

    for (i = 0; i < n; i++) {
        plan->trials[plan->n].model = *model;
        plan->trials[plan->n].model.way = ways[i];
        plan->trials[plan->n].scale = scale;
        plan->n++;
    }
}


/* Lays out rows for a way; another one takes its place if it cannot be. */
static int
knn_plan_lay(knn_model_t *model, const knn_parts_t *parts, const char *name)
{
    size_t           i, n;
    knn_arena_mark_t indexed;
    const knn_way_t *ways[KNN_TRIALS];

    if (strcmp(name, knn_way_codes.name) == 0 && parts->layout == NULL) {
        if (knn_layout_build(model, parts, true) != 0) {
            return -1;
        }
    }
    else if (knn_plan_blocks(model, parts, &indexed) != 0) {
        return -1;
    }

    n = knn_plan_ways(model, ways);

    for (i = 0; i < n && strcmp(ways[i]->name, name) != 0; i++) {
        /* void */
    }

    /* the faithful way is the last one, and the slowest */

    model->way = ways[(i < n) ? i : (n > 1) ? n - 2 : 0];

    if (model->wide != NULL && model->way != &knn_way_wide) {
        knn_arena_release(model->arena, &indexed);
        model->wide = NULL;
    }

    return 0;
}


/* Rows that stand for all, evenly spaced. */
static int
knn_plan_sample(const knn_parts_t *parts, knn_arena_t *arena, knn_parts_t *few)
{
    size_t  i, size;
    double *x;

    *few = *parts;
    size = parts->n_features * sizeof(double);

    few->algorithm = KNN_BRUTE;
    few->tree = NULL;
    few->n_samples = KNN_PLAN_SAMPLE / size + 1;

    x = knn_arena_array(arena, few->n_samples, size);
    few->x = x;

    if (x == NULL) {
        return -1;
    }

    for (i = 0; i < few->n_samples; i++) {
        memcpy(x + i * parts->n_features,
               parts->x
                   + i * parts->n_samples / few->n_samples * parts->n_features,
               size);
    }

    return 0;
}


/* A model of those rows, of which nothing is laid out. */
static knn_model_t
knn_plan_model(const knn_plan_t *plan, const knn_parts_t *parts)
{
    knn_model_t model;

    model = plan->bare;
    model.algorithm = parts->algorithm;
    model.info.n_samples = parts->n_samples;

    return model;
}


/* Lays out rows in blocks, and some or all of them with codes beside that. */
static int
knn_plan_try(knn_plan_t *plan, const knn_parts_t *blocks,
             const knn_parts_t *codes)
{
    knn_model_t model;

    plan->blocks = knn_plan_model(plan, blocks);

    if (knn_plan_blocks(&plan->blocks, blocks, &plan->indexed) != 0) {
        return -1;
    }

    plan->end = knn_arena_mark(plan->bare.arena);

    if (knn_codes_possible(codes)) {
        model = knn_plan_model(plan, codes);

        if (knn_layout_build(&model, codes, true) != 0) {
            return -1;
        }

        if (model.codes != NULL) {
            knn_plan_add(plan, &model,
                         (double) blocks->n_samples
                             / (double) codes->n_samples);
        }
    }

    knn_plan_add(plan, &plan->blocks, 1);

    return 0;
}


/* Keeps what the fastest way takes. */
static int
knn_plan_keep(knn_plan_t *plan, knn_model_t *model, const knn_parts_t *parts,
              const knn_way_t *way)
{
    if (way == &knn_way_codes
        || plan->blocks.info.n_samples != parts->n_samples) {
        knn_arena_release(model->arena, &plan->start);
        *model = plan->bare;
        return knn_plan_lay(model, parts, way->name);
    }

    *model = plan->blocks;
    model->way = way;

    if (way == &knn_way_wide) {
        knn_arena_release(model->arena, &plan->end);
    }
    else {
        knn_arena_release(model->arena, &plan->indexed);
        model->wide = NULL;
    }

    return 0;
}


/* Finds the fastest way. */
static int
knn_plan_measure(knn_model_t *model, const knn_parts_t *parts,
                 const knn_parts_t *few)
{
    size_t     fastest;
    knn_plan_t plan;

    plan.n = 0;
    plan.bare = *model;
    plan.start = knn_arena_mark(model->arena);

    fastest = 0;

    if (knn_plan_try(&plan, (parts->tree == NULL) ? few : parts, few) != 0
        || (plan.n > 1
            && knn_trials_run(plan.trials, plan.n, few->x, few->n_samples,
                              &fastest)
                   != 0))
    {
        return -1;
    }

    return knn_plan_keep(&plan, model, parts, plan.trials[fastest].model.way);
}


/* The same of a model which would take too much memory for that. */
static int
knn_plan_large(knn_model_t *model, const knn_parts_t *parts)
{
    int          rc;
    knn_parts_t  few;
    knn_arena_t *arena;

    /* malloc() would keep that much for later */

    arena = knn_arena_create(SIZE_MAX);

    if (arena == NULL) {
        return -1;
    }

    rc = knn_plan_sample(parts, arena, &few);

    if (rc == 0) {
        rc = knn_plan_measure(model, parts, &few);
    }

    knn_arena_destroy(arena);

    return rc;
}


/* Whether one of the ways is meant by a name. */
static bool
knn_plan_known(const char *name)
{
    size_t                        i;
    static const knn_way_t *const all[] = {
        &knn_way_codes, &knn_way_wide,   &knn_way_scan,  &knn_way_quick,
        &knn_way_heap,  &knn_way_lowest, &knn_way_serial};

    for (i = 0; name != NULL && i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(all[i]->name, name) == 0) {
            return true;
        }
    }

    return false;
}


/* Lays out rows as is known, or found out. */
static int
knn_plan_choose(knn_model_t *model, const knn_parts_t *parts)
{
    if (knn_plan_known(parts->search)) {
        return knn_plan_lay(model, parts, parts->search);
    }

    /* beyond a radius there is but one row to be found */

    if (model->within || parts->layout != NULL) {
        return knn_plan_lay(model, parts, knn_way_quick.name);
    }

    return (parts->n_samples * parts->n_features
            > KNN_PLAN_LARGE / sizeof(double))
               ? knn_plan_large(model, parts)
               : knn_plan_measure(model, parts, parts);
}


int
knn_plan_build(knn_model_t *model, const knn_parts_t *parts)
{
    if (knn_plan_choose(model, parts) != 0) {
        return -1;
    }

    model->info.search = model->within ? knn_way_within.name : model->way->name;

    return 0;
}
