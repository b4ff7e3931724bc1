
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


/* Says that the system refuses to read. */
static knn_status_e
knn_source_unreadable(knn_error_t *err)
{
    return knn_error(err, KNN_IO, "cannot be read: %s", strerror(errno));
}


/* Says that somebody writes into the file. */
static knn_status_e
knn_source_changed(knn_error_t *err)
{
    return knn_error(err, KNN_IO,
                     "changed while it was read, replace files by renaming");
}


/* Says that a file is larger than what there is. */
static knn_status_e
knn_source_no_memory(size_t size, knn_error_t *err)
{
    return knn_error(err, KNN_NO_MEMORY, "no memory for its %zu bytes", size);
}


/* Refuses what is no regular file within the limit. */
static knn_status_e
knn_source_check(int fd, size_t max_bytes, struct stat *st, knn_error_t *err)
{
    if (fstat(fd, st) == -1) {
        return knn_source_unreadable(err);
    }

    if (!S_ISREG(st->st_mode)) {
        return knn_error(err, KNN_UNSUPPORTED, "is %s, name a regular file",
                         knn_source_kind(st->st_mode));
    }

    if ((uintmax_t) st->st_size > max_bytes) {
        return knn_error(err, KNN_LIMIT,
                         "has %ju bytes, more than the %zu allowed",
                         (uintmax_t) st->st_size, max_bytes);
    }

    return st->st_size == 0 ? knn_source_empty(err) : KNN_OK;
}


/* Refuses a file that was written to since st was taken. */
static knn_status_e
knn_source_unchanged(int fd, const struct stat *st, knn_error_t *err)
{
    struct stat now;

    if (fstat(fd, &now) == -1) {
        return knn_source_unreadable(err);
    }

    if (now.st_size != st->st_size || now.st_mtim.tv_sec != st->st_mtim.tv_sec
        || now.st_mtim.tv_nsec != st->st_mtim.tv_nsec)
    {
        return knn_source_changed(err);
    }

    return KNN_OK;
}


/* Reads all the bytes that there were, behind which the file must end. */
static knn_status_e
knn_source_fill(int fd, const knn_source_t *source, knn_error_t *err)
{
    char    more;
    size_t  done;
    ssize_t n;

    done = 0;

    for (;;) {
        n = done < source->size
                ? read(fd, (char *) source->data + done, source->size - done)
                : read(fd, &more, 1);

        if (n == -1 && errno == EINTR) {
            continue;
        }

        if (n == -1) {
            return knn_source_unreadable(err);
        }

        if ((n == 0) != (done == source->size)) {
            return knn_source_changed(err);
        }

        if (n == 0) {
            return KNN_OK;
        }

        done += (size_t) n;
    }
}


