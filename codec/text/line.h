
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Bytes in any cuts to lines of CSV.  The line ends between quotes are none;
 * quotes are those that begin a cell, and doubled ones within.
 */


#ifndef KNN_LINE_H
#define KNN_LINE_H


#include "../../model/knn.h"


/*
 * Reads a line without its end; anything but KNN_OK stops the reading.  It
 * must refuse what is longer than the longest line, which may be a part.
 */
typedef knn_status_e (*knn_line_pt)(void *ctx, const char *p, const char *end);


typedef struct {
    knn_line_pt read;
    void       *ctx;
    size_t      longest;

    size_t number; /* of the line that is read, the first is 1 */
    size_t breaks; /* line ends between its quotes */
    bool   quoted; /* between quotes */
    bool   closed; /* right behind them */
    bool   ended;  /* a line end was seen */

    char  *carry; /* a line whose end is yet to come */
    size_t carried;
    size_t carry_size;
} knn_lines_t;


void knn_lines_init(knn_lines_t *lines, knn_line_pt read, void *ctx,
                    size_t longest);

/* What read() returned, or KNN_NO_MEMORY. */
knn_status_e knn_lines_feed(knn_lines_t *lines, const char *data, size_t size);

/* Reads a last line that has no end; quoted is left if a quote is open. */
knn_status_e knn_lines_finish(knn_lines_t *lines);

void knn_lines_free(knn_lines_t *lines);


#endif /* KNN_LINE_H */
