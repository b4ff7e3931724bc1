
/*
 * Copyright (C) nginx-knn contributors
 */


/* Arrays, their dtypes and elements, and single values. */


#include <math.h>

#include "inert.h"

#include "../../../model/pickle/ndarray.h"
#include "../../../model/pickle/scalar.h"


#define SHAPE_1(n)       "I" n "\n"
#define SHAPE_2(m, n)    "I" m "\nI" n "\n"
#define ZEROS_4          "\\x00\\x00\\x00\\x00"
#define ONE              ZEROS_4 "\\x00\\x00\\xf0\\x3f"
#define MINUS_TWO        ZEROS_4 "\\x00\\x00\\x00\\xc0"
#define BIG_ONE          "\\x3f\\xf0\\x00\\x00" ZEROS_4
#define OLD_DTYPE(state) "cnumpy\ndtype\n(S'f8'\nI00\nI01\ntR" state "b"
#define FROMBUFFER       "cnumpy._core.numeric\n_frombuffer\n"


typedef struct {
    const char *name;
    const char *data;
    size_t      size;
    double      expected[4];
    size_t      count;
} numbers_t;

typedef struct {
    const char *name;
    const char *data;
    size_t      size;
    const char *word;
} refused_t;

#define NUMBERS(name, pickle, n, ...)                                          \
    {                                                                          \
        name, pickle ".", sizeof(pickle), {__VA_ARGS__}, n                     \
    }
#define REFUSED(name, pickle, word)                                            \
    {                                                                          \
        name, pickle ".", sizeof(pickle), word                                 \
    }


