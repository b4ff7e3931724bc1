
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Training from columns: what scikit-learn makes of
 *
 *   SimpleImputer, if some are missing, and a scaler for all numbers, beside
 *   OneHotEncoder(handle_unknown="ignore") for all texts, then
 *   KNeighborsClassifier or KNeighborsRegressor with the tree it would have,
 *
 * fitted on a DataFrame.  The estimator's features are the numbers, then the
 * texts of each column, in the order of the columns.
 */


#ifndef KNN_TRAIN_H
#define KNN_TRAIN_H


#include "../arena.h"
#include "../error.h"
#include "../parts.h"


typedef enum {
    KNN_SCALE_NONE = 0,
    KNN_SCALE_STANDARD,
    KNN_SCALE_MINMAX,
    KNN_SCALE_ROBUST
} knn_scale_e;


/* columns that rows are chosen from */
typedef struct {
    size_t               n_inputs;
    const double *const *columns; /* [n_inputs], NaN is missing */
    const knn_feature_t *inputs;  /* [n_inputs], their texts alone */
    const char *const   *names;   /* [n_inputs], or NULL */
    bool                 missing; /* so are some numbers */
    knn_output_t         output;  /* of a classifier */
    const uint32_t      *classes; /* of each row, NULL of a regressor */
    const double        *values;  /* the same of a regressor */
} knn_dataset_t;


typedef struct {
    knn_scale_e     scale;
    bool            automatic; /* scikit-learn's choice of the algorithm */
    knn_algorithm_e algorithm;
    knn_weights_e   weights;
    knn_metric_e    metric;
    const char     *metric_name;
    double          p;
    int64_t         n_neighbors;
} knn_recipe_t;


/*
 * Fits on some rows; what parts point to is in the arena and in the dataset.
 * Numbers must be finite or NaN.
 */
knn_status_e knn_train(const knn_dataset_t *data, const knn_recipe_t *recipe,
                       const uint32_t *rows, size_t n_rows, knn_arena_t *arena,
                       knn_parts_t *parts, knn_error_t *err);


#endif /* KNN_TRAIN_H */
