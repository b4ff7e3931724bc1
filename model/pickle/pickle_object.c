
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Opcodes that call globals and set the state of what they made.  Nothing is
 * called: an object is its callable's name, the arguments and the state.
 */


#include "pickle_machine.h"
#include "../utf8.h"


/* Checks a callable and its arguments. */
static int
knn_pickle_callable(knn_pickle_t *pickle, const knn_value_t *callable,
                    const knn_value_t *args)
{
    char buf[KNN_QUOTE_SIZE];

    if (callable->type != KNN_VALUE_SYMBOL
        && callable->type != KNN_VALUE_OPAQUE) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "%s is called, not a class or function",
                               knn_value_kind(callable, buf, sizeof(buf)));
    }

    if (args->type != KNN_VALUE_TUPLE) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "the arguments are %s, not a tuple",
                               knn_value_kind(args, buf, sizeof(buf)));
    }

    return 0;
}


/* The class that a callable is given to make an object of, or callable. */
static const knn_value_t *
knn_pickle_class(const knn_value_t *callable, const knn_value_t *args)
{
    const knn_value_t *first;

    if (args->u.list.n == 0) {
        return callable;
    }

    first = args->u.list.items[0];

    if (first->type != KNN_VALUE_SYMBOL && first->type != KNN_VALUE_OPAQUE) {
        return callable;
    }

    switch (callable->symbol) {

    case KNN_SYMBOL_RECONSTRUCTOR:
    case KNN_SYMBOL_NEW_OBJECT:
        return first;

    case KNN_SYMBOL_RECONSTRUCT:
        return first->symbol == KNN_SYMBOL_OPAQUE ? first : callable;

    default:
        return callable;
    }
}


int
knn_pickle_push_opaque(knn_pickle_t *pickle, const char *global)
{
    knn_value_t *object;

    object = knn_value_new(pickle->arena, KNN_VALUE_OPAQUE);

    if (object != NULL) {
        object->symbol = KNN_SYMBOL_OPAQUE;
        object->u.global = global;
    }

    return knn_pickle_push(pickle, object);
}


int
knn_pickle_push_object(knn_pickle_t *pickle, knn_symbol_e symbol,
                       knn_value_t *args)
{
    knn_value_t *object;

    object = knn_value_new(pickle->arena, KNN_VALUE_OBJECT);

    if (object != NULL) {
        object->symbol = symbol;
        object->u.object.args = args;
    }

    return knn_pickle_push(pickle, object);
}


/* A method of an opaque object, which distributions keep of themselves. */
static int
knn_pickle_push_method(knn_pickle_t *pickle, const knn_value_t *args)
{
    size_t              len;
    const char         *name;
    knn_value_t *const *items;

    items = args->u.list.items;

    if (args->u.list.n != 2 || items[0]->type != KNN_VALUE_OPAQUE
        || !knn_value_is_text(items[1], &name, &len) || len < 2
        || (name[0] == '_' && name[1] == '_'))
    {
        return knn_pickle_fail(pickle, KNN_UNSUPPORTED,
                               "builtins.getattr is refused but for methods "
                               "of objects in the file; dump the fitted "
                               "estimator alone");
    }

    return knn_pickle_push_opaque(pickle, items[0]->u.global);
}


/* numpy's functions, which some releases name by a call. */
static int
knn_pickle_push_ufunc(knn_pickle_t *pickle, const knn_value_t *args)
{
    size_t              module_len, name_len;
    const char         *module, *name;
    knn_value_t *const *items;

    items = args->u.list.items;

    if (args->u.list.n != 2
        || !knn_value_is_text(items[0], &module, &module_len)
        || !knn_value_is_text(items[1], &name, &name_len))
    {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "the name of a function is not text");
    }

    return knn_pickle_push_global(pickle, module, module_len, name, name_len);
}


/* Fills a dict with pairs, each a list or tuple of two. */
static int
knn_pickle_pairs(knn_pickle_t *pickle, knn_value_t *dict,
                 const knn_value_t *pairs)
{
    size_t       i;
    knn_value_t *pair;

    for (i = 0; i < pairs->u.list.n; i++) {
        pair = pairs->u.list.items[i];

        if ((pair->type != KNN_VALUE_LIST && pair->type != KNN_VALUE_TUPLE)
            || pair->u.list.n != 2)
        {
            return knn_pickle_fail(pickle, KNN_MALFORMED,
                                   "a dict is made of what are no pairs");
        }

        if (knn_pickle_dict_add(pickle, dict, pair->u.list.items, 2) != 0) {
            return -1;
        }
    }

    return 0;
}


/*
 * Pushes a dict, whatever class of dicts was called.  What it holds follows,
 * or is the last argument: pairs in Python 2, a dict in protocols 0 and 1.
 */
