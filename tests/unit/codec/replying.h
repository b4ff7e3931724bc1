
/*
 * Copyright (C) nginx-knn contributors
 */


/* Models of every kind and their replies, for the tests of replies. */


#ifndef KNN_TEST_REPLYING_H
#define KNN_TEST_REPLYING_H


#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

#include "../checking.h"
#include "../../../codec/reply/reply.h"
#include "../../../model/parts.h"


#define SAMPLES 6
#define ROWS    4

/* slices of fewer values than these are compared with the whole */
#define SLICES 60


#define STRING(text)                                                           \
    {                                                                          \
        .type = KNN_LABEL_STRING, .value.string = { sizeof(text) - 1, text }   \
    }

/* what JSON or CSV must escape, what neither need, and NUL */
static const knn_label_t odd[] = {STRING("a\"b,c"),
                                  STRING("d\r\n\te"),
                                  STRING(" \xC3\xA9\xF0\x9F\x98\x80\xE2\x82"
                                         "\xAC"),
                                  STRING(""),
                                  STRING("f\0g"),
                                  STRING("plain")};

static const knn_label_t integers[] = {
    {.type = KNN_LABEL_INTEGER, .value.integer = -9223372036854775807},
    {.type = KNN_LABEL_INTEGER, .value.integer = -1},
    {.type = KNN_LABEL_INTEGER, .value.integer = INT64_MAX}};

static const knn_label_t numbers[] = {
    {.type = KNN_LABEL_FLOAT, .value.number = -0.5},
    {.type = KNN_LABEL_FLOAT, .value.number = 1},
    {.type = KNN_LABEL_FLOAT, .value.number = -1.7976931348623157e308}};

static const knn_label_t booleans[] = {
    {.type = KNN_LABEL_BOOLEAN, .value.boolean = false},
    {.type = KNN_LABEL_BOOLEAN, .value.boolean = true}};

static const knn_label_t outlier_text = STRING("far, \"away\"");
static const knn_label_t outlier_integer = {.type = KNN_LABEL_INTEGER,
                                            .value.integer = -2};

static const knn_output_t of_texts[] = {{6, odd, NULL}};
static const knn_output_t of_integers[] = {{3, integers, NULL}};
static const knn_output_t of_numbers[] = {{3, numbers, NULL}};
static const knn_output_t of_booleans[] = {{2, booleans, NULL}};
static const knn_output_t of_both[] = {{6, odd, NULL}, {2, booleans, NULL}};
static const knn_output_t of_two[] = {{3, integers, NULL}, {2, integers, NULL}};
static const knn_output_t of_far_texts[] = {{6, odd, &outlier_text}};
static const knn_output_t of_far_integers[] = {{3, integers, &outlier_integer}};


/* outputs of a regressor are NULL */
typedef struct {
    knn_estimator_e     estimator;
    const knn_output_t *outputs;
    size_t              n_outputs;
    const char         *datatype; /* of predictions */
} kind_t;

static const kind_t kinds[] = {
    {KNN_CLASSIFIER, of_texts, 1, "BYTES"},
    {KNN_CLASSIFIER, of_integers, 1, "INT64"},
    {KNN_CLASSIFIER, of_numbers, 1, "FP64"},
    {KNN_CLASSIFIER, of_booleans, 1, "BOOL"},
    {KNN_CLASSIFIER, of_both, 2, "BYTES"},
    {KNN_CLASSIFIER, of_two, 2, "INT64"},
    {KNN_REGRESSOR, NULL, 1, "FP64"},
    {KNN_REGRESSOR, NULL, 2, "FP64"},
    {KNN_RADIUS_CLASSIFIER, of_far_texts, 1, "BYTES"},
    {KNN_RADIUS_CLASSIFIER, of_far_integers, 1, "INT64"},
    {KNN_RADIUS_REGRESSOR, NULL, 1, "FP64"},
    {KNN_NEIGHBORS, NULL, 0, "FP64"}};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))


/* near all training rows, far away from all, near one, and near some */
static const double replying_rows[ROWS] = {2.25, -1e6, -2, 0.5};


