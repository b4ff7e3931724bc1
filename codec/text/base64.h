
/*
 * Copyright (C) nginx-knn contributors
 */


#ifndef KNN_BASE64_H
#define KNN_BASE64_H


#include <stddef.h>


/*
 * Decodes base64 (RFC 4648), with its padding or without, into at most as
 * many bytes at out; returns their number, SIZE_MAX if it is none.
 */
size_t knn_base64_decode(const char *data, size_t size, char *out);


#endif /* KNN_BASE64_H */
