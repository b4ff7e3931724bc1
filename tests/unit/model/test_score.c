
/*
 * Copyright (C) nginx-knn contributors
 */


/* Figures at the edges; tests/parity compares the others. */


#include <math.h>

#include "../checking.h"
#include "../../../model/train/score.h"


START_TEST(nothing_is_undefined)
{
    knn_score_t  score;
    knn_tally_t  tallies[3] = {{0, 3, 0}, {3, 0, 0}, {0, 0, 0}};
    knn_report_t report;

    score = knn_score_class(&tallies[0]);
    ck_assert(score.precision == 0 && score.recall == 0 && score.f1 == 0);

    report = knn_score_report(tallies, 3);
    ck_assert(report.accuracy == 0 && report.macro.f1 == 0);

    report = knn_score_report(tallies + 2, 1);
    ck_assert(report.accuracy == 0 && report.weighted.precision == 0);
}
END_TEST


/* What is neither there nor predicted is no class. */
START_TEST(absent_class)
{
    knn_tally_t  tallies[2] = {{4, 4, 4}, {0, 0, 0}};
    knn_report_t report;

    report = knn_score_report(tallies, 2);
    ck_assert(report.accuracy == 1);
    ck_assert(report.macro.precision == 1 && report.macro.recall == 1);
    ck_assert(report.weighted.f1 == 1);
}
END_TEST


START_TEST(r2)
{
    double       scratch[2];
    knn_errors_t errors;

    const double same[2] = {3, 3}, other[2] = {3, 4}, apart[2] = {1, 5};

    errors = knn_score_values(same, same, 1, scratch);
    ck_assert(isnan(errors.r2) && errors.rmse == 0);
    errors = knn_score_values(same, same, 2, scratch);
    ck_assert(errors.r2 == 1);
    errors = knn_score_values(same, other, 2, scratch);
    ck_assert(errors.r2 == 0 && errors.max == 1 && errors.median == 0.5);
    errors = knn_score_values(apart, same, 2, scratch);
    ck_assert(errors.r2 == 0 && errors.mae == 2 && errors.rmse == 2);
}
END_TEST


START_TEST(deviation)
{
    double scratch[2];

    const double values[2] = {1, 3};

    ck_assert(knn_score_mean(values, 2) == 2);
    ck_assert(knn_score_deviation(values, 2, scratch) == 1);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tests;

    suite = suite_create("score");
    tests = tcase_create("score");
    tcase_add_test(tests, nothing_is_undefined);
    tcase_add_test(tests, absent_class);
    tcase_add_test(tests, r2);
    tcase_add_test(tests, deviation);
    suite_add_tcase(suite, tests);

    return suite;
}
