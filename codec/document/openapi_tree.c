
/*
 * Copyright (C) nginx-knn contributors
 */


/* The operations of the trees of knn_api. */


#include <stdio.h>
#include <string.h>

#include "openapi_write.h"


#define KNN_TREE_PREDICTS                                                      \
    "'headers':{'X-Knn-Model':{'$ref':'#/components/headers/X-Knn-Model'},"    \
    "'Server-Timing':{'$ref':'#/components/headers/Server-Timing'}},"


/*
 * A resource: in its path * stands for a model, and @ for a version or a
 * label, which may be left out.
 */
typedef struct {
    const char *path;
    const char *method;
    const char *what;
    const char *schema; /* of the reply */
    const char *body;   /* the schema of a request, or NULL */
    unsigned    refusals;
} knn_resource_t;


static const knn_resource_t knn_tree_v1[] = {
    {"/models", "get", "The names of the models", "V1.Models", NULL, 0},
    {"/models/*@", "get", "The versions of a model", "V1.Status", NULL,
     KNN_REFUSE_MALFORMED | KNN_REFUSE_UNKNOWN},
    {"/models/*@/metadata", "get", "The signature of a model", "V1.Metadata",
     NULL, KNN_REFUSE_MALFORMED | KNN_REFUSE_UNKNOWN},
    {"/models/*@:predict", "post", "Predict rows", "V1.Reply", "V1.Request",
     KNN_REFUSE_UNKNOWN | KNN_REFUSE_BODY},
    {"/models/*@:classify", "post", "The probability of every class",
     "V1.Classes", "V1.Examples", KNN_REFUSE_UNKNOWN | KNN_REFUSE_BODY},
    {NULL, NULL, NULL, NULL, NULL, 0}};

static const knn_resource_t knn_tree_v2[] = {
    {"", "get", "The server and its extensions", "V2.Server", NULL, 0},
    {"/health/live", "get", "Whether the server lives", "V2.Live", NULL, 0},
    {"/health/ready", "get", "Whether every model is loaded", "V2.Ready", NULL,
     KNN_REFUSE_BUSY},
    {"/models", "get", "The names of the models", "V1.Models", NULL, 0},
    {"/models/stats", "get", "The statistics of all models", "V2.Statistics",
     NULL, 0},
    {"/models/*@", "get", "The inputs and outputs of a model", "V2.Metadata",
     NULL, KNN_REFUSE_UNKNOWN},
    {"/models/*@/ready", "get", "Whether a model is loaded", "V2.ModelReady",
     NULL, KNN_REFUSE_UNKNOWN},
    {"/models/*@/config", "get", "The configuration of a model", "V2.Config",
     NULL, KNN_REFUSE_UNKNOWN},
    {"/models/*@/stats", "get", "The statistics of a model", "V2.Statistics",
     NULL, KNN_REFUSE_UNKNOWN},
    {"/models/*@/infer", "post", "Predict rows", "V2.Reply", "V2.Request",
     KNN_REFUSE_UNKNOWN | KNN_REFUSE_BODY},
    {"/repository/index", "post", "The models and their states", "V2.Index",
     "V2.IndexRequest", KNN_REFUSE_LIMIT},
    {"/repository/models/*/load", "post", "Refused: the configuration loads",
     NULL, NULL, KNN_REFUSE_FORBIDDEN | KNN_REFUSE_UNKNOWN | KNN_REFUSE_LIMIT},
    {"/repository/models/*/unload", "post", "Refused: the configuration loads",
     NULL, NULL, KNN_REFUSE_FORBIDDEN | KNN_REFUSE_UNKNOWN | KNN_REFUSE_LIMIT},
    {NULL, NULL, NULL, NULL, NULL, 0}};


/* what @ may stand for, and who tells of it */
static const struct {
    const char *path;
    const char *parameter;
} knn_tree_choices[] = {{"", NULL},
                        {"/versions/{version}", "Version"},
                        {"/labels/{label}", "Label"}};

#define KNN_TREE_CHOICES 3


