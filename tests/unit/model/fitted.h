
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Fitted estimators written by hand, with one attribute changed at a time.
 */


#ifndef FITTED_H
#define FITTED_H


#include "inert.h"

#include "../../../model/sklearn/sklearn.h"


#define MAX_PICKLE 16384


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


/* of any nearest-neighbor classifier */
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
#define N_CHANGES    5


/* Writes one attribute; returns its size. */
static inline size_t
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


/* a class below sklearn.neighbors */
typedef struct {
    const char *module;
    const char *name;
} estimator_t;


static const estimator_t classifier = {"_classification",
                                       "KNeighborsClassifier"};


/* An estimator with some attributes changed, added or taken away. */
static inline size_t
put_estimator(char *to, const estimator_t *estimator,
              const attribute_t *changes)
{
    size_t i, j, n;
    bool   changed;

    n = (size_t) sprintf(to, "csklearn.neighbors.%s\n%s\n)\x81}",
                         estimator->module, estimator->name);

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


static inline knn_status_e
read_estimator(const estimator_t *estimator, const attribute_t *changes,
               knn_parts_t *parts)
{
    char         pickle[MAX_PICKLE];
    knn_value_t *value;

    value = read_bytes(pickle, put_estimator(pickle, estimator, changes));

    return value == NULL ? err.status
                         : knn_sklearn_read(arena, value, parts, &err);
}


#define READ_AS(parts, estimator, ...)                                         \
    do {                                                                       \
        static const attribute_t changes[N_CHANGES] = {__VA_ARGS__};           \
                                                                               \
        ck_assert_msg(read_estimator(&estimator, changes, parts) == KNN_OK,    \
                      "%s", err.message);                                      \
    } while (0)

#define READ(parts, ...) READ_AS(parts, classifier, __VA_ARGS__)


#endif /* FITTED_H */
