
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "inflate.h"
#include "model.h"
#include "pickle.h"
#include "sklearn.h"
#include "source.h"


/* what the values of the smallest files may take beside their content */
#define KNN_LOAD_VALUES (1024 * 1024)

/* more memory than the values of an honest file take for each of its bytes */
#define KNN_LOAD_FACTOR 64


/* Builds a model of a pickle. */
static knn_model_t *
knn_load_pickle(const void *data, size_t size, size_t max_bytes,
                knn_error_t *err)
{
    size_t       limit;
    knn_parts_t  parts;
    knn_arena_t *arena;
    knn_value_t *value;
    knn_model_t *model;

    if (__builtin_mul_overflow(size, KNN_LOAD_FACTOR, &limit)
        || limit > max_bytes) {
        limit = max_bytes;
    }

    arena = knn_arena_create(limit < SIZE_MAX - KNN_LOAD_VALUES
                                 ? limit + KNN_LOAD_VALUES
                                 : SIZE_MAX);

    if (arena == NULL) {
        (void) knn_error(err, KNN_NO_MEMORY, "no memory to read it");
        return NULL;
    }

    model = NULL;
    value = knn_pickle_read(arena, data, size, err);

    if (value != NULL && knn_sklearn_read(arena, value, &parts, err) == KNN_OK)
    {
        model = knn_model_build(&parts, err);
    }

    knn_arena_destroy(arena);

    return model;
}


/* Builds a model of what was compressed. */
static knn_model_t *
knn_load_compressed(knn_container_e kind, const void *data, size_t size,
                    size_t max_bytes, knn_error_t *err)
{
    void        *inner;
    size_t       inner_size;
    knn_model_t *model;

    if (knn_inflate(kind, data, size, max_bytes, &inner, &inner_size, err)
        != KNN_OK)
    {
        return NULL;
    }

    model = NULL;

    if (knn_container_find(inner, inner_size, &kind, err) != KNN_OK) {
        knn_error_prefix(err, "what it holds compressed");
    }
    else if (kind != KNN_PICKLE) {
        (void) knn_error(err, KNN_UNSUPPORTED,
                         "is compressed twice, as %s too, decompress it",
                         knn_container_name(kind));
    }
    else {
        model = knn_load_pickle(inner, inner_size, max_bytes, err);
    }

    free(inner);

    return model;
}


/* Builds a model of a file's bytes, of whichever kind they are. */
static knn_model_t *
knn_load_any(const void *data, size_t size, size_t max_bytes, knn_error_t *err)
{
    knn_container_e kind;

    if (size > max_bytes) {
        (void) knn_error(err, KNN_LIMIT,
                         "has %zu bytes, more than the %zu allowed", size,
                         max_bytes);
        return NULL;
    }

    if (knn_container_find(data, size, &kind, err) != KNN_OK) {
        return NULL;
    }

    return kind == KNN_PICKLE
               ? knn_load_pickle(data, size, max_bytes, err)
               : knn_load_compressed(kind, data, size, max_bytes, err);
}


knn_model_t *
knn_model_read(const void *data, size_t size, const char *name,
               size_t max_bytes, knn_error_t *err)
{
    char         digest[KNN_SHA256_SIZE];
    knn_model_t *model;

    model = NULL;

    if (knn_source_sha256(data, size, digest, err) == KNN_OK) {
        model = knn_load_any(data, size, max_bytes, err);
    }

    if (model == NULL) {
        knn_error_prefix(err, name);
        return NULL;
    }

    memcpy(model->info.sha256, digest, sizeof(digest));
    model->info.file_size = size;

    knn_model_seal(model);

    return model;
}


knn_model_t *
knn_model_load(const char *path, size_t max_bytes, knn_error_t *err)
{
    void        *data;
    size_t       size;
    knn_model_t *model;

    if (knn_source_read(path, max_bytes, &data, &size, err) != KNN_OK) {
        knn_error_prefix(err, path);
        return NULL;
    }

    model = knn_model_read(data, size, path, max_bytes, err);
    free(data);

    return model;
}
