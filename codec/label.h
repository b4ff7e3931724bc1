
/*
 * Copyright (C) nginx-knn contributors
 */


/* The classes of a model as JSON, written once; a regressor has none. */


#ifndef KNN_LABEL_H
#define KNN_LABEL_H


#include "../model/knn.h"


/* text in JSON */
typedef struct {
    const char *data;
    size_t      size;
} knn_piece_t;


typedef struct {
    size_t       count;     /* classes of all outputs */
    size_t      *first;     /* [n_outputs], into labels and keys */
    knn_piece_t *labels;    /* [count], "setosa" */
    knn_piece_t *keys;      /* [count], "setosa": */
    knn_piece_t *outliers;  /* [n_outputs], of those that have one */
    size_t       longest;   /* labels of one row */
    size_t       keys_size; /* all keys */
    char        *text;
} knn_labels_t;


/* False when there is no memory; to be freed in any case. */
bool knn_labels_init(knn_labels_t *labels, const knn_model_info_t *info);

void knn_labels_free(knn_labels_t *labels);


/* The label of a class of one output, or its outlier's. */
static inline const knn_piece_t *
knn_labels_get(const knn_labels_t *labels, size_t output, uint32_t class)
{
    return class == KNN_CLASS_OUTLIER
               ? &labels->outliers[output]
               : &labels->labels[labels->first[output] + class];
}


#endif /* KNN_LABEL_H */
