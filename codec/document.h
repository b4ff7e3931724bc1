
/*
 * Copyright (C) nginx-knn contributors
 */


/* A model's description of itself, as JSON. */


#ifndef KNN_DOCUMENT_H
#define KNN_DOCUMENT_H


#include "../model/knn.h"


/*
 * The JSON object of one model, in memory of malloc(), NUL-terminated; NULL
 * when there is none.  name and version may be NULL.
 */
char *knn_document_model(const knn_model_t *model, const char *name,
                         const char *version, size_t *size);


#endif /* KNN_DOCUMENT_H */
