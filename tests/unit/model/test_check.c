
/*
 * Copyright (C) nginx-knn contributors
 */


/* Every way a model can contradict itself, and that it is told. */


#include "fixture.h"


#define ROWS     40
#define FEATURES 2


typedef struct {
    const char     *name;
    knn_algorithm_e algorithm;
    void (*spoil)(fixture_t *f);
    const char *message;
} refusal_t;


/* 40 rows in 4 leaves of 10: nodes 0, 1, 2, and the leaves 3, 4, 5, 6 */
static void
start(fixture_t *f, knn_algorithm_e algorithm)
{
    fixture_create(f, algorithm, KNN_EUCLIDEAN, ROWS, FEATURES, 5, 9, 1);
}


static double            numbers[2 * ROWS];
static const knn_label_t not_a_number = {.type = KNN_LABEL_FLOAT,
                                         .value.number = NAN};


static void
within(fixture_t *f, double radius)
{
    f->parts.estimator = KNN_RADIUS_CLASSIFIER;
    f->parts.radius = radius;
}


/* two outputs, with these values */
static double *
regressor(fixture_t *f)
{
    memset(numbers, 0, sizeof(numbers));
    f->parts.estimator = KNN_REGRESSOR;
    f->parts.n_outputs = 2;
    f->parts.values = numbers;

    return numbers;
}


/* three classes, with these priors and then scales */
static double *
centroids(fixture_t *f)
{
    size_t i;

    for (i = 0; i < FIXTURE_CLASSES + FEATURES; i++) {
        numbers[i] = 0.5;
    }

    f->parts.estimator = KNN_CENTROID;
    f->parts.n_samples = FIXTURE_CLASSES;
    f->parts.priors = numbers;
    f->parts.scale = numbers + FIXTURE_CLASSES;

    return numbers;
}


#define SPOIL(name, change)                                                    \
    static void name(fixture_t *f)                                             \
    {                                                                          \
        change;                                                                \
    }


SPOIL(no_rows, f->parts.n_samples = 0)
SPOIL(many_rows, f->parts.n_samples = (size_t) KNN_MAX_SAMPLES + 1)
SPOIL(no_features, f->parts.n_features = 0)
SPOIL(many_features, f->parts.n_features = KNN_MAX_FEATURES + 1)
SPOIL(no_outputs, f->parts.n_outputs = 0)
SPOIL(no_neighbors, f->parts.n_neighbors = 0)
SPOIL(negative_neighbors, f->parts.n_neighbors = INT64_MIN)
SPOIL(many_neighbors, f->parts.n_neighbors = ROWS + 1)
SPOIL(zero_p, f->parts.metric = KNN_MINKOWSKI; f->parts.p = 0)
SPOIL(no_p, f->parts.metric = KNN_MINKOWSKI; f->parts.p = NAN)
SPOIL(negative_p, f->parts.metric = KNN_MINKOWSKI; f->parts.p = -INFINITY)
SPOIL(no_tree, f->parts.tree = NULL)
SPOIL(a_tree, f->parts.algorithm = KNN_BRUTE)
SPOIL(nan_data, f->x[7] = NAN)
SPOIL(infinite_data, f->x[ROWS * FEATURES - 1] = -INFINITY)
SPOIL(no_classes, f->outputs[0].n_classes = 0)
SPOIL(many_classes, f->outputs[0].n_classes = (size_t) UINT32_MAX + 1)
SPOIL(nan_class, f->labels[1].type = KNN_LABEL_FLOAT;
      f->labels[1].value.number = NAN)
SPOIL(negative_class, f->y[39] = -1)
SPOIL(unknown_class, f->y[0] = FIXTURE_CLASSES)
SPOIL(second_output, f->parts.n_outputs = 2; f->y[79] = INT64_MAX)

SPOIL(classes_and_outlier, f->outputs[0].n_classes = KNN_CLASS_OUTLIER)
SPOIL(negative_radius_of_all, within(f, -0.5))
SPOIL(nan_radius_of_all, within(f, NAN))
SPOIL(infinite_radius_of_all, within(f, INFINITY))
SPOIL(nan_outlier, within(f, 1); f->outputs[0].outlier = &not_a_number)
SPOIL(half_outliers, within(f, 1); f->parts.n_outputs = 2;
      f->outputs[1].outlier = &f->labels[2])
