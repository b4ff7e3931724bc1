
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The globals that a model file may name.  Each is a pair of exact strings,
 * judged when the file names it, used or not; nothing is looked up anywhere
 * else, and nothing is ever called.  Several spellings, of the releases and of
 * Python 2, mean one symbol.  To know one more, add a row to the table.
 *
 * What packages.c knows beside these is opaque: it may stand in the file, be
 * called there and be given a state, and is its name and nothing else.  Where
 * a prediction would need it, that name is refused.
 */


#ifndef KNN_SYMBOLS_H
#define KNN_SYMBOLS_H


#include <stddef.h>


typedef enum {
    KNN_SYMBOL_NONE = 0,
    KNN_SYMBOL_OPAQUE,

    /* Python */
    KNN_SYMBOL_OBJECT,
    KNN_SYMBOL_BYTES,
    KNN_SYMBOL_BYTEARRAY,
    KNN_SYMBOL_SET,
    KNN_SYMBOL_FROZENSET,
    KNN_SYMBOL_SLICE,
    KNN_SYMBOL_DICT, /* and what is derived of it */
    KNN_SYMBOL_GETATTR,
    KNN_SYMBOL_RECONSTRUCTOR,
    KNN_SYMBOL_CODECS_ENCODE,

    /* numpy and joblib */
    KNN_SYMBOL_DTYPE,
    KNN_SYMBOL_NDARRAY,
    KNN_SYMBOL_RECONSTRUCT,
    KNN_SYMBOL_SCALAR,
    KNN_SYMBOL_FROMBUFFER,
    KNN_SYMBOL_UFUNC, /* called with the names of a global */
    KNN_SYMBOL_ARRAY_WRAPPER,
    KNN_SYMBOL_FILE_WRAPPER,
    KNN_SYMBOL_ZFILE_WRAPPER,
    KNN_SYMBOL_SPARSE,

    /* scikit-learn's trees and metrics */
    KNN_SYMBOL_NEW_OBJECT,
    KNN_SYMBOL_KD_TREE,
    KNN_SYMBOL_BALL_TREE,
    KNN_SYMBOL_EUCLIDEAN,
    KNN_SYMBOL_MANHATTAN,
    KNN_SYMBOL_CHEBYSHEV,
    KNN_SYMBOL_MINKOWSKI,
    KNN_SYMBOL_SEUCLIDEAN,
    KNN_SYMBOL_MAHALANOBIS,
    KNN_SYMBOL_WMINKOWSKI,
    KNN_SYMBOL_HAMMING,
    KNN_SYMBOL_CANBERRA,
    KNN_SYMBOL_BRAYCURTIS,
    KNN_SYMBOL_HAVERSINE,
    KNN_SYMBOL_JACCARD,
    KNN_SYMBOL_MATCHING,
    KNN_SYMBOL_DICE,
    KNN_SYMBOL_KULSINSKI,
    KNN_SYMBOL_ROGERSTANIMOTO,
    KNN_SYMBOL_RUSSELLRAO,
    KNN_SYMBOL_SOKALMICHENER,
    KNN_SYMBOL_SOKALSNEATH,
    KNN_SYMBOL_PYFUNC,

    /* scikit-learn's estimators */
    KNN_SYMBOL_KNEIGHBORS_CLASSIFIER,
    KNN_SYMBOL_KNEIGHBORS_REGRESSOR,
    KNN_SYMBOL_RADIUS_CLASSIFIER,
    KNN_SYMBOL_RADIUS_REGRESSOR,
    KNN_SYMBOL_NEAREST_NEIGHBORS,
    KNN_SYMBOL_NEAREST_CENTROID,
    KNN_SYMBOL_PIPELINE,
    KNN_SYMBOL_GRID_SEARCH,
    KNN_SYMBOL_RANDOMIZED_SEARCH,
    KNN_SYMBOL_HALVING_GRID_SEARCH,
    KNN_SYMBOL_HALVING_RANDOM_SEARCH,

    /* scikit-learn's transformers */
    KNN_SYMBOL_STANDARD_SCALER,
    KNN_SYMBOL_MIN_MAX_SCALER,
    KNN_SYMBOL_MAX_ABS_SCALER,
    KNN_SYMBOL_ROBUST_SCALER,
    KNN_SYMBOL_NORMALIZER,
    KNN_SYMBOL_BINARIZER,
    KNN_SYMBOL_SIMPLE_IMPUTER,
    KNN_SYMBOL_IMPUTER,
    KNN_SYMBOL_MISSING_INDICATOR,
    KNN_SYMBOL_PCA,
    KNN_SYMBOL_INCREMENTAL_PCA,
    KNN_SYMBOL_RANDOMIZED_PCA,
    KNN_SYMBOL_TRUNCATED_SVD,
    KNN_SYMBOL_COMPONENTS_ANALYSIS,
    KNN_SYMBOL_LINEAR_DISCRIMINANT,
    KNN_SYMBOL_QUANTILE_TRANSFORMER,
    KNN_SYMBOL_POWER_TRANSFORMER,
    KNN_SYMBOL_BINS_DISCRETIZER,
    KNN_SYMBOL_POLYNOMIAL_FEATURES,
    KNN_SYMBOL_FUNCTION_TRANSFORMER,
    KNN_SYMBOL_VARIANCE_THRESHOLD,
    KNN_SYMBOL_SELECT_K_BEST,
    KNN_SYMBOL_SELECT_PERCENTILE,
    KNN_SYMBOL_RFE,
    KNN_SYMBOL_RFECV,
    KNN_SYMBOL_SEQUENTIAL_SELECTOR,
    KNN_SYMBOL_ONE_HOT_ENCODER,
    KNN_SYMBOL_ORDINAL_ENCODER,
    KNN_SYMBOL_TARGET_ENCODER,
    KNN_SYMBOL_LABEL_ENCODER,
    KNN_SYMBOL_COLUMN_TRANSFORMER,
    KNN_SYMBOL_REMAINDER_COLUMNS,
    KNN_SYMBOL_FEATURE_UNION,

    /* pandas */
    KNN_SYMBOL_INDEX
} knn_symbol_e;


typedef struct {
    const char  *module;
    const char  *name;
    knn_symbol_e symbol;
} knn_symbol_row_t;


/* KNN_SYMBOL_NONE for a pair that must not be in a file. */
knn_symbol_e knn_symbol_find(const char *module, size_t module_len,
                             const char *name, size_t name_len);

/* The name of a symbol as its newest release spells it. */
const char *knn_symbol_name(knn_symbol_e symbol);

/* The table, in the order that knn_symbol_find() counts on. */
const knn_symbol_row_t *knn_symbol_rows(size_t *n);


#endif /* KNN_SYMBOLS_H */