static const numbers_t numbers[] = {
    NUMBERS("float64", ARRAY(SHAPE_1("2"), DTYPE("f8"), ONE MINUS_TWO), 2, 1,
            -2),
    NUMBERS("big-endian",
            ARRAY(SHAPE_1("1"), DTYPE_STATE("f8", ">", "N", "-1"), BIG_ONE), 1,
            1),
    NUMBERS("float32",
            ARRAY(SHAPE_1("2"), DTYPE("f4"),
                  "\\x00\\x00\\x80\\x3f\\x00\\x00\\x00\\xc0"),
            2, 1, -2),
    NUMBERS("int8", ARRAY(SHAPE_1("2"), DTYPE("i1"), "\\x7f\\x80"), 2, 127,
            -128),
    NUMBERS("uint8", ARRAY(SHAPE_1("2"), DTYPE("u1"), "\\x7f\\x80"), 2, 127,
            128),
    NUMBERS("int16", ARRAY(SHAPE_1("1"), DTYPE("i2"), "\\x00\\x80"), 1, -32768),
    NUMBERS(
        "big-endian int16",
        ARRAY(SHAPE_1("1"), DTYPE_STATE("i2", ">", "N", "-1"), "\\x01\\x02"), 1,
        258),
    NUMBERS("uint16", ARRAY(SHAPE_1("1"), DTYPE("u2"), "\\x00\\x80"), 1, 32768),
    NUMBERS("int32", ARRAY(SHAPE_1("1"), DTYPE("i4"), "\\xff\\xff\\xff\\xff"),
            1, -1),
    NUMBERS("int64",
            ARRAY(SHAPE_1("1"), DTYPE("i8"),
                  "\\xfe\\xff\\xff\\xff\\xff\\xff"
                  "\\xff\\xff"),
            1, -2),
    NUMBERS("uint64",
            ARRAY(SHAPE_1("1"), DTYPE("u8"),
                  "\\x00\\x00\\x00\\x00\\x00\\x00"
                  "\\x00\\x80"),
            1, 9223372036854775808.0),
    NUMBERS("bool", ARRAY(SHAPE_1("2"), DTYPE("b1"), "\\x00\\x02"), 2, 0, 1),
    NUMBERS("float16",
            ARRAY(SHAPE_1("4"), DTYPE("f2"),
                  "\\x00\\x3c\\x00\\xc0\\x01\\x00\\xff\\x7b"),
            4, 1, -2, 0x1p-24, 65504),
    NUMBERS("float16 without an end",
            ARRAY(SHAPE_1("2"), DTYPE("f2"), "\\x00\\x7c\\x00\\xfc"), 2,
            INFINITY, -INFINITY),
    NUMBERS("a dtype's state of version 0",
            ARRAY(SHAPE_1("1"), OLD_DTYPE("(S'>'\nNNI8\nI8\nt"), BIG_ONE), 1,
            1),
    NUMBERS("a dtype's state of version 1",
            ARRAY(SHAPE_1("1"), OLD_DTYPE("(I1\nS'>'\nNNI8\nI8\nt"), BIG_ONE),
            1, 1),
    NUMBERS(
        "a dtype's state of version 2",
        ARRAY(SHAPE_1("1"), OLD_DTYPE("(I2\nS'>'\nNNNI-1\nI-1\nt"), BIG_ONE), 1,
        1),
    NUMBERS("a dtype's state of version 4",
            ARRAY(SHAPE_1("1"), OLD_DTYPE("(I4\nS'>'\nNNNI-1\nI-1\nI0\n}t"),
                  BIG_ONE),
            1, 1),
    NUMBERS("a dtype without a state",
            ARRAY(SHAPE_1("1"), "cnumpy\ndtype\n(S'f8'\nI00\nI01\ntR", ONE), 1,
            1),
    NUMBERS("an array's state of version 0",
            RECONSTRUCT "((I2\nI2\nt" DTYPE("i1") "I1\nS'abcd'\ntb", 4, 97, 99,
            98, 100),
    NUMBERS("two dimensions",
            ARRAY(SHAPE_2("2", "2"), DTYPE("i1"), "\\x01\\x02\\x03\\x04"), 4, 1,
            2, 3, 4),
    NUMBERS("Fortran",
            ARRAY_OF(SHAPE_2("2", "2"), DTYPE("i1"), "I01\n",
                     "S'\\x01\\x02\\x03\\x04'\n"),
            4, 1, 3, 2, 4),
    NUMBERS("Fortran of float64",
            ARRAY_OF(SHAPE_2("1", "2"), DTYPE("f8"), "I01\n",
                     "S'" ONE MINUS_TWO "'\n"),
            2, 1, -2),
    NUMBERS("no dimension", ARRAY("", DTYPE("i1"), "\\x07"), 1, 7),
    NUMBERS("no rows", ARRAY(SHAPE_2("0", "3"), DTYPE("f8"), ""), 0, 0),
    NUMBERS("bytes that are text",
            ARRAY_OF(SHAPE_1("2"), DTYPE("u1"), "I00\n",
                     "c_codecs\nencode\n(V\xff"
                     "a\nVlatin1\ntR"),
            2, 255, 97),
    NUMBERS(
        "bytes()",
        ARRAY_OF(SHAPE_1("0"), DTYPE("u1"), "I00\n", "c__builtin__\nbytes\n)R"),
        0, 0),
    NUMBERS("bytearray(bytes)",
            ARRAY_OF(SHAPE_1("1"), DTYPE("u1"), "I00\n",
                     "cbuiltins\nbytearray\nC\1a\x85R"),
            1, 97),
    NUMBERS("_frombuffer",
            FROMBUFFER "(\x96\2\0\0\0\0\0\0\0\1\2" DTYPE("i1") "(I1\nI2\ntS'C'"
                                                               "\ntR",
            2, 1, 2),
    NUMBERS("_frombuffer of Fortran",
            FROMBUFFER "(C\4\1\2\3\4" DTYPE("i1") "(I2\nI2\ntS'F'\ntR", 4, 1, 3,
            2, 4),
    NUMBERS("joblib", WRAPPER("I2\n", "C", DTYPE("i1"), "") "\1\2", 2, 1, 2),
    NUMBERS("joblib with alignment None",
            WRAPPER("I2\n", "C", DTYPE("i1"),
                    "S'numpy_array_alignment_bytes'\nN") "\1\2",
            2, 1, 2),
    NUMBERS(
        "joblib with filling",
        WRAPPER(
            "I2\nI2\n", "F", DTYPE("i1"),
            "S'numpy_array_alignment_bytes'\nI16\n") "\3\xff\xff\xff\1\2\3\4",
        4, 1, 3, 2, 4),
    NUMBERS("joblib's array through memmap",
            "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(S'subclass'\n"
            "cnumpy\nmemmap\nS'shape'\n(I1\ntS'order'\nS'C'\nS'dtype'\n" DTYPE(
                "i1") "ub\5",
            1, 5),
};


