
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>

#include "decompress.h"


/* the counters of zlib and bz2 are not wider */
#define KNN_STREAM_STEP (1024 * 1024 * 1024)

/* what the strongest preset of xz takes, and some more */
#define KNN_STREAM_DICTIONARY (96 * 1024 * 1024)


/* Opens zlib, for one stream with its kind's header. */
static void *
knn_zlib_open(knn_container_e kind)
{
    z_stream *z;

    z = calloc(1, sizeof(z_stream));

    if (z != NULL
        && inflateInit2(z, kind == KNN_GZIP ? 16 + MAX_WBITS : MAX_WBITS)
               != Z_OK)
    {
        free(z);
        z = NULL;
    }

    return z;
}


/* Decompresses as much as there is room. */
static knn_stream_e
knn_zlib_step(void *state, knn_window_t *window)
{
    int       rc;
    uInt      in, out;
    z_stream *z;

    z = state;
    in = (uInt) (window->in_left < KNN_STREAM_STEP ? window->in_left
                                                   : KNN_STREAM_STEP);
    out = (uInt) (window->out_left < KNN_STREAM_STEP ? window->out_left
                                                     : KNN_STREAM_STEP);

    z->next_in = (Bytef *) (uintptr_t) window->in;
    z->avail_in = in;
    z->next_out = window->out;
    z->avail_out = out;

    rc = inflate(z, Z_NO_FLUSH);

    window->in += in - z->avail_in;
    window->in_left -= in - z->avail_in;
    window->out += out - z->avail_out;
    window->out_left -= out - z->avail_out;

    switch (rc) {

    case Z_OK:
    case Z_BUF_ERROR:
        return KNN_STREAM_MORE;

    case Z_STREAM_END:
        return KNN_STREAM_END;

    case Z_MEM_ERROR:
        return KNN_STREAM_MEMORY;

    default:
        return KNN_STREAM_DAMAGED;
    }
}


static void
knn_zlib_close(void *state)
{
    (void) inflateEnd(state);
    free(state);
}


/* Opens bz2. */
static void *
knn_bz2_open(knn_container_e kind)
{
    bz_stream *bz;

    (void) kind;

    bz = calloc(1, sizeof(bz_stream));

    if (bz != NULL && BZ2_bzDecompressInit(bz, 0, 0) != BZ_OK) {
        free(bz);
        bz = NULL;
    }

    return bz;
}


/* Decompresses as much as there is room. */
static knn_stream_e
knn_bz2_step(void *state, knn_window_t *window)
{
    int        rc;
    unsigned   in, out;
    bz_stream *bz;

    bz = state;
    in = (unsigned) (window->in_left < KNN_STREAM_STEP ? window->in_left
                                                       : KNN_STREAM_STEP);
    out = (unsigned) (window->out_left < KNN_STREAM_STEP ? window->out_left
                                                         : KNN_STREAM_STEP);

    bz->next_in = (char *) (uintptr_t) window->in;
    bz->avail_in = in;
    bz->next_out = (char *) window->out;
    bz->avail_out = out;

    rc = BZ2_bzDecompress(bz);

    window->in += in - bz->avail_in;
    window->in_left -= in - bz->avail_in;
    window->out += out - bz->avail_out;
    window->out_left -= out - bz->avail_out;

    switch (rc) {

    case BZ_OK:
        return KNN_STREAM_MORE;

    case BZ_STREAM_END:
        return KNN_STREAM_END;

    case BZ_MEM_ERROR:
        return KNN_STREAM_MEMORY;

    default:
        return KNN_STREAM_DAMAGED;
    }
}


static void
knn_bz2_close(void *state)
{
    (void) BZ2_bzDecompressEnd(state);
    free(state);
}


/* Opens liblzma, whose dictionary must not be larger than presets make it. */
static void *
knn_lzma_open(knn_container_e kind)
{
    lzma_ret     rc;
    lzma_stream *lzma;

    lzma = calloc(1, sizeof(lzma_stream));

    if (lzma == NULL) {
        return NULL;
    }

    /* streams and the padding between them are liblzma's to tell apart */
    rc = kind == KNN_XZ ? lzma_stream_decoder(lzma, KNN_STREAM_DICTIONARY,
                                              LZMA_CONCATENATED)
                        : lzma_alone_decoder(lzma, KNN_STREAM_DICTIONARY);

    if (rc != LZMA_OK) {
        free(lzma);
        return NULL;
    }

    return lzma;
}


/* Decompresses as much as there is room. */
static knn_stream_e
knn_lzma_step(void *state, knn_window_t *window)
{
    lzma_ret     rc;
    lzma_stream *lzma;

    lzma = state;

    lzma->next_in = window->in;
    lzma->avail_in = window->in_left;
    lzma->next_out = window->out;
    lzma->avail_out = window->out_left;

    rc = lzma_code(lzma, LZMA_FINISH);

    window->in = lzma->next_in;
    window->in_left = lzma->avail_in;
    window->out = lzma->next_out;
    window->out_left = lzma->avail_out;

    switch (rc) {

    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return KNN_STREAM_MORE;

    case LZMA_STREAM_END:
        return KNN_STREAM_END;

    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR:
        return KNN_STREAM_MEMORY;

    default:
        return KNN_STREAM_DAMAGED;
    }
}


static void
knn_lzma_close(void *state)
{
    lzma_end(state);
    free(state);
}


/* Opens lz4. */
static void *
knn_lz4_open(knn_container_e kind)
{
    LZ4F_dctx *lz4;

    (void) kind;

    return LZ4F_isError(LZ4F_createDecompressionContext(&lz4, LZ4F_VERSION))
               ? NULL
               : lz4;
}


/* Decompresses as much as there is room. */
static knn_stream_e
knn_lz4_step(void *state, knn_window_t *window)
{
    size_t rc, in, out;

    in = window->in_left;
    out = window->out_left;

    rc = LZ4F_decompress(state, window->out, &out, window->in, &in, NULL);

    if (LZ4F_isError(rc)) {
        return KNN_STREAM_DAMAGED;
    }

    window->in += in;
    window->in_left -= in;
    window->out += out;
    window->out_left -= out;

    return rc == 0 ? KNN_STREAM_END : KNN_STREAM_MORE;
}


static void
knn_lz4_close(void *state)
{
    (void) LZ4F_freeDecompressionContext(state);
}


const knn_decompressor_t knn_decompressors[] = {
    [KNN_ZLIB] = {false, knn_zlib_open, knn_zlib_step, knn_zlib_close},
    [KNN_GZIP] = {true, knn_zlib_open, knn_zlib_step, knn_zlib_close},
    [KNN_BZ2] = {true, knn_bz2_open, knn_bz2_step, knn_bz2_close},
    [KNN_XZ] = {false, knn_lzma_open, knn_lzma_step, knn_lzma_close},
    [KNN_LZMA] = {false, knn_lzma_open, knn_lzma_step, knn_lzma_close},
    [KNN_LZ4] = {true, knn_lz4_open, knn_lz4_step, knn_lz4_close},
    [KNN_ZFILE] = {false, knn_zlib_open, knn_zlib_step, knn_zlib_close},
};
