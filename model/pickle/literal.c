
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "literal.h"
#include "../utf8.h"


/* containers inside of each other */
#define KNN_LITERAL_DEPTH 16


typedef struct {
    knn_arena_t *arena;
    const char  *pos;
    const char  *end;
    unsigned     depth;
} knn_literal_t;


static knn_value_t *knn_literal_value(knn_literal_t *literal);


/* Skips white space; the character that follows, or NUL at the end. */
static char
knn_literal_peek(knn_literal_t *literal)
{
    while (literal->pos < literal->end
           && (*literal->pos == ' ' || *literal->pos == '\n'))
    {
        literal->pos++;
    }

    return literal->pos == literal->end ? '\0' : *literal->pos;
}


/* Skips the character c, if it is next. */
static bool
knn_literal_skip(knn_literal_t *literal, char c)
{
    if (knn_literal_peek(literal) != c) {
        return false;
    }

    literal->pos++;

    return true;
}


/* Reads a str up to the quote that it began with. */
static knn_value_t *
knn_literal_text(knn_literal_t *literal)
{
    size_t      len;
    const char *start, *end;

    start = literal->pos + 1;
    end = memchr(start, literal->pos[0], (size_t) (literal->end - start));

    if (end == NULL) {
        return NULL;
    }

    len = (size_t) (end - start);
    literal->pos = end + 1;

    if (memchr(start, '\\', len) != NULL || !knn_utf8_valid(start, len)) {
        return NULL;
    }

    return knn_value_text(literal->arena, KNN_VALUE_TEXT, start, len);
}


/* Reads an int that is not negative, of Python 2 with an L maybe. */
static knn_value_t *
knn_literal_int(knn_literal_t *literal)
{
    int64_t      n;
    knn_value_t *value;

    for (n = 0; literal->pos < literal->end && *literal->pos >= '0'
                && *literal->pos <= '9';
         literal->pos++)
    {
        if (__builtin_mul_overflow(n, 10, &n)
            || __builtin_add_overflow(n, *literal->pos - '0', &n))
        {
            return NULL;
        }
    }

    if (literal->pos < literal->end && *literal->pos == 'L') {
        literal->pos++;
    }

    value = knn_value_new(literal->arena, KNN_VALUE_INT);

    if (value != NULL) {
        value->u.integer = n;
    }

    return value;
}


/* Reads True, False or None. */
static knn_value_t *
knn_literal_word(knn_literal_t *literal)
{
    size_t       i, len;
    knn_value_t *value;

    static const struct {
        const char *word;
        knn_value_e type;
        bool        boolean;
    } words[] = {
        {"True", KNN_VALUE_BOOL, true},
        {"False", KNN_VALUE_BOOL, false},
        {"None", KNN_VALUE_NONE, false},
    };

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        len = strlen(words[i].word);

        if ((size_t) (literal->end - literal->pos) < len
            || memcmp(literal->pos, words[i].word, len) != 0)
        {
            continue;
        }

        literal->pos += len;
        value = knn_value_new(literal->arena, words[i].type);

        if (value != NULL) {
            value->u.boolean = words[i].boolean;
        }

        return value;
    }

    return NULL;
}


/* Appends the next value to a container; of a dict, a key and its value. */
static bool
knn_literal_item(knn_literal_t *literal, knn_value_t *list)
{
    size_t       n;
    knn_value_t *items[2];

    n = list->type == KNN_VALUE_DICT ? 2 : 1;
    items[0] = knn_literal_value(literal);

    if (items[0] == NULL) {
        return false;
    }

    if (n == 2) {
        items[1] =
            knn_literal_skip(literal, ':') ? knn_literal_value(literal) : NULL;

        if (items[0]->type != KNN_VALUE_TEXT || items[1] == NULL) {
            return false;
        }
    }

    return knn_value_append(literal->arena, list, items, n) == 0;
}


/* Reads items up to what closes their container. */
static knn_value_t *
knn_literal_items(knn_literal_t *literal, knn_value_e type, char close)
{
    bool         comma;
    knn_value_t *list;

    list = knn_value_new(literal->arena, type);

    if (list == NULL || ++literal->depth > KNN_LITERAL_DEPTH) {
        return NULL;
    }

    literal->pos++;

    for (comma = true; !knn_literal_skip(literal, close);
         comma = knn_literal_skip(literal, ','))
    {
        if (!comma || !knn_literal_item(literal, list)) {
            return NULL;
        }
    }

    literal->depth--;

    return list;
}


/* Reads any value. */
static knn_value_t *
knn_literal_value(knn_literal_t *literal)
{
    char c;

    c = knn_literal_peek(literal);

    switch (c) {

    case '{':
        return knn_literal_items(literal, KNN_VALUE_DICT, '}');

    case '[':
        return knn_literal_items(literal, KNN_VALUE_LIST, ']');

    case '(':
        return knn_literal_items(literal, KNN_VALUE_TUPLE, ')');

    case '\'':
    case '"':
        return knn_literal_text(literal);

    default:
        return c >= '0' && c <= '9' ? knn_literal_int(literal)
                                    : knn_literal_word(literal);
    }
}


knn_value_t *
knn_literal_read(knn_arena_t *arena, const char *text, size_t len)
{
    knn_value_t  *value;
    knn_literal_t literal;

    literal = (knn_literal_t){.arena = arena, .pos = text, .end = text + len};

    value = knn_literal_value(&literal);

    return value != NULL && knn_literal_peek(&literal) == '\0'
                   && literal.pos == literal.end
               ? value
               : NULL;
}
