
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies to :predict and :classify, and JSON Lines, row by row. */


#include <stdio.h>

#include "replying.h"


/* The value of one output in what holds one of each. */
static yajl_val
output_of(yajl_val value, size_t n, size_t output)
{
    return n == 1 ? value : replying_array(value, n)[output];
}


static void
check_predict(yajl_val value, const knn_query_t *query, size_t row)
{
    size_t                  i, n;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    n = info->n_outputs;

    for (i = 0; i < n; i++) {
        if (info->regressor) {
            replying_number(output_of(value, n, i), query->values[row * n + i]);
        }
        else {
            replying_is_label(
                output_of(value, n, i),
                replying_label(info, i, query->classes[row * n + i]));
        }
    }
}


/* An array for each output. */
static void
check_proba(yajl_val value, const knn_query_t *query, size_t row)
{
    size_t                  i, j, n, at;
    yajl_val               *list;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    n = info->n_outputs;

    for (i = 0, at = 0; i < n; i++) {
        at += info->outputs[i].n_classes;
    }

    for (i = 0, at *= row; i < n; i++) {
        list =
            replying_array(output_of(value, n, i), info->outputs[i].n_classes);

        for (j = 0; j < info->outputs[i].n_classes; j++) {
            replying_number(list[j], query->proba[at++]);
        }
    }
}


static void
check_neighbors(yajl_val value, const knn_query_t *query, size_t row)
{
    size_t    i, first, n;
    yajl_val *list;

    first = query->first[row];
    n = query->first[row + 1] - first;
    list = replying_array(value, n);

    for (i = 0; i < n; i++) {
        replying_number(replying_member(list[i], "index"),
                        (double) query->indices[first + i]);
        replying_number(replying_member(list[i], "distance"),
                        query->distances[first + i]);
    }
}


static const struct {
    unsigned    output;
    const char *name;
    void (*check)(yajl_val value, const knn_query_t *query, size_t row);
} checks[] = {{KNN_PREDICT, "predict", check_predict},
              {KNN_PREDICT_PROBA, "predict_proba", check_proba},
              {KNN_KNEIGHBORS, "kneighbors", check_neighbors}};


/* Where an output of a row is in the reply. */
static yajl_val
place_of(yajl_val tree, const knn_query_t *query, bool columnar, size_t row,
         const char *name)
{
    bool     several;
    yajl_val value;

    several = __builtin_popcount(query->outputs) > 1;

    ck_assert_uint_eq(tree->u.object.len, 1);
    value = replying_member(tree, columnar ? "outputs" : "predictions");
    ck_assert_ptr_nonnull(value);

    if (!columnar) {
        value = replying_array(value, query->rows)[row];
        return several ? replying_member(value, name) : value;
    }

    value = several ? replying_member(value, name) : value;

    return replying_array(value, query->rows)[row];
}


static void
check_reply(const replied_t *replied, const knn_query_t *query, bool columnar)
{
    size_t   i, row;
    yajl_val tree;

    tree = replying_tree(replied->data, replied->size);

    for (row = 0; row < query->rows; row++) {
        for (i = 0; i < 3; i++) {
            if (query->outputs & checks[i].output) {
                checks[i].check(
                    place_of(tree, query, columnar, row, checks[i].name), query,
                    row);
            }
        }
    }

    yajl_tree_free(tree);
}


/* A line for each row, which is what the row has on its own. */
static void
check_lines(const replied_t *replied, const knn_reply_t *reply,
            const knn_query_t *query)
{
    char       *row_of;
    size_t      row, size;
    const char *p, *end;

    p = replied->data;

    for (row = 0; row < query->rows; row++) {
        end = memchr(p, '\n', replied->size - (size_t) (p - replied->data));
        ck_assert_ptr_nonnull(end);

        row_of = malloc(knn_reply_row_size(reply, query, row));
        size =
            (size_t) (knn_reply_write_row(reply, query, row, row_of) - row_of);
        ck_assert_uint_eq((size_t) (end - p), size);
        ck_assert_mem_eq(p, row_of, size);
        yajl_tree_free(replying_tree(p, size));
        free(row_of);

        p = end + 1;
    }

    ck_assert_ptr_eq(p, replied->data + replied->size);
}


