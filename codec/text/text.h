
/*
 * Copyright (C) nginx-knn contributors
 */


/* UTF-8 and the strings of JSON. */


#ifndef KNN_TEXT_H
#define KNN_TEXT_H


#include <stdbool.h>
#include <stddef.h>


/* what a byte may become: \u001f, or the replacement of an invalid one */
#define KNN_TEXT_ESCAPE 6


/* The bytes of the character at p, 0 if it is not valid UTF-8. */
size_t knn_text_char(const char *p, const char *end);

/* True for valid UTF-8 without control characters. */
bool knn_text_printable(const char *p, size_t size);

/*
 * Writes text as the inside of a JSON string, up to the last character that
 * fits before last; invalid bytes become U+FFFD.  Returns its end.
 */
char *knn_text_write(char *p, char *last, const char *text, size_t size);

/*
 * Writes text as a JSON string into buf of size bytes, "..." for what does
 * not fit; returns buf, NUL-terminated.
 */
const char *knn_text_quote(char *buf, size_t size, const char *text,
                           size_t len);


#endif /* KNN_TEXT_H */
