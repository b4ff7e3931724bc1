/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * nanoflann as a contestant, with the number of features as a constant of
 * its template.
 *
 *     nanoflann ROWS QUERIES N D K f4|f8
 *
 * Leaves of 10 and of 32 rows, and both of its loops for the distance.
 */


#include "contestant.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <nanoflann.hpp>


#define DIMENSIONS(X) X(3) X(4) X(8) X(13) X(30) X(64)


template <typename T> struct points_t {
    const T *rows;
    size_t   n;
    size_t   d;

    size_t
    kdtree_get_point_count() const
    {
        return n;
    }

    T
    kdtree_get_pt(size_t row, size_t feature) const
    {
        return rows[row * d + feature];
    }

    template <class Box>
    bool
    kdtree_get_bbox(Box &) const
    {
        return false;
    }
};


template <typename T, int D, class Distance> struct tree_t {
    typedef nanoflann::KDTreeSingleIndexAdaptor<Distance, points_t<T>, D,
                                                uint32_t>
        index_t;

    const workload_t *workload;
    points_t<T>       points;
    index_t           index;

    tree_t(const workload_t *w, size_t leaf)
        : workload(w), points{static_cast<const T *>(w->rows), w->n, w->d},
          index(D, points, nanoflann::KDTreeSingleIndexAdaptorParams(leaf))
    {
        index.buildIndex();
    }

    static void
    search(void *self, size_t first, size_t count, int64_t *indices,
           double *distances)
    {
        tree_t           *tree = static_cast<tree_t *>(self);
        const workload_t *w = tree->workload;
        const T *query = static_cast<const T *>(w->queries) + first * D;
        uint32_t rows[64];
        T        squares[64];

        for (size_t q = 0; q < count; q++) {
            tree->index.knnSearch(query + q * D, w->k, rows, squares);

            for (size_t i = 0; i < w->k; i++) {
                indices[q * w->k + i] = rows[i];
                distances[q * w->k + i] = squares[i];
            }
        }
    }

    contestant_t
    named(const char *name)
    {
        return {name, search, this, true};
    }
};


template <typename T, int D>
static void
serve(const workload_t *workload)
{
    typedef nanoflann::L2_Simple_Adaptor<T, points_t<T>> simple_t;
    typedef nanoflann::L2_Adaptor<T, points_t<T>>        unrolled_t;

    tree_t<T, D, simple_t>   simple10(workload, 10), simple32(workload, 32);
    tree_t<T, D, unrolled_t> unrolled10(workload, 10), unrolled32(workload, 32);

    contestant_t contestants[] = {
        simple10.named("nanoflann-10"),
        simple32.named("nanoflann-32"),
        unrolled10.named("nanoflann-10-unrolled"),
        unrolled32.named("nanoflann-32-unrolled"),
    };

    printf("{\"versions\": {\"nanoflann\": \"%x.%x.%x\"}}\n",
           NANOFLANN_VERSION >> 8, NANOFLANN_VERSION >> 4 & 15,
           NANOFLANN_VERSION & 15);
    fflush(stdout);

    contestant_serve(workload, contestants, 4);
}


int
main(int argc, char **argv)
{
    workload_t workload;

    if (argc != 1 + WORKLOAD_ARGS) {
        fprintf(stderr, "usage: nanoflann ROWS QUERIES N D K f4|f8\n");
        return 2;
    }

    workload_read(&workload, argv + 1);

    switch (workload.d) {

#define SERVE(D)                                                               \
    case D:                                                                    \
        if (workload.narrow) {                                                 \
            serve<float, D>(&workload);                                        \
        }                                                                      \
        else {                                                                 \
            serve<double, D>(&workload);                                       \
        }                                                                      \
        return 0;

        DIMENSIONS(SERVE)

    default:
        fprintf(stderr, "nanoflann: it is not built for %zu features\n",
                workload.d);
        return 2;
    }
}