SPOIL(nan_value, regressor(f)[7] = NAN)
SPOIL(infinite_value, regressor(f)[2 * ROWS - 1] = INFINITY)
SPOIL(few_centroids, centroids(f); f->parts.n_samples = 2)
SPOIL(two_outputs, centroids(f); f->parts.n_outputs = 2)
SPOIL(nan_prior, centroids(f)[1] = NAN)
SPOIL(large_prior, centroids(f)[2] = 1.5)
SPOIL(negative_prior, centroids(f)[0] = -0.1)
SPOIL(zero_scale, centroids(f)[3] = 0)
SPOIL(infinite_scale, centroids(f)[4] = INFINITY)

SPOIL(no_nodes, f->tree.n_nodes = 0)
SPOIL(odd_nodes, f->tree.n_nodes = 6)
SPOIL(many_nodes, f->tree.n_nodes = 127)
SPOIL(all_nodes, f->tree.n_nodes = SIZE_MAX)
SPOIL(ball_bounds, f->tree.n_bounds = 1)
SPOIL(kd_bounds, f->tree.n_bounds = 2)
SPOIL(negative_index, f->idx[3] = -1)
SPOIL(large_index, f->idx[39] = ROWS)
SPOIL(twice, f->idx[0] = f->idx[39])
SPOIL(root_start, f->nodes[0].start = 1)
SPOIL(root_end, f->nodes[0].end = ROWS - 1)
SPOIL(leaf_flag, f->nodes[4].is_leaf = 2)
SPOIL(negative_flag, f->nodes[0].is_leaf = -1)
SPOIL(childless, f->nodes[5].is_leaf = 0)
SPOIL(gap, f->nodes[2].start++)
SPOIL(overlap, f->nodes[1].end++)
SPOIL(left_start, f->nodes[3].start--)
SPOIL(right_end, f->nodes[6].end++)
SPOIL(empty_left, f->nodes[3].end = f->nodes[3].start;
      f->nodes[4].start = f->nodes[3].start)
SPOIL(empty_right, f->nodes[5].end = f->nodes[6].end;
      f->nodes[6].start = f->nodes[6].end)
SPOIL(nan_radius, f->nodes[6].radius = NAN)
SPOIL(negative_radius, f->nodes[1].radius = -1)
SPOIL(nan_lower, f->bounds[0] = NAN)
SPOIL(nan_upper, f->bounds[7 * 2 + 13] = NAN)
SPOIL(infinite_upper, f->bounds[7 * 2] = INFINITY)
SPOIL(high_lower, f->bounds[3 * 2] = nextafter(f->bounds[3 * 2], 9))
SPOIL(low_upper, f->bounds[7 * 2 + 5] = nextafter(f->bounds[7 * 2 + 5], -9))
SPOIL(nan_center, f->bounds[5] = NAN)
SPOIL(far_center, f->bounds[2 * 4] += 0.01)
SPOIL(small_radius, f->nodes[4].radius *= 1 - 1e-12)


