
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "../real.h"


#define KNN_DRAFT_SIZE 4096


void
knn_draft_init(knn_draft_t *draft)
{
    memset(draft, 0, sizeof(knn_draft_t));
}


void
knn_draft_free(knn_draft_t *draft)
{
    free(draft->data);
}


/* Makes room for n more bytes. */
static bool
knn_draft_room(knn_draft_t *draft, size_t n)
{
    char  *data;
    size_t size;

    if (n <= draft->allocated - draft->len) {
        return true;
    }

    size = draft->len + n;

    if (draft->failed || size > SIZE_MAX / 2 - KNN_DRAFT_SIZE) {
        draft->failed = true;
        return false;
    }

    size = 2 * size + KNN_DRAFT_SIZE;
    data = realloc(draft->data, size);

    if (data == NULL) {
        draft->failed = true;
        return false;
    }

    draft->data = data;
    draft->allocated = size;

    return true;
}


void
knn_draft_bytes(knn_draft_t *draft, const char *data, size_t len)
{
    if (len > 0 && knn_draft_room(draft, len)) {
        memcpy(draft->data + draft->len, data, len);
        draft->len += len;
    }
}


void
knn_draft_literal(knn_draft_t *draft, const char *text)
{
    knn_draft_bytes(draft, text, strlen(text));
}


void
knn_draft_comma(knn_draft_t *draft, size_t i)
{
    knn_draft_literal(draft, (i == 0) ? "" : ",");
}


void
knn_draft_string(knn_draft_t *draft, const char *data, size_t len)
{
    char   escape[8];
    size_t i, start;

    knn_draft_literal(draft, "\"");
    start = 0;

    for (i = 0; i < len; i++) {
        if (data[i] == '"' || data[i] == '\\') {
            (void) snprintf(escape, sizeof(escape), "\\%c", data[i]);
        }
        else if ((unsigned char) data[i] < ' ') {
            (void) snprintf(escape, sizeof(escape), "\\u%04x",
                            (unsigned) data[i]);
        }
        else {
            continue;
        }

        knn_draft_bytes(draft, data + start, i - start);
        knn_draft_literal(draft, escape);
        start = i + 1;
    }

    knn_draft_bytes(draft, data + start, len - start);
    knn_draft_literal(draft, "\"");
}


void
knn_draft_count(knn_draft_t *draft, size_t count)
{
    char text[KNN_REAL_SIZE];

    (void) snprintf(text, sizeof(text), "%zu", count);
    knn_draft_literal(draft, text);
}


void
knn_draft_label(knn_draft_t *draft, const knn_label_t *label)
{
    char text[KNN_REAL_SIZE];

    switch (label->type) {

    case KNN_LABEL_STRING:
        knn_draft_string(draft, label->value.string.data,
                         label->value.string.len);
        return;

    case KNN_LABEL_BOOLEAN:
        knn_draft_literal(draft, label->value.boolean ? "true" : "false");
        return;

    case KNN_LABEL_FLOAT:
        knn_real_write(text, label->value.number);
        break;

    default: /* KNN_LABEL_INTEGER */
        (void) snprintf(text, sizeof(text), "%lld",
                        (long long) label->value.integer);
    }

    knn_draft_literal(draft, text);
}
