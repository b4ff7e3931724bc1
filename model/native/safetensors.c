
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "safetensors.h"
#include "../utf8.h"
#include "yajl_value.h"


#define KNN_SAFETENSORS_METADATA "__metadata__"

/* the length of the header, before it */
#define KNN_SAFETENSORS_LENGTH 8


/* The order of tensors in the file, for qsort(). */
static int
knn_tensor_compare(const void *a, const void *b)
{
    const knn_tensor_t *one, *two;

    one = a;
    two = b;

    if (one->start != two->start) {
        return one->start < two->start ? -1 : 1;
    }

    return (one->end > two->end) - (one->end < two->end);
}


/* Gives the tensors their bytes, which are to be used up. */
static knn_status_e
knn_safetensors_tile(knn_safetensors_t *file, const char *data, size_t size,
                     knn_error_t *err)
{
    size_t        i, at;
    knn_tensor_t *tensor;

    qsort(file->tensors, file->n, sizeof(knn_tensor_t), knn_tensor_compare);

    at = 0;

    for (i = 0; i < file->n; i++) {
        tensor = &file->tensors[i];

        if (tensor->end > size) {
            return knn_tensor_fail(tensor, KNN_MALFORMED,
                                   "ends behind the file, copy it again", err);
        }

        if (tensor->start != at) {
            return knn_tensor_fail(tensor, KNN_MALFORMED,
                                   tensor->start < at
                                       ? "overlaps the one before"
                                       : "leaves bytes unused before it",
                                   err);
        }

        tensor->array.data = data + tensor->start;
        at = tensor->end;
    }

    if (at != size) {
        return knn_error(err, KNN_MALFORMED,
                         "has %zu bytes behind the last tensor, copy it again",
                         size - at);
    }

    return KNN_OK;
}


/* Takes the metadata, which are all texts. */
static knn_status_e
knn_safetensors_metadata(knn_safetensors_t *file, const knn_value_t *value,
                         knn_error_t *err)
{
    char         shown[KNN_QUOTE_SIZE];
    size_t       i;
    knn_value_t *key;

    if (value->type != KNN_VALUE_DICT) {
        return knn_error(err, KNN_MALFORMED,
                         "\"" KNN_SAFETENSORS_METADATA "\" is no object");
    }

    for (i = 0; i < value->u.list.n; i += 2) {
        if (value->u.list.items[i + 1]->type != KNN_VALUE_TEXT) {
            key = value->u.list.items[i];

            return knn_error(err, KNN_MALFORMED,
                             "metadata \"%s\" is no string, write it as one",
                             knn_utf8_quote(shown, sizeof(shown),
                                            key->u.text.data, key->u.text.len));
        }
    }

    file->metadata = value;

    return KNN_OK;
}


/* Takes the members of the header. */
static knn_status_e
knn_safetensors_members(knn_safetensors_t *file, const knn_value_t *header,
                        knn_error_t *err)
{
    size_t       i;
    knn_status_e rc;
    knn_value_t *key, *member;

    for (i = 0; i < header->u.list.n; i += 2) {
        key = header->u.list.items[i];
        member = header->u.list.items[i + 1];

        if (knn_value_is(key, KNN_SAFETENSORS_METADATA)) {
            rc = knn_safetensors_metadata(file, member, err);
        }
        else {
            file->tensors[file->n].name = key->u.text.data;
            rc = knn_tensor_read(file->arena, &file->tensors[file->n], member,
                                 err);
            file->n++;
        }

        if (rc != KNN_OK) {
            return rc;
        }
    }

    return KNN_OK;
}


/* Finds the text of the header. */
static knn_status_e
knn_safetensors_header(const unsigned char *data, size_t size, size_t *len,
                       knn_error_t *err)
{
    size_t   i;
    uint64_t n;

    if (size < KNN_SAFETENSORS_LENGTH) {
        return knn_error(err, KNN_MALFORMED,
                         "ends in its first 8 bytes, copy it again");
    }

    n = 0;

    for (i = KNN_SAFETENSORS_LENGTH; i > 0; i--) {
        n = n << 8 | data[i - 1];
    }

    if (n > KNN_SAFETENSORS_HEADER || n > size - KNN_SAFETENSORS_LENGTH) {
        return knn_error(err, KNN_MALFORMED,
                         "has a header of %llu bytes, more than the file or "
                         "than safetensors allows, copy it again",
                         (unsigned long long) n);
    }

    *len = (size_t) n;

    return KNN_OK;
}


knn_status_e
knn_safetensors_read(knn_safetensors_t *file, knn_arena_t *arena,
                     const void *data, size_t size, knn_error_t *err)
{
    size_t             len, used;
    const char        *text;
    const knn_value_t *header;

    len = 0;

    if (knn_safetensors_header(data, size, &len, err) != KNN_OK) {
        return err->status;
    }

    text = (const char *) data + KNN_SAFETENSORS_LENGTH;
    used = KNN_SAFETENSORS_LENGTH + len;
    header = knn_yajl_value(arena, text, len, err);

    if (header == NULL) {
        knn_error_prefix(err, "the safetensors header");
        return err->status;
    }

    if (header->type != KNN_VALUE_DICT) {
        return knn_error(err, KNN_MALFORMED,
                         "the safetensors header is no object");
    }

    file->arena = arena;
    file->header = used;
    file->n = 0;
    file->tensors =
        knn_arena_array(arena, header->u.list.n / 2, sizeof(knn_tensor_t));
    file->metadata = knn_value_new(arena, KNN_VALUE_DICT);

    if (file->tensors == NULL || file->metadata == NULL) {
        return knn_error(err, KNN_LIMIT, "needs more memory than allowed");
    }

    if (knn_safetensors_members(file, header, err) != KNN_OK) {
        return err->status;
    }

    return knn_safetensors_tile(file, text + len, size - used, err);
}


const knn_ndarray_t *
knn_safetensors_tensor(const knn_safetensors_t *file, const char *name)
{
    size_t i;

    for (i = 0; i < file->n; i++) {
        if (strcmp(file->tensors[i].name, name) == 0) {
            return &file->tensors[i].array;
        }
    }

    return NULL;
}
