
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies: their members, their order, and labels of every kind. */


#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

#include "../checking.h"
#include "../../../codec/document/document.h"
#include "../../../codec/reply/reply.h"
#include "../../../model/parts.h"


#define STRING(text)                                                           \
    {                                                                          \
        .type = KNN_LABEL_STRING, .value.string = { sizeof(text) - 1, text }   \
    }


static const knn_label_t flowers[] = {STRING("setosa"), STRING("versicolor"),
                                      STRING("virginica")};

/* what JSON must escape, and what it need not */
static const knn_label_t odd[] = {STRING("a\"b\\c/d"), STRING("\x01\n\t\x7f"),
                                  STRING("\xC3\xA9\xF0\x9F\x98\x80\xE2\x80"
                                         "\xA8"),
                                  STRING("")};

static const knn_label_t integers[] = {
    {.type = KNN_LABEL_INTEGER, .value.integer = 1 - INT64_MAX},
    {.type = KNN_LABEL_INTEGER, .value.integer = -1},
    {.type = KNN_LABEL_INTEGER, .value.integer = INT64_MAX}};

static const knn_label_t numbers[] = {
    {.type = KNN_LABEL_FLOAT, .value.number = -0.5},
    {.type = KNN_LABEL_FLOAT, .value.number = 1},
    {.type = KNN_LABEL_FLOAT, .value.number = 1e30}};

static const knn_label_t booleans[] = {
    {.type = KNN_LABEL_BOOLEAN, .value.boolean = false},
    {.type = KNN_LABEL_BOOLEAN, .value.boolean = true}};

static const double x[] = {0, 0, 1, 0, 3, 0, 6, 0};

static const char *const names[] = {"width \"cm\"", "h\n"};


/* A model of four rows, whose classes are those of the outputs. */
static knn_model_t *
model_of(const knn_output_t *outputs, size_t n)
{
    int64_t      y[16];
    size_t       i;
    knn_error_t  err;
    knn_model_t *model;
    knn_parts_t  parts;

    memset(&parts, 0, sizeof(knn_parts_t));

    for (i = 0; i < 4 * n; i++) {
        y[i] = (int64_t) (i / n % outputs[i % n].n_classes);
    }

    parts.estimator = KNN_CLASSIFIER;
    parts.algorithm = KNN_BRUTE;
    parts.weights = KNN_UNIFORM;
    parts.metric = KNN_EUCLIDEAN;
    parts.metric_name = "euclidean";
    parts.p = 2;
    parts.producer = "a \"test\"";
    parts.n_samples = 4;
    parts.n_features = 2;
    parts.n_neighbors = 2;
    parts.n_outputs = n;
    parts.x = x;
    parts.y = y;
    parts.outputs = outputs;
    parts.feature_names = names;

    model = knn_model_build(&parts, &err);
    ck_assert_msg(model != NULL, "%s", err.message);

    return model;
}


/* A query that is done; its memory is to be freed. */
static knn_query_t *
query_of(const knn_model_t *model, const double *rows, size_t n,
         unsigned outputs)
{
    void        *memory;
    size_t       size;
    knn_query_t *query;

    size = (knn_query_size(model, n, outputs) + 63) & ~(size_t) 63;
    memory = aligned_alloc(KNN_ALIGNMENT, size);
    query = knn_query_init(memory, model, rows, n, outputs);
    ck_assert_ptr_eq(query, memory);
    ck_assert(knn_query_run(query, SIZE_MAX));

    return query;
}


/* The reply in memory of the size that was said to be enough. */
static char *
reply_of(const knn_reply_t *reply, const knn_query_t *query, bool single)
{
    char              *text;
    size_t             size;
    knn_rows_t         rows = {.single = single};
    knn_reply_writer_t writer;

    size = knn_reply_size(reply, query, &rows, KNN_REPLY_JSON);
    ck_assert_uint_gt(size, 0);

    text = malloc(size + 1);
    knn_reply_begin(&writer, reply, query, &rows, KNN_REPLY_JSON, text);
    ck_assert(knn_reply_run(&writer, SIZE_MAX));
    ck_assert_uint_le((size_t) (writer.p - text), size);
    *writer.p = '\0';

    return text;
}


