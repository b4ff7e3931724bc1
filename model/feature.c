
/*
 * Copyright (C) nginx-knn contributors
 */


/* The texts that a column may hold. */


#include <string.h>

#include "knn.h"


/* As memcmp() has it, the shorter one first when it begins the other. */
static int
knn_text_compare(const knn_text_t *text, const char *data, size_t len)
{
    int    order;
    size_t size;

    size = (text->len < len) ? text->len : len;
    order = memcmp(text->data, data, size);

    if (order != 0 || text->len == len) {
        return order;
    }

    return (text->len < len) ? -1 : 1;
}


double
knn_feature_code(const knn_feature_t *feature, const char *data, size_t len)
{
    int    order;
    size_t low, high, middle;

    low = 0;
    high = feature->n_texts;

    while (low < high) {
        middle = low + (high - low) / 2;
        order = knn_text_compare(&feature->texts[middle], data, len);

        if (order == 0) {
            return (double) middle;
        }

        if (order < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }

    return KNN_TEXT_UNKNOWN;
}
