/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * The k nearest rows of a matrix, row by row, for one type of number and one
 * measure of two rows.  A batch takes the rows in tiles that stay in the
 * first cache.
 *
 * Define ROWS_NAME, ROWS_TYPE and ROWS_MEASURE(a, b, d) and include this.
 */


#define ROWS_TILE 32768


static void
ROWS_NAME(void *self, size_t first, size_t count, int64_t *indices,
          double *distances)
{
    size_t            tile, row, last, q, k, i, d;
    double            t;
    const ROWS_TYPE  *query, *rows;
    const workload_t *w = self;

    k = w->k;
    d = w->d;
    rows = w->rows;
    tile = count == 1 ? w->n : ROWS_TILE / (d * sizeof(ROWS_TYPE)) + 1;

    for (i = 0; i < count * k; i++) {
        distances[i] = INFINITY;
        indices[i] = -1;
    }

    for (row = 0; row < w->n; row += tile) {
        last = w->n - row < tile ? w->n : row + tile;

        for (q = 0; q < count; q++) {
            query = (const ROWS_TYPE *) w->queries + (first + q) * d;

            for (i = row; i < last; i++) {
                t = (double) ROWS_MEASURE(rows + i * d, query, d);

                if (t < distances[q * k + k - 1]) {
                    rows_insert(indices + q * k, distances + q * k, k,
                                (int64_t) i, t);
                }
            }
        }
    }
}


#undef ROWS_NAME
#undef ROWS_TYPE
#undef ROWS_MEASURE
#undef ROWS_TILE
