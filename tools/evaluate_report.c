
/*
 * Copyright (C) nginx-knn contributors
 */


/* What knn evaluate says in lines. */


#include <stdlib.h>
#include <string.h>

#include "../codec/text/number.h"
#include "evaluation.h"
#include "report.h"


/* more labels make no matrix that a terminal could show */
#define KNN_EVALUATION_SHOWN 20

/* the least width of labels, and the blanks between columns */
#define KNN_EVALUATION_WIDTH 12
#define KNN_EVALUATION_GAP   2


/* True for a label that is neither there nor predicted. */
static bool
knn_evaluation_absent(const knn_evaluated_t *output, size_t label)
{
    return output->tallies[label].support == 0
           && output->tallies[label].predicted == 0;
}


/* The width of a label, at least so much. */
static size_t
knn_evaluation_wider(const knn_piece_t *label, size_t width)
{
    size_t      i, n;
    knn_piece_t bare;

    bare = knn_report_bare(label);
    n = KNN_EVALUATION_GAP;

    for (i = 0; i < bare.size; i++) {
        n += (bare.data[i] & 0xC0) != 0x80;
    }

    return n > width ? n : width;
}


/* The width of a column of all labels. */
static size_t
knn_evaluation_widest(const knn_evaluated_t *output, const knn_piece_t *labels)
{
    size_t i, width;

    width = KNN_EVALUATION_WIDTH;

    for (i = 0; i < output->n_labels; i++) {
        if (!knn_evaluation_absent(output, i)) {
            width = knn_evaluation_wider(&labels[i], width);
        }
    }

    return width;
}


/* Adds a label and blanks up to a width. */
static void
knn_evaluation_label(knn_printer_t *out, const knn_piece_t *label, size_t width)
{
    knn_piece_t bare;

    bare = knn_report_bare(label);
    knn_report_cell(out, bare.data, bare.size, width);
}


/* Adds a line of three scores and how many rows there are. */
static void
knn_evaluation_scores(knn_printer_t *out, const knn_score_t *score,
                      size_t support)
{
    knn_report_column(out, score->precision);
    knn_report_column(out, score->recall);
    knn_report_column(out, score->f1);
    knn_printer_count(out, support);
    knn_printer_text(out, "\n");
}


/* Adds the scores of every label and their averages. */
static void
knn_evaluation_table_of(knn_printer_t *out, const knn_evaluated_t *output,
                        const knn_piece_t *labels, size_t rows)
{
    size_t       i, width;
    knn_score_t  score;
    knn_report_t report;

    width = knn_evaluation_widest(output, labels);
    report = knn_score_report(output->tallies, output->n_labels);

    knn_printer_text(out, "\n");
    knn_report_cell(out, "", 0, width);
    knn_printer_text(out, "precision  recall     f1         rows\n");

    for (i = 0; i < output->n_labels; i++) {
        if (!knn_evaluation_absent(output, i)) {
            score = knn_score_class(&output->tallies[i]);
            knn_evaluation_label(out, &labels[i], width);
            knn_evaluation_scores(out, &score, output->tallies[i].support);
        }
    }

    knn_report_cell(out, "macro", 5, width);
    knn_evaluation_scores(out, &report.macro, rows);
    knn_report_cell(out, "weighted", 8, width);
    knn_evaluation_scores(out, &report.weighted, rows);
}


/* Fills the widths of the columns of labels, 0 of the last one. */
static void
knn_evaluation_widths(const knn_evaluated_t *output, const knn_piece_t *labels,
                      size_t *widths)
{
    size_t i, last;

    last = 0;

    for (i = 0; i < output->n_labels; i++) {
        widths[i] = knn_evaluation_wider(&labels[i], 0);
        last = knn_evaluation_absent(output, i) ? last : i;
    }

    widths[last] = 0;
}


/* Adds a line of the confusion matrix. */
static void
knn_evaluation_counts(knn_printer_t *out, const knn_evaluated_t *output,
                      const size_t *counts, const size_t *widths)
{
    char   text[KNN_NUMBER_WRITE], *end;
    size_t i;

    for (i = 0; i < output->n_labels; i++) {
        if (!knn_evaluation_absent(output, i)) {
            end = knn_number_write_unsigned(text, counts[i]);
            knn_report_cell(out, text, (size_t) (end - text), widths[i]);
        }
    }

    knn_printer_text(out, "\n");
}


/* Adds the confusion matrix. */
static void
knn_evaluation_matrix(knn_printer_t *out, const knn_evaluated_t *output,
                      const knn_piece_t *labels)
{
    size_t i, width, widths[KNN_EVALUATION_MATRIX];

    width = knn_evaluation_widest(output, labels);
    knn_evaluation_widths(output, labels, widths);

    knn_printer_text(out, "\n");
    knn_report_cell(out, "predicted:", 10, width);

    for (i = 0; i < output->n_labels; i++) {
        if (!knn_evaluation_absent(output, i)) {
            knn_evaluation_label(out, &labels[i], widths[i]);
        }
    }

    knn_printer_text(out, "\n");

    for (i = 0; i < output->n_labels; i++) {
        if (!knn_evaluation_absent(output, i)) {
            knn_evaluation_label(out, &labels[i], width);
            knn_evaluation_counts(
                out, output, output->matrix + i * output->n_labels, widths);
        }
    }
}


