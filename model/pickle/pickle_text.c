
/*
 * Copyright (C) nginx-knn contributors
 */


/* The opcodes of protocol 0, whose operand is a line of text. */


#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "pickle_machine.h"
#include "../utf8.h"


/* longer than any number that is kept */
#define KNN_PICKLE_NUMBER 64


/* Reads decimal digits with a sign; 1 when they are beyond 64 bits. */
static int
knn_pickle_decimal(const char *p, size_t len, int64_t *integer)
{
    int     digit;
    bool    minus, huge;
    size_t  i;
    int64_t n;

    n = 0;
    huge = false;
    minus = len > 0 && p[0] == '-';
    i = minus ? 1 : 0;

    if (i == len) {
        return -1;
    }

    for (/* void */; i < len; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return -1;
        }

        digit = p[i] - '0';

        /* downwards, as there is one negative number more */
        huge = huge || __builtin_mul_overflow(n, 10, &n)
               || __builtin_sub_overflow(n, digit, &n);
    }

    if (!minus && n == INT64_MIN) {
        huge = true;
    }

    *integer = huge || minus ? n : -n;

    return huge ? 1 : 0;
}


/* Pushes the int that len bytes of text say. */
static int
knn_pickle_push_decimal(knn_pickle_t *pickle, const char *p, size_t len)
{
    int64_t integer;

    switch (knn_pickle_decimal(p, len, &integer)) {

    case 0:
        return knn_pickle_push_int(pickle, integer);

    case 1:
        return knn_pickle_push(pickle,
                               knn_value_new(pickle->arena, KNN_VALUE_HUGE));

    default:
        return knn_pickle_fail(pickle, KNN_MALFORMED, "it is not an integer");
    }
}


int
knn_op_line_int(knn_pickle_t *pickle, unsigned arg)
{
    size_t      len;
    const char *p;

    (void) arg;

    p = knn_pickle_line(pickle, &len);

    if (p == NULL) {
        return -1;
    }

    if (len == 2 && p[0] == '0' && (p[1] == '0' || p[1] == '1')) {
        return knn_op_bool(pickle, p[1] == '1');
    }

    return knn_pickle_push_decimal(pickle, p, len);
}


int
knn_op_line_long(knn_pickle_t *pickle, unsigned arg)
{
    size_t      len;
    const char *p;

    (void) arg;

    p = knn_pickle_line(pickle, &len);

    if (p == NULL) {
        return -1;
    }

    if (len > 0 && p[len - 1] == 'L') {
        len--;
    }

    return knn_pickle_push_decimal(pickle, p, len);
}


/* Converts all of text whatever the process's locale is. */
static int
knn_pickle_strtod(const char *text, double *number)
{
    char    *end;
    locale_t locale;

    locale = newlocale(LC_ALL_MASK, "C", (locale_t) 0);

    if (locale == (locale_t) 0) {
        return -1;
    }

    *number = strtod_l(text, &end, locale);
    freelocale(locale);

    return end == text || *end != '\0' ? -1 : 0;
}


int
knn_op_line_float(knn_pickle_t *pickle, unsigned arg)
{
    char         text[KNN_PICKLE_NUMBER];
    size_t       len;
    double       number;
    const char  *p;
    knn_value_t *value;

    (void) arg;

    p = knn_pickle_line(pickle, &len);

    if (p == NULL) {
        return -1;
    }

    if (len >= sizeof(text) || memchr(p, '\0', len) != NULL) {
        return knn_pickle_fail(pickle, KNN_MALFORMED, "it is not a number");
    }

    memcpy(text, p, len);
    text[len] = '\0';

    if (knn_pickle_strtod(text, &number) != 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED, "it is not a number");
    }

    value = knn_value_new(pickle->arena, KNN_VALUE_FLOAT);

    if (value != NULL) {
        value->u.number = number;
    }

    return knn_pickle_push(pickle, value);
}


/* Reads n hexadecimal digits; -1 when they are not there. */
static int
knn_pickle_hex(const char *p, const char *end, size_t n, uint32_t *code)
{
    char c;

    if ((size_t) (end - p) < n) {
        return -1;
    }

    for (*code = 0; n > 0; n--) {
        c = *p++;

        if (c >= '0' && c <= '9') {
            *code = *code * 16 + (uint32_t) (c - '0');
        }
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            *code = *code * 16 + (uint32_t) ((c | 0x20) - 'a' + 10);
        }
        else {
            return -1;
        }
    }

    return 0;
}