/* Compares the reply to queries at 0.1 and 2.9 with a text. */
static void
check_reply(unsigned outputs, bool single, const char *expected)
{
    char               *text;
    knn_model_t        *model;
    knn_query_t        *query;
    knn_reply_t        *reply;
    static const double rows[] = {0.25, 0, 5.5, 0};
    const knn_output_t  output = {3, flowers, NULL};

    model = model_of(&output, 1);
    query = query_of(model, rows, single ? 1 : 2, outputs);
    reply = knn_reply_create(model, "iris", "1.0.0");
    text = reply_of(reply, query, single);
    ck_assert_str_eq(text, expected);

    free(text);
    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}


START_TEST(one_row)
{
    check_reply(KNN_PREDICT, true,
                "{\"prediction\":\"setosa\",\"model\":\"iris\","
                "\"version\":\"1.0.0\"}");
    check_reply(KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS, true,
                "{\"prediction\":\"setosa\",\"probabilities\":{\"setosa\":0.5,"
                "\"versicolor\":0.5,\"virginica\":0.0},\"neighbors\":[{"
                "\"index\":0,\"distance\":0.25,\"label\":\"setosa\"},{"
                "\"index\":1,\"distance\":0.75,\"label\":\"versicolor\"}],"
                "\"novelty\":0.0,\"model\":\"iris\",\"version\":\"1.0.0\"}");
    check_reply(KNN_PREDICT_PROBA, true,
                "{\"probabilities\":{\"setosa\":0.5,\"versicolor\":0.5,"
                "\"virginica\":0.0},\"novelty\":0.0,\"model\":\"iris\","
                "\"version\":\"1.0.0\"}");
}
END_TEST


START_TEST(rows)
{
    check_reply(KNN_PREDICT, false,
                "{\"predictions\":[\"setosa\",\"setosa\"],\"model\":\"iris\","
                "\"version\":\"1.0.0\"}");
    check_reply(KNN_KNEIGHBORS, false,
                "{\"neighbors\":[[{\"index\":0,\"distance\":0.25,\"label\":"
                "\"setosa\"},{\"index\":1,\"distance\":0.75,\"label\":"
                "\"versicolor\"}],[{\"index\":3,\"distance\":0.5,\"label\":"
                "\"setosa\"},{\"index\":2,\"distance\":2.5,\"label\":"
                "\"virginica\"}]],\"novelty\":[0.0,0.0],\"model\":\"iris\","
                "\"version\":\"1.0.0\"}");
    check_reply(KNN_PREDICT | KNN_PREDICT_PROBA, false,
                "{\"predictions\":[\"setosa\",\"setosa\"],\"probabilities\":[{"
                "\"setosa\":0.5,\"versicolor\":0.5,\"virginica\":0.0},{"
                "\"setosa\":0.5,\"versicolor\":0.0,\"virginica\":0.5}],"
                "\"novelty\":[0.0,0.0],\"model\":\"iris\",\"version\":"
                "\"1.0.0\"}");
}
END_TEST


/* Fails unless JSON text is what a label was. */
static void
check_label(yajl_val value, const knn_label_t *label)
{
    char *text;

    switch (label->type) {

    case KNN_LABEL_STRING:
        ck_assert(YAJL_IS_STRING(value));
        text = YAJL_GET_STRING(value);
        ck_assert_str_eq(text, label->value.string.data);
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
        ck_assert(YAJL_IS_NUMBER(value) && !YAJL_IS_INTEGER(value));
        ck_assert(YAJL_GET_DOUBLE(value) == label->value.number);
        break;
    }
}


