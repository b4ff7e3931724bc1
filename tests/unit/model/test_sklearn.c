
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Fitted classifiers as parts: a small one written by hand with one attribute
 * changed at a time, and the files that scikit-learn wrote.
 */


#include <dirent.h>

#include "inert.h"

#include "../../../model/knn.h"
#include "../../../model/sklearn.h"


#define MAX_BYTES  (64 * 1024 * 1024)
#define MAX_PICKLE 16384
#define FIXTURES   "tests/models/1.2.1"


typedef struct {
    const char *name;
    const char *pickle;
    size_t      size;
} attribute_t;

#define ATTRIBUTE(name, pickle)                                                \
    {                                                                          \
        name, pickle, sizeof(pickle) - 1                                       \
    }
#define ABSENT(name)                                                           \
    {                                                                          \
        name, NULL, 0                                                          \
    }

#define TEXT(s)             "V" s "\n"
#define VECTOR(n, data)     ARRAY("I" n "\n", DTYPE("i1"), data)
#define MATRIX(m, n, data)  ARRAY("I" m "\nI" n "\n", DTYPE("i1"), data)
#define X                   MATRIX("3", "2", "\\x00\\x01\\x02\\x03\\x04\\x05")

#define FIELD(name, offset) "S'" name "'\n(" DTYPE("i1") "I" offset "\nt"
#define RECORD                                                                 \
    DTYPE_STATE("V4", "|",                                                     \
                "(" FIELD("idx_start", "0") FIELD("idx_end", "1")              \
                    FIELD("is_leaf", "2") FIELD("radius", "3") "d",            \
                "4")

#define METRIC(name, state)                                                    \
    "csklearn.metrics._dist_metrics\nnewObj\n(csklearn.metrics."               \
    "_dist_metrics\n" name "\ntR" state "b"
#define EUCLIDEAN METRIC("EuclideanDistance64", "(F2\nNNt")
#define NODES     ARRAY("I1\n", RECORD, "\\x00\\x03\\x01\\x05")
#define BOUNDS_2  ARRAY("I2\nI1\nI2\n", DTYPE("i1"), "\\x00\\x01\\x04\\x05")
#define BOUNDS_1  ARRAY("I1\nI1\nI2\n", DTYPE("i1"), "\\x02\\x03")
#define IDX       VECTOR("3", "\\x02\\x00\\x01")
#define TREE(module, name, x, idx, nodes, bounds, metric)                      \
    "csklearn.neighbors." module "\nnewObj\n(csklearn.neighbors." module       \
    "\n" name "\ntR(" x idx nodes bounds                                       \
    "I30\nI1\nI1\nI0\nI1\nI0\nI0\n" metric "Ntb"
#define KD_TREE TREE("_kd_tree", "KDTree", X, IDX, NODES, BOUNDS_2, EUCLIDEAN)
#define BALL_TREE                                                              \
    TREE("_ball_tree", "BallTree", X, IDX, NODES, BOUNDS_1, EUCLIDEAN)


static const attribute_t attributes[] = {
    ATTRIBUTE("n_neighbors", "I2\n"),
    ATTRIBUTE("weights", TEXT("uniform")),
    ATTRIBUTE("outputs_2d_", "I00\n"),
    ATTRIBUTE("classes_", VECTOR("2", "\\x07\\x09")),
    ATTRIBUTE("_y", VECTOR("3", "\\x00\\x01\\x01")),
    ATTRIBUTE("effective_metric_params_", "(d"),
    ATTRIBUTE("effective_metric_", TEXT("euclidean")),
    ATTRIBUTE("_fit_method", TEXT("brute")),
    ATTRIBUTE("_fit_X", X),
    ATTRIBUTE("_tree", "N"),
    ATTRIBUTE("n_samples_fit_", "I3\n"),
    ATTRIBUTE("n_features_in_", "I2\n"),
    ATTRIBUTE("_sklearn_version", TEXT("1.2.1")),
};

#define N_ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))
#define N_CHANGES    4


/* Writes one attribute; returns its size. */
static size_t
put_attribute(char *to, const attribute_t *attribute)
{
    size_t n;

    if (attribute->pickle == NULL) {
        return 0;
    }

    n = (size_t) sprintf(to, "V%s\n", attribute->name);
    memcpy(to + n, attribute->pickle, attribute->size);
    to[n + attribute->size] = 's';

    return n + attribute->size + 1;
}


