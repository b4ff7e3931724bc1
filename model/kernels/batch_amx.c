
/*
 * Copyright (C) nginx-knn contributors
 */


#include "processor.h"

#if (KNN_AMX)

#include <immintrin.h>
#include <string.h>

#include "batch.h"


#define KNN_TARGET                                                             \
    __attribute__((target("amx-tile,amx-int8,avx512f,avx512bw,avx512vl")))

#define knn_tiles_inline __attribute__((always_inline)) KNN_TARGET static inline

/* the most groups of features in a tile */
#define KNN_TILE_GROUPS 16

/* points and blocks whose tiles are multiplied at once */
#define KNN_TILES_POINTS (2 * KNN_BATCH_TILE)
#define KNN_TILES_BLOCKS 2


/* the shapes of tiles, as the processor reads them */
typedef struct {
    uint8_t  palette;
    uint8_t  start_row;
    uint8_t  reserved[14];
    uint16_t bytes[16]; /* of a row */
    uint8_t  rows[16];
} knn_shapes_t;


/* What is in memory is written there before tiles are read from it. */
#define knn_tiles_barrier() __asm__ volatile("" ::: "memory")


/* a sweep on its way; rows of tiles are lines of the cache */
typedef struct {
    int32_t dots[KNN_TILES_BLOCKS][KNN_TILES_POINTS][KNN_CODES_ROWS]
        __attribute__((aligned(64)));

    /* the last tile of codes, behind which nothing can be read */
    uint8_t last[KNN_TILE_GROUPS * KNN_CODES_BYTES];

    const knn_batch_t *batch;
    size_t             parts;  /* tiles that a block's groups are in */
    size_t             groups; /* of such a tile */
    bool               beyond; /* the last one is not full */

    int32_t least[KNN_BATCH_POINTS]; /* dots, less half of the sums */
} knn_tiled_t;


/*
 * Tiles 0 to 3 are dots, 4 and 5 those of points, 6 and 7 those of codes.  The
 * groups of a block may end within its last tile: the points are 0 there.
 */
KNN_TARGET
static void
knn_tiles_begin(knn_tiled_t *tiled, const knn_batch_t *batch)
{
    size_t       i;
    knn_shapes_t shapes;

    tiled->batch = batch;
    tiled->parts = (batch->n_groups + KNN_TILE_GROUPS - 1) / KNN_TILE_GROUPS;
    tiled->groups = (batch->n_groups + tiled->parts - 1) / tiled->parts;

    tiled->beyond = tiled->parts * tiled->groups > batch->n_groups;

    memset(&shapes, 0, sizeof(knn_shapes_t));
    shapes.palette = 1;

    for (i = 0; i < 8; i++) {
        shapes.rows[i] = (i < 6) ? KNN_BATCH_TILE : (uint8_t) tiled->groups;
        shapes.bytes[i] = (i / 2 == 2)
                              ? (uint16_t) (tiled->groups * KNN_CODES_GROUP)
                              : KNN_CODES_BYTES;
    }

    knn_tiles_barrier();
    _tile_loadconfig(&shapes);

    for (i = 0; i < batch->points; i++) {
        tiled->least[i] = -(batch->limits[i] >> 1);
        batch->near[i] = 0;
    }

    for (/* void */; i % KNN_TILES_POINTS != 0; i++) {
        tiled->least[i] = INT32_MAX;
    }
}


/* Copies the codes behind which there may be nothing. */
static void
knn_tiles_last(knn_tiled_t *tiled, const uint8_t *codes, size_t n)
{
    size_t first, n_groups;

    n_groups = tiled->batch->n_groups;
    first = (tiled->parts - 1) * tiled->groups;

    memset(tiled->last, 0, sizeof(tiled->last));
    memcpy(tiled->last, codes + ((n - 1) * n_groups + first) * KNN_CODES_BYTES,
           (n_groups - first) * KNN_CODES_BYTES);
}


/* Multiplies the codes of one or two blocks by those of points. */
knn_tiles_inline void
knn_tiles_multiply(knn_tiled_t *tiled, const uint8_t *codes, size_t point,
                   bool two_points, bool two_blocks, bool last)
{
    size_t         part, stride, size;
    const int8_t  *q;
    const uint8_t *x, *y;

    stride = tiled->batch->stride;
    q = tiled->batch->q + point * stride;
    size = tiled->batch->n_groups * KNN_CODES_BYTES;

    knn_tiles_barrier();

    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);

    for (part = 0; part < tiled->parts; part++) {
        x = codes;
        y = codes + size;

        if (last && part == tiled->parts - 1) {
            x = two_blocks ? x : tiled->last;
            y = tiled->last;
        }

        _tile_loadd(4, q, stride);
        _tile_loadd(6, x, KNN_CODES_BYTES);
        _tile_dpbsud(0, 4, 6);

        if (two_blocks) {
            _tile_loadd(7, y, KNN_CODES_BYTES);
            _tile_dpbsud(1, 4, 7);
        }

        if (two_points) {
            _tile_loadd(5, q + KNN_BATCH_TILE * stride, stride);
            _tile_dpbsud(2, 5, 6);
        }

        if (two_points && two_blocks) {
            _tile_dpbsud(3, 5, 7);
        }

        q += tiled->groups * KNN_CODES_GROUP;
        codes += tiled->groups * KNN_CODES_BYTES;
    }

    _tile_stored(0, tiled->dots[0], KNN_CODES_BYTES);
    _tile_stored(1, tiled->dots[1], KNN_CODES_BYTES);
    _tile_stored(2, tiled->dots[0] + KNN_BATCH_TILE, KNN_CODES_BYTES);
    _tile_stored(3, tiled->dots[1] + KNN_BATCH_TILE, KNN_CODES_BYTES);
}


