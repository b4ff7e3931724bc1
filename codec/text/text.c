
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "text.h"


#define KNN_TEXT_REPLACEMENT "\xEF\xBF\xBD"


/* True if size bytes from p on continue a character. */
static bool
knn_text_continues(const unsigned char *p, const unsigned char *end,
                   size_t size)
{
    size_t i;

    if ((size_t) (end - p) < size) {
        return false;
    }

    for (i = 0; i < size; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return false;
        }
    }

    return true;
}


size_t
knn_text_char(const char *p, const char *end)
{
    size_t               more;
    const unsigned char *s, *last;

    s = (const unsigned char *) p;
    last = (const unsigned char *) end;

    if (*s < 0x80) {
        return 1;
    }

    /* neither overlong forms nor surrogates nor what is above U+10FFFF */

    more = (size_t) (*s >= 0xC2) + (*s >= 0xE0) + (*s >= 0xF0);

    if (more == 0 || *s > 0xF4 || !knn_text_continues(s + 1, last, more)) {
        return 0;
    }

    if ((*s == 0xE0 && s[1] < 0xA0) || (*s == 0xED && s[1] > 0x9F)
        || (*s == 0xF0 && s[1] < 0x90) || (*s == 0xF4 && s[1] > 0x8F))
    {
        return 0;
    }

    return more + 1;
}


bool
knn_text_printable(const char *p, size_t size)
{
    size_t      n;
    const char *end;

    for (end = p + size; p < end; p += n) {
        n = knn_text_char(p, end);

        if (n == 0 || (n == 1 && ((unsigned char) *p < 0x20 || *p == 0x7F))) {
            return false;
        }
    }

    return true;
}


/* What an ASCII character becomes; returns its length. */
static size_t
knn_text_escape(char c, char *buf)
{
    static const char hex[] = "0123456789abcdef";
    static const char special[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";

    const char *s;

    s = c == '\0' ? NULL : strchr(special, c);

    if (s != NULL) {
        buf[0] = '\\';
        buf[1] = letters[s - special];
        return 2;
    }

    if ((unsigned char) c >= 0x20 && c != 0x7F) {
        buf[0] = c;
        return 1;
    }

    buf[0] = '\\';
    buf[1] = 'u';
    buf[2] = '0';
    buf[3] = '0';
    buf[4] = hex[c >> 4];
    buf[5] = hex[c & 15];

    return 6;
}


char *
knn_text_write(char *p, char *last, const char *text, size_t size)
{
    char        buf[KNN_TEXT_ESCAPE];
    size_t      n, used;
    const char *end, *from;

    for (end = text + size; text < end; text += used) {
        used = knn_text_char(text, end);
        n = used;
        from = text;

        if (used == 0) {
            used = 1;
            n = sizeof(KNN_TEXT_REPLACEMENT) - 1;
            from = KNN_TEXT_REPLACEMENT;
        }
        else if (used == 1) {
            n = knn_text_escape(*text, buf);
            from = buf;
        }

        if ((size_t) (last - p) < n) {
            break;
        }

        memcpy(p, from, n);
        p += n;
    }

    return p;
}


const char *
knn_text_quote(char *buf, size_t size, const char *text, size_t len)
{
    char       *p, *next, *last;
    size_t      used;
    const char *end;

    p = buf;
    last = buf + size - sizeof("...\"");

    *p++ = '"';

    for (end = text + len; text < end; text += used) {
        used = knn_text_char(text, end);
        used = used == 0 ? 1 : used;
        next = knn_text_write(p, last, text, used);

        if (next == p) {
            p = stpcpy(p, "...");
            break;
        }

        p = next;
    }

    *p++ = '"';
    *p = '\0';

    return buf;
}
