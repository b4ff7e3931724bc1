
/*
 * Copyright (C) nginx-knn contributors
 */


/* The error object. */


#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

#include "../checking.h"
#include "../../../codec/reply/reply.h"


/* A member of an object; NULL if it is not there. */
static yajl_val
member(yajl_val object, const char *name)
{
    const char *path[2];

    path[0] = name;
    path[1] = NULL;

    return yajl_tree_get(object, path, yajl_t_any);
}


/* The text of a member that is there. */
static const char *
text_of(yajl_val object, const char *name)
{
    yajl_val value;

    value = member(object, name);
    ck_assert(YAJL_IS_STRING(value));

    return value->u.string;
}


/* Writes a problem in memory of exactly its size; returns it parsed. */
static yajl_val
problem(unsigned status, const char *title, const char *detail,
        const char *pointer)
{
    char    *buf;
    size_t   size;
    yajl_val tree;

    buf = malloc(KNN_PROBLEM_SIZE);
    size = knn_problem_write(buf, status, title, detail, pointer);
    ck_assert_uint_lt(size, KNN_PROBLEM_SIZE);

    buf[size] = '\0';
    ck_assert_uint_eq(strlen(buf), size);
    tree = yajl_tree_parse(buf, NULL, 0);
    ck_assert_msg(tree != NULL, "%s", buf);
    free(buf);

    return tree;
}


START_TEST(as_documented)
{
    char       buf[KNN_PROBLEM_SIZE];
    size_t     size;
    const char expected[] =
        "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\","
        "\"status\":422,\"detail\":\"row 0 has 3 features, but model "
        "\\\"iris\\\" expects 4\",\"pointer\":\"#/X\",\"error\":\"row 0 has 3 "
        "features, but model \\\"iris\\\" expects 4\",\"error_code\":"
        "\"BAD_REQUEST\",\"message\":\"row 0 has 3 features, but model "
        "\\\"iris\\\" expects 4\"}";

    size = knn_problem_write(
        buf, 422, "Unprocessable Content",
        "row 0 has 3 features, but model \"iris\" expects 4", "#/X");

    ck_assert_uint_eq(size, strlen(expected));
    ck_assert_mem_eq(buf, expected, size);
}
END_TEST


START_TEST(pointer_only_if_there)
{
    yajl_val tree;

    tree = problem(400, "Bad Request", "the body is empty", NULL);
    ck_assert_ptr_null(member(tree, "pointer"));
    yajl_tree_free(tree);

    tree = problem(400, "Bad Request", "the body is empty", "");
    ck_assert_ptr_null(member(tree, "pointer"));
    yajl_tree_free(tree);

    tree = problem(400, "Bad Request", "x", "#/X/\"\\");
    ck_assert_str_eq(text_of(tree, "pointer"), "#/X/\"\\");
    yajl_tree_free(tree);
}
END_TEST


START_TEST(codes)
{
    size_t   i;
    yajl_val tree;

    static const struct {
        unsigned    status;
        const char *code;
    } cases[] = {{400, "BAD_REQUEST"},
                 {404, "NOT_FOUND"},
                 {405, "BAD_REQUEST"},
                 {413, "BAD_REQUEST"},
                 {415, "BAD_REQUEST"},
                 {422, "BAD_REQUEST"},
                 {500, "INTERNAL_ERROR"},
                 {502, "INTERNAL_ERROR"},
                 {503, "TEMPORARILY_UNAVAILABLE"}};

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tree = problem(cases[i].status, "T", "d", NULL);
        ck_assert_str_eq(text_of(tree, "error_code"), cases[i].code);
        ck_assert_int_eq(YAJL_GET_INTEGER(member(tree, "status")),
                         cases[i].status);
        yajl_tree_free(tree);
    }
}
END_TEST


/* Whatever the texts, the object is JSON, and the three are the same. */
START_TEST(any_text)
{
    char     text[600];
    size_t   i;
    yajl_val tree;

    static const char *const fills[] = {
        "\x01", "\"", "\\", "\xff", "x", "\xC3\xA9", "\xF0\x9F\x98\x80"};

    for (i = 0; i < 700; i++) {
        memset(text, 0, sizeof(text));

        while (strlen(text) + 5 + i % 100 < sizeof(text)) {
            (void) strcat(text, fills[i / 100]);
        }

        tree = problem(400, text, text, text);
        ck_assert_str_eq(text_of(tree, "detail"), text_of(tree, "error"));
        ck_assert_str_eq(text_of(tree, "detail"), text_of(tree, "message"));
        ck_assert_uint_gt(strlen(text_of(tree, "detail")), 100);
        yajl_tree_free(tree);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("problem");
    tcase = tcase_create("problem");

    tcase_add_test(tcase, as_documented);
    tcase_add_test(tcase, pointer_only_if_there);
    tcase_add_test(tcase, codes);
    tcase_add_test(tcase, any_text);
    suite_add_tcase(suite, tcase);

    return suite;
}
