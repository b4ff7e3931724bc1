
/*
 * Copyright (C) nginx-knn contributors
 */


/* The libraries of compression behind one table: a stream, step by step. */


#ifndef KNN_DECOMPRESS_H
#define KNN_DECOMPRESS_H


#include "container.h"


typedef enum {
    KNN_STREAM_MORE = 0,
    KNN_STREAM_END, /* of one stream, others may follow */
    KNN_STREAM_DAMAGED,
    KNN_STREAM_MEMORY
} knn_stream_e;


typedef struct {
    const unsigned char *in;
    size_t               in_left;
    unsigned char       *out;
    size_t               out_left;
} knn_window_t;


/* one way of compression */
typedef struct {
    bool many; /* streams may follow each other */
    void *(*open)(knn_container_e kind);
    knn_stream_e (*step)(void *state, knn_window_t *window);
    void (*close)(void *state);
} knn_decompressor_t;


/* by kind, none for KNN_PICKLE */
extern const knn_decompressor_t knn_decompressors[];


#endif /* KNN_DECOMPRESS_H */
