
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>

#include <openssl/evp.h>

#include "digest.h"


/* Adds the bytes of all files; their digest's length, 0 when it fails. */
static unsigned
knn_digest_all(EVP_MD_CTX *context, const void *data, size_t size,
               const knn_beside_t *beside, unsigned char *digest)
{
    bool              good;
    unsigned          n;
    const knn_side_t *side;

    good = EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1
           && EVP_DigestUpdate(context, data, size) == 1;

    for (side = beside->first; side != NULL; side = side->next) {
        good =
            good
            && EVP_DigestUpdate(context, side->source.data, side->source.size)
                   == 1;
    }

    return good && EVP_DigestFinal_ex(context, digest, &n) == 1 ? n : 0;
}


knn_status_e
knn_digest(const void *data, size_t size, const knn_beside_t *beside,
           char hex[KNN_DIGEST_SIZE], knn_error_t *err)
{
    unsigned      i, n;
    EVP_MD_CTX   *context;
    unsigned char digest[EVP_MAX_MD_SIZE];

    context = EVP_MD_CTX_new();
    n = context == NULL ? 0
                        : knn_digest_all(context, data, size, beside, digest);
    EVP_MD_CTX_free(context);

    if (n == 0) {
        return knn_error(err, KNN_NO_MEMORY, "libcrypto has no SHA-256");
    }

    for (i = 0; i < n; i++) {
        (void) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }

    return KNN_OK;
}
