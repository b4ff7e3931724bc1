
/*
 * Copyright (C) nginx-knn contributors
 */


/* Predictions of two models are the same where Python's == says so. */


#include <math.h>
#include <string.h>

#include "../checking.h"
#include "../../../model/model.h"


#define STRING(text)                                                           \
    {                                                                          \
        .type = KNN_LABEL_STRING, .value.string = { sizeof(text) - 1, text }   \
    }
#define INTEGER(number)                                                        \
    {                                                                          \
        .type = KNN_LABEL_INTEGER, .value.integer = number                     \
    }
#define FLOAT(x)                                                               \
    {                                                                          \
        .type = KNN_LABEL_FLOAT, .value.number = x                             \
    }
#define BOOLEAN(truth)                                                         \
    {                                                                          \
        .type = KNN_LABEL_BOOLEAN, .value.boolean = truth                      \
    }

/* those with the same number are equal */
static const struct {
    int         group;
    knn_label_t label;
} labels[] = {{0, INTEGER(0)},
              {0, FLOAT(0.0)},
              {0, FLOAT(-0.0)},
              {0, BOOLEAN(false)},
              {1, INTEGER(1)},
              {1, FLOAT(1.0)},
              {1, BOOLEAN(true)},
              {2, STRING("1")},
              {3, STRING("")},
              {4, STRING("a")},
              {5, STRING("a\0b")},
              {6, STRING("a\0c")},
              {7, STRING("1.0")},
              {8, FLOAT(0.5)},
              {9, FLOAT(1.5)},
              {10, FLOAT(NAN)},
              {11, FLOAT(INFINITY)},
              {12, FLOAT(-INFINITY)},
              {13, INTEGER(INT64_MAX)},
              {14, FLOAT(0x1p63)},
              {15, INTEGER(INT64_MIN)},
              {15, FLOAT(-0x1p63)},
              {16, INTEGER((INT64_C(1) << 53) + 1)},
              {17, FLOAT(0x1p53)},
              {17, INTEGER(INT64_C(1) << 53)},
              {18, STRING("true")},
              {19, INTEGER(-1)}};

#define N_LABELS (sizeof(labels) / sizeof(labels[0]))


/* A model of so many outputs, of which only what it says is there. */
static knn_model_t
model_of(const knn_output_t *outputs, size_t n_outputs)
{
    knn_model_t model;

    memset(&model, 0, sizeof(knn_model_t));
    model.info.n_outputs = n_outputs;
    model.info.outputs = outputs;
    model.info.regressor = outputs == NULL;

    return model;
}


static knn_query_t
query_of(const knn_model_t *model, uint32_t *classes, double *values)
{
    knn_query_t query;

    memset(&query, 0, sizeof(knn_query_t));
    query.model = model;
    query.classes = classes;
    query.values = values;

    return query;
}


/* Fails unless two classes, or what is one and an outlier, are as they are. */
static void
check_pair(size_t i, size_t j)
{
    uint32_t           first[] = {0}, none[] = {KNN_CLASS_OUTLIER};
    knn_query_t        a, b;
    knn_model_t        one, other;
    const knn_output_t outputs[] = {{1, &labels[i].label, NULL},
                                    {1, &labels[j].label, &labels[j].label}};

    one = model_of(&outputs[0], 1);
    other = model_of(&outputs[1], 1);
    a = query_of(&one, first, NULL);
    b = query_of(&other, first, NULL);

    ck_assert_msg(knn_labels_equal(&a, &b, 0)
                      == (labels[i].group == labels[j].group),
                  "labels %zu and %zu", i, j);

    b = query_of(&other, none, NULL);

    ck_assert_msg(knn_labels_equal(&a, &b, 0)
                      == (labels[i].group == labels[j].group),
                  "label %zu and the outlier's %zu", i, j);
}


START_TEST(labels_of_any_type)
{
    size_t i, j;

    for (i = 0; i < N_LABELS; i++) {
        for (j = 0; j < N_LABELS; j++) {
            check_pair(i, j);
        }
    }
}
END_TEST


/* Classes are told by their labels, wherever these stand. */
START_TEST(classes_in_any_order)
{
    size_t             row;
    uint32_t           p[] = {0, 1, 2, 2}, q[] = {2, 1, 0, 1};
    knn_query_t        a, b;
    knn_model_t        one, other;
    const knn_label_t  x[] = {STRING("a"), STRING("b"), STRING("c")};
    const knn_label_t  y[] = {STRING("c"), STRING("b"), STRING("a")};
    const knn_output_t outputs[] = {{3, x, NULL}, {3, y, NULL}};

    one = model_of(&outputs[0], 1);
    other = model_of(&outputs[1], 1);
    a = query_of(&one, p, NULL);
    b = query_of(&other, q, NULL);

    for (row = 0; row < 4; row++) {
        ck_assert_msg(knn_labels_equal(&a, &b, row) == (row < 3), "row %zu",
                      row);
    }
}
END_TEST


/* All outputs count, and there must be as many. */
START_TEST(several_outputs)
{
    size_t             row;
    uint32_t           p[] = {0, 1, 1, 1, 1, 0}, q[] = {0, 1, 1, 0, 0, 0};
    knn_query_t        a, b;
    knn_model_t        two, single;
    const knn_label_t  x[] = {INTEGER(3), INTEGER(4)};
    const knn_output_t outputs[] = {{2, x, NULL}, {2, x, NULL}};

    two = model_of(outputs, 2);
    single = model_of(outputs, 1);
    a = query_of(&two, p, NULL);
    b = query_of(&two, q, NULL);

    for (row = 0; row < 3; row++) {
        ck_assert_msg(knn_labels_equal(&a, &b, row) == (row == 0), "row %zu",
                      row);
    }

    b = query_of(&single, p, NULL);
    ck_assert(!knn_labels_equal(&a, &b, 0));
    ck_assert(!knn_labels_equal(&b, &a, 0));
}
END_TEST


/* The values of regressors, and such a value and a label. */
START_TEST(values)
{
    size_t             row;
    double             v[] = {0.5, 4, NAN, 1.0 / 3}, w[] = {0.5, 4, NAN, 0.3};
    uint32_t           classes[] = {1, 1, 1, 1};
    knn_query_t        a, b;
    knn_model_t        regressor, classifier;
    const knn_label_t  x[] = {INTEGER(3), INTEGER(4)};
    const knn_output_t output = {2, x, NULL};

    regressor = model_of(NULL, 1);
    classifier = model_of(&output, 1);
    a = query_of(&regressor, NULL, v);
    b = query_of(&regressor, NULL, w);

    for (row = 0; row < 4; row++) {
        ck_assert_msg(knn_labels_equal(&a, &b, row) == (row < 3), "row %zu",
                      row);
    }

    b = query_of(&classifier, classes, NULL);

    for (row = 0; row < 4; row++) {
        ck_assert_msg(knn_labels_equal(&a, &b, row) == (row == 1), "row %zu",
                      row);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("equal");
    tcase = tcase_create("equal");

    tcase_add_test(tcase, labels_of_any_type);
    tcase_add_test(tcase, classes_in_any_order);
    tcase_add_test(tcase, several_outputs);
    tcase_add_test(tcase, values);
    suite_add_tcase(suite, tcase);

    return suite;
}
