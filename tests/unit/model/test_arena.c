
/*
 * Copyright (C) nginx-knn contributors
 */


/* The memory that models and files are read into, and its limit. */


#include <string.h>

#include "../checking.h"
#include "../../../model/arena.h"
#include "../../../model/knn.h"


#define LIMIT (1024 * 1024)


static knn_arena_t *arena;


static void
setup(void)
{
    arena = knn_arena_create(LIMIT);
    ck_assert_ptr_nonnull(arena);
}


static void
teardown(void)
{
    knn_arena_destroy(arena);
}


/* Takes pieces until there are no more; their number. */
static size_t
exhaust(size_t size)
{
    size_t n;

    for (n = 0; knn_arena_alloc(arena, size) != NULL; n++) {
        ck_assert_uint_le(knn_arena_size(arena), LIMIT);
    }

    return n;
}


START_TEST(boundaries)
{
    size_t i;
    char  *p;

    for (i = 1; i < 100; i++) {
        p = knn_arena_alloc(arena, i);
        ck_assert_uint_eq((uintptr_t) p % KNN_ALIGNMENT, 0);
        ck_assert_int_eq(p[0] | p[i - 1], 0);
        memset(p, 0xff, i);

        p = knn_arena_small(arena, i);
        ck_assert_uint_eq((uintptr_t) p % sizeof(void *), 0);
        memset(p, 0xff, i);

        p = knn_arena_string(arena, "abc", 3);
        ck_assert_str_eq(p, "abc");
    }
}
END_TEST


START_TEST(limit)
{
    ck_assert_uint_gt(exhaust(1000), LIMIT / 1000 / 2);
    ck_assert_ptr_null(knn_arena_string(arena, "abcdefgh", 1000));

    knn_arena_allow(arena, LIMIT);
    ck_assert_ptr_nonnull(knn_arena_alloc(arena, LIMIT / 2));
    ck_assert_ptr_null(knn_arena_alloc(arena, LIMIT));

    knn_arena_allow(arena, SIZE_MAX);
    ck_assert_ptr_nonnull(knn_arena_alloc(arena, LIMIT));
}
END_TEST


START_TEST(overflow)
{
    knn_arena_allow(arena, SIZE_MAX);
    ck_assert_ptr_null(knn_arena_array(arena, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(knn_arena_alloc(arena, SIZE_MAX - 1));
    ck_assert_ptr_null(knn_arena_alloc(arena, SIZE_MAX / 2));
}
END_TEST


START_TEST(charge)
{
    ck_assert_int_eq(knn_arena_charge(arena, LIMIT), -1);
    ck_assert_int_eq(knn_arena_charge(arena, LIMIT / 2), 0);
    ck_assert_int_eq(knn_arena_charge(arena, LIMIT / 2), -1);
    ck_assert_ptr_null(knn_arena_alloc(arena, LIMIT / 2));

    knn_arena_credit(arena, LIMIT / 2);
    ck_assert_ptr_nonnull(knn_arena_alloc(arena, LIMIT / 2));
}
END_TEST


/* What came after a mark is gone, and zeroed where it was. */
START_TEST(marks)
{
    char            *before, *after;
    size_t           size;
    knn_arena_mark_t mark;

    before = knn_arena_alloc(arena, 100);
    ck_assert_ptr_nonnull(before);
    memset(before, 1, 100);

    size = knn_arena_size(arena);
    mark = knn_arena_mark(arena);

    after = knn_arena_alloc(arena, 100);
    ck_assert_ptr_nonnull(after);
    memset(after, 2, 100);
    ck_assert_ptr_nonnull(knn_arena_alloc(arena, LIMIT / 4));
    ck_assert_uint_gt(knn_arena_size(arena), size);

    knn_arena_release(arena, &mark);

    ck_assert_uint_eq(knn_arena_size(arena), size);
    ck_assert_ptr_eq(knn_arena_alloc(arena, 100), after);
    ck_assert_int_eq(before[99], 1);

    for (size = 0; size < 100; size++) {
        ck_assert_int_eq(after[size], 0);
    }
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("arena");

    tcase = tcase_create("arena");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, boundaries);
    tcase_add_test(tcase, limit);
    tcase_add_test(tcase, overflow);
    tcase_add_test(tcase, charge);
    tcase_add_test(tcase, marks);
    suite_add_tcase(suite, tcase);

    return suite;
}
