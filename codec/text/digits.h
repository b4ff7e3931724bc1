
/*
 * Copyright (C) nginx-knn contributors
 */


/* Decimal digits, eight at a time. */


#ifndef KNN_DIGITS_H
#define KNN_DIGITS_H


#include <endian.h>
#include <stdint.h>
#include <string.h>


#define KNN_EIGHT 100000000u


/* Eight characters, of which the first one is the lowest byte. */
static inline uint64_t
knn_digits_load(const char *p)
{
    uint64_t chars;

    memcpy(&chars, p, sizeof(uint64_t));

    return le64toh(chars);
}


/* How many of eight characters are digits before the first that is none. */
static inline unsigned
knn_digits_count(uint64_t chars)
{
    uint64_t values, others;

    /* in each byte, what is above 9 reaches the highest bit */

    values = chars ^ 0x3030303030303030u;
    others = ((values + 0x7676767676767676u) | values) & 0x8080808080808080u;

    return others == 0 ? 8 : (unsigned) __builtin_ctzll(others) / 8;
}


/* The number of the first characters, up to eight, all of which are digits. */
static inline uint64_t
knn_digits_value(uint64_t chars, unsigned count)
{
    uint64_t values;

    /* zeros before them take the place of the characters behind them */

    values = chars ^ 0x3030303030303030u;
    values = values << (32 - 4 * count) << (32 - 4 * count);

    /* twos, fours, and all of them */

    values = values * 10 + (values >> 8);
    values = ((values & 0x000000FF000000FFu) * (100 + (1000000ull << 32))
              + ((values >> 16) & 0x000000FF000000FFu) * (1 + (10000ull << 32)))
             >> 32;

    return values;
}


#endif /* KNN_DIGITS_H */
