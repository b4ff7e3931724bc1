
/*
 * Copyright (C) nginx-knn contributors
 */


/* Whether points and codes that a file has laid out are those of its rows. */


#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "codes.h"
#include "layout.h"


/*
 * Compares points, and codes that are made anew in the meantime: of a mapped
 * file the last block, whose empty lanes must not become rows.
 */
static const char *
knn_codes_compare(const knn_parts_t *parts, const uint32_t *rows,
                  knn_codes_block_t *made)
{
    size_t             i, size;
    const knn_codes_t *codes;

    codes = parts->layout->codes;
    size = codes->n_groups * KNN_CODES_BYTES;

    if (!parts->mapped && !knn_points_same(parts, rows)) {
        return "layout.points";
    }

    if (!knn_codes_framed(codes, parts)) {
        return "layout.frame";
    }

    for (i = parts->mapped ? codes->n_blocks - 1 : 0; i < codes->n_blocks; i++)
    {
        memset(made->codes, 0, size);
        knn_codes_block(codes, parts, rows, i, made);

        if (memcmp(codes->codes + i * size, made->codes, size) != 0) {
            return "layout.codes";
        }

        if (memcmp(codes->sums + i * KNN_CODES_ROWS, made->sums,
                   KNN_CODES_ROWS * sizeof(int32_t))
            != 0)
        {
            return "layout.sums";
        }

        if (codes->errors[i] != made->error) {
            return "layout.errors";
        }
    }

    return NULL;
}


knn_status_e
knn_check_codes(const knn_parts_t *parts, const uint32_t *rows,
                knn_error_t *err)
{
    int32_t              sums[KNN_CODES_ROWS];
    const char          *tensor;
    knn_status_e         rc;
    knn_codes_block_t    made;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_choose(err);

    if (kernels == NULL) {
        return err->status;
    }

    made.sums = sums;
    made.sweeps = kernels->sweeps;
    made.q = malloc(knn_codes_room(parts->n_features));
    made.codes = malloc(parts->layout->codes->n_groups * KNN_CODES_BYTES);

    if (made.q == NULL || made.codes == NULL) {
        rc = knn_error(err, KNN_NO_MEMORY, "no memory to check its layout");
    }
    else {
        tensor = knn_codes_compare(parts, rows, &made);
        rc =
            (tensor == NULL) ? KNN_OK : knn_layout_refuse(tensor, "\"X\"", err);
    }

    free(made.q);
    free(made.codes);

    return rc;
}
