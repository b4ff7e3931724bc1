
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies of the Open Inference Protocol, read back by hand. */


#include <stdio.h>

#include "replying.h"


#define ALL (KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS)


/* an output that was read */
typedef struct {
    const char          *name;
    const char          *datatype;
    size_t               rank;
    size_t               rows;
    size_t               columns;
    bool                 binary;
    yajl_val            *data;
    const unsigned char *bytes;
    const unsigned char *end;
} tensor_t;


/* Reads an output and moves bytes behind what is of it. */
static tensor_t
read_tensor(yajl_val output, const unsigned char **bytes)
{
    yajl_val  value;
    tensor_t  tensor;
    yajl_val *shape;

    memset(&tensor, 0, sizeof(tensor_t));

    tensor.name = YAJL_GET_STRING(replying_member(output, "name"));
    tensor.datatype = YAJL_GET_STRING(replying_member(output, "datatype"));

    value = replying_member(output, "shape");
    tensor.rank = value->u.array.len;
    shape = value->u.array.values;
    tensor.rows = (size_t) YAJL_GET_INTEGER(shape[0]);
    tensor.columns = tensor.rank == 1 ? 1 : (size_t) YAJL_GET_INTEGER(shape[1]);

    value = replying_member(output, "parameters");

    if (value == NULL) {
        ck_assert_uint_eq(output->u.object.len, 4);
        tensor.data = replying_array(replying_member(output, "data"),
                                     tensor.rows * tensor.columns);
        return tensor;
    }

    ck_assert_ptr_null(replying_member(output, "data"));
    value = replying_member(value, "binary_data_size");
    ck_assert(YAJL_IS_INTEGER(value));

    tensor.binary = true;
    tensor.bytes = *bytes;
    tensor.end = *bytes += YAJL_GET_INTEGER(value);

    return tensor;
}


/* The next integer of some bytes, whatever the machine is. */
static uint64_t
take(tensor_t *tensor, size_t size)
{
    size_t   i;
    uint64_t value;

    ck_assert_uint_ge((size_t) (tensor->end - tensor->bytes), size);

    for (i = 0, value = 0; i < size; i++) {
        value |= (uint64_t) tensor->bytes[i] << (8 * i);
    }

    tensor->bytes += size;

    return value;
}


/* The next element is this number. */
static void
check_number(tensor_t *tensor, double number)
{
    double   value;
    uint64_t bits;

    if (!tensor->binary) {
        replying_number(*tensor->data++, number);
        return;
    }

    bits = take(tensor, 8);
    memcpy(&value, &bits, sizeof(double));
    ck_assert_msg(value == number || (isnan(value) && isnan(number)),
                  "%.17g became %.17g", number, value);
}


static void
check_integer(tensor_t *tensor, int64_t integer)
{
    if (!tensor->binary) {
        ck_assert(YAJL_IS_INTEGER(*tensor->data));
        ck_assert_int_eq(YAJL_GET_INTEGER(*tensor->data), integer);
        tensor->data++;
        return;
    }

    ck_assert_int_eq((int64_t) take(tensor, 8), integer);
}


static void
check_text(tensor_t *tensor, const char *text, size_t size)
{
    if (!tensor->binary) {

        /* the tree ends strings with NUL */

        ck_assert(YAJL_IS_STRING(*tensor->data));
        ck_assert_str_eq(YAJL_GET_STRING(*tensor->data), text);
        tensor->data++;
        return;
    }

    ck_assert_uint_eq(take(tensor, 4), size);
    ck_assert_uint_ge((size_t) (tensor->end - tensor->bytes), size);
    ck_assert_mem_eq(tensor->bytes, text, size);
    tensor->bytes += size;
}


static void
check_label(tensor_t *tensor, const knn_label_t *label)
{
    char        buf[32];
    size_t      size;
    const char *text;

    if (strcmp(tensor->datatype, "BYTES") == 0) {
        text = replying_text(label, buf, sizeof(buf), &size);
        check_text(tensor, text, size);
        return;
    }

    if (!tensor->binary) {
        replying_is_label(*tensor->data++, label);
    }
    else if (label->type == KNN_LABEL_INTEGER) {
        check_integer(tensor, label->value.integer);
    }
    else if (label->type == KNN_LABEL_FLOAT) {
        check_number(tensor, label->value.number);
    }
    else {
        ck_assert_uint_eq(take(tensor, 1), label->value.boolean);
    }
}


