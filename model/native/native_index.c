
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a file has beside rows, so that it can be mapped. */


#include "../wide.h"
#include "native_file.h"


/* Reads an index of blocks; boxes stay NULL when a part of it is not there. */
static knn_status_e
knn_native_boxes(knn_native_t *native, knn_layout_t *layout)
{
    size_t      shape[2];
    const void *boxes, *firsts, *middle;

    shape[0] = KNN_NATIVE_ANY;
    shape[1] = knn_wide_stride(native->parts->n_features) * sizeof(float);

    if (knn_native_bytes(native, "layout.boxes", &knn_native_codes, 2, shape,
                         &boxes)
        != KNN_OK)
    {
        return native->err->status;
    }

    layout->n_nodes = shape[0];
    layout->n_firsts = KNN_NATIVE_ANY;
    shape[1] = native->parts->n_features;

    if (knn_native_bytes(native, "layout.firsts", &knn_native_i32, 1,
                         &layout->n_firsts, &firsts)
            != KNN_OK
        || knn_native_bytes(native, "layout.middle", &knn_native_f64, 1,
                            &shape[1], &middle)
               != KNN_OK)
    {
        return native->err->status;
    }

    layout->firsts = firsts;
    layout->middle = middle;
    layout->boxes = (firsts == NULL || middle == NULL) ? NULL : boxes;

    return KNN_OK;
}


/* Whether the values of a regressor are used where they are. */
static bool
knn_native_valued(const knn_native_t *native)
{
    const void          *values;
    const knn_ndarray_t *y;

    values = native->parts->values;
    y = knn_safetensors_tensor(native->container, "y");

    return values != NULL && values == (const void *) y->data;
}


knn_status_e
knn_native_index(knn_native_t *native, knn_layout_t *layout)
{
    size_t      shape[2];
    const void *ranges;

    if (knn_native_valued(native)) {
        layout->values = native->parts->values;
    }

    shape[0] = 2;
    shape[1] = native->parts->n_features;

    if (knn_native_bytes(native, "layout.ranges", &knn_native_f64, 2, shape,
                         &ranges)
        != KNN_OK)
    {
        return native->err->status;
    }

    layout->ranges = ranges;

    return knn_native_boxes(native, layout);
}