START_TEST(replies)
{
    size_t       n;
    unsigned     outputs;
    replied_t    replied;
    knn_rows_t   rows;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;

    model = replying_model(&kinds[_i]);
    reply = knn_reply_create(model, "m", "1.0.0");
    memset(&rows, 0, sizeof(knn_rows_t));

    for (n = 0; n <= ROWS; n += n == 0 ? 1 : ROWS - 1) {
        for (outputs = 1; outputs < 8; outputs++) {
            if (outputs & ~knn_model_info(model)->serves) {
                continue;
            }

            query = replying_query(model, n, outputs);

            rows.columnar = false;
            replied = replying(reply, query, &rows, KNN_REPLY_V1);
            check_reply(&replied, query, false);
            free(replied.data);

            rows.columnar = true;
            replied = replying(reply, query, &rows, KNN_REPLY_V1);
            check_reply(&replied, query, true);
            free(replied.data);

            replied = replying(reply, query, &rows, KNN_REPLY_JSON_LINES);
            check_lines(&replied, reply, query);
            free(replied.data);

            replied = replying(reply, query, &rows, KNN_REPLY_JSON);
            yajl_tree_free(replying_tree(replied.data, replied.size));
            free(replied.data);
            free(query);
        }
    }

    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* Compares a reply of some outputs to one row, at 2.25, with a text. */
static void
check_text(knn_reply_form_e form, unsigned outputs, bool columnar, size_t n,
           const char *expected)
{
    replied_t    replied;
    knn_rows_t   rows;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;

    model = replying_model(&kinds[1]);
    reply = knn_reply_create(model, "m", "1.0.0");
    query = replying_query(model, n, outputs);
    memset(&rows, 0, sizeof(knn_rows_t));
    rows.single = n == 1;
    rows.columnar = columnar;

    replied = replying(reply, query, &rows, form);
    ck_assert_msg(replied.size == strlen(expected)
                      && memcmp(replied.data, expected, replied.size) == 0,
                  "%.*s", (int) replied.size, replied.data);

    free(replied.data);
    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}


/* Lists also for one row, and for none. */
START_TEST(texts)
{
    check_text(KNN_REPLY_V1, KNN_PREDICT, false, 1,
               "{\"predictions\":[-9223372036854775807]}");
    check_text(KNN_REPLY_V1, KNN_PREDICT, true, 1,
               "{\"outputs\":[-9223372036854775807]}");
    check_text(KNN_REPLY_V1, KNN_PREDICT, false, 0, "{\"predictions\":[]}");
    check_text(KNN_REPLY_V1, KNN_PREDICT | KNN_KNEIGHBORS, true, 0,
               "{\"outputs\":{\"predict\":[],\"kneighbors\":[]}}");
    check_text(KNN_REPLY_V1, KNN_PREDICT | KNN_KNEIGHBORS, false, 1,
               "{\"predictions\":[{\"predict\":-9223372036854775807,"
               "\"kneighbors\":[{\"index\":2,\"distance\":0.25,\"label\":"
               "9223372036854775807},{\"index\":3,\"distance\":0.75,\"label\":"
               "-9223372036854775807},{\"index\":1,\"distance\":1.25,"
               "\"label\":-1}]}]}");
    check_text(KNN_REPLY_JSON_LINES, KNN_PREDICT, false, 1,
               "{\"prediction\":-9223372036854775807}\n");
    check_text(KNN_REPLY_JSON, KNN_PREDICT, false, 0,
               "{\"predictions\":[],\"model\":\"m\",\"version\":\"1.0.0\"}");
    check_text(KNN_REPLY_CLASSIFY, KNN_PREDICT_PROBA, false, 0,
               "{\"result\":[]}");
}
END_TEST


/* Classes in the order of the model, each a text with its probability. */
START_TEST(classified)
{
    char                    buf[32];
    size_t                  i, row, n, size;
    yajl_val                tree, *list, *pair;
    replied_t               replied;
    knn_rows_t              rows;
    knn_model_t            *model;
    knn_query_t            *query;
    knn_reply_t            *reply;
    const knn_model_info_t *info;

    model = replying_model(&kinds[_i]);
    info = knn_model_info(model);
    n = info->outputs[0].n_classes;
    reply = knn_reply_create(model, "m", "1.0.0");
    query = replying_query(model, ROWS, KNN_PREDICT_PROBA);
    memset(&rows, 0, sizeof(knn_rows_t));
    replied = replying(reply, query, &rows, KNN_REPLY_CLASSIFY);
    tree = replying_tree(replied.data, replied.size);
    ck_assert_uint_eq(tree->u.object.len, 1);

    for (row = 0; row < ROWS; row++) {
        list = replying_array(replying_member(tree, "result"), ROWS);
        list = replying_array(list[row], n);

        for (i = 0; i < n; i++) {
            pair = replying_array(list[i], 2);
            ck_assert(YAJL_IS_STRING(pair[0]));
            ck_assert_str_eq(YAJL_GET_STRING(pair[0]),
                             replying_text(&info->outputs[0].classes[i], buf,
                                           sizeof(buf), &size));
            replying_number(pair[1], query->proba[row * n + i]);
        }
    }

    yajl_tree_free(tree);
    free(replied.data);
    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* What has no such form is refused before it is computed. */
START_TEST(forms_are_checked)
{
    size_t       i;
    knn_error_t  err;
    knn_model_t *model;
    knn_reply_t *reply;

    static const struct {
        size_t           kind;
        knn_reply_form_e form;
        unsigned         outputs;
        const char      *words; /* NULL: accepted */
    } cases[] = {{0, KNN_REPLY_JSON, 7, NULL},
                 {0, KNN_REPLY_CSV_HEADER, 7, NULL},
                 {0, KNN_REPLY_V1, 7, NULL},
                 {0, KNN_REPLY_V2, 7, NULL},
                 {0, KNN_REPLY_NPY, KNN_PREDICT, NULL},
                 {0, KNN_REPLY_NPY, KNN_KNEIGHBORS, NULL},
                 {0, KNN_REPLY_NPY, KNN_PREDICT | KNN_PREDICT_PROBA,
                  "one of \"predict\", \"predict_proba\" and \"kneighbors\""},
                 {0, KNN_REPLY_CLASSIFY, KNN_PREDICT_PROBA, NULL},
                 {4, KNN_REPLY_CLASSIFY, KNN_PREDICT_PROBA, "one output"},
                 {6, KNN_REPLY_CLASSIFY, KNN_PREDICT, "only classifiers"},
                 {11, KNN_REPLY_CLASSIFY, KNN_KNEIGHBORS, "only classifiers"}};

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        model = replying_model(&kinds[cases[i].kind]);
        reply = knn_reply_create(model, "m", "1.0.0");

        if (cases[i].words == NULL) {
            ck_assert(
                knn_reply_check(reply, cases[i].form, cases[i].outputs, &err)
                == KNN_OK);
        }
        else {
            ck_assert(
                knn_reply_check(reply, cases[i].form, cases[i].outputs, &err)
                == KNN_UNSUPPORTED);
            ck_assert(err.status == KNN_UNSUPPORTED);
            ck_assert_msg(strstr(err.message, cases[i].words) != NULL, "%s",
                          err.message);
        }

        knn_reply_destroy(reply);
        knn_model_free(model);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("reply V1");
    tcase = tcase_create("V1");

    tcase_add_loop_test(tcase, replies, 0, N_KINDS);
    tcase_add_test(tcase, texts);
    tcase_add_loop_test(tcase, classified, 0, 2);
    tcase_add_loop_test(tcase, classified, 8, 10);
    tcase_add_test(tcase, forms_are_checked);
    suite_add_tcase(suite, tcase);

    return suite;
}
