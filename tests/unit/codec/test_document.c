
/*
 * Copyright (C) nginx-knn contributors
 */


/* The metadata of models: names, datatypes and shapes of their tensors. */


#include <stdio.h>

#include "../../../codec/document/document.h"
#include "../../../codec/document/document_part.h"
#include "reading.h"
#include "replying.h"


/* Fails unless a tensor's description has this name, datatype and shape. */
static void
check_tensor(yajl_val tensor, const char *name, const char *datatype,
             const char *shape)
{
    char     text[64];
    size_t   i, n;
    yajl_val dims;

    ck_assert_str_eq(YAJL_GET_STRING(replying_member(tensor, "name")), name);
    ck_assert_str_eq(YAJL_GET_STRING(replying_member(tensor, "datatype")),
                     datatype);

    dims = replying_member(tensor, "shape");

    for (i = 0, n = 0; i < dims->u.array.len; i++) {
        n += (size_t) snprintf(text + n, sizeof(text) - n, "%s%lld",
                               i == 0 ? "" : ",",
                               YAJL_GET_INTEGER(dims->u.array.values[i]));
    }

    ck_assert_str_eq(text, shape);
}


/* what each of the kinds has in its replies */
static const struct {
    const char *predict;
    const char *proba;
    const char *neighbors;
} shapes[N_KINDS] = {
    {"-1", "-1,6", "-1,3"},  {"-1", "-1,3", "-1,3"},   {"-1", "-1,3", "-1,3"},
    {"-1", "-1,2", "-1,3"},  {"-1,2", "-1,8", "-1,3"}, {"-1,2", "-1,5", "-1,3"},
    {"-1", NULL, "-1,3"},    {"-1,2", NULL, "-1,3"},   {"-1", "-1,6", "-1,-1"},
    {"-1", "-1,3", "-1,-1"}, {"-1", NULL, "-1,-1"},    {NULL, NULL, "-1,3"}};


/* Parameters are strings, numbers and truth values, as KServe has them. */
static void
check_parameters(yajl_val parameters, const kind_t *kind)
{
    size_t      i;
    yajl_val    value, tree;
    const char *classes;

    for (i = 0; i < parameters->u.object.len; i++) {
        value = parameters->u.object.values[i];
        ck_assert_msg(YAJL_IS_STRING(value) || YAJL_IS_NUMBER(value),
                      "\"%s\" is neither a string nor a number",
                      parameters->u.object.keys[i]);
    }

    value = replying_member(parameters, "metric");
    ck_assert_str_eq(YAJL_GET_STRING(value), "euclidean");

    value = replying_member(parameters, "classes");
    ck_assert((value != NULL) == (kind->outputs != NULL));

    if (value == NULL) {
        return;
    }

    classes = YAJL_GET_STRING(value);
    tree = replying_tree(classes, strlen(classes));

    if (kind->n_outputs == 1) {
        replying_is_label(replying_array(tree, kind->outputs[0].n_classes)[1],
                          &kind->outputs[0].classes[1]);
    }
    else {
        value = replying_array(tree, kind->n_outputs)[1];
        replying_is_label(replying_array(value, kind->outputs[1].n_classes)[0],
                          &kind->outputs[1].classes[0]);
    }

    yajl_tree_free(tree);
}


START_TEST(v2)
{
    char        *text;
    size_t       size, n;
    yajl_val     tree, list, *outputs;
    knn_model_t *model;

    static const char *const versions[] = {"1.0.0", "1.1.0"};

    model = replying_model(&kinds[_i]);
    text = knn_document_v2(model, "a\"b", versions, 2, &size);
    ck_assert_uint_eq(strlen(text), size);
    tree = replying_tree(text, size);

    ck_assert_str_eq(YAJL_GET_STRING(replying_member(tree, "name")), "a\"b");
    ck_assert_str_eq(YAJL_GET_STRING(replying_member(tree, "platform")),
                     "sklearn_knn");
    list = replying_array(replying_member(tree, "versions"), 2)[1];
    ck_assert_str_eq(YAJL_GET_STRING(list), "1.1.0");

    list = replying_array(replying_member(tree, "inputs"), 1)[0];
    check_tensor(list, "X", "FP64", "-1,1");

    n = (size_t) ((shapes[_i].predict != NULL) + (shapes[_i].proba != NULL));
    outputs = replying_array(replying_member(tree, "outputs"), n + 3);

    if (shapes[_i].predict != NULL) {
        check_tensor(outputs[0], "predict", kinds[_i].datatype,
                     shapes[_i].predict);
    }

    if (shapes[_i].proba != NULL) {
        check_tensor(outputs[1], "predict_proba", "FP64", shapes[_i].proba);
    }

    check_tensor(outputs[n], "kneighbors", "INT64", shapes[_i].neighbors);
    check_tensor(outputs[n + 1], "distances", "FP64", shapes[_i].neighbors);
    check_tensor(outputs[n + 2], "novelty", "FP64", "-1");
    check_parameters(replying_member(tree, "parameters"), &kinds[_i]);

    yajl_tree_free(tree);
    free(text);

    text = knn_document_v2(model, "m", NULL, 0, &size);
    tree = replying_tree(text, size);
    ck_assert_ptr_null(replying_member(tree, "versions"));
    yajl_tree_free(tree);
    free(text);

    knn_model_free(model);
}
END_TEST


