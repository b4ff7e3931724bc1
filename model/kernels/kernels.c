
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "kernels.h"
#include "processor.h"


typedef struct {
    bool (*runs)(void); /* whether this processor does */
    knn_kernels_t kernels;
} knn_kernels_row_t;


/* the widest first; what a row has no better code for is that of a lesser one */
static const knn_kernels_row_t knn_kernels[] = {
#if (KNN_AMX)
    {knn_processor_amx,
     {"amx", &knn_scans_avx512, &knn_wides_avx512, &knn_sweeps_avx512vnni,
      knn_batch_amx}},
#endif
#if (__x86_64__)
    {knn_processor_avx512vnni,
     {"avx512vnni", &knn_scans_avx512, &knn_wides_avx512,
      &knn_sweeps_avx512vnni, knn_batch_avx512vnni}},
    {knn_processor_avx512,
     {"avx512", &knn_scans_avx512, &knn_wides_avx512, &knn_sweeps_avx2, NULL}},
    {knn_processor_avx2,
     {"avx2", &knn_scans_avx2, &knn_wides_avx2, &knn_sweeps_avx2, NULL}},
#endif
#if (KNN_DOTPROD)
    {knn_processor_dotprod,
     {"dotprod", &knn_scans_neon, &knn_wides_generic, &knn_sweeps_dotprod,
      NULL}},
#endif
#if (__aarch64__)
    {knn_processor_generic,
     {"neon", &knn_scans_neon, &knn_wides_generic, &knn_sweeps_neon, NULL}},
#endif
    {knn_processor_generic,
     {"generic", &knn_scans_generic, &knn_wides_generic, &knn_sweeps_generic,
      NULL}}};


#define KNN_KERNELS_ROWS (sizeof(knn_kernels) / sizeof(knn_kernels[0]))


const knn_kernels_t *
knn_kernels_at(size_t i)
{
    size_t row;

    for (row = 0; row < KNN_KERNELS_ROWS; row++) {
        if (knn_kernels[row].runs() && i-- == 0) {
            return &knn_kernels[row].kernels;
        }
    }

    return NULL;
}


const knn_kernels_t *
knn_kernels_best(void)
{
    return knn_kernels_at(0);
}


const knn_kernels_t *
knn_kernels_find(const char *name)
{
    size_t row;

    for (row = 0; row < KNN_KERNELS_ROWS; row++) {
        if (strcmp(knn_kernels[row].kernels.name, name) == 0) {
            return knn_kernels[row].runs() ? &knn_kernels[row].kernels : NULL;
        }
    }

    return NULL;
}


const knn_kernels_t *
knn_kernels_choose(knn_error_t *err)
{
    char                 names[80], *p;
    size_t               i;
    const char          *name;
    const knn_kernels_t *kernels;

    name = getenv(KNN_KERNELS_VARIABLE);

    if (name == NULL || *name == '\0') {
        return knn_kernels_best();
    }

    kernels = knn_kernels_find(name);

    if (kernels != NULL) {
        return kernels;
    }

    p = names;

    for (i = 0; (kernels = knn_kernels_at(i)) != NULL; i++) {
        p = stpcpy(p, (i == 0) ? "" : ", ");
        p = stpcpy(p, kernels->name);
    }

    (void) knn_error(err, KNN_UNSUPPORTED,
                     "the variable " KNN_KERNELS_VARIABLE
                     " of the environment is \"%.40s\", set it to one that "
                     "this processor can run: %s",
                     name, names);

    return NULL;
}


const char *
knn_kernel(void)
{
    knn_error_t          err;
    const knn_kernels_t *kernels;

    kernels = knn_kernels_choose(&err);

    return (kernels == NULL) ? "" : kernels->name;
}
