
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Codes are swept for several points at once: they are read once, and
 * multiplied by all points while they are near.  A search whose candidates find
 * no room leaves the group, and goes on by itself where it stopped.
 */


#include <math.h>
#include <string.h>

#include "codes.h"


/* pairs of blocks, evenly spaced, that say how far a first reach may be */
#define KNN_GROUP_PAIRS 16

/* models of fewer blocks do without them */
#define KNN_GROUP_SAMPLED (8 * KNN_GROUP_PAIRS)

/* the work of a sweep, in multiplications: some 10 us */
#define KNN_GROUP_WORK 0x20000

/* groups of features that all else takes as long as, for a block and a point */
#define KNN_GROUP_REST 8


/* Codes a point. */
static void
knn_group_begin(const knn_model_t *model, size_t point, knn_group_t *group)
{
    size_t        d;
    knn_search_t *search;

    d = model->space.n_features;
    search = &group->searches[point];

    knn_search_begin(model, group->q + point * d, search, model->way);

    memcpy(group->batch->q + point * group->batch->stride, search->probe->q,
           group->batch->n_groups * KNN_CODES_GROUP);

    group->batch->points = group->n;
    group->left -= (int64_t) (d + KNN_VISIT_WORK);
}


/* Sweeps over n blocks, whose squares go behind those of so many others. */
static void
knn_group_sweep(const knn_model_t *model, size_t block, size_t n, size_t others,
                knn_group_t *group)
{
    knn_batch_t        batch;
    const knn_codes_t *codes;

    codes = model->codes;
    batch = *group->batch;
    batch.squares += others * KNN_CODES_ROWS;

    model->kernels->batch(
        &batch, codes->codes + block * codes->n_groups * KNN_CODES_BYTES,
        codes->sums + block * KNN_CODES_ROWS, n);

    group->left -=
        (int64_t) (n * group->n * (codes->n_groups + KNN_GROUP_REST));
}


/* Where a pair of blocks is. */
static size_t
knn_group_pair(const knn_codes_t *codes, size_t pair)
{
    return codes->n_blocks / KNN_GROUP_PAIRS * pair;
}


/* Looks at a pair of blocks; the last one gives all points a first reach. */
static void
knn_group_sample(const knn_model_t *model, size_t pair, knn_group_t *group)
{
    size_t       i;
    float        error;
    knn_batch_t *batch;

    batch = group->batch;

    for (i = 0; i < group->n; i++) {
        batch->limits[i] = KNN_CODES_EMPTY - 1;
    }

    knn_group_sweep(model, knn_group_pair(model->codes, pair), 2, 2 * pair,
                    group);

    if (pair < KNN_GROUP_PAIRS - 1) {
        return;
    }

    error = 0;

    for (i = 0; i < KNN_GROUP_PAIRS; i++) {
        error =
            fmaxf(error, knn_codes_error(model->codes,
                                         knn_group_pair(model->codes, i), 2));
    }

    for (i = 0; i < group->n; i++) {
        knn_probe_first(model, 2 * KNN_GROUP_PAIRS,
                        batch->squares + i * KNN_BATCH_BLOCKS * KNN_CODES_ROWS,
                        error, &group->searches[i]);
    }
}


/* What a square that is within reach of a point is not above. */
static int32_t
knn_group_limit(const knn_reach_t *reach, float error)
{
    float r;

    r = reach->most + error;
    r = r * r;

    return (int32_t) ((r < KNN_CODES_LARGEST) ? r : KNN_CODES_LARGEST)
           - reach->own;
}


/* Has a point take those of n blocks that are near. */
static void
knn_group_take(const knn_model_t *model, size_t block, size_t n, uint32_t near,
               const int32_t *squares, knn_search_t *search)
{
    size_t       i, run;
    uint64_t     blocks;
    knn_probe_t *probe;

    probe = search->probe;
    blocks = near;

    while (blocks != 0) {
        i = (size_t) __builtin_ctzll(blocks);
        run = (size_t) __builtin_ctzll(~(blocks >> i));

        if (!knn_probe_room(model, run, search)) {
            probe->block = block + i;
            return;
        }

        knn_probe_take(model, block + i, run, squares + i * KNN_CODES_ROWS,
                       search);

        blocks &= ~(uint64_t) 0 << (i + run);
    }

    probe->block = block + n;
}


/* Sweeps over the next blocks; returns how many there were. */
static size_t
knn_group_slice(const knn_model_t *model, size_t block, knn_group_t *group)
{
    size_t             i, n;
    float              error;
    knn_batch_t       *batch;
    knn_search_t      *search;
    const knn_codes_t *codes;

    codes = model->codes;
    batch = group->batch;

    n = KNN_GROUP_WORK / (group->n * (codes->n_groups + KNN_GROUP_REST));
    n = (n > 2) ? n / 2 * 2 : 2;
    n = (n < KNN_BATCH_BLOCKS) ? n : KNN_BATCH_BLOCKS;
    n = (n < codes->n_blocks - block) ? n : codes->n_blocks - block;

    error = knn_codes_error(codes, block, n);

    for (i = 0; i < group->n; i++) {
        search = &group->searches[i];
        batch->limits[i] = (search->probe->block == block)
                               ? knn_group_limit(&search->probe->reach, error)
                               : INT32_MIN;
    }

    knn_group_sweep(model, block, n, 0, group);

    for (i = 0; i < group->n; i++) {
        search = &group->searches[i];

        if (search->probe->block == block) {
            knn_group_take(
                model, block, n, batch->near[i],
                batch->squares + i * KNN_BATCH_BLOCKS * KNN_CODES_ROWS, search);
        }
    }

    return n;
}


bool
knn_codes_group(const knn_model_t *model, knn_group_t *group)
{
    size_t sampled, step;

    sampled =
        (model->codes->n_blocks < KNN_GROUP_SAMPLED) ? 0 : KNN_GROUP_PAIRS;

    while (group->left > 0) {
        step = group->step;

        if (step < group->n) {
            knn_group_begin(model, step, group);
            group->step++;
        }
        else if (step < group->n + sampled) {
            knn_group_sample(model, step - group->n, group);
            group->step++;
        }
        else if (step < group->n + sampled + model->codes->n_blocks) {
            group->step +=
                knn_group_slice(model, step - group->n - sampled, group);
        }
        else {
            return true;
        }
    }

    return false;
}
