
/*
 * Copyright (C) nginx-knn contributors
 */


/* Files, what they are told to be by their first bytes, and compression. */


#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>

#include "../checking.h"
#include "../../../model/file/container.h"
#include "../../../model/file/digest.h"
#include "../../../model/file/inflate.h"
#include "../../../model/file/source.h"


#define ROOM     (1024 * 1024)
#define MAX_SIZE (8 * ROOM)
#define BYTES(s) (s), sizeof(s) - 1


static knn_error_t err;
static char        folder[64];
static char        path[128];


static void
folder_setup(void)
{
    strcpy(folder, "/tmp/knn-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/model", folder);
    memset(&err, 0, sizeof(err));
}


static void
folder_teardown(void)
{
    unlink(path);
    rmdir(folder);
}


static void
write_file(const void *data, size_t size)
{
    FILE *file;

    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    fclose(file);
}


static void
check_message(const char *word)
{
    ck_assert_int_ne(err.status, KNN_OK);
    ck_assert_msg(strstr(err.message, word) != NULL, "\"%s\" lacks \"%s\"",
                  err.message, word);
}


static void
refuse_file(const char *name, size_t max_bytes, const char *word)
{
    knn_status_e rc;
    knn_source_t source;

    rc = knn_source_read(name, max_bytes, &source, &err);
    ck_assert_int_ne(rc, KNN_OK);
    ck_assert_int_eq(rc, err.status);
    check_message(word);
}


START_TEST(file)
{
    knn_source_t source;

    write_file("abc", 3);
    ck_assert_int_eq(knn_source_read(path, 3, &source, &err), KNN_OK);
    ck_assert_uint_eq(source.size, 3);
    ck_assert_mem_eq(source.data, "abc", 3);
    knn_source_free(&source);

    refuse_file(path, 2, "more than the 2 allowed");
    ck_assert_int_eq(err.status, KNN_LIMIT);
}
END_TEST


START_TEST(no_file)
{
    refuse_file(path, ROOM, "No such file");
    ck_assert_int_eq(err.status, KNN_IO);
    refuse_file(folder, ROOM, "a directory");
    refuse_file("/dev/zero", ROOM, "a device");

    ck_assert_int_eq(symlink("/nowhere/at/all", path), 0);
    refuse_file(path, ROOM, "No such file");
}
END_TEST


START_TEST(empty_file)
{
    write_file("", 0);
    refuse_file(path, ROOM, "empty");
}
END_TEST


/* Opening one that nobody writes to would wait for ever. */
START_TEST(fifo)
{
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    refuse_file(path, ROOM, "a FIFO");
}
END_TEST


/* A hole is as large as it says, and nothing of it is read. */
START_TEST(sparse_file)
{
    write_file("", 0);
    ck_assert_int_eq(truncate(path, (off_t) 1 << 40), 0);
    refuse_file(path, ROOM, "1099511627776 bytes");
}
END_TEST


/* enough of a native file to be told from others, and some pages more */
#define NATIVE      "\x80\4\0\0\0\0\0\0{"
#define NATIVE_SIZE ((size_t) 8 * ROOM)


/* Writes a native file of NATIVE_SIZE bytes, zeros but for its head. */
static void
write_native(void)
{
    write_file(BYTES(NATIVE));
    ck_assert_int_eq(truncate(path, (off_t) NATIVE_SIZE), 0);
}


/* The bytes are ours: who cuts or overwrites the file does not reach them. */
START_TEST(harmed_file)
{
    knn_source_t source;

    write_native();
    ck_assert_int_eq(knn_source_read(path, NATIVE_SIZE, &source, &err), KNN_OK);
    ck_assert(source.mapped);

    write_file("x", 1);
    ck_assert_mem_eq(source.data, NATIVE, sizeof(NATIVE) - 1);
    ck_assert_int_eq(((char *) source.data)[NATIVE_SIZE - 1], 0);
    knn_source_free(&source);
}
END_TEST


