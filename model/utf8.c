
/*
 * Copyright (C) nginx-knn contributors
 */


#include "utf8.h"


/* Bytes of a well-formed character at p, 0 when there is none. */
static size_t
knn_utf8_length(const unsigned char *p, size_t left)
{
    size_t        i, n;
    unsigned char low, high;

    if (p[0] < 0x80) {
        return 1;
    }

    low = 0x80;
    high = 0xbf;

    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        n = 2;
    }
    else if ((p[0] & 0xf0) == 0xe0) {
        n = 3;
        low = p[0] == 0xe0 ? 0xa0 : 0x80;
        high = p[0] == 0xed ? 0x9f : 0xbf;
    }
    else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        n = 4;
        low = p[0] == 0xf0 ? 0x90 : 0x80;
        high = p[0] == 0xf4 ? 0x8f : 0xbf;
    }
    else {
        return 0;
    }

    if (left < n || p[1] < low || p[1] > high) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }

    return n;
}


bool
knn_utf8_valid(const char *data, size_t len)
{
    size_t               i, n;
    const unsigned char *p;

    p = (const unsigned char *) data;

    for (i = 0; i < len; i += n) {
        n = knn_utf8_length(p + i, len - i);

        if (n == 0) {
            return false;
        }
    }

    return true;
}


size_t
knn_utf8_put(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char) code;
        return 1;
    }

    if (code < 0x800) {
        to[0] = (char) (0xc0 | (code >> 6));
        to[1] = (char) (0x80 | (code & 0x3f));
        return 2;
    }

    if (code >= 0xd800 && code <= 0xdfff) {
        return 0;
    }

    if (code < 0x10000) {
        to[0] = (char) (0xe0 | (code >> 12));
        to[1] = (char) (0x80 | ((code >> 6) & 0x3f));
        to[2] = (char) (0x80 | (code & 0x3f));
        return 3;
    }

    if (code > 0x10ffff) {
        return 0;
    }

    to[0] = (char) (0xf0 | (code >> 18));
    to[1] = (char) (0x80 | ((code >> 12) & 0x3f));
    to[2] = (char) (0x80 | ((code >> 6) & 0x3f));
    to[3] = (char) (0x80 | (code & 0x3f));

    return 4;
}


uint32_t
knn_utf8_next(const char **p)
{
    size_t               n;
    uint32_t             code;
    const unsigned char *s;

    s = (const unsigned char *) *p;

    if (s[0] < 0x80) {
        *p += 1;
        return s[0];
    }

    n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    code = s[0] & (0x7fu >> n);
    *p += n;

    while (--n > 0) {
        code = (code << 6) | (*++s & 0x3f);
    }

    return code;
}


const char *
knn_utf8_quote(char *to, size_t size, const char *data, size_t len)
{
    size_t i;

    for (i = 0; i < len && i < size - 1; i++) {
        to[i] = data[i] >= ' ' && data[i] <= '~' ? data[i] : '?';
    }

    to[i] = '\0';

    return to;
}
