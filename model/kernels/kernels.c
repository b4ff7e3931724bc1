
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdbool.h>
#include <string.h>

#include "kernels.h"


typedef struct {
    bool (*runs)(void); /* whether this processor does */
    knn_kernels_t kernels;
} knn_kernels_row_t;


#if (__x86_64__)

/* Whether the widest vectors can be used. */
static bool
knn_kernels_avx512(void)
{
    return __builtin_cpu_supports("avx512f")
           && __builtin_cpu_supports("avx512dq");
}


/* Whether vectors of four doubles can be used. */
static bool
knn_kernels_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

#endif


/* Plain C runs everywhere. */
static bool
knn_kernels_generic(void)
{
    return true;
}


/* the widest first */
static const knn_kernels_row_t knn_kernels[] = {
#if (__x86_64__)
    {knn_kernels_avx512, {"avx512", &knn_scans_avx512}},
    {knn_kernels_avx2, {"avx2", &knn_scans_avx2}},
#endif
    {knn_kernels_generic, {"generic", &knn_scans_generic}}};


const knn_kernels_t *
knn_kernels_best(void)
{
    const knn_kernels_row_t *row;

    for (row = knn_kernels; !row->runs(); row++) {
        /* void */
    }

    return &row->kernels;
}


const knn_kernels_t *
knn_kernels_find(const char *name)
{
    size_t i, n;

    n = sizeof(knn_kernels) / sizeof(knn_kernels[0]);

    for (i = 0; i < n; i++) {
        if (strcmp(knn_kernels[i].kernels.name, name) == 0) {
            return knn_kernels[i].runs() ? &knn_kernels[i].kernels : NULL;
        }
    }

    return NULL;
}
