
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>

#include <openssl/evp.h>

#include "digest.h"


void
knn_digest_init(knn_digest_t *digest)
{
    digest->context = EVP_MD_CTX_new();
    digest->failed =
        digest->context == NULL
        || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1;
}


void
knn_digest_add(knn_digest_t *digest, const void *data, size_t size)
{
    if (!digest->failed) {
        digest->failed = EVP_DigestUpdate(digest->context, data, size) != 1;
    }
}


knn_status_e
knn_digest_end(knn_digest_t *digest, char hex[KNN_DIGEST_SIZE],
               knn_error_t *err)
{
    unsigned      i, n;
    unsigned char bytes[EVP_MAX_MD_SIZE];

    n = 0;

    if (digest->failed || EVP_DigestFinal_ex(digest->context, bytes, &n) != 1) {
        n = 0;
    }

    EVP_MD_CTX_free(digest->context);

    if (n == 0) {
        return knn_error(err, KNN_NO_MEMORY, "libcrypto has no SHA-256");
    }

    for (i = 0; i < n; i++) {
        (void) snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    }

    return KNN_OK;
}


knn_status_e
knn_digest(const void *data, size_t size, const knn_beside_t *beside,
           char hex[KNN_DIGEST_SIZE], knn_error_t *err)
{
    knn_digest_t      digest;
    const knn_side_t *side;

    knn_digest_init(&digest);
    knn_digest_add(&digest, data, size);

    for (side = beside->first; side != NULL; side = side->next) {
        knn_digest_add(&digest, side->source.data, side->source.size);
    }

    return knn_digest_end(&digest, hex, err);
}
