
/*
 * Copyright (C) nginx-knn contributors
 */


/* The numbers of JSON as datatypes have them. */


#include <math.h>
#include <stdint.h>

#include "infer.h"
#include "../text/number.h"


/* how far an integer goes from 0, down and up */
typedef struct {
    uint64_t least;
    uint64_t most;
} knn_infer_range_t;


static const knn_infer_range_t knn_infer_ranges[KNN_DATATYPES] = {
    [KNN_BOOL] = {0, 1},
    [KNN_UINT8] = {0, UINT8_MAX},
    [KNN_UINT16] = {0, UINT16_MAX},
    [KNN_UINT32] = {0, UINT32_MAX},
    [KNN_UINT64] = {0, UINT64_MAX},
    [KNN_INT8] = {(uint64_t) INT8_MAX + 1, INT8_MAX},
    [KNN_INT16] = {(uint64_t) INT16_MAX + 1, INT16_MAX},
    [KNN_INT32] = {(uint64_t) INT32_MAX + 1, INT32_MAX},
    [KNN_INT64] = {(uint64_t) INT64_MAX + 1, INT64_MAX}};


/* Reads digits alone; false for other texts. */
static bool
knn_infer_digits(const char *p, const char *end, uint64_t *value)
{
    uint64_t n;

    for (n = 0; p < end; p++) {
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(n, 10, &n)
            || __builtin_add_overflow(n, (uint64_t) (*p - '0'), &n))
        {
            return false;
        }
    }

    *value = n;

    return true;
}


/* Takes an integer, in the range of its datatype. */
static const char *
knn_infer_integer(knn_datatype_e type, bool negative, uint64_t n, double *value)
{
    const knn_infer_range_t *range;

    range = &knn_infer_ranges[type];

    if (n > (negative ? range->least : range->most)) {
        return "is out of range";
    }

    *value = negative && n != 0 ? -(double) n : (double) n;

    return NULL;
}


const char *
knn_infer_double(knn_datatype_e type, double *value)
{
    double real;

    if (type == KNN_FP32) {
        *value = (double) (float) *value;
    }

    if (knn_infer_ranges[type].most == 0) {
        return isfinite(*value) ? NULL : "is out of range";
    }

    real = fabs(*value);

    if (real != floor(real)) {
        return "is no integer";
    }

    if (real >= 0x1p64) {
        return "is out of range";
    }

    return knn_infer_integer(type, *value < 0, (uint64_t) real, value);
}


const char *
knn_infer_number(knn_datatype_e type, const char *text, size_t size,
                 double *value)
{
    bool        negative;
    uint64_t    n;
    const char *end;

    if (size > KNN_REQUEST_NUMBER) {
        return "has too many digits";
    }

    end = text + size;
    negative = *text == '-';

    if (knn_infer_ranges[type].most > 0
        && knn_infer_digits(text + negative, end, &n))
    {
        return knn_infer_integer(type, negative, n, value);
    }

    (void) knn_number_read(text, end, value);

    return knn_infer_double(type, value);
}
