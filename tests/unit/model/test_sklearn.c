
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Fitted classifiers as parts: a small one written by hand with one attribute
 * changed at a time, and the files that scikit-learn wrote.
 */


#include <dirent.h>

#include "fitted.h"

#include "../../../model/knn.h"


#define MAX_BYTES (64 * 1024 * 1024)
#define FIXTURES  "tests/models/1.2.1"


START_TEST(brute)
{
    size_t      i;
    knn_parts_t parts;

    static const int64_t y[] = {0, 1, 1};

    READ(&parts, ABSENT(""));

    ck_assert_int_eq(parts.estimator, KNN_CLASSIFIER);
    ck_assert_int_eq(parts.algorithm, KNN_BRUTE);
    ck_assert_int_eq(parts.weights, KNN_UNIFORM);
    ck_assert_int_eq(parts.metric, KNN_EUCLIDEAN);
    ck_assert_int_eq(parts.sort, KNN_SORT_LOWEST);
    ck_assert_str_eq(parts.metric_name, "euclidean");
    ck_assert_str_eq(parts.producer, "scikit-learn 1.2.1");
    ck_assert_uint_eq(parts.n_samples, 3);
    ck_assert_uint_eq(parts.n_features, 2);
    ck_assert_int_eq(parts.n_neighbors, 2);
    ck_assert_uint_eq(parts.n_outputs, 1);
    ck_assert_uint_eq(parts.outputs[0].n_classes, 2);
    ck_assert_int_eq(parts.outputs[0].classes[1].value.integer, 9);
    ck_assert_ptr_null(parts.feature_names);
    ck_assert_ptr_null(parts.tree);

    for (i = 0; i < 6; i++) {
        ck_assert_double_eq(parts.x[i], (double) i);
    }

    ck_assert_mem_eq(parts.y, y, sizeof(y));
}
END_TEST


START_TEST(trees)
{
    knn_parts_t parts;

    READ(&parts, ATTRIBUTE("_fit_method", TEXT("kd_tree")),
         ATTRIBUTE("_tree", KD_TREE));
    ck_assert_int_eq(parts.algorithm, KNN_KD_TREE);
    ck_assert_uint_eq(parts.tree->n_nodes, 1);
    ck_assert_uint_eq(parts.tree->n_bounds, 2);
    ck_assert_int_eq(parts.tree->idx_array[0], 2);
    ck_assert_int_eq(parts.tree->nodes[0].start, 0);
    ck_assert_int_eq(parts.tree->nodes[0].end, 3);
    ck_assert_int_eq(parts.tree->nodes[0].is_leaf, 1);
    ck_assert_double_eq(parts.tree->nodes[0].radius, 5);
    ck_assert_double_eq(parts.tree->bounds[3], 5);
    ck_assert_double_eq(parts.x[5], 5);

    READ(&parts, ATTRIBUTE("_fit_method", TEXT("ball_tree")),
         ATTRIBUTE("_tree", BALL_TREE));
    ck_assert_int_eq(parts.algorithm, KNN_BALL_TREE);
    ck_assert_uint_eq(parts.tree->n_bounds, 1);
    ck_assert_double_eq(parts.tree->bounds[1], 3);
}
END_TEST


START_TEST(parameters)
{
    knn_parts_t parts;

    READ(&parts, ATTRIBUTE("weights", TEXT("distance")));
    ck_assert_int_eq(parts.weights, KNN_DISTANCE);

    READ(&parts, ATTRIBUTE("weights", "N"));
    ck_assert_int_eq(parts.weights, KNN_UNIFORM);

    READ(&parts,
         ATTRIBUTE("n_neighbors", "cnumpy._core.multiarray\nscalar\n(" DTYPE(
                                      "i4") "C\4\3\0\0\0tR"));
    ck_assert_int_eq(parts.n_neighbors, 3);

    READ(&parts, ABSENT("n_features_in_"), ABSENT("n_samples_fit_"),
         ABSENT("outputs_2d_"), ABSENT("_sklearn_version"));
    ck_assert_int_eq(parts.sort, KNN_SORT_LOWEST);
    ck_assert_str_eq(parts.producer, "scikit-learn");
}
END_TEST


