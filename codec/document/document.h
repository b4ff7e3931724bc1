
/*
 * Copyright (C) nginx-knn contributors
 */


/* What a model says of itself, as JSON in memory of malloc(). */


#ifndef KNN_DOCUMENT_H
#define KNN_DOCUMENT_H


#include "../../model/knn.h"


/*
 * The object of one model, NUL-terminated; NULL when there is no memory.  name
 * and version may be NULL.
 */
char *knn_document_model(const knn_model_t *model, const char *name,
                         const char *version, size_t *size);

/* Its metadata of the Open Inference Protocol, with all versions it has. */
char *knn_document_v2(const knn_model_t *model, const char *name,
                      const char *const *versions, size_t n_versions,
                      size_t *size);

/* Its inputs and outputs as Triton's configuration has them: two members. */
char *knn_document_config(const knn_model_t *model, size_t *size);

/* Its metadata of TensorFlow Serving's REST API. */
char *knn_document_v1(const knn_model_t *model, const char *name,
                      const char *version, size_t *size);


#endif /* KNN_DOCUMENT_H */
