
/*
 * Copyright (C) nginx-knn contributors
 */


/* What all documents have among their components. */


#include <string.h>

#include "openapi_write.h"


#define KNN_PROBLEM                                                            \
    "'content':{'application/problem+json':{'schema':"                         \
    "{'$ref':'#/components/schemas/Problem'}},'application/json':{'schema':"   \
    "{'$ref':'#/components/schemas/Problem'}}}}"


static const char knn_common_responses[] =
    "'responses':{"
    "'NotModified':{'description':'If-None-Match has the ETag.'}"
    ",'Malformed':{'description':'The request cannot be parsed: it is not of "
    "the syntax or the types that are due, or members are missing or "
    "twice.'," KNN_PROBLEM
    ",'Forbidden':{'description':'The configuration decides.'," KNN_PROBLEM
    ",'Unknown':{'description':'There is no such model or version.'," KNN_PROBLEM
    ",'Method':{'description':'The method is not allowed.','headers':{"
    "'Allow':{'$ref':'#/components/headers/Allow'}}," KNN_PROBLEM
    ",'NotAcceptable':{'description':'The Accept field allows no reply that "
    "the outputs can have.'," KNN_PROBLEM
    ",'TooLarge':{'description':'There are too many rows or bytes.'," KNN_PROBLEM
    ",'TooLong':{'description':'The request line is longer than nginx "
    "accepts.'," KNN_PROBLEM
    ",'MediaType':{'description':'The media type, charset or coding of the "
    "body is not accepted.'," KNN_PROBLEM
    ",'Unusable':{'description':'The request is understood, but its values "
    "cannot be used: a wrong number of features, an unknown name, a number "
    "out of range.'," KNN_PROBLEM
    ",'Busy':{'description':'The server has too much to do, or nothing to do "
    "it with.','headers':{"
    "'Retry-After':{'$ref':'#/components/headers/Retry-After'}}," KNN_PROBLEM
    ",'Other':{'description':'What nginx itself refuses, such as credentials, "
    "limits and addresses that its configuration asks for.'," KNN_PROBLEM "}";

static const char knn_common_headers[] =
    ",'headers':{"
    "'Allow':{'description':'The methods that are allowed.',"
    "'schema':{'type':'string'}}"
    ",'ETag':{'description':'Changes with the models and the request.',"
    "'schema':{'type':'string'}}"
    ",'Retry-After':{'description':'Seconds until it may be worth while.',"
    "'schema':{'type':'integer','minimum':0}}"
    ",'Server-Timing':{'description':'Milliseconds of parsing, searching and "
    "encoding.','schema':{'type':'string'}}"
    ",'X-Knn-Model':{'description':'The model that answered, with its "
    "version.','schema':{'type':'string'}}}";

