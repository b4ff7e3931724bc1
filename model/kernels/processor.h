
/*
 * Copyright (C) nginx-knn contributors
 */


/* What this processor, with the kernel that runs on it, can do. */


#ifndef KNN_PROCESSOR_H
#define KNN_PROCESSOR_H


#include <stdbool.h>


/* Plain C runs everywhere. */
bool knn_processor_generic(void);


/* whether the compiler can make code for tiles */
#if (__x86_64__) && __has_include(<amxint8intrin.h>)
#define KNN_AMX 1
#endif

/* the same for sums of products of bytes */
#if (__aarch64__) && (!__clang__ || __clang_major__ >= 16)
#define KNN_DOTPROD 1
#endif


#if (__x86_64__)

/* Whether vectors of four doubles can be used. */
bool knn_processor_avx2(void);

/* Whether the widest vectors can be used. */
bool knn_processor_avx512(void);

/* Whether these multiply bytes too. */
bool knn_processor_avx512vnni(void);

/*
 * Whether tiles of bytes can be multiplied.  Linux has to be asked for it, once
 * for a process and all that it forks from then on: this does.
 */
bool knn_processor_amx(void);

#endif


#if (__aarch64__)

/* Whether vectors sum products of bytes; those of doubles are everywhere. */
bool knn_processor_dotprod(void);

#endif


#endif /* KNN_PROCESSOR_H */