/* Writes the path of a resource; choice is what @ stands for. */
static void
knn_tree_path(char *to, size_t size, const char *root, const char *path,
              size_t choice)
{
    const char *name, *at;

    name = strchr(path, '*');
    at = strchr(path, '@');

    if (name == NULL) {
        (void) snprintf(to, size, "%s%s", root, path);
    }
    else {
        (void) snprintf(to, size, "%s%.*s{model}%s%s", root,
                        (int) (name - path), path,
                        at != NULL ? knn_tree_choices[choice].path : "",
                        at != NULL ? at + 1 : name + 1);
    }
}


/* True for a path of a tree that a request to it can have. */
static bool
knn_tree_within(const knn_openapi_path_t *path, const char *text)
{
    return path->exact ? strcmp(text, path->within) == 0
                       : strncmp(text, path->within, strlen(path->within)) == 0;
}


/* The same, unless it is a page's or was an earlier tree's. */
static bool
knn_tree_served(const knn_openapi_t *openapi, const knn_openapi_path_t *path,
                const char *text)
{
    const knn_openapi_path_t *other;

    for (other = openapi->paths; other < path; other++) {
        if ((other->kind < KNN_PATH_V1 && strcmp(other->path, text) == 0)
            || (other->kind == path->kind
                && strcmp(other->path, path->path) == 0
                && knn_tree_within(other, text)))
        {
            return false;
        }
    }

    return knn_tree_within(path, text);
}


/* An example of a request by each model, under the model's name. */
static void
knn_tree_examples(knn_writer_t *writer, const knn_openapi_all_t *all,
                  const char *schema)
{
    size_t                     i, n;
    const knn_openapi_entry_t *entry;

    for (i = 0, n = 0; i < all->openapi->n_models; i++) {
        entry = &all->entries[i];

        if (entry->line == NULL
            || (strcmp(schema, "V1.Examples") == 0
                && (!(entry->info->serves & KNN_PREDICT_PROBA)
                    || entry->info->n_outputs != 1)))
        {
            continue;
        }

        knn_openapi_put(writer, n++ == 0 ? ",'examples':{'%'" : ",'%'",
                        entry->id);

        if (strcmp(schema, "V2.Request") == 0) {
            knn_openapi_put(
                writer, ":{'value':{'inputs':[{'name':'X','datatype':", NULL);
            knn_openapi_put(
                writer, entry->info->features == NULL ? "'FP64'" : "'BYTES'",
                NULL);
            knn_writer_count(writer, ",\"shape\":[1,", entry->info->n_features);
            knn_openapi_put(writer, "],'data':", NULL);
            knn_openapi_values(writer, entry);
            knn_openapi_put(writer, "}]}}", NULL);
        }
        else {
            knn_openapi_put(writer, ":{'value':{'%':[",
                            strcmp(schema, "V1.Examples") == 0 ? "examples"
                                                               : "instances");
            knn_openapi_values(writer, entry);
            knn_openapi_put(writer, "]}}", NULL);
        }
    }

    knn_writer_literal(writer, n > 0 ? "}" : "");
}


/* What is sent to a resource. */
static void
knn_tree_body(knn_writer_t *writer, const knn_openapi_all_t *all,
              const knn_resource_t *resource)
{
    bool predicts;

    predicts = strcmp(resource->body, "V2.IndexRequest") != 0;

    knn_openapi_put(writer,
                    predicts ? ",'requestBody':{'required':true,"
                             : ",'requestBody':{'required':false,",
                    NULL);
    knn_openapi_put(writer,
                    "'content':{'application/json':{'schema':"
                    "{'$ref':'#/components/schemas/%'}",
                    resource->body);

    if (predicts) {
        knn_tree_examples(writer, all, resource->body);
    }

    knn_writer_literal(writer, "}");

    if (strcmp(resource->body, "V2.Request") == 0) {
        knn_openapi_put(writer,
                        ",'application/octet-stream':{'schema':{"
                        "'type':'string','contentMediaType':"
                        "'application/octet-stream','description':'JSON, then "
                        "binary tensors: the binary tensor data extension.'}}",
                        NULL);
    }

    knn_writer_literal(writer, "}}");
}