/* What is given back is whole pages, and nothing beside them. */
START_TEST(dropped_pages)
{
    char        *data;
    size_t       page;
    knn_source_t source;

    page = (size_t) sysconf(_SC_PAGESIZE);

    write_native();
    ck_assert_int_eq(knn_source_read(path, NATIVE_SIZE, &source, &err), KNN_OK);
    data = source.data;

    ck_assert_uint_eq(knn_source_drop(&source, data + 1, page), 0);
    ck_assert_uint_eq(knn_source_drop(&source, &page, 4 * page), 0);
    ck_assert_uint_eq(knn_source_drop(&source, data + NATIVE_SIZE, page), 0);
    ck_assert_uint_eq(knn_source_drop(&source, data + 1, 3 * page), 2 * page);

    ck_assert_mem_eq(data, NATIVE, sizeof(NATIVE) - 1);
    ck_assert_int_eq(data[3 * page], 0);
    knn_source_free(&source);
}
END_TEST


static atomic_bool reading;


/* Writes one byte of the file over and over. */
static void *
scribble(void *data)
{
    int fd;

    (void) data;

    fd = open(path, O_WRONLY);
    ck_assert_int_ne(fd, -1);

    while (atomic_load(&reading)) {
        ck_assert_int_eq(pwrite(fd, "x", 1, ROOM), 1);
    }

    close(fd);

    return NULL;
}


/* Half of one model and half of another must not be taken for one. */
START_TEST(changing_file)
{
    int          i;
    pthread_t    thread;
    knn_source_t source;
    knn_status_e rc;

    write_native();
    atomic_store(&reading, true);
    ck_assert_int_eq(pthread_create(&thread, NULL, scribble, NULL), 0);

    /* times are told in ticks of some milliseconds */
    for (i = 0, rc = KNN_OK; i < 1000 && rc == KNN_OK; i++) {
        rc = knn_source_read(path, NATIVE_SIZE, &source, &err);

        if (rc == KNN_OK) {
            knn_source_free(&source);
        }
    }

    atomic_store(&reading, false);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);

    ck_assert_int_eq(rc, KNN_IO);
    check_message("changed while it was read");
}
END_TEST


START_TEST(digest)
{
    char         hex[KNN_DIGEST_SIZE];
    knn_side_t   sides[2];
    knn_beside_t beside;

    beside = (knn_beside_t){.path = path};
    ck_assert_int_eq(knn_digest("abc", 3, &beside, hex, &err), KNN_OK);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223"
                          "b00361a396177a9cb410ff61f20015ad");

    sides[1] = (knn_side_t){.source = {.data = "c", .size = 1}};
    sides[0] =
        (knn_side_t){.next = &sides[1], .source = {.data = "b", .size = 1}};
    beside.first = &sides[0];
    ck_assert_int_eq(knn_digest("a", 1, &beside, hex, &err), KNN_OK);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223"
                          "b00361a396177a9cb410ff61f20015ad");
}
END_TEST


typedef struct {
    const char     *data;
    size_t          size;
    knn_container_e kind;
    const char     *reason; /* when it is refused */
} content_t;

#define KNOWN(s, kind)                                                         \
    {                                                                          \
        BYTES(s), kind, NULL                                                   \
    }
#define REFUSED(s, reason)                                                     \
    {                                                                          \
        BYTES(s), KNN_PICKLE, reason                                           \
    }

