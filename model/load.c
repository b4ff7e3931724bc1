
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "file/container.h"
#include "file/digest.h"
#include "file/inflate.h"
#include "load.h"
#include "model.h"
#include "pickle/pickle.h"
#include "sklearn/sklearn.h"
#include "file/source.h"


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

    return knn_native_read(file->arena, file->data, file->size, &file->parts,
                           &file->meta, &file->golden, err);
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


/* Copies a name into the model; false when there is no memory. */
static bool
knn_load_name(knn_model_t *model, const char *name, const char **to)
{
    if (name != NULL) {
        *to = knn_arena_string(model->arena, name, strlen(name));
    }

    return name == NULL || *to != NULL;
}


/* Keeps the file in whose layout the searches are done, without the rows. */
static void
knn_load_keep(knn_model_t *model, const knn_parts_t *parts,
              knn_source_t *source)
{
    model->info.memory += source->size;
    model->info.memory -=
        knn_source_drop(source, parts->x,
                        parts->n_samples * parts->n_features * sizeof(double));

    model->source = *source;
    *source = (knn_source_t){.data = NULL};
}


/* Makes the model of a file complete; it keeps the source if it needs it. */
static knn_status_e
knn_load_finish(knn_model_t *model, const knn_file_t *file,
                knn_source_t *source, knn_error_t *err)
{
    const knn_side_t *side;
    knn_model_info_t *info;

    info = &model->info;
    info->n_files = 1;
    info->file_size = file->size;
    info->n_golden = file->golden.n;

    for (side = file->beside.first; side != NULL; side = side->next) {
        info->n_files++;
    }

    if (!knn_load_name(model, file->meta.name, &info->name)
        || !knn_load_name(model, file->meta.version, &info->version))
    {
        return knn_error(err, KNN_NO_MEMORY, "no memory for its name");
    }

    info->memory = knn_arena_size(model->arena);

    if (file->parts.layout != NULL) {
        knn_load_keep(model, &file->parts, source);
    }

    return knn_golden_replay(model, &file->golden, err);
}


/* Builds the model of a file's bytes. */
static knn_model_t *
knn_load_file(knn_file_t *file, knn_source_t *source, size_t max_bytes,
              knn_error_t *err)
{
    char         digest[KNN_DIGEST_SIZE];
    knn_model_t *model;

    if (knn_file_parts(file, max_bytes, err) != KNN_OK
        || knn_digest(file->data, file->size, &file->beside, digest, err)
               != KNN_OK)
    {
        return NULL;
    }

    model = knn_model_build(&file->parts, err);

    if (model == NULL) {
        return NULL;
    }

    memcpy(model->info.sha256, digest, sizeof(digest));

    if (knn_load_finish(model, file, source, err) != KNN_OK) {
        knn_model_free(model);
        return NULL;
    }

    knn_model_seal(model);

    return model;
}


/* The same, called name in messages; takes the source. */
static knn_model_t *
knn_load_source(knn_source_t *source, const char *path, const char *name,
                size_t max_bytes, knn_error_t *err)
{
    knn_file_t   file;
    knn_model_t *model;

    file =
        (knn_file_t){.path = path, .data = source->data, .size = source->size};

    model = knn_load_file(&file, source, max_bytes, err);

    knn_file_close(&file);
    knn_source_free(source);

    if (model == NULL) {
        knn_error_prefix(err, name);
    }

    return model;
}


knn_model_t *
knn_model_read(const void *data, size_t size, const char *name,
               size_t max_bytes, knn_error_t *err)
{
    knn_source_t source;

    if (knn_source_copy(data, size, &source, err) != KNN_OK) {
        knn_error_prefix(err, name);
        return NULL;
    }

    return knn_load_source(&source, NULL, name, max_bytes, err);
}


knn_model_t *
knn_model_load(const char *path, size_t max_bytes, knn_error_t *err)
{
    knn_source_t source;

    if (knn_source_read(path, max_bytes, &source, err) != KNN_OK) {
        knn_error_prefix(err, path);
        return NULL;
    }

    return knn_load_source(&source, path, path, max_bytes, err);
}
