
/*
 * Copyright (C) nginx-knn contributors
 */


/* What regressors, radius estimators and the others say, as parts. */


#include "fitted.h"


static const estimator_t regressor = {"_regression", "KNeighborsRegressor"};
static const estimator_t old_regressor = {"regression", "KNeighborsRegressor"};
static const estimator_t radius_classifier = {"_classification",
                                              "RadiusNeighborsClassifier"};
static const estimator_t radius_regressor = {"_regression",
                                             "RadiusNeighborsRegressor"};
static const estimator_t neighbors = {"_unsupervised", "NearestNeighbors"};
static const estimator_t centroid = {"_nearest_centroid", "NearestCentroid"};


#define RADIUS_2       ATTRIBUTE("radius", "I2\n")
#define OUTLIER(value) RADIUS_2, ATTRIBUTE("outlier_label_", value)
#define SCALAR(dtype, data)                                                    \
    "cnumpy.core.multiarray\nscalar\n(" DTYPE(dtype) "S'" data "'\ntR"
#define MANY_CLASSES                                                           \
    ATTRIBUTE("outputs_2d_", "I01\n"),                                         \
        ATTRIBUTE("classes_", "(" VECTOR("1", "a") VECTOR("2", "bc") "l"),     \
        ATTRIBUTE("_y", MATRIX("3", "2", "\\x00\\x01\\x00\\x00\\x00\\x01"))
#define FLOATS(shape, data) ARRAY(shape, DTYPE("f4"), data)

/* 1.0, 2.0 and 4.0 as float32 */
#define ONE  "\\x00\\x00\\x80\\x3f"
#define TWO  "\\x00\\x00\\x00\\x40"
#define FOUR "\\x00\\x00\\x80\\x40"
#define HALF "\\x00\\x00\\x00\\x3f"

#define SPARSE_STATE(shape, data, indices, indptr)                             \
    "cscipy.sparse._csr\ncsr_matrix\n)\x81}(S'_shape'\n" shape                 \
    "S'data'\n" data "S'indices'\n" indices "S'indptr'\n" indptr "ub"
#define SPARSE(data, indices, indptr)                                          \
    SPARSE_STATE("(I3\nI2\nt", data, indices, indptr)


START_TEST(regressors)
{
    knn_parts_t parts;

    READ_AS(&parts, regressor, ATTRIBUTE("_y", VECTOR("3", "\\x05\\x06\\x07")));
    ck_assert_int_eq(parts.estimator, KNN_REGRESSOR);
    ck_assert_int_eq(parts.n_neighbors, 2);
    ck_assert_uint_eq(parts.n_outputs, 1);
    ck_assert_double_eq(parts.values[2], 7);
    ck_assert(!parts.single);
    ck_assert_ptr_null(parts.y);

    READ_AS(&parts, old_regressor,
            ATTRIBUTE("_y", FLOATS("I3\nI1\n", ONE TWO FOUR)));
    ck_assert_uint_eq(parts.n_outputs, 1);
    ck_assert_double_eq(parts.values[2], 4);
    ck_assert(parts.single);

    READ_AS(&parts, radius_regressor, ATTRIBUTE("radius", "F0.5\n"),
            ATTRIBUTE("weights", TEXT("distance")),
            ATTRIBUTE("_y", MATRIX("3", "2", "abcdef")));
    ck_assert_int_eq(parts.estimator, KNN_RADIUS_REGRESSOR);
    ck_assert_int_eq(parts.weights, KNN_DISTANCE);
    ck_assert_double_eq(parts.radius, 0.5);
    ck_assert_uint_eq(parts.n_outputs, 2);
    ck_assert_double_eq(parts.values[5], 'f');
}
END_TEST


START_TEST(nearest_neighbors)
{
    knn_parts_t parts;

    READ_AS(&parts, neighbors, ABSENT("_y"), ABSENT("classes_"),
            ABSENT("weights"));
    ck_assert_int_eq(parts.estimator, KNN_NEIGHBORS);
    ck_assert_int_eq(parts.n_neighbors, 2);
    ck_assert_uint_eq(parts.n_outputs, 0);
}
END_TEST