/* Makes a mapping read-only. */
static void
knn_source_seal(const knn_source_t *source)
{
    if (source->mapped) {
        (void) mprotect(source->data, source->size, PROT_READ);
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


/*
 * Takes memory that is made read-only.  It is never the file's own: who writes
 * into a file that is served, or cuts it, must not reach those who serve it.
 */
static knn_status_e
knn_source_map(size_t size, knn_source_t *source, knn_error_t *err)
{
    void *data;

    data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);

    if (data == MAP_FAILED) {
        return knn_source_no_memory(size, err);
    }

    (void) madvise(data, size, MADV_HUGEPAGE);

    *source = (knn_source_t){.data = data, .size = size, .mapped = true};

    return KNN_OK;
}


/* Takes memory that is not. */
static knn_status_e
knn_source_alloc(size_t size, knn_source_t *source, knn_error_t *err)
{
    void *data;

    data = malloc(size);

    if (data == NULL) {
        return knn_source_no_memory(size, err);
    }

    *source = (knn_source_t){.data = data, .size = size};

    return KNN_OK;
}


/* Reads an open file. */
static knn_status_e
knn_source_load(int fd, size_t max_bytes, knn_source_t *source,
                knn_error_t *err)
{
    struct stat  st;
    knn_status_e rc;

    rc = knn_source_check(fd, max_bytes, &st, err);

    if (rc == KNN_OK) {
        rc = knn_source_is_native(fd)
                 ? knn_source_map((size_t) st.st_size, source, err)
                 : knn_source_alloc((size_t) st.st_size, source, err);
    }

    if (rc != KNN_OK) {
        return rc;
    }

    rc = knn_source_fill(fd, source, err);

    if (rc == KNN_OK) {
        rc = knn_source_unchanged(fd, &st, err);
    }

    if (rc == KNN_OK) {
        knn_source_seal(source);
    }
    else {
        knn_source_free(source);
    }

    return rc;
}


/* Maps an open file; what is read of it at random is best in huge pages. */
static knn_status_e
knn_source_lend(int fd, knn_source_t *source, knn_error_t *err)
{
    void       *data;
    struct stat st;

    if (knn_source_check(fd, SIZE_MAX, &st, err) != KNN_OK) {
        return err->status;
    }

    data = mmap(NULL, (size_t) st.st_size, PROT_READ, MAP_SHARED, fd, 0);

    if (data == MAP_FAILED) {
        return knn_error(err, KNN_IO, "cannot be mapped: %s", strerror(errno));
    }

    (void) madvise(data, (size_t) st.st_size, MADV_HUGEPAGE);

    *source = (knn_source_t){.data = data,
                             .size = (size_t) st.st_size,
                             .mapped = true,
                             .shared = true};

    return KNN_OK;
}


/* Opens a file with some flags more, and reads or maps it. */
static knn_status_e
knn_source_take(const char *path, int flags, bool share, size_t max_bytes,
                knn_source_t *source, knn_error_t *err)
{
    int          fd;
    knn_status_e rc;

    /* opening a FIFO would wait for its writer */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);

    if (fd == -1) {
        return knn_error(err, KNN_IO, "cannot be opened: %s", strerror(errno));
    }

    rc = share ? knn_source_lend(fd, source, err)
               : knn_source_load(fd, max_bytes, source, err);

    (void) close(fd);

    return rc;
}


knn_status_e
knn_source_read(const char *path, size_t max_bytes, knn_source_t *source,
                knn_error_t *err)
{
    return knn_source_take(path, 0, false, max_bytes, source, err);
}


knn_status_e
knn_source_read_beside(const char *path, size_t max_bytes, knn_source_t *source,
                       knn_error_t *err)
{
    return knn_source_take(path, O_NOFOLLOW, false, max_bytes, source, err);
}


knn_status_e
knn_source_share(const char *path, knn_source_t *source, knn_error_t *err)
{
    return knn_source_take(path, 0, true, SIZE_MAX, source, err);
}


knn_status_e
knn_source_copy(const void *data, size_t size, knn_source_t *source,
                knn_error_t *err)
{
    if (size == 0) {
        return knn_source_empty(err);
    }

    if (knn_source_map(size, source, err) != KNN_OK) {
        return err->status;
    }

    memcpy(source->data, data, size);
    knn_source_seal(source);

    return KNN_OK;
}


size_t
knn_source_drop(const knn_source_t *source, const void *data, size_t size)
{
    char  *start, *end;
    size_t page;

    if (!source->mapped || (const char *) data < (const char *) source->data
        || (size_t) ((const char *) data - (const char *) source->data)
               >= source->size)
    {
        return 0;
    }

    page = (size_t) sysconf(_SC_PAGESIZE);
    start = (char *) (((uintptr_t) data + page - 1) & ~(page - 1));
    end = (char *) (((uintptr_t) data + size) & ~(page - 1));

    if (start >= end || mprotect(start, (size_t) (end - start), PROT_NONE) != 0)
    {
        return 0;
    }

    (void) madvise(start, (size_t) (end - start), MADV_DONTNEED);

    return (size_t) (end - start);
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
