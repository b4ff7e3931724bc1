
/*
 * Copyright (C) nginx-knn contributors
 */


/* The pickle machine: every opcode, good and bad, and what attacks it. */


#include <math.h>

#include "inert.h"

#include "../../../model/pickle/pickle_machine.h"
#include "../../../model/pickle/symbols.h"


#define IRIS "examples/iris/iris.joblib"


typedef struct {
    const char *name;
    const char *data;
    size_t      size;
    const char *expected;
} row_t;


static void show(const knn_value_t *value, char *to, unsigned depth);


static void
show_items(const knn_value_t *value, const char *open, const char *close,
           char *to, unsigned depth)
{
    size_t i;

    strcat(to, open);

    for (i = 0; i < value->u.list.n; i++) {
        if (i != 0) {
            strcat(to, ",");
        }

        show(value->u.list.items[i], to, depth);
    }

    strcat(to, close);
}


/* Writes a value behind what is there, a few levels deep. */
static void
show(const knn_value_t *value, char *to, unsigned depth)
{
    size_t len;

    len = strlen(to);
    ck_assert_uint_lt(len, SHOWN / 2);

    if (depth == 0) {
        strcat(to, "...");
        return;
    }

    switch (value->type) {

    case KNN_VALUE_NONE:
        strcat(to, "None");
        break;

    case KNN_VALUE_BOOL:
        strcat(to, value->u.boolean ? "True" : "False");
        break;

    case KNN_VALUE_INT:
        snprintf(to + len, 32, "%lld", (long long) value->u.integer);
        break;

    case KNN_VALUE_HUGE:
        strcat(to, "huge");
        break;

    case KNN_VALUE_FLOAT:
        snprintf(to + len, 64, "%a", value->u.number);
        break;

    case KNN_VALUE_TEXT:
    case KNN_VALUE_BYTES:
    case KNN_VALUE_STRING:
        snprintf(to + len, SHOWN / 4, "%s'%.*s'",
                 value->type == KNN_VALUE_TEXT    ? ""
                 : value->type == KNN_VALUE_BYTES ? "b"
                                                  : "s",
                 (int) value->u.text.len, value->u.text.data);
        break;

    case KNN_VALUE_TUPLE:
        show_items(value, "(", ")", to, depth - 1);
        break;

    case KNN_VALUE_LIST:
        show_items(value, "[", "]", to, depth - 1);
        break;

    case KNN_VALUE_DICT:
        show_items(value, "{", "}", to, depth - 1);
        break;

    case KNN_VALUE_SET:
        show_items(value, "set(", ")", to, depth - 1);
        break;

    case KNN_VALUE_SYMBOL:
        strcat(to, "<");
        strcat(to, value->symbol == KNN_SYMBOL_OPAQUE
                       ? value->u.global
                       : knn_symbol_name(value->symbol));
        strcat(to, ">");
        break;

    case KNN_VALUE_OPAQUE:
        strcat(to, "~");
        strcat(to, value->u.global);
        break;

    case KNN_VALUE_OBJECT:
        strcat(to, knn_symbol_name(value->symbol));
        show(value->u.object.args, to, depth - 1);

        if (value->u.object.state != NULL) {
            strcat(to, "+");
            show(value->u.object.state, to, depth - 1);
        }

        break;

    case KNN_VALUE_ARRAY:
        strcat(to, "array");
        break;
    }
}


#define GOOD(name, bytes, text)                                                \
    {                                                                          \
        name, bytes, sizeof(bytes) - 1, text                                   \
    }

