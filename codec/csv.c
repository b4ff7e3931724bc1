
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "csv.h"


/* a line may be so long, and by so much longer per feature */
#define KNN_CSV_LINE    65536
#define KNN_CSV_FEATURE 64


/* Reads a line without its end. */
static knn_status_e
knn_csv_line(knn_csv_t *csv, const char *p, const char *end)
{
    if ((size_t) (end - p) > csv->longest) {
        return knn_matrix_fail(csv->matrix, KNN_MALFORMED, NULL,
                               "row %zu is longer than the %zu bytes that are "
                               "read, lines end with a line feed",
                               knn_matrix_row(csv->matrix), csv->longest);
    }

    if (knn_csv_skip(p, end) == end) {
        return KNN_OK;
    }

    if (!csv->begun) {
        csv->begun = true;
        csv->header = knn_csv_is_header(p, end);

        if (csv->header) {
            return knn_csv_header(csv, p, end);
        }
    }

    return knn_csv_row(csv, p, end);
}


/* The end of the line that goes on at p, NULL if it is not there. */
static const char *
knn_csv_line_end(knn_csv_t *csv, const char *p, const char *end)
{
    const char *feed, *quote;

    feed = NULL;

    for (;; p = quote + 1) {
        if (csv->quoted) {
            quote = memchr(p, '"', (size_t) (end - p));

            if (quote == NULL) {
                return NULL;
            }

            csv->quoted = false;
            continue;
        }

        if (feed == NULL || feed < p) {
            feed = memchr(p, '\n', (size_t) (end - p));
            feed = feed == NULL ? end : feed;
        }

        quote = memchr(p, '"', (size_t) (feed - p));

        if (quote == NULL) {
            return feed == end ? NULL : feed;
        }

        csv->quoted = true;
    }
}


/* Keeps a part of a line. */
static knn_status_e
knn_csv_keep(knn_csv_t *csv, const char *data, size_t size)
{
    char  *carry;
    size_t need;

    need = csv->carried + size;

    if (need > csv->longest) {
        /* enough to see that it is too long */
        need = csv->longest + 1;
        size = need - csv->carried;
    }

    if (need > csv->carry_size) {
        carry = realloc(csv->carry, 2 * need);

        if (carry == NULL) {
            return knn_matrix_fail(csv->matrix, KNN_NO_MEMORY, NULL,
                                   "no memory to read row %zu",
                                   knn_matrix_row(csv->matrix));
        }

        csv->carry = carry;
        csv->carry_size = 2 * need;
    }

    memcpy(csv->carry + csv->carried, data, size);
    csv->carried = need;

    return KNN_OK;
}


/* Reads the line that was kept. */
static knn_status_e
knn_csv_kept(knn_csv_t *csv)
{
    size_t size;

    size = csv->carried;
    csv->carried = 0;

    return knn_csv_line(csv, csv->carry, csv->carry + size);
}


void
knn_csv_init(knn_csv_t *csv, knn_matrix_t *matrix)
{
    const knn_model_info_t *info;

    info = matrix->options.info;

    memset(csv, 0, sizeof(knn_csv_t));
    csv->matrix = matrix;

    if (__builtin_mul_overflow(info->n_features, KNN_CSV_FEATURE, &csv->longest)
        || csv->longest > SIZE_MAX / 4 - KNN_CSV_LINE)
    {
        csv->longest = SIZE_MAX / 4 - KNN_CSV_LINE;
    }

    csv->longest += KNN_CSV_LINE;

    knn_names_init(&csv->names, info->feature_names, info->n_features);
}


knn_status_e
knn_csv_feed(knn_csv_t *csv, const char *data, size_t size)
{
    const char  *end, *feed;
    knn_status_e status;

    for (end = data + size; data < end; data = feed + 1) {
        feed = knn_csv_line_end(csv, data, end);

        if (feed == NULL) {
            status = knn_csv_keep(csv, data, (size_t) (end - data));

            if (status == KNN_OK && csv->carried > csv->longest) {
                status = knn_csv_kept(csv);
            }

            return status;
        }

        csv->ended = true;

        if (csv->carried > 0) {
            status = knn_csv_keep(csv, data, (size_t) (feed - data));

            if (status == KNN_OK) {
                status = knn_csv_kept(csv);
            }
        }
        else {
            status = knn_csv_line(csv, data, feed);
        }

        if (status != KNN_OK) {
            return status;
        }
    }

    return KNN_OK;
}


knn_status_e
knn_csv_finish(knn_csv_t *csv)
{
    knn_status_e  status;
    knn_matrix_t *matrix;

    matrix = csv->matrix;

    if (csv->quoted) {
        return knn_matrix_fail(matrix, KNN_MALFORMED, NULL,
                               "row %zu has a quote that is not closed",
                               knn_matrix_row(matrix));
    }

    if (csv->carried > 0) {
        status = knn_csv_kept(csv);

        if (status != KNN_OK) {
            return status;
        }
    }

    if (knn_matrix_row(matrix) == 0) {
        return knn_matrix_fail(matrix, KNN_SHAPE, NULL,
                               "there is no row%s, model \"%s\" expects rows "
                               "of %zu numbers separated by commas",
                               csv->header ? ", only a header" : "",
                               matrix->options.model, matrix->columns);
    }

    matrix->rows.single =
        !csv->header && !csv->ended && knn_matrix_row(matrix) == 1;

    return KNN_OK;
}


void
knn_csv_free(knn_csv_t *csv)
{
    knn_names_free(&csv->names);
    free(csv->map);
    free(csv->carry);
}
