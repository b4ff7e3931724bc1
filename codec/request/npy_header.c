
/*
 * Copyright (C) nginx-knn contributors
 */


/* The header of an NPY array: a dictionary as Python writes it. */


#include <string.h>

#include "npy.h"
#include "../text/text.h"


/* room for a datatype in an error */
#define KNN_NPY_ECHO 32


/* what is left of the header */
typedef struct {
    const char *p;
    const char *end;
} knn_npy_text_t;


/* the kinds of elements by their characters, and their datatypes by size */
static const struct {
    knn_datatype_e datatype;
    char           kind;
    unsigned char  size;
} knn_npy_types[] = {
    {KNN_BOOL, 'b', 1},   {KNN_UINT8, 'u', 1},  {KNN_UINT16, 'u', 2},
    {KNN_UINT32, 'u', 4}, {KNN_UINT64, 'u', 8}, {KNN_INT8, 'i', 1},
    {KNN_INT16, 'i', 2},  {KNN_INT32, 'i', 4},  {KNN_INT64, 'i', 8},
    {KNN_FP16, 'f', 2},   {KNN_FP32, 'f', 4},   {KNN_FP64, 'f', 8},
};


/* Refuses a header that cannot be read. */
static knn_status_e
knn_npy_refuse(knn_matrix_t *matrix, const char *what)
{
    return knn_matrix_fail(matrix, KNN_MALFORMED, NULL,
                           "the header of the NPY array %s, write it by "
                           "numpy.save()",
                           what);
}


/* Skips white space. */
static void
knn_npy_skip(knn_npy_text_t *text)
{
    while (text->p < text->end
           && (*text->p == ' ' || *text->p == '\n' || *text->p == '\t'))
    {
        text->p++;
    }
}


/* True if this comes next, which is then behind. */
static bool
knn_npy_take(knn_npy_text_t *text, const char *what)
{
    size_t size;

    knn_npy_skip(text);
    size = strlen(what);

    if ((size_t) (text->end - text->p) < size
        || memcmp(text->p, what, size) != 0) {
        return false;
    }

    text->p += size;

    return true;
}


/* Reads a text in quotes. */
static bool
knn_npy_string(knn_npy_text_t *text, const char **data, size_t *size)
{
    char        quote;
    const char *p;

    knn_npy_skip(text);

    if (text->p == text->end || (*text->p != '\'' && *text->p != '"')) {
        return false;
    }

    quote = *text->p;
    p = memchr(text->p + 1, quote, (size_t) (text->end - text->p - 1));

    if (p == NULL) {
        return false;
    }

    *data = text->p + 1;
    *size = (size_t) (p - *data);
    text->p = p + 1;

    return true;
}


/* Reads a dimension, behind which Python 2 wrote an L. */
static bool
knn_npy_number(knn_npy_text_t *text, size_t *number)
{
    const char *first;

    knn_npy_skip(text);
    *number = 0;

    for (first = text->p;
         text->p < text->end && *text->p >= '0' && *text->p <= '9'; text->p++)
    {
        if (__builtin_mul_overflow(*number, 10, number)
            || __builtin_add_overflow(*number, (size_t) (*text->p - '0'),
                                      number))
        {
            return false;
        }
    }

    if (text->p == first) {
        return false;
    }

    (void) knn_npy_take(text, "L");

    return true;
}


/* Reads the tuple of a shape. */
static knn_status_e
knn_npy_dims(knn_matrix_t *matrix, knn_npy_text_t *text, knn_npy_shape_t *shape)
{
    size_t number;

    shape->dims = 0;

    if (!knn_npy_take(text, "(")) {
        return knn_npy_refuse(matrix, "has a shape that is no tuple");
    }

    while (!knn_npy_take(text, ")")) {
        if ((shape->dims > 0 && !knn_npy_take(text, ","))) {
            return knn_npy_refuse(matrix, "has a shape that is no tuple");
        }

        if (knn_npy_take(text, ")")) {
            break;
        }

        if (!knn_npy_number(text, &number)) {
            return knn_npy_refuse(matrix, "has a shape of no sizes");
        }

        if (shape->dims < 2) {
            shape->shape[shape->dims] = number;
        }

        shape->dims++;
    }

    if (shape->dims == 1 || shape->dims == 2) {
        return KNN_OK;
    }

    return knn_matrix_fail(matrix, KNN_SHAPE, NULL,
                           "the NPY array has %zu dimensions, but model "
                           "\"%s\" expects rows of %zu features",
                           shape->dims, matrix->options.model, matrix->columns);
}