static const refusal_t refusals[] = {
    {"no rows", KNN_KD_TREE, no_rows, "0 training rows"},
    {"too many rows", KNN_KD_TREE, many_rows, "training rows, it must have"},
    {"no features", KNN_KD_TREE, no_features, "0 features"},
    {"too many features", KNN_KD_TREE, many_features, "16777217 features"},
    {"no outputs", KNN_KD_TREE, no_outputs, "no output"},
    {"k is 0", KNN_KD_TREE, no_neighbors, "n_neighbors is 0"},
    {"k is negative", KNN_BRUTE, negative_neighbors, "n_neighbors is -"},
    {"k above n", KNN_BALL_TREE, many_neighbors, "n_neighbors is 41"},
    {"p is 0", KNN_BRUTE, zero_p, "is 0, it must"},
    {"p is NaN", KNN_BRUTE, no_p, "p of the metric"},
    {"p is -inf", KNN_BRUTE, negative_p, "p of the metric"},
    {"no tree", KNN_KD_TREE, no_tree, "disagree"},
    {"tree of brute", KNN_KD_TREE, a_tree, "disagree"},
    {"NaN in X", KNN_KD_TREE, nan_data, "row 3, feature 1"},
    {"infinity in X", KNN_BRUTE, infinite_data, "row 39, feature 1"},
    {"no classes", KNN_BRUTE, no_classes, "output 0 has 0 classes"},
    {"too many classes", KNN_BRUTE, many_classes, "classes, it must"},
    {"a class is NaN", KNN_BRUTE, nan_class, "class 1 of output 0"},
    {"y below 0", KNN_BRUTE, negative_class, "row 39 is -1"},
    {"y above", KNN_KD_TREE, unknown_class, "row 0 is 3, it must be 0 to 2"},
    {"y of output 1", KNN_BRUTE, second_output, "of output 1"},
    {"a class too many", KNN_BRUTE, classes_and_outlier, "classes, it must"},
    {"radius below 0", KNN_KD_TREE, negative_radius_of_all, "radius is -0.5"},
    {"radius is NaN", KNN_BRUTE, nan_radius_of_all, "radius is nan"},
    {"radius infinite", KNN_BALL_TREE, infinite_radius_of_all, "radius is inf"},
    {"outlier is NaN", KNN_BRUTE, nan_outlier, "the outlier label of output 0"},
    {"outlier of one", KNN_BRUTE, half_outliers, "output 1 has an outlier"},
    {"a value is NaN", KNN_KD_TREE, nan_value, "row 3 is nan in output 1"},
    {"infinite value", KNN_BRUTE, infinite_value, "row 39 is inf in output 1"},
    {"few centroids", KNN_BRUTE, few_centroids, "2 centroids and 3 classes"},
    {"outputs", KNN_BRUTE, two_outputs, "3 centroids"},
    {"prior NaN", KNN_BRUTE, nan_prior, "prior of class 1 is nan"},
    {"prior above 1", KNN_BRUTE, large_prior, "prior of class 2 is 1.5"},
    {"prior below 0", KNN_BRUTE, negative_prior, "prior of class 0 is -0.1"},
    {"deviation 0", KNN_BRUTE, zero_scale, "deviation of feature 0 is 0"},
    {"deviation inf", KNN_BRUTE, infinite_scale, "deviation of feature 1"},
    {"no nodes", KNN_KD_TREE, no_nodes, "the tree has 0 nodes"},
    {"not 2^n - 1", KNN_KD_TREE, odd_nodes, "the tree has 6 nodes"},
    {"too many nodes", KNN_KD_TREE, many_nodes, "at most 79"},
    {"2^64 - 1 nodes", KNN_BALL_TREE, all_nodes, "at most 79"},
    {"kd with centers", KNN_KD_TREE, ball_bounds, "a kd_tree must have 2"},
    {"ball with boxes", KNN_BALL_TREE, kd_bounds, "a ball_tree must have 1"},
    {"index below 0", KNN_KD_TREE, negative_index, "holds -1 at 3"},
    {"index above", KNN_BALL_TREE, large_index, "holds 40 at 39"},
    {"index twice", KNN_KD_TREE, twice, "twice"},
    {"root from 1", KNN_KD_TREE, root_start, "root of the tree holds 1 to"},
    {"root to n - 1", KNN_KD_TREE, root_end, "holds 0 to 39, it must"},
    {"leaf flag 2", KNN_KD_TREE, leaf_flag, "is_leaf of node 4"},
    {"leaf flag -1", KNN_KD_TREE, negative_flag, "is_leaf of node 0"},
    {"no children", KNN_BALL_TREE, childless, "node 5 of the tree is no leaf"},
    {"a gap", KNN_KD_TREE, gap, "children of node 0"},
    {"an overlap", KNN_KD_TREE, overlap, "children of node 0"},
    {"left too early", KNN_KD_TREE, left_start, "children of node 1"},
    {"right too late", KNN_KD_TREE, right_end, "children of node 2"},
    {"empty left", KNN_KD_TREE, empty_left, "at least one row"},
    {"empty right", KNN_KD_TREE, empty_right, "at least one row"},
    {"radius NaN", KNN_KD_TREE, nan_radius, "radius of node 6"},
    {"radius below 0", KNN_BALL_TREE, negative_radius, "radius of node 1"},
    {"lower NaN", KNN_KD_TREE, nan_lower, "bounds of node 0"},
    {"upper NaN", KNN_KD_TREE, nan_upper, "bounds of node 6"},
    {"upper infinite", KNN_KD_TREE, infinite_upper, "bounds of node 0"},
    {"lower too high", KNN_KD_TREE, high_lower, "node 3 of the tree is bou"},
    {"upper too low", KNN_KD_TREE, low_upper, "node 2 of the tree is bounded"},
    {"center NaN", KNN_BALL_TREE, nan_center, "center of node 2"},
    {"center beside", KNN_BALL_TREE, far_center, "node 4 of the tree has the"},
    {"radius too small", KNN_BALL_TREE, small_radius,
     "node 4 of the tree has"}};


