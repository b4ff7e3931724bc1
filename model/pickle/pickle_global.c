
/*
 * Copyright (C) nginx-knn contributors
 */


/* Opcodes that name globals. */


#include <stdio.h>
#include <string.h>

#include "pickle_machine.h"
#include "../utf8.h"


typedef struct {
    const char *key;
    const char *cure;
} knn_pickle_cure_t;


/* what to do without code of one's own, by the attribute that refers to it */
static const knn_pickle_cure_t knn_pickle_cures[] = {
    {"weights", "use weights uniform or distance"},
    {"metric", "use a metric by its name, such as euclidean"},
    {"func", "transform the data with it, fit on the result and dump that"},
    {NULL, NULL},
};


/* The cure for an attribute. */
static const char *
knn_pickle_cure(const char *key, size_t len)
{
    const knn_pickle_cure_t *row;

    for (row = knn_pickle_cures; row->key != NULL; row++) {
        if (strlen(row->key) == len && memcmp(row->key, key, len) == 0) {
            return row->cure;
        }
    }

    return "dump the fitted estimator alone";
}


/* Refuses a global, naming where it is used as far as that is known. */
static int
knn_pickle_unknown(knn_pickle_t *pickle, const char *module, size_t module_len,
                   const char *name, size_t name_len)
{
    char         shown[3][KNN_QUOTE_SIZE], kind[KNN_QUOTE_SIZE];
    size_t       len;
    const char  *owner, *key;
    knn_value_t *top;

    owner = "the file";
    key = "";
    len = 0;

    if (pickle->depth > 0
        && (pickle->stack[0]->type == KNN_VALUE_OBJECT
            || pickle->stack[0]->type == KNN_VALUE_OPAQUE))
    {
        owner = knn_value_kind(pickle->stack[0], kind, sizeof(kind));
    }

    if (pickle->depth > 1) {
        top = pickle->stack[pickle->depth - 1];
        (void) knn_value_is_text(top, &key, &len);
    }

    return knn_pickle_fail(
        pickle, KNN_UNSUPPORTED, "%s refers to %s.%s%s%s, which is refused; %s",
        owner, knn_utf8_quote(shown[0], KNN_QUOTE_SIZE, module, module_len),
        knn_utf8_quote(shown[1], KNN_QUOTE_SIZE, name, name_len),
        len == 0 ? "" : " as ",
        knn_utf8_quote(shown[2], KNN_QUOTE_SIZE, key, len),
        knn_pickle_cure(key, len));
}


/* "module.name" for messages, not longer than they have room for. */
static const char *
knn_pickle_full_name(knn_pickle_t *pickle, const char *module,
                     size_t module_len, const char *name, size_t name_len)
{
    int  n;
    char full[KNN_QUOTE_SIZE - sizeof("a ")], shown[2][KNN_QUOTE_SIZE];

    n = snprintf(full, sizeof(full), "%s.%s",
                 knn_utf8_quote(shown[0], KNN_QUOTE_SIZE, module, module_len),
                 knn_utf8_quote(shown[1], KNN_QUOTE_SIZE, name, name_len));

    if ((size_t) n >= sizeof(full)) {
        n = sizeof(full) - 1;
    }

    return knn_arena_string(pickle->arena, full, (size_t) n);
}


int
knn_pickle_push_global(knn_pickle_t *pickle, const char *module,
                       size_t module_len, const char *name, size_t name_len)
{
    knn_value_t *value;
    knn_symbol_e symbol;

    symbol = knn_symbol_find(module, module_len, name, name_len);

    if (symbol == KNN_SYMBOL_NONE) {
        return knn_pickle_unknown(pickle, module, module_len, name, name_len);
    }

    value = knn_value_new(pickle->arena, KNN_VALUE_SYMBOL);

    if (value == NULL) {
        return knn_pickle_full(pickle);
    }

    value->symbol = symbol;

    if (symbol == KNN_SYMBOL_OPAQUE) {
        value->u.global =
            knn_pickle_full_name(pickle, module, module_len, name, name_len);

        if (value->u.global == NULL) {
            return knn_pickle_full(pickle);
        }
    }

    return knn_pickle_push(pickle, value);
}


int
knn_op_global(knn_pickle_t *pickle, unsigned arg)
{
    size_t      module_len, name_len;
    const char *module, *name;

    (void) arg;

    module = knn_pickle_line(pickle, &module_len);

    if (module == NULL) {
        return -1;
    }

    name = knn_pickle_line(pickle, &name_len);

    if (name == NULL) {
        return -1;
    }

    return knn_pickle_push_global(pickle, module, module_len, name, name_len);
}


int
knn_op_stack_global(knn_pickle_t *pickle, unsigned arg)
{
    knn_value_t **top;

    (void) arg;

    top = knn_pickle_top(pickle, 2);

    if (top == NULL) {
        return -1;
    }

    if (top[0]->type != KNN_VALUE_TEXT || top[1]->type != KNN_VALUE_TEXT) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "the name of a global is not text");
    }

    pickle->depth -= 2;

    return knn_pickle_push_global(pickle, top[0]->u.text.data,
                                  top[0]->u.text.len, top[1]->u.text.data,
                                  top[1]->u.text.len);
}
