
/*
 * Copyright (C) nginx-knn contributors
 */


/* Arrays in files beside their dump, and the headers of these files. */


#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "inert.h"

#include "../../../model/pickle/literal.h"
#include "../../../model/pickle/npy.h"


#define ROOM 4096

/* joblib's wrappers of before 0.10 */
#define FILE_WRAPPER(name)                                                     \
    "cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}(S'filename'\nS'" name        \
    "'\nS'subclass'\ncnumpy\nndarray\nub"
#define ZFILE_WRAPPER(name, state)                                             \
    "csklearn.externals.joblib.numpy_pickle\nZNDArrayWrapper\n)\x81}"          \
    "(S'filename'\nS'" name "'\nS'init_args'\n(cnumpy\nndarray\n(I0\ntS'b'\n"  \
    "tS'state'\n" state "ub"
#define ZSTATE "(I1\n(I2\nt" DTYPE("i1") "I00\nt"

/* a header of version 1 whose length fits in one byte */
#define NPY_HEAD(length) "\x93NUMPY\1\0" length "\0"
#define NPY_DICT(descr, order, shape)                                          \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }\n"


static char folder[64];
static char dump[128];


static void
setup(void)
{
    arena_setup();
    strcpy(folder, "/tmp/knn-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(dump, sizeof(dump), "%s/model.pkl", folder);
    beside = (knn_beside_t){.path = dump, .arena = arena, .left = ROOM};
}


/* The path of a file in the folder, until the next call. */
static const char *
in_folder(const char *name)
{
    static char path[384];

    snprintf(path, sizeof(path), "%s/%s", folder, name);

    return path;
}


static void
teardown(void)
{
    DIR           *dir;
    struct dirent *entry;

    knn_beside_close(&beside);
    arena_teardown();

    dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);

    for (entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] != '.') {
            remove(in_folder(entry->d_name));
        }
    }

    closedir(dir);
    ck_assert_int_eq(rmdir(folder), 0);
}


