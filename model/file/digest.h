
/*
 * Copyright (C) nginx-knn contributors
 */


/* The SHA-256 of a file, and of the files that belong to it. */


#ifndef KNN_DIGEST_H
#define KNN_DIGEST_H


#include "../pickle/beside.h"


#define KNN_DIGEST_SIZE 65


/*
 * The digest, as hexadecimal digits, of data and of all that was read beside
 * it, as if they were one file.
 */
knn_status_e knn_digest(const void *data, size_t size,
                        const knn_beside_t *beside, char hex[KNN_DIGEST_SIZE],
                        knn_error_t *err);


#endif /* KNN_DIGEST_H */
