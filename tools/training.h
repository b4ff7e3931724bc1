
/*
 * Copyright (C) nginx-knn contributors
 */


/* What knn train does, step by step. */


#ifndef KNN_TRAINING_H
#define KNN_TRAINING_H


#include "../model/train/dataset.h"
#include "../model/train/fold.h"
#include "table_file.h"
#include "tool.h"


/* folds at most, and numbers of neighbors that are tried */
#define KNN_TRAINING_FOLDS 1000
#define KNN_TRAINING_TRIES 10


typedef enum {
    KNN_TASK_AUTO = 0,
    KNN_TASK_CLASSIFY,
    KNN_TASK_REGRESS
} knn_task_e;


/* a number of neighbors, and how well it does */
typedef struct {
    int64_t n_neighbors;
    double  mean;
    double  deviation;
    double *scores; /* [folds.count] */
} knn_try_t;


typedef struct {
    const knn_arguments_t *arguments;
    const char            *output;
    knn_native_meta_t      meta;
    knn_header_e           header;
    knn_task_e             task;
    bool                   quiet;

    knn_recipe_t recipe;      /* n_neighbors 0: what does best */
    knn_folds_t  folds;       /* count 0: none */
    bool         folds_asked; /* not only by default */

    knn_table_file_t file;
    size_t           target;
    bool             classify;
    knn_dataset_t    data;
    uint32_t        *rows; /* [n_rows] */
    size_t           n_rows;

    size_t    n_tries;
    size_t    best; /* of tries */
    knn_try_t tries[KNN_TRAINING_TRIES];

    size_t       max_bytes; /* that an arena may hold */
    knn_arena_t *arena;
    knn_parts_t  parts;
} knn_training_t;


/* Reads the options; KNN_EXIT_DONE or KNN_EXIT_USAGE. */
int knn_training_options(knn_training_t *training);

/* Reads the table and finds target, features and rows; false if refused. */
bool knn_training_table(knn_training_t *training);

/* Cross-validates, and chooses the number of neighbors; false if refused. */
bool knn_training_cross(knn_training_t *training);

/* Says what was done, and what the model is. */
int knn_training_report(const knn_training_t *training,
                        const knn_model_t    *model);

/* Says something in passing, unless quiet. */
void knn_training_note(const knn_training_t *training, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));


#endif /* KNN_TRAINING_H */
