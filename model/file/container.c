
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "container.h"


/* bytes that are looked at to tell text from data */
#define KNN_CONTAINER_SAMPLE 256

/* the opcode that names the protocol, in all of them since 2 */
#define KNN_CONTAINER_PROTO 0x80


typedef struct {
    size_t          len;
    const char     *magic;
    knn_container_e kind;
} knn_magic_t;


/* what is known by name and not read */
typedef struct {
    size_t      len;
    const char *magic;
    const char *reason;
} knn_refused_t;


static const knn_magic_t knn_magics[] = {
    {2, "\x80\x02", KNN_PICKLE},
    {2, "\x80\x03", KNN_PICKLE},
    {2, "\x80\x04", KNN_PICKLE},
    {2, "\x80\x05", KNN_PICKLE},
    {2, "\x1f\x8b", KNN_GZIP},
    {3, "BZh", KNN_BZ2},
    {6,
     "\xfd"
     "7zXZ\0",
     KNN_XZ},
    {3, "\x5d\0\0", KNN_LZMA},
    {4, "\x04\x22\x4d\x18", KNN_LZ4},
    {2, "ZF", KNN_ZFILE},
    {0, NULL, KNN_PICKLE},
};

static const knn_refused_t knn_refused[] = {
    {4, "\x28\xb5\x2f\xfd",
     "is compressed with zstd, use joblib.dump with compress=\"gzip\""},
    {4, "PK\3\4",
     "is a zip archive, unpack it, or dump the estimator with joblib.dump"},
    {6, "7z\xbc\xaf\x27\x1c", "is a 7z archive, unpack it"},
    {8, "\x89HDF\r\n\x1a\n", "is HDF5, dump the estimator with joblib.dump"},
    {6, "\x93NUMPY",
     "is a numpy array, dump the fitted estimator with joblib.dump"},
    {4,
     "\x7f"
     "ELF",
     "is a program, name a file of joblib.dump"},
    {23, "version https://git-lfs",
     "is a git-lfs pointer, fetch the file with git lfs pull"},
    {0, NULL, NULL},
};

static const char *const knn_container_names[] = {[KNN_PICKLE] = "pickle",
                                                  [KNN_ZLIB] = "zlib",
                                                  [KNN_GZIP] = "gzip",
                                                  [KNN_BZ2] = "bzip2",
                                                  [KNN_XZ] = "xz",
                                                  [KNN_LZMA] = "lzma",
                                                  [KNN_LZ4] = "lz4",
                                                  [KNN_ZFILE] = "zlib",
                                                  [KNN_NATIVE] = "safetensors"};


/* True when data begin with magic. */
static bool
knn_container_begins(const void *data, size_t size, const char *magic,
                     size_t len)
{
    return size >= len && memcmp(data, magic, len) == 0;
}


/*
 * A header follows its length of 8 bytes, which is below 2^32.  What begins so
 * is no other kind: all of them have something else in the upper half.
 */
bool
knn_container_is_native(const void *data, size_t size)
{
    return size >= KNN_CONTAINER_HEAD
           && memcmp((const char *) data + 4, "\0\0\0\0{", 5) == 0;
}


/* True when the header's checksum is zlib's. */
static bool
knn_container_is_zlib(const unsigned char *p, size_t size)
{
    return size >= 2 && p[0] == 0x78 && (p[0] * 256 + p[1]) % 31 == 0;
}


/* True for names and dots up to a line feed, which GLOBAL begins with. */
static bool
knn_container_is_name(const unsigned char *p, size_t size)
{
    size_t i;

    for (i = 0; i < size && i < KNN_CONTAINER_SAMPLE; i++) {
        if (p[i] == '\n') {
            return i > 0;
        }

        if (p[i] != '_' && p[i] != '.' && (p[i] < '0' || p[i] > '9')
            && ((p[i] | 0x20) < 'a' || (p[i] | 0x20) > 'z'))
        {
            return false;
        }
    }

    return false;
}


/* True for what an object or a container begins with in protocol 0 or 1. */
static bool
knn_container_is_old_pickle(const unsigned char *p, size_t size)
{
    if (p[0] == KNN_CONTAINER_PROTO || size < 2) {
        return p[0] == KNN_CONTAINER_PROTO;
    }

    switch (p[0]) {

    case 'c':
        return knn_container_is_name(p + 1, size - 1);

    case '(':
        return p[1] == 'd' || p[1] == 'l' || p[1] == 't' || p[1] == 'i'
               || (p[1] == 'c' && knn_container_is_name(p + 2, size - 2));

    case ']':
    case '}':
        return p[1] == 'q' || p[1] == 'r' || p[1] == 'p' || p[1] == '.';

    default:
        return false;
    }
}


/* What text is; NULL when there are other bytes than printable ones. */
static const char *
knn_container_text(const unsigned char *p, size_t size)
{
    size_t        i;
    unsigned char first;

    first = 0;

    for (i = 0; i < size && i < KNN_CONTAINER_SAMPLE; i++) {
        if (p[i] == 0x7f || (p[i] < ' ' && (p[i] < '\t' || p[i] > '\r'))) {
            return NULL;
        }

        if (first == 0 && p[i] > ' ') {
            first = p[i];
        }
    }

    return first == '<' ? "text, HTML or XML" : "text";
}


knn_status_e
knn_container_find(const void *data, size_t size, knn_container_e *kind,
                   knn_error_t *err)
{
    const char          *text;
    const knn_magic_t   *magic;
    const knn_refused_t *refused;

    if (size == 0) {
        return knn_error(err, KNN_MALFORMED,
                         "is empty, write it with joblib.dump");
    }

    /* the length may begin as any other kind */

    if (knn_container_is_native(data, size)) {
        *kind = KNN_NATIVE;
        return KNN_OK;
    }

    for (magic = knn_magics; magic->len != 0; magic++) {
        if (knn_container_begins(data, size, magic->magic, magic->len)) {
            *kind = magic->kind;
            return KNN_OK;
        }
    }

    if (knn_container_is_zlib(data, size)) {
        *kind = KNN_ZLIB;
        return KNN_OK;
    }

    for (refused = knn_refused; refused->len != 0; refused++) {
        if (knn_container_begins(data, size, refused->magic, refused->len)) {
            return knn_error(err, KNN_UNSUPPORTED, "%s", refused->reason);
        }
    }

    if (knn_container_is_old_pickle(data, size)) {
        *kind = KNN_PICKLE;
        return KNN_OK;
    }

    text = knn_container_text(data, size);

    return knn_error(err, KNN_UNSUPPORTED,
                     "is %s, dump the estimator with joblib.dump",
                     text == NULL ? "of unknown content" : text);
}


const char *
knn_container_name(knn_container_e kind)
{
    return knn_container_names[kind];
}
