
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies of every kind of estimator, read back and compared with the query. */


#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

#include "../checking.h"
#include "../../../codec/document/document.h"
#include "../../../codec/reply/reply.h"
#include "../../../codec/request/request.h"
#include "../../../model/parts.h"


#define ROWS 4


static const double x[] = {0, 0, 1, 0, 3, 0, 6, 0.1};

static const double values[] = {0.1,  1e-300, -2, 1.0 / 3, 1e22,
                                12.5, 0,      7,  -1,      3};

static const knn_label_t far = {.type = KNN_LABEL_STRING,
                                .value.string = {5, "f\"ar\n"}};

static const knn_label_t labels[] = {
    {.type = KNN_LABEL_INTEGER, .value.integer = -7},
    {.type = KNN_LABEL_INTEGER, .value.integer = 8}};

static const knn_output_t classes[] = {{2, labels, &far}, {2, labels, &far}};

static const int64_t targets[] = {0, 1, 1, 0, 1, 1, 0, 0};

/* near some training rows, near one, and far away from all */
static const double rows[] = {0.5, 0, 0, 0, 3.25, 0, 1e6, -1e6};


typedef struct {
    knn_estimator_e estimator;
    size_t          n_outputs;
} kind_t;


static const kind_t kinds[] = {
    {KNN_CLASSIFIER, 1},        {KNN_CLASSIFIER, 2},
    {KNN_REGRESSOR, 1},         {KNN_REGRESSOR, 2},
    {KNN_RADIUS_CLASSIFIER, 1}, {KNN_RADIUS_CLASSIFIER, 2},
    {KNN_RADIUS_REGRESSOR, 1},  {KNN_RADIUS_REGRESSOR, 2},
    {KNN_NEIGHBORS, 0},         {KNN_CENTROID, 1}};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))


