
/*
 * Copyright (C) nginx-knn contributors
 */


#include "pickle_machine.h"


/* Checks the protocol's number. */
static int
knn_op_proto(knn_pickle_t *pickle, unsigned arg)
{
    uint64_t protocol;

    if (knn_pickle_number(pickle, arg, &protocol) != 0) {
        return -1;
    }

    if (protocol > KNN_PICKLE_PROTOCOL) {
        return knn_pickle_fail(pickle, KNN_UNSUPPORTED,
                               "protocol %d is not known, use protocol 0 to %d",
                               (int) protocol, KNN_PICKLE_PROTOCOL);
    }

    return 0;
}


/* Skips the size of a frame, which must lie within the file. */
static int
knn_op_frame(knn_pickle_t *pickle, unsigned arg)
{
    uint64_t size;

    if (knn_pickle_number(pickle, arg, &size) != 0) {
        return -1;
    }

    if (size > (uint64_t) (pickle->end - pickle->pos)) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "the frame ends behind the file's end");
    }

    return 0;
}


/* Ends the machine with one value on the stack. */
static int
knn_op_stop(knn_pickle_t *pickle, unsigned arg)
{
    if (pickle->depth != arg || pickle->n_marks != 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "the stack holds %zu values, not 1",
                               pickle->depth);
    }

    pickle->stopped = true;

    return 0;
}


/* Marks the depth of the stack. */
static int
knn_op_mark(knn_pickle_t *pickle, unsigned arg)
{
    (void) arg;

    return knn_pickle_mark(pickle);
}


/* Takes away the topmost value, or the mark when it is topmost. */
static int
knn_op_pop(knn_pickle_t *pickle, unsigned arg)
{
    if (pickle->n_marks != 0
        && pickle->marks[pickle->n_marks - 1] == pickle->depth) {
        pickle->n_marks--;
        return 0;
    }

    if (knn_pickle_top(pickle, arg) == NULL) {
        return -1;
    }

    pickle->depth--;

    return 0;
}


/* Takes away all down to the last mark. */
static int
knn_op_pop_mark(knn_pickle_t *pickle, unsigned arg)
{
    size_t        n;
    knn_value_t **items;

    (void) arg;

    return knn_pickle_marked(pickle, &items, &n);
}


/* Pushes the topmost value again. */
static int
knn_op_dup(knn_pickle_t *pickle, unsigned arg)
{
    knn_value_t **top;

    top = knn_pickle_top(pickle, arg);

    return top == NULL ? -1 : knn_pickle_push(pickle, top[0]);
}


/* Stores the topmost value under the next index. */
static int
knn_op_memoize(knn_pickle_t *pickle, unsigned arg)
{
    (void) arg;

    return knn_pickle_memo_put(pickle, pickle->n_memo);
}


/* Stores the topmost value under an index of so many bytes. */
static int
knn_op_put(knn_pickle_t *pickle, unsigned width)
{
    uint64_t index;

    if (knn_pickle_number(pickle, width, &index) != 0) {
        return -1;
    }

    return knn_pickle_memo_put(pickle, index);
}


/* Pushes what was stored under an index of so many bytes. */
static int
knn_op_get(knn_pickle_t *pickle, unsigned width)
{
    uint64_t index;

    if (knn_pickle_number(pickle, width, &index) != 0) {
        return -1;
    }

    return knn_pickle_memo_get(pickle, index);
}


/* what reaches for things outside of the file */
typedef enum {
    KNN_REFUSED_PERSISTENT = 0,
    KNN_REFUSED_EXTENSION,
    KNN_REFUSED_BUFFER
} knn_refused_e;

static const char *const knn_refused_names[] = {
    [KNN_REFUSED_PERSISTENT] = "a persistent id",
    [KNN_REFUSED_EXTENSION] = "a code of the extension registry",
    [KNN_REFUSED_BUFFER] = "a buffer that is kept outside of the file"};


/* Refuses an opcode. */
static int
knn_op_refuse(knn_pickle_t *pickle, unsigned arg)
{
    return knn_pickle_fail(pickle, KNN_UNSUPPORTED,
                           "%s is refused, dump the estimator with "
                           "joblib.dump",
                           knn_refused_names[arg]);
}


