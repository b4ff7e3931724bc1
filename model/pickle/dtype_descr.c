
/*
 * Copyright (C) nginx-knn contributors
 */


/* dtypes as the headers of .npy files have them: "<f8", or a list of fields. */


#include <string.h>

#include "dtype.h"


/* a field: (name, descr), or (name, descr, shape) */
#define KNN_FIELD_NAME  0
#define KNN_FIELD_DESCR 1
#define KNN_FIELD_SHAPE 2


/* Reads "<f8". */
static knn_status_e
knn_descr_text(const knn_value_t *descr, knn_dtype_t *dtype, knn_error_t *err)
{
    size_t       len;
    const char  *text;
    knn_status_e rc;

    if (!knn_value_is_text(descr, &text, &len) || len == 0 || text[0] == '\0'
        || strchr("<>|=", text[0]) == NULL)
    {
        return knn_error(err, KNN_MALFORMED, "a dtype without a byte order");
    }

    rc = knn_dtype_spec(text + 1, len - 1, dtype, err);
    dtype->swapped = text[0] == '>';

    return rc;
}


/* Makes an element an array of them, which is no number any more. */
static bool
knn_descr_repeat(const knn_value_t *shape, knn_dtype_t *dtype)
{
    size_t             i;
    const knn_value_t *n;

    if (shape->type != KNN_VALUE_TUPLE) {
        return false;
    }

    for (i = 0; i < shape->u.list.n; i++) {
        n = shape->u.list.items[i];

        if (n->type != KNN_VALUE_INT || n->u.integer < 0
            || __builtin_mul_overflow(dtype->size, (size_t) n->u.integer,
                                      &dtype->size))
        {
            return false;
        }
    }

    dtype->kind = 'V';
    dtype->fields = NULL;

    return true;
}


/* Reads one field. */
static knn_status_e
knn_descr_field(const knn_value_t *field, knn_dtype_t *dtype, knn_error_t *err)
{
    knn_status_e        rc;
    knn_value_t *const *items;

    if (field->type != KNN_VALUE_TUPLE || field->u.list.n <= KNN_FIELD_DESCR) {
        return knn_error(err, KNN_MALFORMED,
                         "a dtype's field is no name and type");
    }

    items = field->u.list.items;
    rc = knn_dtype_descr(items[KNN_FIELD_DESCR], dtype, err);

    if (rc == KNN_OK && field->u.list.n > KNN_FIELD_SHAPE
        && !knn_descr_repeat(items[KNN_FIELD_SHAPE], dtype))
    {
        return knn_error(err, KNN_MALFORMED,
                         "a dtype's field has no shape of sizes");
    }

    return rc;
}


knn_status_e
knn_dtype_descr_field(const knn_value_t *descr, const char *name,
                      knn_dtype_t *field, size_t *offset, knn_error_t *err)
{
    size_t             i;
    knn_status_e       rc;
    const knn_value_t *item;

    *offset = 0;
    *field = (knn_dtype_t){0};

    for (i = 0; i < descr->u.list.n; i++) {
        item = descr->u.list.items[i];
        rc = knn_descr_field(item, field, err);

        if (rc != KNN_OK) {
            return rc;
        }

        if (name != NULL
            && knn_value_is(item->u.list.items[KNN_FIELD_NAME], name)) {
            return KNN_OK;
        }

        if (__builtin_add_overflow(*offset, field->size, offset)) {
            return knn_error(err, KNN_MALFORMED, "a dtype beyond all memory");
        }
    }

    return name == NULL ? KNN_OK
                        : knn_error(err, KNN_MALFORMED,
                                    "a record has no field \"%s\"", name);
}


knn_status_e
knn_dtype_descr(const knn_value_t *descr, knn_dtype_t *dtype, knn_error_t *err)
{
    knn_dtype_t field;

    if (descr->type != KNN_VALUE_LIST) {
        return knn_descr_text(descr, dtype, err);
    }

    *dtype = (knn_dtype_t){.kind = 'V', .fields = descr};

    return knn_dtype_descr_field(descr, NULL, &field, &dtype->size, err);
}
