
/*
 * Copyright (C) nginx-knn contributors
 */


#ifndef KNN_UTF8_H
#define KNN_UTF8_H


#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


/* No overlong forms, no surrogates, nothing beyond 10FFFF. */
bool knn_utf8_valid(const char *data, size_t len);

/* Writes up to 4 bytes; their number, 0 when code is no character. */
size_t knn_utf8_put(char *to, uint32_t code);

/* Reads one character of valid text and moves p behind it. */
uint32_t knn_utf8_next(const char **p);

/*
 * Copies text of a file into a message: what is not printable ASCII becomes
 * '?', what does not fit is left out.  Returns to.
 */
const char *knn_utf8_quote(char *to, size_t size, const char *data, size_t len);


#endif /* KNN_UTF8_H */
