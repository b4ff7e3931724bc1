
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "symbols.h"


/* sorted by module, then by name, as strcmp() does */
static const knn_symbol_row_t knn_symbols[] = {
    {"__builtin__", "bytearray", KNN_SYMBOL_BYTEARRAY},
    {"__builtin__", "bytes", KNN_SYMBOL_BYTES},
    {"__builtin__", "frozenset", KNN_SYMBOL_FROZENSET},
    {"__builtin__", "object", KNN_SYMBOL_OBJECT},
    {"__builtin__", "set", KNN_SYMBOL_SET},
    {"__builtin__", "slice", KNN_SYMBOL_SLICE},
    {"_codecs", "encode", KNN_SYMBOL_CODECS_ENCODE},
    {"builtins", "bytearray", KNN_SYMBOL_BYTEARRAY},
    {"builtins", "bytes", KNN_SYMBOL_BYTES},
    {"builtins", "frozenset", KNN_SYMBOL_FROZENSET},
    {"builtins", "object", KNN_SYMBOL_OBJECT},
    {"builtins", "set", KNN_SYMBOL_SET},
    {"builtins", "slice", KNN_SYMBOL_SLICE},
    {"collections", "OrderedDict", KNN_SYMBOL_ORDERED_DICT},
    {"copy_reg", "_reconstructor", KNN_SYMBOL_RECONSTRUCTOR},
    {"copyreg", "_reconstructor", KNN_SYMBOL_RECONSTRUCTOR},
    {"joblib.numpy_pickle", "NumpyArrayWrapper", KNN_SYMBOL_ARRAY_WRAPPER},
    {"numpy", "dtype", KNN_SYMBOL_DTYPE},
    {"numpy", "memmap", KNN_SYMBOL_NDARRAY},
    {"numpy", "ndarray", KNN_SYMBOL_NDARRAY},
    {"numpy._core.memmap", "memmap", KNN_SYMBOL_NDARRAY},
    {"numpy._core.multiarray", "_reconstruct", KNN_SYMBOL_RECONSTRUCT},
    {"numpy._core.multiarray", "scalar", KNN_SYMBOL_SCALAR},
    {"numpy._core.numeric", "_frombuffer", KNN_SYMBOL_FROMBUFFER},
    {"numpy.core.memmap", "memmap", KNN_SYMBOL_NDARRAY},
    {"numpy.core.multiarray", "_reconstruct", KNN_SYMBOL_RECONSTRUCT},
    {"numpy.core.multiarray", "scalar", KNN_SYMBOL_SCALAR},
    {"numpy.core.numeric", "_frombuffer", KNN_SYMBOL_FROMBUFFER},
    {"scipy.sparse._csr", "csr_array", KNN_SYMBOL_SPARSE},
    {"scipy.sparse._csr", "csr_matrix", KNN_SYMBOL_SPARSE},
    {"scipy.sparse.csr", "csr_matrix", KNN_SYMBOL_SPARSE},
    {"sklearn.externals.joblib.numpy_pickle", "NumpyArrayWrapper",
     KNN_SYMBOL_ARRAY_WRAPPER},
    {"sklearn.metrics._dist_metrics", "BrayCurtisDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "BrayCurtisDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "CanberraDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "CanberraDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "ChebyshevDistance",
     KNN_SYMBOL_CHEBYSHEV},
    {"sklearn.metrics._dist_metrics", "ChebyshevDistance64",
     KNN_SYMBOL_CHEBYSHEV},
    {"sklearn.metrics._dist_metrics", "DiceDistance", KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "DiceDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "EuclideanDistance",
     KNN_SYMBOL_EUCLIDEAN},
    {"sklearn.metrics._dist_metrics", "EuclideanDistance64",
     KNN_SYMBOL_EUCLIDEAN},
    {"sklearn.metrics._dist_metrics", "HammingDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "HammingDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "HaversineDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "HaversineDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "JaccardDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "JaccardDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "KulsinskiDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "KulsinskiDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "MahalanobisDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "MahalanobisDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "ManhattanDistance",
     KNN_SYMBOL_MANHATTAN},
    {"sklearn.metrics._dist_metrics", "ManhattanDistance64",
     KNN_SYMBOL_MANHATTAN},
    {"sklearn.metrics._dist_metrics", "MatchingDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "MatchingDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "MinkowskiDistance",
     KNN_SYMBOL_MINKOWSKI},
    {"sklearn.metrics._dist_metrics", "MinkowskiDistance64",
     KNN_SYMBOL_MINKOWSKI},
    {"sklearn.metrics._dist_metrics", "PyFuncDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "PyFuncDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "RogersTanimotoDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "RogersTanimotoDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "RussellRaoDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "RussellRaoDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "SEuclideanDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "SEuclideanDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "SokalMichenerDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "SokalMichenerDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "SokalSneathDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "SokalSneathDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "WMinkowskiDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "WMinkowskiDistance64",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.metrics._dist_metrics", "newObj", KNN_SYMBOL_NEW_OBJECT},
    {"sklearn.model_selection._search", "GridSearchCV", KNN_SYMBOL_GRID_SEARCH},
    {"sklearn.model_selection._search", "RandomizedSearchCV",
     KNN_SYMBOL_RANDOMIZED_SEARCH},
    {"sklearn.neighbors._ball_tree", "BallTree", KNN_SYMBOL_BALL_TREE},
    {"sklearn.neighbors._ball_tree", "BallTree64", KNN_SYMBOL_BALL_TREE},
    {"sklearn.neighbors._ball_tree", "newObj", KNN_SYMBOL_NEW_OBJECT},
    {"sklearn.neighbors._classification", "KNeighborsClassifier",
     KNN_SYMBOL_KNEIGHBORS_CLASSIFIER},
    {"sklearn.neighbors._classification", "RadiusNeighborsClassifier",
     KNN_SYMBOL_RADIUS_CLASSIFIER},
    {"sklearn.neighbors._dist_metrics", "BrayCurtisDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "CanberraDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "ChebyshevDistance",
     KNN_SYMBOL_CHEBYSHEV},
    {"sklearn.neighbors._dist_metrics", "DiceDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "EuclideanDistance",
     KNN_SYMBOL_EUCLIDEAN},
    {"sklearn.neighbors._dist_metrics", "HammingDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "HaversineDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "JaccardDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "KulsinskiDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "MahalanobisDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "ManhattanDistance",
     KNN_SYMBOL_MANHATTAN},
    {"sklearn.neighbors._dist_metrics", "MatchingDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "MinkowskiDistance",
     KNN_SYMBOL_MINKOWSKI},
    {"sklearn.neighbors._dist_metrics", "PyFuncDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "RogersTanimotoDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "RussellRaoDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "SEuclideanDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "SokalMichenerDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "SokalSneathDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "WMinkowskiDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors._dist_metrics", "newObj", KNN_SYMBOL_NEW_OBJECT},
    {"sklearn.neighbors._kd_tree", "KDTree", KNN_SYMBOL_KD_TREE},
    {"sklearn.neighbors._kd_tree", "KDTree64", KNN_SYMBOL_KD_TREE},
    {"sklearn.neighbors._kd_tree", "newObj", KNN_SYMBOL_NEW_OBJECT},
    {"sklearn.neighbors._regression", "KNeighborsRegressor",
     KNN_SYMBOL_KNEIGHBORS_REGRESSOR},
    {"sklearn.neighbors._regression", "RadiusNeighborsRegressor",
     KNN_SYMBOL_RADIUS_REGRESSOR},
    {"sklearn.neighbors._unsupervised", "NearestNeighbors",
     KNN_SYMBOL_NEAREST_NEIGHBORS},
    {"sklearn.neighbors.ball_tree", "BallTree", KNN_SYMBOL_BALL_TREE},
    {"sklearn.neighbors.ball_tree", "newObj", KNN_SYMBOL_NEW_OBJECT},
    {"sklearn.neighbors.classification", "KNeighborsClassifier",
     KNN_SYMBOL_KNEIGHBORS_CLASSIFIER},
    {"sklearn.neighbors.classification", "RadiusNeighborsClassifier",
     KNN_SYMBOL_RADIUS_CLASSIFIER},
    {"sklearn.neighbors.dist_metrics", "BrayCurtisDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "CanberraDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "ChebyshevDistance",
     KNN_SYMBOL_CHEBYSHEV},
    {"sklearn.neighbors.dist_metrics", "DiceDistance", KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "EuclideanDistance",
     KNN_SYMBOL_EUCLIDEAN},
    {"sklearn.neighbors.dist_metrics", "HammingDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "HaversineDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "JaccardDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "KulsinskiDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "MahalanobisDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "ManhattanDistance",
     KNN_SYMBOL_MANHATTAN},
    {"sklearn.neighbors.dist_metrics", "MatchingDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "MinkowskiDistance",
     KNN_SYMBOL_MINKOWSKI},
    {"sklearn.neighbors.dist_metrics", "PyFuncDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "RogersTanimotoDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "RussellRaoDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "SEuclideanDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "SokalMichenerDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "SokalSneathDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "WMinkowskiDistance",
     KNN_SYMBOL_OTHER_METRIC},
    {"sklearn.neighbors.dist_metrics", "newObj", KNN_SYMBOL_NEW_OBJECT},
    {"sklearn.neighbors.kd_tree", "KDTree", KNN_SYMBOL_KD_TREE},
    {"sklearn.neighbors.kd_tree", "newObj", KNN_SYMBOL_NEW_OBJECT},
    {"sklearn.neighbors.regression", "KNeighborsRegressor",
     KNN_SYMBOL_KNEIGHBORS_REGRESSOR},
    {"sklearn.neighbors.regression", "RadiusNeighborsRegressor",
     KNN_SYMBOL_RADIUS_REGRESSOR},
    {"sklearn.neighbors.unsupervised", "NearestNeighbors",
     KNN_SYMBOL_NEAREST_NEIGHBORS},
    {"sklearn.pipeline", "Pipeline", KNN_SYMBOL_PIPELINE},
};

