
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report.h"


/* the width of the names of lines, and of scores in a table */
#define KNN_REPORT_NAME   12
#define KNN_REPORT_COLUMN 11


void
knn_report_cell(knn_printer_t *out, const char *text, size_t size, size_t width)
{
    size_t i;

    knn_printer_bytes(out, text, size);

    for (i = 0; i < size; i++) {
        /* a byte that begins a character */
        width -= (text[i] & 0xC0) != 0x80 && width > 0;
    }

    while (width-- > 0) {
        knn_printer_text(out, " ");
    }
}


void
knn_report_name(knn_printer_t *out, const char *name)
{
    knn_report_cell(out, name, strlen(name), KNN_REPORT_NAME);
}


void
knn_report_score(knn_printer_t *out, double score)
{
    char text[32];

    (void) snprintf(text, sizeof(text), "%.4f", score);
    knn_printer_text(out, text);
}


void
knn_report_column(knn_printer_t *out, double score)
{
    char text[32];

    (void) snprintf(text, sizeof(text), "%.4f", score);
    knn_report_cell(out, text, strlen(text), KNN_REPORT_COLUMN);
}


knn_piece_t
knn_report_bare(const knn_piece_t *label)
{
    knn_piece_t bare;

    bare = *label;

    if (bare.size >= 2 && *bare.data == '"') {
        bare.data++;
        bare.size -= 2;
    }

    return bare;
}


/* Adds the name of a member. */
static void
knn_report_member(knn_printer_t *out, const char *name)
{
    knn_printer_text(out, "\"");
    knn_printer_text(out, name);
    knn_printer_text(out, "\":");
}


void
knn_report_string(knn_printer_t *out, const char *name, const char *value)
{
    knn_report_member(out, name);
    knn_printer_text(out, "\"");
    knn_printer_escaped(out, value, strlen(value));
    knn_printer_text(out, "\",");
}


void
knn_report_count(knn_printer_t *out, const char *name, size_t count)
{
    knn_report_member(out, name);
    knn_printer_count(out, count);
    knn_printer_text(out, ",");
}


void
knn_report_number(knn_printer_t *out, const char *name, double value)
{
    knn_report_member(out, name);
    knn_report_value(out, value);
    knn_printer_text(out, ",");
}


void
knn_report_value(knn_printer_t *out, double value)
{
    if (isfinite(value)) {
        knn_printer_number(out, value);
    }
    else {
        knn_printer_text(out, "null");
    }
}
