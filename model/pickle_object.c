
/*
 * Copyright (C) nginx-knn contributors
 */


/* Opcodes that name globals, call them and set the state of what they made. */


#include "ndarray.h"
#include "pickle_machine.h"
#include "utf8.h"


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

    if (pickle->depth > 0 && pickle->stack[0]->type == KNN_VALUE_OBJECT) {
        owner = knn_value_kind(pickle->stack[0], kind, sizeof(kind));
    }

    if (pickle->depth > 1) {
        top = pickle->stack[pickle->depth - 1];
        (void) knn_value_is_text(top, &key, &len);
    }

    return knn_pickle_fail(
        pickle, KNN_UNSUPPORTED,
        "%s refers to %s.%s%s%s, which is refused; dump a fitted "
        "KNeighborsClassifier with weights uniform or distance and metric "
        "euclidean, manhattan, chebyshev or minkowski",
        owner, knn_utf8_quote(shown[0], KNN_QUOTE_SIZE, module, module_len),
        knn_utf8_quote(shown[1], KNN_QUOTE_SIZE, name, name_len),
        len == 0 ? "" : " as ",
        knn_utf8_quote(shown[2], KNN_QUOTE_SIZE, key, len));
}


/* Pushes a global by its name. */
static int
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

    if (value != NULL) {
        value->symbol = symbol;
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


/* Checks a callable and its arguments. */
static int
knn_pickle_callable(knn_pickle_t *pickle, const knn_value_t *callable,
                    const knn_value_t *args)
{
    char buf[KNN_QUOTE_SIZE];

    if (callable->type != KNN_VALUE_SYMBOL) {
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


/* The inert object that a call stands for. */
static knn_value_t *
knn_pickle_object(knn_pickle_t *pickle, knn_symbol_e symbol, knn_value_t *args)
{
    knn_value_t *object, *first;

    first = args->u.list.n == 0 ? NULL : args->u.list.items[0];

    /* these only make an object of the class that they are given */
    if ((symbol == KNN_SYMBOL_RECONSTRUCTOR || symbol == KNN_SYMBOL_NEW_OBJECT)
        && first != NULL && first->type == KNN_VALUE_SYMBOL)
    {
        symbol = first->symbol;
    }

    if (symbol == KNN_SYMBOL_ORDERED_DICT && first == NULL) {
        return knn_value_new(pickle->arena, KNN_VALUE_DICT);
    }

    object = knn_value_new(pickle->arena, KNN_VALUE_OBJECT);

    if (object != NULL) {
        object->symbol = symbol;
        object->u.object.args = args;
    }

    return object;
}


int
knn_op_reduce(knn_pickle_t *pickle, unsigned arg)
{
    knn_value_t **top;

    (void) arg;

    top = knn_pickle_top(pickle, 2);

    if (top == NULL || knn_pickle_callable(pickle, top[0], top[1]) != 0) {
        return -1;
    }

    pickle->depth -= 2;

    return knn_pickle_push(pickle,
                           knn_pickle_object(pickle, top[0]->symbol, top[1]));
}


int
knn_op_newobj(knn_pickle_t *pickle, unsigned operands)
{
    knn_value_t **top;

    top = knn_pickle_top(pickle, operands);

    if (top == NULL || knn_pickle_callable(pickle, top[0], top[1]) != 0) {
        return -1;
    }

    if (operands == 3
        && (top[2]->type != KNN_VALUE_DICT || top[2]->u.list.n != 0)) {
        return knn_pickle_fail(pickle, KNN_UNSUPPORTED,
                               "no class of a model takes arguments by name");
    }

    pickle->depth -= operands;

    return knn_pickle_push(pickle,
                           knn_pickle_object(pickle, top[0]->symbol, top[1]));
}


/* Takes the raw bytes that joblib writes behind the description of an array. */
static int
knn_pickle_array_bytes(knn_pickle_t *pickle, knn_ndarray_t *array, bool padded)
{
    size_t       size;
    uint64_t     skip;
    knn_value_t *value;

    /* the byte that counts the filling, and the filling */
    if (padded
        && (knn_pickle_number(pickle, 1, &skip) != 0
            || knn_pickle_take(pickle, skip) == NULL))
    {
        return -1;
    }

    if (__builtin_mul_overflow(array->count, array->dtype.size, &size)) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "an array of %zu elements", array->count);
    }

    array->data = (const char *) knn_pickle_take(pickle, size);

    if (array->data == NULL) {
        return -1;
    }

    value = knn_value_new(pickle->arena, KNN_VALUE_ARRAY);

    if (value != NULL) {
        value->u.array = array;
    }

    return knn_pickle_push(pickle, value);
}


/* Reads the array that follows its description, and pushes it instead. */
static int
knn_pickle_array(knn_pickle_t *pickle, const knn_value_t *state)
{
    bool           padded;
    knn_error_t    reason;
    knn_ndarray_t *array;

    array = knn_arena_small(pickle->arena, sizeof(knn_ndarray_t));

    if (array == NULL) {
        return knn_pickle_full(pickle);
    }

    if (knn_ndarray_wrapped(pickle->arena, state, array, &padded, &reason)
        != KNN_OK)
    {
        return knn_pickle_fail(pickle, reason.status, "%s", reason.message);
    }

    if (array->dtype.kind == 'O') {
        return knn_pickle_nested(pickle);
    }

    return knn_pickle_array_bytes(pickle, array, padded);
}


int
knn_op_build(knn_pickle_t *pickle, unsigned arg)
{
    char         buf[KNN_QUOTE_SIZE];
    knn_value_t *object, *state, **top;

    (void) arg;

    top = knn_pickle_top(pickle, 2);

    if (top == NULL) {
        return -1;
    }

    object = top[0];
    state = top[1];

    if (object->type != KNN_VALUE_OBJECT || object->u.object.state != NULL) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "%s does not take a state",
                               knn_value_kind(object, buf, sizeof(buf)));
    }

    object->u.object.state = state;
    pickle->depth--;

    if (object->symbol != KNN_SYMBOL_ARRAY_WRAPPER || pickle->nested) {
        return 0;
    }

    /* the bytes behind it make an array of the wrapper */
    pickle->depth--;

    return knn_pickle_array(pickle, state);
}
