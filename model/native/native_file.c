
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "native_file.h"
#include "../real.h"
#include "../utf8.h"
#include "yajl_value.h"


/* an integer that is read has no more digits */
#define KNN_NATIVE_DIGITS 18


knn_status_e
knn_native_fail(knn_native_t *native, const char *name, knn_status_e status,
                const char *fmt, ...)
{
    char    reason[KNN_ERROR_SIZE];
    va_list args;

    va_start(args, fmt);
    (void) vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);

    return knn_error(native->err, status, "metadata \"%s\": %s", name, reason);
}


/* Puts the name of a tensor before an error about it. */
static knn_status_e
knn_native_unfit(knn_native_t *native, const char *name)
{
    char label[KNN_QUOTE_SIZE];

    (void) snprintf(label, sizeof(label), "tensor \"%s\"", name);
    knn_error_prefix(native->err, label);

    return native->err->status;
}


knn_status_e
knn_native_full(knn_native_t *native)
{
    return knn_error(native->err, KNN_LIMIT, "needs more memory than allowed");
}


bool
knn_native_has(const knn_native_t *native, const char *name)
{
    return knn_value_get(native->container->metadata, name) != NULL;
}


void
knn_native_text(const knn_native_t *native, const char *name, const char **text)
{
    const knn_value_t *value;

    value = knn_value_get(native->container->metadata, name);

    if (value != NULL) {
        *text = value->u.text.data;
    }
}


knn_status_e
knn_native_word(knn_native_t *native, const char *name,
                const knn_native_word_t *words, int *means)
{
    char                     known[KNN_ERROR_SIZE / 2], shown[KNN_QUOTE_SIZE];
    size_t                   used;
    const char              *text;
    const knn_native_word_t *word;

    text = NULL;
    knn_native_text(native, name, &text);

    if (text == NULL) {
        return KNN_OK;
    }

    used = 0;

    for (word = words; word->word != NULL; word++) {
        if (strcmp(text, word->word) == 0) {
            *means = word->means;
            return KNN_OK;
        }

        if (used < sizeof(known)) {
            used +=
                (size_t) snprintf(known + used, sizeof(known) - used, "%s%s",
                                  used == 0 ? "" : ", ", word->word);
        }
    }

    return knn_native_fail(
        native, name, KNN_UNSUPPORTED, "\"%s\" is not known, use one of %s",
        knn_utf8_quote(shown, sizeof(shown), text, strlen(text)), known);
}


const char *
knn_native_spell(const knn_native_word_t *words, int means)
{
    while (words->word != NULL && words->means != means) {
        words++;
    }

    return words->word;
}


knn_status_e
knn_native_integer(knn_native_t *native, const char *name, int64_t *integer)
{
    char        shown[KNN_QUOTE_SIZE];
    int64_t     n;
    const char *text, *p;

    text = NULL;
    knn_native_text(native, name, &text);

    if (text == NULL) {
        return KNN_OK;
    }

    n = 0;

    for (p = text; *p >= '0' && *p <= '9' && p - text < KNN_NATIVE_DIGITS; p++)
    {
        n = n * 10 + (*p - '0');
    }

    if (p == text || *p != '\0') {
        return knn_native_fail(
            native, name, KNN_MALFORMED, "is \"%s\", use digits alone",
            knn_utf8_quote(shown, sizeof(shown), text, strlen(text)));
    }

    *integer = n;

    return KNN_OK;
}


knn_status_e
knn_native_real(knn_native_t *native, const char *name, double *real)
{
    char        shown[KNN_QUOTE_SIZE];
    const char *text;

    text = NULL;
    knn_native_text(native, name, &text);

    if (text != NULL && !knn_real_read(text, strlen(text), real)) {
        return knn_native_fail(
            native, name, KNN_MALFORMED, "is \"%s\", use a number",
            knn_utf8_quote(shown, sizeof(shown), text, strlen(text)));
    }

    return KNN_OK;
}


