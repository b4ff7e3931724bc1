
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "../codes.h"
#include "native_file.h"


const knn_native_dtype_t        knn_native_f64 = {"F64", 'f', 8, 8};
static const knn_native_dtype_t knn_native_f32 = {"F32", 'f', 4, 4};
const knn_native_dtype_t        knn_native_i32 = {"I32", 'i', 4, 4};

/* of kernels */
static const knn_native_dtype_t knn_native_lanes = {"F64", 'f', 8,
                                                    KNN_ALIGNMENT};
const knn_native_dtype_t knn_native_codes = {"U8", 'u', 1, KNN_ALIGNMENT};


/*
 * The bytes of a tensor as they are in the file.  They are NULL when they are
 * not on the boundary, as in files that other programs wrote again.
 */
knn_status_e
knn_native_bytes(knn_native_t *native, const char *name,
                 const knn_native_dtype_t *dtype, size_t ndim, size_t *shape,
                 const void **bytes)
{
    const knn_ndarray_t *array;

    *bytes = NULL;

    if (knn_native_array(native, name, ndim, shape, &array) != KNN_OK) {
        return native->err->status;
    }

    if (array == NULL || (uintptr_t) array->data % dtype->boundary != 0) {
        return KNN_OK;
    }

    if (array->dtype.kind != dtype->kind || array->dtype.size != dtype->size) {
        return knn_error(native->err, KNN_INCONSISTENT,
                         "tensor \"%s\" must have the dtype %s", name,
                         dtype->name);
    }

    *bytes = array->data;

    return KNN_OK;
}


/* Reads rows in their blocks. */
static knn_status_e
knn_native_blocks(knn_native_t *native, knn_layout_t *layout)
{
    size_t      shape[3];
    const void *blocks, *rows, *order;

    shape[0] = KNN_NATIVE_ANY;
    shape[1] = native->parts->n_features;
    shape[2] = KNN_LANES;

    if (knn_native_bytes(native, "layout.blocks", &knn_native_lanes, 3, shape,
                         &blocks)
        != KNN_OK)
    {
        return native->err->status;
    }

    /* without blocks there are points, and any number of lanes */

    shape[1] = KNN_LANES;

    if (knn_native_bytes(native, "layout.rows", &knn_native_i32, 2, shape,
                         &rows)
            != KNN_OK
        || knn_native_bytes(native, "layout.order", &knn_native_i32, 2, shape,
                            &order)
               != KNN_OK)
    {
        return native->err->status;
    }

    layout->n_blocks = shape[0];
    layout->blocks = blocks;
    layout->rows = rows;
    layout->order = order;

    return KNN_OK;
}


/* Reads points, which may be of either size. */
static knn_status_e
knn_native_points(knn_native_t *native, knn_layout_t *layout)
{
    size_t               shape[2];
    const knn_ndarray_t *array;

    shape[0] = native->parts->n_samples;
    shape[1] = native->parts->n_features;

    if (knn_native_array(native, "layout.points", 2, shape, &array) != KNN_OK) {
        return native->err->status;
    }

    layout->narrow = array != NULL && array->dtype.size == sizeof(float);

    return knn_native_bytes(native, "layout.points",
                            layout->narrow ? &knn_native_f32 : &knn_native_f64,
                            2, shape, &layout->points);
}


/* Reads the arrays of codes; they stay NULL when one is not there. */
static knn_status_e
knn_native_codings(knn_native_t *native, knn_codes_t *codes)
{
    size_t      shape[3];
    const void *bytes, *sums, *errors, *frame;

    shape[0] = codes->n_blocks;
    shape[1] = codes->n_groups;
    shape[2] = KNN_CODES_BYTES;

    if (knn_native_bytes(native, "layout.codes", &knn_native_codes, 3, shape,
                         &bytes)
        != KNN_OK)
    {
        return native->err->status;
    }

    shape[1] = KNN_CODES_ROWS * sizeof(int32_t);
    shape[2] = native->parts->n_features + KNN_NATIVE_FRAME;

    if (knn_native_bytes(native, "layout.sums", &knn_native_codes, 2, shape,
                         &sums)
            != KNN_OK
        || knn_native_bytes(native, "layout.errors", &knn_native_f32, 1, shape,
                            &errors)
               != KNN_OK
        || knn_native_bytes(native, "layout.frame", &knn_native_f64, 1,
                            &shape[2], &frame)
               != KNN_OK)
    {
        return native->err->status;
    }

    codes->sums = sums;
    codes->errors = errors;
    codes->low = frame;
    codes->codes =
        (sums == NULL || errors == NULL || frame == NULL) ? NULL : bytes;

    return KNN_OK;
}


/* Reads points and their codes, all of them or none. */
static knn_status_e
knn_native_coded(knn_native_t *native, knn_layout_t *layout)
{
    knn_codes_t  *codes;
    const double *frame;

    if (knn_native_points(native, layout) != KNN_OK) {
        return native->err->status;
    }

    if (layout->points == NULL) {
        return KNN_OK;
    }

    /* sizes are not yet checked */

    if (native->parts->n_samples == 0 || native->parts->n_features == 0
        || native->parts->n_features > KNN_CODES_FEATURES)
    {
        layout->points = NULL;
        return KNN_OK;
    }

    codes = knn_arena_alloc(native->arena, sizeof(knn_codes_t));

    if (codes == NULL) {
        return knn_native_full(native);
    }

    knn_codes_shape(codes, native->parts->n_samples, native->parts->n_features);

    if (knn_native_codings(native, codes) != KNN_OK) {
        return native->err->status;
    }

    if (codes->codes == NULL) {
        layout->points = NULL;
        return KNN_OK;
    }

    frame = codes->low + native->parts->n_features;
    codes->step = frame[0];
    codes->per = 1 / frame[0];
    codes->whole = frame[1] != 0;

    layout->codes = codes;

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

    if (knn_native_bytes(native, "layout.pairs", &knn_native_lanes, 1,
                         &layout->n_pairs, &pairs)
            != KNN_OK
        || knn_native_bytes(native, "layout.targets", &knn_native_i32, 2, shape,
                            &targets)
               != KNN_OK
        || knn_native_bytes(native, "layout.nearest", &knn_native_f64, 1,
                            &layout->n_nearest, &nearest)
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
        || knn_native_coded(native, layout) != KNN_OK
        || knn_native_beside(native, layout) != KNN_OK
        || knn_native_index(native, layout) != KNN_OK)
    {
        return native->err->status;
    }

    if ((layout->blocks != NULL) != (layout->points != NULL)
        && layout->rows != NULL && layout->nearest != NULL
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
