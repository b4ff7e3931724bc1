
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "label.h"
#include "number.h"
#include "text.h"


/* The text of a class without the quotes; last is behind its room. */
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


/* Writes a class, quoted if it is a string or a key; returns its end. */
static char *
knn_label_write(char *p, char *last, const knn_label_t *label, bool key,
                knn_piece_t *piece)
{
    bool quoted;

    piece->data = p;
    quoted = key || label->type == KNN_LABEL_STRING;

    if (quoted) {
        *p++ = '"';
    }

    p = knn_label_text(p, last, label);

    if (quoted) {
        *p++ = '"';
    }

    if (key) {
        *p++ = ':';
    }

    piece->size = (size_t) (p - piece->data);

    return p;
}


/* The most bytes that a class takes, as a label or as a key; 0 if too many. */
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


/* The sum over all classes; 0 if it is too large. */
static size_t
knn_labels_room(const knn_model_info_t *info)
{
    size_t              i, j, size, total;
    const knn_output_t *output;

    total = 1;

    for (i = 0; i < info->n_outputs; i++) {
        output = &info->outputs[i];

        for (j = 0; j < output->n_classes; j++) {
            size = knn_label_room(&output->classes[j]);

            if (size == 0 || __builtin_add_overflow(total, 2 * size, &total)) {
                return 0;
            }
        }

        if (output->outlier != NULL) {
            size = knn_label_room(output->outlier);

            if (size == 0 || __builtin_add_overflow(total, size, &total)) {
                return 0;
            }
        }
    }

    return total;
}


/* Writes the classes of one output; returns their end. */
static char *
knn_labels_output(knn_labels_t *labels, size_t index,
                  const knn_output_t *output, char *p)
{
    size_t             i, at, longest;
    const knn_label_t *label;

    longest = 0;

    for (i = 0; i < output->n_classes; i++) {
        at = labels->first[index] + i;
        label = &output->classes[i];

        p = knn_label_write(p, p + knn_label_room(label), label, false,
                            &labels->labels[at]);
        p = knn_label_write(p, p + knn_label_room(label), label, true,
                            &labels->keys[at]);

        labels->keys_size += labels->keys[at].size;

        if (labels->labels[at].size > longest) {
            longest = labels->labels[at].size;
        }
    }

    if (output->outlier != NULL) {
        p = knn_label_write(p, p + knn_label_room(output->outlier),
                            output->outlier, false, &labels->outliers[index]);

        if (labels->outliers[index].size > longest) {
            longest = labels->outliers[index].size;
        }
    }

    labels->longest += longest;

    return p;
}


bool
knn_labels_init(knn_labels_t *labels, const knn_model_info_t *info)
{
    char  *p;
    size_t i, room, at;

    memset(labels, 0, sizeof(knn_labels_t));

    for (i = 0; i < info->n_outputs; i++) {
        labels->count += info->outputs[i].n_classes;
    }

    room = knn_labels_room(info);

    labels->first = calloc(info->n_outputs + 1, sizeof(size_t));
    labels->labels = calloc(labels->count + 1, sizeof(knn_piece_t));
    labels->keys = calloc(labels->count + 1, sizeof(knn_piece_t));
    labels->outliers = calloc(info->n_outputs + 1, sizeof(knn_piece_t));
    labels->text = room == 0 ? NULL : malloc(room);

    if (labels->first == NULL || labels->labels == NULL || labels->keys == NULL
        || labels->outliers == NULL || labels->text == NULL)
    {
        return false;
    }

    p = labels->text;

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
    free(labels->outliers);
    free(labels->text);
}
