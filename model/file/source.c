
/*
 * Copyright (C) nginx-knn contributors
 */


#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
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


/* Refuses a file of no bytes. */
static knn_status_e
knn_source_empty(knn_error_t *err)
{
    return knn_error(err, KNN_MALFORMED, "is empty, write it with joblib.dump");
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
        return knn_source_empty(err);
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


/* Whether an open file is one that is mapped. */
static bool
knn_source_is_native(int fd)
{
    char head[KNN_CONTAINER_HEAD];

    return pread(fd, head, sizeof(head), 0) == (ssize_t) sizeof(head)
           && knn_container_is_native(head, sizeof(head));
}


/* Maps an open file. */
static knn_status_e
knn_source_map(int fd, knn_source_t *source, knn_error_t *err)
{
    void *data;

    data = mmap(NULL, source->size, PROT_READ, MAP_PRIVATE, fd, 0);

    if (data == MAP_FAILED) {
        return knn_error(err, KNN_IO, "cannot be mapped: %s", strerror(errno));
    }

    source->data = data;
    source->mapped = true;

    return KNN_OK;
}


/* Reads an open file. */
static knn_status_e
knn_source_load(int fd, knn_source_t *source, knn_error_t *err)
{
    void        *data;
    knn_status_e rc;

    data = malloc(source->size);

    if (data == NULL) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for its %zu bytes",
                         source->size);
    }

    rc = knn_source_fill(fd, data, source->size, err);

    if (rc != KNN_OK) {
        free(data);
        return rc;
    }

    source->data = data;
    source->mapped = false;

    return KNN_OK;
}


/* Opens a file with some flags more, and takes it. */
static knn_status_e
knn_source_take(const char *path, int flags, size_t max_bytes,
                knn_source_t *source, knn_error_t *err)
{
    int          fd;
    knn_status_e rc;

    /* opening a FIFO would wait for its writer */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);

    if (fd == -1) {
        return knn_error(err, KNN_IO, "cannot be opened: %s", strerror(errno));
    }

    rc = knn_source_check(fd, max_bytes, &source->size, err);

    if (rc == KNN_OK) {
        rc = knn_source_is_native(fd) ? knn_source_map(fd, source, err)
                                      : knn_source_load(fd, source, err);
    }

    (void) close(fd);

    return rc;
}


knn_status_e
knn_source_read(const char *path, size_t max_bytes, knn_source_t *source,
                knn_error_t *err)
{
    return knn_source_take(path, 0, max_bytes, source, err);
}


knn_status_e
knn_source_read_beside(const char *path, size_t max_bytes, knn_source_t *source,
                       knn_error_t *err)
{
    return knn_source_take(path, O_NOFOLLOW, max_bytes, source, err);
}


knn_status_e
knn_source_copy(const void *data, size_t size, knn_source_t *source,
                knn_error_t *err)
{
    void *copy;

    if (size == 0) {
        return knn_source_empty(err);
    }

    copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);

    if (copy == MAP_FAILED) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for its %zu bytes",
                         size);
    }

    memcpy(copy, data, size);
    (void) mprotect(copy, size, PROT_READ);

    *source = (knn_source_t){.data = copy, .size = size, .mapped = true};

    return KNN_OK;
}


void
knn_source_free(knn_source_t *source)
{
    if (source->mapped) {
        (void) munmap(source->data, source->size);
    }
    else {
        free(source->data);
    }

    *source = (knn_source_t){.data = NULL};
}
