
/*
 * Copyright (C) nginx-knn contributors
 */


#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../codec/text/number.h"
#include "table_file.h"


/* what is read at least of a file whose size is not known */
#define KNN_TABLE_READ 1048576


/* Says why the table was refused. */
static bool
knn_table_file_refuse(const knn_table_file_t *file)
{
    const knn_table_reader_t *reader;

    reader = &file->reader;

    if (reader->fault > 0) {
        (void) knn_tool_refuse("%s:%zu: %s", file->name, reader->fault,
                               reader->error.message);
    }
    else {
        (void) knn_tool_refuse("%s: %s", file->name, reader->error.message);
    }

    return false;
}


/* Makes room for another byte. */
static bool
knn_table_file_grow(knn_table_file_t *file, size_t *capacity)
{
    char *data;

    if (file->size < *capacity) {
        return true;
    }

    data = realloc(file->data, 2 * *capacity);

    if (data == NULL) {
        (void) knn_tool_refuse("%s: no memory for more than %zu bytes",
                               file->name, file->size);
        return false;
    }

    file->data = data;
    *capacity *= 2;

    return true;
}


/* Reads all that comes. */
static bool
knn_table_file_read(knn_table_file_t *file, int fd)
{
    size_t      capacity;
    ssize_t     n;
    struct stat st;

    capacity = KNN_TABLE_READ;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        /* the end is seen by a byte that is not there */
        capacity = (size_t) st.st_size + 1;
    }

    file->data = malloc(capacity);

    if (file->data == NULL) {
        (void) knn_tool_refuse("%s: no memory for %zu bytes", file->name,
                               capacity);
        return false;
    }

    do {
        if (!knn_table_file_grow(file, &capacity)) {
            return false;
        }

        n = read(fd, file->data + file->size, capacity - file->size);
        file->size += n > 0 ? (size_t) n : 0;
    } while (n > 0 || (n < 0 && errno == EINTR));

    if (n < 0) {
        (void) knn_tool_refuse("%s: %s", file->name, strerror(errno));
    }

    return n == 0;
}


int
knn_table_file_header(const knn_arguments_t *arguments, knn_header_e *header)
{
    static const char *const words[] = {"auto", "yes", "no", NULL};

    int    status;
    size_t found;

    found = 0;
    status = knn_tool_word(arguments, KNN_TOOL_HEADER, words, "auto, yes or no",
                           &found);
    *header = (knn_header_e) found;

    return status;
}


bool
knn_table_file_open(knn_table_file_t *file, const char *path,
                    knn_header_e header)
{
    int  fd;
    bool done;

    memset(file, 0, sizeof(knn_table_file_t));
    file->name = path;
    fd = STDIN_FILENO;

    if (strcmp(path, "-") == 0) {
        file->name = "standard input";
    }
    else {
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }

    if (fd == -1) {
        (void) knn_tool_refuse("%s: %s", path, strerror(errno));
        return false;
    }

    done = knn_table_file_read(file, fd);

    if (fd != STDIN_FILENO) {
        (void) close(fd);
    }

    if (!done) {
        return false;
    }

    return knn_table_scan(&file->reader, file->data, file->size, header)
                   == KNN_OK
               ? true
               : knn_table_file_refuse(file);
}


bool
knn_table_file_fill(knn_table_file_t *file)
{
    return knn_table_fill(&file->reader) == KNN_OK
               ? true
               : knn_table_file_refuse(file);
}


void
knn_table_file_drop(knn_table_file_t *file)
{
    free(file->data);
    file->data = NULL;
}


void
knn_table_file_close(knn_table_file_t *file)
{
    knn_table_free(&file->reader);
    free(file->data);
}


/* The column of a number from 1, n_columns if it is none. */
static size_t
knn_table_file_number(const knn_table_t *table, const char *name)
{
    double      value;
    const char *end;

    end = name + strlen(name);

    if (knn_number_read(name, end, &value) != end || value < 1
        || value > (double) table->n_columns
        || value != (double) (size_t) value)
    {
        return table->n_columns;
    }

    return (size_t) value - 1;
}


size_t
knn_table_file_column(const knn_table_file_t *file, const char *name)
{
    size_t             i;
    const knn_table_t *table;

    table = &file->reader.table;

    if (table->columns[0].name == NULL) {
        i = knn_table_file_number(table, name);

        if (i == table->n_columns) {
            (void) knn_tool_refuse("%s: there is no header, so \"%s\" must be "
                                   "the number of a column, 1 to %zu",
                                   file->name, name, i);
        }

        return i;
    }

    for (i = 0; i < table->n_columns; i++) {
        if (strcmp(table->columns[i].name, name) == 0) {
            return i;
        }
    }

    (void) knn_tool_refuse("%s: no column is called \"%s\", the first is "
                           "\"%s\" and the last \"%s\"",
                           file->name, name, table->columns[0].name,
                           table->columns[table->n_columns - 1].name);

    return table->n_columns;
}