/* A label of every kind survives the way into JSON and back. */
START_TEST(labels_survive)
{
    char        *text;
    size_t       i, size;
    yajl_val     tree, list, names_of;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;
    const char  *data;
    const char  *predictions[] = {"predictions", NULL};
    const char  *probabilities[] = {"probabilities", NULL};

    static const struct {
        knn_output_t output;
        const char  *keys[4];
    } cases[] = {{{4, odd, NULL},
                  {"a\"b\\c/d", "\x01\n\t\x7f",
                   "\xC3\xA9\xF0\x9F\x98\x80\xE2\x80\xA8", ""}},
                 {{3, integers, NULL},
                  {"-9223372036854775806", "-1", "9223372036854775807", NULL}},
                 {{3, numbers, NULL}, {"-0.5", "1.0", "1e+30", NULL}},
                 {{2, booleans, NULL}, {"false", "true", NULL, NULL}}};

    model = model_of(&cases[_i].output, 1);
    query = query_of(model, x, 4, KNN_PREDICT | KNN_PREDICT_PROBA);
    reply = knn_reply_create(model, "a\"\n\xff", "1\\");
    text = reply_of(reply, query, false);
    tree = yajl_tree_parse(text, NULL, 0);
    ck_assert_msg(tree != NULL, "%s", text);

    list = yajl_tree_get(tree, predictions, yajl_t_array);

    for (i = 0; i < 4; i++) {
        check_label(list->u.array.values[i],
                    &cases[_i].output.classes[query->classes[i]]);
    }

    list = yajl_tree_get(tree, probabilities, yajl_t_array);
    names_of = list->u.array.values[0];
    ck_assert_uint_eq(names_of->u.object.len, cases[_i].output.n_classes);

    for (i = 0; i < names_of->u.object.len; i++) {
        ck_assert_str_eq(names_of->u.object.keys[i], cases[_i].keys[i]);
        knn_reply_label(reply, 0, (uint32_t) i, &data, &size);
        ck_assert_ptr_nonnull(memmem(text, strlen(text), data, size));
    }

    yajl_tree_free(tree);
    free(text);
    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* Several outputs: an array of each per row. */
START_TEST(several_outputs)
{
    char              *text;
    knn_model_t       *model;
    knn_query_t       *query;
    knn_reply_t       *reply;
    const knn_output_t outputs[] = {{2, flowers, NULL}, {2, booleans, NULL}};

    model = model_of(outputs, 2);
    query =
        query_of(model, x, 2, KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS);
    reply = knn_reply_create(model, "m", "2.0.0");

    text = reply_of(reply, query, true);
    ck_assert_str_eq(
        text, "{\"prediction\":[\"setosa\",false],\"probabilities\":[{"
              "\"setosa\":0.5,\"versicolor\":0.5},{\"false\":0.5,\"true\":0.5}"
              "],\"neighbors\":[{\"index\":0,\"distance\":0.0,\"label\":["
              "\"setosa\",false]},{\"index\":1,\"distance\":1.0,\"label\":["
              "\"versicolor\",true]}],\"novelty\":0.0,\"model\":\"m\","
              "\"version\":\"2.0.0\"}");
    free(text);

    text = malloc(knn_reply_row_size(reply, query, 1) + 1);
    *knn_reply_write_row(reply, query, 1, text) = '\0';
    ck_assert_str_eq(
        text, "{\"prediction\":[\"setosa\",false],\"probabilities\":[{"
              "\"setosa\":0.5,\"versicolor\":0.5},{\"false\":0.5,\"true\":0.5}"
              "],\"neighbors\":[{\"index\":1,\"distance\":0.0,\"label\":["
              "\"versicolor\",true]},{\"index\":0,\"distance\":1.0,\"label\":["
              "\"setosa\",false]}],\"novelty\":0.0}");
    free(text);

    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* A distance beyond the range of doubles is no number of JSON. */
START_TEST(infinite_distance)
{
    char              *text;
    double             far[] = {1e300, 0};
    knn_model_t       *model;
    knn_query_t       *query;
    knn_reply_t       *reply;
    const knn_output_t output = {3, flowers, NULL};

    model = model_of(&output, 1);
    query = query_of(model, far, 1, KNN_KNEIGHBORS);
    ck_assert(isinf(query->distances[0]));

    reply = knn_reply_create(model, "m", "1.0.0");
    text = reply_of(reply, query, true);
    ck_assert_ptr_nonnull(strstr(text, "\"distance\":null,"));

    free(text);
    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* The size is not a small number when it is more than memory has. */
START_TEST(size_overflows_to_zero)
{
    knn_model_t       *model;
    knn_query_t        query;
    knn_reply_t       *reply;
    const knn_rows_t   of = {.single = false};
    const knn_output_t output = {3, flowers, NULL};

    model = model_of(&output, 1);
    reply = knn_reply_create(model, "m", "1.0.0");

    memset(&query, 0, sizeof(knn_query_t));
    query.outputs = KNN_PREDICT | KNN_PREDICT_PROBA;
    query.rows = SIZE_MAX / 16;
    ck_assert_uint_eq(knn_reply_size(reply, &query, &of, KNN_REPLY_JSON), 0);
    query.rows = SIZE_MAX;
    ck_assert_uint_eq(knn_reply_size(reply, &query, &of, KNN_REPLY_JSON), 0);

    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* The document of a model is JSON and says what the model says. */
START_TEST(document)
{
    char              *text;
    size_t             size, i;
    yajl_val           tree, value;
    knn_model_t       *model;
    const char        *path[] = {NULL, NULL};
    const knn_output_t output = {4, odd, NULL};

    static const struct {
        const char *name;
        const char *text;
    } strings[] = {{"name", "a\"b"},
                   {"version", "1.0.0"},
                   {"algorithm", "brute"},
                   {"metric", "euclidean"},
                   {"weights", "uniform"},
                   {"producer", "a \"test\""},
                   {"estimator", "KNeighborsClassifier"}};

    static const struct {
        const char *name;
        int         count;
    } counts[] = {{"n_neighbors", 2}, {"samples", 4}, {"features", 2}};

    model = model_of(&output, 1);
    text = knn_document_model(model, "a\"b", "1.0.0", &size);
    ck_assert_uint_eq(strlen(text), size);
    tree = yajl_tree_parse(text, NULL, 0);
    ck_assert_msg(tree != NULL, "%s", text);

    for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        path[0] = strings[i].name;
        value = yajl_tree_get(tree, path, yajl_t_string);
        ck_assert_msg(value != NULL, "%s", strings[i].name);
        ck_assert_str_eq(YAJL_GET_STRING(value), strings[i].text);
    }

    for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        path[0] = counts[i].name;
        value = yajl_tree_get(tree, path, yajl_t_number);
        ck_assert_msg(value != NULL, "%s", counts[i].name);
        ck_assert_int_eq(YAJL_GET_INTEGER(value), counts[i].count);
    }

    path[0] = "feature_names";
    value = yajl_tree_get(tree, path, yajl_t_array);
    ck_assert_str_eq(YAJL_GET_STRING(value->u.array.values[1]), "h\n");

    path[0] = "outputs";
    value = yajl_tree_get(tree, path, yajl_t_array);
    path[0] = "classes";
    value = yajl_tree_get(value->u.array.values[0], path, yajl_t_array);
    ck_assert_uint_eq(value->u.array.len, 4);
    check_label(value->u.array.values[1], &odd[1]);

    yajl_tree_free(tree);
    free(text);

    text = knn_document_model(model, NULL, NULL, &size);
    tree = yajl_tree_parse(text, NULL, 0);
    ck_assert_ptr_nonnull(tree);
    path[0] = "name";
    ck_assert_ptr_null(yajl_tree_get(tree, path, yajl_t_any));

    yajl_tree_free(tree);
    free(text);
    knn_model_free(model);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("reply");
    tcase = tcase_create("reply");

    tcase_add_test(tcase, one_row);
    tcase_add_test(tcase, rows);
    tcase_add_loop_test(tcase, labels_survive, 0, 4);
    tcase_add_test(tcase, several_outputs);
    tcase_add_test(tcase, infinite_distance);
    tcase_add_test(tcase, size_overflows_to_zero);
    tcase_add_test(tcase, document);
    suite_add_tcase(suite, tcase);

    return suite;
}
