
/*
 * Copyright (C) nginx-knn contributors
 */


#include <math.h>
#include <stdint.h>
#include <string.h>

#include "datatype.h"


/* elements that are converted at a time */
#define KNN_CHUNK 256

/* Gives each element's value, in which i is its number. */
#define KNN_EACH(value)                                                        \
    for (i = 0; i < count; i++) {                                              \
        values[i * stride] = (double) (value);                                 \
    }                                                                          \
    break


#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define KNN_SWAPPED true
#else
#define KNN_SWAPPED false
#endif


/* elements in the order of this machine */
typedef union {
    uint8_t  u8[KNN_CHUNK];
    uint16_t u16[KNN_CHUNK];
    uint32_t u32[KNN_CHUNK];
    uint64_t u64[KNN_CHUNK];
    int8_t   i8[KNN_CHUNK];
    int16_t  i16[KNN_CHUNK];
    int32_t  i32[KNN_CHUNK];
    int64_t  i64[KNN_CHUNK];
    float    f32[KNN_CHUNK];
    double   f64[KNN_CHUNK];
} knn_chunk_t;


const knn_datatype_t knn_datatypes[KNN_DATATYPES] = {
    [KNN_BOOL] = {"BOOL", 1},     [KNN_UINT8] = {"UINT8", 1},
    [KNN_UINT16] = {"UINT16", 2}, [KNN_UINT32] = {"UINT32", 4},
    [KNN_UINT64] = {"UINT64", 8}, [KNN_INT8] = {"INT8", 1},
    [KNN_INT16] = {"INT16", 2},   [KNN_INT32] = {"INT32", 4},
    [KNN_INT64] = {"INT64", 8},   [KNN_FP16] = {"FP16", 2},
    [KNN_BF16] = {"BF16", 2},     [KNN_FP32] = {"FP32", 4},
    [KNN_FP64] = {"FP64", 8},     [KNN_BYTES] = {"BYTES", 0},
};


knn_datatype_e
knn_datatype_find(const char *name, size_t size)
{
    knn_datatype_e type;

    for (type = 0; type < KNN_DATATYPES; type++) {
        if (size == strlen(knn_datatypes[type].name)
            && memcmp(name, knn_datatypes[type].name, size) == 0)
        {
            break;
        }
    }

    return type;
}


/* The value of an IEEE 754 number of 16 bits. */
static double
knn_datatype_half(uint16_t bits)
{
    double   value;
    unsigned exponent, mantissa;

    exponent = bits >> 10 & 31;
    mantissa = bits & 1023;

    if (exponent == 0) {
        value = mantissa * 0x1p-24;
    }
    else if (exponent < 31) {
        value = (1024 + mantissa) * 0x1p-25 * (double) (1u << exponent);
    }
    else {
        value = mantissa == 0 ? INFINITY : NAN;
    }

    return bits >> 15 ? -value : value;
}


/* The value of the upper 16 bits of a float. */
static double
knn_datatype_brain(uint16_t bits)
{
    float    value;
    uint32_t whole;

    whole = (uint32_t) bits << 16;
    memcpy(&value, &whole, sizeof(float));

    return (double) value;
}


/* Turns the bytes of each element round. */
static void
knn_datatype_swap(knn_chunk_t *chunk, size_t size, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        switch (size) {

        case 2:
            chunk->u16[i] = __builtin_bswap16(chunk->u16[i]);
            break;

        case 4:
            chunk->u32[i] = __builtin_bswap32(chunk->u32[i]);
            break;

        case 8:
            chunk->u64[i] = __builtin_bswap64(chunk->u64[i]);
            break;

        default:
            return;
        }
    }
}


/* Converts a chunk. */
static void
knn_datatype_chunk(knn_datatype_e type, const knn_chunk_t *chunk, size_t count,
                   double *values, size_t stride)
{
    size_t i;

    switch (type) {

    case KNN_BOOL:
        KNN_EACH(chunk->u8[i] != 0);

    case KNN_UINT8:
        KNN_EACH(chunk->u8[i]);

    case KNN_UINT16:
        KNN_EACH(chunk->u16[i]);

    case KNN_UINT32:
        KNN_EACH(chunk->u32[i]);

    case KNN_UINT64:
        KNN_EACH(chunk->u64[i]);

    case KNN_INT8:
        KNN_EACH(chunk->i8[i]);

    case KNN_INT16:
        KNN_EACH(chunk->i16[i]);

    case KNN_INT32:
        KNN_EACH(chunk->i32[i]);

    case KNN_INT64:
        KNN_EACH(chunk->i64[i]);

    case KNN_FP16:
        KNN_EACH(knn_datatype_half(chunk->u16[i]));

    case KNN_BF16:
        KNN_EACH(knn_datatype_brain(chunk->u16[i]));

    case KNN_FP32:
        KNN_EACH(chunk->f32[i]);

    default:
        KNN_EACH(chunk->f64[i]);
    }
}


void
knn_datatype_read(knn_datatype_e type, bool swap, const char *data,
                  size_t count, double *values, size_t stride)
{
    size_t      n, size;
    knn_chunk_t chunk;

    size = knn_datatypes[type].size;
    swap = swap != KNN_SWAPPED;

    if (type == KNN_FP64 && !swap && stride == 1) {
        memcpy(values, data, count * size);
        return;
    }

    for (/* void */; count > 0; count -= n) {
        n = count < KNN_CHUNK ? count : KNN_CHUNK;
        memcpy(&chunk, data, n * size);

        if (swap) {
            knn_datatype_swap(&chunk, size, n);
        }

        knn_datatype_chunk(type, &chunk, n, values, stride);

        data += n * size;
        values += n * stride;
    }
}
