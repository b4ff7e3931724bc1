
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies that are written in slices are those that are written at once. */


#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "../../../codec/reply/reply.h"
#include "../../../model/parts.h"


#define SAMPLES   40
#define ROWS      4
#define MOST      150
#define N_OUTPUTS 2


static const knn_label_t far = {.type = KNN_LABEL_STRING,
                                .value.string = {3, "far"}};

static const knn_label_t labels[] = {
    {.type = KNN_LABEL_INTEGER, .value.integer = -7},
    {.type = KNN_LABEL_INTEGER, .value.integer = 8}};

static const knn_output_t classes[N_OUTPUTS] = {{2, labels, &far},
                                                {2, labels, &far}};

/* near all training rows, far away from all, near one, and near some */
static const double rows[ROWS] = {20.25, -1e6, -20, 0.5};

static const struct {
    knn_estimator_e estimator;
    size_t          n_outputs;
} kinds[] = {{KNN_CLASSIFIER, 2},        {KNN_REGRESSOR, 1},
             {KNN_RADIUS_CLASSIFIER, 2}, {KNN_RADIUS_CLASSIFIER, 1},
             {KNN_RADIUS_REGRESSOR, 2},  {KNN_NEIGHBORS, 0}};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))


/* A model of training rows at 0, 1, 2 and so on. */
static knn_model_t *
model_of(knn_estimator_e estimator, size_t n_outputs)
{
    bool         regressor;
    size_t       i;
    double       x[SAMPLES], values[N_OUTPUTS * SAMPLES];
    int64_t      y[N_OUTPUTS * SAMPLES];
    knn_error_t  err;
    knn_model_t *model;
    knn_parts_t  parts;

    for (i = 0; i < N_OUTPUTS * SAMPLES; i++) {
        x[i % SAMPLES] = (double) (i % SAMPLES);
        values[i] = (double) i / 3;
        y[i] = (int64_t) (i / 3 % 2);
    }

    regressor = estimator == KNN_REGRESSOR || estimator == KNN_RADIUS_REGRESSOR;

    memset(&parts, 0, sizeof(knn_parts_t));
    parts.estimator = estimator;
    parts.algorithm = KNN_BRUTE;
    parts.weights = KNN_UNIFORM;
    parts.metric = KNN_EUCLIDEAN;
    parts.metric_name = "euclidean";
    parts.p = 2;
    parts.producer = "a test";
    parts.n_samples = SAMPLES;
    parts.n_features = 1;
    parts.n_neighbors = 5;
    parts.radius = 20.5;
    parts.n_outputs = n_outputs;
    parts.x = x;
    parts.y = regressor ? NULL : y;
    parts.values = regressor ? values : NULL;
    parts.outputs = regressor ? NULL : classes;

    model = knn_model_build(&parts, &err);
    ck_assert_msg(model != NULL, "estimator %d: %s", (int) estimator,
                  err.message);

    return model;
}


/* A query that is done; its memory is to be freed. */
static knn_query_t *
query_of(const knn_model_t *model, unsigned outputs)
{
    void        *memory;
    size_t       size;
    knn_query_t *query;

    size = (knn_query_size(model, ROWS, outputs) + 63) & ~(size_t) 63;
    memory = aligned_alloc(KNN_ALIGNMENT, size);
    query = knn_query_init(memory, model, rows, ROWS, outputs);
    ck_assert(knn_query_run(query, SIZE_MAX));
    ck_assert_msg(query->error.status == KNN_OK, "%s", query->error.message);

    return query;
}


/* How often a word is there. */
static size_t
count(const char *p, const char *end, const char *word)
{
    size_t n;

    for (n = 0;; n++) {
        p = memmem(p, (size_t) (end - p), word, strlen(word));

        if (p == NULL) {
            return n;
        }

        p++;
    }
}


/* Writes a reply in slices of so many values; returns its end. */
static const char *
write_slices(const knn_reply_t *reply, const knn_query_t *query, bool single,
             size_t values, char *text)
{
    bool               done;
    char              *p;
    size_t             most, n;
    knn_rows_t         of = {.single = single};
    knn_reply_writer_t writer;

    n = 2 + knn_model_info(query->model)->n_outputs;
    most = values / n + 1;

    knn_reply_begin(&writer, reply, query, &of, KNN_REPLY_JSON, text);

    do {
        p = writer.p;
        done = knn_reply_run(&writer, values);
        ck_assert_msg(writer.p > p, "a slice of %zu values is empty", values);

        n = count(p, writer.p, "\"index\":");
        ck_assert_msg(n <= most, "a slice of %zu values has %zu neighbors",
                      values, n);

    } while (!done);

    return writer.p;
}


/* Compares a reply in slices of any size with that in one. */
static void
check_slices(const knn_reply_t *reply, const knn_query_t *query, bool single)
{
    char       *whole, *text;
    size_t      size, values;
    const char *end;
    knn_rows_t  of = {.single = single};

    size = knn_reply_size(reply, query, &of, KNN_REPLY_JSON);
    whole = malloc(size);
    text = malloc(size);

    end = write_slices(reply, query, single, SIZE_MAX, whole);
    size = (size_t) (end - whole);

    for (values = 1; values < MOST; values++) {
        end = write_slices(reply, query, single, values, text);

        ck_assert_msg((size_t) (end - text) == size
                          && memcmp(text, whole, size) == 0,
                      "in slices of %zu values \"%.*s\" became \"%.*s\"",
                      values, (int) size, whole, (int) (end - text), text);
    }

    free(text);
    free(whole);
}


START_TEST(slices)
{
    unsigned     outputs, serves;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;

    model = model_of(kinds[_i].estimator, kinds[_i].n_outputs);
    serves = knn_model_info(model)->serves;
    reply = knn_reply_create(model, "m", "1.0.0");

    for (outputs = 1; outputs < 8; outputs++) {
        if (outputs & ~serves) {
            continue;
        }

        query = query_of(model, outputs);
        check_slices(reply, query, true);
        check_slices(reply, query, false);
        free(query);
    }

    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("reply slices");
    tcase = tcase_create("slices");

    tcase_add_loop_test(tcase, slices, 0, N_KINDS);
    suite_add_tcase(suite, tcase);

    return suite;
}