const knn_opcode_t knn_opcodes[256] = {
    [0x80] = {"PROTO", knn_op_proto, 1},
    [0x95] = {"FRAME", knn_op_frame, 8},
    ['.'] = {"STOP", knn_op_stop, 1},

    ['('] = {"MARK", knn_op_mark, 0},
    ['0'] = {"POP", knn_op_pop, 1},
    ['1'] = {"POP_MARK", knn_op_pop_mark, 0},
    ['2'] = {"DUP", knn_op_dup, 1},

    [0x94] = {"MEMOIZE", knn_op_memoize, 0},
    ['q'] = {"BINPUT", knn_op_put, 1},
    ['r'] = {"LONG_BINPUT", knn_op_put, 4},
    ['p'] = {"PUT", knn_op_line_put, 0},
    ['h'] = {"BINGET", knn_op_get, 1},
    ['j'] = {"LONG_BINGET", knn_op_get, 4},
    ['g'] = {"GET", knn_op_line_get, 0},

    ['N'] = {"NONE", knn_op_none, 0},
    [0x88] = {"NEWTRUE", knn_op_bool, 1},
    [0x89] = {"NEWFALSE", knn_op_bool, 0},
    ['K'] = {"BININT1", knn_op_int, 1},
    ['M'] = {"BININT2", knn_op_int, 2},
    ['J'] = {"BININT", knn_op_int, 4},
    ['I'] = {"INT", knn_op_line_int, 0},
    [0x8a] = {"LONG1", knn_op_long, 1},
    [0x8b] = {"LONG4", knn_op_long, 4},
    ['L'] = {"LONG", knn_op_line_long, 0},
    ['G'] = {"BINFLOAT", knn_op_float, 0},
    ['F'] = {"FLOAT", knn_op_line_float, 0},

    [0x8c] = {"SHORT_BINUNICODE", knn_op_text, 1},
    ['X'] = {"BINUNICODE", knn_op_text, 4},
    [0x8d] = {"BINUNICODE8", knn_op_text, 8},
    ['V'] = {"UNICODE", knn_op_line_text, 0},
    ['C'] = {"SHORT_BINBYTES", knn_op_bytes, 1},
    ['B'] = {"BINBYTES", knn_op_bytes, 4},
    [0x8e] = {"BINBYTES8", knn_op_bytes, 8},
    [0x96] = {"BYTEARRAY8", knn_op_bytes, 8},
    ['U'] = {"SHORT_BINSTRING", knn_op_string, 1},
    ['T'] = {"BINSTRING", knn_op_string, 4},
    ['S'] = {"STRING", knn_op_line_string, 0},

    [')'] = {"EMPTY_TUPLE", knn_op_empty, KNN_VALUE_TUPLE},
    [']'] = {"EMPTY_LIST", knn_op_empty, KNN_VALUE_LIST},
    ['}'] = {"EMPTY_DICT", knn_op_empty, KNN_VALUE_DICT},
    [0x8f] = {"EMPTY_SET", knn_op_empty, KNN_VALUE_SET},
    ['t'] = {"TUPLE", knn_op_marked, KNN_VALUE_TUPLE},
    ['l'] = {"LIST", knn_op_marked, KNN_VALUE_LIST},
    ['d'] = {"DICT", knn_op_marked, KNN_VALUE_DICT},
    [0x91] = {"FROZENSET", knn_op_marked, KNN_VALUE_SET},
    [0x85] = {"TUPLE1", knn_op_tuple, 1},
    [0x86] = {"TUPLE2", knn_op_tuple, 2},
    [0x87] = {"TUPLE3", knn_op_tuple, 3},
    ['a'] = {"APPEND", knn_op_append, 0},
    ['e'] = {"APPENDS", knn_op_appends, KNN_VALUE_LIST},
    [0x90] = {"ADDITEMS", knn_op_appends, KNN_VALUE_SET},
    ['s'] = {"SETITEM", knn_op_setitem, 0},
    ['u'] = {"SETITEMS", knn_op_setitems, 0},

    ['c'] = {"GLOBAL", knn_op_global, 0},
    [0x93] = {"STACK_GLOBAL", knn_op_stack_global, 0},
    ['R'] = {"REDUCE", knn_op_reduce, 0},
    [0x81] = {"NEWOBJ", knn_op_newobj, 2},
    [0x92] = {"NEWOBJ_EX", knn_op_newobj, 3},
    ['i'] = {"INST", knn_op_inst, 0},
    ['o'] = {"OBJ", knn_op_obj, 0},
    ['b'] = {"BUILD", knn_op_build, 0},

    ['P'] = {"PERSID", knn_op_refuse, KNN_REFUSED_PERSISTENT},
    ['Q'] = {"BINPERSID", knn_op_refuse, KNN_REFUSED_PERSISTENT},
    [0x82] = {"EXT1", knn_op_refuse, KNN_REFUSED_EXTENSION},
    [0x83] = {"EXT2", knn_op_refuse, KNN_REFUSED_EXTENSION},
    [0x84] = {"EXT4", knn_op_refuse, KNN_REFUSED_EXTENSION},
    [0x97] = {"NEXT_BUFFER", knn_op_refuse, KNN_REFUSED_BUFFER},
    [0x98] = {"READONLY_BUFFER", knn_op_refuse, KNN_REFUSED_BUFFER},
};
