
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "../file/inflate.h"
#include "../utf8.h"
#include "value.h"


/* more digits than arrays were ever numbered with */
#define KNN_BESIDE_DIGITS 6


/* The name of a path within its directory. */
static const char *
knn_beside_base(const char *path)
{
    const char *slash;

    slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}


/* The length of a name before its "_01.npy"; 0 when it has no such end. */
static size_t
knn_beside_stem(const char *name, size_t len, const char *suffix)
{
    size_t n, digits;

    n = strlen(suffix);

    if (len <= n || memcmp(name + len - n, suffix, n) != 0
        || memchr(name, '/', len) != NULL || memchr(name, '\0', len) != NULL)
    {
        return 0;
    }

    n = len - n;
    digits = 0;

    while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9') {
        digits++;
        n--;
    }

    if (digits == 0 || digits > KNN_BESIDE_DIGITS || n == 0
        || name[n - 1] != '_') {
        return 0;
    }

    return n - 1;
}


/* Refuses every name but those that joblib gives the files of this dump. */
static knn_status_e
knn_beside_check(const knn_beside_t *beside, const char *name, size_t len,
                 bool compressed, knn_error_t *err)
{
    char        shown[KNN_QUOTE_SIZE];
    size_t      stem;
    const char *base;

    stem = knn_beside_stem(name, len, compressed ? ".npy.z" : ".npy");
    (void) knn_utf8_quote(shown, sizeof(shown), name, len);

    if (stem == 0) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the file \"%s\" is asked for, which is refused",
                         shown);
    }

    if (beside->path == NULL) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the array in \"%s\" is not here; load it by its "
                         "path, or dump it again with joblib 0.10 or newer",
                         shown);
    }

    base = knn_beside_base(beside->path);

    if (strlen(base) != stem || memcmp(base, name, stem) != 0) {
        return knn_error(
            err, KNN_UNSUPPORTED,
            "its array is in \"%s\", so it was dumped as \"%.*s\"; "
            "call it that again, with its .npy files beside it",
            shown, (int) (stem < sizeof(shown) ? stem : 0), shown);
    }

    return KNN_OK;
}


/* The path of a file beside the dump; NULL when the arena is full. */
static char *
knn_beside_path(const knn_beside_t *beside, const char *name, size_t len)
{
    char  *path;
    size_t n;

    n = (size_t) (knn_beside_base(beside->path) - beside->path);
    path = knn_arena_small(beside->arena, n + len + 1);

    if (path != NULL) {
        memcpy(path, beside->path, n);
        memcpy(path + n, name, len);
        path[n + len] = '\0';
    }

    return path;
}


/* Decompresses a file of joblib's own kind. */
static knn_status_e
knn_beside_inflate(knn_beside_t *beside, knn_side_t *side, knn_error_t *err)
{
    knn_status_e    rc;
    knn_container_e kind;

    rc = knn_container_find(side->source.data, side->source.size, &kind, err);

    if (rc == KNN_OK && kind != KNN_ZFILE) {
        return knn_error(err, KNN_MALFORMED, "is no file of joblib 0.9");
    }

    if (rc == KNN_OK) {
        rc = knn_inflate(kind, side->source.data, side->source.size,
                         beside->left, &side->inflated, &side->size, err);
    }

    if (rc == KNN_OK) {
        beside->left -= side->size;
    }

    return rc;
}


/* Reads the file of a path. */
static knn_status_e
knn_beside_load(knn_beside_t *beside, knn_side_t *side, bool compressed,
                knn_error_t *err)
{
    knn_status_e rc;

    rc = knn_source_read_beside(side->path, beside->left, &side->source, err);

    if (rc != KNN_OK) {
        return rc;
    }

    beside->left -= side->source.size;
    knn_arena_allow(beside->arena, knn_value_limit(side->source.size));

    return compressed ? knn_beside_inflate(beside, side, err) : KNN_OK;
}


/* Finds a file that was read before, or reads it. */
static knn_side_t *
knn_beside_find(knn_beside_t *beside, const char *name, size_t len,
                bool compressed, knn_error_t *err)
{
    char       *path;
    knn_side_t *side, **next;

    path = knn_beside_path(beside, name, len);

    if (path == NULL) {
        (void) knn_error(err, KNN_LIMIT, "needs more memory than allowed");
        return NULL;
    }

    for (next = &beside->first; *next != NULL; next = &(*next)->next) {
        if (strcmp((*next)->path, path) == 0) {
            return *next;
        }
    }

    side = knn_arena_small(beside->arena, sizeof(knn_side_t));

    if (side == NULL) {
        (void) knn_error(err, KNN_LIMIT, "needs more memory than allowed");
        return NULL;
    }

    side->path = path;
    *next = side;

    switch (knn_beside_load(beside, side, compressed, err)) {

    case KNN_OK:
        return side;

    case KNN_IO:
        knn_error_prefix(err, "its .npy files belong beside it");

        /* fall through */

    default:
        knn_error_prefix(err, path);
        return NULL;
    }
}


knn_status_e
knn_beside_read(knn_beside_t *beside, const char *name, size_t len,
                bool compressed, const void **data, size_t *size,
                knn_error_t *err)
{
    knn_side_t *side;

    if (knn_beside_check(beside, name, len, compressed, err) != KNN_OK) {
        return err->status;
    }

    side = knn_beside_find(beside, name, len, compressed, err);

    if (side == NULL) {
        return err->status;
    }

    *data = compressed ? side->inflated : side->source.data;
    *size = compressed ? side->size : side->source.size;

    return KNN_OK;
}


void
knn_beside_close(knn_beside_t *beside)
{
    knn_side_t *side;

    for (side = beside->first; side != NULL; side = side->next) {
        knn_source_free(&side->source);
        free(side->inflated);
    }

    beside->first = NULL;
}
