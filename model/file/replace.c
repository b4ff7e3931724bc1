
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

#include "replace.h"


/* Says why the system refused. */
static knn_status_e
knn_replace_fail(knn_error_t *err)
{
    return knn_error(err, KNN_IO, "cannot be written: %s", strerror(errno));
}


knn_status_e
knn_replace_open(knn_replace_t *file, const char *path, knn_error_t *err)
{
    struct stat st;

    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "is no regular file, name one, or a new one");
    }

    if (asprintf(&file->temporary, "%s.%ld.tmp", path, (long) getpid()) == -1) {
        return knn_error(err, KNN_NO_MEMORY, "no memory for its name");
    }

    file->path = path;
    file->fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                    S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH);

    if (file->fd == -1) {
        free(file->temporary);
        return knn_replace_fail(err);
    }

    return KNN_OK;
}


knn_status_e
knn_replace_write(knn_replace_t *file, const void *data, size_t size,
                  knn_error_t *err)
{
    size_t      done;
    ssize_t     n;
    const char *p;

    p = data;

    for (done = 0; done < size; done += (size_t) n) {
        n = write(file->fd, p + done, size - done);

        if (n == -1 && errno != EINTR) {
            return knn_replace_fail(err);
        }

        n = (n == -1) ? 0 : n;
    }

    return KNN_OK;
}


/* Makes the new name last; a file system that cannot does no harm. */
static void
knn_replace_sync(const char *path)
{
    int   fd;
    char *folder, *slash;

    folder = strdup(path);

    if (folder == NULL) {
        return;
    }

    slash = strrchr(folder, '/');

    if (slash != NULL) {
        slash[slash == folder] = '\0';
    }

    fd = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd != -1) {
        (void) fsync(fd);
        (void) close(fd);
    }

    free(folder);
}


knn_status_e
knn_replace_close(knn_replace_t *file, knn_error_t *err)
{
    if (fsync(file->fd) == -1 || rename(file->temporary, file->path) == -1) {
        (void) knn_replace_fail(err);
        knn_replace_abandon(file);
        return err->status;
    }

    (void) close(file->fd);
    free(file->temporary);

    knn_replace_sync(file->path);

    return KNN_OK;
}


void
knn_replace_abandon(knn_replace_t *file)
{
    (void) close(file->fd);
    (void) unlink(file->temporary);
    free(file->temporary);
}
