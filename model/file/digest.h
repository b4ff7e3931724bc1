
/*
 * Copyright (C) nginx-knn contributors
 */


/* SHA-256, of bytes that come piece by piece. */


#ifndef KNN_DIGEST_H
#define KNN_DIGEST_H


#include "../pickle/beside.h"


#define KNN_DIGEST_SIZE 65


typedef struct {
    void *context; /* of libcrypto */
    bool  failed;
} knn_digest_t;


/* Begins a digest, which is to be ended. */
void knn_digest_init(knn_digest_t *digest);

void knn_digest_add(knn_digest_t *digest, const void *data, size_t size);

/* Ends it, as hexadecimal digits. */
knn_status_e knn_digest_end(knn_digest_t *digest, char hex[KNN_DIGEST_SIZE],
                            knn_error_t *err);

/* The digest of data and of all that was read beside it, as of one file. */
knn_status_e knn_digest(const void *data, size_t size,
                        const knn_beside_t *beside, char hex[KNN_DIGEST_SIZE],
                        knn_error_t *err);


#endif /* KNN_DIGEST_H */
