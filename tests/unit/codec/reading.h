
/*
 * Copyright (C) nginx-knn contributors
 */


/* Reads request bodies in any pieces, for the tests of requests. */


#ifndef KNN_TEST_READING_H
#define KNN_TEST_READING_H


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "../../../codec/request/request.h"


/* more than what is gathered before it is read */
#define READING_PAD 4200


static const char *const iris_names[] = {
    "sepal length (cm)", "sepal width (cm)", "petal length (cm)",
    "petal width (cm)"};

#define SERVED KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS

static const knn_model_info_t iris = {.estimator = "KNeighborsClassifier",
                                      .serves = SERVED,
                                      .n_features = 4,
                                      .feature_names = iris_names};

static const knn_model_info_t nameless = {
    .estimator = "KNeighborsClassifier", .serves = SERVED, .n_features = 4};


#define TEXT(text)                                                             \
    {                                                                          \
        sizeof(text) - 1, text                                                 \
    }

static const knn_text_t colors[] = {
    TEXT(" blue"), TEXT("3"), TEXT("a \"b\", c"), TEXT("green"), TEXT("red")};

static const knn_text_t sizes[] = {TEXT("L"), TEXT("M"), TEXT("NA"), TEXT("S")};

static const char *const shop_names[] = {"color", "price", "size", "weight"};

/* texts, a number, texts of any kind, and a number that may be missing */
static const knn_feature_t shop_features[] = {{false, false, 5, colors},
                                              {false, false, 0, NULL},
                                              {true, true, 4, sizes},
                                              {true, false, 0, NULL}};

static const knn_model_info_t shop = {.estimator = "KNeighborsRegressor",
                                      .serves = KNN_PREDICT | KNN_KNEIGHBORS,
                                      .regressor = true,
                                      .n_features = 4,
                                      .feature_names = shop_names,
                                      .features = shop_features};

static const knn_model_info_t nameless_shop = {
    .estimator = "KNeighborsRegressor",
    .serves = KNN_PREDICT | KNN_KNEIGHBORS,
    .regressor = true,
    .n_features = 4,
    .features = shop_features};


/* what came of a body; the rows are in memory of malloc() */
typedef struct {
    knn_rows_t rows;
    void      *memory;
} reading_t;


static inline void *
reading_alloc(void *ctx, size_t size)
{
    void **memory;

    memory = ctx;
    ck_assert_ptr_null(*memory);

    /* a bound that a test can afford: memory follows the body's size */
    *memory = aligned_alloc(KNN_ALIGNMENT, (size + 63) & ~(size_t) 63);

    return *memory;
}


/* Reads a body in pieces that end at the cuts, each in memory of its own. */
static inline reading_t
reading_pieces(const knn_request_options_t *with, const char *body, size_t size,
               const size_t *cuts, size_t n)
{
    char                 *piece;
    size_t                i, from, to;
    reading_t             reading;
    knn_request_t        *request;
    knn_request_options_t options;

    memset(&reading, 0, sizeof(reading_t));

    options = *with;
    options.model = "iris";
    options.size = size;
    options.outputs = KNN_PREDICT;
    options.alloc = reading_alloc;
    options.alloc_ctx = &reading.memory;

    request = knn_request_create(&options);
    ck_assert_ptr_nonnull(request);

    for (i = 0, from = 0; i <= n; i++, from = to) {
        to = i < n ? cuts[i] : size;
        piece = malloc(to - from);
        memcpy(piece, body + from, to - from);
        (void) knn_request_feed(request, piece, to - from);
        free(piece);
    }

    (void) knn_request_finish(request);

    reading.rows = *knn_request_rows(request);
    ck_assert(knn_request_finish(request) == reading.rows.error.status);

    knn_request_destroy(request);

    return reading;
}


static inline void
reading_free(reading_t *reading)
{
    free(reading->memory);
}


/* Fails unless the values are the same, bit by bit but for NaN. */
static inline void
reading_equal(const double *a, const double *b, size_t n, const char *what)
{
    size_t i;

    for (i = 0; i < n; i++) {
        ck_assert_msg((isnan(a[i]) && isnan(b[i]))
                          || memcmp(&a[i], &b[i], sizeof(double)) == 0,
                      "%s: value %zu is %.17g, not %.17g", what, i, b[i], a[i]);
    }
}


