
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"
#include "knn.h"


#define KNN_ARENA_CHUNK 65536

/* from here on huge pages are worth asking for: some of it is aligned */
#define KNN_ARENA_HUGE ((size_t) 4 * 1024 * 1024)


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
    size_t       charged;
    size_t       limit;
};


/* Rounds up to a multiple of a power of two. */
static inline size_t
knn_align_up(size_t n, size_t to)
{
    return (n + to - 1) & ~(to - 1);
}


/* The size of a chunk with room for size bytes; 0 beyond all memory. */
static size_t
knn_chunk_size(size_t size)
{
    if (size > SIZE_MAX / 2) {
        return 0;
    }

    size += KNN_ALIGNMENT;

    return knn_align_up(size < KNN_ARENA_CHUNK ? KNN_ARENA_CHUNK : size,
                        (size_t) sysconf(_SC_PAGESIZE));
}


/* Maps a chunk. */
static knn_chunk_t *
knn_chunk_map(size_t size)
{
    knn_chunk_t *chunk;

    chunk = mmap(NULL, size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (chunk == MAP_FAILED) {
        return NULL;
    }

    if (size >= KNN_ARENA_HUGE) {
        (void) madvise(chunk, size, MADV_HUGEPAGE);
    }

    chunk->size = size;

    return chunk;
}


/* True when so many bytes more are within the limit. */
static bool
knn_arena_allows(const knn_arena_t *arena, size_t size)
{
    size_t held;

    held = arena->size + arena->charged;

    return held <= arena->limit && size <= arena->limit - held;
}


/* Adds a chunk for at least size bytes, within the limit. */
static int
knn_arena_grow(knn_arena_t *arena, size_t size)
{
    size_t       total;
    knn_chunk_t *chunk;

    total = knn_chunk_size(size);

    if (total == 0 || !knn_arena_allows(arena, total)) {
        return -1;
    }

    chunk = knn_chunk_map(total);

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

    chunk = knn_chunk_map(knn_chunk_size(sizeof(knn_arena_t)));

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


knn_arena_mark_t
knn_arena_mark(const knn_arena_t *arena)
{
    return (knn_arena_mark_t){arena->chunks, arena->pos, arena->end};
}


void
knn_arena_release(knn_arena_t *arena, const knn_arena_mark_t *mark)
{
    char        *used;
    knn_chunk_t *chunk;

    used = (arena->chunks == mark->chunk) ? arena->pos : mark->end;

    while (arena->chunks != mark->chunk) {
        chunk = arena->chunks;
        arena->chunks = chunk->next;
        arena->size -= chunk->size;
        (void) munmap(chunk, chunk->size);
    }

    memset(mark->pos, 0, (size_t) (used - mark->pos));

    arena->pos = mark->pos;
    arena->end = mark->end;
}


size_t
knn_arena_size(const knn_arena_t *arena)
{
    return arena->size;
}


void
knn_arena_allow(knn_arena_t *arena, size_t more)
{
    if (__builtin_add_overflow(arena->limit, more, &arena->limit)) {
        arena->limit = SIZE_MAX;
    }
}


int
knn_arena_charge(knn_arena_t *arena, size_t size)
{
    if (!knn_arena_allows(arena, size)) {
        return -1;
    }

    arena->charged += size;

    return 0;
}


void
knn_arena_credit(knn_arena_t *arena, size_t size)
{
    arena->charged -= size;
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
