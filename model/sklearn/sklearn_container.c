
/*
 * Copyright (C) nginx-knn contributors
 */


/*
 * What people dump together: a model in a dict, a list or a tuple, maybe with
 * the scaler of its features, the encoder of its labels, and names.
 */


#include <stdio.h>
#include <string.h>

#include "sklearn_predictor.h"
#include "../utf8.h"


/* room for the places of two things */
#define KNN_BUNDLE_PLACES (2 * KNN_QUOTE_SIZE + 16)


/* a kind of thing that there may be one of */
typedef struct {
    const char         *what;
    size_t              n;
    char                places[KNN_BUNDLE_PLACES];
    const knn_value_t **found;
} knn_bundle_kind_t;


/* packages whose objects change the features */
static const char *const knn_bundle_transformers[] = {
    "sklearn.compose",       "sklearn.decomposition",     "sklearn.feature_",
    "sklearn.impute",        "sklearn.kernel_approx",     "sklearn.manifold",
    "sklearn.preprocessing", "sklearn.random_projection",
};


/* True for an object of such a package that is not read. */
static bool
knn_bundle_is_foreign(const knn_value_t *value)
{
    size_t      i, n;
    const char *prefix;

    n = sizeof(knn_bundle_transformers) / sizeof(char *);

    for (i = 0; value->type == KNN_VALUE_OPAQUE && i < n; i++) {
        prefix = knn_bundle_transformers[i];

        if (strncmp(value->u.global, prefix, strlen(prefix)) == 0) {
            return true;
        }
    }

    return false;
}


/* Notes one more thing of a kind, by its key or its place. */
static void
knn_bundle_note(knn_bundle_kind_t *kind, const knn_value_t *value,
                const knn_value_t *key, size_t place)
{
    char        buf[KNN_QUOTE_SIZE];
    size_t      len, used;
    const char *data;

    if (*kind->found == value || kind->n++ >= 2) {
        return;
    }

    *kind->found = value;

    used = strlen(kind->places);

    if (key != NULL && knn_value_is_text(key, &data, &len)) {
        (void) snprintf(kind->places + used, sizeof(kind->places) - used,
                        "%s\"%s\"", (used == 0) ? "" : " and ",
                        knn_utf8_quote(buf, sizeof(buf), data, len));
    }
    else {
        (void) snprintf(kind->places + used, sizeof(kind->places) - used,
                        "%snumber %zu", (used == 0) ? "" : " and ", place);
    }
}


/* Which of the kinds a value is; NULL for none. */
static knn_bundle_kind_t *
knn_bundle_kind(knn_arena_t *arena, const knn_value_t *value,
                knn_bundle_kind_t *kinds)
{
    knn_error_t err;

    if (value->type == KNN_VALUE_OBJECT
        && value->symbol == KNN_SYMBOL_LABEL_ENCODER)
    {
        return &kinds[2];
    }

    if (value->type == KNN_VALUE_OBJECT
        && knn_predictor_find(arena, value, &err) != NULL)
    {
        return &kinds[0];
    }

    return (knn_transform_is(value) || knn_bundle_is_foreign(value)) ? &kinds[1]
                                                                     : NULL;
}


/* What is not clear: nothing that predicts, or two of a kind. */
static knn_status_e
knn_bundle_check(const char *container, const knn_bundle_kind_t *kinds,
                 knn_error_t *err)
{
    size_t i;

    if (kinds[0].n == 0) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the %s holds no fitted nearest-neighbor estimator, "
                         "dump one alone",
                         container);
    }

    for (i = 0; i < 3; i++) {
        if (kinds[i].n > 1) {
            return knn_error(err, KNN_UNSUPPORTED,
                             "the %s holds %zu %s, %s, %s", container,
                             kinds[i].n, kinds[i].what, kinds[i].places,
                             (i == 0) ? "dump one alone"
                                      : "dump a Pipeline that has all steps "
                                        "in their order");
        }
    }

    return KNN_OK;
}


/* Looks through a container. */
static knn_status_e
knn_bundle_look(knn_arena_t *arena, const knn_value_t *value,
                knn_bundle_t *bundle, knn_error_t *err)
{
    size_t             i, step;
    const char        *container;
    const knn_value_t *key, *item;
    knn_bundle_kind_t *kind;
    knn_bundle_kind_t  kinds[] = {
         {.what = "models", .found = &bundle->predictor},
         {.what = "transformers", .found = &bundle->transformer},
         {.what = "LabelEncoders", .found = &bundle->encoder}};

    container = (value->type == KNN_VALUE_DICT)   ? "dict"
                : (value->type == KNN_VALUE_LIST) ? "list"
                                                  : "tuple";
    step = (value->type == KNN_VALUE_DICT) ? 2 : 1;

    for (i = 0; i < value->u.list.n; i += step) {
        key = (step == 2) ? value->u.list.items[i] : NULL;
        item = value->u.list.items[i + step - 1];
        kind = knn_bundle_kind(arena, item, kinds);

        if (kind != NULL) {
            knn_bundle_note(kind, item, key, i / step);
        }
    }

    return knn_bundle_check(container, kinds, err);
}