/* What a resource answers. */
static void
knn_tree_responses(knn_writer_t *writer, const knn_resource_t *resource)
{
    knn_openapi_put(writer, ",'responses':{", NULL);

    if (resource->schema == NULL) {
        knn_openapi_put(
            writer, "'403':{'$ref':'#/components/responses/Forbidden'}", NULL);
        knn_openapi_refusals(writer, resource->refusals
                                         & ~(unsigned) KNN_REFUSE_FORBIDDEN);
        return;
    }

    knn_openapi_put(writer, "'200':{'description':'%',",
                    resource->body != NULL ? "The predictions." : "What is.");

    if (resource->refusals & KNN_REFUSE_VALUE) {
        knn_openapi_put(writer, KNN_TREE_PREDICTS, NULL);
    }

    knn_openapi_put(writer,
                    "'content':{'application/json':{'schema':"
                    "{'$ref':'#/components/schemas/%'}}",
                    resource->schema);

    if (strcmp(resource->schema, "V2.Reply") == 0) {
        knn_openapi_put(writer,
                        ",'application/octet-stream':{'schema':{"
                        "'type':'string','contentMediaType':"
                        "'application/octet-stream'}}",
                        NULL);
    }

    knn_writer_literal(writer, "}}");
    knn_openapi_refusals(writer, resource->refusals);
}


/* The parameters of a path. */
static void
knn_tree_parameters(knn_writer_t *writer, const knn_resource_t *resource,
                    size_t choice)
{
    if (strchr(resource->path, '*') == NULL) {
        return;
    }

    knn_openapi_put(writer,
                    ",'parameters':[{'$ref':'#/components/parameters/Model'}",
                    NULL);

    if (knn_tree_choices[choice].parameter != NULL) {
        knn_openapi_put(writer, ",{'$ref':'#/components/parameters/%'}",
                        knn_tree_choices[choice].parameter);
    }

    knn_writer_literal(writer, "]");
}


/* One resource, at one path. */
static void
knn_tree_resource(knn_writer_t *writer, const knn_openapi_all_t *all,
                  const knn_openapi_path_t *path,
                  const knn_resource_t *resource, size_t choice, size_t count)
{
    knn_openapi_put(writer, "'%':{", all->path);
    knn_openapi_operation(writer, resource->method, all->path, count);
    knn_openapi_put(writer, ",'tags':['%']",
                    path->kind == KNN_PATH_V1 ? "V1" : "V2");
    knn_openapi_put(writer, ",'summary':'%'", resource->what);
    knn_tree_parameters(writer, resource, choice);

    if (resource->body != NULL) {
        knn_tree_body(writer, all, resource);
    }

    knn_tree_responses(writer, resource);
    knn_writer_literal(writer, "}}");
}


/* True if a model has a label. */
static bool
knn_tree_labels(const knn_openapi_t *openapi)
{
    size_t i;

    for (i = 0; i < openapi->n_models; i++) {
        if (openapi->models[i].label != NULL) {
            return true;
        }
    }

    return false;
}


void
knn_openapi_tree(knn_writer_t *writer, const knn_openapi_all_t *all,
                 const knn_openapi_path_t *path, size_t count, bool *more)
{
    size_t                choice, n;
    const knn_resource_t *resource;

    n = knn_tree_labels(all->openapi) ? KNN_TREE_CHOICES : KNN_TREE_CHOICES - 1;
    resource = (path->kind == KNN_PATH_V1) ? knn_tree_v1 : knn_tree_v2;

    for (/* void */; resource->path != NULL; resource++) {
        for (choice = 0; choice < n; choice++) {
            if (choice > 0 && strchr(resource->path, '@') == NULL) {
                break;
            }

            knn_tree_path(all->path, all->path_size, path->path, resource->path,
                          choice);

            if (knn_tree_served(all->openapi, path, all->path)) {
                knn_writer_literal(writer, *more ? "," : "");
                knn_tree_resource(writer, all, path, resource, choice, count);
                *more = true;
            }
        }
    }
}
