
/*
 * Copyright (C) nginx-knn contributors
 */


/* Opcodes that make and fill tuples, lists, dicts and sets. */


#include "pickle_machine.h"


/* Appends to a container and lets the error say when it cannot. */
static int
knn_pickle_fill(knn_pickle_t *pickle, knn_value_t *list, knn_value_t **items,
                size_t n)
{
    if (knn_value_append(pickle->arena, list, items, n) != 0) {
        return knn_pickle_full(pickle);
    }

    return 0;
}


/* A dict's keys must be what Python can hash. */
static int
knn_pickle_keys(knn_pickle_t *pickle, knn_value_t **items, size_t n)
{
    size_t i;

    if (n % 2 != 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED, "a key has no value");
    }

    for (i = 0; i < n; i += 2) {
        if (items[i]->type == KNN_VALUE_LIST
            || items[i]->type == KNN_VALUE_DICT) {
            return knn_pickle_fail(pickle, KNN_MALFORMED,
                                   "a container is used as a key");
        }
    }

    return 0;
}


/* Checks that the topmost value is a container of the type that is due. */
static knn_value_t *
knn_pickle_container(knn_pickle_t *pickle, knn_value_t *list, knn_value_e type)
{
    char buf[KNN_QUOTE_SIZE];

    if (list->type != type) {
        (void) knn_pickle_fail(pickle, KNN_MALFORMED, "%s does not take items",
                               knn_value_kind(list, buf, sizeof(buf)));
        return NULL;
    }

    return list;
}


int
knn_op_empty(knn_pickle_t *pickle, unsigned type)
{
    return knn_pickle_push(pickle,
                           knn_value_new(pickle->arena, (knn_value_e) type));
}


int
knn_op_marked(knn_pickle_t *pickle, unsigned type)
{
    size_t       n;
    knn_value_t *list, **items;

    if (knn_pickle_marked(pickle, &items, &n) != 0
        || (type == KNN_VALUE_DICT && knn_pickle_keys(pickle, items, n) != 0))
    {
        return -1;
    }

    list = knn_value_new(pickle->arena, (knn_value_e) type);

    if (list == NULL) {
        return knn_pickle_full(pickle);
    }

    return knn_pickle_fill(pickle, list, items, n) == 0
               ? knn_pickle_push(pickle, list)
               : -1;
}


int
knn_op_tuple(knn_pickle_t *pickle, unsigned n)
{
    knn_value_t *tuple, **items;

    items = knn_pickle_top(pickle, n);

    if (items == NULL) {
        return -1;
    }

    tuple = knn_value_new(pickle->arena, KNN_VALUE_TUPLE);

    if (tuple == NULL) {
        return knn_pickle_full(pickle);
    }

    if (knn_pickle_fill(pickle, tuple, items, n) != 0) {
        return -1;
    }

    pickle->depth -= n;

    return knn_pickle_push(pickle, tuple);
}


int
knn_op_append(knn_pickle_t *pickle, unsigned arg)
{
    knn_value_t *list, **top;

    (void) arg;

    top = knn_pickle_top(pickle, 2);

    if (top == NULL) {
        return -1;
    }

    list = knn_pickle_container(pickle, top[0], KNN_VALUE_LIST);
    pickle->depth--;

    return list == NULL ? -1 : knn_pickle_fill(pickle, list, top + 1, 1);
}


int
knn_op_appends(knn_pickle_t *pickle, unsigned type)
{
    size_t       n;
    knn_value_t *list, **items, **top;

    if (knn_pickle_marked(pickle, &items, &n) != 0) {
        return -1;
    }

    top = knn_pickle_top(pickle, 1);

    if (top == NULL) {
        return -1;
    }

    list = knn_pickle_container(pickle, top[0], (knn_value_e) type);

    return list == NULL ? -1 : knn_pickle_fill(pickle, list, items, n);
}


/* Puts n keys and values into the dict on top of the stack. */
static int
knn_pickle_set(knn_pickle_t *pickle, knn_value_t **items, size_t n)
{
    knn_value_t *dict, **top;

    top = knn_pickle_top(pickle, 1);

    if (top == NULL || knn_pickle_keys(pickle, items, n) != 0) {
        return -1;
    }

    dict = knn_pickle_container(pickle, top[0], KNN_VALUE_DICT);

    return dict == NULL ? -1 : knn_pickle_fill(pickle, dict, items, n);
}


int
knn_op_setitem(knn_pickle_t *pickle, unsigned arg)
{
    knn_value_t **items;

    (void) arg;

    items = knn_pickle_top(pickle, 2);

    if (items == NULL) {
        return -1;
    }

    pickle->depth -= 2;

    return knn_pickle_set(pickle, items, 2);
}


int
knn_op_setitems(knn_pickle_t *pickle, unsigned arg)
{
    size_t        n;
    knn_value_t **items;

    (void) arg;

    return knn_pickle_marked(pickle, &items, &n) == 0
               ? knn_pickle_set(pickle, items, n)
               : -1;
}
