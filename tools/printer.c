
/*
 * Copyright (C) nginx-knn contributors
 */


#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../codec/text/number.h"
#include "../codec/text/text.h"
#include "printer.h"
#include "tool.h"


#define KNN_PRINTER_SIZE 262144


/* Writes what has gathered. */
static void
knn_printer_flush(knn_printer_t *out)
{
    ssize_t     n;
    const char *p;

    for (p = out->buf; p < out->p && out->error == 0; p += n) {
        n = write(STDOUT_FILENO, p, (size_t) (out->p - p));

        if (n < 0) {
            out->error = errno == EINTR ? 0 : errno;
            n = 0;
        }
    }

    out->p = out->buf;
}


bool
knn_printer_init(knn_printer_t *out)
{
    out->buf = malloc(KNN_PRINTER_SIZE);
    out->p = out->buf;
    out->last = out->buf + KNN_PRINTER_SIZE;
    out->error = 0;

    return out->buf != NULL;
}


bool
knn_printer_room(knn_printer_t *out, size_t size)
{
    char *buf;

    if ((size_t) (out->last - out->p) < size) {
        knn_printer_flush(out);
    }

    if ((size_t) (out->last - out->buf) < size) {
        buf = realloc(out->buf, size);

        if (buf == NULL) {
            out->error = ENOMEM;
            return false;
        }

        out->buf = buf;
        out->p = buf;
        out->last = buf + size;
    }

    return out->error == 0;
}


void
knn_printer_text(knn_printer_t *out, const char *text)
{
    knn_printer_bytes(out, text, strlen(text));
}


void
knn_printer_bytes(knn_printer_t *out, const char *data, size_t size)
{
    if (knn_printer_room(out, size)) {
        memcpy(out->p, data, size);
        out->p += size;
    }
}


void
knn_printer_escaped(knn_printer_t *out, const char *data, size_t size)
{
    size_t room;

    if (__builtin_mul_overflow(size, KNN_TEXT_ESCAPE, &room)) {
        out->error = ENOMEM;
        return;
    }

    if (knn_printer_room(out, room)) {
        out->p = knn_text_write(out->p, out->last, data, size);
    }
}


void
knn_printer_count(knn_printer_t *out, size_t count)
{
    if (knn_printer_room(out, KNN_NUMBER_WRITE)) {
        out->p = knn_number_write_unsigned(out->p, count);
    }
}


void
knn_printer_number(knn_printer_t *out, double value)
{
    if (knn_printer_room(out, KNN_NUMBER_WRITE)) {
        out->p = knn_number_write(out->p, value);
    }
}


int
knn_printer_finish(knn_printer_t *out)
{
    if (out->error == 0) {
        knn_printer_flush(out);
    }

    free(out->buf);

    if (out->error != 0) {
        return knn_tool_refuse("standard output: %s", strerror(out->error));
    }

    return KNN_EXIT_DONE;
}


void
knn_printer_discard(knn_printer_t *out)
{
    free(out->buf);
}
