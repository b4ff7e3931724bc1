
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "../text/cell.h"
#include "label.h"
#include "../text/number.h"
#include "../text/text.h"


/* The text of a class as it stands between quotes; last is behind its room. */
static char *
knn_label_text(char *p, char *last, const knn_label_t *label)
{
    switch (label->type) {

    case KNN_LABEL_INTEGER:
        return knn_number_write_integer(p, label->value.integer);

    case KNN_LABEL_FLOAT:
        return knn_number_write(p, label->value.number);

    case KNN_LABEL_BOOLEAN:
        return stpcpy(p, label->value.boolean ? "true" : "false");

    default:
        return knn_text_write(p, last, label->value.string.data,
                              label->value.string.len);
    }
}


/* The most bytes of a class as a key; 0 if too many. */
static size_t
knn_label_room(const knn_label_t *label)
{
    size_t size;

    size = KNN_NUMBER_WRITE;

    if (label->type == KNN_LABEL_STRING
        && __builtin_mul_overflow(label->value.string.len, KNN_TEXT_ESCAPE,
                                  &size))
    {
        return 0;
    }

    return size > SIZE_MAX / 4 ? 0 : size + sizeof("\"\":");
}


/* The most bytes of a text of this size as a cell. */
static size_t
knn_label_cell_room(size_t size)
{
    return 2 * size + sizeof("\"\"");
}


/* True for a text that another reader might not take as one plain cell. */
static bool
knn_label_quoted(const knn_piece_t *text)
{
    char   c;
    size_t i;

    if (text->size == 0 || knn_cell_blank(text->data[0])
        || knn_cell_blank(text->data[text->size - 1]))
    {
        return true;
    }

    for (i = 0; i < text->size; i++) {
        c = text->data[i];

        if (c == '"' || c == ',' || c == '\r' || c == '\n') {
            return true;
        }
    }

    return false;
}


/* Writes a text in quotes, its own doubled; returns its end. */
static char *
knn_label_quote(char *p, const knn_piece_t *text)
{
    size_t i;

    *p++ = '"';

    for (i = 0; i < text->size; i++) {
        if (text->data[i] == '"') {
            *p++ = '"';
        }

        *p++ = text->data[i];
    }

    *p++ = '"';

    return p;
}


/* The most bytes of one class in all forms; 0 if too many. */
static size_t
knn_label_bytes(const knn_label_t *label)
{
    size_t key, cell;

    key = knn_label_room(label);

    if (key == 0) {
        return 0;
    }

    cell = knn_label_cell_room(label->type == KNN_LABEL_STRING
                                   ? label->value.string.len
                                   : KNN_NUMBER_WRITE);

    return __builtin_add_overflow(key, cell, &cell) ? 0 : cell;
}


/* The sum over all classes; 0 if it is too large. */
static size_t
knn_labels_bytes(const knn_model_info_t *info)
{
    size_t              i, j, n, size, total;
    const knn_output_t *output;

    total = 1;

    for (i = 0; i < info->n_outputs; i++) {
        output = &info->outputs[i];
        n = output->n_classes + (output->outlier != NULL);

        for (j = 0; j < n; j++) {
            size = knn_label_bytes(j < output->n_classes ? &output->classes[j]
                                                         : output->outlier);

            if (size == 0 || __builtin_add_overflow(total, size, &total)) {
                return 0;
            }
        }
    }

    return total;
}


/* The characters of a text. */
static size_t
knn_label_points(const knn_piece_t *text)
{
    size_t i, points;

    for (i = 0, points = 0; i < text->size; i++) {
        points += (text->data[i] & 0xC0) != 0x80;
    }

    return points;
}


/* The larger of two. */
static size_t
knn_label_most(size_t a, size_t b)
{
    return a > b ? a : b;
}


/* Writes a class as a key, which holds its label; returns its end. */
static char *
knn_labels_key(knn_labels_t *labels, size_t at, const knn_label_t *label,
               char *p)
{
    char *first;

    first = p;
    *p++ = '"';
    p = knn_label_text(p, first + knn_label_room(label), label);
    *p++ = '"';
    *p++ = ':';

    labels->keys[at] = (knn_piece_t){first, (size_t) (p - first)};

    if (label->type == KNN_LABEL_STRING) {
        labels->texts[at] =
            (knn_piece_t){label->value.string.data, label->value.string.len};
        labels->labels[at] = (knn_piece_t){first, (size_t) (p - first) - 1};
    }
    else {
        labels->texts[at] = (knn_piece_t){first + 1, (size_t) (p - first) - 3};
        labels->labels[at] = labels->texts[at];
    }

    return p;
}


