
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "../file/digest.h"
#include "../file/replace.h"
#include "safetensors.h"
#include "safetensors_write.h"


/* the length of the header, before it */
#define KNN_WRITING_LENGTH 8


typedef struct {
    const char *name;
    size_t      size;
} knn_element_t;


/* in the order in which they are written: none needs padding then */
static const knn_element_t knn_elements[] = {[KNN_U8] = {"U8", 1},
                                             [KNN_F64] = {"F64", 8},
                                             [KNN_I64] = {"I64", 8},
                                             [KNN_F32] = {"F32", 4},
                                             [KNN_I32] = {"I32", 4}};

#define KNN_ELEMENTS (sizeof(knn_elements) / sizeof(knn_elements[0]))


void
knn_writing_init(knn_writing_t *writing)
{
    writing->n = 0;
    knn_draft_init(&writing->metadata);
}


void
knn_writing_free(knn_writing_t *writing)
{
    knn_draft_free(&writing->metadata);
}


void
knn_writing_tensor(knn_writing_t *writing, const char *name,
                   knn_element_e element, const void *data, size_t ndim,
                   const size_t *shape)
{
    knn_written_t *tensor;

    if (data == NULL) {
        return;
    }

    tensor = &writing->tensors[writing->n++];
    tensor->name = name;
    tensor->element = element;
    tensor->data = data;
    tensor->ndim = ndim;
    memcpy(tensor->shape, shape, ndim * sizeof(size_t));
}


/* Begins a member of the metadata. */
static void
knn_writing_member(knn_writing_t *writing, const char *name)
{
    knn_draft_comma(&writing->metadata, writing->metadata.len);
    knn_draft_string(&writing->metadata, name, strlen(name));
    knn_draft_literal(&writing->metadata, ":");
}


void
knn_writing_text(knn_writing_t *writing, const char *name, const char *text)
{
    if (text != NULL) {
        knn_writing_member(writing, name);
        knn_draft_string(&writing->metadata, text, strlen(text));
    }
}


void
knn_writing_draft(knn_writing_t *writing, const char *name, knn_draft_t *draft)
{
    knn_writing_member(writing, name);
    knn_draft_string(&writing->metadata, draft->data, draft->len);

    writing->metadata.failed |= draft->failed;
    knn_draft_free(draft);
}


/* The bytes of a tensor. */
static size_t
knn_writing_size(const knn_written_t *tensor)
{
    size_t i, size;

    size = knn_elements[tensor->element].size;

    for (i = 0; i < tensor->ndim; i++) {
        size *= tensor->shape[i];
    }

    return size;
}


/* Describes a tensor. */
static void
knn_writing_describe(knn_draft_t *header, const knn_written_t *tensor,
                     size_t start)
{
    size_t i;

    knn_draft_literal(header, ",");
    knn_draft_string(header, tensor->name, strlen(tensor->name));
    knn_draft_literal(header, ":{\"dtype\":\"");
    knn_draft_literal(header, knn_elements[tensor->element].name);
    knn_draft_literal(header, "\",\"shape\":[");

    for (i = 0; i < tensor->ndim; i++) {
        knn_draft_comma(header, i);
        knn_draft_count(header, tensor->shape[i]);
    }

    knn_draft_literal(header, "],\"data_offsets\":[");
    knn_draft_count(header, start);
    knn_draft_literal(header, ",");
    knn_draft_count(header, start + knn_writing_size(tensor));
    knn_draft_literal(header, "]}");
}


/* Makes the header, filled up so that the tensors begin on a boundary. */
static void
knn_writing_header(const knn_writing_t *writing, knn_draft_t *header)
{
    size_t        i, at;
    knn_element_e element;

    knn_draft_literal(header, "{\"__metadata__\":{");
    knn_draft_bytes(header, writing->metadata.data, writing->metadata.len);
    knn_draft_literal(header, "}");

    at = 0;

    for (element = 0; element < KNN_ELEMENTS; element++) {
        for (i = 0; i < writing->n; i++) {
            if (writing->tensors[i].element == element) {
                knn_writing_describe(header, &writing->tensors[i], at);
                at += knn_writing_size(&writing->tensors[i]);
            }
        }
    }

    knn_draft_literal(header, "}");

    while (!header->failed
           && (KNN_WRITING_LENGTH + header->len) % KNN_ALIGNMENT != 0)
    {
        knn_draft_literal(header, " ");
    }
}


/* Adds the digest of the tensors, in the order in which they are written. */
static knn_status_e
knn_writing_digest(knn_writing_t *writing, knn_error_t *err)
{
    char          hex[KNN_DIGEST_SIZE];
    size_t        i;
    knn_digest_t  digest;
    knn_element_e element;

    knn_digest_init(&digest);

    for (element = 0; element < KNN_ELEMENTS; element++) {
        for (i = 0; i < writing->n; i++) {
            if (writing->tensors[i].element == element) {
                knn_digest_add(&digest, writing->tensors[i].data,
                               knn_writing_size(&writing->tensors[i]));
            }
        }
    }

    if (knn_digest_end(&digest, hex, err) != KNN_OK) {
        return err->status;
    }

    knn_writing_text(writing, KNN_WRITING_DIGEST, hex);

    return KNN_OK;
}


/* Writes header and tensors. */
static knn_status_e
knn_writing_fill(const knn_writing_t *writing, const knn_draft_t *header,
                 knn_replace_t *file, knn_error_t *err)
{
    size_t               i;
    knn_status_e         rc;
    unsigned char        length[KNN_WRITING_LENGTH];
    knn_element_e        element;
    const knn_written_t *tensor;

    for (i = 0; i < sizeof(length); i++) {
        length[i] = (unsigned char) ((uint64_t) header->len >> (8 * i));
    }

    rc = knn_replace_write(file, length, sizeof(length), err);

    if (rc == KNN_OK) {
        rc = knn_replace_write(file, header->data, header->len, err);
    }

    for (element = 0; rc == KNN_OK && element < KNN_ELEMENTS; element++) {
        for (i = 0; rc == KNN_OK && i < writing->n; i++) {
            tensor = &writing->tensors[i];

            if (tensor->element == element) {
                rc = knn_replace_write(file, tensor->data,
                                       knn_writing_size(tensor), err);
            }
        }
    }

    return rc;
}


/* Puts a file of header and tensors in its place. */
static knn_status_e
knn_writing_replace(const knn_writing_t *writing, const knn_draft_t *header,
                    const char *path, knn_error_t *err)
{
    knn_replace_t file;

    if (knn_replace_open(&file, path, err) != KNN_OK) {
        return err->status;
    }

    if (knn_writing_fill(writing, header, &file, err) != KNN_OK) {
        knn_replace_abandon(&file);
        return err->status;
    }

    return knn_replace_close(&file, err);
}


knn_status_e
knn_writing_write(knn_writing_t *writing, const char *path, knn_error_t *err)
{
    knn_draft_t  header;
    knn_status_e rc;

    if (knn_writing_digest(writing, err) != KNN_OK) {
        return err->status;
    }

    knn_draft_init(&header);
    knn_writing_header(writing, &header);

    if (header.failed || writing->metadata.failed) {
        rc = knn_error(err, KNN_NO_MEMORY, "no memory for its header");
    }
    else if (header.len > KNN_SAFETENSORS_HEADER) {
        rc = knn_error(err, KNN_LIMIT,
                       "would have a header of %zu bytes, more than "
                       "safetensors allows, use shorter labels or names",
                       header.len);
    }
    else {
        rc = knn_writing_replace(writing, &header, path, err);
    }

    knn_draft_free(&header);

    return rc;
}