static void
write_file(const char *name, const void *data, size_t size)
{
    FILE *file;

    file = fopen(in_folder(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    fclose(file);
}


/* A .npy file with that header's dict and those elements. */
static size_t
make_npy(char *to, unsigned version, const char *dict, const char *data,
         size_t size)
{
    size_t n, len;

    len = strlen(dict);
    memcpy(to, "\x93NUMPY", 6);
    to[6] = (char) version;
    to[7] = 0;
    to[8] = (char) len;
    to[9] = (char) (len >> 8);
    n = 10;

    if (version > 1) {
        to[10] = to[11] = 0;
        n = 12;
    }

    memcpy(to + n, dict, len);
    memcpy(to + n + len, data, size);

    return n + len + size;
}


static void
write_npy(const char *name, const char *dict, const char *data, size_t size)
{
    char npy[ROOM];

    write_file(name, npy, make_npy(npy, 1, dict, data, size));
}


/* A file of joblib's own compression. */
static void
write_zfile(const char *name, const char *data, size_t size)
{
    char  zfile[ROOM];
    uLong n;
    int   head;

    head = sprintf(zfile, "ZF0x%-17zx", size);
    n = sizeof(zfile) - (uLong) head;
    ck_assert_int_eq(
        compress((Bytef *) zfile + head, &n, (const Bytef *) data, size), Z_OK);
    write_file(name, zfile, (size_t) head + n);
}


static void
check_array(const knn_value_t *value, size_t count, const double *expected)
{
    size_t        i;
    const double *doubles;
    knn_ndarray_t array;

    ck_assert_int_eq(knn_ndarray_read(arena, value, &array, &err), KNN_OK);
    ck_assert_uint_eq(array.count, count);
    doubles = knn_ndarray_doubles(arena, &array, &err);
    ck_assert_msg(doubles != NULL, "%s", err.message);

    for (i = 0; i < count; i++) {
        ck_assert_double_eq(doubles[i], expected[i]);
    }
}


START_TEST(npy_file)
{
    knn_value_t *value;

    static const double expected[] = {1, 3, 2, 4};

    write_npy("model.pkl_01.npy", NPY_DICT("'|i1'", "True", "(2, 2)"),
              "\1\2\3\4", 4);

    value = accept(BYTES(FILE_WRAPPER("model.pkl_01.npy") "."));
    ck_assert_int_eq(value->type, KNN_VALUE_ARRAY);
    check_array(value, 4, expected);

    /* what was read stays, though the file is gone */
    unlink(in_folder("model.pkl_01.npy"));
    check_array(accept(BYTES(FILE_WRAPPER("model.pkl_01.npy") ".")), 4,
                expected);
}
END_TEST


START_TEST(zipped_file)
{
    static const double expected[] = {7, -7};

    write_zfile("model.pkl_02.npy.z", "\7\xf9", 2);

    check_array(accept(BYTES(ZFILE_WRAPPER("model.pkl_02.npy.z", ZSTATE) ".")),
                2, expected);
    check_array(accept(BYTES(ZFILE_WRAPPER(
                    "model.pkl_02.npy.z", "((I2\nt" DTYPE("i1") "I00\nt") ".")),
                2, expected);
}
END_TEST


/* Wherever the memory ends. */
START_TEST(full)
{
    size_t left;
    bool   good;

    static const char pickle[] = "(" FILE_WRAPPER("model.pkl_01.npy")
        ZFILE_WRAPPER("model.pkl_02.npy.z", ZSTATE) "t.";

    write_npy("model.pkl_01.npy", NPY_DICT("'|i1'", "True", "(2, 2)"),
              "\1\2\3\4", 4);
    write_zfile("model.pkl_02.npy.z", "\7\xf9", 2);

    for (left = 0, good = false; left < 8192 && !good; left += sizeof(void *)) {
        arena_leave(left);
        good = read_bytes(BYTES(pickle)) != NULL;
        knn_beside_close(&beside);
        beside.left = ROOM;
        ck_assert_msg(good || err.status == KNN_LIMIT
                          || err.status == KNN_MALFORMED,
                      "%s", err.message);
    }

    ck_assert(good);
}
END_TEST


/* numpy.save pickles objects into the file. */
START_TEST(object_file)
{
    knn_value_t *value;

    write_npy("model.pkl_01.npy", NPY_DICT("'|O'", "False", "(1,)"),
              BYTES("\x80\2]K\7a."));

    value = accept(BYTES(FILE_WRAPPER("model.pkl_01.npy") "."));
    ck_assert_int_eq(value->type, KNN_VALUE_LIST);
    ck_assert_int_eq(value->u.list.items[0]->u.integer, 7);

    write_npy("model.pkl_02.npy", NPY_DICT("'|O'", "False", "(1,)"),
              BYTES("\x80\2cposix\nsystem\n."));
    refuse(BYTES(FILE_WRAPPER("model.pkl_02.npy") "."), "posix.system");

    /* nothing in there reads further files */
    write_npy("model.pkl_03.npy", NPY_DICT("'|O'", "False", "(1,)"),
              BYTES(FILE_WRAPPER("model.pkl_01.npy") "."));
    ck_assert_int_eq(
        accept(BYTES(FILE_WRAPPER("model.pkl_03.npy") "."))->symbol,
        KNN_SYMBOL_FILE_WRAPPER);
}
END_TEST


START_TEST(opaque_file)
{
    knn_value_t *value;

    write_npy("model.pkl_01.npy", NPY_DICT("'|i1'", "False", "(1, 1)"), "a", 1);
    value = accept(BYTES("cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}"
                         "(S'filename'\nS'model.pkl_01.npy'\nS'subclass'\n"
                         "cnumpy\nmatrix\nub."));
    ck_assert_int_eq(value->type, KNN_VALUE_OPAQUE);
    ck_assert_str_eq(value->u.global, "numpy.matrix");
}
END_TEST


typedef struct {
    const char *data;
    size_t      size;
    const char *word;
} row_t;

#define ROW(data, word)                                                        \
    {                                                                          \
        data ".", sizeof(data), word                                           \
    }

static const row_t refused_names[] = {
    ROW(FILE_WRAPPER("/etc/passwd"), "\"/etc/passwd\" is asked for"),
    ROW(FILE_WRAPPER("../model.pkl_01.npy"), "is refused"),
    ROW(FILE_WRAPPER("x/model.pkl_01.npy"), "is refused"),
    ROW(FILE_WRAPPER("model.pkl_01.npy\\x00"), "is refused"),
    ROW(FILE_WRAPPER("model.pkl"), "is refused"),
    ROW(FILE_WRAPPER(""), "is refused"),
    ROW(FILE_WRAPPER(".npy"), "is refused"),
    ROW(FILE_WRAPPER("_01.npy"), "is refused"),
    ROW(FILE_WRAPPER("model.pkl_.npy"), "is refused"),
    ROW(FILE_WRAPPER("model.pkl01.npy"), "is refused"),
    ROW(FILE_WRAPPER("model.pkl_0a.npy"), "is refused"),
    ROW(FILE_WRAPPER("model.pkl_1234567.npy"), "is refused"),
    ROW(FILE_WRAPPER("model.pkl_01.npy.z"), "is refused"),
    ROW(ZFILE_WRAPPER("model.pkl_01.npy", ZSTATE), "is refused"),
    ROW(FILE_WRAPPER("knn.pkl_01.npy"),
        "in \"knn.pkl_01.npy\", so it was dumped as \"knn.pkl\""),
    ROW(FILE_WRAPPER("model.pk_01.npy"), "dumped as \"model.pk\""),
    ROW(FILE_WRAPPER("model.pkl_01.npy"), "belong beside it"),
    ROW("cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}b", "no subclass"),
    ROW("cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}(S'subclass'\nNub",
        "class is none"),
    ROW("cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}(S'subclass'\n"
        "cnumpy\nndarray\nub",
        "no filename"),
    ROW("cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}(S'subclass'\n"
        "cnumpy\nndarray\nS'filename'\nI1\nub",
        "no text"),
    ROW("cjoblib.numpy_pickle\nZNDArrayWrapper\n)\x81}b", "no state"),
    ROW("cjoblib.numpy_pickle\nZNDArrayWrapper\n)\x81}(S'init_args'\n)"
        "S'state'\n)ub",
        "class is none"),
};


START_TEST(refused_name)
{
    const row_t *row;

    row = &refused_names[_i];
    refuse(row->data, row->size, row->word);
}
END_TEST


START_TEST(no_path)
{
    beside.path = NULL;
    refuse(BYTES(FILE_WRAPPER("model.pkl_01.npy") "."), "load it by its path");
}
END_TEST


/* A dump that is called without its folder. */
START_TEST(no_folder)
{
    char        *here;
    knn_value_t *value;

    here = getcwd(NULL, 0);
    ck_assert_ptr_nonnull(here);
    write_npy("model.pkl_01.npy", NPY_DICT("'|i1'", "False", "(1,)"), "a", 1);
    ck_assert_int_eq(chdir(folder), 0);
    beside.path = "model.pkl";
    value = accept(BYTES(FILE_WRAPPER("model.pkl_01.npy") "."));
    ck_assert_int_eq(chdir(here), 0);
    ck_assert_int_eq(value->type, KNN_VALUE_ARRAY);
    free(here);
}
END_TEST


START_TEST(odd_files)
{
    write_npy("there", NPY_DICT("'|i1'", "False", "(1,)"), "a", 1);
    ck_assert_int_eq(symlink("there", in_folder("model.pkl_01.npy")), 0);
    refuse(BYTES(FILE_WRAPPER("model.pkl_01.npy") "."), "symbolic link");

    ck_assert_int_eq(mkfifo(in_folder("model.pkl_02.npy"), 0600), 0);
    refuse(BYTES(FILE_WRAPPER("model.pkl_02.npy") "."), "a FIFO");

    ck_assert_int_eq(mkdir(in_folder("model.pkl_03.npy"), 0700), 0);
    refuse(BYTES(FILE_WRAPPER("model.pkl_03.npy") "."), "a directory");

    write_file("model.pkl_04.npy", "", 0);
    refuse(BYTES(FILE_WRAPPER("model.pkl_04.npy") "."), "empty");

    write_file("model.pkl_05.npy", "x", 1);
    refuse(BYTES(FILE_WRAPPER("model.pkl_05.npy") "."), "no whole .npy file");

    write_file("model.pkl_06.npy.z", "x", 1);
    refuse(BYTES(ZFILE_WRAPPER("model.pkl_06.npy.z", ZSTATE) "."), "is text");

    write_file("model.pkl_07.npy.z", BYTES("\x80\2N."));
    refuse(BYTES(ZFILE_WRAPPER("model.pkl_07.npy.z", ZSTATE) "."),
           "no file of joblib 0.9");

    write_zfile("model.pkl_08.npy.z", "abc", 3);
    refuse(BYTES(ZFILE_WRAPPER("model.pkl_08.npy.z", ZSTATE) "."), "3 bytes");
    refuse(BYTES(ZFILE_WRAPPER("model.pkl_08.npy.z", ")") "."), "version 0");
}
END_TEST


/* All of them together are held to what one file may have. */
START_TEST(limit)
{
    write_npy("model.pkl_01.npy", NPY_DICT("'|i1'", "False", "(1,)"), "a", 1);
    write_npy("model.pkl_02.npy", NPY_DICT("'|i1'", "False", "(1,)"), "a", 1);
    write_zfile("model.pkl_03.npy.z", "\1\2", 2);

    beside.left = 100;
    refuse(BYTES("(" FILE_WRAPPER("model.pkl_01.npy")
                     FILE_WRAPPER("model.pkl_02.npy") "t."),
           "more than the");
    ck_assert_int_eq(err.status, KNN_LIMIT);

    beside.left = 32;
    refuse(BYTES(ZFILE_WRAPPER("model.pkl_03.npy.z", ZSTATE) "."),
           "1 bytes allowed");
}
END_TEST


typedef struct {
    unsigned    version;
    const char *dict;
    size_t      size;
    const char *word; /* NULL when it is good */
} header_t;

static const header_t headers[] = {
    {1, NPY_DICT("'<f8'", "False", "(2,)"), 16, NULL},
    {2, NPY_DICT("'<f8'", "False", "(2,)"), 16, NULL},
    {3, NPY_DICT("'>f8'", "True", "(2, 1)"), 16, NULL},
    {1, NPY_DICT("'|b1'", "False", "()"), 1, NULL},
    {1, NPY_DICT("\"<U3\"", "False", "(2L, 1L)"), 24, NULL},
    {1, NPY_DICT("'<M8[ns]'", "False", "(1,)"), 8, NULL},
    {1, NPY_DICT("[('a', '<i8'), ('b', '<f4', (2, 3))]", "False", "(2,)"), 64,
     NULL},
    {1, NPY_DICT("[('a', [('b', '<i2')]), ('', '|V6')]", "False", "(1,)"), 8,
     NULL},
    {1, "{'descr':'|S1','fortran_order':False,'shape':(0,)}", 0, NULL},
    {0, NPY_DICT("'<f8'", "False", "(2,)"), 16, "no whole .npy"},
    {4, NPY_DICT("'<f8'", "False", "(2,)"), 16, "no whole .npy"},
    {1, NPY_DICT("'<f8'", "False", "(2,)"), 15, "has 15 bytes"},
    {1, NPY_DICT("'<f8'", "False", "(2,)"), 17, "has 17 bytes"},
    {1, NPY_DICT("'<f8'", "None", "(2,)"), 16, "order"},
    {1, NPY_DICT("'<f8'", "False", "2"), 16, "shape is an int"},
    {1, NPY_DICT("'<f8'", "False", "(None,)"), 16, "not of integers"},
    {1, NPY_DICT("'f8'", "False", "(2,)"), 16, "byte order"},
    {1, NPY_DICT("''", "False", "(2,)"), 16, "byte order"},
    {1, NPY_DICT("8", "False", "(2,)"), 16, "byte order"},
    {1, NPY_DICT("'<x8'", "False", "(2,)"), 16, "\"x8\" is not known"},
    {1, NPY_DICT("[('a',)]", "False", "(2,)"), 16, "no name and type"},
    {1, NPY_DICT("['a']", "False", "(2,)"), 16, "no name and type"},
    {1, NPY_DICT("[('a', '<i8', 3)]", "False", "(2,)"), 16, "no shape"},
    {1, NPY_DICT("[('a', '<i8', ('b',))]", "False", "(2,)"), 16, "no shape"},
    {1,
     NPY_DICT("[('a', '|V1', (9223372036854775807,)), "
              "('b', '|V1', (9223372036854775807,)), ('c', '|V3')]",
              "False", "(2,)"),
     16, "beyond all memory"},
    {1, NPY_DICT("[('a', '<i8', (9223372036854775807, 9))]", "False", "(2,)"),
     16, "no shape"},
    {1, "{'descr': '<f8', 'fortran_order': False}", 16, "no descr, fortran"},
    {1, "{'descr': '<f8', 'shape': (2,)}", 16, "no descr, fortran"},
    {1, "{'fortran_order': False, 'shape': (2,)}", 16, "no descr, fortran"},
    {1, "[]", 16, "no dict"},
    {1, "", 16, "no dict"},
};


START_TEST(header)
{
    char            npy[ROOM], data[64];
    size_t          n;
    const void     *rest;
    knn_status_e    rc;
    knn_ndarray_t   array;
    const header_t *row;

    row = &headers[_i];
    memset(data, 0, sizeof(data));
    n = make_npy(npy, row->version, row->dict, data, row->size);

    rc = knn_npy_read(arena, npy, n, &array, &rest, &n, &err);

    if (rc == KNN_OK) {
        ck_assert_uint_eq(n, row->size);
        rc = knn_ndarray_bytes(&array, rest, n, &err);
    }

    if (row->word == NULL) {
        ck_assert_msg(rc == KNN_OK, "%s", err.message);
        return;
    }

    ck_assert_msg(rc != KNN_OK, "%s is accepted", row->dict);
    check_message(row->word);
}
END_TEST


START_TEST(header_cut)
{
    char          npy[ROOM];
    size_t        i, n, size;
    const void   *rest;
    knn_ndarray_t array;

    n = make_npy(npy, _i == 0 ? 1 : 2, NPY_DICT("'<f8'", "False", "(0,)"), "",
                 0);

    for (i = 0; i < n; i++) {
        ck_assert_int_ne(
            knn_npy_read(arena, npy, i, &array, &rest, &size, &err), KNN_OK);
        check_message("no whole .npy");
    }
}
END_TEST


/* The fields of records, which a tree's nodes are. */
START_TEST(fields)
{
    size_t       offset;
    knn_dtype_t  dtype, field;
    knn_value_t *descr;

    static const char text[] = "[('idx_start', '<i8'), ('pad', '|V4', (2,)), "
                               "('radius', '>f8')]";

    descr = knn_literal_read(arena, text, strlen(text));
    ck_assert_ptr_nonnull(descr);
    ck_assert_int_eq(knn_dtype_descr(descr, &dtype, &err), KNN_OK);
    ck_assert_uint_eq(dtype.size, 24);

    ck_assert_int_eq(knn_dtype_field(&dtype, "radius", &field, &offset, &err),
                     KNN_OK);
    ck_assert_uint_eq(offset, 16);
    ck_assert_int_eq(field.kind, 'f');
    ck_assert(field.swapped);

    ck_assert_int_eq(knn_dtype_field(&dtype, "is_leaf", &field, &offset, &err),
                     KNN_MALFORMED);
    check_message("no field \"is_leaf\"");
}
END_TEST


static const char *const bad_literals[] = {
    "",
    " ",
    "x",
    "Tru",
    "Non",
    "'a",
    "'a\\'",
    "'\xff'",
    "1 2",
    "-1",
    "1.5",
    "9223372036854775808",
    "99999999999999999999",
    "[",
    "[1",
    "[1 2]",
    "[,]",
    "[1,,2]",
    "(1]",
    "{1: 2}",
    "{'a' 2}",
    "{'a'}",
    "{'a': }",
    "{'a': 1",
    "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
};


START_TEST(bad_literal)
{
    const char *text;

    text = bad_literals[_i];
    ck_assert_msg(knn_literal_read(arena, text, strlen(text)) == NULL,
                  "%s is accepted", text);
}
END_TEST


START_TEST(good_literals)
{
    knn_value_t *value;

    static const char text[] =
        " {'a': (1, 2L,), \"b'\": [True, False, None, ()], 'c': {}}\n\n";

    value = knn_literal_read(arena, text, strlen(text));
    ck_assert_ptr_nonnull(value);
    ck_assert_uint_eq(value->u.list.n, 6);
    ck_assert_int_eq(knn_value_get(value, "a")->u.list.items[1]->u.integer, 2);
    ck_assert_uint_eq(knn_value_get(value, "b'")->u.list.n, 4);
    ck_assert(knn_value_get(value, "b'")->u.list.items[0]->u.boolean);
    ck_assert_int_eq(knn_value_get(value, "c")->type, KNN_VALUE_DICT);

    /* what is there ends where it says */
    ck_assert_ptr_null(knn_literal_read(arena, "True", 3));
    ck_assert_ptr_null(knn_literal_read(arena, "1\0", 2));
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("beside");

    tcase = tcase_create("files");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, npy_file);
    tcase_add_test(tcase, zipped_file);
    tcase_add_test(tcase, full);
    tcase_add_test(tcase, object_file);
    tcase_add_test(tcase, opaque_file);
    tcase_add_loop_test(tcase, refused_name, 0,
                        (int) (sizeof(refused_names) / sizeof(row_t)));
    tcase_add_test(tcase, no_path);
    tcase_add_test(tcase, no_folder);
    tcase_add_test(tcase, odd_files);
    tcase_add_test(tcase, limit);
    suite_add_tcase(suite, tcase);

    tcase = tcase_create("headers");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, header, 0,
                        (int) (sizeof(headers) / sizeof(header_t)));
    tcase_add_loop_test(tcase, header_cut, 0, 2);
    tcase_add_test(tcase, fields);
    tcase_add_loop_test(tcase, bad_literal, 0,
                        (int) (sizeof(bad_literals) / sizeof(char *)));
    tcase_add_test(tcase, good_literals);
    suite_add_tcase(suite, tcase);

    return suite;
}
