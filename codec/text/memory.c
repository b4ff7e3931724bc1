
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"


/* Makes a block of its own and puts it on the list. */
static knn_block_t *
knn_memory_block(knn_memory_t *memory, size_t size)
{
    knn_block_t *block;

    block = malloc(sizeof(knn_block_t) + size);

    if (block == NULL) {
        _longjmp(memory->escape, 1);
    }

    block->next = memory->blocks;
    block->link = &memory->blocks;

    if (block->next != NULL) {
        block->next->link = &block->next;
    }

    memory->blocks = block;

    return block;
}


void
knn_memory_init(knn_memory_t *memory)
{
    memory->blocks = NULL;
    memory->pos = memory->own;
}


void
knn_memory_free_all(knn_memory_t *memory)
{
    knn_block_t *block, *next;

    for (block = memory->blocks; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
}


void *
knn_memory_alloc(void *ctx, size_t size)
{
    size_t        room;
    knn_block_t  *block;
    knn_memory_t *memory;

    memory = ctx;

    if (size > SIZE_MAX / 2) {
        _longjmp(memory->escape, 1);
    }

    size = (size + 15) & ~(size_t) 15;
    room = (size_t) (memory->own + KNN_MEMORY_OWN - memory->pos);

    if (room >= sizeof(knn_block_t) && room - sizeof(knn_block_t) >= size) {
        block = (knn_block_t *) memory->pos;
        block->link = NULL;
        memory->pos += sizeof(knn_block_t) + size;
    }
    else {
        block = knn_memory_block(memory, size);
    }

    block->size = size;

    return block + 1;
}


/* Makes a block of its own larger, which large ones are without a copy. */
static knn_block_t *
knn_memory_grow(knn_memory_t *memory, knn_block_t *block, size_t size)
{
    block =
        size > SIZE_MAX / 2 ? NULL : realloc(block, sizeof(knn_block_t) + size);

    if (block == NULL) {
        _longjmp(memory->escape, 1);
    }

    block->size = size;
    *block->link = block;

    if (block->next != NULL) {
        block->next->link = &block->next;
    }

    return block;
}


void *
knn_memory_realloc(void *ctx, void *p, size_t size)
{
    void        *fresh;
    knn_block_t *block;

    if (p == NULL) {
        return knn_memory_alloc(ctx, size);
    }

    block = (knn_block_t *) p - 1;

    if (size <= block->size) {
        return p;
    }

    if (block->link != NULL) {
        return knn_memory_grow(ctx, block, size) + 1;
    }

    fresh = knn_memory_alloc(ctx, size);
    memcpy(fresh, p, block->size);
    knn_memory_free(ctx, p);

    return fresh;
}


void
knn_memory_free(void *ctx, void *p)
{
    knn_block_t *block;

    (void) ctx;

    if (p == NULL) {
        return;
    }

    block = (knn_block_t *) p - 1;

    if (block->link == NULL) {
        return;
    }

    *block->link = block->next;

    if (block->next != NULL) {
        block->next->link = block->link;
    }

    free(block);
}
