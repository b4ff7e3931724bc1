
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The globals that a model file may name.  Each is a pair of exact strings,
 * judged when the file names it, used or not; nothing is looked up anywhere
 * else, and nothing is ever called.  Several spellings, of the releases and of
 * Python 2, mean one symbol.  To know one more, add a row to the table.
 */


#ifndef KNN_SYMBOLS_H
#define KNN_SYMBOLS_H


#include <stddef.h>


typedef enum {
    KNN_SYMBOL_NONE = 0,

    /* Python */
    KNN_SYMBOL_OBJECT,
    KNN_SYMBOL_BYTES,
    KNN_SYMBOL_BYTEARRAY,
    KNN_SYMBOL_SET,
    KNN_SYMBOL_FROZENSET,
    KNN_SYMBOL_SLICE,
    KNN_SYMBOL_ORDERED_DICT,
    KNN_SYMBOL_RECONSTRUCTOR,
    KNN_SYMBOL_CODECS_ENCODE,

    /* numpy and joblib */
    KNN_SYMBOL_DTYPE,
    KNN_SYMBOL_NDARRAY,
    KNN_SYMBOL_RECONSTRUCT,
    KNN_SYMBOL_SCALAR,
    KNN_SYMBOL_FROMBUFFER,
    KNN_SYMBOL_ARRAY_WRAPPER,
    KNN_SYMBOL_SPARSE,

    /* scikit-learn's trees and metrics */
    KNN_SYMBOL_NEW_OBJECT,
    KNN_SYMBOL_KD_TREE,
    KNN_SYMBOL_BALL_TREE,
    KNN_SYMBOL_EUCLIDEAN,
    KNN_SYMBOL_MANHATTAN,
    KNN_SYMBOL_CHEBYSHEV,
    KNN_SYMBOL_MINKOWSKI,
    KNN_SYMBOL_OTHER_METRIC,

    /* scikit-learn's estimators */
    KNN_SYMBOL_KNEIGHBORS_CLASSIFIER,
    KNN_SYMBOL_KNEIGHBORS_REGRESSOR,
    KNN_SYMBOL_RADIUS_CLASSIFIER,
    KNN_SYMBOL_RADIUS_REGRESSOR,
    KNN_SYMBOL_NEAREST_NEIGHBORS,
    KNN_SYMBOL_PIPELINE,
    KNN_SYMBOL_GRID_SEARCH,
    KNN_SYMBOL_RANDOMIZED_SEARCH
} knn_symbol_e;


typedef struct {
    const char  *module;
    const char  *name;
    knn_symbol_e symbol;
} knn_symbol_row_t;


/* KNN_SYMBOL_NONE for a pair that is not in the table. */
knn_symbol_e knn_symbol_find(const char *module, size_t module_len,
                             const char *name, size_t name_len);

/* The name of a symbol as its newest release spells it. */
const char *knn_symbol_name(knn_symbol_e symbol);

/* The table, in the order that knn_symbol_find() counts on. */
const knn_symbol_row_t *knn_symbol_rows(size_t *n);


#endif /* KNN_SYMBOLS_H */