/* the sort of equal distances is that of the release */
START_TEST(releases)
{
    knn_parts_t parts;

#define RELEASE(version, expected)                                             \
    READ(&parts, ATTRIBUTE("_sklearn_version", TEXT(version)),                 \
         ATTRIBUTE("_fit_method", TEXT("kd_tree")),                            \
         ATTRIBUTE("_tree", KD_TREE));                                         \
    ck_assert_int_eq(parts.sort, expected)

    RELEASE("1.8.2", KNN_SORT_QUICK);
    RELEASE("1.9.0", KNN_SORT_INTRO);
    RELEASE("1.10.0", KNN_SORT_INTRO);
    RELEASE("2.0", KNN_SORT_INTRO);
    RELEASE("0.23.2", KNN_SORT_EARLY);
    RELEASE("1.0.2", KNN_SORT_QUICK);
}
END_TEST


/* brute force has an order of its own for rows of doubles, and from 1.1 on */
START_TEST(brute_orders)
{
    knn_parts_t parts;

#define ORDER(version, metric, order, data, expected)                          \
    READ(&parts, ATTRIBUTE("_sklearn_version", TEXT(version)),                 \
         ATTRIBUTE("effective_metric_", TEXT(metric)),                         \
         ATTRIBUTE("_fit_X", ARRAY_OF("I3\nI2\n", DTYPE(data), order,          \
                                      "S'" ZEROS "'\n")));                     \
    ck_assert_int_eq(parts.sort, expected)
#define ZEROS "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv"

    ORDER("1.1.0", "manhattan", "I00\n", "f8", KNN_SORT_QUICK);
    ORDER("1.9.0", "manhattan", "I00\n", "f8", KNN_SORT_INTRO);
    ORDER("1.0.2", "manhattan", "I00\n", "f8", KNN_SORT_LOWEST);
    ORDER("1.9.0", "manhattan", "I01\n", "f8", KNN_SORT_LOWEST);
    ORDER("1.9.0", "manhattan", "I00\n", "i8", KNN_SORT_LOWEST);
    ORDER("1.9.0", "hamming", "I00\n", "f8", KNN_SORT_LOWEST);
}
END_TEST


START_TEST(metrics)
{
    knn_parts_t parts;

    READ(&parts, ATTRIBUTE("effective_metric_", TEXT("l2")));
    ck_assert_int_eq(parts.metric, KNN_EUCLIDEAN);
    ck_assert_str_eq(parts.metric_name, "l2");
    READ(&parts, ATTRIBUTE("effective_metric_", TEXT("cityblock")));
    ck_assert_int_eq(parts.metric, KNN_MANHATTAN);
    READ(&parts, ATTRIBUTE("effective_metric_", TEXT("l1")));
    ck_assert_int_eq(parts.metric, KNN_MANHATTAN);
    READ(&parts, ATTRIBUTE("effective_metric_", TEXT("infinity")));
    ck_assert_int_eq(parts.metric, KNN_CHEBYSHEV);

    READ(&parts, ATTRIBUTE("effective_metric_", TEXT("minkowski")),
         ATTRIBUTE("effective_metric_params_", "(S'p'\nI3\nS'w'\nNd"));
    ck_assert_int_eq(parts.metric, KNN_MINKOWSKI);
    ck_assert_double_eq(parts.p, 3);

    READ(&parts, ATTRIBUTE("effective_metric_", TEXT("p")),
         ATTRIBUTE("effective_metric_params_", "(S'p'\nFinf\nd"));
    ck_assert_int_eq(parts.metric, KNN_CHEBYSHEV);
    ck_assert_double_eq(parts.p, 0);

    /* which is refused for its p */
    READ(&parts, ATTRIBUTE("effective_metric_", TEXT("minkowski")),
         ATTRIBUTE("effective_metric_params_", "(S'p'\nF-inf\nd"));
    ck_assert_int_eq(parts.metric, KNN_MINKOWSKI);

    /* the tree's metric knows p as well */
    READ(&parts, ATTRIBUTE("effective_metric_", TEXT("minkowski")),
         ATTRIBUTE("effective_metric_params_", "(S'p'\nF1.5\nd"),
         ATTRIBUTE("_fit_method", TEXT("kd_tree")),
         ATTRIBUTE("_tree", TREE("_kd_tree", "KDTree", X, IDX, NODES, BOUNDS_2,
                                 METRIC("MinkowskiDistance", "(F1.5\nNNt"))));
    ck_assert_double_eq(parts.p, 1.5);
}
END_TEST