static const row_t good[] = {
    GOOD("PROTO", "\x80\x05N.", "None"),
    GOOD("PROTO 0", "\x80\0N.", "None"),
    GOOD("FRAME", "\x95\2\0\0\0\0\0\0\0N.", "None"),
    GOOD("NONE", "N.", "None"),
    GOOD("NEWTRUE", "\x88.", "True"),
    GOOD("NEWFALSE", "\x89.", "False"),
    GOOD("BININT1", "K\xff.", "255"),
    GOOD("BININT2", "M\xff\xff.", "65535"),
    GOOD("BININT", "J\xfe\xff\xff\xff.", "-2"),
    GOOD("INT", "I-42\n.", "-42"),
    GOOD("INT true", "I01\n.", "True"),
    GOOD("INT false", "I00\n.", "False"),
    GOOD("INT least", "I-9223372036854775808\n.", "-9223372036854775808"),
    GOOD("INT most", "I9223372036854775807\n.", "9223372036854775807"),
    GOOD("INT beyond", "I9223372036854775808\n.", "huge"),
    GOOD("INT beyond 2^64", "I-99999999999999999999999999\n.", "huge"),
    GOOD("LONG", "L7L\n.", "7"),
    GOOD("LONG without L", "L7\n.", "7"),
    GOOD("LONG1", "\x8a\2\xff\xff.", "-1"),
    GOOD("LONG1 empty", "\x8a\0.", "0"),
    GOOD("LONG1 positive", "\x8a\2\xff\0.", "255"),
    GOOD("LONG1 8 bytes", "\x8a\x08\0\0\0\0\0\0\0\x80.",
         "-9223372036854775808"),
    GOOD("LONG1 huge", "\x8a\x09\0\0\0\0\0\0\0\x80\0.", "huge"),
    GOOD("LONG4", "\x8b\1\0\0\0\5.", "5"),
    GOOD("BINFLOAT", "G\x3f\xf8\0\0\0\0\0\0.", "0x1.8p+0"),
    GOOD("FLOAT", "F-2.5e3\n.", "-0x1.388p+11"),
    GOOD("FLOAT inf", "Finf\n.", "inf"),
    GOOD("SHORT_BINUNICODE", "\x8c\3\xe2\x82\xac.", "'\xe2\x82\xac'"),
    GOOD("BINUNICODE", "X\2\0\0\0ab.", "'ab'"),
    GOOD("BINUNICODE8", "\x8d\2\0\0\0\0\0\0\0ab.", "'ab'"),
    GOOD("UNICODE", "Va\xe9\\u20ac\\U0001f600\\n\n.",
         "'a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\\n'"),
    GOOD("SHORT_BINBYTES", "C\2\xff\xfe.", "b'\xff\xfe'"),
    GOOD("BINBYTES", "B\1\0\0\0a.", "b'a'"),
    GOOD("BINBYTES8", "\x8e\1\0\0\0\0\0\0\0a.", "b'a'"),
    GOOD("BYTEARRAY8", "\x96\1\0\0\0\0\0\0\0a.", "b'a'"),
    GOOD("SHORT_BINSTRING", "U\1a.", "s'a'"),
    GOOD("BINSTRING", "T\1\0\0\0a.", "s'a'"),
    GOOD("STRING", "S'a\\'\\x41\\t\\\\'\n.", "s'a'A\t\\'"),
    GOOD("STRING quoted twice", "S\"it's\"\n.", "s'it's'"),
    GOOD("EMPTY_TUPLE", ").", "()"),
    GOOD("EMPTY_LIST", "].", "[]"),
    GOOD("EMPTY_DICT", "}.", "{}"),
    GOOD("EMPTY_SET", "\x8f.", "set()"),
    GOOD("TUPLE", "(K\1K\2t.", "(1,2)"),
    GOOD("TUPLE empty", "(t.", "()"),
    GOOD("TUPLE1", "K\1\x85.", "(1)"),
    GOOD("TUPLE2", "K\1K\2\x86.", "(1,2)"),
    GOOD("TUPLE3", "K\1K\2K\3\x87.", "(1,2,3)"),
    GOOD("LIST", "(K\1K\2l.", "[1,2]"),
    GOOD("DICT", "(K\1K\2d.", "{1,2}"),
    GOOD("FROZENSET", "(K\1\x91.", "set(1)"),
    GOOD("APPEND", "]K\1a.", "[1]"),
    GOOD("APPENDS", "](K\1K\2e.", "[1,2]"),
    GOOD("APPENDS nothing", "](e.", "[]"),
    GOOD("ADDITEMS", "\x8f(K\1\x90.", "set(1)"),
    GOOD("SETITEM", "}K\1K\2s.", "{1,2}"),
    GOOD("SETITEMS", "}(K\1K\2K\3K\4u.", "{1,2,3,4}"),
    GOOD("POP",
         "K\1K\2"
         "0.",
         "1"),
    GOOD("POP of a mark", "K\1(0.", "1"),
    GOOD("POP_MARK",
         "K\1(K\2K\3"
         "1.",
         "1"),
    GOOD("DUP",
         "K\1"
         "2\x86.",
         "(1,1)"),
    GOOD("MEMOIZE", "K\1\x94h\0\x86.", "(1,1)"),
    GOOD("BINPUT", "K\1q\0h\0\x86.", "(1,1)"),
    GOOD("LONG_BINPUT", "K\1r\1\0\0\0j\1\0\0\0\x86.", "(1,1)"),
    GOOD("PUT", "K\1p0\ng0\n\x86.", "(1,1)"),
    GOOD("PUT again", "K\1p0\nK\2p0\n0g0\n\x86.", "(1,2)"),
    GOOD("GLOBAL", "cnumpy\ndtype\n.", "<numpy.dtype>"),
    GOOD("STACK_GLOBAL", "\x8c\5numpy\x8c\5dtype\x93.", "<numpy.dtype>"),
    GOOD("REDUCE", "cnumpy\ndtype\nK\1\x85R.", "numpy.dtype(1)"),
    GOOD(
        "REDUCE of _reconstructor",
        "ccopy_reg\n_reconstructor\n(cnumpy\ndtype\nc__builtin__\nobject\nNtR.",
        "numpy.dtype(<numpy.dtype>,<object>,None)"),
    GOOD("REDUCE of OrderedDict", "ccollections\nOrderedDict\n)RK\1K\2s.",
         "{1,2}"),
    GOOD("NEWOBJ", "cnumpy\ndtype\n)\x81.", "numpy.dtype()"),
    GOOD("NEWOBJ_EX", "cnumpy\ndtype\n)}\x92.", "numpy.dtype()"),
    GOOD("BUILD", "cnumpy\ndtype\n)\x81}b.", "numpy.dtype()+{}"),
    GOOD("INST", "(K\1inumpy\ndtype\n.", "numpy.dtype(1)"),
    GOOD("INST without arguments", "(inumpy\ndtype\n.", "numpy.dtype()"),
    GOOD("OBJ", "(cnumpy\ndtype\nK\1o.", "numpy.dtype(1)"),
    GOOD("OBJ without arguments", "(cnumpy\ndtype\no.", "numpy.dtype()"),
    GOOD("__newobj__", "ccopyreg\n__newobj__\n(cnumpy\ndtype\nK\1tR.",
         "numpy.dtype(<numpy.dtype>,1)"),
    GOOD("bytes()", "cbuiltins\nbytes\n)R.", "b''"),
    GOOD("bytearray of bytes", "cbuiltins\nbytearray\nC\1a\x85R.", "b'a'"),
    GOOD("bytes as text", "c_codecs\nencode\n(Va\xff\nVlatin1\ntR.",
         "b'a\xff'"),
    GOOD("bytes as ASCII", "c_codecs\nencode\n(Vab\nVlatin1\ntR.", "b'ab'"),
    GOOD("bytearray as text",
         "c__builtin__\nbytearray\n(V\xe9\n"
         "Vlatin-1\ntR.",
         "b'\xe9'"),
    GOOD("bytes of other text", "c_codecs\nencode\n(Va\nVutf-8\ntR.",
         "_codecs.encode('a','utf-8')"),
    GOOD("OrderedDict of pairs",
         "ccollections\nOrderedDict\n((l(lK\1aK\2aaK\3K\4\x86"
         "atR.",
         "{1,2,3,4}"),
    GOOD("defaultdict",
         "ccollections\ndefaultdict\n(c__builtin__\nlist\ntRK\1K\2s.", "{1,2}"),
    GOOD("Bunch with a state", "csklearn.utils\nBunch\n)\x81K\1K\2s}b.",
         "{1,2}"),
    GOOD("Bunch of protocol 0",
         "ccopy_reg\n_reconstructor\n(csklearn.utils\nBunch\n"
         "c__builtin__\ndict\n(dK\1K\2stR.",
         "{1,2}"),
    GOOD("opaque class", "cpandas.core.frame\nDataFrame\n.",
         "<pandas.core.frame.DataFrame>"),
    GOOD("opaque call", "cpandas.core.frame\nDataFrame\n(K\1K\2tR.",
         "~pandas.core.frame.DataFrame"),
    GOOD("opaque state", "c__main__\nCleaner\n)\x81}b}b.", "~__main__.Cleaner"),
    GOOD("opaque items", "ccollections\ndeque\n)RK\1a(K\2e(K\3\x90.",
         "~collections.deque"),
    GOOD("opaque keys", "ccollections\nCounter\n)R(K\1K\2uK\1K\2s.",
         "~collections.Counter"),
    GOOD("opaque by names", "cpandas\nIndex\n)}K\1K\2s\x92.", "~pandas.Index"),
    GOOD("opaque of protocol 0",
         "ccopy_reg\n_reconstructor\n(c__main__\nCleaner\n"
         "c__builtin__\nobject\nNtR(dK\1K\2sb.",
         "~__main__.Cleaner"),
    GOOD("opaque that was made",
         "ccloudpickle.cloudpickle\n_make_class\n)R)\x81}b.",
         "~cloudpickle.cloudpickle._make_class"),
    GOOD("opaque of Python 2", "(i__main__\nCleaner\n(db.",
         "~__main__.Cleaner"),
    GOOD("opaque array",
         "cnumpy.core.multiarray\n_reconstruct\n(cnumpy.matrixlib.defmatrix\n"
         "matrix\n(K\0tC\1btR(tb.",
         "~numpy.matrixlib.defmatrix.matrix"),
    GOOD("function that is named by a call",
         "cnumpy.core\n_ufunc_reconstruct\n(Vnumpy.core.umath\nVlog1p\ntR.",
         "<numpy.core.umath.log1p>"),
    GOOD("method of an opaque object",
         "cbuiltins\ngetattr\n(cscipy.stats\nnorm_gen\n)R\x8c\4_pdftR.",
         "~scipy.stats.norm_gen"),
};


