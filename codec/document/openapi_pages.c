
/*
 * Copyright (C) nginx-knn contributors
 */


/* The operations at the locations that tell of a server and its models. */


#include "openapi_write.h"
#include "samples.h"


/* what a page says of itself, all of it but the parameters */
typedef struct {
    const char *what;
    const char *reply;
    unsigned    refusals;
} knn_page_t;


#define KNN_ETAG "'headers':{'ETag':{'$ref':'#/components/headers/ETag'}}"

static const knn_page_t knn_pages[KNN_PATHS] = {
    [KNN_PATH_INFO] =
        {",'tags':['models'],'summary':'The models',"
         "'description':'Their versions, inputs, outputs, metrics and "
         "checksums.'",
         ",'responses':{'200':{'description':'The models.'," KNN_ETAG
         ",'content':{'application/json':{'schema':"
         "{'$ref':'#/components/schemas/Info'}}}}",
         KNN_REFUSE_UNCHANGED},

    [KNN_PATH_HEALTH] =
        {",'tags':['server'],'summary':'Whether the server can predict'",
         ",'responses':{'200':{'description':'Every model is loaded.',"
         "'content':{'application/json':{'schema':"
         "{'$ref':'#/components/schemas/Health'}}}},"
         "'503':{'description':'There are no models.',"
         "'content':{'application/json':{'schema':"
         "{'$ref':'#/components/schemas/Health'}}}}",
         0},

    [KNN_PATH_METRICS] =
        {",'tags':['server'],'summary':'Metrics for Prometheus'",
         ",'responses':{'200':{'description':'Counters, gauges and "
         "histograms.','content':{"
         "'text/plain':{'schema':{'type':'string'}},"
         "'application/openmetrics-text':{'schema':{'type':'string'}}}}",
         0},

    [KNN_PATH_SAMPLES] =
        {",'tags':['models'],'summary':'Rows of the training data',"
         "'description':'As requests have them; null is what the steps "
         "before the estimator do not tell, or what was missing.'",
         ",'responses':{'200':{'description':'The rows.',"
         "'headers':{'ETag':{'$ref':'#/components/headers/ETag'},"
         "'X-Knn-Model':{'$ref':'#/components/headers/X-Knn-Model'}}"
         ",'content':{'application/json':{'schema':"
         "{'$ref':'#/components/schemas/Samples'}}}}",
         KNN_REFUSE_UNCHANGED | KNN_REFUSE_MALFORMED | KNN_REFUSE_UNKNOWN
             | KNN_REFUSE_LIMIT | KNN_REFUSE_VALUE | KNN_REFUSE_LONG},

    [KNN_PATH_OPENAPI] =
        {",'tags':['server'],'summary':'This document'",
         ",'responses':{'200':{'description':'OpenAPI 3.1.'," KNN_ETAG
         ",'content':{'application/json':{'schema':{'type':'object',"
         "'required':['openapi','info','paths']}}}}",
         KNN_REFUSE_UNCHANGED},
};


/* The numbers of rows that there are, of the model that has the most. */
static void
knn_page_index(knn_writer_t *writer, const knn_openapi_path_t *path)
{
    size_t                  i, last;
    const knn_model_info_t *info;

    last = 0;

    for (i = 0; i < path->n_models; i++) {
        info = knn_model_info(path->models[i]->model);

        if (info->ranges != NULL && info->n_samples - 1 > last) {
            last = info->n_samples - 1;
        }
    }

    knn_openapi_put(writer,
                    ",{'name':'index','in':'query','description':'The numbers "
                    "of the very rows, from 0, as many as a reply has at "
                    "most.','style':'form','explode':false,'schema':{"
                    "'type':'array','minItems':1,'items':{'type':'integer',"
                    "'minimum':0",
                    NULL);
    knn_writer_count(writer, ",\"maximum\":", last);
    knn_openapi_put(writer, "}},'example':[0]}", NULL);
}


/* What chooses the rows. */
static void
knn_page_samples(knn_writer_t *writer, const knn_openapi_path_t *path)
{
    size_t i;

    knn_openapi_put(writer,
                    ",'parameters':[{'name':'model','in':'query',"
                    "'description':'A name, with @ and a version or without; "
                    "the first one when it is left out.','schema':{"
                    "'type':'string','examples':[",
                    NULL);

    for (i = 0; i < path->n_models; i++) {
        knn_openapi_comma(writer, i);
        knn_openapi_put(writer, "'%@", path->models[i]->name);
        knn_openapi_put(writer, "%'", path->models[i]->version);
    }

    knn_openapi_put(writer,
                    "]}},{'name':'limit','in':'query','description':'The most "
                    "rows, evenly spaced; fewer come of models with many "
                    "features.','schema':{'type':'integer','minimum':1",
                    NULL);
    knn_writer_count(writer, ",\"maximum\":", KNN_SAMPLES_ROWS);
    knn_openapi_put(writer, ",'default':1000}}", NULL);
    knn_page_index(writer, path);
    knn_writer_literal(writer, "]");
}


void
knn_openapi_page(knn_writer_t *writer, const knn_openapi_path_t *path,
                 size_t count)
{
    const knn_page_t *page;

    page = &knn_pages[path->kind];

    knn_openapi_put(writer, "'%':{", path->path);
    knn_openapi_operation(writer, "get", path->path, count);
    knn_openapi_put(writer, page->what, NULL);

    if (path->kind == KNN_PATH_SAMPLES) {
        knn_page_samples(writer, path);
    }

    knn_openapi_put(writer, page->reply, NULL);
    knn_openapi_refusals(writer, page->refusals);
    knn_writer_literal(writer, "}}");
}
