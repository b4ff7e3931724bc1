
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The steps before the estimator while they are made, and the rows that they
 * are fitted on.
 */


#ifndef KNN_TRAIN_PLAN_H
#define KNN_TRAIN_PLAN_H


#include "train.h"


/* as many as there can be: of the numbers, of the texts, and what joins them */
#define KNN_PLAN_STEPS 7
#define KNN_PLAN_NAMES 3


typedef struct {
    const knn_dataset_t *data;
    const uint32_t      *rows;
    size_t               n_rows;
    knn_arena_t         *arena;
    bool                 failed;  /* there was no memory */
    double              *column;  /* [n_rows], what a column has in the rows */
    double              *scratch; /* [n_rows] */

    knn_step_t  *steps; /* [KNN_PLAN_STEPS] */
    size_t       n_steps;
    const char **names; /* [KNN_PLAN_NAMES] */
    size_t       n_names;
    size_t       n_slots;
} knn_plan_t;


/* Memory for an array, at least an element; NULL sets failed. */
void *knn_plan_array(knn_plan_t *plan, size_t count, size_t size);

/* Reads an input's values in the rows into column; returns how many it has. */
size_t knn_plan_column(knn_plan_t *plan, size_t input);

/* Adds a step that reads n_in slots and has neither columns nor numbers. */
knn_step_t *knn_plan_step(knn_plan_t *plan, knn_step_e kind, const char *name,
                          size_t in, size_t n_in, size_t n_out);

/* Adds a step of one number for each of the last n slots. */
knn_step_t *knn_plan_numbers(knn_plan_t *plan, knn_step_e kind,
                             const char *name, size_t n, const double *numbers);

/* Adds the choice of columns from the first n_in slots. */
void knn_plan_select(knn_plan_t *plan, size_t n_in, const uint32_t *columns,
                     size_t n);

/* Adds the steps of n chosen inputs that are numbers. */
void knn_train_numbers(knn_plan_t *plan, knn_scale_e scale,
                       const uint32_t *chosen, size_t n);

/* The same of inputs that are texts. */
void knn_train_texts(knn_plan_t *plan, const uint32_t *chosen, size_t n);


#endif /* KNN_TRAIN_PLAN_H */