START_TEST(good_opcode)
{
    char         shown[SHOWN];
    const row_t *row;

    row = &good[_i];
    shown[0] = '\0';
    show(accept(row->data, row->size), shown, 6);
    ck_assert_msg(strcmp(shown, row->expected) == 0, "%s: %s, not %s",
                  row->name, shown, row->expected);
}
END_TEST


/* Nothing may be missing, nothing may be left. */
START_TEST(good_opcode_cut)
{
    size_t       i;
    const row_t *row;

    row = &good[_i];

    for (i = 0; i < row->size; i++) {
        refuse(row->data, i, "truncated");
    }
}
END_TEST


/* Wherever the memory ends, that is what is said. */
START_TEST(good_opcode_full)
{
    size_t       left;
    const row_t *row;

    row = &good[_i];

    for (left = 0; left < 4096; left += sizeof(void *)) {
        arena_leave(left);

        if (read_bytes(row->data, row->size) != NULL) {
            return;
        }

        ck_assert_msg(err.status == KNN_LIMIT, "%s: %s", row->name,
                      err.message);
    }

    ck_abort_msg("%s does not fit", row->name);
}
END_TEST


static const row_t bad[] = {
    GOOD("empty", "", "STOP"),
    GOOD("nothing behind PROTO", "\x80\4.", "0 values"),
    GOOD("two values", "NN.", "2 values"),
    GOOD("a mark left", "(N.", "stack"),
    GOOD("bytes behind STOP", "N.N", "1 bytes follow"),
    GOOD("protocol 6", "\x80\6N.", "protocol 6"),
    GOOD("FRAME beyond the end", "\x95\3\0\0\0\0\0\0\0N.", "frame"),
    GOOD("FRAME of 2^64-1", "\x95\xff\xff\xff\xff\xff\xff\xff\xffN.", "frame"),
    GOOD("INT", "I4x\n.", "not an integer"),
    GOOD("INT empty", "I\n.", "not an integer"),
    GOOD("INT sign", "I-\n.", "not an integer"),
    GOOD("LONG", "LL\n.", "not an integer"),
    GOOD("LONG1 beyond", "\x8a\x7f.", "127 bytes"),
    GOOD("LONG4 negative", "\x8b\xff\xff\xff\xff.", "negative"),
    GOOD("LONG4 beyond", "\x8b\xff\xff\xff\x7f.", "2147483647"),
    GOOD("FLOAT", "F1,5\n.", "not a number"),
    GOOD("FLOAT empty", "F\n.", "not a number"),
    GOOD("FLOAT with NUL",
         "F1\0"
         "2\n.",
         "not a number"),
    GOOD("SHORT_BINUNICODE overlong", "\x8c\2\xc0\x80.", "UTF-8"),
    GOOD("SHORT_BINUNICODE surrogate", "\x8c\3\xed\xa0\x80.", "UTF-8"),
    GOOD("SHORT_BINUNICODE above 10ffff", "\x8c\4\xf4\x90\x80\x80.", "UTF-8"),
    GOOD("SHORT_BINUNICODE cut", "\x8c\2\xe2\x82.", "UTF-8"),
    GOOD("BINUNICODE beyond", "X\xff\xff\xff\xff.", "4294967295"),
    GOOD("BINUNICODE8 of 2^64-1", "\x8d\xff\xff\xff\xff\xff\xff\xff\xff.",
         "18446744073709551615"),
    GOOD("BINBYTES8 of 2^64-1", "\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
         "18446744073709551615"),
    GOOD("BYTEARRAY8 of 2^63", "\x96\0\0\0\0\0\0\0\x80.",
         "9223372036854775808"),
    GOOD("BINSTRING negative", "T\xff\xff\xff\xff.", "negative"),
    GOOD("UNICODE surrogate", "V\\ud800\n.", "no character"),
    GOOD("UNICODE above 10ffff", "V\\U00110000\n.", "no character"),
    GOOD("UNICODE escape cut", "V\\u12\n.", "no character"),
    GOOD("UNICODE escape odd", "V\\u12g4\n.", "no character"),
    GOOD("STRING unquoted", "Sab\n.", "quoted"),
    GOOD("STRING half quoted", "S'ab\n.", "quoted"),
    GOOD("STRING escape", "S'\\q'\n.", "escape"),
    GOOD("STRING escape at the end", "S'\\'\n.", "escape"),
    GOOD("STRING hex cut", "S'\\x4'\n.", "escape"),
    GOOD("TUPLE without a mark", "K\1t.", "no mark"),
    GOOD("TUPLE1", "\x85.", "1 values"),
    GOOD("TUPLE2", "K\1\x86.", "2 values"),
    GOOD("TUPLE3 across a mark", "K\1K\2(K\3\x87.", "3 values"),
    GOOD("LIST without a mark", "l.", "no mark"),
    GOOD("DICT odd", "(K\1d.", "no value"),
    GOOD("DICT of lists", "(]K\1d.", "key"),
    GOOD("APPEND to a tuple", ")K\1a.", "a tuple"),
    GOOD("APPEND to nothing", "K\1a.", "2 values"),
    GOOD("APPENDS to a dict", "}(K\1e.", "a dict"),
    GOOD("APPENDS to nothing", "(K\1e.", "1 values"),
    GOOD("ADDITEMS to a list", "](K\1\x90.", "a list"),
    GOOD("SETITEM to a list", "]K\1K\2s.", "a list"),
    GOOD("SETITEM to nothing", "K\1K\2s.", "1 values"),
    GOOD("SETITEMS odd", "}(K\1u.", "no value"),
    GOOD("SETITEMS to nothing", "(K\1K\2u.", "1 values"),
    GOOD("SETITEMS with a dict as key", "}(}K\2u.", "key"),
    GOOD("POP of nothing", "0.", "1 values"),
    GOOD("POP_MARK without a mark", "N1.", "no mark"),
    GOOD("DUP of nothing", "2.", "1 values"),
    GOOD("DUP across a mark", "N(2.", "1 values"),
    GOOD("BINGET of nothing", "h\0.", "memo index 0"),
    GOOD("LONG_BINGET far", "j\xff\xff\xff\xff.", "4294967295"),
    GOOD("GET negative", "g-1\n.", "not an index"),
    GOOD("GET beyond 64 bits", "g99999999999999999999\n.", "not an index"),
    GOOD("LONG_BINPUT far", "Nr\xff\xff\xff\xff.", "skips"),
    GOOD("LONG_BINPUT one too far", "Nr\3\0\0\0.", "skips"),
    GOOD("BINGET of a gap", "Nq\1h\0.", "memo index 0"),
    GOOD("PUT far", "Np9223372036854775807\n.", "skips"),
    GOOD("PUT of nothing", "q\0.", "1 values"),
    GOOD("GLOBAL unknown", "cposix\nsystem\n.", "posix.system"),
    GOOD("GLOBAL of a prefix", "cbuiltins\nbyte\n.", "builtins.byte"),
    GOOD("GLOBAL of more", "cnumpy\ndtype.char\n.", "numpy.dtype.char"),
    GOOD("GLOBAL with NUL", "cbuiltins\nbytes\0\n.", "builtins.bytes?"),
    GOOD("GLOBAL that would break a line", "cnum\rpy\ndtype\n.", "num?py"),
    GOOD("os.system in protocol 0", "cos\nsystem\n(S'x'\ntR.", "os.system"),
    GOOD("posix.system", "\x80\4\x8c\5posix\x8c\6system\x93\x8c\1x\x85R.",
         "posix.system"),
    GOOD("a name from the memo",
         "\x8c\5posix\x94\x8c\6system\x94"
         "00h\0h\1\x93.",
         "posix.system"),
    GOOD("a call that is popped", "cposix\nsystem\n)R0N.", "posix.system"),
    GOOD("eval", "cbuiltins\neval\n(S'1'\ntR.", "builtins.eval"),
    GOOD("a function as an attribute",
         "csklearn.neighbors._classification\nKNeighborsClassifier\n)\x81}"
         "\x8c\7weightscmy_code\nf\nsb.",
         "KNeighborsClassifier refers to my_code.f as weights"),
    GOOD("a function in an opaque object",
         "c__main__\nCleaner\n)\x81}\x8c\4funccmy_code\nf\nsb.",
         "a __main__.Cleaner refers to my_code.f as func"),
    GOOD("STACK_GLOBAL of numbers", "K\1K\2\x93.", "not text"),
    GOOD("STACK_GLOBAL of nothing", "\x8c\1x\x93.", "2 values"),
    GOOD("REDUCE of text", "\x8c\1x)R.", "a str is called"),
    GOOD("REDUCE of an object", "cnumpy\ndtype\n)R)R.",
         "a numpy.dtype is called"),
    GOOD("REDUCE with a list", "cnumpy\ndtype\n]R.", "not a tuple"),
    GOOD("REDUCE with nothing", "cnumpy\ndtype\nR.", "2 values"),
    GOOD("NEWOBJ of None", "N)\x81.", "None is called"),
    GOOD("NEWOBJ with None", "cnumpy\ndtype\nN\x81.", "not a tuple"),
    GOOD("NEWOBJ_EX with names", "cnumpy\ndtype\n)}K\1K\2s\x92.", "by name"),
    GOOD("NEWOBJ_EX with a list", "cnumpy\ndtype\n)]\x92.", "by name"),
    GOOD("BUILD on a list", "]}b.", "a list does not take"),
    GOOD("BUILD twice", "cnumpy\ndtype\n)\x81}b}b.", "does not take"),
    GOOD("BUILD on nothing", "Nb.", "2 values"),
    GOOD("INST of something unknown", "(ios\nsystem\n.", "os.system"),
    GOOD("INST without a mark", "inumpy\ndtype\n.", "no mark"),
    GOOD("OBJ without a mark", "cnumpy\ndtype\no.", "no mark"),
    GOOD("OBJ without a class", "(o.", "no class"),
    GOOD("OBJ of a number", "(K\1o.", "an int is called"),
    GOOD("bytes beyond latin-1", "c_codecs\nencode\n(V\\u20ac\nVlatin1\ntR.",
         "characters that are none"),
    GOOD("a dict of no pairs", "ccollections\nOrderedDict\n((l(lK\1aatR.",
         "no pairs"),
    GOOD("a dict of pairs of lists",
         "ccollections\nOrderedDict\n((l(l(laK\1aatR.", "key"),
    GOOD("getattr of a class",
         "cbuiltins\ngetattr\n(cpandas\neval\n\x8c\4_pdftR.",
         "builtins.getattr is refused"),
    GOOD(
        "getattr of a special name",
        "cbuiltins\ngetattr\n(cscipy.stats\nnorm_gen\n)R\x8c\x0b__globals__tR.",
        "builtins.getattr is refused"),
    GOOD("getattr of nothing", "cbuiltins\ngetattr\n)R.",
         "builtins.getattr is refused"),
    GOOD("a function that is named by a call",
         "cnumpy.core\n_ufunc_reconstruct\n(Vposix\nVsystem\ntR.",
         "posix.system"),
    GOOD("a function that is named by nothing",
         "cnumpy.core\n_ufunc_reconstruct\n)R.", "not text"),
    GOOD("a way through a package", "\x8c\6joblib\x8c\x09os.system\x93.",
         "joblib.os.system"),
    GOOD("a module beside a package", "cnumpy.testing\nrun\n.",
         "numpy.testing.run"),
    GOOD("a package with more letters", "cpandasx\nf\n.", "pandasx.f"),
    GOOD("an opaque callable with a list", "cpandas\nIndex\n]R.",
         "not a tuple"),
    GOOD("PERSID", "P1\n.", "persistent"),
    GOOD("BINPERSID", "NQ.", "persistent"),
    GOOD("EXT1", "\x82\1.", "extension"),
    GOOD("EXT2", "\x83\1\0.", "extension"),
    GOOD("EXT4", "\x84\1\0\0\0.", "extension"),
    GOOD("NEXT_BUFFER", "\x97.", "outside"),
    GOOD("READONLY_BUFFER", "N\x98.", "outside"),
};