/* A model of training rows at 0, 1, 2 and so on. */
static inline knn_model_t *
replying_model(const kind_t *kind)
{
    bool         regressor;
    size_t       i;
    double       x[SAMPLES], values[2 * SAMPLES];
    int64_t      y[2 * SAMPLES];
    knn_error_t  err;
    knn_model_t *model;
    knn_parts_t  parts;

    regressor = kind->estimator == KNN_REGRESSOR
                || kind->estimator == KNN_RADIUS_REGRESSOR;

    for (i = 0; i < SAMPLES * (kind->n_outputs + 1); i++) {
        x[i % SAMPLES] = (double) (i % SAMPLES);
    }

    for (i = 0; i < SAMPLES * kind->n_outputs; i++) {
        values[i] = (double) i / 3;
        y[i] = regressor
                   ? 0
                   : (int64_t) (i / kind->n_outputs
                                % kind->outputs[i % kind->n_outputs].n_classes);
    }

    memset(&parts, 0, sizeof(knn_parts_t));
    parts.estimator = kind->estimator;
    parts.algorithm = KNN_BRUTE;
    parts.weights = KNN_UNIFORM;
    parts.metric = KNN_EUCLIDEAN;
    parts.metric_name = "euclidean";
    parts.p = 2;
    parts.producer = "a test";
    parts.n_samples = SAMPLES;
    parts.n_features = 1;
    parts.n_neighbors = 3;
    parts.radius = 2.5;
    parts.n_outputs = kind->n_outputs;
    parts.x = x;
    parts.y = regressor || kind->n_outputs == 0 ? NULL : y;
    parts.values = regressor ? values : NULL;
    parts.outputs = kind->outputs;

    model = knn_model_build(&parts, &err);
    ck_assert_msg(model != NULL, "estimator %d: %s", (int) kind->estimator,
                  err.message);

    return model;
}


/* A query of so many rows that is done; its memory is to be freed. */
static inline knn_query_t *
replying_query(const knn_model_t *model, size_t rows, unsigned outputs)
{
    void        *memory;
    size_t       size;
    knn_query_t *query;

    size = (knn_query_size(model, rows, outputs) + 63) & ~(size_t) 63;
    memory = aligned_alloc(KNN_ALIGNMENT, size);
    query = knn_query_init(memory, model, replying_rows, rows, outputs);
    ck_assert(knn_query_run(query, SIZE_MAX));
    ck_assert_msg(query->error.status == KNN_OK, "%s", query->error.message);

    return query;
}


/* a reply in memory of the size that was said to be enough */
typedef struct {
    char  *data;
    size_t size;
    size_t json;
} replied_t;


/* Writes a reply in slices of so many values. */
static inline replied_t
replying_slices(const knn_reply_t *reply, const knn_query_t *query,
                const knn_rows_t *rows, knn_reply_form_e form, size_t values)
{
    bool               done;
    char              *p;
    size_t             room;
    replied_t          replied;
    knn_reply_writer_t writer;

    room = knn_reply_size(reply, query, rows, form);
    ck_assert_msg(room > 0, "form %d has no size", (int) form);
    replied.data = malloc(room);

    knn_reply_begin(&writer, reply, query, rows, form, replied.data);

    do {
        p = writer.p;
        done = knn_reply_run(&writer, values);
        ck_assert_msg(done || writer.p > p, "a slice of %zu values is empty",
                      values);
        ck_assert_msg((size_t) (writer.p - replied.data) <= room,
                      "form %d has %zu bytes, more than the %zu it was to need",
                      (int) form, (size_t) (writer.p - replied.data), room);
    } while (!done);

    replied.size = (size_t) (writer.p - replied.data);
    replied.json = writer.json;

    return replied;
}


