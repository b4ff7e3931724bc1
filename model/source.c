
/*
 * Copyright (C) nginx-knn contributors
 */


#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "source.h"


/* What a path is that is no regular file. */
static const char *
knn_source_kind(mode_t mode)
{
    switch (mode & S_IFMT) {

    case S_IFDIR:
        return "a directory";

    case S_IFIFO:
        return "a FIFO";

    case S_IFSOCK:
        return "a socket";

    default:
        return "a device";
    }
}


/* Refuses what is no regular file within the limit. */
static knn_status_e
knn_source_check(int fd, size_t max_bytes, size_t *size, knn_error_t *err)
{
    struct stat st;

    if (fstat(fd, &st) == -1) {
        return knn_error(err, KNN_IO, "cannot be read: %s", strerror(errno));
    }

    if (!S_ISREG(st.st_mode)) {
        return knn_error(err, KNN_UNSUPPORTED, "is %s, name a regular file",
                         knn_source_kind(st.st_mode));
    }

    if ((uintmax_t) st.st_size > max_bytes) {
        return knn_error(err, KNN_LIMIT,
                         "has %ju bytes, more than the %zu allowed",
                         (uintmax_t) st.st_size, max_bytes);
    }

    if (st.st_size == 0) {
        return knn_error(err, KNN_MALFORMED,
                         "is empty, write it with joblib.dump");
    }

    *size = (size_t) st.st_size;

    return KNN_OK;
}


/* Reads exactly size bytes, behind which the file must end. */
static knn_status_e
knn_source_fill(int fd, char *data, size_t size, knn_error_t *err)
{
    char    more;
    size_t  done;
    ssize_t n;

    done = 0;

    for (;;) {
        n = done < size ? read(fd, data + done, size - done)
                        : read(fd, &more, 1);

        if (n == -1 && errno == EINTR) {
            continue;
        }

        if (n == -1) {
            return knn_error(err, KNN_IO, "cannot be read: %s",
                             strerror(errno));
        }

        if ((n == 0) != (done == size)) {
            return knn_error(err, KNN_IO,
                             "changed while it was read, replace files by "
                             "renaming");
        }

        if (n == 0) {
            return KNN_OK;
        }

        done += (size_t) n;
    }
}


/* Reads an open file. */
static knn_status_e
knn_source_load(int fd, size_t max_bytes, void **data, size_t *size,
                knn_error_t *err)
{
    void        *buf;
    knn_status_e rc;

    rc = knn_source_check(fd, max_bytes, size, err);

    if (rc != KNN_OK) {
        return rc;
    }

    buf = malloc(*size);

    if (buf == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for its %zu bytes",
                         *size);
    }

    rc = knn_source_fill(fd, buf, *size, err);

    if (rc != KNN_OK) {
        free(buf);
        return rc;
    }

    *data = buf;

    return KNN_OK;
}


knn_status_e
knn_source_read(const char *path, size_t max_bytes, void **data, size_t *size,
                knn_error_t *err)
{
    int          fd;
    knn_status_e rc;

    /* opening a FIFO would wait for its writer */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd == -1) {
        return knn_error(err, KNN_IO, "cannot be opened: %s", strerror(errno));
    }

    rc = knn_source_load(fd, max_bytes, data, size, err);
    (void) close(fd);

    return rc;
}


knn_status_e
knn_source_sha256(const void *data, size_t size, char hex[KNN_SHA256_SIZE],
                  knn_error_t *err)
{
    unsigned      i, n;
    unsigned char digest[EVP_MAX_MD_SIZE];

    if (EVP_Digest(data, size, digest, &n, EVP_sha256(), NULL) != 1) {
        return knn_error(err, KNN_NO_MEMORY, "libcrypto has no SHA-256");
    }

    for (i = 0; i < KNN_SHA256_SIZE / 2; i++) {
        (void) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }

    return KNN_OK;
}