START_TEST(bad_opcode)
{
    const row_t *row;

    row = &bad[_i];
    refuse(row->data, row->size, row->expected);
}
END_TEST


/* Bytes that no protocol has an opcode for. */
START_TEST(unknown_opcodes)
{
    int  byte, unknown;
    char data[3];

    unknown = 0;

    for (byte = 0; byte < 256; byte++) {
        if (knn_opcodes[byte].run != NULL) {
            continue;
        }

        data[0] = 'N';
        data[1] = (char) byte;
        data[2] = '.';
        refuse(data, 3, "no opcode");
        unknown++;
    }

    /* the protocols up to 5 have 68 */
    ck_assert_int_eq(unknown, 256 - 68);
}
END_TEST


/* count times unit, then end. */
static char *
repeat(const char *unit, size_t unit_size, size_t count, const char *end,
       size_t *size)
{
    char  *data;
    size_t i;

    *size = unit_size * count + strlen(end);
    data = malloc(*size + 1);
    ck_assert_ptr_nonnull(data);

    for (i = 0; i < count; i++) {
        memcpy(data + i * unit_size, unit, unit_size);
    }

    strcpy(data + unit_size * count, end);

    return data;
}


START_TEST(too_deep_a_stack)
{
    char  *data;
    size_t size;

    data = repeat("N", 1, KNN_PICKLE_MAX_DEPTH + 1, ".", &size);
    refuse(data, size, "values on the stack");
    ck_assert_int_eq(err.status, KNN_LIMIT);
    free(data);
}
END_TEST