START_TEST(radius)
{
    knn_parts_t parts;

    READ_AS(&parts, radius_classifier, OUTLIER("N"));
    ck_assert_int_eq(parts.estimator, KNN_RADIUS_CLASSIFIER);
    ck_assert_double_eq(parts.radius, 2);
    ck_assert_ptr_null(parts.outputs[0].outlier);
    ck_assert(!parts.summed);

    READ_AS(&parts, radius_classifier, OUTLIER("(I5\nl"));
    ck_assert_int_eq(parts.outputs[0].outlier->value.integer, 5);

    READ_AS(&parts, radius_classifier, OUTLIER("(I5\nt"));
    ck_assert_int_eq(parts.outputs[0].outlier->value.integer, 5);

    READ_AS(&parts, radius_classifier, OUTLIER(VECTOR("1", "a")));
    ck_assert_int_eq(parts.outputs[0].outlier->value.integer, 'a');

    READ_AS(&parts, radius_classifier, OUTLIER("(" SCALAR("i1", "b") "l"));
    ck_assert_int_eq(parts.outputs[0].outlier->value.integer, 'b');

    READ_AS(&parts, radius_classifier, OUTLIER("(I5\nl"),
            ATTRIBUTE("classes_", FLOATS("I2\n", ONE TWO)));
    ck_assert_int_eq(parts.outputs[0].outlier->type, KNN_LABEL_FLOAT);
    ck_assert_double_eq(parts.outputs[0].outlier->value.number, 5);

    READ_AS(&parts, radius_classifier, RADIUS_2,
            ATTRIBUTE("outlier_label", "I5\n"));
    ck_assert_int_eq(parts.outputs[0].outlier->value.integer, 5);
    ck_assert(parts.summed);
}
END_TEST


START_TEST(radius_outputs)
{
    knn_parts_t parts;

    READ_AS(&parts, radius_classifier, MANY_CLASSES, OUTLIER("(I5\nI6\nl"));
    ck_assert_int_eq(parts.outputs[0].outlier->value.integer, 5);
    ck_assert_int_eq(parts.outputs[1].outlier->value.integer, 6);

    READ_AS(&parts, radius_classifier, MANY_CLASSES, RADIUS_2,
            ATTRIBUTE("outlier_label", "I5\n"));
    ck_assert_int_eq(parts.outputs[1].outlier->value.integer, 5);
}
END_TEST


#define CENTROIDS                                                              \
    ATTRIBUTE("metric", TEXT("manhattan")),                                    \
        ATTRIBUTE("centroids_", MATRIX("2", "2", "abcd"))

START_TEST(centroids)
{
    knn_parts_t parts;

    READ_AS(&parts, centroid, CENTROIDS, ABSENT("_fit_X"));
    ck_assert_int_eq(parts.estimator, KNN_CENTROID);
    ck_assert_int_eq(parts.metric, KNN_MANHATTAN);
    ck_assert_uint_eq(parts.n_samples, 2);
    ck_assert_uint_eq(parts.outputs[0].n_classes, 2);
    ck_assert_double_eq(parts.x[3], 'd');
    ck_assert_ptr_null(parts.priors);

    /* as likely as each other, so that only distances count */
    READ_AS(&parts, centroid, CENTROIDS,
            ATTRIBUTE("class_prior_", FLOATS("I2\n", HALF HALF)));
    ck_assert_ptr_null(parts.priors);

    READ_AS(&parts, centroid, CENTROIDS,
            ATTRIBUTE("class_prior_", FLOATS("I2\n", ONE HALF)),
            ATTRIBUTE("within_class_std_dev_", VECTOR("2", "\\x00\\x03")));
    ck_assert_double_eq(parts.priors[1], 0.5);
    ck_assert_double_eq(parts.scale[0], 1);
    ck_assert_double_eq(parts.scale[1], 3);
}
END_TEST


