
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "../text/cell.h"
#include "record.h"


/* The closing quote of a cell that begins behind p, or end. */
static const char *
knn_record_quote(const char *p, const char *end)
{
    for (/* void */; p < end; p += 2) {
        p = memchr(p, '"', (size_t) (end - p));

        if (p == NULL) {
            return end;
        }

        if (p + 1 == end || p[1] != '"') {
            return p;
        }
    }

    return end;
}


/* The line feed behind p that no quotes enclose, or end. */
static const char *
knn_record_feed(knn_record_t *record, const char *p, const char *end)
{
    for (/* void */; p < end; p++) {
        p = knn_cell_skip(p, end);

        if (p < end && *p == '"') {
            p = knn_record_quote(p + 1, end);
            record->open = p == end;
        }

        while (p < end && *p != ',' && *p != '\n') {
            p++;
        }

        if (p == end || *p == '\n') {
            break;
        }
    }

    return p;
}


/* The line feeds before end. */
static size_t
knn_record_lines(const char *p, const char *end)
{
    size_t n;

    for (n = 0; p < end; n++, p++) {
        p = memchr(p, '\n', (size_t) (end - p));

        if (p == NULL) {
            break;
        }
    }

    return n;
}


/* Moves to the next record, which may be blank. */
static void
knn_record_read(knn_record_t *record, const char *end)
{
    const char *feed;

    record->data = record->next;
    record->line += record->lines;
    record->lines = 1;

    feed = memchr(record->data, '\n', (size_t) (end - record->data));
    feed = feed == NULL ? end : feed;

    if (memchr(record->data, '"', (size_t) (feed - record->data)) != NULL) {
        feed = knn_record_feed(record, record->data, end);
        record->lines += knn_record_lines(record->data, feed);
    }

    record->end = feed;
    record->next = feed + (feed < end);
}


void
knn_record_init(knn_record_t *record, const char *data, size_t line)
{
    record->data = record->end = record->next = data;
    record->line = line;
    record->lines = 0;
    record->open = false;
}


bool
knn_record_next(knn_record_t *record, const char *end)
{
    while (record->next < end && !record->open) {
        knn_record_read(record, end);

        if (knn_cell_skip(record->data, record->end) < record->end) {
            return true;
        }
    }

    return false;
}