static const content_t contents[] = {
    KNOWN("\x80\2N.", KNN_PICKLE),
    KNOWN("\x80\3N.", KNN_PICKLE),
    KNOWN("\x80\4N.", KNN_PICKLE),
    KNOWN("\x80\5N.", KNN_PICKLE),
    KNOWN("\x80\6N.", KNN_PICKLE),
    KNOWN("\x80", KNN_PICKLE),
    KNOWN("ccopy_reg\n_reconstructor\n", KNN_PICKLE),
    KNOWN("cos\nsystem\n", KNN_PICKLE),
    KNOWN("(dp0\n.", KNN_PICKLE),
    KNOWN("(lp0\n.", KNN_PICKLE),
    KNOWN("]q\0.", KNN_PICKLE),
    KNOWN("\x78\x01rest", KNN_ZLIB),
    KNOWN("\x78\x5erest", KNN_ZLIB),
    KNOWN("\x78\x9crest", KNN_ZLIB),
    KNOWN("\x78\xdarest", KNN_ZLIB),
    KNOWN("\x1f\x8b\x08rest", KNN_GZIP),
    KNOWN("BZh9rest", KNN_BZ2),
    KNOWN("\xfd"
          "7zXZ\0rest",
          KNN_XZ),
    KNOWN("\x5d\0\0\x80\0rest", KNN_LZMA),
    KNOWN("\x60\1\0\0\0\0\0\0{rest", KNN_NATIVE),
    KNOWN("\x80\4\0\0\0\0\0\0{rest", KNN_NATIVE),
    KNOWN("\x04\x22\x4d\x18rest", KNN_LZ4),
    KNOWN("ZF0x5 rest", KNN_ZFILE),
    REFUSED("", "empty"),
    REFUSED("\x28\xb5\x2f\xfdrest", "zstd"),
    REFUSED("PK\3\4rest", "zip"),
    REFUSED("7z\xbc\xaf\x27\x1crest", "7z"),
    REFUSED("\x89HDF\r\n\x1a\nrest", "HDF5"),
    REFUSED("\x93NUMPY\1\0rest", "numpy array"),
    REFUSED("version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    REFUSED("<!DOCTYPE html>", "HTML"),
    REFUSED("\n  <?xml?>", "XML"),
    REFUSED("count,price\n1,2\n", "text"),
    REFUSED("{\"a\":1}", "text"),
    REFUSED("(see below)", "text"),
    REFUSED("\0\0\0\0\0\0\0\0", "unknown content"),
    REFUSED("\x08\x07\x12\x04onnx", "unknown content"),
};


START_TEST(content)
{
    char            *copy;
    knn_status_e     rc;
    knn_container_e  kind;
    const content_t *row;

    row = &contents[_i];
    copy = malloc(row->size + 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy + 1, row->data, row->size);

    rc = knn_container_find(copy + 1, row->size, &kind, &err);

    if (row->reason == NULL) {
        ck_assert_msg(rc == KNN_OK, "%s", err.message);
        ck_assert_int_eq(kind, row->kind);
    }
    else {
        ck_assert_int_ne(rc, KNN_OK);
        check_message(row->reason);
    }

    free(copy);
}
END_TEST


/* A frame with a checksum; the library wants more room than it fills. */
static size_t
deflate_lz4(const void *data, size_t size, char *to)
{
    char              *room;
    size_t             n, bound;
    LZ4F_preferences_t preferences;

    memset(&preferences, 0, sizeof(preferences));
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;

    bound = LZ4F_compressFrameBound(size, &preferences);
    room = malloc(bound);
    ck_assert_ptr_nonnull(room);

    n = LZ4F_compressFrame(room, bound, data, size, &preferences);
    ck_assert(!LZ4F_isError(n));
    ck_assert_uint_le(n, ROOM);
    memcpy(to, room, n);
    free(room);

    return n;
}


/* Compresses for tests, each kind by its own library. */
static size_t
deflate_all(knn_container_e kind, const void *data, size_t size, char *to)
{
    size_t            n;
    unsigned          len;
    z_stream          z;
    lzma_stream       lzma = LZMA_STREAM_INIT;
    lzma_options_lzma options;

    switch (kind) {

    case KNN_LZ4:
        return deflate_lz4(data, size, to);

    case KNN_ZFILE:
        n = (size_t) sprintf(to, "ZF0x%-17zx", size);
        return n + deflate_all(KNN_ZLIB, data, size, to + n);

    case KNN_ZLIB:
    case KNN_GZIP:
        memset(&z, 0, sizeof(z));
        ck_assert_int_eq(
            deflateInit2(&z, 6, Z_DEFLATED, kind == KNN_GZIP ? 31 : 15, 8, 0),
            Z_OK);
        z.next_in = (Bytef *) (uintptr_t) data;
        z.avail_in = (uInt) size;
        z.next_out = (Bytef *) to;
        z.avail_out = ROOM;
        ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
        n = z.total_out;
        deflateEnd(&z);
        return n;

    case KNN_BZ2:
        len = ROOM;
        ck_assert_int_eq(BZ2_bzBuffToBuffCompress(to, &len,
                                                  (char *) (uintptr_t) data,
                                                  (unsigned) size, 1, 0, 0),
                         BZ_OK);
        return len;

    case KNN_XZ:
        n = 0;
        ck_assert_int_eq(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL,
                                                 data, size, (uint8_t *) to, &n,
                                                 ROOM),
                         LZMA_OK);
        return n;

    default:
        ck_assert(!lzma_lzma_preset(&options, 6));
        ck_assert_int_eq(lzma_alone_encoder(&lzma, &options), LZMA_OK);
        lzma.next_in = data;
        lzma.avail_in = size;
        lzma.next_out = (uint8_t *) to;
        lzma.avail_out = ROOM;
        ck_assert_int_eq(lzma_code(&lzma, LZMA_FINISH), LZMA_STREAM_END);
        n = lzma.total_out;
        lzma_end(&lzma);
        return n;
    }
}


