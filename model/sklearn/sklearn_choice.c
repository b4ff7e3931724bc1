
/*
 * Copyright (C) nginx-knn contributors
 */


/* Which columns are meant: by numbers, names, slices or masks. */


#include <stdlib.h>
#include <string.h>

#include "sklearn_choice.h"
#include "../utf8.h"


knn_status_e
knn_choice_array(const knn_choice_t *choice, const knn_value_t *value,
                 knn_ndarray_t *array)
{
    const knn_value_t *args, *data;

    data = value;

    if (value->type == KNN_VALUE_OBJECT && value->symbol == KNN_SYMBOL_INDEX) {
        args = value->u.object.args;
        data = NULL;

        if (args->u.list.n == 2
            && args->u.list.items[1]->type == KNN_VALUE_DICT) {
            data = knn_value_get(args->u.list.items[1], "data");
        }
    }

    return (data == NULL) ? knn_error(choice->program->err, KNN_MALFORMED,
                                      "a pandas.Index has no data")
                          : knn_ndarray_read(choice->program->arena, data,
                                             array, choice->program->err);
}


/* By name, then by place. */
static int
knn_choice_order(const void *a, const void *b)
{
    int                      order;
    const knn_choice_name_t *one, *other;

    one = a;
    other = b;
    order = strcmp(one->name, other->name);

    return (order != 0)
               ? order
               : (one->column > other->column) - (one->column < other->column);
}


knn_status_e
knn_choice_names(knn_choice_t *choice, const char *const *names)
{
    size_t i;

    choice->names = knn_arena_array(choice->program->arena, choice->n_all,
                                    sizeof(knn_choice_name_t));

    if (choice->names == NULL) {
        return knn_error(choice->program->err, KNN_LIMIT,
                         "%zu names need more memory than allowed",
                         choice->n_all);
    }

    for (i = 0; i < choice->n_all; i++) {
        choice->names[i] = (knn_choice_name_t){names[i], (uint32_t) i};
    }

    qsort(choice->names, choice->n_all, sizeof(knn_choice_name_t),
          knn_choice_order);

    return KNN_OK;
}