START_TEST(names_and_outputs)
{
    knn_parts_t parts;

    READ(&parts,
         ATTRIBUTE("feature_names_in_",
                   ARRAY_OF("I2\n", DTYPE("O8"), "I00\n", "(Va\nVb\xe9\nl")));
    ck_assert_str_eq(parts.feature_names[0], "a");
    ck_assert_str_eq(parts.feature_names[1], "b\xc3\xa9");

    READ(&parts, ATTRIBUTE("outputs_2d_", "I01\n"),
         ATTRIBUTE("classes_", "(" VECTOR("1", "a") VECTOR("2", "bc") "l"),
         ATTRIBUTE("_y", MATRIX("3", "2", "\\x00\\x01\\x00\\x00\\x00\\x01")));
    ck_assert_uint_eq(parts.n_outputs, 2);
    ck_assert_uint_eq(parts.outputs[1].n_classes, 2);
    ck_assert_int_eq(parts.y[1], 1);
}
END_TEST


typedef struct {
    attribute_t changes[N_CHANGES];
    const char *word;
} refused_t;

#define REFUSED(word, ...)                                                     \
    {                                                                          \
        {__VA_ARGS__}, word                                                    \
    }
#define KD(...) ATTRIBUTE("_fit_method", TEXT("kd_tree")), __VA_ARGS__
#define KD_OF(x, idx, nodes, bounds, metric)                                   \
    KD(ATTRIBUTE("_tree",                                                      \
                 TREE("_kd_tree", "KDTree", x, idx, nodes, bounds, metric)))

