
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdint.h>

#include "base64.h"


/* The six bits of a character, or more for what is none. */
static uint32_t
knn_base64_bits(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (uint32_t) (c - 'A');
    }

    if (c >= 'a' && c <= 'z') {
        return (uint32_t) (c - 'a') + 26;
    }

    if (c >= '0' && c <= '9') {
        return (uint32_t) (c - '0') + 52;
    }

    return c == '+' ? 62 : c == '/' ? 63 : 64;
}


size_t
knn_base64_decode(const char *data, size_t size, char *out)
{
    char    *p;
    size_t   i;
    uint32_t bits, six;

    for (i = 0; i < 2 && i < size && data[size - i - 1] == '='; i++) {
        /* void */
    }

    size -= size % 4 == 0 ? i : 0;

    if (size % 4 == 1) {
        return SIZE_MAX;
    }

    p = out;
    bits = 0;

    for (i = 0; i < size; i++) {
        six = knn_base64_bits(data[i]);

        if (six > 63) {
            return SIZE_MAX;
        }

        bits = bits << 6 | six;

        /* the second to fourth of four characters end a byte each */

        if (i % 4 > 0) {
            *p++ = (char) (bits >> (6 - 2 * (i % 4)));
        }
    }

    return (size_t) (p - out);
}