START_TEST(sparse)
{
    size_t      i;
    knn_parts_t parts;

    static const double x[] = {7, 0, 0, 5, 0, 0};

    READ(&parts,
         ATTRIBUTE("_fit_X", SPARSE(FLOATS("I3\n", FOUR TWO ONE),
                                    VECTOR("3", "\\x00\\x00\\x00"),
                                    VECTOR("4", "\\x00\\x03\\x03\\x03"))));
    ck_assert_double_eq(parts.x[0], 7);

    READ(&parts,
         ATTRIBUTE("_fit_X", SPARSE(FLOATS("I4\n", FOUR TWO ONE FOUR),
                                    VECTOR("4", "\\x00\\x00\\x00\\x01"),
                                    VECTOR("4", "\\x00\\x03\\x04\\x04"))));
    ck_assert_int_eq(parts.sort, KNN_SORT_LOWEST);
    ck_assert_uint_eq(parts.n_features, 2);

    for (i = 0; i < 6; i++) {
        ck_assert_double_eq(parts.x[i], (i == 3) ? 4 : x[i]);
    }
}
END_TEST


typedef struct {
    const estimator_t *estimator;
    attribute_t        changes[N_CHANGES];
    const char        *word;
} refused_t;

#define REFUSED(word, estimator, ...)                                          \
    {                                                                          \
        &estimator, {__VA_ARGS__}, word                                        \
    }