/* The classifier with some attributes changed, added or taken away. */
static size_t
put_classifier(char *to, const attribute_t *changes)
{
    size_t i, j, n;
    bool   changed;

    n = (size_t) sprintf(to, "csklearn.neighbors._classification\n"
                             "KNeighborsClassifier\n)\x81}");

    for (i = 0; i < N_ATTRIBUTES; i++) {
        changed = false;

        for (j = 0; j < N_CHANGES && changes[j].name != NULL; j++) {
            changed =
                changed || strcmp(attributes[i].name, changes[j].name) == 0;
        }

        if (!changed) {
            n += put_attribute(to + n, &attributes[i]);
        }
    }

    for (j = 0; j < N_CHANGES && changes[j].name != NULL; j++) {
        n += put_attribute(to + n, &changes[j]);
    }

    to[n++] = 'b';
    to[n++] = '.';
    ck_assert_uint_lt(n, MAX_PICKLE);

    return n;
}


static knn_status_e
read_classifier(const attribute_t *changes, knn_parts_t *parts)
{
    char         pickle[MAX_PICKLE];
    knn_value_t *value;

    value = read_bytes(pickle, put_classifier(pickle, changes));

    return value == NULL ? err.status
                         : knn_sklearn_read(arena, value, parts, &err);
}


#define READ(parts, ...)                                                       \
    do {                                                                       \
        static const attribute_t changes[N_CHANGES] = {__VA_ARGS__};           \
                                                                               \
        ck_assert_msg(read_classifier(changes, parts) == KNN_OK, "%s",         \
                      err.message);                                            \
    } while (0)


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
    ck_assert_int_eq(parts.sort, KNN_SORT_QUICK);
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
    ck_assert_int_eq(parts.sort, KNN_SORT_QUICK);
    ck_assert_str_eq(parts.producer, "scikit-learn");
}
END_TEST


START_TEST(releases)
{
    knn_parts_t parts;

    READ(&parts, ATTRIBUTE("_sklearn_version", TEXT("1.8.2")));
    ck_assert_int_eq(parts.sort, KNN_SORT_QUICK);
    READ(&parts, ATTRIBUTE("_sklearn_version", TEXT("1.9.0")));
    ck_assert_int_eq(parts.sort, KNN_SORT_INTRO);
    READ(&parts, ATTRIBUTE("_sklearn_version", TEXT("1.10.0")));
    ck_assert_int_eq(parts.sort, KNN_SORT_INTRO);
    READ(&parts, ATTRIBUTE("_sklearn_version", TEXT("2.0")));
    ck_assert_int_eq(parts.sort, KNN_SORT_INTRO);
    READ(&parts, ATTRIBUTE("_sklearn_version", TEXT("0.23.2")));
    ck_assert_int_eq(parts.sort, KNN_SORT_QUICK);
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
    REFUSED("metric \"canberra\" is not served",
            ATTRIBUTE("effective_metric_", TEXT("canberra"))),
    REFUSED("metric \"a?b?\" is not served",
            ATTRIBUTE("effective_metric_", TEXT("a\\u000ab\\u0007"))),
    REFUSED("effective_metric_: is a list",
            ATTRIBUTE("effective_metric_", "]")),
    REFUSED("effective_metric_params_",
            ATTRIBUTE("effective_metric_", TEXT("minkowski")),
            ATTRIBUTE("effective_metric_params_", "N")),
    REFUSED("weights w", ATTRIBUTE("effective_metric_", TEXT("minkowski")),
            ATTRIBUTE("effective_metric_params_",
                      "(S'p'\nI3\nS'w'\n" VECTOR("2", "ab") "d")),
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
        "_fit_X: has dtype f2",
        ATTRIBUTE("_fit_X", ARRAY("I3\nI2\n", DTYPE("f2"), "abcdefghijkl"))),
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

    ck_assert_msg(read_classifier(refused[_i].changes, &parts) != KNN_OK,
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
    {BYTES("}."), "a dict"},
    {BYTES("]."), "a list"},
    {BYTES("csklearn.neighbors._classification\nKNeighborsClassifier\n."),
     "a class or function"},
    {BYTES("csklearn.neighbors._classification\nKNeighborsClassifier\n)\x81."),
     "no attributes"},
    {BYTES("csklearn.neighbors._classification\nKNeighborsClassifier\n)\x81]"
           "b."),
     "no attributes"},
    {BYTES("csklearn.neighbors._regression\nKNeighborsRegressor\n)\x81}b."),
     "a KNeighborsRegressor, dump a fitted KNeighborsClassifier"},
    {BYTES("csklearn.neighbors.regression\nRadiusNeighborsRegressor\n)\x81."),
     "RadiusNeighborsRegressor"},
    {BYTES("csklearn.neighbors._unsupervised\nNearestNeighbors\n)\x81."),
     "NearestNeighbors"},
    {BYTES("csklearn.pipeline\nPipeline\n)\x81}b."), "a Pipeline"},
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

    for (i = 0; i < size; i++) {
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
    suite_add_tcase(suite, tcase);

    return suite;
}