knn_status_e
knn_native_list(knn_native_t *native, const char *name,
                const knn_value_t **list)
{
    const knn_value_t *value;

    *list = NULL;
    value = knn_value_get(native->container->metadata, name);

    if (value == NULL) {
        return KNN_OK;
    }

    value = knn_yajl_value(native->arena, value->u.text.data, value->u.text.len,
                           native->err);

    if (value == NULL) {
        return knn_native_fail(native, name, native->err->status, "%s",
                               native->err->message);
    }

    if (value->type != KNN_VALUE_LIST) {
        return knn_native_fail(native, name, KNN_MALFORMED,
                               "is no JSON array, write one");
    }

    *list = value;

    return KNN_OK;
}


knn_status_e
knn_native_texts(knn_native_t *native, const char *name,
                 const knn_value_t *list, size_t n, const char *const **texts)
{
    size_t       i;
    const char **to;

    if (list->u.list.n != n) {
        return knn_native_fail(native, name, KNN_INCONSISTENT,
                               "has %u strings, it must have %zu",
                               list->u.list.n, n);
    }

    to = knn_arena_array(native->arena, n, sizeof(char *));

    if (to == NULL) {
        return knn_native_full(native);
    }

    for (i = 0; i < n; i++) {
        if (list->u.list.items[i]->type != KNN_VALUE_TEXT) {
            return knn_native_fail(native, name, KNN_MALFORMED,
                                   "element %zu is no string, write one", i);
        }

        to[i] = list->u.list.items[i]->u.text.data;
    }

    *texts = to;

    return KNN_OK;
}


/* Refuses a tensor of another shape than is due. */
static knn_status_e
knn_native_misshapen(knn_native_t *native, const char *name, size_t ndim,
                     const size_t *shape)
{
    char   due[KNN_ERROR_SIZE / 2];
    size_t i, used;

    used = 0;

    for (i = 0; i < ndim; i++) {
        due[used++] = (i == 0) ? '[' : ',';

        if (shape[i] == KNN_NATIVE_ANY) {
            due[used++] = '*';
        }
        else {
            used += (size_t) snprintf(due + used, sizeof(due) - used, "%zu",
                                      shape[i]);
        }
    }

    due[used] = '\0';

    (void) knn_error(native->err, KNN_INCONSISTENT,
                     "must have the shape %s], * being any size", due);

    return knn_native_unfit(native, name);
}


knn_status_e
knn_native_array(knn_native_t *native, const char *name, size_t ndim,
                 size_t *shape, const knn_ndarray_t **array)
{
    size_t               i;
    bool                 fits;
    const knn_ndarray_t *found;

    *array = NULL;
    found = knn_safetensors_tensor(native->container, name);

    if (found == NULL) {
        return KNN_OK;
    }

    fits = found->ndim == ndim;

    for (i = 0; fits && i < ndim; i++) {
        fits = shape[i] == KNN_NATIVE_ANY || shape[i] == found->shape[i];
    }

    if (!fits) {
        return knn_native_misshapen(native, name, ndim, shape);
    }

    memcpy(shape, found->shape, ndim * sizeof(size_t));
    *array = found;

    return KNN_OK;
}


knn_status_e
knn_native_doubles(knn_native_t *native, const char *name, size_t ndim,
                   size_t *shape, const double **doubles)
{
    const knn_ndarray_t *array;

    *doubles = NULL;

    if (knn_native_array(native, name, ndim, shape, &array) != KNN_OK) {
        return native->err->status;
    }

    if (array != NULL) {
        *doubles = knn_ndarray_doubles(native->arena, array, native->err);

        if (*doubles == NULL) {
            return knn_native_unfit(native, name);
        }
    }

    return KNN_OK;
}


knn_status_e
knn_native_integers(knn_native_t *native, const char *name, size_t ndim,
                    size_t *shape, const int64_t **integers)
{
    const knn_ndarray_t *array;

    *integers = NULL;

    if (knn_native_array(native, name, ndim, shape, &array) != KNN_OK) {
        return native->err->status;
    }

    if (array != NULL) {
        *integers = knn_ndarray_integers(native->arena, array, native->err);

        if (*integers == NULL) {
            return knn_native_unfit(native, name);
        }
    }

    return KNN_OK;
}