/* Fails unless both are the same in every respect. */
static inline void
reading_same(const reading_t *a, const reading_t *b, const knn_model_info_t *m,
             const char *what, size_t cut)
{
    ck_assert_msg(a->rows.error.status == b->rows.error.status,
                  "%s, cut at %zu: %s", what, cut, b->rows.error.message);
    ck_assert_msg(strcmp(a->rows.error.message, b->rows.error.message) == 0,
                  "%s, cut at %zu: \"%s\" became \"%s\"", what, cut,
                  a->rows.error.message, b->rows.error.message);
    ck_assert_str_eq(a->rows.pointer, b->rows.pointer);

    if (a->rows.error.status != KNN_OK) {
        return;
    }

    ck_assert_uint_eq(a->rows.rows, b->rows.rows);
    ck_assert(a->rows.single == b->rows.single);
    ck_assert(a->rows.columnar == b->rows.columnar);
    ck_assert_uint_eq(a->rows.outputs, b->rows.outputs);
    reading_equal(a->rows.x, b->rows.x, a->rows.rows * m->n_features, what);
}


/*
 * Fails unless numbers are read without yajl as they are by it, in JSON that
 * is long enough for it: with blanks behind its first byte, and at its end.
 */
static inline void
reading_same_lexed(const knn_request_options_t *with, const char *body,
                   size_t size)
{
    char                 *padded;
    size_t                cut;
    reading_t             lexed, reading;
    knn_request_options_t options;

    options = *with;
    padded = malloc(2 * READING_PAD + size);
    memset(padded, ' ', 2 * READING_PAD + size);
    padded[0] = body[0];
    memcpy(padded + READING_PAD, body + 1, size - 1);

    options.lexed = true;
    lexed = reading_pieces(&options, padded, 2 * READING_PAD + size, NULL, 0);
    options.lexed = false;

    for (cut = READING_PAD; cut <= READING_PAD + size; cut += size / 3 + 1) {
        reading = reading_pieces(&options, padded, 2 * READING_PAD + size, &cut,
                                 cut > READING_PAD);
        reading_same(&lexed, &reading, options.info, body, cut);
        reading_free(&reading);
    }

    reading_free(&lexed);
    free(padded);
}


/* Reads a body, and if it is JSON in one piece, by yajl alone too. */
static inline reading_t
reading_with(const knn_request_options_t *with, const char *body, size_t size,
             const size_t *cuts, size_t n)
{
    if (n == 0 && size > 0 && (*body == '{' || *body == '[')
        && with->coding == KNN_CODING_IDENTITY)
    {
        reading_same_lexed(with, body, size);
    }

    return reading_pieces(with, body, size, cuts, n);
}


/* The same by a format. */
static inline reading_t
reading_cut(const knn_model_info_t *info, knn_format_e format, size_t max_rows,
            const char *body, size_t size, const size_t *cuts, size_t n)
{
    knn_request_options_t options;

    memset(&options, 0, sizeof(knn_request_options_t));

    options.info = info;
    options.format = format;
    options.max_rows = max_rows;

    return reading_with(&options, body, size, cuts, n);
}


/* The same in one piece. */
static inline reading_t
reading_whole(const knn_model_info_t *info, const char *body, size_t size)
{
    return reading_cut(info, KNN_FORMAT_AUTO, 10000, body, size, NULL, 0);
}


/* Fails unless a body reads the same wherever it is cut, and byte by byte. */
static inline void
reading_same_cut(const knn_request_options_t *options, const char *body,
                 size_t size, const char *what)
{
    size_t    cut, i, *cuts;
    reading_t whole, reading;

    whole = reading_with(options, body, size, NULL, 0);

    for (cut = 0; cut <= size; cut++) {
        reading = reading_with(options, body, size, &cut, 1);
        reading_same(&whole, &reading, options->info, what, cut);
        reading_free(&reading);
    }

    cuts = malloc((size + 1) * sizeof(size_t));

    for (i = 0; i < size; i++) {
        cuts[i] = i;
    }

    reading = reading_with(options, body, size, cuts, size);
    reading_same(&whole, &reading, options->info, what, SIZE_MAX);

    reading_free(&reading);
    reading_free(&whole);
    free(cuts);
}


#endif /* KNN_TEST_READING_H */
