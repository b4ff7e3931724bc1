
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "training.h"


void
knn_training_note(const knn_training_t *training, const char *fmt, ...)
{
    va_list args;

    if (training->quiet) {
        return;
    }

    (void) fprintf(stderr, "knn: %s: ", training->file.name);

    va_start(args, fmt);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is not */
    (void) vfprintf(stderr, fmt, args);
    va_end(args);

    (void) fputc('\n', stderr);
}


/* The memory of the machine. */
static size_t
knn_training_memory(void)
{
    long pages, size;

    pages = sysconf(_SC_PHYS_PAGES);
    size = sysconf(_SC_PAGESIZE);

    return pages > 0 && size > 0 ? (size_t) pages * (size_t) size
                                 : KNN_TOOL_MEMORY;
}


/* Trains on all rows. */
static knn_model_t *
knn_training_model(knn_training_t *training, knn_error_t *err)
{
    if (knn_train(&training->data, &training->recipe, training->rows,
                  training->n_rows, training->arena, &training->parts, err)
        != KNN_OK)
    {
        return NULL;
    }

    return knn_model_build(&training->parts, err);
}


/* Writes the model; false if it was refused. */
static bool
knn_training_write(knn_training_t *training)
{
    knn_error_t  err;
    knn_model_t *model;
    knn_status_e status;

    if ((size_t) training->recipe.n_neighbors > training->n_rows) {
        (void) knn_tool_refuse(
            "%s: there are %zu rows, but %lld neighbors, see "
            "--neighbors",
            training->file.name, training->n_rows,
            (long long) training->recipe.n_neighbors);
        return false;
    }

    model = knn_training_model(training, &err);

    if (model == NULL) {
        (void) knn_tool_refuse("%s: %s", training->file.name, err.message);
        return false;
    }

    status = knn_native_write(training->output, &training->parts, model,
                              &training->meta, &err);
    knn_model_free(model);

    if (status != KNN_OK) {
        (void) knn_tool_refuse("%s", err.message);
    }

    return status == KNN_OK;
}


/* Trains, loads what was written and says what it is. */
static int
knn_training_run(knn_training_t *training)
{
    int          status;
    knn_model_t *model;

    if (!knn_training_table(training) || !knn_training_cross(training)
        || !knn_training_write(training))
    {
        return KNN_EXIT_REFUSED;
    }

    model = knn_tool_load(training->output);

    if (model == NULL) {
        return KNN_EXIT_REFUSED;
    }

    status = knn_training_report(training, model);
    knn_model_free(model);

    return status;
}


int
knn_tool_train(const knn_arguments_t *arguments)
{
    int            status;
    knn_training_t training;

    memset(&training, 0, sizeof(knn_training_t));
    training.arguments = arguments;

    status = knn_training_options(&training);

    if (status != KNN_EXIT_DONE) {
        return status;
    }

    if (knn_tool_same(arguments->model, training.output)) {
        return knn_tool_refuse("%s: is the file that is read, name another "
                               "one to write",
                               training.output);
    }

    training.max_bytes = knn_training_memory();
    training.arena = knn_arena_create(training.max_bytes);

    if (training.arena == NULL) {
        return knn_tool_refuse("no memory");
    }

    status = knn_training_run(&training);

    knn_arena_destroy(training.arena);
    knn_table_file_close(&training.file);
    free(training.rows);

    return status;
}