static knn_status_e
inflate_all(knn_container_e kind, const char *data, size_t size,
            size_t max_bytes, void **to, size_t *to_size)
{
    char        *copy;
    knn_status_e rc;

    copy = malloc(size == 0 ? 1 : size);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, data, size);

    rc = knn_inflate(kind, copy, size, max_bytes, to, to_size, &err);
    free(copy);

    return rc;
}


static void
refuse_stream(knn_container_e kind, const char *data, size_t size,
              size_t max_bytes, const char *word)
{
    void        *to;
    size_t       to_size;
    knn_status_e rc;

    rc = inflate_all(kind, data, size, max_bytes, &to, &to_size);
    ck_assert_msg(rc != KNN_OK, "%zu bytes of %s are accepted", size,
                  knn_container_name(kind));
    ck_assert_int_eq(rc, err.status);
    check_message(word);
}


/* Bytes that do not compress to nothing. */
static char *
sample(size_t size)
{
    char    *data;
    size_t   i;
    uint32_t seed;

    data = malloc(size);
    ck_assert_ptr_nonnull(data);
    seed = 1;

    for (i = 0; i < size; i++) {
        seed = seed * 1103515245 + 12345;
        data[i] = (char) ((seed >> 16) % 251);
    }

    return data;
}


START_TEST(round_trip)
{
    char  *data, *packed;
    void  *to;
    size_t n, size, to_size;

    size = 300000;
    data = sample(size);
    packed = malloc(ROOM);
    ck_assert_ptr_nonnull(packed);
    n = deflate_all((knn_container_e) _i, data, size, packed);

    ck_assert_int_eq(
        inflate_all((knn_container_e) _i, packed, n, size, &to, &to_size),
        KNN_OK);
    ck_assert_uint_eq(to_size, size);
    ck_assert_mem_eq(to, data, size);
    free(to);

    refuse_stream((knn_container_e) _i, packed, n, size - 1, "299999");
    ck_assert_int_eq(err.status, KNN_LIMIT);

    free(packed);
    free(data);
}
END_TEST


START_TEST(every_prefix)
{
    char  *data, *packed;
    size_t i, n;

    data = sample(300);
    packed = malloc(ROOM);
    ck_assert_ptr_nonnull(packed);
    n = deflate_all((knn_container_e) _i, data, 300, packed);

    for (i = 0; i < n; i += CHECKING_EVERY) {
        refuse_stream((knn_container_e) _i, packed, i, ROOM, "write it again");
    }

    free(packed);
    free(data);
}
END_TEST


/* One bit at a time: refused, or (the few that mean nothing) unchanged. */
START_TEST(every_bit)
{
    char        *data, *packed;
    void        *to;
    size_t       i, n, to_size, refused;
    knn_status_e rc;

    data = sample(100);
    packed = malloc(ROOM);
    ck_assert_ptr_nonnull(packed);
    n = deflate_all((knn_container_e) _i, data, 100, packed);
    refused = 0;

    for (i = 0; i < 8 * n; i += CHECKING_EVERY) {
        packed[i / 8] ^= (char) (1 << i % 8);
        rc = inflate_all((knn_container_e) _i, packed, n, ROOM, &to, &to_size);
        packed[i / 8] ^= (char) (1 << i % 8);

        if (rc != KNN_OK) {
            refused++;
            continue;
        }

        /* lzma-alone has no checksum */
        if (_i != KNN_LZMA) {
            ck_assert_uint_eq(to_size, 100);
            ck_assert_mem_eq(to, data, 100);
        }

        free(to);
    }

    ck_assert_uint_gt(refused, 2 * n / CHECKING_EVERY);
    free(packed);
    free(data);
}
END_TEST


