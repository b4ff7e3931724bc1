
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "../model.h"
#include "native_file.h"


/*
 * The bytes of a tensor as they are in the file.  They are NULL when they are
 * not on the boundary, as in files that other programs wrote again.
 */
static knn_status_e
knn_native_bytes(knn_native_t *native, const char *name, char kind, size_t ndim,
                 size_t *shape, size_t boundary, const void **bytes)
{
    const knn_ndarray_t *array;

    *bytes = NULL;

    if (knn_native_array(native, name, ndim, shape, &array) != KNN_OK) {
        return native->err->status;
    }

    if (array == NULL || (uintptr_t) array->data % boundary != 0) {
        return KNN_OK;
    }

    if (array->dtype.kind != kind
        || array->dtype.size
               != (kind == 'f' ? sizeof(double) : sizeof(uint32_t)))
    {
        return knn_error(native->err, KNN_INCONSISTENT,
                         "tensor \"%s\" must have the dtype %s", name,
                         kind == 'f' ? "F64" : "I32");
    }

    *bytes = array->data;

    return KNN_OK;
}


/* Reads rows in their blocks. */
static knn_status_e
knn_native_blocks(knn_native_t *native, knn_layout_t *layout)
{
    size_t      shape[3];
    const void *blocks, *rows;

    shape[0] = KNN_NATIVE_ANY;
    shape[1] = native->parts->n_features;
    shape[2] = KNN_LANES;

    if (knn_native_bytes(native, "layout.blocks", 'f', 3, shape, KNN_ALIGNMENT,
                         &blocks)
        != KNN_OK)
    {
        return native->err->status;
    }

    layout->n_blocks = shape[0];
    shape[1] = KNN_LANES;

    if (knn_native_bytes(native, "layout.rows", 'i', 2, shape, sizeof(uint32_t),
                         &rows)
        != KNN_OK)
    {
        return native->err->status;
    }

    layout->blocks = blocks;
    layout->rows = rows;

    return KNN_OK;
}


/* Reads what is beside the blocks. */
static knn_status_e
knn_native_beside(knn_native_t *native, knn_layout_t *layout)
{
    size_t       shape[2];
    const void  *pairs, *targets, *nearest;
    knn_parts_t *parts;

    parts = native->parts;
    shape[0] = parts->n_samples;
    shape[1] = parts->n_outputs;
    layout->n_pairs = KNN_NATIVE_ANY;
    layout->n_nearest = KNN_NATIVE_ANY;

    if (knn_native_bytes(native, "layout.pairs", 'f', 1, &layout->n_pairs,
                         KNN_ALIGNMENT, &pairs)
            != KNN_OK
        || knn_native_bytes(native, "layout.targets", 'i', 2, shape,
                            sizeof(uint32_t), &targets)
               != KNN_OK
        || knn_native_bytes(native, "layout.nearest", 'f', 1,
                            &layout->n_nearest, sizeof(double), &nearest)
               != KNN_OK)
    {
        return native->err->status;
    }

    if (pairs == NULL) {
        layout->n_pairs = 0;
    }

    layout->pairs = pairs;
    layout->targets = targets;
    layout->nearest = nearest;

    return KNN_OK;
}


knn_status_e
knn_native_layout(knn_native_t *native)
{
    const char   *version;
    knn_parts_t  *parts;
    knn_layout_t *layout;

    parts = native->parts;
    version = "";
    knn_native_text(native, "layout", &version);

    /* rows of another layout are laid out anew */

    if (strcmp(version, KNN_NATIVE_LAYOUT) != 0) {
        return KNN_OK;
    }

    layout = knn_arena_alloc(native->arena, sizeof(knn_layout_t));

    if (layout == NULL) {
        return knn_native_full(native);
    }

    if (knn_native_blocks(native, layout) != KNN_OK
        || knn_native_beside(native, layout) != KNN_OK)
    {
        return native->err->status;
    }

    if (layout->blocks != NULL && layout->rows != NULL
        && layout->nearest != NULL
        && (layout->pairs != NULL) == (parts->tree != NULL)
        && (layout->targets != NULL) == (parts->y != NULL))
    {
        parts->layout = layout;
    }

    return KNN_OK;
}


/* Reads the neighbors of golden queries. */
static knn_status_e
knn_native_neighbors(knn_native_t *native, knn_golden_t *golden)
{
    size_t i, n;

    n = golden->n + 1;
    golden->n_indices = KNN_NATIVE_ANY;

    if (knn_native_integers(native, "golden.first", 1, &n, &golden->first)
            != KNN_OK
        || knn_native_integers(native, "golden.indices", 1, &golden->n_indices,
                               &golden->indices)
               != KNN_OK
        || knn_native_doubles(native, "golden.distances", 1, &golden->n_indices,
                              &golden->distances)
               != KNN_OK
        || knn_native_doubles(native, "golden.novelty", 1, &golden->n,
                              &golden->novelty)
               != KNN_OK)
    {
        return native->err->status;
    }

    if ((golden->first == NULL) != (golden->indices == NULL)
        || (golden->first == NULL) != (golden->distances == NULL))
    {
        return knn_error(native->err, KNN_INCONSISTENT,
                         "must have the tensors \"golden.first\", "
                         "\"golden.indices\" and \"golden.distances\" "
                         "together");
    }

    if (golden->first == NULL) {
        golden->n_indices = 0;
        return KNN_OK;
    }

    for (i = 0; i < golden->n; i++) {
        if (golden->first[i] > golden->first[i + 1]) {
            break;
        }
    }

    if (golden->first[0] != 0 || i < golden->n
        || (uint64_t) golden->first[golden->n] != golden->n_indices)
    {
        return knn_error(native->err, KNN_INCONSISTENT,
                         "tensor \"golden.first\" must lead through "
                         "\"golden.indices\"");
    }

    return KNN_OK;
}


knn_status_e
knn_native_golden(knn_native_t *native, knn_golden_t *golden)
{
    size_t             shape[2];
    const knn_parts_t *parts;

    parts = native->parts;
    memset(golden, 0, sizeof(knn_golden_t));

    shape[0] = KNN_NATIVE_ANY;
    shape[1] = (parts->steps.n_inputs == 0) ? parts->n_features
                                            : parts->steps.n_inputs;

    if (knn_native_doubles(native, "golden.X", 2, shape, &golden->x) != KNN_OK)
    {
        return native->err->status;
    }

    if (golden->x == NULL) {
        return KNN_OK;
    }

    golden->n = shape[0];
    shape[1] = parts->n_outputs;

    if (knn_native_integers(native, "golden.classes", 2, shape,
                            &golden->classes)
            != KNN_OK
        || knn_native_doubles(native, "golden.values", 2, shape,
                              &golden->values)
               != KNN_OK)
    {
        return native->err->status;
    }

    return knn_native_neighbors(native, golden);
}
