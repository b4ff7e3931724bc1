
/*
 * Copyright (C) nginx-knn contributors
 */


/* Columns that are chosen from those of a ColumnTransformer. */


#ifndef KNN_SKLEARN_CHOICE_H
#define KNN_SKLEARN_CHOICE_H


#include "sklearn_step.h"


/* what a slice is called with */
#define KNN_CHOICE_SLICE 3


typedef struct {
    const char *name;
    uint32_t    column;
} knn_choice_name_t;


typedef struct {
    knn_program_t     *program;
    knn_fitted_t      *fitted;
    size_t             n_all;
    knn_choice_name_t *names; /* [n_all] ascending, or NULL */

    /* of release 0.20, which kept no names */

    bool         numbered; /* columns are chosen by number */
    size_t       n_guessed;
    const char **guessed; /* [n_guessed] */

    size_t    n;
    uint32_t *columns; /* [n], what was chosen */
} knn_choice_t;


/* Tells what all columns are called. */
knn_status_e knn_choice_names(knn_choice_t *choice, const char *const *names);

/* Finds the columns that are meant, by any of the ways to say it. */
knn_status_e knn_choice_make(knn_choice_t *choice, const knn_value_t *value);

/* What a pandas.Index holds, or an array itself. */
knn_status_e knn_choice_array(const knn_choice_t *choice,
                              const knn_value_t *value, knn_ndarray_t *array);

/* The names, numbers or truths of what is no slice; NULL and the error. */
knn_label_t *knn_choice_read(const knn_choice_t *choice,
                             const knn_value_t *value, size_t *n);

/* sklearn_guess.c */

/*
 * Counts the columns that are meant into n_all, or guesses their names; used
 * says that something reads them.
 */
knn_status_e knn_choice_count(knn_choice_t *choice, const knn_value_t *value,
                              bool used);


#endif /* KNN_SKLEARN_CHOICE_H */
