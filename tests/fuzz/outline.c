
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "outline.h"


#define STACK 1024
#define MEMO  4096


/* as much of a value as it takes to know how long joblib's arrays are */
typedef enum {
    CELL_ANY = 0,
    CELL_MARK,
    CELL_INT,   /* number */
    CELL_TEXT,  /* text */
    CELL_TUPLE, /* number is the product of its ints; text of the first item */
    CELL_DTYPE_CLASS,
    CELL_DTYPE, /* number is the size of elements, 0 of objects */
    CELL_WRAPPER_CLASS,
    CELL_WRAPPER
} cell_e;

typedef struct {
    cell_e      kind;
    span_t      span;
    uint64_t    number;
    const char *text; /* not NUL-terminated */
    size_t      len;

    /* of a dict that is a wrapper's state; number is its dtype's */
    uint64_t count; /* of elements */
    bool     padded;
} cell_t;

typedef struct {
    outline_t     *outline;
    const uint8_t *data;
    size_t         size;
    size_t         pos;
    const op_t    *op; /* that runs */
    size_t         depth;
    size_t         n_memo;
    cell_t         stack[STACK];
    cell_t         memo[MEMO];
} machine_t;


/*
 * How operands are written.  1, 2, 4, 8: so many bytes; a, b, c: bytes behind
 * a length of 1, 4 or 8; l: a line; m: two of them; -: there is none.
 */
static const char forms[256] = {
    ['K'] = 1,    ['h'] = 1,    ['q'] = 1,    [0x80] = 1,   [0x82] = 1,
    ['M'] = 2,    [0x83] = 2,   ['J'] = 4,    ['j'] = 4,    ['r'] = 4,
    [0x84] = 4,   ['G'] = 8,    [0x95] = 8,   ['U'] = 'a',  ['C'] = 'a',
    [0x8a] = 'a', [0x8c] = 'a', ['T'] = 'b',  ['X'] = 'b',  ['B'] = 'b',
    [0x8b] = 'b', [0x8d] = 'c', [0x8e] = 'c', [0x96] = 'c', ['I'] = 'l',
    ['L'] = 'l',  ['F'] = 'l',  ['S'] = 'l',  ['V'] = 'l',  ['P'] = 'l',
    ['p'] = 'l',  ['g'] = 'l',  ['c'] = 'm',  ['i'] = 'm',  ['('] = '-',
    [')'] = '-',  [']'] = '-',  ['}'] = '-',  ['t'] = '-',  ['l'] = '-',
    ['d'] = '-',  ['a'] = '-',  ['e'] = '-',  ['u'] = '-',  ['s'] = '-',
    ['R'] = '-',  ['b'] = '-',  ['o'] = '-',  ['0'] = '-',  ['1'] = '-',
    ['2'] = '-',  ['Q'] = '-',  ['.'] = '-',  ['N'] = '-',  [0x81] = '-',
    [0x85] = '-', [0x86] = '-', [0x87] = '-', [0x88] = '-', [0x89] = '-',
    [0x8f] = '-', [0x90] = '-', [0x91] = '-', [0x92] = '-', [0x93] = '-',
    [0x94] = '-', [0x97] = '-', [0x98] = '-',
};


char
outline_form(uint8_t code)
{
    return forms[code];
}


static bool run(machine_t *m);


static uint64_t
little(const uint8_t *p, size_t width)
{
    uint64_t n;

    for (n = 0; width > 0; width--) {
        n = n << 8 | p[width - 1];
    }

    return n;
}


static bool
is_text(const cell_t *cell, const char *text)
{
    return cell->kind == CELL_TEXT && cell->len == strlen(text)
           && memcmp(cell->text, text, cell->len) == 0;
}


/* Appends a span to a list that may be full. */
static void
note(span_t *list, size_t *n, size_t start, size_t end)
{
    if (*n < OUTLINE_MAX && start < end) {
        list[(*n)++] = (span_t){start, end};
    }
}


/* A new value on top that begins there, and ends with this opcode. */
static cell_t *
push(machine_t *m, cell_e kind, size_t start)
{
    cell_t *top;

    m->depth -= m->depth == STACK;
    top = &m->stack[m->depth++];
    *top = (cell_t){.kind = kind, .span = {start, m->op->whole.end}};

    return top;
}


/* What is on top goes on up to this opcode. */
static cell_t *
extend(machine_t *m)
{
    cell_t *top;

    top = &m->stack[m->depth == 0 ? 0 : m->depth - 1];
    top->span.end = m->op->whole.end;

    return top;
}


/*
 * Takes n values away, or with n of 0 all down to the last mark, and the mark;
 * they can be read until the next push.
 */
static cell_t *
take(machine_t *m, size_t *n)
{
    size_t i, first;

    first = m->depth;

    if (*n > 0) {
        first -= *n < m->depth ? *n : m->depth;
        m->depth = first;
        *n = *n < STACK ? *n : STACK;
    }
    else {
        while (first > 0 && m->stack[first - 1].kind != CELL_MARK) {
            first--;
        }

        *n = m->depth - first;
        m->depth = first > 0 ? first - 1 : 0;
    }

    for (i = first; i < first + *n && i < STACK; i++) {
        note(m->outline->values, &m->outline->n_values, m->stack[i].span.start,
             m->stack[i].span.end);
    }

    return &m->stack[first];
}


