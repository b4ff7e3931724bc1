
/*
 * Copyright (C) nginx-knn contributors
 */


/* What an inference request asks for. */


#include "inferring.h"


#define ROW                                                                    \
    "\"inputs\":[{\"name\":\"X\",\"shape\":[4],\"datatype\":\"FP64\","         \
    "\"data\":[1,2,3,4]}]"

#define ALL KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS


/* an estimator that knows no neighbors, and one that only knows them */
static const knn_model_info_t centroids = {.estimator = "NearestCentroid",
                                           .serves = KNN_PREDICT,
                                           .n_features = 4,
                                           .n_outputs = 1,
                                           .outputs = one_output};

static const knn_model_info_t neighbors = {
    .estimator = "NearestNeighbors", .serves = KNN_KNEIGHBORS, .n_features = 4};


/* an output as "name", a b if binary, and the n of classification */
typedef struct {
    const knn_model_info_t *info;
    unsigned                outputs; /* of the location */
    const char             *rest;    /* of the body */
    unsigned                query;   /* what must be computed */
    const char             *wanted;
} asked_t;


static const asked_t asked[] = {
    /* those of the location */
    {&flowers, KNN_PREDICT, "", KNN_PREDICT, "predict"},
    {&flowers, KNN_PREDICT_PROBA, "", KNN_PREDICT_PROBA,
     "predict_proba novelty"},
    {&flowers, KNN_KNEIGHBORS, "", KNN_KNEIGHBORS,
     "kneighbors distances novelty"},
    {&flowers, ALL, "", ALL,
     "predict predict_proba kneighbors distances novelty"},
    {&flowers, ALL, ",\"outputs\":[]", ALL,
     "predict predict_proba kneighbors distances novelty"},
    {&centroids, KNN_PREDICT, "", KNN_PREDICT, "predict"},
    {&neighbors, KNN_KNEIGHBORS, "", KNN_KNEIGHBORS,
     "kneighbors distances novelty"},
    {&gaps, KNN_PREDICT,
     ",\"outputs\":null,\"parameters\":{\"binary_data_output\":true}",
     KNN_PREDICT, "predict:b"},
    {&flowers, KNN_PREDICT | KNN_KNEIGHBORS,
     ",\"parameters\":{\"binary_data_output\":true}",
     KNN_PREDICT | KNN_KNEIGHBORS,
     "predict:b kneighbors:b distances:b novelty:b"},
    {&flowers, KNN_PREDICT, ",\"parameters\":{\"binary_data_output\":false}",
     KNN_PREDICT, "predict"},

    /* those of the request, in its order */
    {&flowers, ALL, ",\"outputs\":[{\"name\":\"distances\"}]", KNN_KNEIGHBORS,
     "distances"},
    {&flowers, KNN_PREDICT,
     ",\"outputs\":[{\"name\":\"novelty\"},{\"name\":\"kneighbors\"},"
     "{\"name\":\"predict_proba\"},{\"name\":\"predict\"},"
     "{\"name\":\"output-0\"}]",
     ALL, "novelty kneighbors predict_proba predict output-0"},
    {&flowers, KNN_PREDICT, ",\"outputs\":[{\"name\":\"output-0\"}]",
     KNN_PREDICT, "output-0"},
    {&flowers, KNN_KNEIGHBORS, ",\"outputs\":[{\"name\":\"novelty\"}]",
     KNN_PREDICT, "novelty"},
    {&neighbors, KNN_KNEIGHBORS, ",\"outputs\":[{\"name\":\"novelty\"}]",
     KNN_KNEIGHBORS, "novelty"},

    /* binary by the flag of each, whatever the request's */
    {&flowers, KNN_PREDICT,
     ",\"outputs\":[{\"name\":\"predict\",\"parameters\":"
     "{\"binary_data\":true}},{\"parameters\":{\"binary_data\":false},"
     "\"name\":\"novelty\"},{\"name\":\"predict_proba\"}],"
     "\"parameters\":{\"binary_data_output\":true}",
     KNN_PREDICT | KNN_PREDICT_PROBA, "predict:b novelty predict_proba"},

    /* classes by their probability */
    {&flowers, KNN_PREDICT,
     ",\"outputs\":[{\"name\":\"predict\",\"parameters\":"
     "{\"classification\":2}},{\"name\":\"predict_proba\",\"parameters\":"
     "{\"binary_data\":true,\"classification\":99}}]",
     KNN_PREDICT_PROBA, "predict:2 predict_proba:b:99"},
};

