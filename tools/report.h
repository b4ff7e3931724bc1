
/*
 * Copyright (C) nginx-knn contributors
 */


/* What reports are made of: lines for people, and members of JSON. */


#ifndef KNN_REPORT_H
#define KNN_REPORT_H


#include "../codec/reply/label.h"
#include "printer.h"


/* Adds text and blanks up to a width in characters. */
void knn_report_cell(knn_printer_t *out, const char *text, size_t size,
                     size_t width);

/* Begins a line. */
void knn_report_name(knn_printer_t *out, const char *name);

/* Adds a score with four digits, and blanks up to the next column. */
void knn_report_score(knn_printer_t *out, double score);
void knn_report_column(knn_printer_t *out, double score);

/* The inside of a JSON label that is a string, else the label. */
knn_piece_t knn_report_bare(const knn_piece_t *label);

/* These add members of an object, and a comma. */
void knn_report_string(knn_printer_t *out, const char *name, const char *value);
void knn_report_count(knn_printer_t *out, const char *name, size_t count);
void knn_report_number(knn_printer_t *out, const char *name, double value);

/* Adds a number of JSON, null if it is none. */
void knn_report_value(knn_printer_t *out, double value);


#endif /* KNN_REPORT_H */