START_TEST(wrong_checksum)
{
    char  *data, *packed;
    size_t n;

    data = sample(400);
    packed = malloc(ROOM);
    ck_assert_ptr_nonnull(packed);

    n = deflate_all(KNN_ZLIB, data, 400, packed);
    packed[n - 1] ^= 1;
    refuse_stream(KNN_ZLIB, packed, n, ROOM, "damaged");

    n = deflate_all(KNN_GZIP, data, 400, packed);
    packed[n - 8] ^= 1;
    refuse_stream(KNN_GZIP, packed, n, ROOM, "damaged");
    packed[n - 8] ^= 1;
    packed[n - 1] ^= 1;
    refuse_stream(KNN_GZIP, packed, n, ROOM, "damaged");

    n = deflate_all(KNN_BZ2, data, 400, packed);
    packed[n - 2] ^= 1;
    refuse_stream(KNN_BZ2, packed, n, ROOM, "damaged");

    free(packed);
    free(data);
}
END_TEST


START_TEST(bytes_behind)
{
    char  *data, *packed;
    size_t n;

    data = sample(400);
    packed = malloc(ROOM);
    ck_assert_ptr_nonnull(packed);
    n = deflate_all((knn_container_e) _i, data, 400, packed);
    strcpy(packed + n, "rest");
    refuse_stream((knn_container_e) _i, packed, n + 4, ROOM, "write it again");
    free(packed);
    free(data);
}
END_TEST


/* gzip, bzip2 and xz may be written by several writers one after the other. */
START_TEST(several_streams)
{
    char           *packed;
    void           *to;
    size_t          n, to_size;
    knn_container_e kind;

    static const knn_container_e kinds[] = {KNN_GZIP, KNN_BZ2, KNN_XZ, KNN_LZ4};

    kind = kinds[_i];
    packed = malloc(2 * ROOM);
    ck_assert_ptr_nonnull(packed);

    n = deflate_all(kind, "abc", 3, packed);
    n += deflate_all(kind, "def", 3, packed + n);

    ck_assert_int_eq(inflate_all(kind, packed, n, 6, &to, &to_size), KNN_OK);
    ck_assert_uint_eq(to_size, 6);
    ck_assert_mem_eq(to, "abcdef", 6);
    free(to);

    refuse_stream(kind, packed, n, 5, "5 bytes allowed");
    refuse_stream(kind, packed, n - 1, 6, "truncated");
    free(packed);
}
END_TEST


/* What lies between the streams, and behind them, as the formats allow it. */
START_TEST(padding)
{
    char           *packed;
    void           *to;
    size_t          n, to_size;
    knn_container_e kind;

    kind = _i == 0 ? KNN_XZ : KNN_GZIP;
    packed = calloc(2, ROOM);
    ck_assert_ptr_nonnull(packed);

    n = deflate_all(kind, "abc", 3, packed) + 4;
    n += deflate_all(kind, "def", 3, packed + n) + 8;

    ck_assert_int_eq(inflate_all(kind, packed, n, 6, &to, &to_size), KNN_OK);
    ck_assert_uint_eq(to_size, 6);
    ck_assert_mem_eq(to, "abcdef", 6);
    free(to);

    /* of xz, in fours */
    if (kind == KNN_XZ) {
        refuse_stream(kind, packed, n + 1, 6, "write it again");
    }

    packed[n] = 'x';
    refuse_stream(kind, packed, n + 1, 6, "write it again");
    free(packed);
}
END_TEST


/* The header of joblib before 0.10, of Python 3, 2 and Python 2's longs. */
START_TEST(zfile)
{
    char  *packed;
    void  *to;
    size_t n, to_size;

    static const char *const headers[] = {"ZF0x3                ",
                                          "ZF0x3                 ",
                                          "ZF0x3L                "};

    packed = malloc(ROOM);
    ck_assert_ptr_nonnull(packed);

    n = strlen(strcpy(packed, headers[_i]));
    n += deflate_all(KNN_ZLIB, "abc", 3, packed + n);

    ck_assert_int_eq(inflate_all(KNN_ZFILE, packed, n, 3, &to, &to_size),
                     KNN_OK);
    ck_assert_uint_eq(to_size, 3);
    ck_assert_mem_eq(to, "abc", 3);
    free(to);

    refuse_stream(KNN_ZFILE, packed, n, 2, "2 bytes allowed");
    packed[4] = '4';
    refuse_stream(KNN_ZFILE, packed, n, 3, "3 bytes, but its header says 4");
    packed[4] = 'x';
    refuse_stream(KNN_ZFILE, packed, n, 3, "no length");
    memcpy(packed + 2, "-0x3", 4);
    refuse_stream(KNN_ZFILE, packed, n, 3, "no length");
    free(packed);
}
END_TEST


