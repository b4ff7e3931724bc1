
/*
 * Copyright (C) nginx-knn contributors
 */


/* The OpenAPI 3.1 document of a server: its paths and its models. */


#ifndef KNN_OPENAPI_H
#define KNN_OPENAPI_H


#include "../../model/knn.h"


/* the features, texts and classes up to which all are listed */
#define KNN_OPENAPI_LISTED 100


/* who answers at a path */
typedef enum {
    KNN_PATH_PREDICT = 0,
    KNN_PATH_INFO,
    KNN_PATH_HEALTH,
    KNN_PATH_METRICS,
    KNN_PATH_SAMPLES,
    KNN_PATH_OPENAPI,
    KNN_PATH_V1, /* the root of a tree: "/v1" */
    KNN_PATH_V2,
    KNN_PATHS
} knn_path_e;


typedef struct {
    const knn_model_t *model;
    const char        *name;
    const char        *version;
    const char        *label; /* or NULL */
} knn_openapi_model_t;


typedef struct {
    knn_path_e kind;
    char      *path; /* as it stands in a URL */

    /* of a tree: what its paths begin with, or the only one that is served */

    const char *within;
    bool        exact;

    bool by_name; /* of predictions: "{model}" in the path is the model */

    /* of predictions and samples: the models there, which a variable names
       if there are several */

    size_t                            n_models;
    const knn_openapi_model_t *const *models;

    size_t max_rows; /* of a request */
} knn_openapi_path_t;


typedef struct {
    const char *server; /* before paths: a URL, or a part of one */
    size_t      n_models;
    const knn_openapi_model_t *models;
    size_t                     n_paths;
    const knn_openapi_path_t  *paths;
} knn_openapi_t;


/* In memory of malloc(), NUL-terminated; NULL when there is none. */
char *knn_openapi_document(const knn_openapi_t *openapi, size_t *size);


#endif /* KNN_OPENAPI_H */