START_TEST(too_many_marks)
{
    char  *data;
    size_t size;

    data = repeat("(", 1, KNN_PICKLE_MAX_MARKS + 1, ".", &size);
    refuse(data, size, "inside each other");
    ck_assert_int_eq(err.status, KNN_LIMIT);
    free(data);
}
END_TEST


START_TEST(too_many_opcodes)
{
    char  *data;
    size_t size;

    /* little memory, much time */
    data = repeat("(0", 2, KNN_PICKLE_MAX_OPS / 2 + 1, "N.", &size);
    refuse(data, size, "opcodes");
    ck_assert_int_eq(err.status, KNN_LIMIT);
    free(data);
}
END_TEST


START_TEST(too_much_memory)
{
    char  *data;
    size_t size;

    knn_arena_destroy(arena);
    arena = knn_arena_create(1024 * 1024);
    ck_assert_ptr_nonnull(arena);

    data = repeat("]0", 2, 1024 * 1024, "N.", &size);
    refuse(data, size, "more memory than allowed");
    ck_assert_int_eq(err.status, KNN_LIMIT);
    free(data);
}
END_TEST


/* 2^1000 leaves, but a thousand tuples. */
START_TEST(shared_tuples)
{
    char        *data;
    size_t       size;
    knn_value_t *value;

    data = repeat("2\x86", 2, 1000, ".", &size);
    memmove(data + 1, data, size);
    data[0] = ')';

    value = accept(data, size + 1);
    ck_assert_int_eq(value->type, KNN_VALUE_TUPLE);
    ck_assert_uint_eq(value->u.list.n, 2);
    free(data);
}
END_TEST