static void
read_array(const char *data, size_t size, knn_ndarray_t *array)
{
    knn_status_e rc;

    rc = knn_ndarray_read(arena, accept(data, size), array, &err);
    ck_assert_msg(rc == KNN_OK, "%s", err.message);
}


START_TEST(good_numbers)
{
    size_t           i;
    const double    *doubles;
    const int64_t   *integers;
    knn_ndarray_t    array;
    const numbers_t *row;

    row = &numbers[_i];
    read_array(row->data, row->size, &array);
    ck_assert_msg(array.count == row->count, "%s: %zu", row->name, array.count);

    doubles = knn_ndarray_doubles(arena, &array, &err);
    ck_assert_msg(doubles != NULL, "%s: %s", row->name, err.message);

    for (i = 0; i < row->count; i++) {
        ck_assert_msg(doubles[i] == row->expected[i], "%s: %g", row->name,
                      doubles[i]);
    }

    integers = knn_ndarray_integers(arena, &array, &err);

    if (array.dtype.kind == 'f') {
        ck_assert_ptr_null(integers);
        check_message("not integers");
        return;
    }

    for (i = 0; i < row->count; i++) {
        ck_assert_msg(integers[i] == (int64_t) (uint64_t) row->expected[i]
                          || (double) integers[i] == row->expected[i],
                      "%s: %lld", row->name, (long long) integers[i]);
    }
}
END_TEST


/* Wherever the memory ends. */
START_TEST(good_numbers_full)
{
    size_t           left;
    knn_value_t     *value;
    knn_ndarray_t    array;
    const numbers_t *row;

    row = &numbers[_i];

    for (left = 0; left < 8192; left += sizeof(void *)) {
        arena_leave(left);
        value = read_bytes(row->data, row->size);

        if (value != NULL
            && knn_ndarray_read(arena, value, &array, &err) == KNN_OK
            && knn_ndarray_doubles(arena, &array, &err) != NULL
            && (array.dtype.kind == 'f'
                || knn_ndarray_integers(arena, &array, &err) != NULL))
        {
            return;
        }

        ck_assert_msg(err.status == KNN_LIMIT, "%s: %s", row->name,
                      err.message);
    }

    ck_abort_msg("%s does not fit", row->name);
}
END_TEST


/* Wherever in memory the file's bytes come to lie. */
START_TEST(any_boundary)
{
    char         *data;
    size_t        i;
    const double *doubles;
    knn_ndarray_t array;

    static const char pickle[] = FROMBUFFER
        "(\x96\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0" DTYPE(
            "f8") "(I2\ntS'C'\ntR.";

    data = malloc(sizeof(pickle) + 8);
    ck_assert_ptr_nonnull(data);

    for (i = 0; i < 8; i++) {
        memcpy(data + i, pickle, sizeof(pickle));
        ck_assert_int_eq(
            knn_ndarray_read(arena,
                             knn_pickle_read(arena, data + i,
                                             sizeof(pickle) - 1, &beside, &err),
                             &array, &err),
            KNN_OK);
        doubles = knn_ndarray_doubles(arena, &array, &err);
        ck_assert_ptr_nonnull(doubles);
        ck_assert_uint_eq((uintptr_t) doubles % sizeof(double), 0);
        ck_assert(doubles[0] == 1 && doubles[1] == -2);
    }

    free(data);
}
END_TEST


