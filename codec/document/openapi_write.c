
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "openapi_write.h"
#include "../text/text.h"


/* what is refused, by ascending code */
static const struct {
    unsigned    refusal;
    const char *code;
    const char *name;
} knn_openapi_refused[] = {
    {KNN_REFUSE_UNCHANGED, "304", "NotModified"},
    {KNN_REFUSE_MALFORMED, "400", "Malformed"},
    {KNN_REFUSE_FORBIDDEN, "403", "Forbidden"},
    {KNN_REFUSE_UNKNOWN, "404", "Unknown"},
    {KNN_REFUSE_UNREADABLE, "406", "NotAcceptable"},
    {KNN_REFUSE_LIMIT, "413", "TooLarge"},
    {KNN_REFUSE_LONG, "414", "TooLong"},
    {KNN_REFUSE_MEDIA, "415", "MediaType"},
    {KNN_REFUSE_VALUE, "422", "Unusable"},
    {KNN_REFUSE_BUSY, "503", "Busy"},
};

#define KNN_OPENAPI_REFUSED                                                    \
    (sizeof(knn_openapi_refused) / sizeof(knn_openapi_refused[0]))


/* Writes text as the inside of a string. */
static void
knn_openapi_text(knn_writer_t *writer, const char *text)
{
    char        piece[KNN_TEXT_ESCAPE], *end;
    size_t      n;
    const char *last;

    for (last = text + strlen(text); text < last; text += n) {
        n = knn_text_char(text, last);
        n = n == 0 ? 1 : n;
        end = knn_text_write(piece, piece + sizeof(piece), text, n);
        knn_writer_add(writer, piece, (size_t) (end - piece));
    }
}


void
knn_openapi_put(knn_writer_t *writer, const char *json, const char *text)
{
    size_t n;

    for (/* void */; *json != '\0'; json += n) {
        n = strcspn(json, "'%");

        if (n > 0) {
            knn_writer_add(writer, json, n);
        }
        else {
            n = 1;

            if (*json == '%') {
                knn_openapi_text(writer, text);
            }
            else {
                knn_writer_add(writer, "\"", 1);
            }
        }
    }
}


void
knn_openapi_comma(knn_writer_t *writer, size_t i)
{
    knn_writer_literal(writer, i > 0 ? "," : "");
}


const knn_openapi_entry_t *
knn_openapi_entry(const knn_openapi_all_t   *all,
                  const knn_openapi_model_t *model)
{
    return &all->entries[model - all->openapi->models];
}


void
knn_openapi_refusals(knn_writer_t *writer, unsigned refusals)
{
    size_t i;

    for (i = 0; i < KNN_OPENAPI_REFUSED; i++) {
        if (refusals & knn_openapi_refused[i].refusal) {
            knn_openapi_put(writer, ",'%':", knn_openapi_refused[i].code);
            knn_openapi_put(writer, "{'$ref':'#/components/responses/%'}",
                            knn_openapi_refused[i].name);
        }
    }

    knn_openapi_put(writer,
                    ",'405':{'$ref':'#/components/responses/Method'}"
                    ",'default':{'$ref':'#/components/responses/Other'}}",
                    NULL);
}


void
knn_openapi_operation(knn_writer_t *writer, const char *method,
                      const char *path, size_t count)
{
    char        ch;
    bool        gap;
    const char *p;

    knn_openapi_put(writer, "'%':{'operationId':'", method);
    knn_openapi_put(writer, "%", method);

    gap = true;

    for (p = path; *p != '\0'; p++) {
        ch = *p;

        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
            || (ch >= '0' && ch <= '9'))
        {
            knn_writer_literal(writer, gap ? "_" : "");
            knn_writer_add(writer, p, 1);
            gap = false;
        }
        else {
            gap = true;
        }
    }

    knn_writer_literal(writer,
                       path[strcspn(path, "/") + 1] == '\0' ? "_root" : "");

    if (count > 0) {
        knn_writer_count(writer, "_", count + 1);
    }

    knn_writer_literal(writer, "\"");
}
