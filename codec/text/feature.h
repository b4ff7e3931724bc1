
/*
 * Copyright (C) nginx-knn contributors
 */


/* The values of columns that are not plain numbers. */


#ifndef KNN_FEATURE_H
#define KNN_FEATURE_H


#include "../request/matrix.h"


/* True for a column that takes numbers; one that is not used takes anything. */
static inline bool
knn_feature_is_number(const knn_feature_t *feature)
{
    return feature->n_texts == 0 && !feature->open;
}


/* Refuses what is no text in a column of texts: "a number". */
knn_status_e knn_feature_no_text(knn_matrix_t *matrix, size_t feature,
                                 const knn_place_t *place, const char *what);

/* Refuses a text that is none of its column's. */
knn_status_e knn_feature_unknown(knn_matrix_t *matrix, size_t feature,
                                 const knn_place_t *place, const char *text,
                                 size_t size);


#endif /* KNN_FEATURE_H */
