
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The state of the pickle machine, for the files that hold its opcodes.
 *
 * A function that returns int returns 0, or -1 after it has filled the error.
 * Every opcode asks for its operands and for its bytes of the stream before
 * it acts; what it cannot have is an error there.
 */


#ifndef KNN_PICKLE_MACHINE_H
#define KNN_PICKLE_MACHINE_H


#include "beside.h"
#include "value.h"


/* far beyond any model, near enough to end soon */
#define KNN_PICKLE_MAX_OPS   (64 * 1024 * 1024)
#define KNN_PICKLE_MAX_DEPTH (1024 * 1024)
#define KNN_PICKLE_MAX_MARKS 4096

#define KNN_PICKLE_PROTOCOL  5


typedef struct knn_pickle_s knn_pickle_t;

typedef int (*knn_opcode_pt)(knn_pickle_t *pickle, unsigned arg);


typedef struct {
    const char   *name;
    knn_opcode_pt run;
    unsigned      arg;
} knn_opcode_t;


/* by their byte; those that do not exist have no function */
extern const knn_opcode_t knn_opcodes[256];


struct knn_pickle_s {
    knn_arena_t         *arena;
    knn_beside_t        *beside;
    const unsigned char *start;
    const unsigned char *pos;
    const unsigned char *end;

    const unsigned char *at; /* the opcode that runs */
    const knn_opcode_t  *opcode;
    size_t               ops;   /* run so far */
    size_t               first; /* ops before this machine's own */

    knn_value_t **stack;
    size_t        depth;
    size_t        stack_size;

    size_t *marks; /* depths */
    size_t  n_marks;
    size_t  marks_size;

    knn_value_t **memo;
    size_t        n_memo; /* one more than the highest index */
    size_t        memo_size;

    size_t charged; /* to the arena, for these vectors */

    bool         nested; /* inside an array of objects */
    bool         stopped;
    knn_error_t *err;
};


/* Fills the error with the place, the opcode and the reason; -1. */
int knn_pickle_fail(knn_pickle_t *pickle, knn_status_e status, const char *fmt,
                    ...) __attribute__((format(printf, 3, 4)));

/* The error of an arena that is full, or of a system without memory; -1. */
int knn_pickle_full(knn_pickle_t *pickle);

/* Runs the pickle at *pos by itself, moves behind it and pushes its value. */
int knn_pickle_nested(knn_pickle_t *pickle, const unsigned char **pos,
                      const unsigned char *end);

/* The next len bytes; NULL and the error when they are not there. */
const unsigned char *knn_pickle_take(knn_pickle_t *pickle, size_t len);

/* The next width bytes, little-endian, width up to 8. */
int knn_pickle_number(knn_pickle_t *pickle, unsigned width, uint64_t *number);

/* The bytes up to the next line feed, which is skipped. */
const char *knn_pickle_line(knn_pickle_t *pickle, size_t *len);

/* Pushes value; NULL is the error of a full arena. */
int knn_pickle_push(knn_pickle_t *pickle, knn_value_t *value);

/* The n topmost values above the last mark; NULL and the error without them. */
knn_value_t **knn_pickle_top(knn_pickle_t *pickle, size_t n);

int knn_pickle_mark(knn_pickle_t *pickle);

/* Pops the last mark and all values above it, which are items. */
int knn_pickle_marked(knn_pickle_t *pickle, knn_value_t ***items, size_t *n);

int knn_pickle_memo_put(knn_pickle_t *pickle, uint64_t index);
int knn_pickle_memo_get(knn_pickle_t *pickle, uint64_t index);

/* pickle_scalar.c */
int knn_pickle_push_text(knn_pickle_t *pickle, knn_value_e type,
                         const char *data, size_t len);
int knn_pickle_push_int(knn_pickle_t *pickle, int64_t integer);
int knn_op_none(knn_pickle_t *pickle, unsigned arg);
int knn_op_bool(knn_pickle_t *pickle, unsigned value);
int knn_op_int(knn_pickle_t *pickle, unsigned width);
int knn_op_long(knn_pickle_t *pickle, unsigned width);
int knn_op_float(knn_pickle_t *pickle, unsigned arg);
int knn_op_text(knn_pickle_t *pickle, unsigned width);
int knn_op_bytes(knn_pickle_t *pickle, unsigned width);
int knn_op_string(knn_pickle_t *pickle, unsigned width);

/* pickle_text.c */
int knn_op_line_int(knn_pickle_t *pickle, unsigned arg);
int knn_op_line_long(knn_pickle_t *pickle, unsigned arg);
int knn_op_line_float(knn_pickle_t *pickle, unsigned arg);
int knn_op_line_string(knn_pickle_t *pickle, unsigned arg);
int knn_op_line_text(knn_pickle_t *pickle, unsigned arg);
int knn_op_line_put(knn_pickle_t *pickle, unsigned arg);
int knn_op_line_get(knn_pickle_t *pickle, unsigned arg);

/* pickle_list.c */

/* Adds n keys and values to a dict; an opaque object forgets them. */
int knn_pickle_dict_add(knn_pickle_t *pickle, knn_value_t *dict,
                        knn_value_t *const *items, size_t n);
int knn_op_empty(knn_pickle_t *pickle, unsigned type);
int knn_op_marked(knn_pickle_t *pickle, unsigned type);
int knn_op_tuple(knn_pickle_t *pickle, unsigned n);
int knn_op_append(knn_pickle_t *pickle, unsigned arg);
int knn_op_appends(knn_pickle_t *pickle, unsigned type);
int knn_op_setitem(knn_pickle_t *pickle, unsigned arg);
int knn_op_setitems(knn_pickle_t *pickle, unsigned arg);

/* pickle_global.c */

/* Pushes a global by its name; an error when it must not be in a file. */
int knn_pickle_push_global(knn_pickle_t *pickle, const char *module,
                           size_t module_len, const char *name,
                           size_t name_len);
int knn_op_global(knn_pickle_t *pickle, unsigned arg);
int knn_op_stack_global(knn_pickle_t *pickle, unsigned arg);

/* pickle_object.c */
int knn_pickle_push_opaque(knn_pickle_t *pickle, const char *global);
int knn_pickle_push_object(knn_pickle_t *pickle, knn_symbol_e symbol,
                           knn_value_t *args);
int knn_op_reduce(knn_pickle_t *pickle, unsigned arg);
int knn_op_newobj(knn_pickle_t *pickle, unsigned operands);
int knn_op_inst(knn_pickle_t *pickle, unsigned arg);
int knn_op_obj(knn_pickle_t *pickle, unsigned arg);
int knn_op_build(knn_pickle_t *pickle, unsigned arg);

/* pickle_bytes.c: pushes the bytes that a call of symbol makes of args. */
int knn_pickle_push_bytes(knn_pickle_t *pickle, knn_symbol_e symbol,
                          knn_value_t *args);

/*
 * pickle_array.c: when the object on top is a wrapper of joblib that has its
 * state now, pushes the array that it stands for instead.
 */
int knn_pickle_array(knn_pickle_t *pickle, const knn_value_t *object);


#endif /* KNN_PICKLE_MACHINE_H */
