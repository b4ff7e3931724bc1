
/*
 * Copyright (C) nginx-knn contributors
 */


/* What knn evaluate says in JSON. */


#include <stdlib.h>

#include "evaluation.h"
#include "report.h"


/* Adds an average. */
static void
knn_evaluation_average(knn_printer_t *out, const char *name,
                       const knn_score_t *score)
{
    knn_printer_text(out, ",\"");
    knn_printer_text(out, name);
    knn_printer_text(out, "\":{");
    knn_report_number(out, "precision", score->precision);
    knn_report_number(out, "recall", score->recall);
    knn_printer_text(out, "\"f1\":");
    knn_report_value(out, score->f1);
    knn_printer_text(out, "}");
}


/* Adds the scores of every label. */
static void
knn_evaluation_json_labels(knn_printer_t *out, const knn_evaluated_t *output,
                           const knn_piece_t *labels)
{
    size_t      i;
    knn_score_t score;

    for (i = 0; i < output->n_labels; i++) {
        score = knn_score_class(&output->tallies[i]);

        knn_printer_text(out, i == 0 ? "{\"label\":" : ",{\"label\":");
        knn_printer_bytes(out, labels[i].data, labels[i].size);
        knn_printer_text(out, ",\"known\":");
        knn_printer_text(out, i < output->n_known ? "true," : "false,");
        knn_report_number(out, "precision", score.precision);
        knn_report_number(out, "recall", score.recall);
        knn_report_number(out, "f1", score.f1);
        knn_report_count(out, "predicted", output->tallies[i].predicted);
        knn_printer_text(out, "\"rows\":");
        knn_printer_count(out, output->tallies[i].support);
        knn_printer_text(out, "}");
    }
}


/* Adds the confusion matrix: an array of the predictions for each label. */
static void
knn_evaluation_json_matrix(knn_printer_t *out, const knn_evaluated_t *output)
{
    size_t i, j;

    knn_printer_text(out, ",\"confusion\":[");

    for (i = 0; i < output->n_labels; i++) {
        knn_printer_text(out, i == 0 ? "" : ",");

        for (j = 0; j < output->n_labels; j++) {
            knn_printer_text(out, j == 0 ? "[" : ",");
            knn_printer_count(out, output->matrix[i * output->n_labels + j]);
        }

        knn_printer_text(out, "]");
    }

    knn_printer_text(out, "]");
}


/* Adds what is said of the labels of an output. */
static void
knn_evaluation_json_classes(knn_printer_t *out, const knn_evaluated_t *output,
                            const knn_piece_t *labels)
{
    knn_report_t report;

    report = knn_score_report(output->tallies, output->n_labels);

    knn_report_number(out, "accuracy", report.accuracy);
    knn_printer_text(out, "\"classes\":[");
    knn_evaluation_json_labels(out, output, labels);
    knn_printer_text(out, "]");
    knn_evaluation_average(out, "macro", &report.macro);
    knn_evaluation_average(out, "weighted", &report.weighted);

    if (output->matrix != NULL) {
        knn_evaluation_json_matrix(out, output);
    }
}


/* Adds what is said of the errors of an output. */
static void
knn_evaluation_json_errors(knn_printer_t *out, const knn_errors_t *errors)
{
    knn_report_number(out, "r2", errors->r2);
    knn_report_number(out, "mae", errors->mae);
    knn_report_number(out, "rmse", errors->rmse);
    knn_report_number(out, "median_absolute_error", errors->median);
    knn_printer_text(out, "\"max_error\":");
    knn_report_value(out, errors->max);
}


void
knn_evaluation_json(const knn_evaluation_t *evaluation,
                    const knn_labels_t *labels, const knn_errors_t *errors,
                    knn_printer_t *out)
{
    size_t i, n;

    n = evaluation->info->n_outputs;
    knn_printer_text(out, "{");
    knn_report_count(out, "rows", evaluation->rows);

    if (n > 1 && !evaluation->info->regressor) {
        knn_report_number(out, "accuracy",
                          (double) evaluation->correct
                              / (double) evaluation->rows);
    }

    knn_printer_text(out, n > 1 ? "\"outputs\":[" : "");

    for (i = 0; i < n; i++) {
        knn_printer_text(out, n == 1 ? "" : i == 0 ? "{" : ",{");

        if (evaluation->info->regressor) {
            knn_evaluation_json_errors(out, &errors[i]);
        }
        else {
            knn_evaluation_json_classes(out, &evaluation->outputs[i],
                                        labels->labels + labels->first[i]);
        }

        knn_printer_text(out, n == 1 ? "" : "}");
    }

    knn_printer_text(out, n > 1 ? "]}\n" : "}\n");
}