static const refused_t refused[] = {
    REFUSED("not fitted", ABSENT("_fit_method")),
    REFUSED("not fitted", ABSENT("_fit_X")),
    REFUSED("not fitted", ABSENT("effective_metric_")),
    REFUSED("not fitted", ABSENT("classes_")),
    REFUSED("not fitted", ABSENT("_y")),
    REFUSED("n_neighbors", ABSENT("n_neighbors")),
    REFUSED("weights", ABSENT("weights")),
    REFUSED("n_neighbors: is a float, use an int",
            ATTRIBUTE("n_neighbors", "F2\n")),
    REFUSED("n_neighbors: is a bool", ATTRIBUTE("n_neighbors", "I01\n")),
    REFUSED("n_neighbors: is None", ATTRIBUTE("n_neighbors", "N")),
    REFUSED("64 bits", ATTRIBUTE("n_neighbors", "L99999999999999999999L\n")),
    REFUSED("\"closest\" is not known, use uniform or distance",
            ATTRIBUTE("weights", TEXT("closest"))),
    REFUSED("weights: is an int", ATTRIBUTE("weights", "I1\n")),
    REFUSED("my_code.f as weights", ATTRIBUTE("weights", "cmy_code\nf\n")),
    REFUSED("metric \"a?b?\" is not served",
            ATTRIBUTE("effective_metric_", TEXT("a\\u000ab\\u0007"))),
    REFUSED("effective_metric_: is a list",
            ATTRIBUTE("effective_metric_", "]")),
    REFUSED("effective_metric_params_",
            ATTRIBUTE("effective_metric_", TEXT("minkowski")),
            ATTRIBUTE("effective_metric_params_", "N")),
    REFUSED("p: ", ATTRIBUTE("effective_metric_", TEXT("minkowski")),
            ATTRIBUTE("effective_metric_params_", "(S'p'\nS'3'\nd")),
    REFUSED("_fit_method: \"cover?tree\"",
            ATTRIBUTE("_fit_method", TEXT("cover\\u000atree"))),
    REFUSED("_fit_method: is None", ATTRIBUTE("_fit_method", "N")),
    REFUSED("_sklearn_version", ATTRIBUTE("_sklearn_version", TEXT("new"))),
    REFUSED("_sklearn_version", ATTRIBUTE("_sklearn_version", "I1\n")),
    REFUSED("_fit_X: has 1 dimensions",
            ATTRIBUTE("_fit_X", VECTOR("6", "abcdef"))),
    REFUSED("_fit_X: is a list", ATTRIBUTE("_fit_X", "]")),
    REFUSED("sparse matrix",
            ATTRIBUTE("_fit_X", "cscipy.sparse._csr\ncsr_matrix\n)\x81}b")),
    REFUSED(
        "_fit_X: has dtype c2",
        ATTRIBUTE("_fit_X", ARRAY("I3\nI2\n", DTYPE("c2"), "abcdefghijkl"))),
    REFUSED("n_samples_fit_: is 4", ATTRIBUTE("n_samples_fit_", "I4\n")),
    REFUSED("n_samples_fit_: is -3", ATTRIBUTE("n_samples_fit_", "I-3\n")),
    REFUSED("n_features_in_: is 3", ATTRIBUTE("n_features_in_", "I3\n")),
    REFUSED("feature_names_in_",
            ATTRIBUTE("feature_names_in_",
                      ARRAY_OF("I1\n", DTYPE("O8"), "I00\n", "(Va\nl"))),
    REFUSED("name 1 is not a str",
            ATTRIBUTE("feature_names_in_",
                      ARRAY_OF("I2\n", DTYPE("O8"), "I00\n", "(Va\nI1\nl"))),
    REFUSED("classes_: is None", ATTRIBUTE("classes_", "N")),
    REFUSED("classes_: has 2 dimensions",
            ATTRIBUTE("classes_", MATRIX("1", "2", "ab"))),
    REFUSED("is no list", ATTRIBUTE("outputs_2d_", "I01\n")),
    REFUSED("_y: has 2 elements in dimension 0, not 3",
            ATTRIBUTE("_y", VECTOR("2", "ab"))),
    REFUSED("_y: has 2 elements in dimension 1, not 1",
            ATTRIBUTE("_y", MATRIX("3", "2", "abcdef"))),
    REFUSED("_y: has dtype f4",
            ATTRIBUTE("_y", ARRAY("I3\n", DTYPE("f4"), "abcdefghijkl"))),
    REFUSED("_y: has 1 dimensions", ATTRIBUTE("outputs_2d_", "I01\n"),
            ATTRIBUTE("classes_", "(" VECTOR("1", "a") VECTOR("1", "b") "l")),

    REFUSED("not fitted", KD(ABSENT("_tree"))),
    REFUSED("_tree: is None", KD(ATTRIBUTE("_tree", "N"))),
    REFUSED("_tree: is a BallTree, but _fit_method asks for a KDTree",
            KD(ATTRIBUTE("_tree", BALL_TREE))),
    REFUSED("its state",
            KD(ATTRIBUTE("_tree", "csklearn.neighbors._kd_tree\nnewObj\n("
                                  "csklearn.neighbors._kd_tree\nKDTree\n"
                                  "tR(I1\ntb"))),
    REFUSED("_tree data: has 2 elements in dimension 0",
            KD_OF(MATRIX("2", "2", "abcd"), IDX, NODES, BOUNDS_2, EUCLIDEAN)),
    REFUSED("_tree data: is None", KD_OF("N", IDX, NODES, BOUNDS_2, EUCLIDEAN)),
    REFUSED("_tree idx_array: has 2 elements",
            KD_OF(X, VECTOR("2", "ab"), NODES, BOUNDS_2, EUCLIDEAN)),
    REFUSED("_tree idx_array: has dtype f4",
            KD_OF(X, ARRAY("I3\n", DTYPE("f4"), "abcdefghijkl"), NODES,
                  BOUNDS_2, EUCLIDEAN)),
    REFUSED("_tree node_data: is not an array of records",
            KD_OF(X, IDX, VECTOR("4", "abcd"), BOUNDS_2, EUCLIDEAN)),
    REFUSED("_tree node_data: a record has no field \"idx_start\"",
            KD_OF(X, IDX,
                  ARRAY("I1\n", DTYPE_STATE("V4", "|", "N", "4"), "abcd"),
                  BOUNDS_2, EUCLIDEAN)),
    REFUSED("_tree node_bounds: has 1 elements in dimension 0, not 2",
            KD_OF(X, IDX, NODES, BOUNDS_1, EUCLIDEAN)),
    REFUSED(
        "_tree node_bounds: has 1 elements in dimension 1, not 2",
        KD_OF(X, IDX, ARRAY("I2\n", RECORD, "abcdefgh"), BOUNDS_2, EUCLIDEAN)),
    REFUSED("built with a ManhattanDistance",
            KD_OF(X, IDX, NODES, BOUNDS_2,
                  METRIC("ManhattanDistance", "(F1\nNNt"))),
    REFUSED("built with None", KD_OF(X, IDX, NODES, BOUNDS_2, "N")),
    REFUSED("p=2.5, but p is 3",
            ATTRIBUTE("effective_metric_", TEXT("minkowski")),
            ATTRIBUTE("effective_metric_params_", "(S'p'\nI3\nd"),
            KD_OF(X, IDX, NODES, BOUNDS_2,
                  METRIC("MinkowskiDistance64", "(F2.5\nNNt"))),
};


