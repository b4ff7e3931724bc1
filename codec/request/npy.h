
/*
 * Copyright (C) nginx-knn contributors
 */


/* Arrays as numpy.save() writes them, in any cuts, to rows. */


#ifndef KNN_NPY_ROWS_H
#define KNN_NPY_ROWS_H


#include "../infer/datatype.h"
#include "matrix.h"


/* the first byte, which begins no text */
#define KNN_NPY_MAGIC '\x93'

/* an array of numbers has about 118 bytes of it */
#define KNN_NPY_HEADER 1024


/* what a header says */
typedef struct {
    knn_datatype_e datatype;
    bool           swap;    /* big-endian */
    bool           fortran; /* column by column */
    size_t         dims;
    size_t         shape[2];
} knn_npy_shape_t;


typedef struct {
    knn_matrix_t   *matrix;
    knn_npy_shape_t shape;

    size_t rows;
    size_t size; /* bytes of an element */
    size_t done; /* elements */

    bool   headed; /* the header was read */
    size_t need;   /* bytes of it */
    size_t kept;   /* bytes of it, then of an element that is cut */
    char   keep[KNN_NPY_HEADER];
} knn_npy_t;


void         knn_npy_init(knn_npy_t *npy, knn_matrix_t *matrix);
knn_status_e knn_npy_feed(knn_npy_t *npy, const char *data, size_t size);
knn_status_e knn_npy_finish(knn_npy_t *npy);

/*
 * Reads the dictionary of a header ("{'descr': '<f8', …}"), or refuses it by
 * a fault of the matrix.
 */
knn_status_e knn_npy_shape(knn_matrix_t *matrix, const char *p, const char *end,
                           knn_npy_shape_t *shape);


#endif /* KNN_NPY_ROWS_H */
