
/*
 * Copyright (C) nginx-knn contributors
 */


/* What scikit-learn 1.2.1 learned from the same column, to the last bit. */


#include <math.h>

#include "../checking.h"
#include "../../../model/train/scale.h"


#define ROWS 10


static const double column[ROWS] = {0.1, 0.7,  -3.3, 1e6, 2.5,
                                    2.5, 9.75, -0.2, 0.3, 11.0};


START_TEST(standard)
{
    double mean, scale, scratch[ROWS];

    knn_scale_standard(column, ROWS, scratch, &mean, &scale);
    ck_assert(mean == 0x1.86a255c28f5c3p+16);
    ck_assert(scale == 0x1.24f7ce3046de4p+18);
}
END_TEST


START_TEST(minmax)
{
    double scale, shift;

    knn_scale_minmax(column, ROWS, &scale, &shift);
    ck_assert(scale == 0x1.0c6f3ffd8a6fep-20);
    ck_assert(shift == 0x1.baeac32f246bcp-19);
}
END_TEST


START_TEST(robust)
{
    double center, scale, scratch[ROWS];

    knn_scale_robust(column, ROWS, scratch, &center, &scale);
    ck_assert(center == 0x1.999999999999ap+0);
    ck_assert(scale == 0x1.f266666666666p+2);
}
END_TEST


/* Its sum is not ten times itself, which must not make a scale of it. */
START_TEST(constant)
{
    size_t i;
    double values[ROWS], scratch[ROWS], mean, scale;

    for (i = 0; i < ROWS; i++) {
        values[i] = 0.1;
    }

    knn_scale_standard(values, ROWS, scratch, &mean, &scale);
    ck_assert(mean == 0.1 && scale == 1);
    knn_scale_minmax(values, ROWS, &scale, &mean);
    ck_assert(scale == 1 && mean == -0.1);
    knn_scale_robust(values, ROWS, scratch, &mean, &scale);
    ck_assert(mean == 0.1 && scale == 1);
}
END_TEST


START_TEST(one_row)
{
    double value, scratch, mean, scale;

    value = 7;
    knn_scale_standard(&value, 1, &scratch, &mean, &scale);
    ck_assert(mean == 7 && scale == 1);
    knn_scale_robust(&value, 1, &scratch, &mean, &scale);
    ck_assert(mean == 7 && scale == 1);
}
END_TEST


START_TEST(mean_of_what_is_there)
{
    double scratch[4];

    const double values[4] = {1, NAN, 2, NAN};

    ck_assert(knn_scale_mean(values, 4, scratch) == 1.5);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tests;

    suite = suite_create("scale");
    tests = tcase_create("scale");
    tcase_add_test(tests, standard);
    tcase_add_test(tests, minmax);
    tcase_add_test(tests, robust);
    tcase_add_test(tests, constant);
    tcase_add_test(tests, one_row);
    tcase_add_test(tests, mean_of_what_is_there);
    suite_add_tcase(suite, tests);

    return suite;
}