/* what messages call them */
static const char *const knn_symbol_names[] = {
    [KNN_SYMBOL_NONE] = "",
    [KNN_SYMBOL_OBJECT] = "object",
    [KNN_SYMBOL_BYTES] = "bytes",
    [KNN_SYMBOL_BYTEARRAY] = "bytearray",
    [KNN_SYMBOL_SET] = "set",
    [KNN_SYMBOL_FROZENSET] = "frozenset",
    [KNN_SYMBOL_SLICE] = "slice",
    [KNN_SYMBOL_ORDERED_DICT] = "OrderedDict",
    [KNN_SYMBOL_RECONSTRUCTOR] = "copyreg._reconstructor",
    [KNN_SYMBOL_CODECS_ENCODE] = "_codecs.encode",
    [KNN_SYMBOL_DTYPE] = "numpy.dtype",
    [KNN_SYMBOL_NDARRAY] = "numpy.ndarray",
    [KNN_SYMBOL_RECONSTRUCT] = "numpy.ndarray",
    [KNN_SYMBOL_SCALAR] = "numpy scalar",
    [KNN_SYMBOL_FROMBUFFER] = "numpy.ndarray",
    [KNN_SYMBOL_ARRAY_WRAPPER] = "NumpyArrayWrapper",
    [KNN_SYMBOL_SPARSE] = "scipy.sparse matrix",
    [KNN_SYMBOL_NEW_OBJECT] = "newObj",
    [KNN_SYMBOL_KD_TREE] = "KDTree",
    [KNN_SYMBOL_BALL_TREE] = "BallTree",
    [KNN_SYMBOL_EUCLIDEAN] = "EuclideanDistance",
    [KNN_SYMBOL_MANHATTAN] = "ManhattanDistance",
    [KNN_SYMBOL_CHEBYSHEV] = "ChebyshevDistance",
    [KNN_SYMBOL_MINKOWSKI] = "MinkowskiDistance",
    [KNN_SYMBOL_OTHER_METRIC] = "metric that is not served",
    [KNN_SYMBOL_KNEIGHBORS_CLASSIFIER] = "KNeighborsClassifier",
    [KNN_SYMBOL_KNEIGHBORS_REGRESSOR] = "KNeighborsRegressor",
    [KNN_SYMBOL_RADIUS_CLASSIFIER] = "RadiusNeighborsClassifier",
    [KNN_SYMBOL_RADIUS_REGRESSOR] = "RadiusNeighborsRegressor",
    [KNN_SYMBOL_NEAREST_NEIGHBORS] = "NearestNeighbors",
    [KNN_SYMBOL_PIPELINE] = "Pipeline",
    [KNN_SYMBOL_GRID_SEARCH] = "GridSearchCV",
    [KNN_SYMBOL_RANDOMIZED_SEARCH] = "RandomizedSearchCV"};