static int
knn_pickle_push_dict(knn_pickle_t *pickle, const knn_value_t *args)
{
    int                rc;
    knn_value_t       *dict;
    const knn_value_t *last;

    dict = knn_value_new(pickle->arena, KNN_VALUE_DICT);

    if (dict == NULL) {
        return knn_pickle_full(pickle);
    }

    rc = 0;
    last = args->u.list.n == 0 ? dict : args->u.list.items[args->u.list.n - 1];

    if (last->type == KNN_VALUE_LIST) {
        rc = knn_pickle_pairs(pickle, dict, last);
    }
    else if (last->type == KNN_VALUE_DICT) {
        rc = knn_pickle_dict_add(pickle, dict, last->u.list.items,
                                 last->u.list.n);
    }

    return rc == 0 ? knn_pickle_push(pickle, dict) : -1;
}


/* Pushes the inert object that a call stands for. */
static int
knn_pickle_push_call(knn_pickle_t *pickle, const knn_value_t *callable,
                     knn_value_t *args)
{
    const knn_value_t *made;

    if (knn_pickle_callable(pickle, callable, args) != 0) {
        return -1;
    }

    made = knn_pickle_class(callable, args);

    switch (made->symbol) {

    case KNN_SYMBOL_OPAQUE:
        return knn_pickle_push_opaque(pickle, made->u.global);

    case KNN_SYMBOL_GETATTR:
        return knn_pickle_push_method(pickle, args);

    case KNN_SYMBOL_UFUNC:
        return knn_pickle_push_ufunc(pickle, args);

    case KNN_SYMBOL_DICT:
        return knn_pickle_push_dict(pickle, args);

    case KNN_SYMBOL_BYTES:
    case KNN_SYMBOL_BYTEARRAY:
    case KNN_SYMBOL_CODECS_ENCODE:
        return knn_pickle_push_bytes(pickle, made->symbol, args);

    default:
        return knn_pickle_push_object(pickle, made->symbol, args);
    }
}


int
knn_op_reduce(knn_pickle_t *pickle, unsigned arg)
{
    knn_value_t **top;

    (void) arg;

    top = knn_pickle_top(pickle, 2);

    if (top == NULL) {
        return -1;
    }

    pickle->depth -= 2;

    return knn_pickle_push_call(pickle, top[0], top[1]);
}


int
knn_op_newobj(knn_pickle_t *pickle, unsigned operands)
{
    knn_value_t **top;

    top = knn_pickle_top(pickle, operands);

    if (top == NULL) {
        return -1;
    }

    if (operands == 3
        && (top[2]->type != KNN_VALUE_DICT
            || (top[2]->u.list.n != 0 && top[0]->symbol != KNN_SYMBOL_OPAQUE)))
    {
        return knn_pickle_fail(pickle, KNN_UNSUPPORTED,
                               "no class of a model takes arguments by name");
    }

    pickle->depth -= operands;

    return knn_pickle_push_call(pickle, top[0], top[1]);
}


/* A tuple of n items. */
static knn_value_t *
knn_pickle_arguments(knn_pickle_t *pickle, knn_value_t **items, size_t n)
{
    knn_value_t *tuple;

    tuple = knn_value_new(pickle->arena, KNN_VALUE_TUPLE);

    if (tuple == NULL || knn_value_append(pickle->arena, tuple, items, n) != 0)
    {
        (void) knn_pickle_full(pickle);
        return NULL;
    }

    return tuple;
}


int
knn_op_inst(knn_pickle_t *pickle, unsigned arg)
{
    size_t       n;
    knn_value_t *args, **items;

    if (knn_pickle_marked(pickle, &items, &n) != 0) {
        return -1;
    }

    args = knn_pickle_arguments(pickle, items, n);

    if (args == NULL || knn_op_global(pickle, arg) != 0) {
        return -1;
    }

    return knn_pickle_push_call(pickle, pickle->stack[--pickle->depth], args);
}


int
knn_op_obj(knn_pickle_t *pickle, unsigned arg)
{
    size_t       n;
    knn_value_t *args, *callable, **items;

    (void) arg;

    if (knn_pickle_marked(pickle, &items, &n) != 0) {
        return -1;
    }

    if (n == 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED, "there is no class");
    }

    callable = items[0];
    args = knn_pickle_arguments(pickle, items + 1, n - 1);

    return args == NULL ? -1 : knn_pickle_push_call(pickle, callable, args);
}


int
knn_op_build(knn_pickle_t *pickle, unsigned arg)
{
    char         buf[KNN_QUOTE_SIZE];
    knn_value_t *object, **top;

    (void) arg;

    top = knn_pickle_top(pickle, 2);

    if (top == NULL) {
        return -1;
    }

    object = top[0];
    pickle->depth--;

    /* what a subclass of dict has beside its items, too */
    if (object->type == KNN_VALUE_OPAQUE || object->type == KNN_VALUE_DICT) {
        return 0;
    }

    if (object->type != KNN_VALUE_OBJECT || object->u.object.state != NULL) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "%s does not take a state",
                               knn_value_kind(object, buf, sizeof(buf)));
    }

    object->u.object.state = top[1];

    return pickle->nested ? 0 : knn_pickle_array(pickle, object);
}
