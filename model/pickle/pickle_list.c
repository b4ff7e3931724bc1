
/*
 * Copyright (C) nginx-knn contributors
 */


/* Opcodes that make and fill tuples, lists, dicts and sets. */


#include "pickle_machine.h"


/* Appends to a container of the type that is due; opaque ones forget. */
static int
knn_pickle_fill(knn_pickle_t *pickle, knn_value_t *list, knn_value_e type,
                knn_value_t *const *items, size_t n)
{
    char buf[KNN_QUOTE_SIZE];

    if (list->type == KNN_VALUE_OPAQUE) {
        return 0;
    }

    if (list->type != type) {
        return knn_pickle_fail(pickle, KNN_MALFORMED, "%s does not take items",
                               knn_value_kind(list, buf, sizeof(buf)));
    }

    if (knn_value_append(pickle->arena, list, items, n) != 0) {
        return knn_pickle_full(pickle);
    }

    return 0;
}


/* A dict's keys must be what Python can hash. */
static int
knn_pickle_keys(knn_pickle_t *pickle, knn_value_t *const *items, size_t n)
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


int
knn_pickle_dict_add(knn_pickle_t *pickle, knn_value_t *dict,
                    knn_value_t *const *items, size_t n)
{
    return knn_pickle_keys(pickle, items, n) == 0
               ? knn_pickle_fill(pickle, dict, KNN_VALUE_DICT, items, n)
               : -1;
}


/* Pushes a container of n items. */
static int
knn_pickle_push_list(knn_pickle_t *pickle, knn_value_e type,
                     knn_value_t *const *items, size_t n)
{
    knn_value_t *list;

    list = knn_value_new(pickle->arena, type);

    if (list == NULL) {
        return knn_pickle_full(pickle);
    }

    return knn_pickle_fill(pickle, list, type, items, n) == 0
               ? knn_pickle_push(pickle, list)
               : -1;
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
    size_t        n;
    knn_value_t **items;

    if (knn_pickle_marked(pickle, &items, &n) != 0
        || (type == KNN_VALUE_DICT && knn_pickle_keys(pickle, items, n) != 0))
    {
        return -1;
    }

    return knn_pickle_push_list(pickle, (knn_value_e) type, items, n);
}


int
knn_op_tuple(knn_pickle_t *pickle, unsigned n)
{
    knn_value_t **items;

    items = knn_pickle_top(pickle, n);

    if (items == NULL) {
        return -1;
    }

    pickle->depth -= n;

    return knn_pickle_push_list(pickle, KNN_VALUE_TUPLE, items, n);
}


int
knn_op_append(knn_pickle_t *pickle, unsigned arg)
{
    knn_value_t **top;

    (void) arg;

    top = knn_pickle_top(pickle, 2);

    if (top == NULL) {
        return -1;
    }

    pickle->depth--;

    return knn_pickle_fill(pickle, top[0], KNN_VALUE_LIST, top + 1, 1);
}


int
knn_op_appends(knn_pickle_t *pickle, unsigned type)
{
    size_t        n;
    knn_value_t **items, **top;

    if (knn_pickle_marked(pickle, &items, &n) != 0) {
        return -1;
    }

    top = knn_pickle_top(pickle, 1);

    if (top == NULL) {
        return -1;
    }

    return knn_pickle_fill(pickle, top[0], (knn_value_e) type, items, n);
}


/* Puts n keys and values into the dict on top of the stack. */
static int
knn_pickle_set(knn_pickle_t *pickle, knn_value_t **items, size_t n)
{
    knn_value_t **top;

    top = knn_pickle_top(pickle, 1);

    return top == NULL ? -1 : knn_pickle_dict_add(pickle, top[0], items, n);
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
