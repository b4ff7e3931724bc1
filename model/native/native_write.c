
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "../codes.h"
#include "../range.h"
#include "../wide.h"
#include "native_file.h"
#include "native_put.h"


/* Puts the training rows and their targets. */
static int
knn_native_put_rows(knn_native_put_t *put)
{
    float             *floats;
    size_t             i, n, shape[2];
    const knn_parts_t *parts;

    parts = put->parts;
    shape[0] = parts->n_samples;
    shape[1] = parts->n_features;

    knn_writing_tensor(&put->writing, "X", KNN_F64, parts->x, 2, shape);
    knn_writing_tensor(&put->writing, "centroid.scale", KNN_F64, parts->scale,
                       1, &shape[1]);
    knn_writing_tensor(&put->writing, "centroid.priors", KNN_F64, parts->priors,
                       1, &shape[0]);
    knn_writing_tensor(&put->writing, "metric.w", KNN_F64, parts->w, 1,
                       &shape[1]);

    shape[1] = parts->n_outputs;
    n = (parts->n_outputs == 1) ? 1 : 2;

    knn_writing_tensor(&put->writing, "y", KNN_I64, parts->y, n, shape);

    if (!parts->single || parts->values == NULL) {
        knn_writing_tensor(&put->writing, "y", KNN_F64, parts->values, n,
                           shape);
        return 0;
    }

    floats = knn_arena_array(put->arena, parts->n_samples * parts->n_outputs,
                             sizeof(float));

    if (floats == NULL) {
        return -1;
    }

    for (i = 0; i < parts->n_samples * parts->n_outputs; i++) {
        floats[i] = (float) parts->values[i];
    }

    knn_writing_tensor(&put->writing, "y", KNN_F32, floats, n, shape);

    return 0;
}


/* Puts the matrix of a metric. */
static int
knn_native_put_matrix(knn_native_put_t *put)
{
    size_t shape[2];

    shape[0] = put->parts->n_features;
    shape[1] = put->parts->n_features;

    knn_writing_tensor(&put->writing, "metric.VI", KNN_F64, put->parts->vi, 2,
                       shape);

    return 0;
}


/* Puts the stored tree. */
static int
knn_native_put_tree(knn_native_put_t *put)
{
    size_t                  i, n, shape[3];
    double                 *radius;
    int64_t                *nodes;
    const knn_tree_parts_t *tree;

    tree = put->parts->tree;

    if (tree == NULL) {
        return 0;
    }

    n = tree->n_nodes;
    radius = knn_arena_array(put->arena, n, sizeof(double));
    nodes = knn_arena_array(put->arena, n, KNN_NATIVE_NODE * sizeof(int64_t));

    if (radius == NULL || nodes == NULL) {
        return -1;
    }

    for (i = 0; i < n; i++) {
        radius[i] = tree->nodes[i].radius;
        nodes[i * KNN_NATIVE_NODE] = tree->nodes[i].start;
        nodes[i * KNN_NATIVE_NODE + 1] = tree->nodes[i].end;
        nodes[i * KNN_NATIVE_NODE + 2] = tree->nodes[i].is_leaf;
    }

    shape[0] = n;
    shape[1] = KNN_NATIVE_NODE;

    knn_writing_tensor(&put->writing, "tree.idx_array", KNN_I64,
                       tree->idx_array, 1, &put->parts->n_samples);
    knn_writing_tensor(&put->writing, "tree.nodes", KNN_I64, nodes, 2, shape);
    knn_writing_tensor(&put->writing, "tree.radius", KNN_F64, radius, 1, shape);

    shape[0] = tree->n_bounds;
    shape[1] = n;
    shape[2] = put->parts->n_features;

    knn_writing_tensor(&put->writing, "tree.bounds", KNN_F64, tree->bounds, 3,
                       shape);

    return 0;
}


/* Puts points and their codes; what they are codes of is low, and a step. */
static int
knn_native_put_codes(knn_native_put_t *put)
{
    double            *frame;
    size_t             d, shape[3];
    const knn_model_t *model;
    const knn_codes_t *codes;

    model = put->model;
    codes = model->codes;

    if (codes == NULL) {
        return 0;
    }

    d = model->space.n_features;
    frame = knn_arena_array(put->arena, d + KNN_NATIVE_FRAME, sizeof(double));

    if (frame == NULL) {
        return -1;
    }

    memcpy(frame, codes->low, d * sizeof(double));
    frame[d] = codes->step;
    frame[d + 1] = codes->whole;

    shape[0] = codes->n_blocks;
    shape[1] = codes->n_groups;
    shape[2] = KNN_CODES_BYTES;
    knn_writing_tensor(&put->writing, "layout.codes", KNN_U8, codes->codes, 3,
                       shape);

    shape[1] = KNN_CODES_ROWS * sizeof(int32_t);
    knn_writing_tensor(&put->writing, "layout.sums", KNN_U8, codes->sums, 2,
                       shape);
    knn_writing_tensor(&put->writing, "layout.errors", KNN_F32, codes->errors,
                       1, shape);

    shape[0] = model->info.n_samples;
    shape[1] = d;
    knn_writing_tensor(&put->writing, "layout.points",
                       model->narrow ? KNN_F32 : KNN_F64, model->points, 2,
                       shape);

    shape[0] = d + KNN_NATIVE_FRAME;
    knn_writing_tensor(&put->writing, "layout.frame", KNN_F64, frame, 1, shape);

    return 0;
}


