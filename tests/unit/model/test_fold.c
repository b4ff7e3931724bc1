
/*
 * Copyright (C) nginx-knn contributors
 */


/* Folds and shuffles that scikit-learn 1.2.1 made of the same rows. */


#include <string.h>

#include "../checking.h"
#include "../../../model/train/fold.h"
#include "../../../model/train/shuffle.h"


#define ROWS 11


static const uint32_t classes[ROWS] = {2, 0, 0, 1, 2, 2, 1, 0, 2, 2, 0};


START_TEST(plain)
{
    uint32_t    fold[ROWS];
    knn_folds_t folds = {3, false, 0};

    const uint32_t expected[ROWS] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2};

    ck_assert(knn_folds_plain(&folds, ROWS, fold));
    ck_assert_mem_eq(fold, expected, sizeof(fold));
}
END_TEST


START_TEST(plain_shuffled)
{
    uint32_t    fold[ROWS];
    knn_folds_t folds = {3, true, 7};

    const uint32_t expected[ROWS] = {0, 1, 0, 1, 2, 0, 2, 1, 0, 2, 1};

    ck_assert(knn_folds_plain(&folds, ROWS, fold));
    ck_assert_mem_eq(fold, expected, sizeof(fold));
}
END_TEST


START_TEST(stratified)
{
    uint32_t    fold[ROWS];
    knn_folds_t folds = {3, false, 0};

    const uint32_t expected[ROWS] = {0, 0, 1, 0, 0, 1, 1, 2, 1, 2, 2};

    ck_assert(knn_folds_stratified(&folds, classes, ROWS, 3, fold));
    ck_assert_mem_eq(fold, expected, sizeof(fold));
}
END_TEST


START_TEST(stratified_shuffled)
{
    uint32_t    fold[ROWS];
    knn_folds_t folds = {3, true, UINT32_MAX};

    const uint32_t expected[ROWS] = {2, 1, 2, 1, 0, 0, 0, 2, 1, 1, 0};

    ck_assert(knn_folds_stratified(&folds, classes, ROWS, 3, fold));
    ck_assert_mem_eq(fold, expected, sizeof(fold));
}
END_TEST


/* Classes that no row has change nothing. */
START_TEST(absent_classes)
{
    size_t      i;
    uint32_t    spread[ROWS], fold[ROWS], expected[ROWS];
    knn_folds_t folds = {4, false, 0};

    for (i = 0; i < ROWS; i++) {
        spread[i] = 5 + 3 * classes[i];
    }

    ck_assert(knn_folds_stratified(&folds, classes, ROWS, 3, expected));
    ck_assert(knn_folds_stratified(&folds, spread, ROWS, 20, fold));
    ck_assert_mem_eq(fold, expected, sizeof(fold));
}
END_TEST


START_TEST(shuffle)
{
    uint32_t      i, values[1000];
    knn_shuffle_t state;

    const uint32_t begin[] = {993, 859, 298, 553, 672};
    const uint32_t end[] = {835, 192, 629, 559, 684};

    for (i = 0; i < 1000; i++) {
        values[i] = i;
    }

    knn_shuffle_seed(&state, 0);
    knn_shuffle(&state, values, 1000);
    ck_assert_mem_eq(values, begin, sizeof(begin));
    ck_assert_mem_eq(values + 995, end, sizeof(end));
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tests;

    suite = suite_create("fold");
    tests = tcase_create("fold");
    tcase_add_test(tests, plain);
    tcase_add_test(tests, plain_shuffled);
    tcase_add_test(tests, stratified);
    tcase_add_test(tests, stratified_shuffled);
    tcase_add_test(tests, absent_classes);
    tcase_add_test(tests, shuffle);
    suite_add_tcase(suite, tests);

    return suite;
}
