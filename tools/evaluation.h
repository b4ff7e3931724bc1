
/*
 * Copyright (C) nginx-knn contributors
 */


/* What knn evaluate does, step by step. */


#ifndef KNN_EVALUATION_H
#define KNN_EVALUATION_H


#include "../codec/reply/label.h"
#include "../model/train/score.h"
#include "batch.h"
#include "printer.h"
#include "table_file.h"
#include "tool.h"


/* more labels make no matrix that anybody could read */
#define KNN_EVALUATION_MATRIX 1000


/* an output of the model, and the column that has the truth */
typedef struct {
    const knn_column_t *column;

    size_t       n_known;  /* labels of a classifier and of its outliers */
    size_t       n_labels; /* and those that are in the table alone */
    knn_label_t *labels;   /* [n_labels] */
    size_t      *of_text;  /* [column->n_texts], its label */
    knn_tally_t *tallies;  /* [n_labels] */
    size_t      *matrix;   /* [n_labels][n_labels], NULL if there are many */

    double *values;    /* [rows], of a regressor: the truth */
    double *predicted; /* [rows] */
} knn_evaluated_t;


typedef struct {
    const knn_arguments_t  *arguments;
    const knn_model_t      *model;
    const knn_model_info_t *info;
    knn_header_e            header;

    knn_table_file_t file;
    size_t          *targets; /* [n_outputs], columns */
    size_t          *map;     /* [n_columns], the features of columns */
    knn_evaluated_t *outputs; /* [n_outputs] */
    knn_batch_t      batch;
    size_t           rows;    /* that have the truth of every output */
    size_t           correct; /* of those, in every output */
} knn_evaluation_t;


/* Reads the table and finds what its columns are; false if refused. */
bool knn_evaluation_table(knn_evaluation_t *evaluation);

/* Prepares what is counted of each output; false if refused. */
bool knn_evaluation_outputs(knn_evaluation_t *evaluation);

void knn_evaluation_free(knn_evaluation_t *evaluation);

/* Predicts all rows; false if refused. */
bool knn_evaluation_predict(knn_evaluation_t *evaluation);

/* Says how good the predictions are: by lines, or in JSON. */
int  knn_evaluation_report(const knn_evaluation_t *evaluation);
void knn_evaluation_lines(const knn_evaluation_t *evaluation,
                          const knn_labels_t     *labels,
                          const knn_errors_t *errors, knn_printer_t *out);
void knn_evaluation_json(const knn_evaluation_t *evaluation,
                         const knn_labels_t *labels, const knn_errors_t *errors,
                         knn_printer_t *out);


#endif /* KNN_EVALUATION_H */
