
/*
 * Copyright (C) nginx-knn contributors
 */


#include <stdlib.h>
#include <string.h>

#include "openapi_write.h"


static const char knn_openapi_info[] =
    "{'openapi':'3.1.0','info':{'title':'nginx-knn','version':'" KNN_VERSION
    "','summary':'Predictions of nearest-neighbor models','description':"
    "'Models of scikit-learn, served by nginx itself. Features, texts and "
    "classes are listed up to 100 of each; knn_info lists all of them.',"
    "'license':{'name':'BSD-2-Clause','identifier':'BSD-2-Clause'}},"
    "'servers':[{'url':'%'}],'tags':["
    "{'name':'predict','description':'Predictions of a model'},"
    "{'name':'models','description':'What models are and were trained with'},"
    "{'name':'server','description':'What the server says of itself'},"
    "{'name':'V1','description':'The REST API of TensorFlow Serving and the "
    "first protocol of KServe'},"
    "{'name':'V2','description':'The Open Inference Protocol'}],'paths':{";


/* The next letter or digit, _ for what is between some, or NUL. */
static char
knn_openapi_next(const char **p, bool first)
{
    bool gap;

    for (gap = false; **p != '\0'; gap = true, (*p)++) {
        if ((**p >= 'a' && **p <= 'z') || (**p >= 'A' && **p <= 'Z')
            || (**p >= '0' && **p <= '9'))
        {
            return (gap && !first) ? '_' : *(*p)++;
        }
    }

    return '\0';
}


/* True for paths that differ in punctuation only. */
static bool
knn_openapi_alike(const char *a, const char *b)
{
    char one, other;
    bool first;

    first = true;

    do {
        one = knn_openapi_next(&a, first);
        other = knn_openapi_next(&b, first);
    } while (one == other && one != '\0');

    return one == other;
}


/* The paths before this one that operations would be named like. */
static size_t
knn_openapi_count(const knn_openapi_t *openapi, size_t path)
{
    size_t i, count;

    count = 0;

    for (i = 0; i < path; i++) {
        count +=
            knn_openapi_alike(openapi->paths[i].path, openapi->paths[path].path)
                ? 1
                : 0;
    }

    return count;
}


/* All paths; pages are before trees. */
static void
knn_openapi_paths(knn_writer_t *writer, const knn_openapi_all_t *all)
{
    bool                      more;
    size_t                    i, count;
    const knn_openapi_path_t *path;

    more = false;

    for (i = 0; i < all->openapi->n_paths; i++) {
        path = &all->openapi->paths[i];
        count = knn_openapi_count(all->openapi, i);

        if (path->kind >= KNN_PATH_V1) {
            knn_openapi_tree(writer, all, path, count, &more);
            continue;
        }

        knn_writer_literal(writer, more ? "," : "");
        more = true;

        if (path->kind == KNN_PATH_PREDICT) {
            knn_openapi_predict(writer, all, path, count);
        }
        else {
            knn_openapi_page(writer, path, count);
        }
    }
}


/* True if a variable names the model somewhere. */
static bool
knn_openapi_any(const knn_openapi_t *openapi)
{
    size_t i;

    for (i = 0; i < openapi->n_paths; i++) {
        if (openapi->paths[i].kind == KNN_PATH_PREDICT
            && openapi->paths[i].n_models != 1)
        {
            return true;
        }
    }

    return false;
}


/* Writes the whole. */
static void
knn_openapi_write(knn_writer_t *writer, const void *data)
{
    size_t                   i;
    const knn_openapi_all_t *all = data;

    knn_openapi_put(writer, knn_openapi_info, all->openapi->server);
    knn_openapi_paths(writer, all);
    knn_openapi_put(writer, "},'components':{", NULL);
    knn_openapi_common(writer, all);

    for (i = 0; i < all->openapi->n_models; i++) {
        knn_writer_literal(writer, ",");
        knn_openapi_model(writer, &all->entries[i]);
    }

    if (knn_openapi_any(all->openapi)) {
        knn_writer_literal(writer, ",");
        knn_openapi_model(writer, NULL);
    }

    knn_writer_literal(writer, "}}}");
}


/* Room for the longest path; NULL without memory. */
static char *
knn_openapi_room(const knn_openapi_t *openapi, size_t *size)
{
    size_t i;

    *size = 0;

    for (i = 0; i < openapi->n_paths; i++) {
        if (strlen(openapi->paths[i].path) > *size) {
            *size = strlen(openapi->paths[i].path);
        }
    }

    *size += KNN_OPENAPI_PATH;

    return malloc(*size);
}


char *
knn_openapi_document(const knn_openapi_t *openapi, size_t *size)
{
    char             *text;
    size_t            n;
    knn_openapi_all_t all;

    all.openapi = openapi;
    all.path = knn_openapi_room(openapi, &all.path_size);
    all.entries = calloc(openapi->n_models + 1, sizeof(knn_openapi_entry_t));

    n = 0;

    while (all.path != NULL && all.entries != NULL && n < openapi->n_models
           && knn_openapi_entry_init(&all.entries[n], &openapi->models[n]))
    {
        n++;
    }

    text = (all.path != NULL && all.entries != NULL && n == openapi->n_models)
               ? knn_writer_document(knn_openapi_write, &all, size)
               : NULL;

    for (n = 0; all.entries != NULL && n < openapi->n_models; n++) {
        knn_openapi_entry_free(&all.entries[n]);
    }

    free(all.entries);
    free(all.path);

    return text;
}
