
/*
 * Copyright (C) nginx-knn contributors
 */


/* The classes of a model as JSON, written once. */


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
    size_t      *first;     /* [n_outputs], into the others */
    knn_piece_t *labels;    /* [count], "setosa" */
    knn_piece_t *keys;      /* [count], "setosa": */
    size_t       longest;   /* labels of one row */
    size_t       keys_size; /* all keys */
    char        *text;
} knn_labels_t;


/* False when there is no memory; to be freed in any case. */
bool knn_labels_init(knn_labels_t *labels, const knn_model_info_t *info);

void knn_labels_free(knn_labels_t *labels);


#endif /* KNN_LABEL_H */