static const refused_t refused[] = {
    REFUSED("_y: has 2 elements in dimension 0, not 3", regressor,
            ATTRIBUTE("_y", VECTOR("2", "ab"))),
    REFUSED("_y: has 3 dimensions, not 1", regressor,
            ATTRIBUTE("_y", ARRAY("I3\nI1\nI1\n", DTYPE("i1"), "abc"))),
    REFUSED("_y: has dtype", regressor,
            ATTRIBUTE("_y", ARRAY("I3\n", DTYPE("S1"), "abc"))),
    REFUSED("n_neighbors", regressor, ABSENT("n_neighbors")),
    REFUSED("weights", radius_regressor, RADIUS_2, ABSENT("weights")),
    REFUSED("no radius", radius_regressor, ABSENT("radius")),
    REFUSED("radius: is a str, use a finite number", radius_regressor,
            ATTRIBUTE("radius", TEXT("1"))),
    REFUSED("radius: is a float, use a finite number", radius_regressor,
            ATTRIBUTE("radius", "Finf\n")),
    REFUSED("n_neighbors: is None", neighbors, ATTRIBUTE("n_neighbors", "N")),
    REFUSED("no outlier_label", radius_classifier, RADIUS_2),
    REFUSED("outlier_label_: has 2 labels for 1 outputs", radius_classifier,
            OUTLIER("(I5\nI6\nl")),
    REFUSED("outlier_label_: is of another type", radius_classifier,
            OUTLIER("(Vno\nl")),
    REFUSED("outlier_label_: is None", radius_classifier, OUTLIER("(Nl")),
    REFUSED("outlier_label_: is a dict", radius_classifier, OUTLIER("}")),
    REFUSED("no centroids_", centroid, ATTRIBUTE("metric", TEXT("l1"))),
    REFUSED("no metric", centroid, ABSENT("metric")),
    REFUSED("centroids_: has 1 dimensions", centroid,
            ATTRIBUTE("metric", TEXT("l1")),
            ATTRIBUTE("centroids_", VECTOR("2", "ab"))),
    REFUSED("centroids_: has dtype", centroid, ATTRIBUTE("metric", TEXT("l1")),
            ATTRIBUTE("centroids_", ARRAY("I2\nI2\n", DTYPE("S1"), "abcd"))),
    REFUSED("no within_class_std_dev_", centroid, CENTROIDS,
            ATTRIBUTE("class_prior_", FLOATS("I2\n", ONE HALF))),
    REFUSED("class_prior_: has 3 elements", centroid, CENTROIDS,
            ATTRIBUTE("class_prior_", VECTOR("3", "abc"))),
    REFUSED("_shape", radius_classifier, RADIUS_2,
            ATTRIBUTE("_fit_X", "cscipy.sparse._csr\ncsr_matrix\n)\x81}b")),
    REFUSED("_shape", radius_classifier,
            ATTRIBUTE("_fit_X", SPARSE_STATE("(I3\nI-2\nt", "N", "N", "N"))),
    REFUSED("the sparse matrix has no attributes", radius_classifier,
            ATTRIBUTE("_fit_X", "cscipy.sparse._csr\ncsr_matrix\n)\x81")),
    REFUSED("indices of the sparse matrix", radius_classifier,
            ATTRIBUTE("_fit_X", SPARSE(VECTOR("1", "a"), "N", "N"))),
    REFUSED("indptr of the sparse matrix", radius_classifier,
            ATTRIBUTE("_fit_X", SPARSE(VECTOR("1", "a"), VECTOR("1", "a"),
                                       MATRIX("1", "1", "a")))),
    REFUSED("data of the sparse matrix", radius_classifier,
            ATTRIBUTE("_fit_X",
                      SPARSE("]", VECTOR("1", "a"), VECTOR("4", "abcd")))),
    REFUSED("do not fit together", radius_classifier,
            ATTRIBUTE("_fit_X", SPARSE(VECTOR("1", "a"), VECTOR("1", "a"),
                                       VECTOR("3", "\\x00\\x01\\x01")))),
    REFUSED("do not fit together", radius_classifier,
            ATTRIBUTE("_fit_X", SPARSE(VECTOR("2", "ab"), VECTOR("1", "a"),
                                       VECTOR("4", "\\x00\\x01\\x01\\x02")))),
    REFUSED("do not fit together", radius_classifier,
            ATTRIBUTE("_fit_X", SPARSE(VECTOR("1", "a"), VECTOR("1", "a"),
                                       VECTOR("4", "\\x00\\x01\\x01\\xff")))),
    REFUSED(
        "do not fit together", radius_classifier,
        ATTRIBUTE("_fit_X", SPARSE(VECTOR("2", "ab"), VECTOR("2", "\\x00\\x00"),
                                   VECTOR("4", "\\x00\\x02\\x01\\x02")))),
    REFUSED("column 2, it must be 0 to 1", radius_classifier,
            ATTRIBUTE("_fit_X", SPARSE(VECTOR("1", "a"), VECTOR("1", "\\x02"),
                                       VECTOR("4", "\\x00\\x01\\x01\\x01")))),
    REFUSED("column -1", radius_classifier,
            ATTRIBUTE("_fit_X", SPARSE(VECTOR("1", "a"), VECTOR("1", "\\xff"),
                                       VECTOR("4", "\\x00\\x01\\x01\\x01")))),
    REFUSED(
        "3 x 99999999", radius_classifier,
        ATTRIBUTE("_fit_X", SPARSE_STATE("(I3\nI99999999\nt", VECTOR("1", "a"),
                                         VECTOR("1", "\\x00"),
                                         VECTOR("4", "\\x00\\x01\\x01\\x01")))),
};


START_TEST(refusal)
{
    knn_parts_t      parts;
    const refused_t *r;

    r = &refused[_i];

    ck_assert_msg(read_estimator(r->estimator, r->changes, &parts) != KNN_OK,
                  "\"%s\" is accepted", r->word);
    check_message(r->word);
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("estimators");
    tcase = tcase_create("attributes");

    tcase_add_checked_fixture(tcase, arena_setup, arena_teardown);
    tcase_add_test(tcase, regressors);
    tcase_add_test(tcase, nearest_neighbors);
    tcase_add_test(tcase, radius);
    tcase_add_test(tcase, radius_outputs);
    tcase_add_test(tcase, centroids);
    tcase_add_test(tcase, sparse);
    tcase_add_loop_test(tcase, refusal, 0,
                        (int) (sizeof(refused) / sizeof(refused[0])));
    suite_add_tcase(suite, tcase);

    return suite;
}
