
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "matrix.h"
#include "../text/number.h"


/* Adds text to a pointer, as RFC 6901 and RFC 3986 want it in a fragment. */
static char *
knn_pointer_name(char *p, const char *last, const char *text, size_t size)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-._!$&'()*+,;=:@?";

    size_t i;
    char  *begin;

    begin = p;

    if (p == last) {
        return begin;
    }

    *p++ = '/';

    for (i = 0; i < size; i++) {
        if (last - p < 3) {
            return begin;
        }

        if (text[i] == '~' || text[i] == '/') {
            *p++ = '~';
            *p++ = text[i] == '~' ? '0' : '1';
        }
        else if (text[i] != '\0' && strchr(plain, text[i]) != NULL) {
            *p++ = text[i];
        }
        else {
            *p++ = '%';
            *p++ = hex[(unsigned char) text[i] >> 4];
            *p++ = hex[(unsigned char) text[i] & 15];
        }
    }

    return p;
}


/* Writes the pointer to a place; a name that does not fit is left out. */
static void
knn_pointer_write(char *p, size_t size, const knn_place_t *place)
{
    char        digits[20];
    char       *last, *end;
    size_t      i;
    const char *name;

    last = p + size - 1;
    *p++ = '#';

    for (i = 0; i < place->n; i++) {
        name = place->steps[i].name;

        if (name != NULL) {
            p = knn_pointer_name(p, last, name, place->steps[i].number);
            continue;
        }

        end = knn_number_write_unsigned(digits, place->steps[i].number);
        p = knn_pointer_name(p, last, digits, (size_t) (end - digits));
    }

    *p = '\0';
}


knn_status_e
knn_matrix_fail(knn_matrix_t *matrix, knn_status_e status,
                const knn_place_t *place, const char *fmt, ...)
{
    va_list     args;
    knn_rows_t *rows;

    rows = &matrix->rows;

    if (rows->error.status != KNN_OK) {
        return rows->error.status;
    }

    rows->error.status = status;

    va_start(args, fmt);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is not */
    (void) vsnprintf(rows->error.message, sizeof(rows->error.message), fmt,
                     args);
    va_end(args);

    /* a line is a document of its own */

    if (place != NULL && matrix->options.format != KNN_FORMAT_JSON_LINES) {
        knn_pointer_write(rows->pointer, sizeof(rows->pointer), place);
    }

    return status;
}


void
knn_matrix_init(knn_matrix_t *matrix, const knn_request_options_t *options)
{
    matrix->options = *options;

    if (options->format == KNN_FORMAT_LINE) {
        matrix->options.max_rows = 1;
    }

    matrix->columns = options->info->n_features;
    matrix->row = NULL;
    matrix->column = 0;
    matrix->capacity = 0;
    matrix->flush = NULL;
    matrix->flush_ctx = NULL;
    matrix->flushed = 0;

    matrix->rows.x = NULL;
    matrix->rows.rows = 0;
    matrix->rows.single = false;
    matrix->rows.outputs = options->outputs;
    matrix->rows.columnar = false;
    matrix->rows.id = NULL;
    matrix->rows.id_size = 0;
    matrix->rows.n_wanted = 0;
    matrix->rows.error.status = KNN_OK;
    matrix->rows.error.message[0] = '\0';
    matrix->rows.pointer[0] = '\0';
}


/* Takes memory for so many rows. */
static knn_status_e
knn_matrix_take(knn_matrix_t *matrix, size_t rows)
{
    size_t size;
    void  *memory;

    if (__builtin_mul_overflow(matrix->columns, sizeof(double), &size)
        || __builtin_mul_overflow(size, rows, &size))
    {
        memory = NULL;
    }
    else {
        memory = matrix->options.alloc(matrix->options.alloc_ctx, size);
    }

    if (memory == NULL) {
        return knn_matrix_fail(matrix, KNN_NO_MEMORY, NULL,
                               "no memory for %zu rows of %zu features", rows,
                               matrix->columns);
    }

    matrix->rows.x = memory;
    matrix->capacity = rows;

    return KNN_OK;
}


/* Takes memory for as many rows as the body can hold. */
static knn_status_e
knn_matrix_alloc(knn_matrix_t *matrix)
{
    size_t rows, size;

    /* no value is shorter than what ends it and, of a number, a digit */

    size = matrix->columns;

    if (matrix->options.info->features == NULL
        && __builtin_mul_overflow(size, 2, &size))
    {
        size = SIZE_MAX;
    }

    rows = matrix->options.size / size + 1;

    if (rows > matrix->options.max_rows) {
        rows = matrix->options.max_rows;
    }

    return knn_matrix_take(matrix, rows);
}


/* Refuses more rows than a request may have. */
static knn_status_e
knn_matrix_many(knn_matrix_t *matrix, const knn_place_t *place)
{
    return knn_matrix_fail(matrix, KNN_LIMIT, place,
                           "the body has more than %zu rows, the most of one "
                           "request, send the others in further requests",
                           matrix->options.max_rows);
}


knn_status_e
knn_matrix_reserve(knn_matrix_t *matrix, size_t rows, const knn_place_t *place)
{
    return rows > matrix->options.max_rows ? knn_matrix_many(matrix, place)
                                           : knn_matrix_take(matrix, rows);
}


knn_status_e
knn_matrix_room(knn_matrix_t *matrix, const knn_place_t *place)
{
    size_t       rows;
    knn_status_e status;

    if (matrix->options.max_rows > 0 && matrix->capacity == 0) {
        return knn_matrix_alloc(matrix);
    }

    if (matrix->flush != NULL) {
        rows = matrix->rows.rows;
        status = matrix->flush(matrix->flush_ctx, matrix);
        matrix->flushed += rows;

        return status;
    }

    if (matrix->options.format == KNN_FORMAT_LINE) {
        return knn_matrix_fail(matrix, KNN_LIMIT, place,
                               "this is more than one row, POST several as "
                               "JSON or CSV");
    }

    if (matrix->capacity < matrix->options.max_rows) {
        return knn_matrix_fail(matrix, KNN_LIMIT, NULL,
                               "the body is longer than the %zu bytes that "
                               "were announced",
                               matrix->options.size);
    }

    return knn_matrix_many(matrix, place);
}


knn_status_e
knn_matrix_ragged(knn_matrix_t *matrix, const knn_place_t *place)
{
    return knn_matrix_fail(matrix, KNN_SHAPE, place,
                           "row %zu has %zu feature%s, but model \"%s\" "
                           "expects %zu",
                           knn_matrix_row(matrix), matrix->column,
                           matrix->column == 1 ? "" : "s",
                           matrix->options.model, matrix->columns);
}
