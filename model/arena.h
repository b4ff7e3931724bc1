
/*
 * Copyright (C) nginx-knn contributors
 */


/* Memory that is filled piece by piece, made read-only, and freed whole. */


#ifndef KNN_ARENA_H
#define KNN_ARENA_H


#include <stddef.h>


typedef struct knn_arena_s knn_arena_t;


/* limit is the most bytes it will ever hold; NULL when there is no memory. */
knn_arena_t *knn_arena_create(size_t limit);

/* Zeroed memory on a KNN_ALIGNMENT boundary; NULL beyond the limit. */
void *knn_arena_alloc(knn_arena_t *arena, size_t size);

/* The same for count elements of size bytes; NULL on overflow. */
void *knn_arena_array(knn_arena_t *arena, size_t count, size_t size);

/* The same on the boundary of a pointer, for the many small things. */
void *knn_arena_small(knn_arena_t *arena, size_t size);

/* A NUL-terminated copy of len bytes. */
char *knn_arena_string(knn_arena_t *arena, const char *data, size_t len);

/* How far it is filled. */
typedef struct {
    struct knn_chunk_s *chunk;
    char               *pos;
    char               *end;
} knn_arena_mark_t;

knn_arena_mark_t knn_arena_mark(const knn_arena_t *arena);

/* Frees all that came after the mark. */
void knn_arena_release(knn_arena_t *arena, const knn_arena_mark_t *mark);

/* Bytes taken from the system. */
size_t knn_arena_size(const knn_arena_t *arena);

/* Moves the limit up. */
void knn_arena_allow(knn_arena_t *arena, size_t more);

/* Counts bytes that are held elsewhere to the limit; -1 beyond it. */
int  knn_arena_charge(knn_arena_t *arena, size_t size);
void knn_arena_credit(knn_arena_t *arena, size_t size);

/* Makes all of it read-only, for ever. */
void knn_arena_seal(knn_arena_t *arena);

void knn_arena_destroy(knn_arena_t *arena);


#endif /* KNN_ARENA_H */