/* Lists that hold themselves are read, and nothing follows them round. */
START_TEST(cycles)
{
    knn_value_t *value;

    value = accept(BYTES("]q\0h\0a."));
    ck_assert_int_eq(value->type, KNN_VALUE_LIST);
    ck_assert_ptr_eq(value->u.list.items[0], value);
}
END_TEST


START_TEST(last_of_a_key)
{
    knn_value_t *dict;

    dict = accept(BYTES("}(Va\nK\1Vb\nK\2Va\nK\3u."));
    ck_assert_int_eq(knn_value_get(dict, "a")->u.integer, 3);
    ck_assert_int_eq(knn_value_get(dict, "b")->u.integer, 2);
    ck_assert_ptr_null(knn_value_get(dict, "c"));
}
END_TEST


/* A hundred thousand lists, each in the next. */
START_TEST(deep_lists)
{
    char  *data, *whole;
    size_t i, n, size;

    n = 100000;
    data = repeat("]", 1, n, "", &size);
    whole = malloc(2 * n);
    ck_assert_ptr_nonnull(whole);
    memcpy(whole, data, n);

    for (i = 0; i < n - 1; i++) {
        whole[n + i] = 'a';
    }

    whole[2 * n - 1] = '.';
    ck_assert_int_eq(accept(whole, 2 * n)->type, KNN_VALUE_LIST);
    free(whole);
    free(data);
}
END_TEST