START_TEST(v1)
{
    char        *text;
    size_t       size;
    yajl_val     tree, value, outputs;
    knn_model_t *model;

    static const char *const path[] = {
        "metadata", "signature_def", "signature_def", "serving_default", NULL};

    static const char *const types[][2] = {{"BYTES", "DT_STRING"},
                                           {"INT64", "DT_INT64"},
                                           {"FP64", "DT_DOUBLE"},
                                           {"BOOL", "DT_BOOL"}};

    model = replying_model(&kinds[_i]);
    text = knn_document_v1(model, "m", "1.0.0", &size);
    ck_assert_uint_eq(strlen(text), size);
    tree = replying_tree(text, size);

    value = replying_member(replying_member(tree, "model_spec"), "version");
    ck_assert_str_eq(YAJL_GET_STRING(value), "1.0.0");

    value = yajl_tree_get(tree, (const char **) path, yajl_t_object);
    outputs = replying_member(value, "outputs");
    ck_assert_uint_eq(outputs->u.object.len,
                      (size_t) (shapes[_i].predict != NULL)
                          + (shapes[_i].proba != NULL));

    if (shapes[_i].predict != NULL) {
        size = 0;

        while (strcmp(types[size][0], kinds[_i].datatype) != 0) {
            size++;
        }

        outputs = replying_member(outputs, "predict");
        ck_assert_str_eq(YAJL_GET_STRING(replying_member(outputs, "dtype")),
                         types[size][1]);
    }

    value = replying_member(replying_member(value, "inputs"), "X");
    ck_assert_str_eq(YAJL_GET_STRING(replying_member(value, "dtype")),
                     "DT_DOUBLE");
    value = replying_member(replying_member(value, "tensor_shape"), "dim");
    value = replying_member(replying_array(value, 2)[0], "size");
    ck_assert_str_eq(YAJL_GET_STRING(value), "-1");

    yajl_tree_free(tree);
    free(text);
    knn_model_free(model);
}
END_TEST


static void
write_inputs(knn_writer_t *writer, const void *data)
{
    knn_writer_literal(writer, "{\"a\":0");
    knn_document_v2_inputs(writer, data);
    knn_writer_literal(writer, "}");
}


/* Columns of texts are tensors of their own if they have names. */
START_TEST(columns)
{
    char    *text;
    size_t   i, size;
    yajl_val tree, *inputs;

    static const char *const datatypes[] = {"BYTES", "FP64", "BYTES", "FP64"};

    text = knn_writer_document(write_inputs, &shop, &size);
    tree = replying_tree(text, size);
    inputs = replying_array(replying_member(tree, "inputs"), 4);

    for (i = 0; i < 4; i++) {
        check_tensor(inputs[i], shop_names[i], datatypes[i], "-1,1");
    }

    yajl_tree_free(tree);
    free(text);

    text = knn_writer_document(write_inputs, &nameless_shop, &size);
    tree = replying_tree(text, size);
    inputs = replying_array(replying_member(tree, "inputs"), 1);
    check_tensor(inputs[0], "X", "BYTES", "-1,4");
    yajl_tree_free(tree);
    free(text);

    text = knn_writer_document(write_inputs, &iris, &size);
    tree = replying_tree(text, size);
    inputs = replying_array(replying_member(tree, "inputs"), 1);
    check_tensor(inputs[0], "X", "FP64", "-1,4");
    yajl_tree_free(tree);
    free(text);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("document");
    tcase = tcase_create("document");

    tcase_add_loop_test(tcase, v2, 0, N_KINDS);
    tcase_add_loop_test(tcase, v1, 0, N_KINDS);
    tcase_add_test(tcase, columns);
    suite_add_tcase(suite, tcase);

    return suite;
}
