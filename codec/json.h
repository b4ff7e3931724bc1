
/*
 * Copyright (C) nginx-knn contributors
 */


/* JSON bodies to rows, by yajl. */


#ifndef KNN_JSON_H
#define KNN_JSON_H


#include <yajl/yajl_parse.h>

#include "matrix.h"
#include "memory.h"
#include "names.h"


/* where in the body the next value is */
typedef enum {
    KNN_AT_START = 0, /* the body itself */
    KNN_AT_MEMBER,    /* a member's name or the end of the body */
    KNN_AT_ROWS,      /* the value that holds the rows */
    KNN_AT_LIST,      /* in the list of rows, or in the only row */
    KNN_AT_ROW,       /* in a row that is an array */
    KNN_AT_RECORD,    /* in a row that is an object: a name */
    KNN_AT_FEATURE,   /* and the value of that name */
    KNN_AT_OUTPUTS,   /* the value of "outputs" */
    KNN_AT_OUTPUT,    /* in that list */
    KNN_AT_OTHER,     /* in the value of a member that is not known */
    KNN_AT_END
} knn_at_e;


typedef struct {
    knn_matrix_t *matrix;
    yajl_handle   yajl;

    size_t base; /* bytes before those in yajl's hands */
    size_t last; /* the end of the latest token */

    knn_at_e    at;
    unsigned    depth;
    unsigned    depth_other; /* in a member that is not known */
    bool        has_outputs;
    const char *member;   /* that holds the rows, NULL if bare */
    size_t      position; /* names that a record has had */
    size_t      feature;  /* the index of the latest one */
    size_t     *seen;     /* 1 + the row that had the feature */
    knn_names_t names;

    const char *literal; /* the rest of a NaN that is due */
    const char *literal_name;

    char        *staging; /* small pieces are gathered here */
    size_t       staged;
    knn_memory_t memory;
} knn_json_t;


#define KNN_JSON_MEMBERS                                                       \
    "\"X\", \"instances\", \"inputs\" or \"dataframe_records\""


/* for models whose features are all plain numbers, and for others */
extern const yajl_callbacks knn_json_plain;
extern const yajl_callbacks knn_json_mixed;


/* skipped: bytes of the body that come before the first that is fed */
void knn_json_init(knn_json_t *json, knn_matrix_t *matrix, size_t skipped);
knn_status_e knn_json_feed(knn_json_t *json, const char *data, size_t size);
knn_status_e knn_json_finish(knn_json_t *json);
void         knn_json_free(knn_json_t *json);

/*
 * The parts of the above.  What is called back by yajl returns 0 to stop it,
 * after a fault was recorded.
 */

/* The place of the value that is due, and of its row, for errors. */
knn_place_t knn_json_place(const knn_json_t *json);
knn_place_t knn_json_row(const knn_json_t *json);

/* A row begins, as the only one or in a list, and ends. */
int  knn_json_row_begin(knn_json_t *json, knn_at_e at, bool single);
int  knn_json_record_begin(knn_json_t *json, bool single);
int  knn_json_row_end(knn_json_t *json);
int  knn_json_record_end(knn_json_t *json);
void knn_json_rows_end(knn_json_t *json);

/* A name in a row that is an object. */
int knn_json_feature(knn_json_t *json, const char *name, size_t size);

/* A value of a row; true and false come without text. */
int knn_json_put(knn_json_t *json, const char *text, size_t size, double value);
int knn_json_store(knn_json_t *json, double value);

/* A value, or the end of one, that nothing is made of. */
int knn_json_other(knn_json_t *json, const char *type);

/* Refuses a value of the wrong JSON type. */
int knn_json_wrong(knn_json_t *json, const char *type);

/* What is no value. */
int knn_json_key(void *ctx, const unsigned char *text, size_t size);
int knn_json_map_begin(void *ctx);
int knn_json_map_end(void *ctx);
int knn_json_array_begin(void *ctx);
int knn_json_array_end(void *ctx);

/* Refuses a body where too much lies between two values. */
knn_status_e knn_json_gap(knn_json_t *json);

/* Refuses a body that ends in the middle. */
knn_status_e knn_json_truncated(knn_json_t *json);

/* Refuses what yajl has refused, unless it may be NaN or infinity. */
knn_status_e knn_json_syntax(knn_json_t *json, const char *data, size_t size);

/* Compares what follows with the rest of NaN or Infinity. */
knn_status_e knn_json_literal(knn_json_t *json, const char *data, size_t size);


/* The feature whose value is due. */
static inline size_t
knn_json_column(const knn_json_t *json)
{
    return json->at == KNN_AT_ROW ? json->matrix->column : json->feature;
}


/* What it takes; NULL for plain numbers, and behind the last one. */
static inline const knn_feature_t *
knn_json_takes(const knn_json_t *json)
{
    size_t                  feature;
    const knn_model_info_t *info;

    info = json->matrix->options.info;
    feature = knn_json_column(json);

    return info->features != NULL && feature < info->n_features
               ? &info->features[feature]
               : NULL;
}


/* Takes note of where a token ends; false if it is too far from the last. */
static inline bool
knn_json_step(knn_json_t *json)
{
    size_t gap;

    gap = json->base + yajl_get_bytes_consumed(json->yajl) - json->last;
    json->last += gap;

    if (gap <= KNN_REQUEST_TOKEN) {
        return true;
    }

    json->last -= gap;

    return false;
}


#endif /* KNN_JSON_H */
