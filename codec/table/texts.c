
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "texts.h"


/* the first table, a power of two */
#define KNN_TEXTS_SLOTS 64


/* a text and its number before the texts were sorted */
typedef struct {
    knn_text_t text;
    uint32_t   number;
} knn_texts_entry_t;


/* FNV-1a, folded. */
static size_t
knn_texts_hash(const char *data, size_t len)
{
    size_t   i;
    uint64_t hash;

    hash = 14695981039346656037u;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char) data[i]) * 1099511628211u;
    }

    return (size_t) (hash ^ (hash >> 32));
}


/* The bytes of a text, without its NUL. */
static size_t
knn_texts_len(const knn_texts_t *texts, size_t number)
{
    size_t end;

    end = number + 1 < texts->count ? texts->at[number + 1] : texts->size;

    return end - texts->at[number] - 1;
}


/* The slot where a text is, or would be. */
static uint32_t *
knn_texts_slot(const knn_texts_t *texts, const char *data, size_t len)
{
    size_t at, number;

    for (at = knn_texts_hash(data, len);; at++) {
        number = texts->slots[at & texts->mask];

        if (number == 0
            || (knn_texts_len(texts, number - 1) == len
                && memcmp(texts->bytes + texts->at[number - 1], data, len)
                       == 0))
        {
            return &texts->slots[at & texts->mask];
        }
    }
}


/* Doubles the table, which is at most half full. */
static bool
knn_texts_grow(knn_texts_t *texts)
{
    size_t    i, max, *at;
    uint32_t *slots;

    max = texts->max == 0 ? KNN_TEXTS_SLOTS / 2 : 2 * texts->max;

    if (max > UINT32_MAX / 2) {
        return false;
    }

    at = realloc(texts->at, max * sizeof(size_t));

    if (at == NULL) {
        return false;
    }

    texts->at = at;
    slots = calloc(2 * max, sizeof(uint32_t));

    if (slots == NULL) {
        return false;
    }

    free(texts->slots);
    texts->slots = slots;
    texts->mask = 2 * max - 1;
    texts->max = max;

    for (i = 0; i < texts->count; i++) {
        *knn_texts_slot(texts, texts->bytes + at[i], knn_texts_len(texts, i)) =
            (uint32_t) (i + 1);
    }

    return true;
}


/* Appends a text. */
static bool
knn_texts_append(knn_texts_t *texts, const char *data, size_t len)
{
    char  *bytes;
    size_t capacity;

    if (texts->size + len + 1 > texts->capacity) {
        capacity = 2 * (texts->size + len + 1);
        bytes = realloc(texts->bytes, capacity);

        if (bytes == NULL) {
            return false;
        }

        texts->bytes = bytes;
        texts->capacity = capacity;
    }

    memcpy(texts->bytes + texts->size, data, len);
    texts->bytes[texts->size + len] = '\0';
    texts->at[texts->count++] = texts->size;
    texts->size += len + 1;

    return true;
}


/* Compares two texts. */
static int
knn_texts_compare(const void *one, const void *two)
{
    int                      order;
    const knn_texts_entry_t *a, *b;

    a = one;
    b = two;
    order = memcmp(a->text.data, b->text.data,
                   a->text.len < b->text.len ? a->text.len : b->text.len);

    if (order == 0) {
        order = (a->text.len > b->text.len) - (a->text.len < b->text.len);
    }

    return order;
}


uint32_t
knn_texts_add(knn_texts_t *texts, const char *data, size_t len)
{
    uint32_t *slot;

    if (texts->count == texts->max && !knn_texts_grow(texts)) {
        return UINT32_MAX;
    }

    slot = knn_texts_slot(texts, data, len);

    if (*slot == 0) {
        if (!knn_texts_append(texts, data, len)) {
            return UINT32_MAX;
        }

        *slot = (uint32_t) texts->count;
    }

    return *slot - 1;
}


/* The texts in their order, behind which their bytes are, or NULL. */
static knn_text_t *
knn_texts_sorted(const knn_texts_t *texts, double *index)
{
    char              *bytes;
    size_t             i;
    knn_text_t        *sorted;
    knn_texts_entry_t *entries;

    entries = calloc(texts->count, sizeof(knn_texts_entry_t));
    sorted = malloc(texts->count * sizeof(knn_text_t) + texts->size);

    if (entries == NULL || sorted == NULL) {
        free(entries);
        free(sorted);
        return NULL;
    }

    bytes = (char *) (sorted + texts->count);
    memcpy(bytes, texts->bytes, texts->size);

    for (i = 0; i < texts->count; i++) {
        entries[i].text.data = bytes + texts->at[i];
        entries[i].text.len = knn_texts_len(texts, i);
        entries[i].number = (uint32_t) i;
    }

    qsort(entries, texts->count, sizeof(knn_texts_entry_t), knn_texts_compare);

    for (i = 0; i < texts->count; i++) {
        sorted[i] = entries[i].text;
        index[entries[i].number] = (double) i;
    }

    free(entries);

    return sorted;
}


bool
knn_texts_finish(knn_texts_t *texts, knn_column_t *column, size_t rows)
{
    size_t  i;
    double *index;

    if (texts->count == 0) {
        return true;
    }

    index = calloc(texts->count, sizeof(double));

    if (index != NULL) {
        column->texts = knn_texts_sorted(texts, index);
    }

    if (column->texts == NULL) {
        free(index);
        return false;
    }

    column->n_texts = texts->count;

    for (i = 0; i < rows; i++) {
        if (!isnan(column->values[i])) {
            column->values[i] = index[(size_t) column->values[i]];
        }
    }

    free(index);

    return true;
}


void
knn_texts_free(knn_texts_t *texts)
{
    free(texts->bytes);
    free(texts->at);
    free(texts->slots);
}
