
/*
 * Copyright (C) nginx-knn contributors
 */


/* The index of a mapped file, of which little is read before it is used. */


#include <math.h>
#include <string.h>

#include "check.h"
#include "wide.h"


/* The level of the last nodes, by their number; it is 2^halves. */
static inline size_t
knn_wide_halves(const knn_layout_t *layout)
{
    return (size_t) __builtin_ctzll(layout->n_firsts);
}


/* Whether a node has no more than n children. */
static bool
knn_wide_closed(const knn_wide_t *wide, const float *boxes, size_t n)
{
    size_t i;

    for (i = 0; i < wide->stride; i++) {
        if (i % KNN_WIDE_CHILDREN >= n && boxes[i] != INFINITY) {
            return false;
        }
    }

    return true;
}


/*
 * Whether no walk leaves the nodes and blocks, whatever the boxes: those of
 * children that there are do not matter.
 */
static bool
knn_wide_enclosed(const knn_layout_t *layout, const knn_wide_t *wide)
{
    size_t i, n, last;

    last = wide->levels[wide->n_levels - 1];

    for (i = 0; i < layout->n_firsts; i++) {
        if (layout->firsts[i] >= layout->n_blocks) {
            return false;
        }

        n = layout->n_blocks - layout->firsts[i];

        if (n < KNN_WIDE_CHILDREN
            && !knn_wide_closed(wide, layout->boxes + (last + i) * wide->stride,
                                n))
        {
            return false;
        }
    }

    if (wide->n_levels == 1) {
        return true;
    }

    /* all but the root have as many children as can be */

    n = ((wide->n_levels == 2) ? wide->n_nodes : wide->levels[2]) - 1;

    return knn_wide_closed(wide, layout->boxes, n);
}


knn_status_e
knn_wide_check(const knn_parts_t *parts, knn_error_t *err)
{
    size_t              j, d;
    knn_wide_t          wide;
    const knn_layout_t *layout;

    d = parts->n_features;
    layout = parts->layout;

    if (layout->boxes == NULL) {
        return KNN_OK;
    }

    if (layout->n_firsts == 0 || layout->n_firsts > layout->n_blocks
        || (layout->n_firsts & (layout->n_firsts - 1)) != 0)
    {
        return knn_layout_refuse("layout.firsts", "\"X\"", err);
    }

    knn_wide_shape(&wide, d, knn_wide_halves(layout));

    for (j = 0; j < d && isfinite(layout->middle[j]); j++) {
        /* void */
    }

    return (j == d && layout->n_nodes == wide.n_nodes
            && knn_wide_enclosed(layout, &wide))
               ? KNN_OK
               : knn_layout_refuse("layout.boxes", "\"X\"", err);
}


int
knn_wide_take(knn_model_t *model, const knn_layout_t *layout)
{
    size_t      d;
    double     *middle;
    knn_wide_t *wide;

    if (layout->boxes == NULL) {
        return 0;
    }

    d = model->space.n_features;
    wide = knn_arena_alloc(model->arena, sizeof(knn_wide_t));
    middle = knn_arena_array(model->arena, d, sizeof(double));

    if (wide == NULL || middle == NULL) {
        return -1;
    }

    memcpy(middle, layout->middle, d * sizeof(double));

    knn_wide_shape(wide, d, knn_wide_halves(layout));
    knn_wide_scale(wide, model);

    wide->boxes = layout->boxes;
    wide->blocks = layout->firsts;
    wide->middle = middle;
    model->wide = wide;

    return 0;
}