/* Adds the labels that the model cannot predict. */
static void
knn_evaluation_unknown(knn_printer_t *out, const knn_evaluated_t *output,
                       const knn_piece_t *labels)
{
    size_t i;

    for (i = output->n_known; i < output->n_labels; i++) {
        knn_report_name(out, "unknown");
        knn_evaluation_label(out, &labels[i], 0);
        knn_printer_text(out, ", ");
        knn_printer_count(out, output->tallies[i].support);
        knn_printer_text(out, output->tallies[i].support == 1 ? " row\n"
                                                              : " rows\n");
    }
}


/* Adds what is said of the labels of an output. */
static void
knn_evaluation_classes(knn_printer_t *out, const knn_evaluated_t *output,
                       const knn_piece_t *labels, size_t rows)
{
    size_t       i, shown;
    knn_report_t report;

    shown = 0;

    for (i = 0; i < output->n_labels; i++) {
        shown += !knn_evaluation_absent(output, i);
    }

    report = knn_score_report(output->tallies, output->n_labels);
    knn_report_name(out, "accuracy");
    knn_report_score(out, report.accuracy);
    knn_printer_text(out, "\n");

    knn_evaluation_unknown(out, output, labels);
    knn_evaluation_table_of(out, output, labels, rows);

    if (output->matrix != NULL && shown <= KNN_EVALUATION_SHOWN) {
        knn_evaluation_matrix(out, output, labels);
    }
}


/* Adds a line with a score. */
static void
knn_evaluation_line(knn_printer_t *out, const char *name, double score)
{
    knn_report_name(out, name);
    knn_report_value(out, score);
    knn_printer_text(out, "\n");
}


/* Adds what is said of the errors of an output. */
static void
knn_evaluation_errors(knn_printer_t *out, const knn_errors_t *errors)
{
    knn_evaluation_line(out, "R2", errors->r2);
    knn_evaluation_line(out, "MAE", errors->mae);
    knn_evaluation_line(out, "RMSE", errors->rmse);
    knn_evaluation_line(out, "median", errors->median);
    knn_evaluation_line(out, "max", errors->max);
}


void
knn_evaluation_lines(const knn_evaluation_t *evaluation,
                     const knn_labels_t *labels, const knn_errors_t *errors,
                     knn_printer_t *out)
{
    size_t i, n;

    n = evaluation->info->n_outputs;

    knn_report_name(out, "rows");
    knn_printer_count(out, evaluation->rows);
    knn_printer_text(out, "\n");

    if (n > 1 && !evaluation->info->regressor) {
        knn_evaluation_line(out, "all right",
                            (double) evaluation->correct
                                / (double) evaluation->rows);
    }

    for (i = 0; i < n; i++) {
        if (n > 1) {
            knn_printer_text(out, "\n");
            knn_report_name(out, "output");
            knn_printer_count(out, i);
            knn_printer_text(out, "\n");
        }

        if (evaluation->info->regressor) {
            knn_evaluation_errors(out, &errors[i]);
        }
        else {
            knn_evaluation_classes(out, &evaluation->outputs[i],
                                   labels->labels + labels->first[i],
                                   evaluation->rows);
        }
    }
}


/* The labels of all outputs as JSON; false when there is no memory. */
static bool
knn_evaluation_pieces(const knn_evaluation_t *evaluation, knn_labels_t *labels)
{
    bool             done;
    size_t           i;
    knn_output_t    *outputs;
    knn_model_info_t info;

    memset(&info, 0, sizeof(knn_model_info_t));
    memset(labels, 0, sizeof(knn_labels_t));

    outputs = calloc(evaluation->info->n_outputs, sizeof(knn_output_t));

    if (outputs == NULL) {
        return false;
    }

    for (i = 0; i < evaluation->info->n_outputs; i++) {
        outputs[i].n_classes = evaluation->outputs[i].n_labels;
        outputs[i].classes = evaluation->outputs[i].labels;
    }

    info.regressor = evaluation->info->regressor;
    info.n_outputs = evaluation->info->n_outputs;
    info.outputs = outputs;
    done = knn_labels_init(labels, &info);
    free(outputs);

    return done;
}


/* The errors of all outputs of a regressor; NULL when there is no memory. */
static knn_errors_t *
knn_evaluation_measure(const knn_evaluation_t *evaluation)
{
    size_t        i;
    double       *scratch;
    knn_errors_t *errors;

    errors = calloc(evaluation->info->n_outputs, sizeof(knn_errors_t));
    scratch = calloc(evaluation->rows, sizeof(double));

    if (scratch == NULL) {
        free(errors);
        errors = NULL;
    }

    for (i = 0; errors != NULL && evaluation->info->regressor
                && i < evaluation->info->n_outputs;
         i++)
    {
        errors[i] = knn_score_values(evaluation->outputs[i].values,
                                     evaluation->outputs[i].predicted,
                                     evaluation->rows, scratch);
    }

    free(scratch);

    return errors;
}


int
knn_evaluation_report(const knn_evaluation_t *evaluation)
{
    int           status;
    knn_errors_t *errors;
    knn_labels_t  labels;
    knn_printer_t out;

    errors = knn_evaluation_measure(evaluation);

    if (!knn_evaluation_pieces(evaluation, &labels) || errors == NULL
        || !knn_printer_init(&out))
    {
        status = knn_tool_refuse("no memory");
    }
    else {
        (evaluation->arguments->options & KNN_TOOL_JSON
             ? knn_evaluation_json
             : knn_evaluation_lines)(evaluation, &labels, errors, &out);
        status = knn_printer_finish(&out);
    }

    knn_labels_free(&labels);
    free(errors);

    return status;
}