/* Makes a tuple of n values; an array's shape is one. */
static void
make_tuple(machine_t *m, const cell_t *items, size_t n, size_t start)
{
    size_t   i;
    cell_t  *tuple, first;
    uint64_t product;

    first = n == 0 ? (cell_t){.kind = CELL_ANY} : items[0];
    product = 1;

    for (i = 0; i < n; i++) {
        product *= items[i].kind == CELL_INT ? items[i].number : 0;
    }

    tuple = push(m, CELL_TUPLE, start);
    tuple->number = product;
    tuple->text = first.text;
    tuple->len = first.len;
}


/* Puts n keys and values into what is below them. */
static void
set_items(machine_t *m, const cell_t *items, size_t n)
{
    size_t        i;
    cell_t       *dict;
    const cell_t *value;

    dict = extend(m);

    for (i = 0; i + 1 < n; i += 2) {
        value = &items[i + 1];
        note(m->outline->pairs, &m->outline->n_pairs, items[i].span.start,
             value->span.end);

        if (is_text(&items[i], "shape")) {
            dict->count = value->number;
        }
        else if (is_text(&items[i], "dtype")) {
            dict->number = value->number;
        }
        else if (is_text(&items[i], "numpy_array_alignment_bytes")) {
            dict->padded = value->kind == CELL_INT;
        }
    }
}


/* The size of the elements that "f8" names, 0 of objects. */
static uint64_t
element_size(const cell_t *args)
{
    size_t   i;
    uint64_t n;

    if (args->len == 0 || args->text[0] == 'O') {
        return 0;
    }

    n = 0;

    for (i = 1; i < args->len; i++) {
        n = n * 10 + (uint64_t) (args->text[i] - '0');
    }

    return args->text[0] == 'U' ? n * 4 : n;
}


/* Pushes what a class makes of arguments. */
static void
call(machine_t *m, const cell_t *items)
{
    cell_t callable, args;

    callable = items[0];
    args = items[1];

    switch (callable.kind) {

    case CELL_DTYPE_CLASS:
        push(m, CELL_DTYPE, callable.span.start)->number = element_size(&args);
        break;

    case CELL_WRAPPER_CLASS:
        (void) push(m, CELL_WRAPPER, callable.span.start);
        break;

    default:
        (void) push(m, CELL_ANY, callable.span.start);
        break;
    }
}


/* Pushes a class, of which two tell something. */
static void
name_class(machine_t *m, const char *name, size_t len, size_t start)
{
    cell_t text;

    text = (cell_t){.kind = CELL_TEXT, .text = name, .len = len};

    (void) push(m,
                is_text(&text, "dtype")               ? CELL_DTYPE_CLASS
                : is_text(&text, "NumpyArrayWrapper") ? CELL_WRAPPER_CLASS
                                                      : CELL_ANY,
                start);
}


/* Skips joblib's array behind its wrapper: bytes, or a pickle of objects. */
static bool
skip_array(machine_t *m, const cell_t *state)
{
    bool     good;
    size_t   start;
    uint64_t size;

    static machine_t inner;

    if (state->number == 0) {
        if (m == &inner) {
            return false;
        }

        inner = (machine_t){.outline = m->outline,
                            .data = m->data,
                            .size = m->size,
                            .pos = m->pos};
        good = run(&inner);
        m->pos = inner.pos;

        return good;
    }

    start = m->pos;

    if (state->padded && start < m->size) {
        start += 1u + m->data[start];
    }

    size = state->count * state->number;

    if (start > m->size || size > m->size - start) {
        return false;
    }

    m->pos = start + (size_t) size;
    note(m->outline->raws, &m->outline->n_raws, start, m->pos);

    return true;
}


/* Pushes the value that an opcode is by itself. */
static void
run_scalar(machine_t *m)
{
    cell_t     *top;
    const char *p;

    p = (const char *) m->data + m->op->operand.start;
    top = push(m, CELL_ANY, m->op->whole.start);

    switch (m->op->code) {

    case 'K':
    case 'M':
    case 'J':
        top->kind = CELL_INT;
        top->number = little(m->data + m->op->operand.start,
                             m->op->operand.end - m->op->operand.start);
        break;

    case 'I':
    case 'L':
        top->kind = CELL_INT;
        top->number = strtoull(p, NULL, 10);
        break;

    case 'X':
    case 'U':
    case 'V':
    case 'S':
    case 0x8c:
        top->kind = CELL_TEXT;
        top->text = m->op->code == 'S' ? p + 1 : p;
        top->len = m->op->operand.end - m->op->operand.start;
        top->len -= m->op->code == 'S' && top->len >= 2 ? 2 : 0;
        break;

    case 'C':
    case 'B':
    case 0x8e:
    case 0x96:
        note(m->outline->raws, &m->outline->n_raws, m->op->operand.start,
             m->op->operand.end);
        break;

    case '(':
        top->kind = CELL_MARK;
        break;

    case ')':
        top->number = 1;
        break;

    default:
        break;
    }
}


