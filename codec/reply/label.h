
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The classes of a model in the forms that replies need, written once; a
 * regressor has none.
 */


#ifndef KNN_LABEL_H
#define KNN_LABEL_H


#include "../../model/knn.h"
#include "../infer/datatype.h"


/* text in JSON */
typedef struct {
    const char *data;
    size_t      size;
} knn_piece_t;


/*
 * The arrays of pieces have those of all classes, then the outlier's of each
 * output: [count + n_outputs].
 */
typedef struct {
    size_t  count; /* classes of all outputs */
    size_t *first; /* [n_outputs], the place of an output's classes */

    knn_piece_t *labels; /* "setosa" */
    knn_piece_t *keys;   /* "setosa": */
    knn_piece_t *texts;  /* setosa */
    knn_piece_t *cells;  /* the same in CSV */

    size_t longest;   /* labels of one row */
    size_t keys_size; /* all keys */
    size_t key;       /* the longest key */
    size_t cell;      /* the longest cell */
    size_t points;    /* most characters of a text */
    char  *memory;
} knn_labels_t;


/* False when there is no memory; to be freed in any case. */
bool knn_labels_init(knn_labels_t *labels, const knn_model_info_t *info);

void knn_labels_free(knn_labels_t *labels);

/*
 * The datatype of what a model predicts: of values, or of all its classes,
 * which are texts when these have several.
 */
knn_datatype_e knn_labels_type(const knn_model_info_t *info);


/* The place of a class of one output, or of its outlier. */
static inline size_t
knn_labels_place(const knn_labels_t *labels, size_t output, uint32_t class)
{
    return class == KNN_CLASS_OUTLIER ? labels->count + output
                                      : labels->first[output] + class;
}


/* The label of a class of one output, or its outlier's. */
static inline const knn_piece_t *
knn_labels_get(const knn_labels_t *labels, size_t output, uint32_t class)
{
    return &labels->labels[knn_labels_place(labels, output, class)];
}


/* The class itself. */
static inline const knn_label_t *
knn_labels_class(const knn_model_info_t *info, size_t output, uint32_t class)
{
    return class == KNN_CLASS_OUTLIER ? info->outputs[output].outlier
                                      : &info->outputs[output].classes[class];
}


#endif /* KNN_LABEL_H */
