
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * All that is written once for each kind of processor, behind one table: a
 * row of it is chosen when a model is laid out.
 */


#ifndef KNN_KERNELS_H
#define KNN_KERNELS_H


#include "scan.h"


typedef struct {
    const char        *name;
    const knn_scans_t *scans;
} knn_kernels_t;


/* The widest that this processor can run. */
const knn_kernels_t *knn_kernels_best(void);

/* The one of that name; NULL when unknown or beyond this processor. */
const knn_kernels_t *knn_kernels_find(const char *name);


#endif /* KNN_KERNELS_H */