START_TEST(refusal)
{
    knn_parts_t parts;

    ck_assert_msg(read_estimator(&classifier, refused[_i].changes, &parts)
                      != KNN_OK,
                  "\"%s\" is accepted", refused[_i].word);
    check_message(refused[_i].word);
}
END_TEST


typedef struct {
    const char *data;
    size_t      size;
    const char *word;
} other_t;

static const other_t others[] = {
    {BYTES("N."), "None"},
    {BYTES("}."), "the dict holds no"},
    {BYTES("]."), "the list holds no"},
    {BYTES("csklearn.neighbors._classification\nKNeighborsClassifier\n."),
     "a class or function"},
    {BYTES("csklearn.neighbors._classification\nKNeighborsClassifier\n)\x81."),
     "no attributes"},
    {BYTES("csklearn.neighbors._classification\nKNeighborsClassifier\n)\x81]"
           "b."),
     "no attributes"},
    {BYTES("csklearn.neighbors._regression\nKNeighborsRegressor\n)\x81}b."),
     "the KNeighborsRegressor has no _fit_method, it is not fitted"},
    {BYTES("csklearn.neighbors.regression\nRadiusNeighborsRegressor\n)\x81."),
     "RadiusNeighborsRegressor"},
    {BYTES("csklearn.neighbors._unsupervised\nNearestNeighbors\n)\x81."),
     "NearestNeighbors"},
    {BYTES("csklearn.pipeline\nPipeline\n)\x81}b."), "the Pipeline has no"},
    {BYTES("csklearn.linear_model._base\nLinearRegression\n)\x81}b."),
     "sklearn.linear_model._base.LinearRegression"},
};


