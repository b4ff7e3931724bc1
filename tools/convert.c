
/*
 * Copyright (C) nginx-knn contributors
 */


#include "../model/load.h"
#include "../model/file/source.h"
#include "tool.h"


/* Writes what was read. */
static knn_status_e
knn_convert_write(const knn_arguments_t *arguments, const knn_file_t *file,
                  knn_error_t *err)
{
    knn_status_e      rc;
    knn_model_t      *model;
    knn_native_meta_t meta;

    meta = file->meta;
    (void) knn_tool_meta(arguments, &meta); /* which was checked */

    model = knn_model_build(&file->parts, err);

    if (model == NULL) {
        knn_error_prefix(err, file->path);
        return err->status;
    }

    rc = knn_native_write(arguments->rows, &file->parts, model, &meta, err);
    knn_model_free(model);

    return rc;
}


/* Reads and writes. */
static knn_status_e
knn_convert_file(const knn_arguments_t *arguments, knn_error_t *err)
{
    knn_file_t   file;
    knn_status_e rc;
    knn_source_t source;

    if (knn_source_read(arguments->model, KNN_TOOL_MEMORY, &source, err)
        != KNN_OK) {
        knn_error_prefix(err, arguments->model);
        return err->status;
    }

    file = (knn_file_t){
        .path = arguments->model, .data = source.data, .size = source.size};

    rc = knn_file_parts(&file, KNN_TOOL_MEMORY, err);

    if (rc != KNN_OK) {
        knn_error_prefix(err, arguments->model);
    }
    else {
        rc = knn_convert_write(arguments, &file, err);
    }

    knn_file_close(&file);
    knn_source_free(&source);

    return rc;
}


int
knn_tool_convert(const knn_arguments_t *arguments)
{
    knn_error_t       err;
    knn_native_meta_t meta = {0};

    if (knn_tool_meta(arguments, &meta) != KNN_EXIT_DONE) {
        return KNN_EXIT_USAGE;
    }

    if (knn_tool_same(arguments->model, arguments->rows)) {
        return knn_tool_refuse("%s: is the file that is read, name another "
                               "one to write",
                               arguments->rows);
    }

    if (knn_convert_file(arguments, &err) != KNN_OK) {
        return knn_tool_refuse("%s", err.message);
    }

    return KNN_EXIT_DONE;
}
