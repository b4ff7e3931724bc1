
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>

/* zlib reads what is constant */
#define ZLIB_CONST
#include <zlib.h>

#include "coding.h"


/* what a step reads and writes at the most */
#define KNN_CODING_STEP  2048
#define KNN_CODING_PIECE 16384

/* a byte decodes to fewer bytes than these */
#define KNN_CODING_RATIO 1033

/* what inflateInit2() takes: the largest window, and more for gzip */
#define KNN_CODING_WINDOW      15
#define KNN_CODING_GZIP_WINDOW (KNN_CODING_WINDOW + 16)

/* the first byte of a gzip member */
#define KNN_CODING_MAGIC 0x1f


struct knn_coding_s {
    knn_matrix_t *matrix;
    knn_coding_pt read;
    void         *ctx;
    const char   *name; /* as clients know it */

    z_stream stream;
    bool     ended; /* no member is open */
    size_t   room;  /* that the limit leaves */
    char     piece[KNN_CODING_PIECE];
};


knn_coding_t *
knn_coding_create(knn_matrix_t *matrix, knn_coding_pt read, void *ctx)
{
    bool          gzip;
    knn_coding_t *coding;

    coding = malloc(sizeof(knn_coding_t));

    if (coding == NULL) {
        return NULL;
    }

    gzip = matrix->options.coding == KNN_CODING_GZIP;

    coding->matrix = matrix;
    coding->read = read;
    coding->ctx = ctx;
    coding->name = gzip ? "gzip" : "deflate";
    coding->stream = (z_stream){.next_in = NULL};
    coding->ended = false;
    coding->room =
        matrix->options.max_size == 0 ? SIZE_MAX : matrix->options.max_size;

    if (inflateInit2(&coding->stream,
                     gzip ? KNN_CODING_GZIP_WINDOW : KNN_CODING_WINDOW)
        != Z_OK)
    {
        free(coding);
        return NULL;
    }

    return coding;
}


/* Refuses what zlib has refused. */
static knn_status_e
knn_coding_refuse(knn_coding_t *coding, int rc)
{
    const char *reason;

    if (rc == Z_MEM_ERROR) {
        return knn_matrix_fail(coding->matrix, KNN_NO_MEMORY, NULL,
                               "no memory to decode the body");
    }

    reason = rc == Z_NEED_DICT ? "it needs a dictionary" : coding->stream.msg;

    return knn_matrix_fail(coding->matrix, KNN_MALFORMED, NULL,
                           "the body is not %s: %s", coding->name, reason);
}


/* Begins another member; only those of gzip follow each other. */
static knn_status_e
knn_coding_next(knn_coding_t *coding)
{
    if (coding->matrix->options.coding != KNN_CODING_GZIP
        || *coding->stream.next_in != KNN_CODING_MAGIC)
    {
        return knn_matrix_fail(coding->matrix, KNN_MALFORMED, NULL,
                               "the body goes on behind the end of its %s",
                               coding->name);
    }

    (void) inflateReset(&coding->stream);
    coding->ended = false;

    return KNN_OK;
}


/* Has a piece read that was decoded, as far as the limit allows. */
static knn_status_e
knn_coding_pass(knn_coding_t *coding, size_t size)
{
    if (size > coding->room) {
        return knn_matrix_fail(coding->matrix, KNN_LIMIT, NULL,
                               "the body has more than %zu bytes when it is "
                               "decoded, the most of one request, send the "
                               "other rows in further requests",
                               coding->matrix->options.max_size);
    }

    coding->room -= size;

    return size == 0 ? KNN_OK : coding->read(coding->ctx, coding->piece, size);
}


/* Decodes a piece; KNN_OK if there may be another. */
static knn_status_e
knn_coding_piece(knn_coding_t *coding)
{
    int          rc;
    z_stream    *stream;
    knn_status_e status;

    stream = &coding->stream;

    if (coding->ended && knn_coding_next(coding) != KNN_OK) {
        return KNN_MALFORMED;
    }

    stream->next_out = (unsigned char *) coding->piece;
    stream->avail_out = KNN_CODING_PIECE;

    rc = inflate(stream, Z_NO_FLUSH);
    status = knn_coding_pass(coding, KNN_CODING_PIECE - stream->avail_out);

    if (status != KNN_OK) {
        return status;
    }

    coding->ended = rc == Z_STREAM_END;

    /* nothing in and nothing out is none yet */

    return rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR
               ? KNN_OK
               : knn_coding_refuse(coding, rc);
}


size_t
knn_coding_feed(knn_coding_t *coding, const char *data, size_t size)
{
    size_t    written;
    z_stream *stream;
    uInt      step;

    step = size < KNN_CODING_STEP ? (uInt) size : KNN_CODING_STEP;
    written = 0;

    stream = &coding->stream;
    stream->next_in = (const unsigned char *) data;
    stream->avail_in = step;

    /* what it has still in hand when all is read fills a piece at most */

    do {
        if (knn_coding_piece(coding) != KNN_OK) {
            return size;
        }

        written += KNN_CODING_PIECE - stream->avail_out;

    } while (stream->avail_in > 0 ? written < KNN_CODING_PIECE
                                  : stream->avail_out == 0 && !coding->ended);

    return step - stream->avail_in;
}


knn_status_e
knn_coding_finish(knn_coding_t *coding)
{
    return coding->ended ? KNN_OK
                         : knn_matrix_fail(coding->matrix, KNN_MALFORMED, NULL,
                                           "the body is not %s: it ends too "
                                           "early",
                                           coding->name);
}


void
knn_coding_destroy(knn_coding_t *coding)
{
    if (coding != NULL) {
        (void) inflateEnd(&coding->stream);
        free(coding);
    }
}


size_t
knn_coding_bound(size_t size, size_t max_size)
{
    size_t bound;

    if (__builtin_mul_overflow(size, KNN_CODING_RATIO, &bound)) {
        bound = SIZE_MAX;
    }

    return max_size > 0 && max_size < bound ? max_size : bound;
}
