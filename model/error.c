
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdarg.h>
#include <stdio.h>

#include "error.h"


knn_status_e
knn_error(knn_error_t *err, knn_status_e status, const char *fmt, ...)
{
    va_list args;

    err->status = status;

    va_start(args, fmt);
    (void) vsnprintf(err->message, sizeof(err->message), fmt, args);
    va_end(args);

    return status;
}


void
knn_error_prefix(knn_error_t *err, const char *name)
{
    knn_error_t inner;

    inner = *err;

    /* a long name must not push the reason out */
    (void) knn_error(err, inner.status, "%.*s: %s", KNN_ERROR_SIZE / 2, name,
                     inner.message);
}