/* Reads what follows a backslash in a STRING; its length, 0 if unknown. */
static size_t
knn_pickle_escape(const char *p, const char *end, char *c)
{
    uint32_t          code;
    const char       *at;
    static const char names[] = "\\'\"abfnrtv";
    static const char values[] = "\\'\"\a\b\f\n\r\t\v";

    if (p == end || *p == '\0') {
        return 0;
    }

    at = strchr(names, *p);

    if (at != NULL) {
        *c = values[at - names];
        return 1;
    }

    if (*p == 'x' && knn_pickle_hex(p + 1, end, 2, &code) == 0) {
        *c = (char) code;
        return 3;
    }

    return 0;
}


/* Writes the bytes of a quoted line, or only counts them; -1 when odd. */
static ptrdiff_t
knn_pickle_unquote(const char *p, const char *end, char *to)
{
    char      c;
    size_t    n;
    ptrdiff_t len;

    for (len = 0; p < end; len++) {
        c = *p++;

        if (c == '\\') {
            n = knn_pickle_escape(p, end, &c);

            if (n == 0) {
                return -1;
            }

            p += n;
        }

        if (to != NULL) {
            to[len] = c;
        }
    }

    return len;
}


int
knn_op_line_string(knn_pickle_t *pickle, unsigned arg)
{
    char       *to;
    size_t      len;
    ptrdiff_t   n;
    const char *p, *end;

    (void) arg;

    p = knn_pickle_line(pickle, &len);

    if (p == NULL) {
        return -1;
    }

    if (len < 2 || (p[0] != '\'' && p[0] != '"') || p[len - 1] != p[0]) {
        return knn_pickle_fail(pickle, KNN_MALFORMED, "it is not quoted");
    }

    end = p + len - 1;
    p++;
    n = knn_pickle_unquote(p, end, NULL);

    if (n < 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "it has an unknown escape");
    }

    to = knn_arena_alloc(pickle->arena, (size_t) n);

    if (to == NULL) {
        return knn_pickle_full(pickle);
    }

    (void) knn_pickle_unquote(p, end, to);

    return knn_pickle_push_text(pickle, KNN_VALUE_STRING, to, (size_t) n);
}


/* Writes the text of a line as UTF-8, or only counts it; -1 when odd. */
static ptrdiff_t
knn_pickle_unescape(const char *p, const char *end, char *to)
{
    char      utf8[4] = {0};
    size_t    n, width;
    uint32_t  code;
    ptrdiff_t len;

    for (len = 0; p < end; len += (ptrdiff_t) n) {
        code = (unsigned char) *p++;
        width = 0;

        if (code == '\\' && p < end) {
            width = *p == 'u' ? 4 : *p == 'U' ? 8 : 0;
        }

        if (width != 0) {
            if (knn_pickle_hex(p + 1, end, width, &code) != 0) {
                return -1;
            }

            p += 1 + width;
        }

        n = knn_utf8_put(to == NULL ? utf8 : to + len, code);

        if (n == 0) {
            return -1;
        }
    }

    return len;
}


int
knn_op_line_text(knn_pickle_t *pickle, unsigned arg)
{
    char       *to;
    size_t      len;
    ptrdiff_t   n;
    const char *p;

    (void) arg;

    p = knn_pickle_line(pickle, &len);

    if (p == NULL) {
        return -1;
    }

    n = knn_pickle_unescape(p, p + len, NULL);

    if (n < 0) {
        return knn_pickle_fail(pickle, KNN_MALFORMED,
                               "it has an escape that is no character");
    }

    to = knn_arena_small(pickle->arena, (size_t) n);

    if (to == NULL) {
        return knn_pickle_full(pickle);
    }

    (void) knn_pickle_unescape(p, p + len, to);

    return knn_pickle_push_text(pickle, KNN_VALUE_TEXT, to, (size_t) n);
}


/* Reads the memo's index from a line. */
static int
knn_pickle_line_index(knn_pickle_t *pickle, uint64_t *index)
{
    size_t      len;
    int64_t     n;
    const char *p;

    p = knn_pickle_line(pickle, &len);

    if (p == NULL) {
        return -1;
    }

    if (knn_pickle_decimal(p, len, &n) != 0 || n < 0) {
        (void) knn_pickle_fail(pickle, KNN_MALFORMED, "it is not an index");
        return -1;
    }

    *index = (uint64_t) n;

    return 0;
}


int
knn_op_line_put(knn_pickle_t *pickle, unsigned arg)
{
    uint64_t index;

    (void) arg;

    if (knn_pickle_line_index(pickle, &index) != 0) {
        return -1;
    }

    return knn_pickle_memo_put(pickle, index);
}


int
knn_op_line_get(knn_pickle_t *pickle, unsigned arg)
{
    uint64_t index;

    (void) arg;

    if (knn_pickle_line_index(pickle, &index) != 0) {
        return -1;
    }

    return knn_pickle_memo_get(pickle, index);
}