#define REFUSALS (int) (sizeof(refusals) / sizeof(refusals[0]))


START_TEST(refused)
{
    fixture_t        f;
    knn_error_t      err;
    const refusal_t *r;

    r = &refusals[_i];

    start(&f, r->algorithm);
    r->spoil(&f);

    ck_assert_msg(knn_model_build(&f.parts, &err) == NULL, "%s is accepted",
                  r->name);
    ck_assert_msg(strstr(err.message, r->message) != NULL, "%s: \"%s\"",
                  r->name, err.message);
    ck_assert_msg(strstr(err.message, "must") != NULL, "%s: no cure in \"%s\"",
                  r->name, err.message);
    ck_assert_int_ne(err.status, KNN_OK);
    ck_assert_int_ne(err.status, KNN_NO_MEMORY);
    ck_assert_uint_lt(strlen(err.message), KNN_ERROR_SIZE - 1);
    ck_assert_ptr_null(strchr(err.message, '\n'));

    fixture_destroy(&f);
}
END_TEST


START_TEST(accepted)
{
    int       metric;
    fixture_t f;

    for (metric = 0; metric < FIXTURE_METRICS; metric++) {
        fixture_create(&f, (knn_algorithm_e) _i, (knn_metric_e) metric, ROWS,
                       FEATURES, ROWS, 9, 0.1);
        knn_model_free(fixture_build(&f));
        fixture_destroy(&f);
    }
}
END_TEST


/* what scikit-learn writes when squares overflow, and a leaf high up */
START_TEST(accepted_oddities)
{
    fixture_t f;

    fixture_create(&f, KNN_KD_TREE, KNN_EUCLIDEAN, ROWS, FEATURES, 5, 9, 1e200);
    ck_assert(isinf(f.nodes[0].radius) || f.nodes[0].radius > 0);
    f.nodes[0].radius = INFINITY;
    knn_model_free(fixture_build(&f));
    fixture_destroy(&f);

    start(&f, KNN_KD_TREE);
    f.nodes[1].is_leaf = 1;
    memset(&f.nodes[3], 0xff, 2 * sizeof(knn_node_t));
    f.nodes[3].is_leaf = 0;
    f.nodes[3].start = INT64_MIN / 16;
    f.nodes[4].is_leaf = 1;
    f.bounds[3 * FEATURES] = NAN;
    knn_model_free(fixture_build(&f));
    fixture_destroy(&f);
}
END_TEST


/* what the checks of other estimators do not ask for */
START_TEST(accepted_others)
{
    fixture_t f;

    start(&f, KNN_KD_TREE);
    (void) regressor(&f);
    f.parts.y = NULL;
    f.parts.outputs = NULL;
    knn_model_free(fixture_build(&f));

    f.parts.estimator = KNN_RADIUS_REGRESSOR;
    f.parts.n_neighbors = 0;
    knn_model_free(fixture_build(&f));

    f.parts.estimator = KNN_NEIGHBORS;
    f.parts.n_neighbors = ROWS;
    f.parts.n_outputs = 0;
    f.parts.values = NULL;
    knn_model_free(fixture_build(&f));
    fixture_destroy(&f);

    start(&f, KNN_BRUTE);
    (void) centroids(&f);
    f.parts.n_neighbors = 0;
    f.parts.y = NULL;
    knn_model_free(fixture_build(&f));
    f.parts.priors = NULL;
    f.parts.scale = NULL;
    knn_model_free(fixture_build(&f));
    fixture_destroy(&f);
}
END_TEST


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("check");
    tcase = tcase_create("check");

    tcase_add_loop_test(tcase, refused, 0, REFUSALS);
    tcase_add_loop_test(tcase, accepted, KNN_BRUTE, KNN_BALL_TREE + 1);
    tcase_add_test(tcase, accepted_oddities);
    tcase_add_test(tcase, accepted_others);
    suite_add_tcase(suite, tcase);

    return suite;
}