/* Fails unless datatype and shape are these. */
static void
check_shape(const tensor_t *tensor, const char *datatype, size_t rank,
            size_t columns)
{
    ck_assert_str_eq(tensor->datatype, datatype);
    ck_assert_uint_eq(tensor->rank, rank);
    ck_assert_uint_eq(tensor->columns, columns);
}


static void
check_predict(tensor_t *tensor, const knn_query_t *query, const kind_t *kind)
{
    size_t                  i, n;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    n = kind->n_outputs;
    check_shape(tensor, kind->datatype, n == 1 ? 1 : 2, n);

    for (i = 0; i < query->rows * n; i++) {
        if (info->regressor) {
            check_number(tensor, query->values[i]);
        }
        else {
            check_label(tensor, replying_label(info, i % n, query->classes[i]));
        }
    }
}


static void
check_proba(tensor_t *tensor, const knn_query_t *query, const kind_t *kind)
{
    size_t i, n;

    for (i = 0, n = 0; i < kind->n_outputs; i++) {
        n += kind->outputs[i].n_classes;
    }

    check_shape(tensor, "FP64", 2, n);

    for (i = 0; i < query->rows * n; i++) {
        check_number(tensor, query->proba[i]);
    }
}


/* Indices or distances, which rows with few neighbors have less of. */
static void
check_neighbors(tensor_t *tensor, const knn_query_t *query, bool indices)
{
    size_t row, i, width;

    width = query->rows == 0 ? tensor->columns : replying_width(query);
    check_shape(tensor, indices ? "INT64" : "FP64", 2, width);

    for (row = 0; row < query->rows; row++) {
        for (i = query->first[row]; i < query->first[row] + width; i++) {
            if (indices) {
                check_integer(
                    tensor, i < query->first[row + 1] ? query->indices[i] : -1);
            }
            else {
                check_number(tensor, i < query->first[row + 1]
                                         ? query->distances[i]
                                         : NAN);
            }
        }
    }
}


/* Fails unless a tensor is that of the query. */
static void
check_tensor(tensor_t *tensor, const knn_wanted_t *wanted,
             const knn_query_t *query, const kind_t *kind)
{
    size_t i;

    ck_assert_str_eq(tensor->name, wanted->name);
    ck_assert_uint_eq(tensor->rows, query->rows);

    switch (wanted->tensor) {

    case KNN_TENSOR_PREDICT:
        check_predict(tensor, query, kind);
        break;

    case KNN_TENSOR_PROBA:
        check_proba(tensor, query, kind);
        break;

    case KNN_TENSOR_NOVELTY:
        check_shape(tensor, "FP64", 1, 1);

        for (i = 0; i < query->rows; i++) {
            check_number(tensor, query->novelty[i]);
        }

        break;

    default:
        check_neighbors(tensor, query, wanted->tensor == KNN_TENSOR_NEIGHBORS);
        break;
    }

    ck_assert_msg(tensor->bytes == tensor->end, "%s has surplus bytes",
                  tensor->name);
}


/* Reads a whole reply. */
static void
check_reply(const replied_t *replied, const knn_rows_t *rows,
            const knn_query_t *query, const kind_t *kind)
{
    size_t               i, json;
    yajl_val             tree, *outputs;
    tensor_t             tensor;
    const unsigned char *bytes, *end;

    json = replied->json == 0 ? replied->size : replied->json;
    tree = replying_tree(replied->data, json);

    ck_assert_str_eq(tree->u.object.keys[0], "model_name");
    ck_assert_str_eq(tree->u.object.keys[1], "model_version");
    ck_assert_str_eq(YAJL_GET_STRING(tree->u.object.values[0]), "m\"\n");
    ck_assert_str_eq(YAJL_GET_STRING(tree->u.object.values[1]), "1.0.0");
    ck_assert_uint_eq(tree->u.object.len, rows->id == NULL ? 3 : 4);

    if (rows->id != NULL) {
        ck_assert_str_eq(YAJL_GET_STRING(replying_member(tree, "id")),
                         rows->id);
    }

    bytes = (const unsigned char *) replied->data + json;
    end = (const unsigned char *) replied->data + replied->size;
    outputs = replying_array(replying_member(tree, "outputs"), rows->n_wanted);

    for (i = 0; i < rows->n_wanted; i++) {
        tensor = read_tensor(outputs[i], &bytes);
        ck_assert(tensor.binary == rows->wanted[i].binary);
        check_tensor(&tensor, &rows->wanted[i], query, kind);
    }

    ck_assert_msg(bytes == end, "%d bytes are of no tensor",
                  (int) (end - bytes));

    yajl_tree_free(tree);
}


