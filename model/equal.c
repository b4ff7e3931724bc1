
/*
 * Copyright (C) nginx-knn contributors
 */


/* Whether the predictions of two models are the same. */


#include <math.h>
#include <string.h>

#include "knn.h"


/* What a row was predicted to be, a value as a label too. */
static knn_label_t
knn_label_of(const knn_query_t *query, size_t row, size_t output)
{
    size_t i;
    uint32_t class;
    knn_label_t             label;
    const knn_model_info_t *info;

    info = knn_model_info(query->model);
    i = row * info->n_outputs + output;

    if (info->regressor) {
        label.type = KNN_LABEL_FLOAT;
        label.value.number = query->values[i];
        return label;
    }

    class = query->classes[i];

    return class == KNN_CLASS_OUTLIER ? *info->outputs[output].outlier
                                      : info->outputs[output].classes[class];
}


/* An integer or a truth value. */
static int64_t
knn_label_integer(const knn_label_t *label)
{
    return label->type == KNN_LABEL_BOOLEAN ? label->value.boolean
                                            : label->value.integer;
}


/* True for a number of the same value, wholly. */
static bool
knn_label_is(double number, int64_t integer)
{
    return number >= (double) INT64_MIN && number < -(double) INT64_MIN
           && number == trunc(number) && (int64_t) number == integer;
}


/* Compares labels as Python does, but for NaN, which equals itself. */
static bool
knn_label_equal(const knn_label_t *a, const knn_label_t *b)
{
    if (a->type == KNN_LABEL_STRING || b->type == KNN_LABEL_STRING) {
        return a->type == b->type && a->value.string.len == b->value.string.len
               && memcmp(a->value.string.data, b->value.string.data,
                         a->value.string.len)
                      == 0;
    }

    if (a->type == KNN_LABEL_FLOAT && b->type == KNN_LABEL_FLOAT) {
        return a->value.number == b->value.number
               || (isnan(a->value.number) && isnan(b->value.number));
    }

    if (a->type == KNN_LABEL_FLOAT) {
        return knn_label_is(a->value.number, knn_label_integer(b));
    }

    if (b->type == KNN_LABEL_FLOAT) {
        return knn_label_is(b->value.number, knn_label_integer(a));
    }

    return knn_label_integer(a) == knn_label_integer(b);
}


bool
knn_labels_equal(const knn_query_t *a, const knn_query_t *b, size_t row)
{
    size_t      i, n;
    knn_label_t x, y;

    n = knn_model_info(a->model)->n_outputs;

    if (n != knn_model_info(b->model)->n_outputs) {
        return false;
    }

    for (i = 0; i < n; i++) {
        x = knn_label_of(a, row, i);
        y = knn_label_of(b, row, i);

        if (!knn_label_equal(&x, &y)) {
            return false;
        }
    }

    return true;
}
