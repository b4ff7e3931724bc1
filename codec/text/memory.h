
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * Memory for a library that does not expect to be refused any: the first
 * bytes from the structure itself, more from malloc(), and a jump out of the
 * library when there is no more.
 */


#ifndef KNN_MEMORY_H
#define KNN_MEMORY_H


#include <setjmp.h>
#include <stddef.h>


/* what a body of short tokens needs of yajl 2.1 */
#define KNN_MEMORY_OWN 3072


typedef struct knn_block_s knn_block_t;

struct knn_block_s {
    _Alignas(16) size_t size;
    knn_block_t  *next; /* of those from malloc() */
    knn_block_t **link; /* what points here, NULL if own */
};


typedef struct {
    jmp_buf      escape; /* to be set before any use */
    knn_block_t *blocks;
    char        *pos;
    _Alignas(16) char own[KNN_MEMORY_OWN];
} knn_memory_t;


void knn_memory_init(knn_memory_t *memory);
void knn_memory_free_all(knn_memory_t *memory);

/* These have the types that yajl wants; they never return NULL. */
void *knn_memory_alloc(void *memory, size_t size);
void *knn_memory_realloc(void *memory, void *p, size_t size);
void  knn_memory_free(void *memory, void *p);


#endif /* KNN_MEMORY_H */