/* Runs an opcode that takes values from the stack. */
static bool
run_stack(machine_t *m)
{
    size_t        n;
    cell_t       *items;
    const uint8_t code = m->op->code;

    n = code == 0x85 || code == 'a' || code == 'b' || code == '0' ? 1
        : strchr("sR\x81\x86\x93", code) != NULL                  ? 2
        : code == 0x87 || code == 0x92                            ? 3
                                                                  : 0;
    items = take(m, &n);

    switch (code) {

    case 's':
    case 'u':
        set_items(m, items, n);
        return true;

    case 'a':
    case 'e':
    case 0x90:
        (void) extend(m);
        return true;

    case 'b':
        return extend(m)->kind != CELL_WRAPPER || skip_array(m, items);

    case 'R':
    case 0x81:
    case 0x92:
        call(m, items);
        return true;

    case 0x93:
        name_class(m, items[1].text, items[1].len, items[0].span.start);
        return true;

    case '0':
    case '1':
        return true;

    default:
        make_tuple(m, items, n,
                   n == 0 ? m->op->whole.start : items[0].span.start);
        return true;
    }
}


/* Runs an opcode of the memo; false for any other. */
static bool
run_memo(machine_t *m)
{
    uint64_t      index;
    const char   *line;
    const uint8_t code = m->op->code;

    line = (const char *) m->data + m->op->operand.start;
    index = code == 0x94 ? m->n_memo
            : code == 'p' || code == 'g'
                ? strtoull(line, NULL, 10)
                : little(m->data + m->op->operand.start,
                         m->op->operand.end - m->op->operand.start);
    index = index < MEMO ? index : MEMO - 1;

    switch (code) {

    case 0x94:
    case 'p':
    case 'q':
    case 'r':
        m->memo[index] = *extend(m);
        m->n_memo++;
        return true;

    case 'g':
    case 'h':
    case 'j':
        *push(m, CELL_ANY, 0) = m->memo[index];
        m->stack[m->depth - 1].span = m->op->whole;
        return true;

    default:
        return false;
    }
}


/* Finds the opcode at pos and its operand; false when there is none. */
static bool
next_op(machine_t *m, op_t *op)
{
    char           form;
    size_t         at, width;
    uint64_t       len;
    const uint8_t *lf;

    if (m->pos == m->size) {
        return false;
    }

    form = forms[m->data[m->pos]];
    at = m->pos + 1;
    len = form == '-' ? 0 : (uint64_t) form;

    switch (form) {

    case 0:
        return false;

    case 'a':
    case 'b':
    case 'c':
        width = form == 'a' ? 1 : form == 'b' ? 4 : 8;

        if (width > m->size - at) {
            return false;
        }

        len = little(m->data + at, width);
        at += width;
        break;

    case 'l':
    case 'm':
        lf = memchr(m->data + at, '\n', m->size - at);
        lf = lf != NULL && form == 'm'
                 ? memchr(lf + 1, '\n', m->size - (size_t) (lf + 1 - m->data))
                 : lf;

        if (lf == NULL) {
            return false;
        }

        len = (uint64_t) (lf - m->data) - at;
        break;

    default:
        break;
    }

    if (len > m->size - at) {
        return false;
    }

    op->code = m->data[m->pos];
    op->operand = (span_t){at, at + (size_t) len};
    op->whole =
        (span_t){m->pos, op->operand.end + (form == 'l' || form == 'm')};
    m->pos = op->whole.end;

    return true;
}


/* The name of a class on the second of two lines. */
static void
run_class(machine_t *m)
{
    size_t      len;
    const char *module, *name;

    module = (const char *) m->data + m->op->operand.start;
    len = m->op->operand.end - m->op->operand.start;
    name = memchr(module, '\n', len);
    name = name == NULL ? module : name + 1;

    name_class(m, name, len - (size_t) (name - module), m->op->whole.start);
}


/* Runs opcodes up to STOP; false when something else ends them. */
static bool
run(machine_t *m)
{
    op_t      *op;
    outline_t *outline;

    outline = m->outline;

    for (;;) {
        op = &outline->ops[outline->n_ops];

        if (outline->n_ops == OUTLINE_MAX - 1 || !next_op(m, op)) {
            return false;
        }

        outline->n_ops++;
        outline->end = m->pos;
        m->op = op;

        if (op->code == '.') {
            return true;
        }

        if (op->code == 0x80 || op->code == 0x95 || run_memo(m)) {
            continue;
        }

        if (op->code == 'c') {
            run_class(m);
        }
        else if (memchr("tldaeusRb01\x81\x85\x86\x87\x90\x91\x92\x93", op->code,
                        19)
                 == NULL)
        {
            run_scalar(m);
        }
        else if (!run_stack(m)) {
            return false;
        }
    }
}


bool
outline_read(outline_t *outline, const uint8_t *data, size_t size)
{
    static machine_t m;

    *outline = (outline_t){.end = 0};
    m = (machine_t){.outline = outline, .data = data, .size = size};

    return run(&m);
}
