
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"
#include "knn.h"


#define KNN_ARENA_CHUNK 65536


/* a mapping of its own, so that it can be sealed and is shared after fork() */
typedef struct knn_chunk_s knn_chunk_t;

struct knn_chunk_s {
    knn_chunk_t *next;
    size_t       size;
};

struct knn_arena_s {
    knn_chunk_t *chunks;
    char        *pos; /* free part of the newest chunk */
    char        *end;
    size_t       size;
    size_t       limit;
};


/* Rounds up to a multiple of a power of two. */
static inline size_t
knn_align_up(size_t n, size_t to)
{
    return (n + to - 1) & ~(to - 1);
}


/* Maps a chunk with room for size bytes behind its header. */
static knn_chunk_t *
knn_chunk_map(size_t size)
{
    size_t       total;
    knn_chunk_t *chunk;

    if (size > SIZE_MAX / 2) {
        return NULL;
    }

    total = size + KNN_ALIGNMENT;

    if (total < KNN_ARENA_CHUNK) {
        total = KNN_ARENA_CHUNK;
    }

    total = knn_align_up(total, (size_t) sysconf(_SC_PAGESIZE));

    chunk = mmap(NULL, total, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (chunk == MAP_FAILED) {
        return NULL;
    }

    chunk->size = total;

    return chunk;
}


/* Adds a chunk for at least size bytes, within the limit. */
static int
knn_arena_grow(knn_arena_t *arena, size_t size)
{
    knn_chunk_t *chunk;

    if (size > arena->limit || arena->size > arena->limit - size) {
        return -1;
    }

    chunk = knn_chunk_map(size);

    if (chunk == NULL) {
        return -1;
    }

    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->size += chunk->size;
    arena->pos = (char *) chunk + KNN_ALIGNMENT;
    arena->end = (char *) chunk + chunk->size;

    return 0;
}


/* The next size bytes on a boundary. */
static void *
knn_arena_take(knn_arena_t *arena, size_t size, size_t boundary)
{
    char  *p;
    size_t skip;

    skip = (size_t) (-(uintptr_t) arena->pos & (boundary - 1));

    if (size > (size_t) (arena->end - arena->pos)
        || skip > (size_t) (arena->end - arena->pos) - size)
    {
        if (knn_arena_grow(arena, size) != 0) {
            return NULL;
        }

        skip = 0;
    }

    p = arena->pos + skip;
    arena->pos = p + size;

    return p;
}


knn_arena_t *
knn_arena_create(size_t limit)
{
    knn_chunk_t *chunk;
    knn_arena_t *arena;

    chunk = knn_chunk_map(sizeof(knn_arena_t));

    if (chunk == NULL) {
        return NULL;
    }

    chunk->next = NULL;

    arena = (knn_arena_t *) ((char *) chunk + KNN_ALIGNMENT);
    arena->chunks = chunk;
    arena->pos = (char *) (arena + 1);
    arena->end = (char *) chunk + chunk->size;
    arena->size = chunk->size;
    arena->limit = limit;

    return arena;
}


void *
knn_arena_alloc(knn_arena_t *arena, size_t size)
{
    return knn_arena_take(arena, size, KNN_ALIGNMENT);
}


void *
knn_arena_array(knn_arena_t *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total)) {
        return NULL;
    }

    return knn_arena_take(arena, total, KNN_ALIGNMENT);
}


void *
knn_arena_small(knn_arena_t *arena, size_t size)
{
    return knn_arena_take(arena, size, sizeof(void *));
}


char *
knn_arena_string(knn_arena_t *arena, const char *data, size_t len)
{
    char *p;

    p = knn_arena_take(arena, len + 1, 1);

    if (p != NULL) {
        memcpy(p, data, len);
        p[len] = '\0';
    }

    return p;
}


size_t
knn_arena_size(const knn_arena_t *arena)
{
    return arena->size;
}


void
knn_arena_seal(knn_arena_t *arena)
{
    knn_chunk_t *chunk;

    for (chunk = arena->chunks; chunk != NULL; chunk = chunk->next) {
        (void) mprotect(chunk, chunk->size, PROT_READ);
    }
}


void
knn_arena_destroy(knn_arena_t *arena)
{
    knn_chunk_t *chunk, *next;

    for (chunk = arena->chunks; chunk != NULL; chunk = next) {
        next = chunk->next;
        (void) munmap(chunk, chunk->size);
    }
}
