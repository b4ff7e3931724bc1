
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies as arrays of NumPy, read back by hand. */


#include <stdio.h>

#include "replying.h"


/* an array that was read */
typedef struct {
    const unsigned char *p;
    const unsigned char *end;
    char                 type[16];
    size_t               rank;
    size_t               rows;
    size_t               columns;
} array_t;


/* Reads what is before the elements. */
static array_t
read_header(const replied_t *replied)
{
    int                  n;
    char                 text[256];
    size_t               size;
    array_t              array;
    const unsigned char *p;

    p = (const unsigned char *) replied->data;
    ck_assert_uint_ge(replied->size, 64);
    ck_assert_mem_eq(p, "\x93NUMPY\x01\x00", 8);

    size = p[8] + 256 * (size_t) p[9] + 10;
    ck_assert_uint_eq(size % 64, 0);
    ck_assert_uint_le(size, replied->size);
    ck_assert_int_eq(p[size - 1], '\n');
    ck_assert_uint_lt(size, sizeof(text));
    memcpy(text, p + 10, size - 10);
    text[size - 10] = '\0';

    array.columns = 1;
    n = sscanf(text,
               "{'descr': '%15[^']', 'fortran_order': False, 'shape': (%zu, "
               "%zu",
               array.type, &array.rows, &array.columns);
    ck_assert_msg(n >= 2, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, n == 2 ? ",), }" : "), }"));

    array.rank = (size_t) n - 1;
    array.p = p + size;
    array.end = p + replied->size;

    return array;
}


/* The next integer of some bytes, whatever the machine is. */
static uint64_t
take(array_t *array, size_t size)
{
    size_t   i;
    uint64_t value;

    ck_assert_uint_ge((size_t) (array->end - array->p), size);

    for (i = 0, value = 0; i < size; i++) {
        value |= (uint64_t) array->p[i] << (8 * i);
    }

    array->p += size;

    return value;
}


static void
check_number(array_t *array, double number)
{
    double   value;
    uint64_t bits;

    bits = take(array, 8);
    memcpy(&value, &bits, sizeof(double));
    ck_assert_msg(value == number || (isnan(value) && isnan(number)),
                  "%.17g became %.17g", number, value);
}


/* The characters of a text and zeros, to be put together again. */
static void
check_text(array_t *array, const char *text, size_t size)
{
    size_t   i, n;
    char     utf8[64], *p;
    uint32_t point;

    n = strtoul(array->type + 2, NULL, 10);

    for (i = 0, p = utf8; i < n; i++) {
        point = (uint32_t) take(array, 4);

        if (point < 0x80) {
            *p++ = (char) point;
        }
        else if (point < 0x800) {
            *p++ = (char) (0xC0 | point >> 6);
            *p++ = (char) (0x80 | (point & 0x3F));
        }
        else if (point < 0x10000) {
            *p++ = (char) (0xE0 | point >> 12);
            *p++ = (char) (0x80 | (point >> 6 & 0x3F));
            *p++ = (char) (0x80 | (point & 0x3F));
        }
        else {
            *p++ = (char) (0xF0 | point >> 18);
            *p++ = (char) (0x80 | (point >> 12 & 0x3F));
            *p++ = (char) (0x80 | (point >> 6 & 0x3F));
            *p++ = (char) (0x80 | (point & 0x3F));
        }
    }

    while (p > utf8 && p[-1] == '\0') {
        p--;
    }

    ck_assert_uint_eq((size_t) (p - utf8), size);
    ck_assert_mem_eq(utf8, text, size);
}


static void
check_label(array_t *array, const knn_label_t *label)
{
    char        buf[32];
    size_t      size;
    const char *text;

    if (strncmp(array->type, "<U", 2) == 0) {
        text = replying_text(label, buf, sizeof(buf), &size);
        check_text(array, text, size);
    }
    else if (label->type == KNN_LABEL_INTEGER) {
        ck_assert_str_eq(array->type, "<i8");
        ck_assert_int_eq((int64_t) take(array, 8), label->value.integer);
    }
    else if (label->type == KNN_LABEL_FLOAT) {
        ck_assert_str_eq(array->type, "<f8");
        check_number(array, label->value.number);
    }
    else {
        ck_assert_str_eq(array->type, "|b1");
        ck_assert_uint_eq(take(array, 1), label->value.boolean);
    }
}


static void
check_predict(array_t *array, const knn_query_t *query)
{
    size_t                  i, n;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    n = info->n_outputs;
    ck_assert_uint_eq(array->rank, n == 1 ? 1 : 2);
    ck_assert_uint_eq(array->columns, n);

    for (i = 0; i < query->rows * n; i++) {
        if (info->regressor) {
            ck_assert_str_eq(array->type, "<f8");
            check_number(array, query->values[i]);
        }
        else {
            check_label(array, replying_label(info, i % n, query->classes[i]));
        }
    }
}


static void
check_proba(array_t *array, const knn_query_t *query)
{
    size_t                  i, n;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);

    for (i = 0, n = 0; i < info->n_outputs; i++) {
        n += info->outputs[i].n_classes;
    }

    ck_assert_str_eq(array->type, "<f8");
    ck_assert_uint_eq(array->rank, 2);
    ck_assert_uint_eq(array->columns, n);

    for (i = 0; i < query->rows * n; i++) {
        check_number(array, query->proba[i]);
    }
}


static void
check_neighbors(array_t *array, const knn_query_t *query)
{
    size_t row, i;

    ck_assert_str_eq(array->type, "<i8");
    ck_assert_uint_eq(array->rank, 2);
    ck_assert(query->rows == 0 || array->columns == replying_width(query));

    for (row = 0; row < query->rows; row++) {
        for (i = query->first[row]; i < query->first[row] + array->columns; i++)
        {
            ck_assert_int_eq((int64_t) take(array, 8), i < query->first[row + 1]
                                                           ? query->indices[i]
                                                           : -1);
        }
    }
}


START_TEST(arrays)
{
    size_t       n;
    array_t      array;
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
        for (outputs = 1; outputs < 8; outputs *= 2) {
            if (outputs & ~knn_model_info(model)->serves) {
                continue;
            }

            query = replying_query(model, n, outputs);
            replied = replying(reply, query, &rows, KNN_REPLY_NPY);
            array = read_header(&replied);
            ck_assert_uint_eq(array.rows, n);

            if (outputs == KNN_PREDICT) {
                check_predict(&array, query);
            }
            else if (outputs == KNN_PREDICT_PROBA) {
                check_proba(&array, query);
            }
            else {
                check_neighbors(&array, query);
            }

            ck_assert_ptr_eq(array.p, array.end);
            free(replied.data);
            free(query);
        }
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

    suite = suite_create("reply NPY");
    tcase = tcase_create("NPY");

    tcase_add_loop_test(tcase, arrays, 0, N_KINDS);
    suite_add_tcase(suite, tcase);

    return suite;
}