/* True for what tells the order of bytes. */
static bool
knn_npy_is_order(char c)
{
    return c == '<' || c == '>' || c == '|' || c == '=';
}


/* Reads the type of the elements ("<f8"). */
static knn_status_e
knn_npy_descr(knn_matrix_t *matrix, knn_npy_text_t *text,
              knn_npy_shape_t *shape)
{
    char        echo[KNN_NPY_ECHO];
    size_t      i, size;
    const char *descr;

    if (knn_npy_take(text, "[")) {
        return knn_matrix_fail(matrix, KNN_UNSUPPORTED, NULL,
                               "the NPY array holds records, send an array "
                               "of numbers");
    }

    if (!knn_npy_string(text, &descr, &size)) {
        return knn_npy_refuse(matrix, "has no text as its descr");
    }

    if (size == 3 && knn_npy_is_order(descr[0])) {
        shape->swap = descr[0] == '>';

        for (i = 0; i < sizeof(knn_npy_types) / sizeof(knn_npy_types[0]); i++) {
            if (descr[1] == knn_npy_types[i].kind
                && descr[2] - '0' == knn_npy_types[i].size)
            {
                shape->datatype = knn_npy_types[i].datatype;
                return KNN_OK;
            }
        }
    }

    return knn_matrix_fail(matrix, KNN_UNSUPPORTED, NULL,
                           "the NPY array is of type %s, send an array of "
                           "float16, float32, float64, bool or integers",
                           knn_text_quote(echo, sizeof(echo), descr, size));
}


/* Reads True or False. */
static knn_status_e
knn_npy_order(knn_matrix_t *matrix, knn_npy_text_t *text,
              knn_npy_shape_t *shape)
{
    shape->fortran = knn_npy_take(text, "True");

    return shape->fortran || knn_npy_take(text, "False")
               ? KNN_OK
               : knn_npy_refuse(matrix,
                                "has no truth value as its fortran_order");
}


static const struct {
    const char *name;
    knn_status_e (*read)(knn_matrix_t *matrix, knn_npy_text_t *text,
                         knn_npy_shape_t *shape);
} knn_npy_keys[] = {
    {"descr", knn_npy_descr},
    {"fortran_order", knn_npy_order},
    {"shape", knn_npy_dims},
};

#define KNN_NPY_KEYS (sizeof(knn_npy_keys) / sizeof(knn_npy_keys[0]))


/* Reads a key and its value. */
static knn_status_e
knn_npy_item(knn_matrix_t *matrix, knn_npy_text_t *text, knn_npy_shape_t *shape,
             unsigned *seen)
{
    size_t      i, size;
    const char *name;

    if (!knn_npy_string(text, &name, &size) || !knn_npy_take(text, ":")) {
        return knn_npy_refuse(matrix, "is not a dictionary");
    }

    for (i = 0; i < KNN_NPY_KEYS; i++) {
        if (size == strlen(knn_npy_keys[i].name)
            && memcmp(name, knn_npy_keys[i].name, size) == 0)
        {
            break;
        }
    }

    if (i == KNN_NPY_KEYS || (*seen & 1u << i)) {
        return knn_npy_refuse(matrix, "has other keys than descr, "
                                      "fortran_order and shape");
    }

    *seen |= 1u << i;

    return knn_npy_keys[i].read(matrix, text, shape);
}


knn_status_e
knn_npy_shape(knn_matrix_t *matrix, const char *p, const char *end,
              knn_npy_shape_t *shape)
{
    unsigned       seen;
    knn_status_e   status;
    knn_npy_text_t text;

    text.p = p;
    text.end = end;
    seen = 0;

    if (!knn_npy_take(&text, "{")) {
        return knn_npy_refuse(matrix, "is not a dictionary");
    }

    while (!knn_npy_take(&text, "}")) {
        if (seen != 0 && !knn_npy_take(&text, ",")) {
            return knn_npy_refuse(matrix, "is not a dictionary");
        }

        if (knn_npy_take(&text, "}")) {
            break;
        }

        status = knn_npy_item(matrix, &text, shape, &seen);

        if (status != KNN_OK) {
            return status;
        }
    }

    knn_npy_skip(&text);

    if (text.p != end) {
        return knn_npy_refuse(matrix, "goes on behind its dictionary");
    }

    return seen == (1u << KNN_NPY_KEYS) - 1
               ? KNN_OK
               : knn_npy_refuse(matrix,
                                "lacks one of descr, fortran_order and shape");
}