/* Puts the ranges of the features. */
static int
knn_native_put_ranges(knn_native_put_t *put)
{
    double *ranges;
    size_t  shape[2];

    shape[0] = 2;
    shape[1] = put->parts->n_features;
    ranges = knn_arena_array(put->arena, 2 * shape[1], sizeof(double));

    if (ranges == NULL) {
        return -1;
    }

    knn_range_features(put->model, put->parts, ranges, ranges + shape[1]);
    knn_writing_tensor(&put->writing, "layout.ranges", KNN_F64, ranges, 2,
                       shape);

    return 0;
}


/* Puts the index of the blocks. */
static void
knn_native_put_index(knn_native_put_t *put)
{
    size_t            n, shape[2];
    const knn_wide_t *wide;

    wide = put->model->wide;

    if (wide == NULL) {
        return;
    }

    shape[0] = wide->n_nodes;
    shape[1] = wide->stride * sizeof(float);
    knn_writing_tensor(&put->writing, "layout.boxes", KNN_U8, wide->boxes, 2,
                       shape);

    n = wide->n_nodes - wide->levels[wide->n_levels - 1];
    knn_writing_tensor(&put->writing, "layout.firsts", KNN_I32, wide->blocks, 1,
                       &n);
    knn_writing_tensor(&put->writing, "layout.middle", KNN_F64, wide->middle, 1,
                       &put->model->space.n_features);
}


/* Puts what the model has laid out: first, so that it lies on its boundary. */
static int
knn_native_put_layout(knn_native_put_t *put)
{
    size_t             pairs, shape[3];
    const knn_model_t *model;

    model = put->model;

    if (model->rows == NULL) {
        return 0;
    }

    pairs = (put->parts->tree == NULL)
                ? 0
                : (put->parts->tree->n_nodes / 2 + 1) * model->pair_size;

    shape[0] = model->n_blocks;
    shape[1] = model->space.n_features;
    shape[2] = KNN_LANES;

    knn_writing_text(&put->writing, "layout", KNN_NATIVE_LAYOUT);
    knn_writing_tensor(&put->writing, "layout.blocks", KNN_F64, model->blocks,
                       3, shape);
    knn_writing_tensor(&put->writing, "layout.pairs", KNN_F64, model->pairs, 1,
                       &pairs);

    if (knn_native_put_codes(put) != 0 || knn_native_put_ranges(put) != 0) {
        return -1;
    }

    knn_native_put_index(put);
    knn_writing_tensor(&put->writing, "layout.nearest", KNN_F64, model->nearest,
                       1, &model->info.novelty_samples);

    shape[1] = KNN_LANES;
    knn_writing_tensor(&put->writing, "layout.rows", KNN_I32, model->rows, 2,
                       shape);
    knn_writing_tensor(&put->writing, "layout.order", KNN_I32, model->order, 2,
                       shape);

    shape[0] = model->info.n_samples;
    shape[1] = model->info.n_outputs;
    knn_writing_tensor(&put->writing, "layout.targets", KNN_I32, model->targets,
                       2, shape);

    return 0;
}


/* Puts queries with their answers. */
static int
knn_native_put_golden(knn_native_put_t *put)
{
    size_t       shape[2];
    knn_golden_t golden;
    knn_error_t  err;

    if (knn_golden_make(put->arena, put->model, put->parts, &golden, &err)
            != KNN_OK
        || golden.n == 0)
    {
        return golden.n == 0 ? 0 : -1;
    }

    shape[0] = golden.n;
    shape[1] = put->model->info.n_features;
    knn_writing_tensor(&put->writing, "golden.X", KNN_F64, golden.x, 2, shape);

    shape[1] = put->model->info.n_outputs;
    knn_writing_tensor(&put->writing, "golden.classes", KNN_I64, golden.classes,
                       2, shape);
    knn_writing_tensor(&put->writing, "golden.values", KNN_F64, golden.values,
                       2, shape);
    knn_writing_tensor(&put->writing, "golden.novelty", KNN_F64, golden.novelty,
                       1, shape);

    shape[0] = golden.n_indices;
    knn_writing_tensor(&put->writing, "golden.indices", KNN_I64, golden.indices,
                       1, shape);
    knn_writing_tensor(&put->writing, "golden.distances", KNN_F64,
                       golden.distances, 1, shape);

    shape[0] = golden.n + 1;
    knn_writing_tensor(&put->writing, "golden.first", KNN_I64, golden.first, 1,
                       shape);

    return 0;
}


/* Puts all and writes the file. */
static knn_status_e
knn_native_fill(knn_native_put_t *put, const char *path,
                const knn_native_meta_t *meta, knn_error_t *err)
{
    size_t i;

    static int (*const puts[])(knn_native_put_t *) = {
        knn_native_put_layout, knn_native_put_rows,  knn_native_put_matrix,
        knn_native_put_tree,   knn_native_put_steps, knn_native_put_golden};

    knn_native_put_metadata(put, meta);

    for (i = 0; i < sizeof(puts) / sizeof(puts[0]); i++) {
        if (puts[i](put) != 0) {
            return knn_error(err, KNN_NO_MEMORY, "no memory to write it");
        }
    }

    return knn_writing_write(&put->writing, path, err);
}


knn_status_e
knn_native_write(const char *path, const knn_parts_t *parts,
                 const knn_model_t *model, const knn_native_meta_t *meta,
                 knn_error_t *err)
{
    knn_status_e     rc;
    knn_native_put_t put;

    put.parts = parts;
    put.model = model;
    put.arena = knn_arena_create(SIZE_MAX);

    if (put.arena == NULL) {
        rc = knn_error(err, KNN_NO_MEMORY, "no memory to write it");
    }
    else {
        knn_writing_init(&put.writing);
        rc = knn_native_fill(&put, path, meta, err);
        knn_writing_free(&put.writing);
        knn_arena_destroy(put.arena);
    }

    if (rc != KNN_OK) {
        knn_error_prefix(err, path);
    }

    return rc;
}