static const char knn_common_schemas[] =
    "'Problem':{'description':'An error, as RFC 9457 has it and as clients of "
    "other servers read it.','type':'object','properties':{"
    "'type':{'type':'string'},'title':{'type':'string'},"
    "'status':{'type':'integer','minimum':400,'maximum':599},"
    "'detail':{'type':'string'},"
    "'pointer':{'description':'The place in the body, a JSON Pointer.',"
    "'type':'string'},"
    "'error':{'type':'string'},'error_code':{'type':'string'},"
    "'message':{'type':'string'}},"
    "'required':['type','title','status','detail','error','error_code',"
    "'message'],'additionalProperties':false}"
    ",'Novelty':{'description':'The share of the training rows that are nearer "
    "to their own nearest one than this row is: above 0.99 it is unlike nearly "
    "all of them.','type':'number','minimum':0,'maximum':1}"
    ",'Outputs':{'description':'What the reply holds.','type':'array',"
    "'minItems':1,'items':{'enum':['predict','predict_proba','kneighbors']}}"
    ",'Health':{'type':'object','properties':{'status':{'type':'string'},"
    "'models':{'type':'integer','minimum':0}},"
    "'required':['status','models']}"
    ",'Info':{'type':'object','properties':{'models':{'type':'array','items':"
    "{'type':'object','properties':{'name':{'type':'string'},"
    "'version':{'type':'string'},'estimator':{'type':'string'},"
    "'algorithm':{'type':'string'},'metric':{'type':'string'},"
    "'samples':{'type':'integer'},'features':{'type':'integer'},"
    "'feature_names':{'type':'array','items':{'type':'string'}},"
    "'columns':{'type':'array','items':{'type':'object','properties':{"
    "'name':{'type':'string'},'type':{'enum':['number','string','any']},"
    "'categories':{'type':'array','items':{'type':'string'}},"
    "'others':{'type':'boolean'},'missing':{'type':'boolean'},"
    "'minimum':{'type':'number'},'maximum':{'type':'number'}},"
    "'required':['type','missing']}},"
    "'outputs':{'type':'array','items':{'type':'object','properties':{"
    "'type':{'enum':['number','class']},'classes':{'type':'array'}},"
    "'required':['type']}},"
    "'serves':{'type':'array','items':{'type':'string'}},"
    "'sha256':{'type':'string'}},"
    "'required':['name','version','estimator','samples','features','columns',"
    "'outputs','serves','sha256']}}},'required':['models']}"
    ",'Samples':{'type':'object','properties':{'model':{'type':'string'},"
    "'version':{'type':'string'},"
    "'feature_names':{'type':'array','items':{'type':'string'}},"
    "'total':{'description':'The rows that the model has.',"
    "'type':'integer','minimum':0},"
    "'index':{'description':'The number of each row.','type':'array',"
    "'items':{'type':'integer','minimum':0}},"
    "'labels':{'description':'Of a classifier.','type':'array'},"
    "'values':{'description':'Of a regressor.','type':'array'},"
    "'rows':{'type':'array','items':{'type':'array','items':"
    "{'type':['number','string','null']}}}},"
    "'required':['model','version','total','index','rows'],"
    "'additionalProperties':false}";

static const char knn_common_v1[] =
    ",'V1.Models':{'type':'object','properties':{'models':{'type':'array',"
    "'items':{'type':'string'}}},'required':['models']}"
    ",'V1.Status':{'type':'object','properties':{'model_version_status':{"
    "'type':'array','items':{'type':'object','properties':{"
    "'version':{'type':'string'},'state':{'const':'AVAILABLE'},"
    "'status':{'type':'object','properties':{'error_code':{'type':'string'},"
    "'error_message':{'type':'string'}}}},"
    "'required':['version','state','status']}},"
    "'name':{'type':'string'},'ready':{'type':'boolean'}},"
    "'required':['model_version_status']}"
    ",'V1.Metadata':{'type':'object','properties':{"
    "'model_spec':{'type':'object'},'metadata':{'type':'object'}},"
    "'required':['model_spec','metadata']}"
    ",'V1.Rows':{'type':'array','minItems':1,"
    "'items':{'$ref':'#/components/schemas/Row'}}"
    ",'V1.Request':{'anyOf':["
    "{'title':'instances','type':'object','properties':{"
    "'instances':{'$ref':'#/components/schemas/V1.Rows'},"
    "'signature_name':{}},'required':['instances']},"
    "{'title':'inputs','type':'object','properties':{"
    "'inputs':{'$ref':'#/components/schemas/V1.Rows'},"
    "'signature_name':{}},'required':['inputs']}]}"
    ",'V1.Reply':{'anyOf':["
    "{'title':'predictions','type':'object','properties':{"
    "'predictions':{'type':'array'}},'required':['predictions']},"
    "{'title':'outputs','type':'object','properties':{'outputs':{}},"
    "'required':['outputs']}]}"
    ",'V1.Examples':{'type':'object','properties':{"
    "'examples':{'$ref':'#/components/schemas/V1.Rows'},"
    "'context':{},'signature_name':{}},"
    "'required':['examples']}"
    ",'V1.Classes':{'type':'object','properties':{'result':{'type':'array',"
    "'items':{'type':'array','items':{'type':'array','minItems':2,"
    "'maxItems':2,'items':{'type':['string','number']}}}}},"
    "'required':['result']}";