/*
 * Whether any of the points may be near a block.  Squares are sums less twice
 * the dots: half of the sums, rounded down, is enough to see that none is near.
 */
knn_tiles_inline bool
knn_tiles_near(const knn_tiled_t *tiled, const int32_t *sums, size_t which,
               size_t point)
{
    size_t  i;
    __m512i beyond, most[4];

    for (i = 0; i < 4; i++) {
        most[i] = _mm512_set1_epi32(INT32_MIN);
    }

#pragma GCC unroll 32
    for (i = 0; i < KNN_TILES_POINTS; i++) {
        beyond = _mm512_sub_epi32(_mm512_load_si512(tiled->dots[which][i]),
                                  _mm512_set1_epi32(tiled->least[point + i]));
        most[i % 4] = _mm512_max_epi32(most[i % 4], beyond);
    }

    most[0] = _mm512_max_epi32(_mm512_max_epi32(most[0], most[1]),
                               _mm512_max_epi32(most[2], most[3]));

    return _mm512_cmpge_epi32_mask(
               most[0], _mm512_srai_epi32(_mm512_load_si512(sums), 1))
           != 0;
}


/* Notes the points that are near a block, and its squares for them. */
KNN_TARGET
static void
knn_tiles_note(const knn_tiled_t *tiled, const int32_t *sums, size_t which,
               size_t block, size_t point)
{
    size_t             i, at;
    __m512i            squares, dots;
    const knn_batch_t *batch;

    batch = tiled->batch;

    for (i = 0; i < KNN_TILES_POINTS && point + i < batch->points; i++) {
        dots = _mm512_load_si512(tiled->dots[which][i]);
        squares = _mm512_sub_epi32(_mm512_load_si512(sums),
                                   _mm512_add_epi32(dots, dots));

        if (_mm512_cmple_epi32_mask(
                squares, _mm512_set1_epi32(batch->limits[point + i])))
        {
            at = (point + i) * KNN_BATCH_BLOCKS + block;
            batch->near[point + i] |= (uint32_t) 1 << block;
            _mm512_store_si512(batch->squares + at * KNN_CODES_ROWS, squares);
        }
    }
}


/* One or two blocks, and all points. */
knn_tiles_inline void
knn_tiles_blocks(knn_tiled_t *tiled, const uint8_t *codes, const int32_t *sums,
                 size_t block, size_t blocks, bool last)
{
    size_t i, point;

    for (point = 0; point < tiled->batch->points; point += KNN_TILES_POINTS) {

        if (tiled->batch->points - point > KNN_BATCH_TILE) {
            knn_tiles_multiply(tiled, codes, point, true, blocks == 2, last);
        }
        else {
            knn_tiles_multiply(tiled, codes, point, false, blocks == 2, last);
        }

        for (i = 0; i < blocks; i++) {
            if (knn_tiles_near(tiled, sums + i * KNN_CODES_ROWS, i, point)) {
                knn_tiles_note(tiled, sums + i * KNN_CODES_ROWS, i, block + i,
                               point);
            }
        }
    }
}


KNN_TARGET
void
knn_batch_amx(const knn_batch_t *batch, const uint8_t *codes,
              const int32_t *sums, size_t n)
{
    size_t      block;
    knn_tiled_t tiled;

    knn_tiles_begin(&tiled, batch);

    if (tiled.beyond) {
        knn_tiles_last(&tiled, codes, n);
    }

    for (block = 0; block + KNN_TILES_BLOCKS <= n; block += KNN_TILES_BLOCKS) {
        knn_tiles_blocks(&tiled, codes, sums, block, KNN_TILES_BLOCKS,
                         tiled.beyond && block + KNN_TILES_BLOCKS == n);

        codes += KNN_TILES_BLOCKS * batch->n_groups * KNN_CODES_BYTES;
        sums += KNN_TILES_BLOCKS * KNN_CODES_ROWS;
    }

    if (block < n) {
        knn_tiles_blocks(&tiled, codes, sums, block, 1, tiled.beyond);
    }

    _tile_release();
}

#else

typedef int knn_batch_unused_t;

#endif
