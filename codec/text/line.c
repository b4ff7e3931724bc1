
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "line.h"


/* Counts the line ends between quotes. */
static void
knn_lines_count(knn_lines_t *lines, const char *p, const char *end)
{
    for (/* void */; p < end; p++) {
        lines->breaks += *p == '\n';
    }
}


/* True if a quote at this place begins a cell of the line that goes on at p. */
static bool
knn_lines_opens(const knn_lines_t *lines, const char *p, const char *quote)
{
    size_t i;

    while (quote > p && knn_cell_blank(quote[-1])) {
        quote--;
    }

    if (quote > p) {
        return quote[-1] == ',';
    }

    for (i = lines->carried; i > 0; i--) {
        if (!knn_cell_blank(lines->carry[i - 1])) {
            return lines->carry[i - 1] == ',';
        }
    }

    return true;
}


/* Moves behind the quotes that p is between; NULL if they do not end. */
static const char *
knn_lines_close(knn_lines_t *lines, const char *p, const char *end)
{
    const char *quote;

    quote = memchr(p, '"', (size_t) (end - p));
    knn_lines_count(lines, p, quote == NULL ? end : quote);

    if (quote == NULL) {
        return NULL;
    }

    lines->quoted = false;
    lines->closed = true;

    return quote + 1;
}


/* The end of the line that goes on at begin, NULL if it is not there. */
static const char *
knn_lines_end(knn_lines_t *lines, const char *begin, const char *end)
{
    const char *p, *feed, *quote;

    feed = NULL;

    for (p = begin;;) {
        if (lines->quoted) {
            p = knn_lines_close(lines, p, end);
        }

        if (p == NULL || p == end) {
            return NULL;
        }

        if (lines->closed) {
            /* a doubled quote ends nothing */
            lines->closed = false;
            lines->quoted = *p == '"';
            p += *p == '"';
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

        lines->quoted = knn_lines_opens(lines, begin, quote);
        p = quote + 1;
    }
}


/* Keeps a part of a line. */
static knn_status_e
knn_lines_keep(knn_lines_t *lines, const char *data, size_t size)
{
    char  *carry;
    size_t need;

    need = lines->carried + size;

    if (need > lines->longest) {
        /* enough to see that it is too long */
        need = lines->longest + 1;
        size = need - lines->carried;
    }

    if (need > lines->carry_size) {
        carry = realloc(lines->carry, 2 * need);

        if (carry == NULL) {
            return KNN_NO_MEMORY;
        }

        lines->carry = carry;
        lines->carry_size = 2 * need;
    }

    memcpy(lines->carry + lines->carried, data, size);
    lines->carried = need;

    return KNN_OK;
}


/* Has a line read. */
static knn_status_e
knn_lines_read(knn_lines_t *lines, const char *p, const char *end)
{
    knn_status_e status;

    status = lines->read(lines->ctx, p, end);

    if (status == KNN_OK) {
        lines->number += 1 + lines->breaks;
        lines->breaks = 0;
        lines->closed = false;
    }

    return status;
}


/* Has the line read that was kept. */
static knn_status_e
knn_lines_kept(knn_lines_t *lines)
{
    size_t size;

    size = lines->carried;
    lines->carried = 0;

    return knn_lines_read(lines, lines->carry, lines->carry + size);
}


void
knn_lines_init(knn_lines_t *lines, knn_line_pt read, void *ctx, size_t longest)
{
    memset(lines, 0, sizeof(knn_lines_t));
    lines->read = read;
    lines->ctx = ctx;
    lines->longest = longest;
    lines->number = 1;
}


knn_status_e
knn_lines_feed(knn_lines_t *lines, const char *data, size_t size)
{
    const char  *end, *feed;
    knn_status_e status;

    for (end = data + size; data < end; data = feed + 1) {
        feed = knn_lines_end(lines, data, end);

        if (feed == NULL) {
            status = knn_lines_keep(lines, data, (size_t) (end - data));

            if (status == KNN_OK && lines->carried > lines->longest) {
                status = knn_lines_kept(lines);
            }

            return status;
        }

        lines->ended = true;

        if (lines->carried > 0) {
            status = knn_lines_keep(lines, data, (size_t) (feed - data));

            if (status == KNN_OK) {
                status = knn_lines_kept(lines);
            }
        }
        else {
            status = knn_lines_read(lines, data, feed);
        }

        if (status != KNN_OK) {
            return status;
        }
    }

    return KNN_OK;
}


knn_status_e
knn_lines_finish(knn_lines_t *lines)
{
    return lines->quoted || lines->carried == 0 ? KNN_OK
                                                : knn_lines_kept(lines);
}


void
knn_lines_free(knn_lines_t *lines)
{
    free(lines->carry);
}
