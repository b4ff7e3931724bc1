
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * All that is written once for each kind of processor, behind one table: a
 * row of it is chosen when a model is laid out.
 */


#ifndef KNN_KERNELS_H
#define KNN_KERNELS_H


#include "../knn.h"
#include "batch.h"
#include "scan.h"
#include "wide.h"


/* variable of the environment that names the row to take */
#define KNN_KERNELS_VARIABLE "KNN_SIMD"


typedef struct {
    const char         *name;
    const knn_scans_t  *scans;
    const knn_wides_t  *wides;
    const knn_sweeps_t *sweeps;
    knn_batch_pt        batch; /* NULL: one point after the other */
} knn_kernels_t;


/* The widest that this processor can run. */
const knn_kernels_t *knn_kernels_best(void);

/* The one of that name; NULL when unknown or beyond this processor. */
const knn_kernels_t *knn_kernels_find(const char *name);

/* The i-th that this processor can run, the widest first; NULL past the last. */
const knn_kernels_t *knn_kernels_at(size_t i);

/* The one that the environment names, else the best. */
const knn_kernels_t *knn_kernels_choose(knn_error_t *err);


#endif /* KNN_KERNELS_H */
