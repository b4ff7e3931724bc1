
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a model file says, of whichever kind it is. */


#include <stdlib.h>

#include "file/inflate.h"
#include "load.h"
#include "pickle/pickle.h"
#include "sklearn/sklearn.h"


/* what the smallest files may take beside their content */
#define KNN_LOAD_VALUES (1024 * 1024)

/* for each byte, the numbers as the engine takes them: dense, and doubles */
#define KNN_LOAD_DENSE 64

/* the same of a native file, whose arrays are used where they are */
#define KNN_LOAD_NATIVE 4


/* Limits what a file may take by max_bytes and grants some to the smallest. */
static size_t
knn_file_limit(size_t limit, size_t max_bytes)
{
    if (limit > max_bytes) {
        limit = max_bytes;
    }

    return limit < SIZE_MAX - KNN_LOAD_VALUES ? limit + KNN_LOAD_VALUES
                                              : SIZE_MAX;
}


/* Reads a pickle. */
static knn_status_e
knn_file_pickle(knn_file_t *file, const void *data, size_t size,
                size_t max_bytes, knn_error_t *err)
{
    knn_value_t *value;

    file->arena =
        knn_arena_create(knn_file_limit(knn_value_limit(size), max_bytes));

    if (file->arena == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory to read it");
    }

    file->beside = (knn_beside_t){
        .path = file->path, .arena = file->arena, .left = max_bytes};

    value = knn_pickle_read(file->arena, data, size, &file->beside, err);

    if (value == NULL) {
        return err->status;
    }

    size += max_bytes - file->beside.left;

    knn_arena_allow(file->arena, knn_file_limit(size < SIZE_MAX / KNN_LOAD_DENSE
                                                    ? size * KNN_LOAD_DENSE
                                                    : SIZE_MAX,
                                                max_bytes));

    return knn_sklearn_read(file->arena, value, &file->parts, err);
}


/* Reads a native file. */
static knn_status_e
knn_file_native(knn_file_t *file, knn_error_t *err)
{
    size_t limit;

    limit = (file->size > (SIZE_MAX - KNN_LOAD_VALUES) / KNN_LOAD_NATIVE)
                ? SIZE_MAX
                : KNN_LOAD_NATIVE * file->size + KNN_LOAD_VALUES;

    file->arena = knn_arena_create(limit);

    if (file->arena == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory to read it");
    }

    if (knn_native_read(file->arena, file->data, file->size, &file->parts,
                        &file->meta, &file->golden, err)
        != KNN_OK)
    {
        return err->status;
    }

    file->parts.mapped = file->mapped;

    if (file->mapped && file->parts.estimator == KNN_CENTROID) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "is a NearestCentroid, which is too small to be "
                         "mapped, leave out \"mapped\"");
    }

    if (file->mapped
        && (file->parts.layout == NULL || file->parts.layout->ranges == NULL
            || file->meta.data_sha256 == NULL))
    {
        return knn_error(err, KNN_UNSUPPORTED,
                         "is not laid out to be mapped, write it anew with "
                         "knn convert, or leave out \"mapped\"");
    }

    return KNN_OK;
}


/* Reads what was compressed. */
static knn_status_e
knn_file_compressed(knn_file_t *file, knn_container_e kind, size_t max_bytes,
                    knn_error_t *err)
{
    size_t size;

    if (knn_inflate(kind, file->data, file->size, max_bytes, &file->inflated,
                    &size, err)
        != KNN_OK)
    {
        return err->status;
    }

    if (knn_container_find(file->inflated, size, &kind, err) != KNN_OK) {
        knn_error_prefix(err, "what it holds compressed");
        return err->status;
    }

    if (kind != KNN_PICKLE) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "is compressed twice, as %s too, decompress it",
                         knn_container_name(kind));
    }

    return knn_file_pickle(file, file->inflated, size, max_bytes, err);
}


knn_status_e
knn_file_parts(knn_file_t *file, size_t max_bytes, knn_error_t *err)
{
    knn_container_e kind;

    if (file->size > max_bytes) {
        return knn_error(err, KNN_LIMIT,
                         "has %zu bytes, more than the %zu allowed", file->size,
                         max_bytes);
    }

    if (knn_container_find(file->data, file->size, &kind, err) != KNN_OK) {
        return err->status;
    }

    if (file->mapped && kind != KNN_NATIVE) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "is no native file, which alone can be mapped, make "
                         "one of it with knn convert, or leave out "
                         "\"mapped\"");
    }

    switch (kind) {

    case KNN_PICKLE:
        return knn_file_pickle(file, file->data, file->size, max_bytes, err);

    case KNN_NATIVE:
        return knn_file_native(file, err);

    default:
        return knn_file_compressed(file, kind, max_bytes, err);
    }
}


void
knn_file_close(knn_file_t *file)
{
    knn_beside_close(&file->beside);
    free(file->inflated);

    if (file->arena != NULL) {
        knn_arena_destroy(file->arena);
    }
}


/* Compares the tensors of a file with what it says of them. */
static knn_status_e
knn_file_compare(const char *path, const knn_source_t *source, knn_error_t *err)
{
    knn_file_t   file;
    knn_status_e rc;

    if (!knn_container_is_native(source->data, source->size)) {
        return KNN_OK;
    }

    file =
        (knn_file_t){.path = path, .data = source->data, .size = source->size};

    rc = knn_file_parts(&file, SIZE_MAX, err);

    if (rc == KNN_OK) {
        rc = knn_native_intact(file.data, file.size, &file.meta, err);
    }

    knn_file_close(&file);

    return rc;
}


knn_status_e
knn_file_intact(const char *path, knn_error_t *err)
{
    knn_status_e rc;
    knn_source_t source;

    rc = knn_source_share(path, &source, err);

    if (rc == KNN_OK) {
        rc = knn_file_compare(path, &source, err);
        knn_source_free(&source);
    }

    if (rc != KNN_OK) {
        knn_error_prefix(err, path);
    }

    return rc;
}
