
/*
 * Copyright (C) nginx-knn contributors
 */


/* Reads inference requests in any pieces, for the tests of them. */


#ifndef KNN_TEST_INFERRING_H
#define KNN_TEST_INFERRING_H


#include <stdio.h>

#include "reading.h"


/* names and neighbors, no numbers that may be missing */
static const knn_output_t one_output[] = {{.n_classes = 3}};

static const knn_model_info_t flowers = {.estimator = "KNeighborsClassifier",
                                         .serves = SERVED,
                                         .n_features = 4,
                                         .feature_names = iris_names,
                                         .n_outputs = 1,
                                         .outputs = one_output};

static const knn_model_info_t unnamed = {.estimator = "KNeighborsClassifier",
                                         .serves = SERVED,
                                         .n_features = 4,
                                         .n_outputs = 1,
                                         .outputs = one_output};

static const knn_model_info_t lone = {.estimator = "KNeighborsClassifier",
                                      .serves = SERVED,
                                      .n_features = 1,
                                      .n_outputs = 1,
                                      .outputs = one_output};

static const knn_feature_t gap_features[] = {{true, false, 0, NULL},
                                             {true, false, 0, NULL},
                                             {false, false, 0, NULL},
                                             {true, false, 0, NULL}};

/* numbers that may be missing, but for one */
static const knn_model_info_t gaps = {.estimator = "KNeighborsRegressor",
                                      .serves = KNN_PREDICT | KNN_KNEIGHBORS,
                                      .regressor = true,
                                      .n_features = 4,
                                      .feature_names = iris_names,
                                      .features = gap_features,
                                      .n_outputs = 1};


/* what came of a request, which is needed as long as its names */
typedef struct {
    const knn_rows_t *rows;
    knn_request_t    *request;
    void             *memory;
} inferred_t;


/* The options of a request with a header of so many bytes. */
static inline knn_request_options_t
infer_options(const knn_model_info_t *info, size_t header, size_t size)
{
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));
    options.model = "iris";
    options.info = info;
    options.format = KNN_FORMAT_V2;
    options.max_rows = 10000;
    options.size = size;
    options.outputs = KNN_PREDICT;
    options.alloc = reading_alloc;
    options.header = header;

    return options;
}


/* Reads a body in pieces that end at the cuts, each in memory of its own. */
static inline void
infer_read(inferred_t *inferred, const knn_request_options_t *options,
           const char *body, const size_t *cuts, size_t n)
{
    char                 *piece;
    size_t                i, from, to;
    knn_request_options_t own;

    own = *options;
    own.alloc_ctx = &inferred->memory;
    inferred->memory = NULL;
    inferred->request = knn_request_create(&own);
    ck_assert_ptr_nonnull(inferred->request);

    for (i = 0, from = 0; i <= n; i++, from = to) {
        to = i < n ? cuts[i] : own.size;
        piece = malloc(to - from);
        memcpy(piece, body + from, to - from);
        (void) knn_request_feed(inferred->request, piece, to - from);
        free(piece);
    }

    (void) knn_request_finish(inferred->request);
    inferred->rows = knn_request_rows(inferred->request);
}


static inline void
infer_free(inferred_t *inferred)
{
    knn_request_destroy(inferred->request);
    free(inferred->memory);
}


/* Fails unless two readings are the same. */
static inline void
infer_same(const knn_rows_t *a, const knn_rows_t *b, size_t columns,
           const char *what, size_t cut)
{
    size_t i;

    ck_assert_msg(strcmp(a->error.message, b->error.message) == 0,
                  "%.300s, cut at %zu: \"%s\" became \"%s\"", what, cut,
                  a->error.message, b->error.message);
    ck_assert_int_eq(a->error.status, b->error.status);
    ck_assert_str_eq(a->pointer, b->pointer);

    if (a->error.status != KNN_OK) {
        return;
    }

    ck_assert_uint_eq(a->rows, b->rows);
    ck_assert_uint_eq(a->outputs, b->outputs);
    ck_assert_uint_eq(a->n_wanted, b->n_wanted);
    ck_assert_uint_eq(a->id_size, b->id_size);
    reading_equal(a->x, b->x, a->rows * columns, what);

    for (i = 0; i < a->n_wanted; i++) {
        ck_assert_str_eq(a->wanted[i].name, b->wanted[i].name);
        ck_assert(a->wanted[i].binary == b->wanted[i].binary);
    }
}


/*
 * Reads a body whole, which inferred has then, and fails unless each cut and
 * single bytes are read alike.
 */
static inline void
infer_any_cut(inferred_t *inferred, const knn_request_options_t *options,
              const char *body)
{
    size_t     cut, *cuts;
    inferred_t other;

    infer_read(inferred, options, body, NULL, 0);

    for (cut = 1; cut < options->size; cut++) {
        infer_read(&other, options, body, &cut, 1);
        infer_same(inferred->rows, other.rows, options->info->n_features, body,
                   cut);
        infer_free(&other);
    }

    cuts = malloc((options->size + 1) * sizeof(size_t));

    for (cut = 0; cut < options->size; cut++) {
        cuts[cut] = cut;
    }

    infer_read(&other, options, body, cuts, options->size);
    infer_same(inferred->rows, other.rows, options->info->n_features, body, 0);
    infer_free(&other);
    free(cuts);
}


#endif /* KNN_TEST_INFERRING_H */