static const char knn_common_v2[] =
    ",'V2.Server':{'type':'object','properties':{'name':{'type':'string'},"
    "'version':{'type':'string'},'extensions':{'type':'array',"
    "'items':{'type':'string'}}},'required':['name','version','extensions']}"
    ",'V2.Live':{'type':'object','properties':{'live':{'const':true}},"
    "'required':['live']}"
    ",'V2.Ready':{'type':'object','properties':{'ready':{'const':true}},"
    "'required':['ready']}"
    ",'V2.ModelReady':{'type':'object','properties':{"
    "'name':{'type':'string'},'ready':{'const':true}},"
    "'required':['name','ready']}"
    ",'V2.Statistics':{'type':'object','properties':{'model_stats':{"
    "'type':'array','items':{'type':'object','properties':{"
    "'name':{'type':'string'},'version':{'type':'string'}},"
    "'required':['name','version']}}},'required':['model_stats']}"
    ",'V2.Config':{'type':'object','properties':{'name':{'type':'string'}},"
    "'required':['name']}"
    ",'V2.Datatype':{'enum':['BOOL','UINT8','UINT16','UINT32','UINT64','INT8',"
    "'INT16','INT32','INT64','FP16','BF16','FP32','FP64','BYTES']}"
    ",'V2.Tensor':{'type':'object','properties':{'name':{'type':'string'},"
    "'datatype':{'$ref':'#/components/schemas/V2.Datatype'},"
    "'shape':{'type':'array','items':{'type':'integer','minimum':-1}}},"
    "'required':['name','datatype','shape']}"
    ",'V2.Metadata':{'type':'object','properties':{'name':{'type':'string'},"
    "'versions':{'type':'array','items':{'type':'string'}},"
    "'platform':{'type':'string'},"
    "'inputs':{'type':'array',"
    "'items':{'$ref':'#/components/schemas/V2.Tensor'}},"
    "'outputs':{'type':'array',"
    "'items':{'$ref':'#/components/schemas/V2.Tensor'}}},"
    "'required':['name','platform','inputs','outputs']}"
    ",'V2.Parameters':{'type':['object','null']}"
    ",'V2.Request':{'description':'One input of any name with rows of all "
    "features, or an input for each feature.','type':'object','properties':{"
    "'id':{'type':['string','null']},"
    "'parameters':{'$ref':'#/components/schemas/V2.Parameters'},"
    "'inputs':{'type':'array','minItems':1,'items':{'type':'object',"
    "'properties':{'name':{'type':'string'},"
    "'shape':{'type':'array','minItems':1,"
    "'items':{'type':'integer','minimum':0}},"
    "'datatype':{'$ref':'#/components/schemas/V2.Datatype'},"
    "'parameters':{'$ref':'#/components/schemas/V2.Parameters'},"
    "'data':{'description':'Flat, or nested as the shape is.',"
    "'type':'array'}},'required':['name','shape','datatype']}},"
    "'outputs':{'type':['array','null'],'items':{'type':'object',"
    "'properties':{"
    "'name':{'enum':['predict','predict_proba','kneighbors','distances',"
    "'novelty','output-0']},"
    "'parameters':{'$ref':'#/components/schemas/V2.Parameters'}},"
    "'required':['name']}}},'required':['inputs']}"
    ",'V2.Reply':{'type':'object','properties':{"
    "'model_name':{'type':'string'},'model_version':{'type':'string'},"
    "'id':{'type':'string'},'outputs':{'type':'array','items':{"
    "'type':'object','properties':{'name':{'type':'string'},"
    "'datatype':{'$ref':'#/components/schemas/V2.Datatype'},"
    "'shape':{'type':'array','items':{'type':'integer','minimum':0}},"
    "'parameters':{'type':'object'},'data':{'type':'array'}},"
    "'required':['name','datatype','shape']}}},"
    "'required':['model_name','model_version','outputs'],"
    "'additionalProperties':false}"
    ",'V2.IndexRequest':{'description':'It is not read.'}"
    ",'V2.Index':{'type':'array','items':{'type':'object','properties':{"
    "'name':{'type':'string'},'version':{'type':'string'},"
    "'state':{'type':'string'},'reason':{'type':'string'}},"
    "'required':['name','state','reason']}}";


