
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * JSON in any cuts, by yajl, for whoever knows what it means: a request body,
 * or the JSON before binary tensors.
 *
 * The callbacks of a meaning are yajl's own, so that nothing lies between.
 * Each begins with knn_json_step(), knn_json_down() or knn_json_up(), and
 * returns 0 to stop the reading, after a fault was recorded.  They may take
 * memory by knn_memory_alloc(&json->memory, size), which never fails: it
 * jumps out of the library, and the fault is KNN_NO_MEMORY.
 */


#ifndef KNN_JSON_H
#define KNN_JSON_H


#include <yajl/yajl_parse.h>

#include "matrix.h"
#include "../text/memory.h"
#include "scan.h"


typedef struct {
    yajl_callbacks values;

    /* Refuses NaN or Infinity, by this name, where a value is due. */
    void (*not_finite)(void *ctx, const char *name);

    /* Records a fault that counts more than one of syntax; false without. */
    bool (*outranks)(void *ctx);

    /* Reads numbers without yajl where a value is due in an array. */
    void (*scan)(void *ctx, knn_scan_t *scan);
} knn_json_meaning_t;


typedef struct {
    knn_matrix_t             *matrix; /* takes the fault */
    const knn_json_meaning_t *meaning;
    void                     *ctx;
    yajl_handle               yajl;

    size_t   size; /* of all that will be fed, or more */
    size_t   base; /* bytes before those in yajl's hands */
    size_t   last; /* the end of the latest token */
    unsigned depth;
    bool     many; /* values, one behind the other */

    const char *literal; /* the rest of a NaN that is due */
    const char *literal_name;

    char        *staging; /* small pieces are gathered here */
    size_t       staged;
    knn_memory_t memory;
} knn_json_t;


/*
 * skipped: bytes of the body that come before the first that is fed; size:
 * where in the body the JSON ends, at the most.
 */
void knn_json_init(knn_json_t *json, knn_matrix_t *matrix,
                   const knn_json_meaning_t *meaning, void *ctx, size_t skipped,
                   size_t size);

knn_status_e knn_json_feed(knn_json_t *json, const char *data, size_t size);

/* The JSON has ended. */
knn_status_e knn_json_finish(knn_json_t *json);

/* Frees all that was taken from json->memory. */
void knn_json_free(knn_json_t *json);

/* The parts of the above that tell what is wrong. */

/* Refuses JSON where too much lies between two values. */
knn_status_e knn_json_gap(knn_json_t *json);

/* Refuses nesting that is too deep. */
void knn_json_deep(knn_json_t *json);

/* Refuses JSON that ends in the middle. */
knn_status_e knn_json_truncated(knn_json_t *json);

/* Refuses what yajl has refused, unless it may be NaN or infinity. */
knn_status_e knn_json_syntax(knn_json_t *json, const char *data, size_t size);

/* Compares what follows with the rest of NaN or Infinity. */
knn_status_e knn_json_literal(knn_json_t *json, const char *data, size_t size);


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


/* The same where an object or an array begins, which may be too deep. */
static inline bool
knn_json_down(knn_json_t *json)
{
    if (!knn_json_step(json)) {
        return false;
    }

    if (++json->depth <= KNN_REQUEST_DEPTH) {
        return true;
    }

    knn_json_deep(json);

    return false;
}


/* And where it ends. */
static inline bool
knn_json_up(knn_json_t *json)
{
    json->depth--;

    return knn_json_step(json);
}


#endif /* KNN_JSON_H */
