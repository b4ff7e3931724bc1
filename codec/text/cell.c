
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <string.h>
#include <strings.h>

#include "cell.h"
#include "number.h"


/* The closing quote of a cell that begins behind p, or end. */
static const char *
knn_cell_quote(const char *p, const char *end)
{
    for (/* void */; p < end; p++) {
        if (*p != '"') {
            continue;
        }

        if (p + 1 == end || p[1] != '"') {
            return p;
        }

        p++;
    }

    return end;
}


const char *
knn_cell_read(const char *p, const char *end, knn_cell_t *cell)
{
    const char *last, *quote;

    p = knn_cell_skip(p, end);
    cell->quoted = p < end && *p == '"';

    if (cell->quoted) {
        quote = knn_cell_quote(p + 1, end);
        last = knn_cell_skip(quote + (quote < end), end);

        if (last == end || *last == ',') {
            cell->data = p + 1;
            cell->size = (size_t) (quote - cell->data);
            return last;
        }

        cell->quoted = false;
    }

    last = memchr(p, ',', (size_t) (end - p));
    last = last == NULL ? end : last;
    cell->data = p;

    for (p = last; p > cell->data && knn_cell_blank(p[-1]); p--) {
        /* void */
    }

    cell->size = (size_t) (p - cell->data);

    return last;
}


bool
knn_cell_number(const knn_cell_t *cell, double *value)
{
    static const char *const names[] = {"nan", "inf", "infinity"};

    size_t      i, size;
    const char *p, *end;

    p = knn_cell_skip(cell->data, cell->data + cell->size);
    end = cell->data + cell->size;

    while (end > p && knn_cell_blank(end[-1])) {
        end--;
    }

    if (p < end && knn_number_read(p, end, value) == end) {
        return true;
    }

    p += p < end && (*p == '-' || *p == '+');
    size = (size_t) (end - p);

    for (i = 0; i < sizeof(names) / sizeof(char *); i++) {
        if (size == strlen(names[i]) && strncasecmp(p, names[i], size) == 0) {
            *value = i == 0 ? NAN : INFINITY;
            return true;
        }
    }

    return false;
}


bool
knn_cell_boolean(const knn_cell_t *cell, double *value)
{
    static const char *const names[] = {"False", "false", "FALSE",
                                        "True",  "true",  "TRUE"};

    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(char *); i++) {
        if (cell->size == strlen(names[i])
            && memcmp(cell->data, names[i], cell->size) == 0)
        {
            *value = i < 3 ? 0 : 1;
            return true;
        }
    }

    return false;
}


bool
knn_cell_missing(const knn_cell_t *cell)
{
    static const char *const names[] = {
        "?",        "NA",     "N/A",     "n/a",     "NaN",     "nan",  "-NaN",
        "-nan",     "null",   "NULL",    "None",    "<NA>",    "#N/A", "#NA",
        "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"};

    size_t i;

    if (cell->size == 0) {
        return true;
    }

    if (cell->size > sizeof("-1.#QNAN") - 1) {
        return false;
    }

    for (i = 0; i < sizeof(names) / sizeof(char *); i++) {
        if (cell->size == strlen(names[i])
            && memcmp(cell->data, names[i], cell->size) == 0)
        {
            return true;
        }
    }

    return false;
}


bool
knn_cell_value(const knn_cell_t *cell, bool missing, double *value)
{
    bool number;

    number = knn_cell_number(cell, value);

    if ((number && isfinite(*value)) || knn_cell_boolean(cell, value)) {
        return true;
    }

    if (!missing || !((number && isnan(*value)) || knn_cell_missing(cell))) {
        return false;
    }

    *value = NAN;

    return true;
}


size_t
knn_cell_text(const knn_cell_t *cell, char *text)
{
    size_t i, n;

    for (i = 0, n = 0; i < cell->size; i++) {
        text[n++] = cell->data[i];

        if (cell->quoted && cell->data[i] == '"') {
            i++;
        }
    }

    return n;
}
