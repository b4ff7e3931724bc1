
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "names.h"


/* so many names are compared one by one */
#define KNN_NAMES_FEW 16


/* True if the name at index is this one. */
static inline bool
knn_names_is(const knn_names_t *names, size_t index, const char *data,
             size_t size)
{
    return strlen(names->list[index]) == size
           && memcmp(names->list[index], data, size) == 0;
}


/* FNV-1a. */
static size_t
knn_names_hash(const char *data, size_t size)
{
    size_t   i;
    uint64_t hash;

    hash = 14695981039346656037u;

    for (i = 0; i < size; i++) {
        hash = (hash ^ (unsigned char) data[i]) * 1099511628211u;
    }

    return (size_t) (hash ^ (hash >> 32));
}


/* The index of a name, one by one. */
static size_t
knn_names_scan(const knn_names_t *names, const char *data, size_t size)
{
    size_t i;

    for (i = 0; i < names->count; i++) {
        if (knn_names_is(names, i, data, size)) {
            break;
        }
    }

    return i;
}


/* Makes the table, at most half full. */
static void
knn_names_index(knn_names_t *names)
{
    size_t i, at, size;

    if (names->count > UINT32_MAX / 4) {
        return;
    }

    for (size = KNN_NAMES_FEW; size < 2 * names->count; size *= 2) {
        /* void */
    }

    names->table = calloc(size, sizeof(uint32_t));
    names->mask = size - 1;

    if (names->table == NULL) {
        return;
    }

    for (i = 0; i < names->count; i++) {
        at = knn_names_hash(names->list[i], strlen(names->list[i]));

        while (names->table[at & names->mask] != 0) {
            at++;
        }

        names->table[at & names->mask] = (uint32_t) (i + 1);
    }
}


void
knn_names_init(knn_names_t *names, const char *const *list, size_t count)
{
    names->list = list;
    names->count = list == NULL ? 0 : count;
    names->table = NULL;
    names->mask = 0;
}


size_t
knn_names_find(knn_names_t *names, const char *data, size_t size, size_t guess)
{
    size_t at, index;

    if (guess < names->count && knn_names_is(names, guess, data, size)) {
        return guess;
    }

    if (names->count > KNN_NAMES_FEW && names->table == NULL) {
        knn_names_index(names);
    }

    if (names->table == NULL) {
        return knn_names_scan(names, data, size);
    }

    for (at = knn_names_hash(data, size);; at++) {
        index = names->table[at & names->mask];

        if (index == 0) {
            return names->count;
        }

        if (knn_names_is(names, index - 1, data, size)) {
            return index - 1;
        }
    }
}


void
knn_names_free(knn_names_t *names)
{
    free(names->table);
}