/* Writes a reply at once, and in slices of many sizes, which are the same. */
static inline replied_t
replying(const knn_reply_t *reply, const knn_query_t *query,
         const knn_rows_t *rows, knn_reply_form_e form)
{
    size_t    values;
    replied_t whole, replied;

    whole = replying_slices(reply, query, rows, form, SIZE_MAX);

    for (values = 1; values < SLICES; values++) {
        replied = replying_slices(reply, query, rows, form, values);

        ck_assert_msg(replied.size == whole.size && replied.json == whole.json
                          && memcmp(replied.data, whole.data, whole.size) == 0,
                      "form %d in slices of %zu values: \"%.*s\" became "
                      "\"%.*s\"",
                      (int) form, values, (int) whole.size, whole.data,
                      (int) replied.size, replied.data);

        free(replied.data);
    }

    return whole;
}


/* Reads JSON; tree is to be freed. */
static inline yajl_val
replying_tree(const char *data, size_t size)
{
    char    *text, fault[256];
    yajl_val tree;

    text = strndup(data, size);
    tree = yajl_tree_parse(text, fault, sizeof(fault));
    ck_assert_msg(tree != NULL, "%s: %s", text, fault);
    free(text);

    return tree;
}


static inline yajl_val
replying_member(yajl_val object, const char *name)
{
    const char *path[] = {name, NULL};

    return yajl_tree_get(object, path, yajl_t_any);
}


/* The elements of an array, of which there are n. */
static inline yajl_val *
replying_array(yajl_val value, size_t n)
{
    ck_assert(YAJL_IS_ARRAY(value));
    ck_assert_uint_eq(value->u.array.len, n);

    return value->u.array.values;
}


/* Fails unless this is the number, or null for what is none. */
static inline void
replying_number(yajl_val value, double number)
{
    if (!isfinite(number)) {
        ck_assert_msg(YAJL_IS_NULL(value), "%f is not null", number);
        return;
    }

    ck_assert_msg(YAJL_IS_NUMBER(value), "%.17g is no number", number);
    ck_assert_msg(strtod(YAJL_GET_NUMBER(value), NULL) == number,
                  "%.17g became %s", number, YAJL_GET_NUMBER(value));
}


/* The label of a class. */
static inline const knn_label_t *
replying_label(const knn_model_info_t *info, size_t output, uint32_t class)
{
    return class == KNN_CLASS_OUTLIER ? info->outputs[output].outlier
                                      : &info->outputs[output].classes[class];
}


/* A label as text, in buf if it is none. */
static inline const char *
replying_text(const knn_label_t *label, char *buf, size_t room, size_t *size)
{
    switch (label->type) {

    case KNN_LABEL_STRING:
        *size = label->value.string.len;
        return label->value.string.data;

    case KNN_LABEL_INTEGER:
        *size = (size_t) snprintf(buf, room, "%lld",
                                  (long long) label->value.integer);
        return buf;

    case KNN_LABEL_BOOLEAN:
        *size = (size_t) snprintf(buf, room, "%s",
                                  label->value.boolean ? "true" : "false");
        return buf;

    default:
        ck_abort_msg("floats have no other text to compare with");
    }
}


/* Fails unless a value of JSON is a label in its own type. */
static inline void
replying_is_label(yajl_val value, const knn_label_t *label)
{
    switch (label->type) {

    case KNN_LABEL_STRING:
        ck_assert(YAJL_IS_STRING(value));
        ck_assert_str_eq(YAJL_GET_STRING(value), label->value.string.data);
        break;

    case KNN_LABEL_INTEGER:
        ck_assert(YAJL_IS_INTEGER(value));
        ck_assert_int_eq(YAJL_GET_INTEGER(value), label->value.integer);
        break;

    case KNN_LABEL_BOOLEAN:
        ck_assert(label->value.boolean ? YAJL_IS_TRUE(value)
                                       : YAJL_IS_FALSE(value));
        break;

    default:
        replying_number(value, label->value.number);
        break;
    }
}


/* The neighbors of the row that has the most. */
static inline size_t
replying_width(const knn_query_t *query)
{
    size_t row, width;

    for (row = 0, width = 0; row < query->rows; row++) {
        if (query->first[row + 1] - query->first[row] > width) {
            width = query->first[row + 1] - query->first[row];
        }
    }

    return width;
}


#endif /* KNN_TEST_REPLYING_H */
