
/*
 * Copyright (C) nginx-knn contributors
 */


/* numpy's description of an array's elements, and the elements themselves. */


#ifndef KNN_DTYPE_H
#define KNN_DTYPE_H


#include "value.h"


typedef struct {
    char               kind;    /* b i u f c m M S U O V, as numpy */
    bool               swapped; /* big-endian */
    size_t             size;    /* bytes, 0 only of S, U and V */
    const knn_value_t *fields;  /* V: a dict, or a list of a descr, or NULL */
} knn_dtype_t;


/* Reads what numpy.dtype was called with, and its state. */
knn_status_e knn_dtype_read(const knn_value_t *value, knn_dtype_t *dtype,
                            knn_error_t *err);

/* Reads the descr of a .npy file's header: "<f8", or a list of fields. */
knn_status_e knn_dtype_descr(const knn_value_t *descr, knn_dtype_t *dtype,
                             knn_error_t *err);

/* Finds a field in a list of them; without a name, where the last one ends. */
knn_status_e knn_dtype_descr_field(const knn_value_t *descr, const char *name,
                                   knn_dtype_t *field, size_t *offset,
                                   knn_error_t *err);

/* Reads "f8", "U10", …, little-endian and without fields. */
knn_status_e knn_dtype_spec(const char *spec, size_t len, knn_dtype_t *dtype,
                            knn_error_t *err);

/* Finds a field of a record, which lies within it. */
knn_status_e knn_dtype_field(const knn_dtype_t *dtype, const char *name,
                             knn_dtype_t *field, size_t *offset,
                             knn_error_t *err);

/* True for integers and bools, and for floats of up to 8 bytes too. */
bool knn_dtype_is_integer(const knn_dtype_t *dtype);
bool knn_dtype_is_number(const knn_dtype_t *dtype);

/* The little-endian unit of width bytes, up to 8, at p. */
uint64_t knn_dtype_unit(const knn_dtype_t *dtype, const char *p, size_t width);

/* The element at p of a dtype that is a number, or an integer. */
double  knn_dtype_double(const knn_dtype_t *dtype, const char *p);
int64_t knn_dtype_integer(const knn_dtype_t *dtype, const char *p);

/* For messages: "dtype <f8". */
const char *knn_dtype_name(const knn_dtype_t *dtype, char *buf, size_t size);


#endif /* KNN_DTYPE_H */
