
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "metric.h"


typedef struct {
    const char  *name;
    knn_metric_e metric;
} knn_metric_name_t;


/* scikit-learn keeps the name that was typed, so there are synonyms */
static const knn_metric_name_t knn_metric_names[] = {
    {"euclidean", KNN_EUCLIDEAN},
    {"l2", KNN_EUCLIDEAN},
    {"manhattan", KNN_MANHATTAN},
    {"cityblock", KNN_MANHATTAN},
    {"l1", KNN_MANHATTAN},
    {"chebyshev", KNN_CHEBYSHEV},
    {"infinity", KNN_CHEBYSHEV},
    {"minkowski", KNN_MINKOWSKI},
    {"p", KNN_MINKOWSKI},
    {"wminkowski", KNN_WMINKOWSKI},
    {"seuclidean", KNN_SEUCLIDEAN},
    {"mahalanobis", KNN_MAHALANOBIS},
    {"hamming", KNN_HAMMING},
    {"canberra", KNN_CANBERRA},
    {"braycurtis", KNN_BRAYCURTIS},
    {"haversine", KNN_HAVERSINE},
    {"jaccard", KNN_JACCARD},
    {"nan_jaccard", KNN_NAN_JACCARD},
    {"matching", KNN_MATCHING},
    {"dice", KNN_DICE},
    {"kulsinski", KNN_KULSINSKI},
    {"rogerstanimoto", KNN_ROGERSTANIMOTO},
    {"russellrao", KNN_RUSSELLRAO},
    {"sokalmichener", KNN_SOKALMICHENER},
    {"sokalsneath", KNN_SOKALSNEATH},
    {"yule", KNN_YULE},
    {"sqeuclidean", KNN_SQEUCLIDEAN},
    {"cosine", KNN_COSINE},
    {"correlation", KNN_CORRELATION},
    {"nan_euclidean", KNN_NAN_EUCLIDEAN},
    {NULL, KNN_EUCLIDEAN},
};


bool
knn_metric_find(const char *name, knn_metric_e *metric)
{
    const knn_metric_name_t *row;

    for (row = knn_metric_names; row->name != NULL; row++) {
        if (strcmp(name, row->name) == 0) {
            *metric = row->metric;
            return true;
        }
    }

    return false;
}
