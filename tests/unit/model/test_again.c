
/*
 * Copyright (C) nginx-knn contributors
 */


/* A query that is used again: the bits of one that was laid out anew. */


#include "fixture.h"


#define ROUNDS   5
#define FEATURES 4
#define SAMPLES  300
#define OUTPUTS  (KNN_PREDICT | KNN_PREDICT_PROBA | KNN_KNEIGHBORS)


static void
same(const knn_query_t *query, const knn_query_t *fresh, size_t k)
{
    size_t rows;

    rows = query->rows;

    ck_assert_uint_eq(query->done, rows);
    ck_assert_mem_eq(query->classes, fresh->classes, rows * sizeof(uint32_t));
    ck_assert_mem_eq(query->proba, fresh->proba,
                     rows * FIXTURE_CLASSES * sizeof(double));
    ck_assert_mem_eq(query->first, fresh->first, (rows + 1) * sizeof(size_t));
    ck_assert_mem_eq(query->indices, fresh->indices,
                     rows * k * sizeof(int64_t));
    ck_assert_mem_eq(query->distances, fresh->distances,
                     rows * k * sizeof(double));
    ck_assert_mem_eq(query->nearest, fresh->nearest, rows * sizeof(double));
    ck_assert_mem_eq(query->novelty, fresh->novelty, rows * sizeof(double));
}


static void
check_again(knn_algorithm_e algorithm, size_t rows, double scale)
{
    void        *memory;
    size_t       i, round;
    double      *x;
    fixture_t    f;
    knn_model_t *model;
    knn_query_t *query, *fresh;

    fixture_create(&f, algorithm, KNN_EUCLIDEAN, SAMPLES, FEATURES, 5, 7,
                   scale);
    model = fixture_build(&f);

    x = fixture_alloc(rows * FEATURES, sizeof(double));
    memory = aligned_alloc(KNN_ALIGNMENT, knn_query_size(model, rows, OUTPUTS));
    query = knn_query_init(memory, model, x, rows, OUTPUTS);

    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < rows * FEATURES; i++) {
            x[i] = fixture_value(&f, 30, scale / 2);
        }

        if (round > 0) {
            knn_query_again(query, x);
        }

        while (!knn_query_run(query, 1000)) {
            /* void */
        }

        fresh = fixture_query(model, x, rows, OUTPUTS);
        same(query, fresh, 5);
        free(fresh);
    }

    free(memory);
    free(x);
    knn_model_free(model);
    fixture_destroy(&f);
}


START_TEST(again)
{
    size_t rows;

    static const knn_algorithm_e algorithms[] = {KNN_BRUTE, KNN_KD_TREE,
                                                 KNN_BALL_TREE};

    for (rows = 1; rows <= 65; rows += 16) {
        check_again(algorithms[_i], rows, 0.5);
        check_again(algorithms[_i], rows, 0.37);
    }
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("again");
    tcase = tcase_create("again");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, again, 0, 3);
    suite_add_tcase(suite, tcase);

    return suite;
}
