
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../text/number.h"
#include "../text/text.h"
#include "writer.h"


char *
knn_writer_document(knn_writer_pt write, const void *data, size_t *size)
{
    char        *text;
    knn_writer_t writer;

    writer.p = NULL;
    writer.size = 0;
    writer.quoted = false;
    write(&writer, data);

    text = malloc(writer.size + 1);

    if (text == NULL) {
        return NULL;
    }

    *size = writer.size;
    writer.p = text;
    write(&writer, data);
    *writer.p = '\0';

    return text;
}


/* Adds bytes as they are. */
static void
knn_writer_put(knn_writer_t *writer, const char *data, size_t size)
{
    writer->size += size;

    if (writer->p != NULL) {
        memcpy(writer->p, data, size);
        writer->p += size;
    }
}


void
knn_writer_add(knn_writer_t *writer, const char *data, size_t size)
{
    size_t i;

    if (!writer->quoted) {
        knn_writer_put(writer, data, size);
        return;
    }

    /* JSON has no other characters to escape */

    for (i = 0; i < size; i++) {
        if (data[i] == '"' || data[i] == '\\') {
            knn_writer_put(writer, "\\", 1);
        }

        knn_writer_put(writer, &data[i], 1);
    }
}


void
knn_writer_open(knn_writer_t *writer)
{
    knn_writer_put(writer, "\"", 1);
    writer->quoted = true;
}


void
knn_writer_close(knn_writer_t *writer)
{
    writer->quoted = false;
    knn_writer_put(writer, "\"", 1);
}


void
knn_writer_literal(knn_writer_t *writer, const char *text)
{
    knn_writer_add(writer, text, strlen(text));
}


void
knn_writer_string(knn_writer_t *writer, const char *text, size_t size)
{
    char        piece[KNN_TEXT_ESCAPE], *end;
    size_t      n;
    const char *last;

    knn_writer_literal(writer, "\"");

    for (last = text + size; text < last; text += n) {
        n = knn_text_char(text, last);
        n = n == 0 ? 1 : n;
        end = knn_text_write(piece, piece + sizeof(piece), text, n);
        knn_writer_add(writer, piece, (size_t) (end - piece));
    }

    knn_writer_literal(writer, "\"");
}


void
knn_writer_text(knn_writer_t *writer, const char *name, const char *text)
{
    if (text == NULL) {
        return;
    }

    knn_writer_literal(writer, name);
    knn_writer_string(writer, text, strlen(text));
}


void
knn_writer_list(knn_writer_t *writer, const char *name, const char *const *list,
                size_t count)
{
    size_t i;

    if (list == NULL) {
        return;
    }

    knn_writer_literal(writer, name);

    for (i = 0; i < count; i++) {
        knn_writer_text(writer, i == 0 ? "[" : ",", list[i]);
    }

    knn_writer_literal(writer, count == 0 ? "[]" : "]");
}


void
knn_writer_count(knn_writer_t *writer, const char *name, size_t count)
{
    char buf[KNN_NUMBER_WRITE], *end;

    knn_writer_literal(writer, name);
    end = knn_number_write_unsigned(buf, count);
    knn_writer_add(writer, buf, (size_t) (end - buf));
}


void
knn_writer_number(knn_writer_t *writer, const char *name, double value)
{
    char buf[KNN_NUMBER_WRITE], *end;

    knn_writer_literal(writer, name);

    if (!isfinite(value)) {
        knn_writer_add(writer, "null", 4);
        return;
    }

    end = knn_number_write(buf, value);
    knn_writer_add(writer, buf, (size_t) (end - buf));
}