knn_status_e
knn_bundle_open(knn_arena_t *arena, const knn_value_t *value,
                knn_bundle_t *bundle, knn_error_t *err)
{
    *bundle = (knn_bundle_t){.predictor = value};

    if (value->type != KNN_VALUE_DICT && value->type != KNN_VALUE_LIST
        && value->type != KNN_VALUE_TUPLE)
    {
        return KNN_OK;
    }

    *bundle =
        (knn_bundle_t){.dict = (value->type == KNN_VALUE_DICT) ? value : NULL};

    return knn_bundle_look(arena, value, bundle, err);
}


knn_status_e
knn_bundle_labels(knn_arena_t *arena, const knn_bundle_t *bundle,
                  knn_parts_t *parts, knn_error_t *err)
{
    size_t             i;
    bool               fits;
    knn_label_t       *labels;
    knn_fitted_t       fitted;
    knn_output_t      *output;
    knn_ndarray_t      array;
    const knn_label_t *label;

    fitted = (knn_fitted_t){.arena = arena, .err = err};

    if (bundle->encoder == NULL) {
        return KNN_OK;
    }

    if (knn_fitted_open(&fitted, bundle->encoder) != KNN_OK
        || knn_fitted_array(&fitted, "classes_", &array) != KNN_OK)
    {
        return err->status;
    }

    labels = knn_scalar_labels(arena, &array, err);

    if (labels == NULL) {
        knn_error_prefix(err, "LabelEncoder");
        return err->status;
    }

    fits = (parts->n_outputs == 1 && parts->outputs != NULL
            && parts->outputs[0].n_classes == array.count);

    for (i = 0; fits && i < array.count; i++) {
        label = &parts->outputs[0].classes[i];
        fits = (label->type == KNN_LABEL_INTEGER
                && label->value.integer == (int64_t) i);
    }

    if (!fits) {
        return knn_error(err, KNN_UNSUPPORTED,
                         "the LabelEncoder beside the model has %zu classes, "
                         "which are not those that it was trained with, dump "
                         "the model alone or fit it on the labels themselves",
                         array.count);
    }

    output = knn_arena_small(arena, sizeof(knn_output_t));

    if (output == NULL) {
        return knn_error(err, KNN_LIMIT, "needs more memory than allowed");
    }

    *output = parts->outputs[0];
    output->classes = labels;
    parts->outputs = output;

    return KNN_OK;
}


/* True for a key that says that names are under it. */
static bool
knn_bundle_is_names(const knn_value_t *key, const knn_value_t *value)
{
    size_t      len;
    const char *data;

    return knn_value_is_text(key, &data, &len)
           && (memmem(data, len, "feature", 7) != NULL
               || memmem(data, len, "column", 6) != NULL)
           && (value->type == KNN_VALUE_LIST || value->type == KNN_VALUE_ARRAY
               || (value->type == KNN_VALUE_OBJECT
                   && !knn_transform_is(value)));
}


/* Names of so many features; NULL when they are none. */
static const char *const *
knn_bundle_texts(knn_arena_t *arena, const knn_value_t *value, size_t n)
{
    size_t       i, count;
    knn_error_t  err;
    const char **names;
    knn_entry_t *entries;

    entries = knn_entry_list(arena, value, &count, &err);
    names = (entries == NULL || count != n)
                ? NULL
                : knn_arena_array(arena, n, sizeof(char *));

    for (i = 0; names != NULL && i < n; i++) {
        if (!entries[i].text) {
            return NULL;
        }

        names[i] = entries[i].data;
    }

    return names;
}


void
knn_bundle_names(knn_arena_t *arena, const knn_bundle_t *bundle,
                 knn_parts_t *parts)
{
    size_t              i, n;
    knn_value_t *const *items;

    n = (parts->steps.n_inputs != 0) ? parts->steps.n_inputs
                                     : parts->n_features;

    for (i = 0; bundle->dict != NULL && parts->feature_names == NULL
                && i < bundle->dict->u.list.n;
         i += 2)
    {
        items = bundle->dict->u.list.items + i;

        if (knn_bundle_is_names(items[0], items[1])) {
            parts->feature_names = knn_bundle_texts(arena, items[1], n);
        }
    }
}