/* Compares text of the file, which may hold NUL, with a string. */
static int
knn_symbol_compare(const char *data, size_t len, const char *string)
{
    int    rc;
    size_t n;

    n = strlen(string);
    rc = memcmp(data, string, len < n ? len : n);

    if (rc != 0) {
        return rc;
    }

    return (len > n) - (len < n);
}


knn_symbol_e
knn_symbol_find(const char *module, size_t module_len, const char *name,
                size_t name_len)
{
    int                     rc;
    size_t                  low, high, mid;
    const knn_symbol_row_t *row;

    low = 0;
    high = sizeof(knn_symbols) / sizeof(knn_symbols[0]);

    while (low < high) {
        mid = low + (high - low) / 2;
        row = &knn_symbols[mid];
        rc = knn_symbol_compare(module, module_len, row->module);

        if (rc == 0) {
            rc = knn_symbol_compare(name, name_len, row->name);
        }

        if (rc == 0) {
            return row->symbol;
        }

        if (rc < 0) {
            high = mid;
        }
        else {
            low = mid + 1;
        }
    }

    return KNN_SYMBOL_NONE;
}


const char *
knn_symbol_name(knn_symbol_e symbol)
{
    return knn_symbol_names[symbol];
}


const knn_symbol_row_t *
knn_symbol_rows(size_t *n)
{
    *n = sizeof(knn_symbols) / sizeof(knn_symbols[0]);

    return knn_symbols;
}