static knn_model_t *
model_of(const kind_t *kind)
{
    bool         regressor;
    knn_error_t  err;
    knn_model_t *model;
    knn_parts_t  parts;

    regressor = kind->estimator == KNN_REGRESSOR
                || kind->estimator == KNN_RADIUS_REGRESSOR;

    memset(&parts, 0, sizeof(knn_parts_t));
    parts.estimator = kind->estimator;
    parts.algorithm = KNN_BRUTE;
    parts.weights = KNN_UNIFORM;
    parts.metric = KNN_EUCLIDEAN;
    parts.metric_name = "euclidean";
    parts.p = 2;
    parts.producer = "a test";
    parts.n_samples = kind->estimator == KNN_CENTROID ? 2 : 4;
    parts.n_features = 2;
    parts.n_neighbors = 2;
    parts.radius = 1.5;
    parts.n_outputs = kind->n_outputs;
    parts.x = x;
    parts.y = regressor ? NULL : targets;
    parts.values = regressor ? values : NULL;
    parts.outputs = regressor ? NULL : classes;

    model = knn_model_build(&parts, &err);
    ck_assert_msg(model != NULL, "estimator %d: %s", (int) kind->estimator,
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


static yajl_val
member(yajl_val object, const char *name)
{
    const char *path[] = {name, NULL};

    return yajl_tree_get(object, path, yajl_t_any);
}


/* The value of one output in what holds one of each. */
static yajl_val
output_of(yajl_val value, size_t n_outputs, size_t output)
{
    if (n_outputs == 1) {
        return value;
    }

    ck_assert(YAJL_IS_ARRAY(value));
    ck_assert_uint_eq(value->u.array.len, n_outputs);

    return value->u.array.values[output];
}


/* Fails unless this is the number, or null for what is none. */
static void
check_number(yajl_val value, double number)
{
    if (!isfinite(number)) {
        ck_assert(YAJL_IS_NULL(value));
        return;
    }

    ck_assert(YAJL_IS_NUMBER(value));
    ck_assert_msg(strtod(YAJL_GET_NUMBER(value), NULL) == number,
                  "%.17g became %s", number, YAJL_GET_NUMBER(value));
}


/* Fails unless this is the label of a class. */
static void
check_class(yajl_val value, uint32_t class)
{
    if (class == KNN_CLASS_OUTLIER) {
        ck_assert(YAJL_IS_STRING(value));
        ck_assert_str_eq(YAJL_GET_STRING(value), far.value.string.data);
        return;
    }

    ck_assert(YAJL_IS_INTEGER(value));
    ck_assert_int_eq(YAJL_GET_INTEGER(value), labels[class].value.integer);
}


static void
check_prediction(yajl_val value, const knn_query_t *query, size_t row)
{
    size_t                  i;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);

    for (i = 0; i < info->n_outputs; i++) {
        if (info->regressor) {
            check_number(output_of(value, info->n_outputs, i),
                         query->values[row * info->n_outputs + i]);
        }
        else {
            check_class(output_of(value, info->n_outputs, i),
                        query->classes[row * info->n_outputs + i]);
        }
    }
}


static void
check_proba(yajl_val value, const knn_query_t *query, size_t row)
{
    size_t                  i, n;
    yajl_val                object;
    const double           *proba;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    n = info->n_outputs;
    proba = query->proba + row * n * 2;

    for (i = 0; i < n; i++, proba += 2) {
        object = output_of(value, n, i);
        ck_assert_uint_eq(object->u.object.len, 2);
        check_number(member(object, "-7"), proba[0]);
        check_number(member(object, "8"), proba[1]);

        if (query->classes[row * n + i] == KNN_CLASS_OUTLIER) {
            ck_assert(proba[0] == 0 && proba[1] == 0);
        }
    }
}


static void
check_neighbors(yajl_val value, const knn_query_t *query, size_t row)
{
    size_t                  i, j, n;
    int64_t                 index;
    yajl_val                neighbor;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    n = info->n_outputs;
    i = query->first[row];
    ck_assert(YAJL_IS_ARRAY(value));
    ck_assert_uint_eq(value->u.array.len, query->first[row + 1] - i);

    for (j = 0; j < value->u.array.len; j++, i++) {
        neighbor = value->u.array.values[j];
        index = query->indices[i];
        ck_assert_uint_eq(neighbor->u.object.len, n == 0 ? 2 : 3);
        check_number(member(neighbor, "index"), (double) index);
        check_number(member(neighbor, "distance"), query->distances[i]);

        if (n > 0 && info->regressor) {
            check_number(output_of(member(neighbor, "value"), n, n - 1),
                         knn_model_value(query->model, index, n - 1));
        }
        else if (n > 0) {
            check_class(output_of(member(neighbor, "label"), n, n - 1),
                        knn_model_target(query->model, index, n - 1));
        }
    }
}


/* Compares a row's members with what was asked for. */
static void
check_row(yajl_val prediction, yajl_val proba, yajl_val neighbors,
          const knn_query_t *query, size_t row)
{
    ck_assert((prediction != NULL) == ((query->outputs & KNN_PREDICT) != 0));
    ck_assert((proba != NULL) == ((query->outputs & KNN_PREDICT_PROBA) != 0));
    ck_assert((neighbors != NULL) == ((query->outputs & KNN_KNEIGHBORS) != 0));

    if (prediction != NULL) {
        check_prediction(prediction, query, row);
    }

    if (proba != NULL && query->classes != NULL) {
        check_proba(proba, query, row);
    }

    if (neighbors != NULL) {
        check_neighbors(neighbors, query, row);
    }
}


/* All rows in one reply, in memory of the size that was said to be enough. */
static void
check_rows(const knn_reply_t *reply, const knn_query_t *query)
{
    char              *text;
    size_t             row, size;
    yajl_val           tree, members[3];
    knn_rows_t         of = {.single = false};
    knn_reply_writer_t writer;

    size = knn_reply_size(reply, query, &of, KNN_REPLY_JSON);
    text = malloc(size + 1);
    knn_reply_begin(&writer, reply, query, &of, KNN_REPLY_JSON, text);
    ck_assert(knn_reply_run(&writer, SIZE_MAX));
    ck_assert_uint_le((size_t) (writer.p - text), size);
    *writer.p = '\0';

    tree = yajl_tree_parse(text, NULL, 0);
    ck_assert_msg(tree != NULL, "%s", text);

    members[0] = member(tree, "predictions");
    members[1] = member(tree, "probabilities");
    members[2] = member(tree, "neighbors");

    for (row = 0; row < ROWS; row++) {
        check_row(members[0] ? members[0]->u.array.values[row] : NULL,
                  members[1] ? members[1]->u.array.values[row] : NULL,
                  members[2] ? members[2]->u.array.values[row] : NULL, query,
                  row);
    }

    yajl_tree_free(tree);
    free(text);
}


/* Each row as an object of its own. */
static void
check_singles(const knn_reply_t *reply, const knn_query_t *query)
{
    char    *text, *end;
    size_t   row, size;
    yajl_val tree;

    for (row = 0; row < ROWS; row++) {
        size = knn_reply_row_size(reply, query, row);
        text = malloc(size + 1);
        end = knn_reply_write_row(reply, query, row, text);
        ck_assert_uint_le((size_t) (end - text), size);
        *end = '\0';

        tree = yajl_tree_parse(text, NULL, 0);
        ck_assert_msg(tree != NULL, "%s", text);
        check_row(member(tree, "prediction"), member(tree, "probabilities"),
                  member(tree, "neighbors"), query, row);
        yajl_tree_free(tree);
        free(text);
    }
}


START_TEST(replies)
{
    unsigned     outputs, serves;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;

    model = model_of(&kinds[_i]);
    serves = knn_model_info(model)->serves;
    reply = knn_reply_create(model, "m", "1.0.0");

    for (outputs = 1; outputs < 8; outputs++) {
        if (outputs & ~serves) {
            continue;
        }

        query = query_of(model, outputs);
        check_rows(reply, query);
        check_singles(reply, query);
        free(query);
    }

    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* The document says what kind of model it is. */
START_TEST(documents)
{
    char                   *text;
    size_t                  i, size;
    yajl_val                tree, outputs, column;
    knn_model_t            *model;
    const knn_model_info_t *info;

    model = model_of(&kinds[_i]);
    info = knn_model_info(model);
    text = knn_document_model(model, NULL, NULL, &size);
    tree = yajl_tree_parse(text, NULL, 0);
    ck_assert_msg(tree != NULL, "%s", text);

    ck_assert_str_eq(YAJL_GET_STRING(member(tree, "estimator")),
                     info->estimator);
    ck_assert_msg((member(tree, "radius") != NULL) == (info->radius > 0), "%s",
                  text);
    ck_assert((member(tree, "n_neighbors") != NULL) == (info->n_neighbors > 0));

    outputs = member(tree, "outputs");
    ck_assert_uint_eq(outputs->u.array.len, info->n_outputs);

    for (i = 0; i < info->n_outputs; i++) {
        column = outputs->u.array.values[i];
        ck_assert((member(column, "classes") != NULL) == !info->regressor);
        ck_assert((member(column, "outlier_label") != NULL)
                  == (!info->regressor && info->outputs[i].outlier != NULL));
    }

    outputs = member(tree, "serves");
    ck_assert_uint_eq(outputs->u.array.len,
                      (size_t) __builtin_popcount(info->serves));

    outputs = member(tree, "columns");
    ck_assert_uint_eq(outputs->u.array.len, info->n_features);
    column = member(outputs->u.array.values[0], "type");
    ck_assert_str_eq(YAJL_GET_STRING(column), "number");

    yajl_tree_free(tree);
    free(text);
    knn_model_free(model);
}
END_TEST


/* What is asked for, what is configured, and what there is. */
START_TEST(outputs_that_are_served)
{
    size_t           i;
    knn_error_t      err;
    knn_model_info_t info;

    static const struct {
        unsigned    asked;
        unsigned    serves;
        unsigned    otherwise; /* when it was but configured */
        const char *words;     /* when it was asked for */
    } cases[] = {
        {KNN_PREDICT, KNN_PREDICT, KNN_PREDICT, NULL},
        {KNN_PREDICT, KNN_KNEIGHBORS, KNN_KNEIGHBORS,
         "model \"m\" is a Thing, which does not serve \"predict\", it serves "
         "\"kneighbors\""},
        {KNN_PREDICT | KNN_PREDICT_PROBA, KNN_PREDICT | KNN_KNEIGHBORS,
         KNN_PREDICT,
         "does not serve \"predict_proba\", it serves \"predict\" and "
         "\"kneighbors\""},
        {KNN_PREDICT_PROBA, KNN_PREDICT | KNN_KNEIGHBORS,
         KNN_PREDICT | KNN_KNEIGHBORS, "does not serve \"predict_proba\""},
        {7, KNN_PREDICT, KNN_PREDICT,
         "does not serve \"predict_proba\" and \"kneighbors\", it serves "
         "\"predict\""}};

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&info, 0, sizeof(knn_model_info_t));
        info.estimator = "Thing";
        info.serves = cases[i].serves;

        ck_assert_uint_eq(knn_outputs_default(cases[i].asked, info.serves),
                          cases[i].otherwise);

        if (cases[i].words == NULL) {
            ck_assert(knn_outputs_check(cases[i].asked, &info, "m", &err)
                      == KNN_OK);
            continue;
        }

        ck_assert(knn_outputs_check(cases[i].asked, &info, "m", &err)
                  == KNN_UNSUPPORTED);
        ck_assert_msg(strstr(err.message, cases[i].words) != NULL, "%s",
                      err.message);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("reply kinds");
    tcase = tcase_create("kinds");

    tcase_add_loop_test(tcase, replies, 0, N_KINDS);
    tcase_add_loop_test(tcase, documents, 0, N_KINDS);
    tcase_add_test(tcase, outputs_that_are_served);
    suite_add_tcase(suite, tcase);

    return suite;
}