/* The array of objects of joblib is a pickle within the pickle. */
#define OBJECTS WRAPPER("I1\n", "C", DTYPE("O8"), "")

START_TEST(nested)
{
    char         shown[SHOWN];
    knn_value_t *value;

    shown[0] = '\0';
    value = accept(BYTES("](" OBJECTS "\x80\2K\7."
                         "K\1e."));
    show(value, shown, 4);
    ck_assert_str_eq(shown, "[7,1]");
}
END_TEST


START_TEST(nested_refused)
{
    refuse(BYTES("](" OBJECTS "\x80\2cposix\nsystem\n.e."), "posix.system");
    refuse(BYTES("](" OBJECTS "\x80\2K\7"
                 "0.e."),
           "0 values");
    refuse(BYTES("](" OBJECTS "\x80\2"), "truncated");

    /* the memo of the outer one is not the inner one's */
    refuse(BYTES("]q\0(" OBJECTS "\x80\2h\0.e."), "memo index 0");

    /* nor its opcodes: a memo as large for each array would take for ever */
    refuse(BYTES("](N0N0N0N0N0N0N0N0" OBJECTS "\x80\2Nq\x10.e."),
           "memo index 16 skips ahead");

    /* joblib does not nest deeper */
    refuse(BYTES("](" OBJECTS OBJECTS "N..e."), "");
}
END_TEST