/* The first column of a name. */
static knn_status_e
knn_choice_find(knn_choice_t *choice, const knn_label_t *label, size_t *column)
{
    char   buf[KNN_QUOTE_SIZE];
    size_t low, high, middle;

    low = 0;
    high = (choice->names == NULL) ? 0 : choice->n_all;

    while (low < high) {
        middle = low + (high - low) / 2;

        if (strcmp(choice->names[middle].name, label->value.string.data) < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }

    if (choice->names != NULL && low < choice->n_all
        && strcmp(choice->names[low].name, label->value.string.data) == 0)
    {
        *column = choice->names[low].column;
        return KNN_OK;
    }

    return knn_error(choice->program->err, KNN_UNSUPPORTED,
                     "chooses the column \"%s\", but does not tell where it "
                     "is, choose columns by number",
                     knn_utf8_quote(buf, sizeof(buf), label->value.string.data,
                                    label->value.string.len));
}


/* The column that a label means, which may be counted from the end. */
static knn_status_e
knn_choice_one(knn_choice_t *choice, const knn_label_t *label, size_t *column)
{
    int64_t number;

    if (label->type == KNN_LABEL_STRING) {
        return knn_choice_find(choice, label, column);
    }

    number = label->value.integer;

    if (number < 0) {
        number += (int64_t) choice->n_all;
    }

    if (label->type != KNN_LABEL_INTEGER || number < 0
        || (size_t) number >= choice->n_all)
    {
        return knn_error(choice->program->err, KNN_INCONSISTENT,
                         "chooses a column that is none of its %zu",
                         choice->n_all);
    }

    *column = (size_t) number;

    return KNN_OK;
}


/* The columns of labels: names, numbers, or true and false for each. */
static knn_status_e
knn_choice_labels(knn_choice_t *choice, const knn_label_t *labels, size_t n)
{
    bool   mask;
    size_t i, column;

    mask = (n == choice->n_all && labels[0].type == KNN_LABEL_BOOLEAN);
    choice->columns = knn_program_columns(choice->program, n);

    if (choice->columns == NULL) {
        return choice->program->err->status;
    }

    for (i = 0; i < n; i++) {
        column = i;

        if (mask && labels[i].type == KNN_LABEL_BOOLEAN) {
            if (!labels[i].value.boolean) {
                continue;
            }
        }
        else if (knn_choice_one(choice, &labels[i], &column) != KNN_OK) {
            return choice->program->err->status;
        }

        choice->columns[choice->n++] = (uint32_t) column;
    }

    return KNN_OK;
}


/* One end of a slice, or what stands for it. */
static knn_status_e
knn_choice_bound(knn_choice_t *choice, const knn_value_t *value, bool stop,
                 size_t *bound)
{
    int64_t      number;
    knn_label_t  label;
    knn_status_e rc;

    if (value->type == KNN_VALUE_NONE) {
        return KNN_OK;
    }

    rc = knn_scalar_read(choice->program->arena, value, &label,
                         choice->program->err);

    if (rc != KNN_OK) {
        return rc;
    }

    /* a slice of names has its last one in it */

    if (label.type == KNN_LABEL_STRING) {
        rc = knn_choice_find(choice, &label, bound);
        *bound += stop ? 1 : 0;
        return rc;
    }

    if (label.type != KNN_LABEL_INTEGER) {
        return knn_error(choice->program->err, KNN_UNSUPPORTED,
                         "chooses by a slice of neither numbers nor names");
    }

    number = label.value.integer;

    if (number < 0) {
        number += (int64_t) choice->n_all;
    }

    *bound = (number < 0) ? 0 : (size_t) number;

    if (*bound > choice->n_all) {
        *bound = choice->n_all;
    }

    return KNN_OK;
}


/* The columns of a slice. */
static knn_status_e
knn_choice_slice(knn_choice_t *choice, const knn_value_t *slice)
{
    size_t             i, first, end, step;
    const knn_value_t *args;

    args = slice->u.object.args;
    first = 0;
    end = choice->n_all;
    step = 1;

    if (args->u.list.n != KNN_CHOICE_SLICE
        || (args->u.list.items[2]->type != KNN_VALUE_NONE
            && (args->u.list.items[2]->type != KNN_VALUE_INT
                || args->u.list.items[2]->u.integer < 1)))
    {
        return knn_error(choice->program->err, KNN_UNSUPPORTED,
                         "chooses columns by a slice that runs backwards, "
                         "choose them by number");
    }

    if (args->u.list.items[2]->type == KNN_VALUE_INT) {
        step = (size_t) args->u.list.items[2]->u.integer;
    }

    if (knn_choice_bound(choice, args->u.list.items[0], false, &first) != KNN_OK
        || knn_choice_bound(choice, args->u.list.items[1], true, &end)
               != KNN_OK)
    {
        return choice->program->err->status;
    }

    choice->columns = knn_program_columns(choice->program, choice->n_all);

    if (choice->columns == NULL) {
        return choice->program->err->status;
    }

    for (i = first; i < end; i += step) {
        choice->columns[choice->n++] = (uint32_t) i;

        if (step > end - i) {
            break;
        }
    }

    return KNN_OK;
}


/* The labels of a list. */
static knn_label_t *
knn_choice_list(const knn_choice_t *choice, knn_value_t *const *items, size_t n)
{
    size_t         i;
    knn_label_t   *labels;
    knn_program_t *program;

    program = choice->program;
    labels = knn_arena_array(program->arena, n, sizeof(knn_label_t));

    if (labels == NULL) {
        (void) knn_error(program->err, KNN_LIMIT,
                         "%zu columns need more memory than allowed", n);
        return NULL;
    }

    for (i = 0; i < n; i++) {
        if (knn_scalar_read(program->arena, items[i], &labels[i], program->err)
            != KNN_OK)
        {
            return NULL;
        }
    }

    return labels;
}


knn_label_t *
knn_choice_read(const knn_choice_t *choice, const knn_value_t *value, size_t *n)
{
    knn_ndarray_t  array;
    knn_program_t *program;

    program = choice->program;

    if (value->type == KNN_VALUE_OBJECT
        && value->symbol == KNN_SYMBOL_REMAINDER_COLUMNS
        && value->u.object.state != NULL
        && value->u.object.state->type == KNN_VALUE_DICT)
    {
        value = knn_value_get(value->u.object.state, "data");

        if (value == NULL) {
            (void) knn_error(program->err, KNN_MALFORMED,
                             "has a remainder without columns");
            return NULL;
        }
    }

    if (value->type == KNN_VALUE_LIST || value->type == KNN_VALUE_TUPLE) {
        *n = value->u.list.n;
        return knn_choice_list(choice, value->u.list.items, *n);
    }

    if (value->type != KNN_VALUE_ARRAY
        && (value->type != KNN_VALUE_OBJECT
            || value->symbol == KNN_SYMBOL_SCALAR))
    {
        *n = (value->type == KNN_VALUE_NONE) ? 0 : 1;
        return knn_choice_list(choice, &(knn_value_t *){(knn_value_t *) value},
                               *n);
    }

    array = (knn_ndarray_t){0};

    if (knn_choice_array(choice, value, &array) != KNN_OK) {
        return NULL;
    }

    *n = array.count;

    return knn_scalar_labels(program->arena, &array, program->err);
}


knn_status_e
knn_choice_make(knn_choice_t *choice, const knn_value_t *value)
{
    size_t       n;
    knn_label_t *labels;

    n = 0;
    choice->n = 0;

    if (value->type == KNN_VALUE_OBJECT && value->symbol == KNN_SYMBOL_SLICE) {
        return knn_choice_slice(choice, value);
    }

    labels = knn_choice_read(choice, value, &n);

    return (labels == NULL) ? choice->program->err->status
           : (n > 0)        ? knn_choice_labels(choice, labels, n)
                            : KNN_OK;
}