#define N_ASKED (sizeof(asked) / sizeof(asked[0]))


/* Writes what is wanted as the table has it. */
static void
write_wanted(const knn_rows_t *rows, char *p, size_t size)
{
    char                number[24];
    size_t              i;
    const char         *end;
    const knn_wanted_t *wanted;

    end = p + size;

    for (i = 0; i < rows->n_wanted; i++) {
        wanted = &rows->wanted[i];
        (void) snprintf(number, sizeof(number), ":%zu", wanted->classification);
        p += snprintf(p, (size_t) (end - p), "%s%s%s%s", i == 0 ? "" : " ",
                      wanted->name, wanted->binary ? ":b" : "",
                      wanted->classification > 0 ? number : "");
        ck_assert(strcmp(wanted->name, "output-0") == 0
                  || strcmp(wanted->name, knn_tensor_names[wanted->tensor])
                         == 0);
    }
}


START_TEST(outputs_are_those_that_are_asked_for)
{
    char                  body[600], wanted[200];
    inferred_t            inferred;
    const asked_t        *a;
    knn_request_options_t options;

    a = &asked[_i];
    (void) snprintf(body, sizeof(body), "{" ROW "%s}", a->rest);

    options = infer_options(a->info, KNN_NO_HEADER, strlen(body));
    options.outputs = a->outputs;
    infer_any_cut(&inferred, &options, body);

    ck_assert_msg(inferred.rows->error.status == KNN_OK, "%s: %s", body,
                  inferred.rows->error.message);

    write_wanted(inferred.rows, wanted, sizeof(wanted));
    ck_assert_msg(strcmp(wanted, a->wanted) == 0, "%s wants %s, not %s", body,
                  wanted, a->wanted);
    ck_assert_uint_eq(inferred.rows->outputs, a->query);

    infer_free(&inferred);
}
END_TEST


START_TEST(outputs_may_come_first)
{
    static const char body[] =
        "{\"parameters\":{\"binary_data_output\":true},\"outputs\":[{\"name\":"
        "\"predict_proba\"}],\"id\":\"\"," ROW "}";

    inferred_t            inferred;
    knn_request_options_t options;

    options = infer_options(&flowers, KNN_NO_HEADER, sizeof(body) - 1);
    infer_any_cut(&inferred, &options, body);

    ck_assert_int_eq(inferred.rows->error.status, KNN_OK);
    ck_assert_uint_eq(inferred.rows->outputs, KNN_PREDICT_PROBA);
    ck_assert(!inferred.rows->wanted[0].binary);
    ck_assert_ptr_nonnull(inferred.rows->id);
    ck_assert_uint_eq(inferred.rows->id_size, 0);
    infer_free(&inferred);
}
END_TEST


START_TEST(classification_needs_one_output)
{
    static const knn_output_t two_outputs[] = {{.n_classes = 3},
                                               {.n_classes = 2}};

    static const char body[] =
        "{" ROW ",\"outputs\":[{\"name\":\"predict\",\"parameters\":"
        "{\"classification\":2}}]}";

    inferred_t            inferred;
    knn_model_info_t      info;
    knn_request_options_t options;

    info = flowers;
    info.n_outputs = 2;
    info.outputs = two_outputs;

    options = infer_options(&info, KNN_NO_HEADER, sizeof(body) - 1);
    infer_any_cut(&inferred, &options, body);

    ck_assert_int_eq(inferred.rows->error.status, KNN_UNSUPPORTED);
    ck_assert_str_eq(inferred.rows->pointer, "#/outputs/0/parameters");
    infer_free(&inferred);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("infer outputs");
    tcase = tcase_create("outputs");

    tcase_add_loop_test(tcase, outputs_are_those_that_are_asked_for, 0,
                        (int) N_ASKED);
    tcase_add_test(tcase, outputs_may_come_first);
    tcase_add_test(tcase, classification_needs_one_output);

    suite_add_tcase(suite, tcase);

    return suite;
}
