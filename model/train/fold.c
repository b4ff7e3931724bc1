
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>

#include "fold.h"
#include "shuffle.h"


/* a class of the rows, in the order in which they appear */
typedef struct {
    uint32_t class;
    size_t n;
    size_t first; /* of its rows, if they were sorted by class */
} knn_stratum_t;


bool
knn_folds_plain(const knn_folds_t *folds, size_t n, uint32_t *fold)
{
    size_t        i, end, number;
    uint32_t     *rows;
    knn_shuffle_t shuffle;

    rows = calloc(n, sizeof(uint32_t));

    if (rows == NULL) {
        return false;
    }

    for (i = 0; i < n; i++) {
        rows[i] = (uint32_t) i;
    }

    if (folds->shuffle) {
        knn_shuffle_seed(&shuffle, folds->seed);
        knn_shuffle(&shuffle, rows, n);
    }

    /* the first folds have the rows that are over */

    for (i = 0, number = 0; number < folds->count; number++) {
        end = i + n / folds->count + (number < n % folds->count);

        for (/* void */; i < end; i++) {
            fold[rows[i]] = (uint32_t) number;
        }
    }

    free(rows);

    return true;
}


/* Finds the classes that rows have; returns their number. */
static size_t
knn_folds_strata(const uint32_t *classes, size_t n, knn_stratum_t *strata,
                 uint32_t *index)
{
    size_t i, count;

    count = 0;

    for (i = 0; i < n; i++) {
        if (index[classes[i]] == 0) {
            strata[count].class = classes[i];
            strata[count].n = 0;
            index[classes[i]] = (uint32_t) ++count;
        }

        strata[index[classes[i]] - 1].n++;
    }

    for (i = 1; i < count; i++) {
        strata[i].first = strata[i - 1].first + strata[i - 1].n;
    }

    return count;
}


/*
 * Fills numbers with the folds of a class's rows, ascending.  All rows, sorted
 * by class, are dealt out one by one to the folds.
 */
static void
knn_folds_deal(const knn_folds_t *folds, const knn_stratum_t *stratum,
               uint32_t *numbers)
{
    size_t number, i, share, begin;

    i = 0;
    begin = stratum->first % folds->count;

    for (number = 0; number < folds->count; number++) {
        share = stratum->n / folds->count;
        share += (number + folds->count - begin) % folds->count
                 < stratum->n % folds->count;

        for (/* void */; share > 0; share--) {
            numbers[i++] = (uint32_t) number;
        }
    }
}


/* Divides the rows of each class. */
static void
knn_folds_divide(const knn_folds_t *folds, const uint32_t *classes, size_t n,
                 const knn_stratum_t *strata, size_t n_strata,
                 uint32_t *numbers, size_t *next, uint32_t *fold)
{
    size_t        i;
    knn_shuffle_t shuffle;

    if (folds->shuffle) {
        knn_shuffle_seed(&shuffle, folds->seed);
    }

    for (i = 0; i < n_strata; i++) {
        next[strata[i].class] = strata[i].first;
        knn_folds_deal(folds, &strata[i], numbers + strata[i].first);

        if (folds->shuffle) {
            knn_shuffle(&shuffle, numbers + strata[i].first, strata[i].n);
        }
    }

    for (i = 0; i < n; i++) {
        fold[i] = numbers[next[classes[i]]++];
    }
}


bool
knn_folds_stratified(const knn_folds_t *folds, const uint32_t *classes,
                     size_t n, size_t n_classes, uint32_t *fold)
{
    bool           done;
    size_t        *next;
    uint32_t      *index, *numbers;
    knn_stratum_t *strata;

    next = calloc(n_classes, sizeof(size_t));
    index = calloc(n_classes, sizeof(uint32_t));
    strata = calloc(n_classes, sizeof(knn_stratum_t));
    numbers = calloc(n, sizeof(uint32_t));
    done = next != NULL && index != NULL && strata != NULL && numbers != NULL;

    if (done) {
        knn_folds_divide(folds, classes, n, strata,
                         knn_folds_strata(classes, n, strata, index), numbers,
                         next, fold);
    }

    free(next);
    free(index);
    free(strata);
    free(numbers);

    return done;
}
