
/*
 * Copyright (C) nginx-knn contributors
 */


/* Replies as one array in NumPy's format, version 1.0. */


#include <endian.h>
#include <stdio.h>

#include "reply_tensor.h"
#include "../text/text.h"


#define KNN_NPY_MAGIC "\x93NUMPY\x01"

/* magic and version, then the size of what describes the array */
#define KNN_NPY_BEGIN (sizeof(KNN_NPY_MAGIC) + sizeof(uint16_t))

/* the array begins on such a boundary, and behind so many bytes at most */
#define KNN_NPY_ALIGN  64
#define KNN_NPY_HEADER 192


/* The characters of NumPy's texts, which have one at least. */
static size_t
knn_npy_points(const knn_reply_t *reply)
{
    return reply->labels.points > 0 ? reply->labels.points : 1;
}


/* A label as UTF-32, with zeros up to the size of the longest. */
static char *
knn_npy_text(knn_reply_writer_t *writer, const knn_tensor_t *tensor, char *p)
{
    size_t             n, i;
    uint32_t           point;
    const char        *text, *end;
    const knn_piece_t *label;

    label = &writer->reply->labels.texts[knn_tensor_label(writer, tensor)];
    end = p + knn_npy_points(writer->reply) * sizeof(uint32_t);

    for (text = label->data; text < label->data + label->size; text += n) {
        n = knn_text_char(text, label->data + label->size);
        point = (unsigned char) *text & (0xFFu >> (n + (n > 1)));

        for (i = 1; i < n; i++) {
            point = point << 6 | ((unsigned char) text[i] & 0x3F);
        }

        point = htole32(point);
        p = knn_reply_copy(p, (const char *) &point, sizeof(uint32_t));
    }

    memset(p, 0, (size_t) (end - p));

    return p + (end - p);
}


static const knn_tensor_kind_t knn_npy_texts = {KNN_BYTES, false, 0,
                                                0,         NULL,  knn_npy_text};


/* Describes the array of the only output. */
static void
knn_npy_tensor(knn_tensor_t *tensor, const knn_reply_t *reply,
               const knn_query_t *query, size_t width)
{
    knn_tensor_e of;

    of = query->outputs & KNN_PREDICT         ? KNN_TENSOR_PREDICT
         : query->outputs & KNN_PREDICT_PROBA ? KNN_TENSOR_PROBA
                                              : KNN_TENSOR_NEIGHBORS;

    knn_tensor_init(tensor, reply, query, of, 0, width);

    if (tensor->kind->type == KNN_BYTES) {
        tensor->kind = &knn_npy_texts;
    }
}


/* The bytes of an element. */
static size_t
knn_npy_width(const knn_reply_t *reply, const knn_tensor_t *tensor)
{
    return tensor->kind == &knn_npy_texts
               ? knn_npy_points(reply) * sizeof(uint32_t)
               : tensor->kind->binary;
}


/* The bytes of the array and the most that are before it. */
static size_t
knn_npy_size(const knn_reply_t *reply, const knn_query_t *query,
             const knn_rows_t *rows)
{
    size_t       size, total;
    knn_tensor_t tensor;

    (void) rows;

    knn_npy_tensor(&tensor, reply, query, knn_reply_width(reply, query));
    total = KNN_NPY_HEADER;

    return !__builtin_mul_overflow(knn_npy_width(reply, &tensor),
                                   tensor.columns, &size)
                   && knn_reply_add(&total, tensor.rows, size)
               ? total
               : 0;
}


/* The type of elements, as NumPy has it. */
static void
knn_npy_type(const knn_reply_t *reply, const knn_tensor_t *tensor, char *buf,
             size_t size)
{
    switch (tensor->kind->type) {

    case KNN_INT64:
        (void) snprintf(buf, size, "<i8");
        break;

    case KNN_BOOL:
        (void) snprintf(buf, size, "|b1");
        break;

    case KNN_FP64:
        (void) snprintf(buf, size, "<f8");
        break;

    default:
        (void) snprintf(buf, size, "<U%zu", knn_npy_points(reply));
        break;
    }
}


/* Writes what describes the array; returns its length. */
static size_t
knn_npy_describe(const knn_reply_t *reply, const knn_tensor_t *tensor,
                 char *buf, size_t size)
{
    int  n;
    char type[24], columns[24];

    knn_npy_type(reply, tensor, type, sizeof(type));

    *columns = '\0';

    if (tensor->rank == 2) {
        (void) snprintf(columns, sizeof(columns), " %zu", tensor->columns);
    }

    n = snprintf(buf, size,
                 "{'descr': '%s', 'fortran_order': False, "
                 "'shape': (%zu,%s), }",
                 type, tensor->rows, columns);

    return (size_t) n;
}


/* Writes what is before the array. */
static void
knn_npy_begin(knn_reply_writer_t *writer)
{
    char        *p;
    char         text[KNN_NPY_HEADER];
    size_t       size, whole;
    uint16_t     little;
    knn_tensor_t tensor;

    writer->width = knn_reply_width(writer->reply, writer->query);
    writer->column = 0;
    knn_npy_tensor(&tensor, writer->reply, writer->query, writer->width);

    size = knn_npy_describe(writer->reply, &tensor, text, sizeof(text));
    whole =
        (KNN_NPY_BEGIN + size + KNN_NPY_ALIGN) / KNN_NPY_ALIGN * KNN_NPY_ALIGN;
    little = htole16((uint16_t) (whole - KNN_NPY_BEGIN));

    /* the second number of the version is the zero behind the magic */

    p = knn_reply_copy(writer->p, KNN_NPY_MAGIC, sizeof(KNN_NPY_MAGIC));
    p = knn_reply_copy(p, (const char *) &little, sizeof(uint16_t));
    p = knn_reply_copy(p, text, size);

    size = whole - KNN_NPY_BEGIN - size;
    memset(p, ' ', size);
    p[size - 1] = '\n';

    writer->p = p + size;
}


/* Writes more of the array. */
static bool
knn_npy_run(knn_reply_writer_t *writer)
{
    knn_tensor_t tensor;

    knn_npy_tensor(&tensor, writer->reply, writer->query, writer->width);

    return knn_tensor_binary(writer, &tensor);
}


const knn_reply_format_t knn_reply_npy = {knn_npy_size, knn_npy_begin,
                                          knn_npy_run};
