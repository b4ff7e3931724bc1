
/*
 * Copyright (C) nginx-knn contributors
 */


/* Elements of tensors and arrays against NumPy's values of them. */


#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../checking.h"
#include "datatypes.h"


#define N_ELEMENTS (sizeof(elements) / sizeof(elements[0]))


/* The bits of a value, the same for every NaN. */
static uint64_t
bits_of(double value)
{
    uint64_t bits;

    value = isnan(value) ? (double) NAN : value;
    memcpy(&bits, &value, sizeof(double));

    return bits;
}


/* FNV-1a of the values of all elements of 16 bits. */
static uint64_t
digest(knn_datatype_e type)
{
    size_t    i;
    double   *values;
    uint16_t *data;
    uint64_t  result;

    data = malloc(65536 * sizeof(uint16_t));
    values = malloc(65536 * sizeof(double));

    for (i = 0; i < 65536; i++) {
        data[i] = (uint16_t) i;
    }

    knn_datatype_read(type, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
                      (const char *) data, 65536, values, 1);

    result = 14695981039346656037u;

    for (i = 0; i < 65536; i++) {
        result = (result ^ bits_of(values[i])) * 1099511628211u;
    }

    free(values);
    free(data);

    return result;
}


START_TEST(values_are_those_of_numpy)
{
    char            *data;
    double           values[3 * MOST];
    size_t           i, stride, size;
    const element_t *e;

    e = &elements[_i];
    size = e->count * knn_datatypes[e->type].size;

    /* on an odd address, in memory of its own */
    data = malloc(size + 1);
    memcpy(data + 1, e->data, size);

    for (stride = 1; stride <= 3; stride++) {
        for (i = 0; i < 3 * MOST; i++) {
            values[i] = -7;
        }

        knn_datatype_read(e->type, e->swap, data + 1, e->count, values, stride);

        for (i = 0; i < 3 * MOST; i++) {
            if (i % stride == 0 && i / stride < e->count) {
                ck_assert_msg(bits_of(values[i]) == e->bits[i / stride],
                              "%s, swap %d, element %zu is %a",
                              knn_datatypes[e->type].name, e->swap, i / stride,
                              values[i]);
            }
            else {
                ck_assert_msg(values[i] == -7, "%s: a value between is written",
                              knn_datatypes[e->type].name);
            }
        }
    }

    free(data);
}
END_TEST


START_TEST(each_half_is_exact)
{
    ck_assert_uint_eq(digest(KNN_FP16), ALL_HALVES);
    ck_assert_uint_eq(digest(KNN_BF16), ALL_BRAINS);
}
END_TEST


START_TEST(long_arrays_are_read_whole)
{
    double   values[1000];
    size_t   i, count;
    uint16_t data[1000];

    for (i = 0; i < 1000; i++) {
        data[i] = (uint16_t) (i * 61);
    }

    for (count = 1; count <= 1000; count += count < 270 ? 1 : 73) {
        memset(values, 0, sizeof(values));
        knn_datatype_read(KNN_UINT16, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
                          (const char *) data, count, values, 1);

        for (i = 0; i < 1000; i++) {
            ck_assert_double_eq(values[i], i < count ? data[i] : 0);
        }
    }
}
END_TEST


START_TEST(any_byte_but_zero_is_true)
{
    double values[3];

    knn_datatype_read(KNN_BOOL, false, "\x02\x00\xff", 3, values, 1);

    ck_assert_double_eq(values[0], 1);
    ck_assert_double_eq(values[1], 0);
    ck_assert_double_eq(values[2], 1);
}
END_TEST


START_TEST(names_are_found)
{
    knn_datatype_e type;

    for (type = 0; type < KNN_DATATYPES; type++) {
        ck_assert_int_eq(knn_datatype_find(knn_datatypes[type].name,
                                           strlen(knn_datatypes[type].name)),
                         type);
    }

    ck_assert_int_eq(knn_datatype_find("FP32x", 4), KNN_FP32);
    ck_assert_int_eq(knn_datatype_find("fp32", 4), KNN_DATATYPES);
    ck_assert_int_eq(knn_datatype_find("FP3", 3), KNN_DATATYPES);
    ck_assert_int_eq(knn_datatype_find("FP32", 5), KNN_DATATYPES);
    ck_assert_int_eq(knn_datatype_find("", 0), KNN_DATATYPES);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("datatype");
    tcase = tcase_create("datatype");

    tcase_add_loop_test(tcase, values_are_those_of_numpy, 0, (int) N_ELEMENTS);
    tcase_add_test(tcase, each_half_is_exact);
    tcase_add_test(tcase, long_arrays_are_read_whole);
    tcase_add_test(tcase, any_byte_but_zero_is_true);
    tcase_add_test(tcase, names_are_found);

    suite_add_tcase(suite, tcase);

    return suite;
}