/* zlib and lzma-alone have no such thing. */
START_TEST(one_stream)
{
    char           *packed;
    size_t          n;
    knn_container_e kind;

    kind = _i == 0 ? KNN_ZLIB : KNN_LZMA;
    packed = malloc(2 * ROOM);
    ck_assert_ptr_nonnull(packed);

    n = deflate_all(kind, "abc", 3, packed);
    n += deflate_all(kind, "def", 3, packed + n);
    refuse_stream(kind, packed, n, ROOM, "bytes follow");
    free(packed);
}
END_TEST


/* A small file of many zeros is stopped at the limit, and soon. */
START_TEST(bomb)
{
    char          *data, *packed;
    size_t         n, size;
    struct timeval began, ended;

    size = 16 * ROOM;
    data = calloc(1, size);
    packed = malloc(ROOM);
    ck_assert_ptr_nonnull(data);
    ck_assert_ptr_nonnull(packed);

    n = deflate_all((knn_container_e) _i, data, size, packed);
    free(data);

    gettimeofday(&began, NULL);
    refuse_stream((knn_container_e) _i, packed, n, ROOM, "1048576 bytes");
    gettimeofday(&ended, NULL);

    ck_assert_int_eq(err.status, KNN_LIMIT);
    ck_assert_int_lt(ended.tv_sec - began.tv_sec, 5);
    free(packed);
}
END_TEST


/* Five thousand streams of nothing, each of which takes its opening. */
START_TEST(many_empty_streams)
{
    char  *packed;
    size_t i, n;

    packed = malloc(MAX_SIZE);
    ck_assert_ptr_nonnull(packed);
    n = deflate_all(KNN_GZIP, "", 0, packed);

    for (i = 1; i < 5000; i++) {
        memcpy(packed + i * n, packed, n);
    }

    refuse_stream(KNN_GZIP, packed, i * n, ROOM, "streams");
    ck_assert_int_eq(err.status, KNN_LIMIT);
    free(packed);
}
END_TEST


/* The dictionary's size is declared, and would be allocated. */
START_TEST(large_dictionary)
{
    refuse_stream(KNN_LZMA,
                  BYTES("\x5d\0\0\0\x40\xff\xff\xff\xff\xff\xff\xff\xff"
                        "\0\0\0\0\0\0\0\0"),
                  ROOM, "dictionary");
}
END_TEST


Suite *knn_suite(void);


Suite *
knn_suite(void)
{
    Suite *suite;
    TCase *tcase;

    suite = suite_create("source");

    tcase = tcase_create("files");
    tcase_add_checked_fixture(tcase, folder_setup, folder_teardown);
    tcase_add_test(tcase, file);
    tcase_add_test(tcase, no_file);
    tcase_add_test(tcase, empty_file);
    tcase_add_test(tcase, fifo);
    tcase_add_test(tcase, sparse_file);
    tcase_add_test(tcase, harmed_file);
    tcase_add_test(tcase, dropped_pages);
    tcase_add_test(tcase, changing_file);
    tcase_add_test(tcase, digest);
    tcase_add_loop_test(tcase, content, 0,
                        (int) (sizeof(contents) / sizeof(contents[0])));
    suite_add_tcase(suite, tcase);

    tcase = tcase_create("compression");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, round_trip, KNN_ZLIB, KNN_ZFILE + 1);
    tcase_add_loop_test(tcase, every_prefix, KNN_ZLIB, KNN_ZFILE + 1);
    tcase_add_loop_test(tcase, every_bit, KNN_ZLIB, KNN_ZFILE + 1);
    tcase_add_loop_test(tcase, bytes_behind, KNN_ZLIB, KNN_ZFILE + 1);
    tcase_add_loop_test(tcase, several_streams, 0, 4);
    tcase_add_loop_test(tcase, one_stream, 0, 2);
    tcase_add_loop_test(tcase, padding, 0, 2);
    tcase_add_loop_test(tcase, zfile, 0, 3);
    tcase_add_loop_test(tcase, bomb, KNN_ZLIB, KNN_ZFILE + 1);
    tcase_add_test(tcase, wrong_checksum);
    tcase_add_test(tcase, many_empty_streams);
    tcase_add_test(tcase, large_dictionary);
    suite_add_tcase(suite, tcase);

    return suite;
}
