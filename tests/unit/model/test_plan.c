
/*
 * Copyright (C) nginx-knn contributors
 */


/* Which way to the nearest rows is chosen, and what is kept of the others. */


#include "fixture.h"

#include "../../../model/model.h"
#include "../../../model/search.h"


static const char *const names[] = {"codes", "wide",   "scan",  "quick",
                                    "heap",  "lowest", "serial"};

#define NAMES (sizeof(names) / sizeof(names[0]))


/* A model whose rows are on a lattice, or anywhere. */
static knn_model_t *
build(fixture_t *f, int number, size_t n, size_t d, const char *search)
{
    size_t i;

    fixture_create(f, (knn_algorithm_e) (number % 3), KNN_EUCLIDEAN, n, d, 5,
                   20, 1);

    for (i = 0; i < n * d && number >= 3; i++) {
        f->x[i] = fixture_value(f, 1u << 30, 0x1p-20);
    }

    if (number >= 3 && f->parts.algorithm != KNN_BRUTE) {
        free(f->idx);
        free(f->nodes);
        free(f->bounds);
        fixture_tree(f, fixture_levels(n, 20));
    }

    f->parts.search = search;

    return fixture_build(f);
}


/* A way that is named is taken; the fastest has the memory it needs alone. */
START_TEST(kept)
{
    size_t       i, memory;
    fixture_t    f;
    const char  *search;
    knn_model_t *model;

    model = build(&f, _i, 3000, 12, NULL);
    search = model->info.search;
    memory = model->info.memory;

    ck_assert_str_eq(search, model->way->name);
    ck_assert_int_eq(model->wide != NULL, strcmp(search, "wide") == 0);
    ck_assert_int_eq(model->codes != NULL, strcmp(search, "codes") == 0);
    ck_assert_int_eq(model->blocks == NULL, strcmp(search, "codes") == 0);

    for (i = 0; i < NAMES && strcmp(names[i], search) != 0; i++) {
        /* void */
    }

    ck_assert_msg(i < NAMES, "%s is no way", search);

    knn_model_free(model);
    fixture_destroy(&f);

    model = build(&f, _i, 3000, 12, search);

    ck_assert_str_eq(model->info.search, search);
    ck_assert_uint_eq(model->info.memory, memory);

    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


/* A name of no way, or of one that cannot be, does no harm. */
START_TEST(unknown)
{
    size_t       i;
    fixture_t    f;
    knn_model_t *model;

    static const char *const strange[] = {"", "abacus", "within", "codes",
                                          "wide"};

    for (i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
        model = build(&f, _i, 20, 3, strange[i]);

        ck_assert_str_ne(model->info.search, "");
        ck_assert_str_eq(model->info.search, model->way->name);

        knn_model_free(model);
        fixture_destroy(&f);
    }
}
END_TEST


/* Beyond the radius, all rows are not looked through for the nearest one. */
START_TEST(beyond)
{
    fixture_t    f;
    knn_model_t *model;

    fixture_create(&f, KNN_KD_TREE, KNN_EUCLIDEAN, 2000, 3, 1, 3, 1);
    f.parts.estimator = KNN_RADIUS_CLASSIFIER;
    f.parts.radius = 2;

    model = fixture_build(&f);
    ck_assert(!model->aligned);
    ck_assert_str_eq(model->way->name, "heap");

    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


/* The neighbors of a radius are found in one way. */
START_TEST(radius)
{
    fixture_t    f;
    knn_model_t *model;

    fixture_create(&f, KNN_KD_TREE, KNN_EUCLIDEAN, 200, 3, 1, 20, 1);
    f.parts.estimator = KNN_RADIUS_CLASSIFIER;
    f.parts.radius = 2;
    f.parts.search = NULL;

    model = fixture_build(&f);
    ck_assert_str_eq(model->info.search, "within");

    knn_model_free(model);
    fixture_destroy(&f);
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("plan");
    tcase = tcase_create("plan");

    tcase_add_loop_test(tcase, kept, 0, 6);
    tcase_add_loop_test(tcase, unknown, 0, 6);
    tcase_add_test(tcase, radius);
    tcase_add_test(tcase, beyond);
    suite_add_tcase(suite, tcase);

    return suite;
}
