
/*
 * Copyright (C) nginx-knn contributors
 */


/* Arrays in arrays: all at one depth are of one length. */


#include <string.h>

#include "infer.h"


#define KNN_NEST_OPEN SIZE_MAX


void
knn_nest_init(knn_nest_t *nest)
{
    size_t i;

    nest->depth = 0;
    nest->leaf = 0;

    for (i = 0; i <= KNN_REQUEST_DEPTH; i++) {
        nest->length[i] = 0;
        nest->first[i] = KNN_NEST_OPEN;
    }
}


bool
knn_nest_element(knn_nest_t *nest)
{
    /* where there was an empty array, there are no other elements */

    if (nest->leaf == 0 && nest->first[nest->depth + 1] == KNN_NEST_OPEN) {
        nest->leaf = nest->depth;
    }

    return nest->leaf == nest->depth;
}


bool
knn_nest_down(knn_nest_t *nest)
{
    if (nest->leaf != 0 && nest->depth >= nest->leaf) {
        return false;
    }

    nest->depth++;
    nest->length[nest->depth] = 0;

    return true;
}


bool
knn_nest_up(knn_nest_t *nest)
{
    size_t *first, length;

    first = &nest->first[nest->depth];
    length = nest->length[nest->depth];
    nest->depth--;

    if (*first == KNN_NEST_OPEN) {
        *first = length;
    }

    if (*first != length) {
        return false;
    }

    nest->length[nest->depth]++;

    return true;
}


void
knn_nest_rewind(knn_nest_t *nest)
{
    memset(nest->length, 0, sizeof(nest->length));
    nest->depth = nest->leaf;
}


void
knn_nest_next(knn_nest_t *nest)
{
    unsigned d;

    for (d = nest->leaf; d > 0 && ++nest->length[d] == nest->first[d]; d--) {
        nest->length[d] = 0;
    }
}


bool
knn_nest_fits(const knn_nest_t *nest, const size_t *shape, size_t dims)
{
    size_t i, d, longer;

    for (d = 1, longer = 0; d <= nest->leaf; d++) {
        longer += nest->first[d] != 1;
    }

    if (longer <= 1) {
        return true;
    }

    for (d = 1, i = 0; d <= nest->leaf; d++) {
        if (nest->first[d] == 1) {
            continue;
        }

        while (i < dims && shape[i] == 1) {
            i++;
        }

        if (i == dims || shape[i++] != nest->first[d]) {
            return false;
        }
    }

    return true;
}