START_TEST(iris_prefixes)
{
    char  *data;
    FILE  *file;
    size_t i, size;

    data = malloc(65536);
    ck_assert_ptr_nonnull(data);
    file = fopen(IRIS, "rb");
    ck_assert_msg(file != NULL, "run from the top of the tree");
    size = fread(data, 1, 65536, file);
    fclose(file);
    ck_assert_uint_gt(size, 1000);
    ck_assert_uint_lt(size, 65536);

    accept(data, size);

    for (i = 0; i < size; i++) {
        arena_teardown();
        arena_setup();

        if (read_bytes(data, i) != NULL) {
            ck_abort_msg("%zu of %zu bytes are accepted", i, size);
        }

        ck_assert_int_ne(err.status, KNN_OK);
    }

    free(data);
}
END_TEST


static int
compare_rows(const knn_symbol_row_t *a, const knn_symbol_row_t *b)
{
    int rc;

    rc = strcmp(a->module, b->module);

    return rc != 0 ? rc : strcmp(a->name, b->name);
}


START_TEST(symbols)
{
    size_t                  i, n;
    const knn_symbol_row_t *rows;

    rows = knn_symbol_rows(&n);
    ck_assert_uint_gt(n, 100);

    for (i = 0; i < n; i++) {
        ck_assert_msg(i == 0 || compare_rows(&rows[i - 1], &rows[i]) < 0,
                      "%s.%s is out of order", rows[i].module, rows[i].name);
        ck_assert_int_eq(knn_symbol_find(rows[i].module, strlen(rows[i].module),
                                         rows[i].name, strlen(rows[i].name)),
                         rows[i].symbol);
        ck_assert_str_ne(knn_symbol_name(rows[i].symbol), "");
    }

    ck_assert_int_eq(knn_symbol_find("", 0, "", 0), KNN_SYMBOL_NONE);
    ck_assert_int_eq(knn_symbol_find("numpy\0", 6, "dtype", 5),
                     KNN_SYMBOL_NONE);
    ck_assert_int_eq(knn_symbol_find("zzz", 3, "zzz", 3), KNN_SYMBOL_NONE);
    ck_assert_int_eq(knn_symbol_find("pandas\0", 7, "Index", 5),
                     KNN_SYMBOL_NONE);
    ck_assert_int_eq(knn_symbol_find("pandas", 6, "a\0b", 3),
                     KNN_SYMBOL_OPAQUE);
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("pickle");

    tcase = tcase_create("opcodes");
    tcase_add_checked_fixture(tcase, arena_setup, arena_teardown);
    tcase_add_loop_test(tcase, good_opcode, 0,
                        (int) (sizeof(good) / sizeof(good[0])));
    tcase_add_loop_test(tcase, good_opcode_cut, 0,
                        (int) (sizeof(good) / sizeof(good[0])));
    tcase_add_loop_test(tcase, good_opcode_full, 0,
                        (int) (sizeof(good) / sizeof(good[0])));
    tcase_add_loop_test(tcase, bad_opcode, 0,
                        (int) (sizeof(bad) / sizeof(bad[0])));
    tcase_add_test(tcase, unknown_opcodes);
    tcase_add_test(tcase, symbols);
    tcase_add_test(tcase, last_of_a_key);
    suite_add_tcase(suite, tcase);

    tcase = tcase_create("attacks");
    tcase_add_checked_fixture(tcase, arena_setup, arena_teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, too_deep_a_stack);
    tcase_add_test(tcase, too_many_marks);
    tcase_add_test(tcase, too_many_opcodes);
    tcase_add_test(tcase, too_much_memory);
    tcase_add_test(tcase, shared_tuples);
    tcase_add_test(tcase, cycles);
    tcase_add_test(tcase, deep_lists);
    tcase_add_test(tcase, nested);
    tcase_add_test(tcase, nested_refused);
    tcase_add_test(tcase, iris_prefixes);
    suite_add_tcase(suite, tcase);

    return suite;
}
