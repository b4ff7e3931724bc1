
/*
 * Copyright (C) nginx-knn contributors
 */


/* What encoders look values up among. */


#ifndef KNN_SKLEARN_CATEGORIES_H
#define KNN_SKLEARN_CATEGORIES_H


#include "sklearn_step.h"


/* the categories of a feature, and the codes that they get */
typedef struct {
    size_t             n;
    const knn_entry_t *entries; /* [n] */
    double            *codes;   /* [n] */
    double             other;   /* the code of all others */
} knn_categories_t;


/* Reads categories_, with their places as codes; NULL and the error. */
knn_categories_t *knn_encode_categories(knn_program_t *program,
                                        knn_fitted_t  *fitted,
                                        knn_block_t   *block);

/*
 * Gives rare categories one code together, where the encoder does that;
 * shared says that unknown values get it too.
 */
knn_status_e knn_encode_rare(knn_program_t *program, knn_fitted_t *fitted,
                             bool shared, knn_categories_t *categories,
                             size_t n);

/* Adds the step that looks values up; missing says that NaN may come in. */
knn_status_e knn_encode_add(knn_program_t          *program,
                            const knn_categories_t *categories, bool missing,
                            knn_block_t *block);


#endif /* KNN_SKLEARN_CATEGORIES_H */
