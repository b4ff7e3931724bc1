
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The native form of a model: a safetensors file with everything that serving
 * takes, used where it was read.
 */


#ifndef KNN_NATIVE_H
#define KNN_NATIVE_H


#include "golden.h"


/* what people call the model, UTF-8; NULL for what it has not */
typedef struct {
    const char *name;
    const char *version;
    const char *data_sha256; /* of its tensors, as it was written */
    size_t      header;      /* bytes before them */
} knn_native_meta_t;


/*
 * Writes parts and the model that was built of them, with queries that the
 * reader replays.  The file appears whole or not at all, and the same parts
 * give the same bytes.  The message of err starts with path.  Of meta it is
 * name and version that are written.
 */
knn_status_e knn_native_write(const char *path, const knn_parts_t *parts,
                              const knn_model_t       *model,
                              const knn_native_meta_t *meta, knn_error_t *err);

/*
 * Reads the bytes of a file, on which parts, their layout too, and queries
 * depend; what is not in them lives in the arena.
 */
knn_status_e knn_native_read(knn_arena_t *arena, const void *data, size_t size,
                             knn_parts_t *parts, knn_native_meta_t *meta,
                             knn_golden_t *golden, knn_error_t *err);

/* KNN_OK unless the tensors of a file that says so are not those written. */
knn_status_e knn_native_intact(const void *data, size_t size,
                               const knn_native_meta_t *meta, knn_error_t *err);


#endif /* KNN_NATIVE_H */