static const refused_t refused[] = {
    REFUSED("a list", "]", "a list, not a numpy array"),
    REFUSED("sparse", "cscipy.sparse._csr\ncsr_matrix\n)\x81}b",
            "scipy.sparse matrix"),
    REFUSED("no state", RECONSTRUCT, "state"),
    REFUSED("another class",
            "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(I0\n"
            "tS'b'\ntR(I1\n(I0\nt" DTYPE("f8") "I00\nS''\ntb",
            "class"),
    REFUSED("no class",
            "cnumpy.core.multiarray\n_reconstruct\n)R(I1\n(I0\nt" DTYPE(
                "f8") "I00\nS''\ntb",
            "class"),
    REFUSED("a state without data",
            RECONSTRUCT "(I1\n(I0\nt" DTYPE("f8") "I00\ntb",
            "without its data"),
    REFUSED("a short state", RECONSTRUCT "(I1\n(I0\nt" DTYPE("f8") "tb",
            "version 0 nor 1"),
    REFUSED("a state of version 0 that is short",
            RECONSTRUCT "((I0\nt" DTYPE("f8") "tb", "version 0 nor 1"),
    REFUSED("an empty state", RECONSTRUCT ")b", "version 0 nor 1"),
    REFUSED("a state of text", RECONSTRUCT "S'x'\nb", "version 0 nor 1"),
    REFUSED("an order of None",
            RECONSTRUCT "(I1\n(I0\nt" DTYPE("f8") "NS''\ntb",
            "neither 'C' nor 'F'"),
    REFUSED("data short", ARRAY(SHAPE_1("2"), DTYPE("f8"), ONE), "8 bytes"),
    REFUSED("data long", ARRAY(SHAPE_1("1"), DTYPE("f8"), ONE ONE), "16 bytes"),
    REFUSED("data are numbers",
            ARRAY_OF(SHAPE_1("1"), DTYPE("f8"), "I00\n", "I1\n"), "not bytes"),
    REFUSED("data are encoded otherwise",
            ARRAY_OF(SHAPE_1("1"), DTYPE("u1"), "I00\n",
                     "c_codecs\nencode\n(Va\nVutf-8\ntR"),
            "not bytes"),
    REFUSED("data are no bytes as text",
            ARRAY_OF(SHAPE_1("1"), DTYPE("u1"), "I00\n",
                     "c_codecs\nencode\n(V\\u20ac\nVlatin1\ntR"),
            "characters that are none"),
    REFUSED("shape negative", ARRAY(SHAPE_1("-1"), DTYPE("f8"), ""),
            "negative"),
    REFUSED("shape of text", ARRAY("S'1'\n", DTYPE("f8"), ONE), "shape"),
    REFUSED("shape of floats", ARRAY("F1\n", DTYPE("f8"), ONE), "shape"),
    REFUSED("shape beyond 64 bits",
            ARRAY(SHAPE_1("18446744073709551616"), DTYPE("f8"), ""), "shape"),
    REFUSED("shape that wraps",
            ARRAY(SHAPE_2("4294967296", "4294967296"), DTYPE("i1"), ""),
            "shape"),
    REFUSED("bytes that wrap",
            ARRAY(SHAPE_1("2305843009213693952"), DTYPE("f8"), ""),
            "2305843009213693952"),
    REFUSED("shape that is a list",
            RECONSTRUCT "(I1\n]" DTYPE("f8") "I00\nS''\ntb", "a list"),
    REFUSED("33 dimensions",
            ARRAY("I1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\n"
                  "I1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\n"
                  "I1\nI1\nI1\nI1\nI1\n",
                  DTYPE("i1"), "a"),
            "32"),
    REFUSED("order", FROMBUFFER "(C\1a" DTYPE("i1") "(I1\ntS'K'\ntR",
            "neither"),
    REFUSED("_frombuffer without arguments", FROMBUFFER ")R", "arguments"),
    REFUSED("no dtype", ARRAY(SHAPE_1("1"), "S'f8'\n", ONE), "dtype"),
    REFUSED("a dtype of nothing", ARRAY(SHAPE_1("1"), "cnumpy\ndtype\n)R", ONE),
            "dtype"),
    REFUSED("dtype of size 0", ARRAY(SHAPE_1("1"), DTYPE("f0"), ""), "f0"),
    REFUSED("dtype with zeros in front",
            ARRAY(SHAPE_1("1"), DTYPE("f0000008"), ONE), "f0000008"),
    REFUSED("dtype without a size", ARRAY(SHAPE_1("1"), DTYPE("f"), ""),
            "\"f\""),
    REFUSED("dtype of a huge size",
            ARRAY(SHAPE_1("1"), DTYPE("V99999999999999999999"), ""), "V999"),
    REFUSED("dtype with a subscript", ARRAY(SHAPE_1("1"), DTYPE("f8x"), ""),
            "f8x"),
    REFUSED("unknown dtype", ARRAY(SHAPE_1("1"), DTYPE("q8"), ONE), "q8"),
    REFUSED("a dtype that contradicts itself",
            ARRAY(SHAPE_1("1"), DTYPE_STATE("U2", "<", "N", "4"), ZEROS_4),
            "contradicts"),
    REFUSED(
        "a dtype with a short state",
        ARRAY(SHAPE_1("1"), "cnumpy\ndtype\nS'f8'\n\x85R(I3\nS'<'\ntb", ONE),
        "versions 0 to 4"),
    REFUSED("a dtype whose state is a list",
            ARRAY(SHAPE_1("1"), "cnumpy\ndtype\nS'f8'\n\x85R]b", ONE),
            "versions 0 to 4"),
    REFUSED("a dtype of arrays",
            ARRAY(SHAPE_1("1"),
                  "cnumpy\ndtype\nS'f8'\n\x85R(I3\nS'<'\n]NNI-1\nI-1\nI0\ntb",
                  ONE),
            "dtype of arrays"),
    REFUSED("objects without a list",
            ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n", "S'a'\n"), "objects"),
    REFUSED("objects of another number",
            ARRAY_OF(SHAPE_1("2"), DTYPE("O8"), "I00\n", "(I1\nl"), "objects"),
    REFUSED("joblib without a shape",
            "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}b", "no dtype"),
    REFUSED("joblib with a shape of text",
            "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(S'subclass'\n"
            "cnumpy\nndarray\nS'shape'\nS'1'\nS'order'\nS'C'\nS'dtype'\n" DTYPE(
                "i1") "ub\5",
            "shape is a str"),
    REFUSED("joblib without attributes",
            "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81]b",
            "no dict of up to 16"),
    REFUSED("joblib of too many attributes",
            WRAPPER("I0\n", "C", DTYPE("f8"), "NNNNNNNNNNNNNNNNNNNNNNNNNNNN"),
            "no dict of up to 16"),
    REFUSED("joblib of another class",
            "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(S'subclass'\n"
            "cnumpy\ndtype\nS'shape'\n(I1\ntS'order'\nS'C'\nS'dtype'\n" DTYPE(
                "i1") "ub\5",
            "class"),
    REFUSED("joblib cut", WRAPPER("I9\n", "C", DTYPE("f8"), "") "\1\2",
            "truncated"),
    REFUSED("joblib of 2^63 bytes",
            WRAPPER("I1152921504606846976\n", "C", DTYPE("f8"), "") "\1\2",
            "truncated"),
    REFUSED("joblib of more bytes than numbers count",
            WRAPPER("I9223372036854775807\n", "C", DTYPE("f8"), "") "\1\2",
            "9223372036854775807"),
    REFUSED("joblib's filling beyond the end",
            WRAPPER("I1\n", "C", DTYPE("i1"),
                    "S'numpy_array_alignment_bytes'\nI16\n") "\xff\xff\xff",
            "truncated"),
    REFUSED("numpy's matrix",
            "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nmatrix\n(I0\n"
            "tS'b'\ntR(I1\n(I1\nI1\nt" DTYPE("i1") "I00\nS'a'\ntb",
            "a numpy.matrix, not a numpy array"),
    REFUSED("numpy's matrix of joblib",
            "cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(S'subclass'\n"
            "cnumpy\nmatrix\nS'shape'\n(I1\ntS'order'\nS'C'\nS'dtype'\n" DTYPE(
                "i1") "ub\5",
            "a numpy.matrix, not a numpy array"),
};


START_TEST(bad_arrays)
{
    knn_value_t     *value;
    knn_ndarray_t    array;
    const refused_t *row;

    row = &refused[_i];
    value = read_bytes(row->data, row->size);

    if (value != NULL) {
        ck_assert_msg(knn_ndarray_read(arena, value, &array, &err) != KNN_OK,
                      "%s is accepted", row->name);
    }

    check_message(row->word);
}
END_TEST


START_TEST(not_numbers)
{
    knn_ndarray_t array;

    read_array(BYTES(ARRAY(SHAPE_1("1"), DTYPE("f16"), ONE ONE) "."), &array);
    ck_assert_ptr_null(knn_ndarray_doubles(arena, &array, &err));
    check_message("dtype f16");

    read_array(BYTES(ARRAY(SHAPE_1("1"), DTYPE("M8[ns]"), ONE) "."), &array);
    ck_assert_ptr_null(knn_ndarray_doubles(arena, &array, &err));
    check_message("dtype M8");

    read_array(BYTES(ARRAY(SHAPE_1("1"), DTYPE("c16"), ONE ONE) "."), &array);
    ck_assert_ptr_null(knn_ndarray_doubles(arena, &array, &err));
    check_message("dtype c16");

    read_array(
        BYTES(ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n", "(I1\nl") "."),
        &array);
    ck_assert_ptr_null(knn_ndarray_doubles(arena, &array, &err));
    check_message("dtype O8");
}
END_TEST


/* Little in the file must not become much in memory. */
START_TEST(conversion_limit)
{
    char         *data;
    size_t        size;
    knn_ndarray_t array;

    static const char head[] = WRAPPER("I1000000\n", "C", DTYPE("i1"), "");

    size = sizeof(head) - 1 + 1000000 + 1;
    data = calloc(1, size);
    ck_assert_ptr_nonnull(data);
    memcpy(data, head, sizeof(head) - 1);
    data[size - 1] = '.';

    knn_arena_destroy(arena);
    arena = knn_arena_create(1024 * 1024);
    ck_assert_ptr_nonnull(arena);

    read_array(data, size, &array);
    ck_assert_ptr_null(knn_ndarray_doubles(arena, &array, &err));
    ck_assert_int_eq(err.status, KNN_LIMIT);
    free(data);
}
END_TEST


static const knn_label_t *
read_labels(const char *data, size_t size, size_t count)
{
    knn_label_t  *labels;
    knn_ndarray_t array;

    read_array(data, size, &array);
    ck_assert_uint_eq(array.count, count);
    labels = knn_scalar_labels(arena, &array, &err);
    ck_assert_msg(labels != NULL, "%s", err.message);

    return labels;
}


static void
check_string(const knn_label_t *label, const char *expected)
{
    ck_assert_int_eq(label->type, KNN_LABEL_STRING);
    ck_assert_uint_eq(label->value.string.len, strlen(expected));
    ck_assert_str_eq(label->value.string.data, expected);
}


#define CHARACTER(low, high) "\\x" low "\\x" high "\\x00\\x00"

START_TEST(labels)
{
    const knn_label_t *label;

    label = read_labels(
        BYTES(ARRAY(SHAPE_1("3"), DTYPE_STATE("U2", "<", "N", "8"),
                    CHARACTER("61", "00") CHARACTER(
                        "ac", "20") "\\x00\\xf6\\x01\\x00" ZEROS_4 ZEROS_4
                        ZEROS_4) "."),
        3);
    check_string(&label[0], "a\xe2\x82\xac");
    check_string(&label[1], "\xf0\x9f\x98\x80");
    check_string(&label[2], "");

    label =
        read_labels(BYTES(ARRAY(SHAPE_1("1"), DTYPE_STATE("U1", ">", "N", "4"),
                                "\\x00\\x00\\x20\\xac") "."),
                    1);
    check_string(&label[0], "\xe2\x82\xac");

    label =
        read_labels(BYTES(ARRAY(SHAPE_1("2"), DTYPE("S2"), "abc\\x00") "."), 2);
    check_string(&label[0], "ab");
    check_string(&label[1], "c");

    label = read_labels(
        BYTES(ARRAY(SHAPE_1("2"), DTYPE("b1"), "\\x00\\x01") "."), 2);
    ck_assert_int_eq(label[1].type, KNN_LABEL_BOOLEAN);
    ck_assert(!label[0].value.boolean && label[1].value.boolean);

    label = read_labels(
        BYTES(ARRAY(SHAPE_1("1"), DTYPE("i2"), "\\xff\\xff") "."), 1);
    ck_assert_int_eq(label->type, KNN_LABEL_INTEGER);
    ck_assert_int_eq(label->value.integer, -1);

    label =
        read_labels(BYTES(ARRAY(SHAPE_1("1"), DTYPE("f8"), MINUS_TWO) "."), 1);
    ck_assert_int_eq(label->type, KNN_LABEL_FLOAT);
    ck_assert_double_eq(label->value.number, -2);
}
END_TEST


/* An array of objects may mix them, and may hold numpy's scalars. */
START_TEST(object_labels)
{
    const knn_label_t *label;

    label =
        read_labels(BYTES(ARRAY_OF(SHAPE_1("6"), DTYPE("O8"), "I00\n",
                                   "(Va\nI7\nI01\nF2.5\nU\2xy"
                                   "cnumpy.core.multiarray\nscalar\n(" DTYPE(
                                       "i2") "C\2\5\0tRl") "."),
                    6);
    check_string(&label[0], "a");
    ck_assert_int_eq(label[1].value.integer, 7);
    ck_assert_int_eq(label[2].type, KNN_LABEL_BOOLEAN);
    ck_assert_double_eq(label[3].value.number, 2.5);
    check_string(&label[4], "xy");
    ck_assert_int_eq(label[5].type, KNN_LABEL_INTEGER);
    ck_assert_int_eq(label[5].value.integer, 5);
}
END_TEST


static const refused_t refused_labels[] = {
    REFUSED("a surrogate",
            ARRAY(SHAPE_1("1"), DTYPE_STATE("U1", "<", "N", "4"),
                  CHARACTER("00", "d8")),
            "U+D800"),
    REFUSED("beyond 10ffff",
            ARRAY(SHAPE_1("1"), DTYPE_STATE("U1", "<", "N", "4"),
                  "\\x00\\x00\\x11\\x00"),
            "U+110000"),
    REFUSED("bytes that are no text", ARRAY(SHAPE_1("1"), DTYPE("S1"), "\\xff"),
            "not UTF-8"),
    REFUSED("NaN",
            ARRAY(SHAPE_1("1"), DTYPE("f8"), ZEROS_4 "\\x00\\x00\\xf8\\x7f"),
            "NaN"),
    REFUSED("an integer beyond 63 bits",
            ARRAY(SHAPE_1("1"), DTYPE("u8"), ZEROS_4 "\\x00\\x00\\x00\\x80"),
            "63 bits"),
    REFUSED("dates", ARRAY(SHAPE_1("1"), DTYPE("M8"), ONE), "dtype M8"),
    REFUSED("two dimensions", ARRAY(SHAPE_2("1", "1"), DTYPE("i1"), "a"),
            "dimensions"),
    REFUSED("None", ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n", "(Nl"),
            "None"),
    REFUSED("a list", ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n", "(]l"),
            "a list"),
    REFUSED("a dtype",
            ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n", "(" DTYPE("i1") "l"),
            "numpy.dtype"),
    REFUSED("a huge int",
            ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n",
                     "(L99999999999999999999L\nl"),
            "64 bits"),
    REFUSED("an infinite float",
            ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n", "(Finf\nl"),
            "infinity"),
    REFUSED("a scalar without bytes",
            ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n",
                     "(cnumpy.core.multiarray\nscalar\n(" DTYPE("i2") "tRl"),
            "arguments"),
    REFUSED(
        "a scalar of too few bytes",
        ARRAY_OF(SHAPE_1("1"), DTYPE("O8"), "I00\n",
                 "(cnumpy.core.multiarray\nscalar\n(" DTYPE("i2") "C\1\5tRl"),
        "2 bytes"),
};


START_TEST(bad_labels)
{
    knn_ndarray_t    array;
    const refused_t *row;

    row = &refused_labels[_i];
    read_array(row->data, row->size, &array);
    ck_assert_msg(knn_scalar_labels(arena, &array, &err) == NULL,
                  "%s is accepted", row->name);
    check_message(row->word);
}
END_TEST


/* Labels that are read over and over take from the memory each time. */
START_TEST(padded_labels)
{
    int           i;
    char         *data;
    size_t        size;
    knn_ndarray_t array;

    size = 1000000;
    data = calloc(1, size);
    ck_assert_ptr_nonnull(data);

    memset(&array, 0, sizeof(array));
    array.dtype.kind = _i == 0 ? 'S' : 'U';
    array.dtype.size = size;
    array.ndim = 1;
    array.count = 1;
    array.data = data;

    for (i = 0; i < ARENA_LIMIT / (int) size; i++) {
        if (knn_scalar_labels(arena, &array, &err) == NULL) {
            break;
        }
    }

    ck_assert_ptr_null(knn_scalar_labels(arena, &array, &err));
    ck_assert_int_eq(err.status, KNN_LIMIT);
    free(data);
}
END_TEST


/* A record whose fields lie as a 64-bit writer has them, and wrongly. */
#define FIELD(name, dtype, offset) "S'" name "'\n(" dtype "I" offset "\nt"
#define RECORD(size, fields)       DTYPE_STATE("V" size, "|", "(" fields "d", size)

START_TEST(records)
{
    size_t      offset;
    knn_dtype_t record, field;

    ck_assert_int_eq(
        knn_dtype_read(
            accept(BYTES(RECORD("12", FIELD("a", DTYPE("i4"), "0")
                                          FIELD("b", DTYPE("f8"), "4")) ".")),
            &record, &err),
        KNN_OK);
    ck_assert_int_eq(knn_dtype_field(&record, "b", &field, &offset, &err),
                     KNN_OK);
    ck_assert_uint_eq(offset, 4);
    ck_assert_uint_eq(field.size, 8);
    ck_assert_int_ne(knn_dtype_field(&record, "c", &field, &offset, &err),
                     KNN_OK);
    check_message("\"c\"");

    ck_assert_int_eq(
        knn_dtype_read(
            accept(BYTES(RECORD(
                "8", FIELD("a", DTYPE("i8"), "1") FIELD("b", DTYPE("i8"), "-1")
                         FIELD("c", DTYPE("i8"), "9") FIELD(
                             "d", DTYPE("i1"), "9223372036854775807")) ".")),
            &record, &err),
        KNN_OK);

    ck_assert_int_ne(knn_dtype_field(&record, "a", &field, &offset, &err),
                     KNN_OK);
    check_message("outside");
    ck_assert_int_ne(knn_dtype_field(&record, "b", &field, &offset, &err),
                     KNN_OK);
    ck_assert_int_ne(knn_dtype_field(&record, "c", &field, &offset, &err),
                     KNN_OK);
    ck_assert_int_ne(knn_dtype_field(&record, "d", &field, &offset, &err),
                     KNN_OK);
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("ndarray");

    tcase = tcase_create("arrays");
    tcase_add_checked_fixture(tcase, arena_setup, arena_teardown);
    tcase_add_loop_test(tcase, good_numbers, 0,
                        (int) (sizeof(numbers) / sizeof(numbers[0])));
    tcase_add_loop_test(tcase, bad_arrays, 0,
                        (int) (sizeof(refused) / sizeof(refused[0])));
    tcase_add_loop_test(
        tcase, bad_labels, 0,
        (int) (sizeof(refused_labels) / sizeof(refused_labels[0])));
    tcase_add_loop_test(tcase, good_numbers_full, 0,
                        (int) (sizeof(numbers) / sizeof(numbers[0])));
    tcase_add_test(tcase, any_boundary);
    tcase_add_test(tcase, not_numbers);
    tcase_add_test(tcase, conversion_limit);
    tcase_add_test(tcase, labels);
    tcase_add_test(tcase, object_labels);
    tcase_add_loop_test(tcase, padded_labels, 0, 2);
    tcase_add_test(tcase, records);
    suite_add_tcase(suite, tcase);

    return suite;
}