/* Writes a class in all forms; returns their end. */
static char *
knn_labels_put(knn_labels_t *labels, size_t at, const knn_label_t *label,
               char *p)
{
    const knn_piece_t *text;
    knn_piece_t       *cell;

    p = knn_labels_key(labels, at, label, p);

    text = &labels->texts[at];
    cell = &labels->cells[at];
    *cell = *text;

    if (knn_label_quoted(text)) {
        cell->data = p;
        p = knn_label_quote(p, text);
        cell->size = (size_t) (p - cell->data);
    }

    labels->key = knn_label_most(labels->key, labels->keys[at].size);
    labels->cell = knn_label_most(labels->cell, cell->size);
    labels->points = knn_label_most(labels->points, knn_label_points(text));

    return p;
}


/* Writes the classes of one output; returns their end. */
static char *
knn_labels_output(knn_labels_t *labels, size_t index,
                  const knn_output_t *output, char *p)
{
    size_t i, at, longest;

    longest = 0;

    for (i = 0; i < output->n_classes; i++) {
        at = labels->first[index] + i;
        p = knn_labels_put(labels, at, &output->classes[i], p);
        labels->keys_size += labels->keys[at].size;
        longest = knn_label_most(longest, labels->labels[at].size);
    }

    if (output->outlier != NULL) {
        at = labels->count + index;
        p = knn_labels_put(labels, at, output->outlier, p);
        longest = knn_label_most(longest, labels->labels[at].size);
    }

    labels->longest += longest;

    return p;
}


bool
knn_labels_init(knn_labels_t *labels, const knn_model_info_t *info)
{
    char  *p;
    size_t i, n, bytes, at;

    memset(labels, 0, sizeof(knn_labels_t));

    for (i = 0; i < info->n_outputs; i++) {
        labels->count += info->outputs[i].n_classes;
    }

    bytes = knn_labels_bytes(info);
    n = labels->count + info->n_outputs + 1;

    labels->first = calloc(info->n_outputs + 1, sizeof(size_t));
    labels->labels = calloc(n, sizeof(knn_piece_t));
    labels->keys = calloc(n, sizeof(knn_piece_t));
    labels->texts = calloc(n, sizeof(knn_piece_t));
    labels->cells = calloc(n, sizeof(knn_piece_t));
    labels->memory = bytes == 0 ? NULL : malloc(bytes);

    if (labels->first == NULL || labels->labels == NULL || labels->keys == NULL
        || labels->texts == NULL || labels->cells == NULL
        || labels->memory == NULL)
    {
        return false;
    }

    p = labels->memory;

    for (i = 0, at = 0; i < info->n_outputs; i++) {
        labels->first[i] = at;
        p = knn_labels_output(labels, i, &info->outputs[i], p);
        at += info->outputs[i].n_classes;
    }

    return true;
}


void
knn_labels_free(knn_labels_t *labels)
{
    free(labels->first);
    free(labels->labels);
    free(labels->keys);
    free(labels->texts);
    free(labels->cells);
    free(labels->memory);
}


/* The datatype of a class. */
static knn_datatype_e
knn_label_type(const knn_label_t *label)
{
    static const knn_datatype_e types[] = {[KNN_LABEL_INTEGER] = KNN_INT64,
                                           [KNN_LABEL_FLOAT] = KNN_FP64,
                                           [KNN_LABEL_BOOLEAN] = KNN_BOOL,
                                           [KNN_LABEL_STRING] = KNN_BYTES};

    return types[label->type];
}


knn_datatype_e
knn_labels_type(const knn_model_info_t *info)
{
    size_t              i, j;
    knn_datatype_e      type;
    const knn_output_t *output;

    if (info->regressor || info->n_outputs == 0) {
        return KNN_FP64;
    }

    type = knn_label_type(&info->outputs[0].classes[0]);

    for (i = 0; i < info->n_outputs; i++) {
        output = &info->outputs[i];

        for (j = 0; j < output->n_classes; j++) {
            if (knn_label_type(&output->classes[j]) != type) {
                return KNN_BYTES;
            }
        }

        if (output->outlier != NULL && knn_label_type(output->outlier) != type)
        {
            return KNN_BYTES;
        }
    }

    return type;
}