/* The outputs that a tensor needs. */
static unsigned
needs(knn_tensor_e tensor)
{
    static const unsigned outputs[] = {KNN_PREDICT, KNN_PREDICT_PROBA,
                                       KNN_KNEIGHBORS, KNN_KNEIGHBORS,
                                       KNN_KNEIGHBORS};

    return outputs[tensor];
}


/* Asks for all tensors of a model, the i-th in binary if that bit is set. */
static void
want(knn_rows_t *rows, unsigned serves, unsigned binary)
{
    knn_tensor_e  tensor;
    knn_wanted_t *wanted;

    memset(rows, 0, sizeof(knn_rows_t));

    for (tensor = 0; tensor < KNN_TENSORS; tensor++) {
        if ((needs(tensor) & serves) == 0) {
            continue;
        }

        wanted = &rows->wanted[rows->n_wanted];
        wanted->tensor = tensor;
        wanted->name = tensor == KNN_TENSOR_PREDICT ? "output-0"
                                                    : knn_tensor_names[tensor];
        wanted->binary = (binary >> rows->n_wanted) & 1;
        rows->n_wanted++;
    }
}


START_TEST(tensors)
{
    size_t        n;
    unsigned      binary, serves;
    replied_t     replied;
    knn_rows_t    rows;
    knn_model_t  *model;
    knn_query_t  *query;
    knn_reply_t  *reply;
    const kind_t *kind = &kinds[_i];

    model = replying_model(kind);
    serves = knn_model_info(model)->serves;
    reply = knn_reply_create(model, "m\"\n", "1.0.0");

    for (n = 0; n <= ROWS; n += n == 0 ? 1 : ROWS - 1) {
        query = replying_query(model, n, serves);

        for (binary = 0; binary < 32; binary++) {
            want(&rows, serves, binary);
            rows.id = binary & 1 ? "a\"\n\xC3\xA9" : NULL;
            rows.id_size = binary & 1 ? 5 : 0;

            replied = replying(reply, query, &rows, KNN_REPLY_V2);
            ck_assert((replied.json > 0)
                      == (n > 0 && (binary & ((1u << rows.n_wanted) - 1))));
            check_reply(&replied, &rows, query, kind);
            free(replied.data);
        }

        free(query);
    }

    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* NUL in a label does not end it in JSON, and bytes stay what they are. */
START_TEST(members_in_order)
{
    replied_t    replied;
    knn_rows_t   rows;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;

    static const char expected[] =
        "{\"model_name\":\"m\",\"model_version\":\"2.0.0\",\"id\":\"7\","
        "\"outputs\":[{\"name\":\"output-0\",\"datatype\":\"BYTES\","
        "\"shape\":[1],\"data\":[\"d\\r\\n\\te\"]},{\"name\":"
        "\"predict_proba\",\"datatype\":\"FP64\",\"shape\":[1,6],\"parameters\""
        ":{\"binary_data_size\":48}}]}";

    model = replying_model(&kinds[0]);
    query = replying_query(model, 1, KNN_PREDICT | KNN_PREDICT_PROBA);
    reply = knn_reply_create(model, "m", "2.0.0");
    want(&rows, KNN_PREDICT | KNN_PREDICT_PROBA, 2);
    rows.id = "7";
    rows.id_size = 1;

    replied = replying(reply, query, &rows, KNN_REPLY_V2);
    ck_assert_uint_eq(replied.json, sizeof(expected) - 1);
    ck_assert_uint_eq(replied.size, sizeof(expected) - 1 + 48);
    ck_assert_mem_eq(replied.data, expected, replied.json);
    free(replied.data);

    query->classes[0] = 4;
    replied = replying(reply, query, &rows, KNN_REPLY_V2);
    ck_assert_ptr_nonnull(
        memmem(replied.data, replied.size, "[\"f\\u0000g\"]", 12));
    free(replied.data);

    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* Reads "0.5:1:label"; returns the class. */
static size_t
ranked(const char *text, const knn_query_t *query, size_t row, double *proba)
{
    char *end;
    size_t class;

    *proba = strtod(text, &end);
    ck_assert_int_eq(*end, ':');
    class = strtoul(end + 1, &end, 10);
    ck_assert_int_eq(*end, ':');
    ck_assert_uint_lt(class, 6);
    ck_assert_str_eq(end + 1, odd[class].value.string.data);
    ck_assert(query->proba[row * 6 + class] == *proba);

    return class;
}


/* The classes of a row fall in probability, equals rise in number. */
static void
check_classification(const replied_t *replied, const knn_query_t *query,
                     size_t n)
{
    char                 text[64];
    size_t               i, row, class, last, size;
    double               proba, before;
    yajl_val             tree, *outputs;
    tensor_t             tensor, binary;
    const unsigned char *bytes;

    tree = replying_tree(replied->data, replied->json);
    outputs = replying_array(replying_member(tree, "outputs"), 2);
    bytes = (const unsigned char *) replied->data + replied->json;
    tensor = read_tensor(outputs[0], &bytes);
    binary = read_tensor(outputs[1], &bytes);
    check_shape(&tensor, "BYTES", 2, n);
    check_shape(&binary, "BYTES", 2, n);

    for (row = 0; row < query->rows; row++) {
        for (i = 0, last = 0, before = 2; i < n; i++) {
            class = ranked(YAJL_GET_STRING(*tensor.data), query, row, &proba);
            tensor.data++;
            ck_assert(proba < before || (proba == before && class > last));
            before = proba;
            last = class;

            size = take(&binary, 4);
            ck_assert_uint_lt(size, sizeof(text));
            memcpy(text, binary.bytes, size);
            text[size] = '\0';
            binary.bytes += size;
            ck_assert_uint_eq(ranked(text, query, row, &proba), class);
        }
    }

    ck_assert_ptr_eq(binary.bytes, binary.end);
    yajl_tree_free(tree);
}


START_TEST(classification)
{
    size_t       n;
    replied_t    replied;
    knn_rows_t   rows;
    knn_model_t *model;
    knn_query_t *query;
    knn_reply_t *reply;

    model = replying_model(&kinds[_i]);
    query = replying_query(model, ROWS, KNN_PREDICT_PROBA);
    reply = knn_reply_create(model, "m", "1.0.0");

    for (n = 1; n < 9; n++) {
        memset(&rows, 0, sizeof(knn_rows_t));
        rows.n_wanted = 2;
        rows.wanted[0] =
            (knn_wanted_t){KNN_TENSOR_PREDICT, "output-0", false, n};
        rows.wanted[1] =
            (knn_wanted_t){KNN_TENSOR_PROBA, "predict_proba", true, n};

        replied = replying(reply, query, &rows, KNN_REPLY_V2);
        check_classification(&replied, query, n < 6 ? n : 6);
        free(replied.data);
    }

    /* where nothing is a number, as where nothing differs, numbers decide */

    for (n = 0; n < 6; n++) {
        query->proba[n] = NAN;
    }

    replied = replying(reply, query, &rows, KNN_REPLY_V2);
    ck_assert_ptr_nonnull(memmem(replied.data, replied.size, "null:5:", 7));
    free(replied.data);

    free(query);
    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


/* No size is a small number when it is more than memory has. */
START_TEST(size_overflows_to_zero)
{
    size_t       rows_of[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 8};
    knn_rows_t   rows;
    knn_model_t *model;
    knn_query_t  query;
    knn_reply_t *reply;

    model = replying_model(&kinds[0]);
    reply = knn_reply_create(model, "m", "1.0.0");
    want(&rows, KNN_PREDICT | KNN_PREDICT_PROBA, 1);

    memset(&query, 0, sizeof(knn_query_t));
    query.outputs = KNN_PREDICT | KNN_PREDICT_PROBA;
    query.rows = rows_of[_i % 3];
    ck_assert_uint_eq(
        knn_reply_size(reply, &query, &rows, (knn_reply_form_e) (_i / 3)), 0);

    knn_reply_destroy(reply);
    knn_model_free(model);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("reply V2");
    tcase = tcase_create("V2");

    tcase_add_loop_test(tcase, tensors, 0, N_KINDS);
    tcase_add_test(tcase, members_in_order);
    tcase_add_loop_test(tcase, classification, 0, 1);
    tcase_add_loop_test(tcase, classification, 8, 9);
    tcase_add_loop_test(tcase, size_overflows_to_zero, 0, 3 * KNN_REPLY_FORMS);
    suite_add_tcase(suite, tcase);

    return suite;
}