START_TEST(other_kinds)
{
    knn_parts_t  parts;
    knn_value_t *value;

    value = read_bytes(others[_i].data, others[_i].size);

    if (value != NULL) {
        ck_assert_int_ne(knn_sklearn_read(arena, value, &parts, &err), KNN_OK);
    }

    check_message(others[_i].word);
}
END_TEST


static char *
read_file(const char *name, size_t *size)
{
    char *data;
    FILE *file;

    file = fopen(name, "rb");
    ck_assert_msg(file != NULL, "%s: run from the top of the tree", name);
    data = malloc(MAX_BYTES / 64);
    ck_assert_ptr_nonnull(data);
    *size = fread(data, 1, MAX_BYTES / 64, file);
    fclose(file);

    return data;
}


/* Every file of the fixtures that is a model loads, from its folder. */
START_TEST(fixtures)
{
    int            n;
    DIR           *dir;
    char           name[512];
    const char    *end;
    knn_model_t   *model;
    struct dirent *entry;

    dir = opendir(FIXTURES);
    ck_assert_msg(dir != NULL, FIXTURES ": run from the top of the tree");
    n = 0;

    while ((entry = readdir(dir)) != NULL) {
        end = strrchr(entry->d_name, '.');

        if (end == NULL
            || (strcmp(end, ".joblib") != 0 && strcmp(end, ".pkl") != 0)) {
            continue;
        }

        snprintf(name, sizeof(name), FIXTURES "/%s", entry->d_name);
        model = knn_model_load(name, MAX_BYTES, &err);
        ck_assert_msg(model != NULL, "%s", err.message);
        ck_assert_str_eq(knn_model_info(model)->producer, "scikit-learn 1.2.1");
        ck_assert_uint_eq(strlen(knn_model_info(model)->sha256), 64);
        ck_assert_uint_gt(knn_model_info(model)->file_size, 0);
        knn_model_free(model);
        n++;
    }

    closedir(dir);
    ck_assert_int_gt(n, 40);
}
END_TEST


/* Every prefix of a compressed file, through the public function. */
START_TEST(compressed_prefixes)
{
    char        *data, *copy;
    size_t       i, size;
    knn_model_t *model;

    static const char *const names[] = {
        FIXTURES "/joblib_zlib.joblib", FIXTURES "/joblib_gzip.joblib",
        FIXTURES "/joblib_bz2.joblib", FIXTURES "/joblib_xz.joblib",
        FIXTURES "/joblib_lzma.joblib"};

    data = read_file(names[_i], &size);
    model = knn_model_read(data, size, "model", MAX_BYTES, &err);
    ck_assert_msg(model != NULL, "%s", err.message);
    knn_model_free(model);

    for (i = 0; i < size; i += CHECKING_EVERY) {
        copy = malloc(i == 0 ? 1 : i);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, data, i);
        model = knn_model_read(copy, i, "model", MAX_BYTES, &err);
        ck_assert_msg(model == NULL, "%zu of %zu bytes are accepted", i, size);
        check_message("model: ");
        free(copy);
    }

    free(data);
}
END_TEST


START_TEST(limits)
{
    char        *data;
    size_t       size;
    knn_model_t *model;

    data = read_file(FIXTURES "/joblib_xz.joblib", &size);
    model = knn_model_read(data, size, "a/b.joblib", size - 1, &err);
    ck_assert_ptr_null(model);
    ck_assert_int_eq(err.status, KNN_LIMIT);
    check_message("a/b.joblib: has ");

    /* large enough for the file, not for what it holds */
    model = knn_model_read(data, size, "a/b.joblib", size, &err);
    ck_assert_ptr_null(model);
    ck_assert_int_eq(err.status, KNN_LIMIT);
    check_message("when decompressed");

    free(data);
    ck_assert_ptr_null(knn_model_load("a/b.joblib", size, &err));
    check_message("a/b.joblib: cannot be opened: No such file");
}
END_TEST


