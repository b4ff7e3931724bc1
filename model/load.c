
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "file/digest.h"
#include "load.h"
#include "model.h"
#include "wide.h"


/* Copies a name into the model; false when there is no memory. */
static bool
knn_load_name(knn_model_t *model, const char *name, const char **to)
{
    if (name != NULL) {
        *to = knn_arena_string(model->arena, name, strlen(name));
    }

    return name == NULL || *to != NULL;
}


/*
 * Keeps the file in whose layout the searches are done, without the rows, and
 * without an index that was built anew.
 */
static void
knn_load_keep(knn_model_t *model, const knn_parts_t *parts,
              knn_source_t *source)
{
    size_t              size;
    const knn_layout_t *layout;

    layout = parts->layout;

    model->info.memory += source->size;
    model->info.memory -=
        knn_source_drop(source, parts->x,
                        parts->n_samples * parts->n_features * sizeof(double));

    if (layout->boxes != NULL && !source->shared) {
        size = knn_wide_stride(parts->n_features) * sizeof(float);
        model->info.memory -=
            knn_source_drop(source, layout->boxes, layout->n_nodes * size);
    }

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
    info->mapped = file->mapped;
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
        || knn_digest(file->data, file->mapped ? file->meta.header : file->size,
                      &file->beside, digest, err)
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

    file = (knn_file_t){.path = path,
                        .data = source->data,
                        .size = source->size,
                        .mapped = source->shared};

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


knn_model_t *
knn_model_map(const char *path, knn_error_t *err)
{
    knn_source_t source;

    if (knn_source_share(path, &source, err) != KNN_OK) {
        knn_error_prefix(err, path);
        return NULL;
    }

    return knn_load_source(&source, path, path, SIZE_MAX, err);
}