/* Which of two lists of models has a path of this kind. */
static bool
knn_common_has(const knn_openapi_t *openapi, knn_path_e kind)
{
    size_t i;

    for (i = 0; i < openapi->n_paths; i++) {
        if (openapi->paths[i].kind == kind) {
            return true;
        }
    }

    return false;
}


/* True if a path has the name of a model in it. */
static bool
knn_common_named(const knn_openapi_t *openapi)
{
    size_t i;

    for (i = 0; i < openapi->n_paths; i++) {
        if (openapi->paths[i].kind >= KNN_PATH_V1 || openapi->paths[i].by_name)
        {
            return true;
        }
    }

    return false;
}


/* The names, versions or labels of the models, each once. */
static void
knn_common_enum(knn_writer_t *writer, const knn_openapi_t *openapi,
                size_t member)
{
    size_t      i, j, n;
    const char *text, *other;

    for (i = 0, n = 0; i < openapi->n_models; i++) {
        memcpy(&text, (const char *) &openapi->models[i] + member,
               sizeof(text));

        for (j = 0; text != NULL && j < i; j++) {
            memcpy(&other, (const char *) &openapi->models[j] + member,
                   sizeof(other));

            if (other != NULL && strcmp(other, text) == 0) {
                break;
            }
        }

        if (text != NULL && j == i) {
            knn_openapi_put(writer, n++ == 0 ? "'enum':['%'" : ",'%'", text);
        }
    }

    knn_openapi_put(writer, n == 0 ? "'type':'string'" : "]", NULL);
}


/* What stands in paths for models. */
static void
knn_common_parameters(knn_writer_t *writer, const knn_openapi_t *openapi)
{
    knn_openapi_put(writer,
                    ",'parameters':{'Model':{'name':'model','in':'path',"
                    "'required':true,'description':'The newest version, "
                    "unless the path names one.','schema':{",
                    NULL);
    knn_common_enum(writer, openapi, offsetof(knn_openapi_model_t, name));
    knn_openapi_put(writer,
                    "}},'Version':{'name':'version','in':'path',"
                    "'required':true,'description':'1 and 1.2 mean the newest "
                    "that begin so.','schema':{",
                    NULL);
    knn_common_enum(writer, openapi, offsetof(knn_openapi_model_t, version));
    knn_openapi_put(writer,
                    "}},'Label':{'name':'label','in':'path',"
                    "'required':true,'description':'A name of a version.',"
                    "'schema':{",
                    NULL);
    knn_common_enum(writer, openapi, offsetof(knn_openapi_model_t, label));
    knn_writer_literal(writer, "}}}");
}


/* The rows of all models. */
static void
knn_common_rows(knn_writer_t *writer, const knn_openapi_all_t *all)
{
    size_t i;

    if (all->openapi->n_models == 0
        || all->openapi->n_models > KNN_OPENAPI_LISTED) {
        knn_openapi_put(writer, ",'Row':{'type':['array','object']}", NULL);
        return;
    }

    for (i = 0; i < all->openapi->n_models; i++) {
        knn_openapi_put(writer, i == 0 ? ",'Row':{'anyOf':[" : ",", NULL);
        knn_openapi_put(writer, "{'$ref':'#/components/schemas/%.Row'}",
                        all->entries[i].id);
    }

    knn_writer_literal(writer, "]}");
}


void
knn_openapi_common(knn_writer_t *writer, const knn_openapi_all_t *all)
{
    bool v1, v2;

    v1 = knn_common_has(all->openapi, KNN_PATH_V1);
    v2 = knn_common_has(all->openapi, KNN_PATH_V2);

    knn_openapi_put(writer, knn_common_responses, NULL);
    knn_openapi_put(writer, knn_common_headers, NULL);

    if (knn_common_named(all->openapi)) {
        knn_common_parameters(writer, all->openapi);
    }

    knn_openapi_put(writer, ",'schemas':{", NULL);
    knn_openapi_put(writer, knn_common_schemas, NULL);

    if (v1 || v2) {
        knn_common_rows(writer, all);
        knn_openapi_put(writer, knn_common_v1, NULL);
    }

    if (v2) {
        knn_openapi_put(writer, knn_common_v2, NULL);
    }
}
