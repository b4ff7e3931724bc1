
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>

#include "codes.h"


#define KNN_VARIANT generic
#define KNN_TARGET
#include "codes_variant.h"


/* Products wrap around as long as they are summed: the square does not. */
static void
knn_codes_sweep_generic(const uint8_t *codes, const int32_t *sums,
                        size_t n_groups, size_t n, const int8_t *q,
                        int32_t *squares)
{
    size_t   i, j, g;
    uint32_t dots[KNN_CODES_ROWS];

    for (/* void */; n > 0; n--) {
        for (i = 0; i < KNN_CODES_ROWS; i++) {
            dots[i] = 0;
        }

        for (g = 0; g < n_groups; g++) {
            for (i = 0; i < KNN_CODES_ROWS; i++) {
                for (j = 0; j < KNN_CODES_GROUP; j++) {
                    dots[i] += (uint32_t) (codes[i * KNN_CODES_GROUP + j]
                                           * q[g * KNN_CODES_GROUP + j]);
                }
            }

            codes += KNN_CODES_BYTES;
        }

        for (i = 0; i < KNN_CODES_ROWS; i++) {
            squares[i] = (int32_t) ((uint32_t) sums[i] - 2 * dots[i]);
        }

        sums += KNN_CODES_ROWS;
        squares += KNN_CODES_ROWS;
    }
}


static void
knn_codes_collect_generic(const int32_t *squares, const float *errors, size_t n,
                          knn_reach_t reach, uint32_t lane,
                          knn_candidates_t *list)
{
    size_t  i, b;
    float   root, r;
    int32_t limit;

    for (b = 0; b < n; b++) {
        r = reach.most + errors[b];
        r = r * r;
        limit = (int32_t) ((r < KNN_CODES_LARGEST) ? r : KNN_CODES_LARGEST)
                - reach.own;

        for (i = 0; i < KNN_CODES_ROWS; i++) {
            if (squares[i] <= limit) {
                root = sqrtf((float) (squares[i] + reach.own));

                list->lower[list->size] = root * KNN_CODES_LESS - errors[b];
                list->upper[list->size] = root * KNN_CODES_MORE + errors[b];
                list->lanes[list->size] = lane + (uint32_t) i;
                list->size++;
            }
        }

        squares += KNN_CODES_ROWS;
        lane += KNN_CODES_ROWS;
    }
}


const knn_sweeps_t knn_sweeps_generic = {
    knn_codes_code_generic, knn_codes_sweep_generic, knn_codes_enough_generic,
    knn_codes_collect_generic};