/* Reads a dump with so much of the memory it may have taken already. */
static knn_status_e
read_with(const void *data, size_t size, size_t limit, size_t taken)
{
    knn_value_t *value;
    knn_parts_t  parts;
    knn_arena_t *scarce;
    knn_status_e rc;

    scarce = knn_arena_create(limit);
    ck_assert_ptr_nonnull(scarce);
    ck_assert_ptr_nonnull(knn_arena_small(scarce, taken));

    value = knn_pickle_read(scarce, data, size, NULL, &err);
    rc = (value == NULL) ? err.status
                         : knn_sklearn_read(scarce, value, &parts, &err);

    knn_arena_destroy(scarce);

    return rc;
}


static const char *const scarce_files[] = {
    "0.18.2/early_codes.pkl",    "0.20.2/early_slice.pkl",
    "0.23.2/early_centroid.pkl", "0.23.2/frame_columns.joblib",
    "1.2.1/mahalanobis.pkl",     "1.2.1/radius_classifier.pkl",
    "1.9.1/encoder.joblib",      "1.9.1/frame_columns.joblib",
    "1.9.1/minkowski_w.pkl",     "1.9.1/regressor_two.pkl",
    "1.9.1/steps.pkl",           "1.9.1/target_classes.joblib",
    "1.9.1/two_outputs.pkl"};

#define SCARCE_FILES (sizeof(scarce_files) / sizeof(scarce_files[0]))
#define SCARCE_CHUNK 65536
#define SCARCE_TAKEN 65000
#define SCARCE_STEP  64
#define SCARCE_STACK 16384 /* for the machine's own vectors */


/* However much memory a file may take, it loads or says that this is little. */
START_TEST(scarce_memory)
{
    char        *data;
    char         name[512];
    size_t       size, limit, taken, refusals;
    knn_status_e rc;

    snprintf(name, sizeof(name), "tests/models/%s", scarce_files[_i]);
    data = read_file(name, &size);
    refusals = 0;
    rc = KNN_LIMIT;

    for (limit = SCARCE_CHUNK + SCARCE_STACK; rc != KNN_OK;
         limit += SCARCE_CHUNK) {
        ck_assert_uint_lt(limit, MAX_BYTES);

        for (taken = SCARCE_TAKEN; taken >= SCARCE_STEP && rc != KNN_OK;
             taken -= SCARCE_STEP)
        {
            rc = read_with(data, size, limit, taken);
            ck_assert_msg(rc == KNN_OK || rc == KNN_LIMIT,
                          "%s with %zu bytes, of which %zu are taken: %s", name,
                          limit, taken, err.message);
            refusals += (rc == KNN_LIMIT);
        }
    }

    ck_assert_uint_gt(refusals, 0);
    free(data);
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("sklearn");

    tcase = tcase_create("attributes");
    tcase_add_checked_fixture(tcase, arena_setup, arena_teardown);
    tcase_add_test(tcase, brute);
    tcase_add_test(tcase, trees);
    tcase_add_test(tcase, parameters);
    tcase_add_test(tcase, releases);
    tcase_add_test(tcase, brute_orders);
    tcase_add_test(tcase, metrics);
    tcase_add_test(tcase, names_and_outputs);
    tcase_add_loop_test(tcase, refusal, 0,
                        (int) (sizeof(refused) / sizeof(refused[0])));
    tcase_add_loop_test(tcase, other_kinds, 0,
                        (int) (sizeof(others) / sizeof(others[0])));
    suite_add_tcase(suite, tcase);

    tcase = tcase_create("files");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, fixtures);
    tcase_add_loop_test(tcase, compressed_prefixes, 0, 5);
    tcase_add_test(tcase, limits);
    tcase_add_loop_test(tcase, scarce_memory, 0, SCARCE_FILES);
    suite_add_tcase(suite, tcase);

    return suite;
}
