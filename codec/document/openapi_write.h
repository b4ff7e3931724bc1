
/*
 * Copyright (C) nginx-knn contributors
 */


/* The parts of the OpenAPI document. */


#ifndef KNN_OPENAPI_WRITE_H
#define KNN_OPENAPI_WRITE_H


#include "../reply/label.h"
#include "openapi.h"
#include "writer.h"


/* a model with what is written of it in several places */
typedef struct {
    knn_openapi_model_t     model;
    const knn_model_info_t *info;
    knn_labels_t            labels;
    char                   *id;   /* of its schemas: "iris-1.0.0" */
    double                 *row;  /* of the training data, or one like it */
    char                   *line; /* the same as CSV; NULL: no example */
} knn_openapi_entry_t;


/* what a path of a tree has behind the root of it, at most */
#define KNN_OPENAPI_PATH 128


typedef struct {
    const knn_openapi_t *openapi;
    knn_openapi_entry_t *entries; /* [openapi->n_models] */
    char                *path;    /* room for one */
    size_t               path_size;
} knn_openapi_all_t;


/*
 * JSON in which ' stands for a quotation mark and % for text, escaped for a
 * string; text may be NULL when there is no %.
 */
void knn_openapi_put(knn_writer_t *writer, const char *json, const char *text);

/* A comma before all but the first. */
void knn_openapi_comma(knn_writer_t *writer, size_t i);

/* The entry of a model of the document. */
const knn_openapi_entry_t *knn_openapi_entry(const knn_openapi_all_t   *all,
                                             const knn_openapi_model_t *model);

/* the responses that are no success, a bit for each */
#define KNN_REFUSE_MALFORMED  0x001 /* 400 */
#define KNN_REFUSE_UNKNOWN    0x002 /* 404 */
#define KNN_REFUSE_UNREADABLE 0x004 /* 406 */
#define KNN_REFUSE_LIMIT      0x008 /* 413 */
#define KNN_REFUSE_MEDIA      0x010 /* 415 */
#define KNN_REFUSE_VALUE      0x020 /* 422 */
#define KNN_REFUSE_BUSY       0x040 /* 503 */
#define KNN_REFUSE_FORBIDDEN  0x080 /* 403 */
#define KNN_REFUSE_UNCHANGED  0x100 /* 304 */
#define KNN_REFUSE_LONG       0x200 /* 414 */

#define KNN_REFUSE_BODY                                                        \
    (KNN_REFUSE_MALFORMED | KNN_REFUSE_LIMIT | KNN_REFUSE_MEDIA                \
     | KNN_REFUSE_UNREADABLE | KNN_REFUSE_VALUE | KNN_REFUSE_BUSY)

/* Adds them to the responses, with those that are everywhere. */
void knn_openapi_refusals(knn_writer_t *writer, unsigned refusals);

/*
 * An operation up to its operationId, which the method and the path make;
 * count tells paths apart that differ in punctuation only.
 */
void knn_openapi_operation(knn_writer_t *writer, const char *method,
                           const char *path, size_t count);


/* openapi_entry.c: false when there is no memory; to be freed in any case */
bool knn_openapi_entry_init(knn_openapi_entry_t       *entry,
                            const knn_openapi_model_t *model);
void knn_openapi_entry_free(knn_openapi_entry_t *entry);

/* the same file: its example of a row, as an array or an object */
void knn_openapi_values(knn_writer_t *writer, const knn_openapi_entry_t *entry);
void knn_openapi_record(knn_writer_t *writer, const knn_openapi_entry_t *entry);

/* openapi_model.c: the schemas of a model, or with NULL those of any */
void knn_openapi_model(knn_writer_t *writer, const knn_openapi_entry_t *entry);

/* openapi_reply.c: the schemas of what is answered */
void knn_openapi_reply(knn_writer_t *writer, const knn_openapi_entry_t *entry);

/* openapi_predict.c, openapi_pages.c, openapi_tree.c: what is at a path */
void knn_openapi_predict(knn_writer_t *writer, const knn_openapi_all_t *all,
                         const knn_openapi_path_t *path, size_t count);
void knn_openapi_page(knn_writer_t *writer, const knn_openapi_path_t *path,
                      size_t count);
void knn_openapi_tree(knn_writer_t *writer, const knn_openapi_all_t *all,
                      const knn_openapi_path_t *path, size_t count, bool *more);

/* openapi_common.c: what all documents have among their components */
void knn_openapi_common(knn_writer_t *writer, const knn_openapi_all_t *all);


#endif /* KNN_OPENAPI_WRITE_H */
